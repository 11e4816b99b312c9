//! Records of a contacts file, and their faults.

use std::fmt::Debug;
use std::path::Path;

use super::contact::Contact;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::Span;
use crate::value::Text;
use crate::world::phone::unreadable;

/// Maximum number of faults of a file that are reported individually.
const MAX_FAULTS: usize = 20;

/// Records of an open file. Errors are messages that describe the problem.
pub(super) trait Records: Send + Debug {
    /// Returns at most this number of records with the key, the last one first.
    fn find(&mut self, key: &str, most: usize) -> Result<Vec<Contact>, String>;
}

/// Problems of single records; the first few are reported individually.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    messages: Vec<String>,
    count: usize,
}

impl Faults {
    /// Creates an empty list for a file.
    pub(super) fn new(path: &Path) -> Self {
        Self { file: path.display().to_string(), messages: Vec::new(), count: 0 }
    }

    /// Adds a fault. The closure returns its line and message; it is called only if the
    /// fault is reported individually.
    pub(super) fn add(&mut self, fault: impl FnOnce() -> (u64, String)) {
        self.count += 1;
        if self.messages.len() < MAX_FAULTS {
            let (line, message) = fault();
            self.messages.push(format!("{}:{line}: {message}", self.file));
        }
    }

    /// Adds faults for invalid phone numbers.
    pub(super) fn add_numbers(&mut self, numbers: &[&Text], line: impl Fn() -> u64) {
        for number in numbers {
            let message = || unreadable(number);
            self.add(|| (line(), message()));
        }
    }

    /// Returns the faults as warnings at a place in the fixtures.
    pub(super) fn into_diagnostics(self, span: Span) -> Vec<Diagnostic> {
        let more = self.count - self.messages.len();
        let summary =
            (more > 0).then(|| format!("{}: {more} more rows like these", self.file));
        let messages = self.messages.into_iter().chain(summary);
        let diagnostic = |message| {
            let mut diagnostic =
                Diagnostic::new(Code::INVALID_FIXTURES, message).at(span);
            diagnostic.severity = Severity::Warning;
            diagnostic.help("unreadable entries are ignored; fix or remove them")
        };
        messages.map(diagnostic).collect()
    }
}

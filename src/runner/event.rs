//! What a run tells while it goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::source::Span;
use crate::suite::Mismatch;
use crate::suite::snapshot::SnapshotResult;
use crate::trace::Trace;
use crate::value::Text;

/// What a test is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseId {
    /// The scenario file.
    pub file: Arc<Path>,
    /// The name of the test; of a row of a table with its values put in.
    pub name: Text,
    /// What people call it: the name, and where another test of the file has the same one,
    /// the row or line too. Whatever is selected, a test is called the same.
    pub title: Text,
    /// The number of the row, from 1.
    pub row: Option<u32>,
    /// Where it stands.
    pub span: Span,
    /// The line of that, from 1.
    pub line: u32,
}

/// Where a test stands: no two stand at the same place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CasePlace {
    /// The scenario file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The number of the row, from 1.
    pub row: Option<u32>,
    /// The name, for several at a line.
    pub name: Text,
}

impl CaseId {
    /// Where it stands.
    pub fn place(&self) -> CasePlace {
        let Self { file, name, row, line, .. } = self;
        CasePlace { file: file.to_path_buf(), line: *line, row: *row, name: name.clone() }
    }
}

/// How a test came out.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Everything is as expected.
    Passed,
    /// Something is not.
    Failed(Vec<Mismatch>),
    /// It was not run, for this reason.
    Skipped(Text),
    /// The call could not be made: no such flow, fixtures that do not load…
    Broken(Vec<Diagnostic>),
    /// flowsim itself failed, which is a bug of ours; the message.
    Panicked(Text),
}

/// A test that was run.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Which test.
    pub id: CaseId,
    /// The words to select it by.
    pub tags: Vec<Text>,
    /// How it came out.
    pub outcome: Outcome,
    /// The program that the call ran in, whose legend names what the trace holds.
    pub program: Option<Arc<Program>>,
    /// What happened in the call, if there was one.
    pub trace: Option<Trace>,
    /// The snapshot that the call was compared with, if the test has one. One that is not
    /// accepted is among the mismatches too.
    pub snapshot: Option<SnapshotResult>,
    /// How long it took on the machine.
    pub took: Duration,
    /// Whether it stands for a whole scenario file, which does not load.
    pub is_file: bool,
}

impl CaseResult {
    /// The command that runs this test alone.
    pub fn command(&self) -> String {
        let CaseId { file, line, row, .. } = &self.id;
        // What begins with a dash is a flag.
        let is_like_a_flag = file.as_os_str().as_encoded_bytes().starts_with(b"-");
        let folder = if is_like_a_flag { "./" } else { "" };
        let file = format!("{folder}{}", file.display());
        let place = match row {
            _ if self.is_file => file,
            Some(row) => format!("{file}:{line}:{row}"),
            None => format!("{file}:{line}"),
        };
        format!("flowsim test {}", quoted(&place))
    }
}

/// A word of a command line for POSIX shells.
fn quoted(word: &str) -> String {
    let is_plain = |character: char| {
        character.is_ascii_alphanumeric() || "-_./:,@+=".contains(character)
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// How many tests came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed, broken ones and panics among them.
    pub failed: usize,
    /// Skipped.
    pub skipped: usize,
    /// Selected, but not run because the run stopped before.
    pub not_run: usize,
}

/// Something that happened in a run, in this order: one `Started`, then one or more `Read`,
/// each followed by a `Finished` a test in the order of the files, then one `Ended`.
#[derive(Debug, Clone)]
pub enum RunEvent<'r> {
    /// The run starts.
    Started,
    /// Scenario files were read. A large suite is read in parts, so that its first tests run
    /// before the last ones are known; which parts does not depend on the machine.
    Read {
        /// What is to be said of these files. It is told here once; what tells of the
        /// results need not tell it again.
        diagnostics: &'r [Diagnostic],
        /// How many tests are selected, up to now.
        selected: usize,
        /// Whether there are no more to come.
        is_all: bool,
    },
    /// A test is done.
    Finished(&'r CaseResult),
    /// No test was done for a moment: whoever holds back what it tells lets it go. Where this
    /// comes between the others, and how often, depends on the machine.
    Waiting,
    /// All are done, or the run was stopped.
    Ended(Ended),
}

/// What came of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// How many tests came out how.
    pub tally: Tally,
    /// How many tests there are in all, those that are not selected too.
    pub found: usize,
    /// In how many files.
    pub files: usize,
    /// How long it took on the machine.
    pub took: Duration,
}

impl Tally {
    /// Counts a result.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Failed(_) | Outcome::Broken(_) | Outcome::Panicked(_) => {
                self.failed += 1;
            }
        }
    }

    /// All tests.
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.skipped + self.not_run
    }
}

impl Outcome {
    /// Whether the run is a failure because of it.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Broken(_) | Self::Panicked(_))
    }

    /// As it is written in reports: `passed`, `failed`, `skipped`, `broken`, `panicked`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
            Self::Broken(_) => "broken",
            Self::Panicked(_) => "panicked",
        }
    }
}

#[cfg(test)]
impl CaseResult {
    /// A result for tests, of a test without a call.
    pub(crate) fn sample(line: u32, outcome: Outcome) -> Self {
        let span = Span::new(crate::source::FileId(0), 0, 0);
        let (file, name) = (Path::new("a").into(), Text::from("b"));
        Self {
            id: CaseId { file, title: name.clone(), name, row: None, span, line },
            tags: Vec::new(),
            outcome,
            program: None,
            trace: None,
            snapshot: None,
            took: Duration::ZERO,
            is_file: false,
        }
    }
}

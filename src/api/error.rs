//! The error of the public API.

use std::fmt;
use std::sync::Arc;

use super::diagnostic::Diagnostic;
use crate::diagnostic::{self as internal, Severity, sort};
use crate::source::Files;

/// The reason why something could not be loaded, run or compared.
///
/// `Display` and `Debug` write all diagnostics with excerpts of their files.
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    diagnostics: Vec<Diagnostic>,
    /// The message, if there are no diagnostics.
    message: String,
}

/// Kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file does not load.
    Load,
    /// A call, an answer or an option is invalid.
    Invalid,
    /// The machine lacks a resource, such as threads, or a condition ended the work.
    System,
}

impl Error {
    /// Creates the error of files that do not load. Keeps the errors among the findings.
    pub(super) fn load(findings: Vec<internal::Diagnostic>, files: Files) -> Self {
        Self::of_files(ErrorKind::Load, findings, files)
    }

    /// Creates the error of a document that the caller of the library passed.
    pub(super) fn document(findings: Vec<internal::Diagnostic>, files: Files) -> Self {
        Self::of_files(ErrorKind::Invalid, findings, files)
    }

    fn of_files(
        kind: ErrorKind,
        mut findings: Vec<internal::Diagnostic>,
        files: Files,
    ) -> Self {
        findings.retain(|it| it.severity == Severity::Error);
        sort(&mut findings);
        let diagnostics = Diagnostic::all(findings, &Arc::new(files));
        Self { kind, diagnostics, message: String::new() }
    }

    /// Creates the error of an invalid call from its problems, which have no places.
    pub(super) fn of_call(problems: Vec<internal::Diagnostic>) -> Self {
        let diagnostics = Diagnostic::all(problems, &Arc::default());
        Self { kind: ErrorKind::Invalid, diagnostics, message: String::new() }
    }

    /// Creates the error of an invalid argument.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Invalid,
            diagnostics: Vec::new(),
            message: message.into(),
        }
    }

    /// Creates the error of a missing resource.
    pub(super) fn system(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::System, ..Self::invalid(message) }
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The diagnostics, sorted by file and position. Empty if the error is about an
    /// argument rather than a file or a name.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let separator = if index > 0 { "\n\n" } else { "" };
            write!(formatter, "{separator}{diagnostic}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Error {}

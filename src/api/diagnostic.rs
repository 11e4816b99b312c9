//! Findings in flows, fixtures, scenario files and calls.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{self as internal, Finding, Severity, findings, render_text};
use crate::source::Files;

/// A finding: a stable code, a message, a place in a file, and advice.
///
/// `Display` writes it like `flowsim check`, with an excerpt of the file.
#[derive(Clone)]
pub struct Diagnostic {
    finding: internal::Diagnostic,
    files: Arc<Files>,
}

impl Diagnostic {
    pub(super) fn new(finding: internal::Diagnostic, files: &Arc<Files>) -> Self {
        Self { finding, files: Arc::clone(files) }
    }

    pub(super) fn all(
        findings: impl IntoIterator<Item = internal::Diagnostic>,
        files: &Arc<Files>,
    ) -> Vec<Self> {
        findings.into_iter().map(|it| Self::new(it, files)).collect()
    }

    /// The code, such as `DANGLING_REFERENCE`.
    pub fn code(&self) -> &'static str {
        self.finding.code.name()
    }

    /// The severity.
    pub fn severity(&self) -> Severity {
        self.finding.severity
    }

    /// The message: the finding and the expectation.
    pub fn message(&self) -> &str {
        &self.finding.message
    }

    /// The advice.
    pub fn help(&self) -> Option<&str> {
        self.finding.help.as_deref()
    }

    /// The affected flow, by id or name.
    pub fn flow(&self) -> Option<&str> {
        self.finding.flow.as_deref()
    }

    /// The id of the affected node.
    pub fn node(&self) -> Option<&str> {
        self.finding.node.as_deref()
    }

    /// The path of the file as given by the caller, with forward slashes.
    pub fn file(&self) -> Option<String> {
        self.place(|finding| finding.file.clone())
    }

    /// The line, counted from 1.
    pub fn line(&self) -> Option<u32> {
        self.place(|finding| finding.line)
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> Option<u32> {
        self.place(|finding| finding.column)
    }

    /// Returns the page of the code: its meaning and advice, as `flowsim explain` prints
    /// it.
    pub fn explanation(&self) -> String {
        internal::explain(self.finding.code)
    }

    fn place<T>(&self, part: impl Fn(&Finding<'_>) -> Option<T>) -> Option<T> {
        let document = findings(std::slice::from_ref(&self.finding), &self.files);
        document.findings.first().and_then(part)
    }
}

/// Renders findings, one block each.
pub(super) fn rendered(findings: &[internal::Diagnostic], files: &Files) -> String {
    render_text(findings, files, internal::Style::default())
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = rendered(std::slice::from_ref(&self.finding), &self.files);
        formatter.write_str(text.trim_end())
    }
}

impl fmt::Debug for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

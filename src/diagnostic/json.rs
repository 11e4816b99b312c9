//! Diagnostics for programs: the stable document `flowsim.findings/1`.

use serde::Serialize;

use super::Diagnostic;
use super::place::Place;
use crate::source::Files;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings<'a> {
    /// Name and version of this form: `flowsim.findings/1`.
    pub schema: &'static str,
    /// The diagnostics, in the order in which they were given.
    pub findings: Vec<Finding<'a>>,
}

/// One diagnostic. Every key is always there; what is not known is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding<'a> {
    /// The stable name, such as `DANGLING_REFERENCE`.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// What was found and what was expected.
    pub message: &'a str,
    /// What to do.
    pub help: Option<&'a str>,
    /// The flow it is about, by id or name.
    pub flow: Option<&'a str>,
    /// The id of the node it is about.
    pub node: Option<&'a str>,
    /// The path as it was given, with forward slashes.
    pub file: Option<String>,
    /// The line, from 1; null also for a file that is empty or could not be read.
    pub line: Option<u32>,
    /// The column in characters, from 1; null likewise.
    pub column: Option<u32>,
}

/// The diagnostics as serialisable data.
pub fn findings<'a>(diagnostics: &'a [Diagnostic], files: &Files) -> Findings<'a> {
    let findings =
        diagnostics.iter().map(|diagnostic| finding(diagnostic, files)).collect();
    Findings { schema: "flowsim.findings/1", findings }
}

/// The document, with two spaces of indentation and a line break at its end.
pub fn render_json(diagnostics: &[Diagnostic], files: &Files) -> String {
    pretty(&findings(diagnostics, files))
}

/// Data as indented JSON. Our documents have text keys and no fallible serialisers, so
/// that writing them into memory cannot fail.
pub(super) fn pretty(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    text + "\n"
}

fn finding<'a>(diagnostic: &'a Diagnostic, files: &Files) -> Finding<'a> {
    let place = diagnostic.labels.first().map(|label| Place::of(label.span, files));
    let start = place.as_ref().and_then(Place::start);
    Finding {
        code: diagnostic.code.name(),
        severity: diagnostic.severity.name(),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        flow: diagnostic.flow.as_deref(),
        node: diagnostic.node.as_deref(),
        file: place.map(|place| place.path),
        line: start.map(|start| start.line),
        column: start.map(|start| start.column),
    }
}

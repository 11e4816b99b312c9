//! Diagnostics for programs: the versioned document `flowsim.findings/1`.

use serde::Serialize;

use super::Diagnostic;
use super::named_path::NamedPaths;
use super::place::Place;
use crate::source::Files;

/// A findings document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings<'a> {
    /// Name and version of the format: `flowsim.findings/1`.
    pub schema: &'static str,
    /// The diagnostics, in the given order.
    pub findings: Vec<Finding<'a>>,
}

/// One diagnostic. Every key except `names` is always present; unknown values are null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding<'a> {
    /// The code, such as `DANGLING_REFERENCE`.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// The finding and the expectation.
    pub message: &'a str,
    /// The advice.
    pub help: Option<&'a str>,
    /// The affected flow, by id or name.
    pub flow: Option<&'a str>,
    /// The id of the affected node.
    pub node: Option<&'a str>,
    /// The path as given by the user, with forward slashes.
    pub file: Option<String>,
    /// The line, counted from 1. Null without a file, or if the file is empty or
    /// unreadable.
    pub line: Option<u32>,
    /// The column in characters, counted from 1. Null if the line is null.
    pub column: Option<u32>,
    /// The names of the objects that contain the place, outermost first, such as a flow,
    /// a task and an action. Only for files of one long line, in which columns do not
    /// help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
}

/// Converts diagnostics to serializable data.
pub fn findings<'a>(diagnostics: &'a [Diagnostic], files: &Files) -> Findings<'a> {
    let findings = each_finding(diagnostics, files).collect();
    Findings { schema: "flowsim.findings/1", findings }
}

/// Converts single diagnostics to serializable data.
pub fn each_finding<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    files: &Files,
) -> impl Iterator<Item = Finding<'a>> {
    let mut names = NamedPaths::new(files);
    diagnostics.into_iter().map(move |it| finding(it, files, &mut names))
}

/// Formats the document with two spaces of indentation and a final line break.
pub fn render_json(diagnostics: &[Diagnostic], files: &Files) -> String {
    pretty(&findings(diagnostics, files))
}

/// Formats data as indented JSON. The documents have string keys and infallible
/// serializers, so writing them to memory cannot fail.
pub(super) fn pretty(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    text + "\n"
}

fn finding<'a>(
    diagnostic: &'a Diagnostic,
    files: &Files,
    names: &mut NamedPaths<'_>,
) -> Finding<'a> {
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
        names: diagnostic.labels.first().and_then(|label| names.names(label.span)),
    }
}

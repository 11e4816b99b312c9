//! Diagnostics for GitHub Actions: workflow commands, which become annotations.
//!
//! Format and escaping follow `actions/toolkit`, `packages/core/src/command.ts`.

use super::place::Place;
use super::{Diagnostic, Severity, visible};
use crate::source::Files;

/// Formats each diagnostic as a line `::error file=…,line=…::message`.
pub fn render_github(diagnostics: &[Diagnostic], files: &Files) -> String {
    diagnostics.iter().map(|diagnostic| command(diagnostic, files) + "\n").collect()
}

fn command(diagnostic: &Diagnostic, files: &Files) -> String {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = diagnostic.labels.first() {
        properties = location(&Place::of(label.span, files));
    }
    properties.push(("title", diagnostic.code.name().to_owned()));
    let mut message = visible::lines(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message += &format!("\nhelp: {}", visible::lines(help));
    }
    github_command(name, &properties, &message)
}

/// Formats a workflow command, such as `::error file=…,line=…::message`, without a line
/// break.
pub(crate) fn github_command(
    name: &str,
    properties: &[(&str, String)],
    message: &str,
) -> String {
    let properties = properties.iter();
    let properties: Vec<_> =
        properties.map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{name} {}::{}", properties.join(","), data(message))
}

fn location(place: &Place) -> Vec<(&'static str, String)> {
    let mut properties = vec![("file", visible::lines(&place.path))];
    if let Some((start, end)) = place.range {
        properties.push(("line", start.line.to_string()));
        // If start and end are in different lines, the runner drops the columns with a
        // notice.
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
        }
        properties.push(("endLine", end.line.to_string()));
    }
    properties
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! Diagnostics for code scanning: the required subset of SARIF 2.1.0 (OASIS).

use std::path::{Component, Path};

use serde::Serialize;

use super::explain::unfenced;
use super::json::pretty;
use super::named_path::NamedPaths;
use super::place::Place;
use super::{Code, Diagnostic, Label};
use crate::source::Files;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Formats a log with one run. Paths become URIs, and relative paths stay relative.
/// Columns count code points, and ends are exclusive.
pub fn render_sarif(diagnostics: &[Diagnostic], files: &Files) -> String {
    let mut codes: Vec<Code> =
        diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let driver = Driver {
        name: "flowsim",
        version: crate::build::VERSION,
        rules: codes.iter().copied().map(rule).collect(),
    };
    let mut names = NamedPaths::new(files);
    let results = diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, &codes, files, &mut names));
    let run = Run {
        tool: Tool { driver },
        column_kind: "unicodeCodePoints",
        results: results.collect(),
    };
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// A result in the sense of SARIF.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// The affected node or flow.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.name(),
        short_description: Message { text: code.meaning().to_owned() },
        help: Help { text: unfenced(code.advice()), markdown: code.advice() },
        default_configuration: Configuration { level: code.severity().name() },
    }
}

fn result(
    diagnostic: &Diagnostic,
    codes: &[Code],
    files: &Files,
    names: &mut NamedPaths<'_>,
) -> Outcome {
    let mut text = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        text += &format!("\nhelp: {help}");
    }
    let (place, related) = diagnostic.labels.split_at(diagnostic.labels.len().min(1));
    let mut locations: Vec<_> =
        place.iter().map(|label| location(label, files)).collect();
    let logical = within(diagnostic, names).or_else(|| logical_location(diagnostic));
    if locations.is_empty() && logical.is_some() {
        locations.push(Location {
            physical_location: None,
            logical_locations: Vec::new(),
            message: None,
        });
    }
    if let Some(location) = locations.first_mut() {
        location.logical_locations.extend(logical);
    }
    Outcome {
        rule_id: diagnostic.code.name(),
        rule_index: codes.partition_point(|code| *code < diagnostic.code),
        level: diagnostic.severity.name(),
        message: Message { text },
        locations,
        related_locations: related.iter().map(|label| location(label, files)).collect(),
    }
}

fn location(label: &Label, files: &Files) -> Location {
    let place = Place::of(label.span, files);
    let region = place.range.map(|(start, end)| Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    });
    let uri = uri(files.get(label.span.file).path());
    let artifact_location = ArtifactLocation { uri };
    Location {
        physical_location: Some(PhysicalLocation { artifact_location, region }),
        logical_locations: Vec::new(),
        message: (!label.text.is_empty()).then(|| Message { text: label.text.clone() }),
    }
}

fn logical_location(diagnostic: &Diagnostic) -> Option<LogicalLocation> {
    let parts = [diagnostic.flow.as_deref(), diagnostic.node.as_deref()];
    let names: Vec<&str> = parts.into_iter().flatten().collect();
    let name = names.last()?;
    let name = (*name).to_owned();
    Some(LogicalLocation { name, fully_qualified_name: names.join("/") })
}

/// Returns the names around a place in a file of one long line.
fn within(
    diagnostic: &Diagnostic,
    names: &mut NamedPaths<'_>,
) -> Option<LogicalLocation> {
    let names = names.names(diagnostic.labels.first()?.span)?;
    let name = names.last()?.clone();
    Some(LogicalLocation { name, fully_qualified_name: names.join("/") })
}

/// Converts the path to a URI reference (RFC 3986).
fn uri(path: &Path) -> String {
    let mut segments = Vec::new();
    let mut start = "";
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => segments.push("..".to_owned()),
            Component::RootDir => start = "file:///",
            Component::Prefix(prefix) => {
                // A drive is written `file:///C:/…`.
                let drive = prefix.as_os_str().to_string_lossy();
                segments.push(escaped(&drive).replace("%3A", ":"));
            }
            Component::Normal(name) => segments.push(escaped(&name.to_string_lossy())),
        }
    }
    start.to_owned() + &segments.join("/")
}

/// Percent-encodes all characters except RFC 3986's unreserved ones.
fn escaped(segment: &str) -> String {
    let mut output = String::new();
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                output.push(char::from(byte));
            }
            _ => output += &format!("%{byte:02X}"),
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let cases = [
            ("flows/main menu.json", "flows/main%20menu.json"),
            ("./flows//a.json", "flows/a.json"),
            ("../größe#1%.yaml", "../gr%C3%B6%C3%9Fe%231%25.yaml"),
            ("<request>", "%3Crequest%3E"),
            ("a:b/c", "a%3Ab/c"),
            ("/srv/flows/a.json", "file:///srv/flows/a.json"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(Path::new(path)), expected);
        }
    }
}

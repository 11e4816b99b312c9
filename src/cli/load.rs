//! Loads the flows and fixtures of a command line.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::{inputs, output};
use crate::diagnostic::{Code, Diagnostic, Severity, sort};
use crate::flow::{check, read};
use crate::source::{Files, Kind, Node, read_document};
use crate::world::Fixtures;

/// Values of Archy YAML placeholders.
#[derive(Debug, Args)]
pub(super) struct Placeholders {
    /// Value of an Archy YAML placeholder, such as queue=Support for {{queue}};
    /// repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::strings)]
    set: Vec<(String, String)>,

    /// File with placeholder values, an object of names and values; repeatable, earlier
    /// files override later ones, and --set overrides all files
    #[arg(long, value_name = "FILE")]
    set_from: Vec<PathBuf>,
}

impl Placeholders {
    /// Returns all names and values. If a name occurs twice, the first value counts.
    pub(super) fn values(
        &self,
        files: &mut Files,
    ) -> Result<Vec<(String, String)>, Exit> {
        let mut values = self.set.clone();
        for path in &self.set_from {
            match values_of(path, files) {
                Ok(more) => values.extend(more),
                Err(diagnostics) => {
                    output::diagnostics(&diagnostics, files);
                    return Err(Exit::Input);
                }
            }
        }
        Ok(values)
    }
}

/// Reads the names and values of a file.
fn values_of(
    path: &Path,
    files: &mut Files,
) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    let file = files.load(path).map_err(|problem| vec![problem.into()])?;
    let document = read_document(&file).map_err(|problem| vec![problem.into()])?;
    if !matches!(document.kind, Kind::Object(_)) {
        return Err(vec![unexpected(&document, "an object of names and values")]);
    }
    let (mut values, mut diagnostics) = (Vec::new(), Vec::new());
    for entry in document.entries() {
        let value = match &entry.value.kind {
            Kind::String(text) | Kind::Number(text) => text.to_string(),
            Kind::Boolean(truth) => truth.to_string(),
            _ => {
                let expected = "a string, a number, true or false";
                diagnostics.push(unexpected(&entry.value, expected));
                continue;
            }
        };
        values.push((entry.key.to_string(), value));
    }
    if diagnostics.is_empty() { Ok(values) } else { Err(diagnostics) }
}

fn unexpected(node: &Node<'_>, expected: &str) -> Diagnostic {
    let message = format!("expected {expected}, found {}", node.describe());
    Diagnostic::new(Code::INVALID_PROPERTY, message).at(node.span)
}

/// Loads runnable flows. Shows errors that prevent running, and every other error that a
/// call may run into. Warnings are left to `flowsim check`.
pub(super) fn flows(
    paths: &[PathBuf],
    placeholders: &Placeholders,
    files: &mut Files,
) -> Result<read::Loaded, Exit> {
    let values = placeholders.values(files)?;
    let mut loaded = read::load(paths, &values, files);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    diagnostics.extend(check::check(&loaded.flows));
    // A problem in an Architect action is handled by the flow's error handling when a
    // call reaches it. It does not prevent running.
    let forbids = diagnostics.iter().any(check::forbids_running)
        || !check::duplicates(&loaded.architect).is_empty();
    diagnostics.extend(check::check_architect(&loaded.architect));
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    if forbids { Err(Exit::Input) } else { Ok(loaded) }
}

/// Loads fixtures; fails on any error in them.
pub(super) fn fixtures(paths: &[PathBuf], files: &mut Files) -> Result<Fixtures, Exit> {
    let (fixtures, mut diagnostics) = Fixtures::load(paths, files);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.iter().any(is_error) { Err(Exit::Input) } else { Ok(fixtures) }
}

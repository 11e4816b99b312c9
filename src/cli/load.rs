//! Flows and fixtures of a command line, loaded.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::{inputs, output};
use crate::diagnostic::{Code, Diagnostic, Severity, sort};
use crate::flow::{check, read};
use crate::source::{Files, Kind, Node, read_document};
use crate::world::Fixtures;

/// What stands for the placeholders of Archy YAML.
#[derive(Debug, Args)]
pub(super) struct Placeholders {
    /// A value for a placeholder of Archy YAML: queue=Support for {{queue}}; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::texts)]
    set: Vec<(String, String)>,

    /// A file of values for placeholders, an object of names and values; repeatable, earlier
    /// ones win, and --set wins over all
    #[arg(long, value_name = "FILE")]
    set_from: Vec<PathBuf>,
}

impl Placeholders {
    /// All names and values; of a name that is given twice, the first counts.
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

/// The names and values of a file.
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
                let expected = "a text, a number or true or false";
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

/// Loads flows that can run. What forbids it is shown, and so is every other error that a
/// call may meet; warnings are for `flowsim check`.
pub(super) fn flows(
    paths: &[PathBuf],
    placeholders: &Placeholders,
    files: &mut Files,
) -> Result<read::Loaded, Exit> {
    let values = placeholders.values(files)?;
    let mut loaded = read::load(paths, &values, files);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    diagnostics.extend(check::check(&loaded.flows));
    // What is wrong with one of Architect's actions goes to the error handling of its flow
    // when a call comes there, and forbids nothing.
    let forbids = diagnostics.iter().any(check::forbids_running)
        || !check::duplicates(&loaded.architect).is_empty();
    diagnostics.extend(check::check_architect(&loaded.architect));
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    if forbids { Err(Exit::Input) } else { Ok(loaded) }
}

/// Loads fixtures; any error in them is one too many.
pub(super) fn fixtures(paths: &[PathBuf], files: &mut Files) -> Result<Fixtures, Exit> {
    let (fixtures, mut diagnostics) = Fixtures::load(paths, files);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.iter().any(is_error) { Err(Exit::Input) } else { Ok(fixtures) }
}

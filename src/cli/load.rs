//! Loads the flows and fixtures of a command line.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::project::environment;
use super::{inputs, output};
use crate::diagnostic::{Code, Diagnostic, Limited, Severity, sort};
use crate::flow::{check, read};
use crate::project::{Organised, Terraform};
use crate::source::{Files, Kind, Node, read_document};
use crate::value::Json;
use crate::world::Fixtures;

/// Values of Archy YAML placeholders.
#[derive(Debug, Args)]
pub(super) struct Sources {
    /// Value of an Archy YAML placeholder, such as queue=Support for {{queue}};
    /// repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::strings)]
    set: Vec<(String, String)>,

    /// File with placeholder values, an object of names and values; repeatable, earlier
    /// files override later ones, and --set overrides all files
    #[arg(long, value_name = "FILE")]
    set_from: Vec<PathBuf>,

    /// Folder of Terraform (CX as Code) that defines the organisation and the values of
    /// placeholders; repeatable
    #[arg(long, value_name = "FOLDER")]
    terraform: Vec<PathBuf>,
}

/// Everything that flows are loaded with.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    /// Values of placeholders.
    pub(super) placeholders: read::Placeholders,
    /// The organisation that fixtures are merged over.
    pub(super) organisation: Organisation,
    /// The diagnostics of Terraform.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The organisation that Terraform defines.
#[derive(Debug, Clone, Default)]
pub(super) struct Organisation {
    pub(super) fixtures: Fixtures,
    /// The fixtures document; `None` without Terraform.
    pub(super) document: Option<Json>,
}

/// Reads the organisation and the placeholders of Terraform. `set` are values of its
/// variables.
fn terraform(
    folders: &[PathBuf],
    set: &[(String, String)],
    files: &mut Files,
) -> Result<Environment, Exit> {
    let organised = Terraform::organised(folders, set, &environment, files);
    let organised = organised.map_err(|diagnostics| {
        output::diagnostics(&diagnostics, files);
        Exit::Input
    })?;
    let Organised { fixtures, document, of_files, diagnostics } = organised;
    let placeholders = read::Placeholders { of_files, ..read::Placeholders::default() };
    let organisation = Organisation { fixtures, document };
    Ok(Environment { placeholders, organisation, diagnostics })
}

impl Sources {
    /// Reads the values of placeholders, and shows the diagnostics of Terraform.
    pub(super) fn read(&self, files: &mut Files) -> Result<Environment, Exit> {
        let environment = self.read_quietly(files)?;
        output::diagnostics(&environment.diagnostics, files);
        Ok(environment)
    }

    /// Reads the values of placeholders.
    pub(super) fn read_quietly(&self, files: &mut Files) -> Result<Environment, Exit> {
        let values = self.values(files)?;
        let mut environment = terraform(&self.terraform, &values, files)?;
        environment.placeholders.values = values;
        Ok(environment)
    }

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
    let (mut values, mut problems) = (Vec::new(), Limited::default());
    for entry in document.entries() {
        let value = match &entry.value.kind {
            Kind::String(text) | Kind::Number(text) => text.to_string(),
            Kind::Boolean(truth) => truth.to_string(),
            _ => {
                let expected = "a string, a number, true or false";
                problems.push(unexpected(&entry.value, expected));
                continue;
            }
        };
        values.push((entry.key.to_string(), value));
    }
    if problems.is_empty() { Ok(values) } else { Err(problems.finish()) }
}

fn unexpected(node: &Node<'_>, expected: &str) -> Diagnostic {
    let message = format!("expected {expected}, found {}", node.describe());
    Diagnostic::new(Code::INVALID_PROPERTY, message).at(node.span)
}

/// Handling of placeholders without a value.
#[derive(Debug, Args)]
pub(super) struct DenyOptions {
    /// Treat as an error: placeholders without a value, which otherwise become their own
    /// names
    #[arg(long, value_enum)]
    deny: Vec<Denied>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Denied {
    UnsetPlaceholders,
}

impl DenyOptions {
    /// Returns whether a placeholder without a value is an error.
    pub(super) fn denies_unset(&self) -> bool {
        self.deny.contains(&Denied::UnsetPlaceholders)
    }
}

/// Whether commands other than `flowsim check` show a diagnostic: an error, or a placeholder
/// without a value.
pub(super) fn is_shown(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error || diagnostic.code == Code::UNSET_PLACEHOLDER
}

/// Whether a document could not be loaded.
pub(super) fn is_broken(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error && diagnostic.code.is_about_loading()
}

/// Loads runnable flows. Shows errors that prevent running, every other error that a call
/// may run into, and placeholders without a value. Other warnings are left to
/// `flowsim check`.
pub(super) fn flows(
    paths: &[PathBuf],
    environment: &Environment,
    files: &mut Files,
) -> Result<read::Loaded, Exit> {
    let mut loaded = read::load_with(paths, &environment.placeholders, files);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    diagnostics.extend(check::check(&loaded.flows));
    // A problem in an Architect action is handled by the flow's error handling when a
    // call reaches it. It does not prevent running.
    let forbids = diagnostics.iter().any(check::forbids_running)
        || !check::duplicates(&loaded.architect).is_empty();
    diagnostics.extend(check::check_architect(&loaded.architect));
    diagnostics.retain(is_shown);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    if forbids { Err(Exit::Input) } else { Ok(loaded) }
}

/// Loads fixtures; fails on any error in them.
pub(super) fn fixtures(
    paths: &[PathBuf],
    organisation: &Organisation,
    files: &mut Files,
) -> Result<Fixtures, Exit> {
    let (fixtures, mut diagnostics) =
        organisation.fixtures.clone().load_more(paths, files);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.iter().any(is_error) { Err(Exit::Input) } else { Ok(fixtures) }
}

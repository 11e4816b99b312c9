//! Documents that are not flows: scenario files and fixtures.
//!
//! | file | content |
//! |---|---|
//! | `schema` | keys, meanings and words, from the JSON Schemas of the documents |
//! | `place` | the place of the cursor in a document that may be broken |
//! | `name`, `known` | places that have names, and the names that they may have |
//! | `entry` | names that a document defines |
//! | `support` | completion, explanations and definitions |

mod entry;
mod known;
mod name;
mod place;
mod schema;
mod support;

pub(super) use entry::{Entry, Outline, each_entry};
pub(super) use known::{Known, Names, Place, section_of_dependency};
pub(super) use name::Named;
pub use schema::Schemas;
pub(super) use support::{complete, definitions, explained, hover, location, written};

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::source::{File, Files, read_document};
use crate::suite::{self, ProjectDefaults, is_scenario_file};
use crate::world::Fixtures;

/// A document that is not a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Scenario,
    Fixtures,
}

/// Returns the form of a document by its name. Returns `None` for any other document.
pub(super) fn form(path: &Path, project: &ProjectDefaults) -> Option<Form> {
    if is_scenario_file(path) {
        return Some(Form::Scenario);
    }
    is_fixtures(path, project).then_some(Form::Fixtures)
}

/// Returns the diagnostics of a document, and its names if it can be read.
pub(super) fn read(
    file: &File,
    form: Form,
    project: &ProjectDefaults,
) -> (Vec<Diagnostic>, Option<Outline>) {
    let path = file.path();
    let document = match read_document(file) {
        Ok(document) => document,
        Err(problem) => return (vec![problem.into()], None),
    };
    match form {
        Form::Scenario => {
            let (suite, diagnostics) = suite::read(&document, path, project);
            (diagnostics, Some(Outline::of_scenario(&document, &suite, file)))
        }
        Form::Fixtures => {
            let folder = path.parent().unwrap_or(Path::new(""));
            let diagnostics = Fixtures::read(&document, folder).1;
            (diagnostics, Some(Outline::of_fixtures(&document, file)))
        }
    }
}

/// Whether a file has the name of fixtures, or is one of those of the project.
fn is_fixtures(path: &Path, project: &ProjectDefaults) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_data = [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
    let is_named = project.fixtures.iter().any(|known| path.starts_with(known));
    is_data && (is_named || name.contains("fixtures"))
}

/// Returns the tests of a scenario file: the byte at which each begins, and its name.
pub(super) fn tests(
    path: &Path,
    text: &str,
    project: &ProjectDefaults,
) -> Vec<(usize, String)> {
    if !is_scenario_file(path) {
        return Vec::new();
    }
    let mut files = Files::new();
    let file = files.add(path, text);
    let Ok(document) = read_document(&file) else { return Vec::new() };
    let (suite, _) = suite::read(&document, path, project);
    let cases = suite.cases.iter();
    cases.map(|it| (it.span.start as usize, it.name.to_string())).collect()
}

//! Documents that are not flows: scenario files and fixtures.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::source::{File, Files, read_document};
use crate::suite::{self, ProjectDefaults, is_scenario_file};
use crate::world::Fixtures;

/// Returns the diagnostics of a scenario file or of fixtures. Returns `None` for any other
/// document.
pub(super) fn diagnostics(
    file: &File,
    project: &ProjectDefaults,
) -> Option<Vec<Diagnostic>> {
    let path = file.path();
    let is_scenario = is_scenario_file(path);
    if !is_scenario && !is_fixtures(path, project) {
        return None;
    }
    let document = match read_document(file) {
        Ok(document) => document,
        Err(problem) => return Some(vec![problem.into()]),
    };
    if is_scenario {
        return Some(suite::read(&document, path, project).1);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    Some(Fixtures::read(&document, folder).1)
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

//! Discovery of scenario files.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::source::{Files, find_files};

/// File name endings of scenario files.
const ENDINGS: [&str; 3] = [".test.yaml", ".test.yml", ".test.json"];

/// Returns whether the file name is that of a scenario file.
pub fn is_scenario_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Finds the scenario files of the given paths, in order and without duplicates. A file
/// is taken as named; a folder is searched recursively.
pub fn discover(paths: &[PathBuf], files: &mut Files) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let (found, problems) = find_files(paths, is_scenario_file, files);
    (found, problems.into_iter().map(Diagnostic::from).collect())
}

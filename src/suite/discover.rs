//! Where scenario files are.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::source::{Files, find_files};

/// What the name of a scenario file ends in.
const ENDINGS: [&str; 3] = [".test.yaml", ".test.yml", ".test.json"];

/// Whether a file is one by its name.
pub fn is_scenario_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The scenario files of paths, in order and each once: files as they are named, and of
/// folders those below them.
pub fn discover(paths: &[PathBuf], files: &mut Files) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let (found, problems) = find_files(paths, is_scenario_file, files);
    (found, problems.into_iter().map(Diagnostic::from).collect())
}

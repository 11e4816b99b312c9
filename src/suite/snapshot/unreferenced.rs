//! Snapshots that belong to no test any more.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::compare::remove;
use super::place::{ENDING, PENDING, folder_of, pending_path};
use super::text::{scenario_name, scenario_of};
use crate::suite::scenario::SuiteFile;

/// The files among the snapshots of scenario files that no test of theirs refers to, in
/// order: of tests that are gone or have another name, of scenario files that are gone, and
/// what a process left that was ended while it wrote. What belongs to a scenario file that
/// is there but not among these is left alone, and so is what is no snapshot of ours.
pub fn unreferenced(suites: &[SuiteFile]) -> Vec<PathBuf> {
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    let mut known = BTreeSet::new();
    for snapshot in cases.filter_map(|case| case.snapshot.as_ref()) {
        known.insert(pending_path(&snapshot.path));
        known.insert(snapshot.path.clone());
    }
    let folders: BTreeSet<PathBuf> =
        suites.iter().map(|suite| folder_of(&suite.path)).collect();
    let mut found = BTreeSet::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if !known.contains(&path) && is_left_over(&path, &folder, suites) {
                found.insert(path);
            }
        }
    }
    found.into_iter().collect()
}

/// Whether a file of a snapshots folder that no test refers to is ours to delete.
fn is_left_over(path: &Path, folder: &Path, suites: &[SuiteFile]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !path.is_file() {
        return false;
    }
    if name.starts_with('.') && name.contains(ENDING) && name.ends_with(".part") {
        return true;
    }
    if !name.strip_suffix(PENDING).unwrap_or(&name).ends_with(ENDING) {
        return false;
    }
    let Ok(text) = fs::read_to_string(path) else { return false };
    let Some(scenario) = scenario_of(&text) else { return false };
    let is_known = |suite: &SuiteFile| {
        folder_of(&suite.path) == folder && scenario_name(&suite.path) == scenario
    };
    let beside = folder.parent().unwrap_or(Path::new(""));
    suites.iter().any(is_known) || !beside.join(scenario).exists()
}

/// Deletes files, and their folders where those become empty.
///
/// # Errors
/// The first file that cannot be deleted, with its path.
pub fn delete(paths: &[PathBuf]) -> io::Result<()> {
    for path in paths {
        remove(path).map_err(|error| {
            let message = format!("cannot delete {}: {error}", path.display());
            io::Error::new(error.kind(), message)
        })?;
        if let Some(folder) = path.parent() {
            // It stays unless it is empty.
            let _ = fs::remove_dir(folder);
        }
    }
    Ok(())
}

//! Snapshots that no longer belong to a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::compare::remove;
use super::place::{ENDING, FOLDER, PENDING, folder_of, pending_path};
use super::text::{scenario_name, scenario_of};
use crate::source::{Folder, plain};
use crate::suite::scenario::SuiteFile;

/// Returns the snapshots that no test refers to, in order. They belong to removed or
/// renamed tests or to removed scenario files, or an interrupted process left them.
///
/// The folders next to the scenario files are searched, and those below the searched
/// folders. Snapshots of existing scenario files that are not in `suites` are kept, and
/// so are files that are not flowsim snapshots.
pub fn unreferenced(suites: &[SuiteFile], searched: &[PathBuf]) -> Vec<PathBuf> {
    let mut known = BTreeSet::new();
    for suite in suites {
        let folder = whole(&folder_of(&suite.path));
        for snapshot in suite.cases.iter().filter_map(|case| case.snapshot.as_ref()) {
            let path = folder.join(snapshot.path.file_name().unwrap_or_default());
            known.insert(pending_path(&path));
            known.insert(path);
        }
    }
    let mut found = BTreeSet::new();
    for (place, folder) in folders(suites, searched) {
        let Ok(entries) = fs::read_dir(&folder.path) else { continue };
        for entry in entries.flatten() {
            let is_known = known.contains(&place.join(entry.file_name()));
            if !is_known && folder.is_leftover(&entry.path()) {
                found.insert(entry.path());
            }
        }
    }
    found.into_iter().collect()
}

/// A snapshot folder.
struct Snapshots {
    path: PathBuf,
    /// Names of the loaded scenario files next to it.
    scenarios: BTreeSet<String>,
}

/// Returns the snapshot folders by canonical path, so that each appears once.
fn folders(suites: &[SuiteFile], searched: &[PathBuf]) -> BTreeMap<PathBuf, Snapshots> {
    let mut folders: BTreeMap<PathBuf, Snapshots> = BTreeMap::new();
    let new = |path: &Path| Snapshots { path: path.into(), scenarios: BTreeSet::new() };
    for suite in suites {
        let path = folder_of(&suite.path);
        let folder = folders.entry(whole(&path)).or_insert_with(|| new(&path));
        folder.scenarios.insert(scenario_name(&suite.path));
    }
    for searched in searched.iter().filter(|path| path.is_dir()) {
        for file in Folder::read(searched, is_in_snapshots).files {
            let path = plain(file.parent().unwrap_or(Path::new("")));
            folders.entry(whole(path)).or_insert_with(|| new(path));
        }
    }
    folders
}

fn is_in_snapshots(path: &Path) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|name| name == FOLDER)
}

/// Returns the canonical path of a folder.
fn whole(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

impl Snapshots {
    /// Returns whether an unreferenced file in this folder may be deleted.
    fn is_leftover(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !path.is_file() {
            return false;
        }
        let is_part =
            name.starts_with('.') && name.contains(ENDING) && name.ends_with(".part");
        if is_part && !self.scenarios.is_empty() {
            return true;
        }
        let is_named = name.strip_suffix(PENDING).unwrap_or(&name).ends_with(ENDING);
        if !is_named && !is_part {
            return false;
        }
        let Ok(text) = fs::read_to_string(path) else { return false };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let Some(scenario) = scenario_of(text) else { return false };
        let beside = self.path.parent().unwrap_or(Path::new(""));
        self.scenarios.contains(scenario) || !beside.join(scenario).exists()
    }
}

/// Deletes files, and their folders if these become empty.
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
            // The folder is only removed if it is empty.
            let _ = fs::remove_dir(folder);
        }
    }
    Ok(())
}

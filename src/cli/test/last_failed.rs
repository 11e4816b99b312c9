//! The tests that failed in the last run, for `--last-failed`.
//!
//! They are in `.flowsim/last-failed.json` in the folder of the project file, or in the
//! working folder without one. *Source: modelled on pytest's `--last-failed`.*

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::output;
use crate::cli::state::{StateFile, folder_of};
use crate::runner::{CaseResult, Outcome};
use crate::suite::{Selected, slashed};
use crate::value::Text;

const SCHEMA: &str = "flowsim.last-failed/1";

/// Name of the file.
const NAME: &str = "last-failed.json";

/// A failed test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry {
    /// Scenario file, relative to the folder of the project if it is inside.
    file: String,
    /// Name of the test; `None` if the scenario file does not load.
    name: Option<String>,
    /// Number of the row, from 1.
    row: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    schema: String,
    tests: Vec<Entry>,
}

/// Records the failed tests of a run.
pub(super) struct LastFailed {
    file: StateFile,
    /// Folder of the project, without links.
    root: PathBuf,
    earlier: BTreeSet<Entry>,
    /// Whether each test of this run failed.
    ran: BTreeMap<Entry, bool>,
    /// Names of the scenario files of this run, which many tests share.
    names: BTreeMap<PathBuf, String>,
    /// Whether none of the failed tests of these files exists any more.
    is_outdated: bool,
}

impl LastFailed {
    /// Reads the failed tests of the last run. `project` is the project file.
    pub(super) fn read(project: Option<&Path>) -> Self {
        let file = StateFile::new(project, NAME);
        let folder = folder_of(project);
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let text = file.read().unwrap_or_default();
        // A broken file counts as missing: the next run replaces it.
        let document = serde_json::from_str::<Document>(&text).ok();
        let document = document.filter(|it| it.schema == SCHEMA);
        let earlier = document.map(|it| it.tests.into_iter().collect());
        Self {
            file,
            root,
            earlier: earlier.unwrap_or_default(),
            ran: BTreeMap::new(),
            names: BTreeMap::new(),
            is_outdated: false,
        }
    }

    /// Forgets the failed tests of the files of this run, because none of them exists any
    /// more. Without this, every further run would select no test.
    pub(super) fn forget(&mut self) {
        self.is_outdated = true;
        let text =
            "the tests that failed last do not exist any more; the next run runs all";
        output::message("note", text);
    }

    /// Returns the failed tests in the given scenario files. `None` if no test is known to
    /// have failed.
    pub(super) fn selected(&mut self, files: &[PathBuf]) -> Option<BTreeSet<Selected>> {
        if self.earlier.is_empty() {
            let text = "no failed tests are recorded; all tests run";
            output::message("note", text);
            return None;
        }
        let mut selected = BTreeSet::new();
        for file in files {
            let name = self.name(file);
            for entry in self.earlier.iter().filter(|entry| entry.file == name) {
                let name = entry.name.as_ref().map(Text::from);
                selected.insert(Selected { file: file.clone(), name, row: entry.row });
            }
        }
        Some(selected)
    }

    /// Notes the result of a test.
    pub(super) fn note(&mut self, result: &CaseResult) {
        if matches!(result.outcome, Outcome::Skipped(_)) {
            return;
        }
        let file = self.name(&result.id.file);
        let name = (!result.is_file_result).then(|| result.id.name.to_string());
        let entry = Entry { file, name, row: result.id.row };
        self.ran.insert(entry, result.outcome.is_failure());
    }

    /// Writes the failed tests. Those of earlier runs stay if this run did not include
    /// them; `is_whole` means that all tests of its files ran. Nothing is written under CI, where no person runs the tests again, and if no
    /// test has ever failed.
    pub(super) fn write(self, is_whole: bool) {
        let mut failed = self.earlier.clone();
        if self.is_outdated {
            failed.retain(|it| !self.names.values().any(|name| *name == it.file));
        }
        let loaded: BTreeSet<&String> =
            self.ran.keys().filter(|it| it.name.is_some()).map(|it| &it.file).collect();
        failed.retain(|it| match loaded.contains(&it.file) {
            // If all tests of its file ran, the others were deleted or renamed.
            true => it.name.is_some() && !is_whole,
            false => self.root.join(&it.file).exists(),
        });
        for (entry, is_failed) in self.ran {
            match is_failed {
                true => failed.insert(entry),
                false => failed.remove(&entry),
            };
        }
        if failed == self.earlier || output::is_ci() {
            return;
        }
        let document =
            Document { schema: SCHEMA.into(), tests: failed.into_iter().collect() };
        let Ok(text) = serde_json::to_string_pretty(&document) else { return };
        self.file.write(&(text + "\n"));
    }

    /// Returns the path of a scenario file as the document has it.
    fn name(&mut self, file: &Path) -> String {
        if let Some(name) = self.names.get(file) {
            return name.clone();
        }
        let place = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let name = slashed(place.strip_prefix(&self.root).unwrap_or(&place));
        self.names.insert(file.to_owned(), name.clone());
        name
    }
}

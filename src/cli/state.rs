//! Files in which flowsim remembers results between runs.
//!
//! They are in the folder `.flowsim` next to the project file, or in the working folder
//! without one. Git ignores the folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::{readable, replace_own_file};

/// Name of the folder.
const FOLDER: &str = ".flowsim";

/// A file of the folder.
#[derive(Debug, Clone)]
pub(super) struct StateFile {
    folder: PathBuf,
    name: &'static str,
}

impl StateFile {
    /// Returns the file with this name. `project` is the project file.
    pub(super) fn new(project: Option<&Path>, name: &'static str) -> Self {
        Self { folder: folder_of(project).join(FOLDER), name }
    }

    /// Returns the text. Returns `None` if the file is missing or unreadable.
    pub(super) fn read(&self) -> Option<String> {
        let path = self.folder.join(self.name);
        readable(&path).ok()?;
        fs::read_to_string(path).ok()
    }

    /// Replaces the text. The project may be read-only: the run is complete anyway, so that
    /// errors are ignored.
    pub(super) fn write(&self, text: &str) {
        let root = self.folder.parent().unwrap_or(Path::new("."));
        let write = |name, text| replace_own_file(root, &self.folder.join(name), text);
        if !self.folder.exists() && write(".gitignore", "*\n").is_err() {
            return;
        }
        let _ = write(self.name, text);
    }
}

/// Returns the folder of a project file; the working folder without one.
pub(super) fn folder_of(project: Option<&Path>) -> &Path {
    let folder = project.and_then(Path::parent).filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

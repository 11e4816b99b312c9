//! Where scenario files are.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Files, Folder};

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
    let (mut found, mut diagnostics) = (indexmap::IndexMap::new(), Vec::new());
    let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    for path in paths {
        if !path.is_dir() {
            found.entry(place(path)).or_insert_with(|| path.clone());
            continue;
        }
        let folder = Folder::read(path, is_scenario_file);
        for (folder, error) in folder.unreadable {
            let place = files.add(&folder, "").span();
            let message = format!("cannot read the folder: {error}");
            diagnostics.push(Diagnostic::new(Code::FILE_UNREADABLE, message).at(place));
        }
        for file in folder.files {
            found.entry(place(&file)).or_insert_with(|| plain(&file));
        }
    }
    (found.into_values().collect(), diagnostics)
}

/// `./a` is `a`, as people write it.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").map_or_else(|_| path.to_owned(), Path::to_owned)
}

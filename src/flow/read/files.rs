//! Files and folders of flows.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::model::Flow;
use crate::source::{File, Files, read_document};

/// How deep folders are searched; also what ends a circle of links.
const MAX_FOLDER_DEPTH: usize = 32;

/// Flows, and what is to be said about reading them.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The flows, in the order of the paths, within a folder by path.
    pub flows: Vec<Flow>,
    /// What was found on the way.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads files, and of folders every flow below them. A document in a folder that is no
/// flow, such as fixtures, is passed over; a file that was named has to be one.
pub fn load(paths: &[PathBuf], files: &mut Files) -> Loaded {
    let mut loaded = Loaded::default();
    for path in paths {
        if path.is_dir() {
            load_folder(path, files, &mut loaded);
        } else {
            load_file(path, files, true, &mut loaded);
        }
    }
    loaded
}

fn load_folder(folder: &Path, files: &mut Files, loaded: &mut Loaded) {
    let before = loaded.flows.len() + loaded.diagnostics.len();
    let mut paths = Vec::new();
    if let Err(error) = collect(folder, MAX_FOLDER_DEPTH, &mut paths) {
        let place = files.add(folder, "").span();
        let message = format!("cannot read the folder: {error}");
        loaded
            .diagnostics
            .push(Diagnostic::new(Code::FILE_UNREADABLE, message).at(place));
    }
    paths.sort();
    for path in paths {
        load_file(&path, files, false, loaded);
    }
    if loaded.flows.len() + loaded.diagnostics.len() == before {
        let place = files.add(folder, "").span();
        let message = "the folder holds no flow";
        let help = "flows are `.json` files; name a file to load one of another ending";
        loaded
            .diagnostics
            .push(Diagnostic::new(Code::NO_FLOWS, message).at(place).help(help));
    }
}

/// All files below `folder` that may hold flows; hidden ones are left out.
fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden =
            path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        if is_hidden {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, paths)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    Ok(())
}

fn load_file(path: &Path, files: &mut Files, is_named: bool, loaded: &mut Loaded) {
    match files.load(path) {
        Ok(file) => read_file(&file, is_named, loaded),
        Err(problem) => loaded.diagnostics.push(problem.into()),
    }
}

fn read_file(file: &File, is_named: bool, loaded: &mut Loaded) {
    match read_document(file) {
        Ok(document) if is_named || super::is_flow(&document) => {
            loaded.flows.extend(super::read(&document, &mut loaded.diagnostics));
        }
        Ok(_) => {}
        Err(problem) => loaded.diagnostics.push(problem.into()),
    }
}

//! Files and folders of flows.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::ArchitectFlow;
use crate::flow::model::Flow;
use crate::source::{File, Files, Folder, read_document};

/// Flows, and what is to be said about reading them.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The flows of the draft dialect, in the order of the paths, within a folder by path.
    pub flows: Vec<Flow>,
    /// Architect's own flows, of Archy YAML and exports, in the same order.
    pub architect: Vec<ArchitectFlow>,
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
    let is_json =
        |path: &Path| path.extension().is_some_and(|extension| extension == "json");
    let found = Folder::read(folder, is_json);
    for (folder, error) in found.unreadable {
        let place = files.add(folder, "").span();
        let message = format!("cannot read the folder: {error}");
        loaded
            .diagnostics
            .push(Diagnostic::new(Code::FILE_UNREADABLE, message).at(place));
    }
    for path in found.files {
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

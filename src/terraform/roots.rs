//! The root modules of a repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::document::{self, is_terraform};
use super::module;
use crate::source::{Files, find_files};

/// Finds the root modules below a folder: folders with resources of Genesys Cloud or calls
/// of modules, which no other folder calls as a module.
pub fn root_modules(folder: &Path, files: &mut Files) -> Vec<PathBuf> {
    let (paths, _) = find_files(&[folder.to_owned()], is_terraform, files);
    let mut folders: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut called: Vec<PathBuf> = Vec::new();
    for path in &paths {
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        let Ok(declarations) = document::read(path, files) else {
            // It is reported when the module is read.
            let names_genesys = files
                .load(path)
                .is_ok_and(|file| file.text().contains("\"genesyscloud_"));
            *folders.entry(parent).or_default() |= names_genesys;
            continue;
        };
        let mut is_relevant = false;
        for declaration in &declarations {
            let first = declaration.labels.first().map_or("", String::as_str);
            match declaration.kind.as_str() {
                "resource" | "data" => is_relevant |= first.starts_with("genesyscloud_"),
                "module" => {
                    is_relevant = true;
                    let source = module::constant_source(declaration);
                    called.extend(
                        source.and_then(|it| parent.join(it).canonicalize().ok()),
                    );
                }
                _ => {}
            }
        }
        *folders.entry(parent).or_default() |= is_relevant;
    }
    let is_root = |folder: &Path| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        folder.canonicalize().is_ok_and(|it| !called.contains(&it))
    };
    let relevant = folders.into_iter().filter(|(folder, is)| *is && is_root(folder));
    // The working folder has an empty path.
    let named = |folder: PathBuf| {
        if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
    };
    relevant.map(|(folder, _)| named(folder)).collect()
}

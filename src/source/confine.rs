//! Confinement of the process: the folders that it may read, if not all.
//!
//! The command line sets it once at the start, for calls on behalf of programs that must not
//! see or change anything else. A path counts with its links resolved, so that neither `..`
//! nor a link leads outside.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

/// The environment variable with which the command line confines its process: folders,
/// separated as in `PATH`.
pub const READ_ONLY: &str = "FLOWSIM_READ_ONLY";

/// The folders, with links resolved. Unset: the whole file system, readable and writable.
static FOLDERS: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// Limits this process to reading these folders, and to writing nothing. Only the first call
/// has an effect.
///
/// # Errors
/// Fails if a folder does not exist.
pub fn confine(folders: impl IntoIterator<Item = PathBuf>) -> io::Result<()> {
    let resolved = folders.into_iter().map(|it| it.canonicalize());
    let _ = FOLDERS.set(resolved.collect::<io::Result<_>>()?);
    Ok(())
}

/// Returns whether the process is confined.
pub fn is_confined() -> bool {
    FOLDERS.get().is_some()
}

/// Returns whether the path is inside one of the folders, with links resolved. A path that
/// does not exist is where its nearest existing folder is.
pub fn is_within(path: &Path, folders: &[PathBuf]) -> bool {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // `..` after the last existing folder has no resolved form.
    let existing = |it: &&Path| it.exists();
    let Some(parent) = absolute.ancestors().find(existing) else { return false };
    let rest = absolute.strip_prefix(parent).unwrap_or(parent);
    let is_plain = rest.components().all(|it| matches!(it, Component::Normal(_)));
    let is_inside = |place: PathBuf| folders.iter().any(|it| place.starts_with(it));
    is_plain && parent.canonicalize().is_ok_and(is_inside)
}

/// Refuses a path that this process may not read.
pub(crate) fn readable(path: &Path) -> io::Result<()> {
    match FOLDERS.get() {
        Some(folders) if !is_within(path, folders) => {
            let message = "the path is outside the folders that may be read";
            Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
        }
        _ => Ok(()),
    }
}

/// Returns whether this process may read the path.
pub fn is_readable(path: &Path) -> bool {
    readable(path).is_ok()
}

/// Refuses every write of a confined process.
pub(crate) fn writable() -> io::Result<()> {
    match is_confined() {
        true => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "this process may not write files",
        )),
        false => Ok(()),
    }
}

/// Opens a file for reading, if this process may read it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    readable(path)?;
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn neither_dots_nor_links_lead_outside() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(folder.path().join("secret"), "").unwrap();
        std::os::unix::fs::symlink(folder.path(), inside.join("link")).unwrap();
        let folders = [inside.canonicalize().unwrap()];
        let is_inside = |path: &str| is_within(&inside.join(path), &folders);
        assert!(is_inside("a.yaml") && is_inside("") && is_inside("new/a.yaml"));
        assert!(!is_inside("../secret") && !is_inside("link/secret"));
        assert!(!is_inside("link/new") && !is_inside("new/../../secret"));
        assert!(!is_within(&folder.path().join("insides"), &folders));
    }
}

//! The files in a folder and its subfolders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::confine;
use super::file::Files;
use super::read::{Problem, ProblemKind};

/// The maximum depth of subfolders, counted from the given folder.
const MAX_FOLDER_DEPTH: usize = 64;

/// The content of a folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// The files, sorted by path.
    pub files: Vec<PathBuf>,
    /// The folders that cannot be read, with their errors.
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

impl Folder {
    /// Lists the files below `folder` that satisfy `is_wanted`. Hidden files and folders
    /// are skipped, and so are files that cannot be read to an end, such as pipes. Links
    /// to files are followed. Links to folders are not, because two that point upwards
    /// would produce an endless number of paths.
    pub fn read(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Self {
        let mut found = Self::default();
        let mut waiting = vec![(folder.to_owned(), 0)];
        while let Some((folder, depth)) = waiting.pop() {
            match entries(&folder) {
                Ok(entries) => {
                    for (path, is_folder) in entries {
                        if !is_folder && is_wanted(&path) && is_readable(&path) {
                            found.files.push(path);
                        } else if is_folder && depth < MAX_FOLDER_DEPTH {
                            waiting.push((path, depth + 1));
                        }
                    }
                }
                Err(error) => found.unreadable.push((folder, error)),
            }
        }
        found.files.sort();
        found.unreadable.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// Lists the files directly in a folder, sorted; empty if it cannot be read.
    pub fn read_flat(folder: &Path) -> Vec<PathBuf> {
        let entries = entries(folder).unwrap_or_default().into_iter();
        let files = entries.filter(|(path, is_folder)| !is_folder && is_readable(path));
        let mut files: Vec<PathBuf> = files.map(|(path, _)| path).collect();
        files.sort();
        files
    }
}

/// Returns the files of the given paths, in order and without duplicates, and the folders
/// that cannot be read. Files are taken as named; of folders, the wanted files below them
/// are taken.
pub fn find_files(
    paths: &[PathBuf],
    is_wanted: impl Fn(&Path) -> bool,
    files: &mut Files,
) -> (Vec<PathBuf>, Vec<Problem>) {
    let (mut found, mut problems) = (IndexMap::new(), Vec::new());
    let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    for path in paths {
        if !path.is_dir() {
            found.entry(place(path)).or_insert_with(|| path.clone());
            continue;
        }
        let folder = Folder::read(path, &is_wanted);
        for (folder, error) in folder.unreadable {
            let span = files.add(&folder, "").span();
            let message = format!("cannot read the folder: {error}");
            let kind = ProblemKind::Unreadable;
            problems.push(Problem { kind, span, message, hint: None, other: None });
        }
        for file in folder.files {
            found.entry(place(&file)).or_insert_with(|| plain(&file).to_owned());
        }
    }
    (found.into_values().collect(), problems)
}

/// Removes a leading `./` from the path.
pub fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// The entries of a folder that are not hidden, with a flag for folders.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = Vec::new();
    confine::readable(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push((entry.path(), entry.file_type()?.is_dir()));
        }
    }
    Ok(entries)
}

/// Whether it is a file. A broken link counts too, because it deserves a message.
fn is_readable(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let found = Folder::read(folder, |path| path.extension().is_some());
        assert!(found.unreadable.is_empty());
        let names = found.files.iter().map(|path| path.strip_prefix(folder).unwrap());
        names.map(|path| path.display().to_string().replace('\\', "/")).collect()
    }

    #[test]
    fn files_come_in_the_order_of_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b.x", "a/c.x", "a/b/d.x", "none", ".hidden.x", ".git/e.x"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(names(folder.path()), ["a/b/d.x", "a/c.x", "b.x"]);
    }

    #[test]
    #[cfg(unix)]
    fn cyclic_links_are_harmless() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.x"), "").unwrap();
        for link in ["one.d", "two.d"] {
            std::os::unix::fs::symlink("..", folder.path().join(link)).unwrap();
            std::os::unix::fs::symlink(".", folder.path().join(format!("{link}.x")))
                .unwrap();
        }
        std::os::unix::fs::symlink("a.x", folder.path().join("linked.x")).unwrap();
        std::os::unix::fs::symlink("gone", folder.path().join("broken.x")).unwrap();
        assert_eq!(names(folder.path()), ["a.x", "broken.x", "linked.x"]);
    }

    #[test]
    fn a_missing_folder_is_reported() {
        let found = Folder::read(Path::new("no/such/folder"), |_| true);
        assert_eq!(found.unreadable[0].0, Path::new("no/such/folder"));
    }
}

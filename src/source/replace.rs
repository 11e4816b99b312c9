//! Files that are written atomically.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use super::confine;

/// Writes a whole file. If the process is killed before the end, the previous file stays.
/// Anything other than a regular file, such as `/dev/stdout` or a link, is written in
/// place; a stream keeps its previous content.
pub fn replace_file(
    path: &Path,
    content: &(impl AsRef<[u8]> + ?Sized),
) -> io::Result<()> {
    let mut file = Replacement::begin(path)?;
    file.write_all(content.as_ref())?;
    file.finish()
}

/// Writes a whole file whose path comes from a project, such as a snapshot, not from the
/// user. A link with this name is replaced, not followed.
///
/// # Errors
/// Fails if the file cannot be written, or if its folder is a link that leads out of `root`.
pub fn replace_own_file(root: &Path, path: &Path, content: &str) -> io::Result<()> {
    confine::writable()?;
    fs::create_dir_all(root)?;
    require_inside(root, path)?;
    create_parent_folder(path)?;
    let mut file = Replacement::create(path)?;
    file.write_all(content.as_bytes())?;
    file.finish()
}

/// Refuses a file whose folder is a link that leads out of `root`.
///
/// # Errors
/// Names the folder.
pub fn require_inside(root: &Path, path: &Path) -> io::Result<()> {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let folder = path.parent().unwrap_or(root);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if confine::is_within(folder, &[root.canonicalize()?]) {
        return Ok(());
    }
    let message = format!("the folder leads out of {} by a link", root.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

/// A file that is written in pieces under a temporary name in the same folder, and
/// renamed when it is complete. Without [`finish`](Self::finish), the previous file
/// stays.
#[derive(Debug)]
pub struct Replacement {
    file: fs::File,
    /// The temporary and the final name. `None` if the file is written in place.
    names: Option<(PathBuf, PathBuf)>,
}

impl Replacement {
    /// Creates an empty file, and its folder if necessary.
    ///
    /// # Errors
    /// Fails if the file cannot be created.
    pub fn begin(path: &Path) -> io::Result<Self> {
        confine::writable()?;
        create_parent_folder(path)?;
        if fs::symlink_metadata(path).is_ok_and(|it| !it.is_file()) {
            return Ok(Self { file: in_place(path)?, names: None });
        }
        Self::create(path)
    }

    /// Creates an empty file with a temporary name.
    fn create(path: &Path) -> io::Result<Self> {
        confine::writable()?;
        let name = path
            .file_name()
            .ok_or_else(|| io::Error::other("the path does not name a file"))?;
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}.part", std::process::id()));
        let temporary = path.with_file_name(temporary);
        // Left over from a killed process with the same id; ids repeat in containers.
        let _ = fs::remove_file(&temporary);
        let file = fs::File::create_new(&temporary)?;
        Ok(Self { file, names: Some((temporary, path.to_owned())) })
    }

    /// Gives the file its final name.
    ///
    /// # Errors
    /// Fails if the file cannot be renamed.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some((temporary, path)) = &self.names {
            fs::rename(temporary, path)?;
            self.names = None;
        }
        Ok(())
    }
}

/// Opens anything other than a regular file. Only the target of a link is truncated. A
/// stream may have been opened by other processes, whose output must be kept.
fn in_place(path: &Path) -> io::Result<fs::File> {
    #[cfg(unix)]
    if path == Path::new("/dev/stdout") {
        // Opened by name, it would be written from its start, over its previous content.
        io::stdout().flush()?;
        let own = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
        return Ok(own.into());
    }
    let descriptors = ["/dev/stderr", "/dev/fd", "/proc"];
    let is_descriptor = descriptors.iter().any(|it| path.starts_with(it));
    let is_file = fs::metadata(path).map_or(true, |it| it.is_file());
    if is_file && !is_descriptor {
        return fs::File::create(path);
    }
    fs::OpenOptions::new().append(true).open(path)
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some((temporary, _)) = &self.names {
            // The error is already reported, so a failed removal is ignored.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Checks that a file can be written, creates its folder, and removes an existing file.
/// Anything other than a regular file stays, because the reader of a pipe would take an
/// attempt for the whole output.
///
/// # Errors
/// Fails if the file cannot be written. The message names the file.
pub fn prepare_output(path: &Path) -> io::Result<()> {
    let made =
        create_parent_folder(path).and_then(|()| match fs::symlink_metadata(path) {
            Ok(found) if found.is_file() => {
                Replacement::begin(path)?;
                fs::remove_file(path)
            }
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => Ok(()),
            Err(_) => Replacement::begin(path).map(drop),
        });
    made.map_err(|error| unwritable(path, error))
}

/// A file that cannot be written, and the reason.
#[derive(Debug)]
pub struct Unwritable {
    path: PathBuf,
    reason: io::Error,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot write {}: {}", self.path.display(), self.reason)
    }
}

impl Error for Unwritable {}

/// Adds the path of a file to the error of writing it, as [`Unwritable`].
pub fn unwritable(path: &Path, reason: io::Error) -> io::Error {
    io::Error::new(reason.kind(), Unwritable { path: path.to_owned(), reason })
}

/// Creates the folder of a file.
///
/// # Errors
/// Fails if the folder cannot be created.
pub fn create_parent_folder(path: &Path) -> io::Result<()> {
    confine::writable()?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    folder.map_or(Ok(()), fs::create_dir_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn the_old_file_is_replaced_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xml");
        for text in ["old and long", "new"] {
            replace_file(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["a.xml"]);
    }

    #[test]
    fn a_failed_write_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("no/such/a.xml");
        replace_file(&made, "made").unwrap();
        assert_eq!(fs::read_to_string(&made).unwrap(), "made");
        assert!(replace_file(&made.join("b.xml"), "").is_err());
        assert!(replace_file(Path::new("/"), "").is_err());
        assert!(replace_file(folder.path(), "").is_err());
        assert_eq!(names(folder.path()), ["no"]);
        assert_eq!(names(&folder.path().join("no/such")), ["a.xml"]);
    }

    #[test]
    fn leftovers_of_a_killed_process_are_harmless() {
        let folder = tempfile::tempdir().unwrap();
        let left = format!(".a.xml.{}.part", std::process::id());
        fs::write(folder.path().join(left), "hal").unwrap();
        replace_file(&folder.path().join("a.xml"), "whole").unwrap();
        assert_eq!(names(folder.path()), ["a.xml"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        replace_file(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    #[cfg(unix)]
    fn a_file_of_a_project_is_not_written_through_a_link() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (root, other) = (folder.path().join("project"), folder.path().join("other"));
        fs::create_dir_all(root.join("snapshots")).unwrap();
        fs::create_dir(&other).unwrap();
        let (path, victim) = (root.join("snapshots/a.snap"), other.join("a.snap"));
        fs::write(&victim, "old").unwrap();
        symlink(&victim, &path).unwrap();
        replace_own_file(&root, &path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
        symlink(&other, root.join("linked")).unwrap();
        let refused = replace_own_file(&root, &root.join("linked/a.snap"), "new");
        assert!(refused.unwrap_err().to_string().contains("by a link"));
        assert_eq!(fs::read_to_string(&victim).unwrap(), "old");
        symlink("snapshots", root.join("inside")).unwrap();
        replace_own_file(&root, &root.join("inside/b.snap"), "new").unwrap();
    }
}

//! Files written so that nobody ever finds half of one.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file in whole: whoever ends the process in between leaves what was there before.
/// What is there and no file, such as `/dev/stdout` or a link, is written to as it is; of a
/// stream nothing is lost that stands there.
pub fn replace_file(
    path: &Path,
    content: &(impl AsRef<[u8]> + ?Sized),
) -> io::Result<()> {
    let mut file = Replacement::begin(path)?;
    file.write_all(content.as_ref())?;
    file.finish()
}

/// A file that is written piece by piece under another name in the same folder, and gets its
/// own when it is whole. One that is not [finished](Self::finish) leaves what was there.
#[derive(Debug)]
pub struct Replacement {
    file: fs::File,
    /// Its names, the one that it has and the one that it gets; none if it has its own.
    names: Option<(PathBuf, PathBuf)>,
}

impl Replacement {
    /// Begins with an empty file; its folder is made if it is not there.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn begin(path: &Path) -> io::Result<Self> {
        make_folder_of(path)?;
        if fs::symlink_metadata(path).is_ok_and(|it| !it.is_file()) {
            return Ok(Self { file: in_place(path)?, names: None });
        }
        let name =
            path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}.part", std::process::id()));
        let temporary = path.with_file_name(temporary);
        // Left by a process of the same number that was ended; in containers they come again.
        let _ = fs::remove_file(&temporary);
        let file = fs::File::create_new(&temporary)?;
        Ok(Self { file, names: Some((temporary, path.to_owned())) })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some((temporary, path)) = &self.names {
            fs::rename(temporary, path)?;
            self.names = None;
        }
        Ok(())
    }
}

/// What is there and no file. Only what a link of somebody leads to is written anew: a
/// stream may have been opened by others, who want to keep what they have written.
fn in_place(path: &Path) -> io::Result<fs::File> {
    #[cfg(unix)]
    if path == Path::new("/dev/stdout") {
        // Opened by its name it would be written from its start, over what stands there.
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
            // What is wrong was told; that the rest of it may stay is less than that.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Makes sure that a file can be written, its folder too, and removes the one that is there.
/// What is there and no file stays: whoever reads a pipe would take an attempt for the whole.
///
/// # Errors
/// It cannot be written; the message names the file.
pub fn make_way(path: &Path) -> io::Result<()> {
    let made = make_folder_of(path).and_then(|()| match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {
            Replacement::begin(path)?;
            fs::remove_file(path)
        }
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => Ok(()),
        Err(_) => Replacement::begin(path).map(drop),
    });
    let named = |error: io::Error| {
        let message = format!("cannot write {}: {error}", path.display());
        io::Error::new(error.kind(), message)
    };
    made.map_err(named)
}

/// Makes the folder of a file that is to be written.
///
/// # Errors
/// It cannot be made.
pub fn make_folder_of(path: &Path) -> io::Result<()> {
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
    fn the_old_file_gives_way_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xml");
        for text in ["old and long", "new"] {
            replace_file(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["a.xml"]);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_leaves_nothing() {
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
    fn what_an_ended_process_left_is_in_nobodys_way() {
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
}

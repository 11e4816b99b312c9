//! Output folder of recordings.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use rayon::prelude::*;

use crate::recording::{Recording, Redactor, discover, load, save};
use crate::source::Files;
use crate::value::Text;

/// Output folder, the ids of its recordings, and the lock for writing to it.
pub(super) struct OutputFolder {
    folder: PathBuf,
    ids: IndexSet<Text>,
    redactor: Redactor,
    /// Held while the folder is open; `None` on systems that cannot open folders.
    _lock: Option<File>,
}

impl OutputFolder {
    /// Creates the folder if it does not exist, and reads the ids of earlier recordings.
    pub(super) fn open(folder: &Path, redactor: Redactor) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::open(folder).ok();
        if let Some(lock) = &lock
            && let Err(TryLockError::WouldBlock) = lock.try_lock()
        {
            return Err(io::Error::other("another `flowsim record` is writing there"));
        }
        remove_unfinished(folder)?;
        let (paths, _) = discover(&[folder.to_owned()], &mut Files::new());
        // A recording that cannot be read is recorded again.
        let id = |path: &PathBuf| load(path, &mut Files::new()).0.map(|it| it.id);
        let ids: Vec<Option<Text>> = paths.par_iter().map(id).collect();
        let ids = ids.into_iter().flatten().collect();
        Ok(Self { folder: folder.to_owned(), ids, redactor, _lock: lock })
    }

    /// Returns whether the folder holds a complete recording with this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Writes a redacted recording, completely or not at all.
    pub(super) fn write(&self, recording: &Recording) -> io::Result<()> {
        save(recording, &self.redactor, &self.folder).map(|_| ())
    }
}

/// Deletes partial files of an interrupted run. The lock keeps other processes from
/// writing.
fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.')
            && name.contains(".recording.json.")
            && name.ends_with(".part")
        {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

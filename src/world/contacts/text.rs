//! What contact files of text have in common: how far a record may reach, and whether the
//! file is still the one that was indexed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::SystemTime;

/// The longest record, in bytes. A quotation mark that is never closed would otherwise
/// take the rest of the file for one field.
pub(super) const MAX_RECORD_BYTES: u64 = 1024 * 1024;

/// What a lookup says when the file is no longer the one that was indexed.
pub(super) const CHANGED: &str = "it was changed after it had been indexed";

/// By what a changed file is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }

    /// # Errors
    /// The file is not what it was.
    pub(super) fn check(&self, file: &File) -> Result<(), String> {
        match Self::of(file) {
            Ok(now) if now == *self => Ok(()),
            Ok(_) => Err(CHANGED.into()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A file from which only so many bytes may be read until more are allowed.
#[derive(Debug)]
pub(super) struct Limited {
    file: File,
    allowance: u64,
}

impl Limited {
    /// Nothing may be read yet.
    pub(super) fn new(file: File) -> Self {
        Self { file, allowance: 0 }
    }

    /// Allows one more record to be read, with `buffer` bytes that may be read ahead.
    pub(super) fn allow_record(&mut self, buffer: usize) {
        self.allowance = MAX_RECORD_BYTES + buffer as u64;
    }

    /// Whether all that was allowed has been read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.allowance == 0
    }

    /// The file itself.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// The file itself, without limit.
    pub(super) fn into_file(self) -> File {
        self.file
    }
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.allowance == 0 {
            return Err(io::Error::other("the record is too long"));
        }
        let length = self.file.read(buffer)?;
        self.allowance = self.allowance.saturating_sub(length as u64);
        Ok(length)
    }
}

impl Seek for Limited {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

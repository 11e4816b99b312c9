//! Limits and change detection of text files with contacts.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::SystemTime;

/// Maximum size of a record, in bytes. It keeps an unclosed quotation mark from turning
/// the rest of the file into one field.
pub(super) const MAX_RECORD_BYTES: u64 = 1024 * 1024;

/// Message of a lookup in a file that changed after it was indexed.
pub(super) const CHANGED: &str = "the file changed after it was indexed";

/// Fingerprint that detects a changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// Returns the stamp of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }

    /// Compares the file with the stamp.
    ///
    /// # Errors
    ///
    /// Returns an error if the file has changed.
    pub(super) fn check(&self, file: &File) -> Result<(), String> {
        match Self::of(file) {
            Ok(now) if now == *self => Ok(()),
            Ok(_) => Err(CHANGED.into()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Reader that limits the number of bytes until more are allowed.
#[derive(Debug)]
pub(super) struct Limited {
    file: File,
    allowance: u64,
}

impl Limited {
    /// Creates a reader that allows no bytes yet.
    pub(super) fn new(file: File) -> Self {
        Self { file, allowance: 0 }
    }

    /// Allows one more record and `buffer` bytes of read-ahead.
    pub(super) fn allow_record(&mut self, buffer: usize) {
        self.allowance = MAX_RECORD_BYTES + buffer as u64;
    }

    /// Returns whether all allowed bytes were read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.allowance == 0
    }

    /// Returns the file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Returns the file without the limit.
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

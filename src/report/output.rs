//! Output files of reports.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::source::{prepare_output, replace_file};

/// Report file that exists only after the run has ended, and is then complete.
#[derive(Debug)]
pub(super) struct ReportFile(PathBuf);

impl ReportFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Checks before the run that the file can be written, and deletes the report of an
    /// earlier run, so that it cannot be mistaken for this one if the run is killed.
    pub(super) fn begin(&self) -> io::Result<()> {
        prepare_output(&self.0)
    }

    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        replace_file(&self.0, text).map_err(|error| named(&self.0, &error))
    }
}

/// Appends to a file in one piece, because other programs write to it as well.
pub(super) fn append(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| named(path, &error))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_report_of_an_earlier_run_is_gone_when_the_next_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/a/junit.xml");
        let file = ReportFile::new(path.clone());
        file.begin().unwrap();
        file.write("one").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        file.begin().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn an_unwritable_file_is_reported_at_the_beginning() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        for path in ["file/junit.xml", "."] {
            let path = folder.path().join(path);
            let error = ReportFile::new(path.clone()).begin().unwrap_err();
            let message = error.to_string();
            assert!(message.contains(&*path.to_string_lossy()), "{message}");
        }
    }

    #[test]
    fn append_adds_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        append(&path, "one\n").unwrap();
        append(&path, "two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }
}

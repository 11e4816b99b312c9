//! Output files of reports.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::spec::Format;
use crate::source::{prepare_output, replace_file, unwritable, writable};

/// Report file that exists only after the run has ended, and is then complete.
#[derive(Debug)]
pub(super) struct ReportFile {
    path: PathBuf,
    format: &'static Format,
}

impl ReportFile {
    pub(super) fn new(path: PathBuf, format: &'static Format) -> Self {
        Self { path, format }
    }

    /// Checks before the run that the file can be written, and deletes the report of an
    /// earlier run, so that it cannot be mistaken for this one if the run is killed.
    pub(super) fn begin(&self) -> io::Result<()> {
        prepare_output(&self.path)
    }

    /// Writes the whole report. Later runs recognise the file by its beginning, and
    /// overwrite no others.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        if !self.format.is_beginning(text) {
            let start = crate::value::shortened(text, 40);
            return Err(io::Error::other(format!(
                "flowsim would not recognise its own report, which is a bug: {start}"
            )));
        }
        replace_file(&self.path, text).map_err(|error| unwritable(&self.path, error))
    }
}

/// Appends to a file in one piece, because other programs write to it as well.
pub(super) fn append(path: &Path, text: &str) -> io::Result<()> {
    writable()
        .and_then(|()| OpenOptions::new().create(true).append(true).open(path))
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| unwritable(path, error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn report(path: &Path) -> ReportFile {
        ReportFile::new(path.to_owned(), &crate::report::tap::FORMAT)
    }

    #[test]
    fn the_report_of_an_earlier_run_is_gone_when_the_next_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/a/junit.xml");
        let file = report(&path);
        file.begin().unwrap();
        file.write("TAP version 14\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "TAP version 14\n");
        file.begin().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn an_unwritable_file_is_reported_at_the_beginning() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        for path in ["file/junit.xml", "."] {
            let path = folder.path().join(path);
            let error = report(&path).begin().unwrap_err();
            let message = error.to_string();
            assert!(message.contains(&*path.to_string_lossy()), "{message}");
        }
    }

    #[test]
    fn a_report_that_would_not_be_recognised_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tap");
        assert!(report(&path).write("1..0\n").is_err());
        assert!(!path.exists());
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

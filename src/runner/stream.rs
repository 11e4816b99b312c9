//! Streaming of scenario files: they are read and run part by part, so that the first
//! tests of a large suite run before the last ones are read.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::ThreadPoolBuildError;

use super::event::{Ended, RunEvent};
use super::load::{Library, Part};
use super::place::CasePosition;
use super::plan::Chooser;
use super::project::ProjectContext;
use super::run::{Options, Run};
use crate::diagnostic::Diagnostic;
use crate::source::Files;
use crate::suite::Selection;

/// Number of bytes of scenario files read before the first test runs. Reading takes a few
/// milliseconds, and most projects have less.
const FIRST: usize = 64 * 1024;

/// Scenario files to read, and tests to run.
#[derive(Debug, Clone, Default)]
pub struct RunRequest {
    /// Scenario files, in order.
    pub paths: Vec<PathBuf>,
    /// Diagnostics of files that could not be found.
    pub diagnostics: Vec<Diagnostic>,
    /// Selection of tests.
    pub selection: Selection,
    /// Places in files. A file with a place runs only the tests there; a file without one
    /// runs all tests.
    pub places: Vec<CasePosition>,
    /// The project of the scenario files.
    pub project: Arc<ProjectContext>,
    /// Whether all files are read before the first test runs, so that the number of tests
    /// is known from the start.
    pub reads_all_first: bool,
}

impl RunRequest {
    /// Returns the part of the tests that the run takes.
    fn part(&self) -> Part {
        match &self.selection {
            _ if !self.places.is_empty() => Part::Selected,
            whole if whole.is_whole() => Part::Whole,
            share if share.is_share() => Part::Share,
            _ => Part::Selected,
        }
    }
}

/// Returns the number of bytes of scenario files to read before the first test runs.
fn first_bytes(wanted: &RunRequest) -> usize {
    if wanted.reads_all_first { usize::MAX } else { FIRST }
}

/// Everything read so far, for reporters of the run.
#[derive(Debug, Clone, Copy)]
pub struct LoadedSuite<'r> {
    /// Scenario files, and the flows of their tests.
    pub library: &'r Library,
    /// Source files of the library.
    pub files: &'r Files,
}

/// Reads scenario files and runs their tests. Calls `report` with every event. Except for
/// [`RunEvent::Waiting`], the order does not depend on the machine.
///
/// # Errors
/// The thread pool cannot be created.
pub fn run_files(
    wanted: &RunRequest,
    options: Options,
    files: &mut Files,
    report: &mut dyn FnMut(&RunEvent<'_>, LoadedSuite<'_>),
) -> Result<(Library, Ended), ThreadPoolBuildError> {
    let mut run = Run::new(options)?;
    run.project = Arc::clone(&wanted.project);
    let mut library = Library::default();
    library.project = Arc::clone(&wanted.project);
    library.diagnostics.clone_from(&wanted.diagnostics);
    library.part = wanted.part();
    let mut chooser = Chooser::new(&wanted.selection, &wanted.places);
    report(&RunEvent::Started, LoadedSuite { library: &library, files });
    let (mut paths, mut most_bytes) =
        (wanted.paths.iter().peekable(), first_bytes(wanted));
    let texts = library.open(&mut paths, most_bytes, files);
    let mut read = run.read(&texts);
    loop {
        library.add(read, files);
        let is_all = paths.peek().is_none();
        // Each part is as large as everything before it: there are few parts, and none
        // delays the tests for long.
        most_bytes = most_bytes.saturating_mul(2);
        let ahead = library.open(&mut paths, most_bytes, files);
        let scene = LoadedSuite { library: &library, files };
        let plan = chooser.next(&library, files);
        read = run.add(&plan, &ahead, is_all, &mut |event| report(event, scene));
        if is_all {
            break;
        }
    }
    let scene = LoadedSuite { library: &library, files };
    let ended = run.end(&mut |event| report(event, scene));
    Ok((library, ended))
}

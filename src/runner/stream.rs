//! Scenario files, read and run part by part: the first tests of a large suite run before
//! the last ones are read.

use std::path::PathBuf;

use rayon::ThreadPoolBuildError;

use super::event::{Ended, RunEvent};
use super::load::Library;
use super::place::CaseAt;
use super::plan::Chooser;
use super::run::{Options, Run};
use crate::diagnostic::Diagnostic;
use crate::source::Files;
use crate::suite::Selection;

/// How many bytes of scenario files are read before the first test runs. It is little enough
/// to take some milliseconds, and more than most projects have.
const FIRST: usize = 64 * 1024;

/// Which scenario files are read, and which of their tests run.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The files, in order.
    pub paths: Vec<PathBuf>,
    /// What is to be said of files that could not even be named.
    pub diagnostics: Vec<Diagnostic>,
    /// Which tests.
    pub selection: Selection,
    /// Places in files: of each the test that stands there, and of files that have no such
    /// place all.
    pub places: Vec<CaseAt>,
}

/// What was read up to now, for whoever tells of a run.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'r> {
    /// The scenario files, and the flows that their tests run in.
    pub library: &'r Library,
    /// The files that all of it stands in.
    pub files: &'r Files,
}

/// Reads scenario files and runs their tests. Every event is told to `tell`, in an order
/// that does not depend on the machine, [`RunEvent::Waiting`] aside.
///
/// # Errors
/// The threads cannot be made.
pub fn run_files(
    wanted: &Wanted,
    options: Options,
    files: &mut Files,
    tell: &mut dyn FnMut(&RunEvent<'_>, Scene<'_>),
) -> Result<(Library, Ended), ThreadPoolBuildError> {
    let mut run = Run::new(options)?;
    let mut library = Library::default();
    library.diagnostics.clone_from(&wanted.diagnostics);
    let mut chooser = Chooser::new(&wanted.selection, &wanted.places);
    tell(&RunEvent::Started, Scene { library: &library, files });
    let (mut paths, mut most_bytes) = (wanted.paths.iter().peekable(), FIRST);
    let texts = library.open(&mut paths, most_bytes, files);
    let mut read = run.read(&texts);
    loop {
        library.add(read, files);
        let is_all = paths.peek().is_none();
        // As much again as was read up to now: there are few parts, and none waits long.
        most_bytes = most_bytes.saturating_mul(2);
        let ahead = library.open(&mut paths, most_bytes, files);
        let scene = Scene { library: &library, files };
        let plan = chooser.next(&library, files);
        read = run.add(&plan, &ahead, is_all, &mut |event| tell(event, scene));
        if is_all {
            break;
        }
    }
    let scene = Scene { library: &library, files };
    let ended = run.end(&mut |event| tell(event, scene));
    Ok((library, ended))
}

//! Sources of a batch, and its end.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::StreamOptions;
use crate::batch::{RowSource, RowWorker, Rows, Stopper, Stream, StreamEnd, StreamError};
use crate::cli::exit::Exit;
use crate::cli::{load, output};
use crate::program::Program;
use crate::source::Files;
use crate::world::Fixtures;

/// Compiled flows and their fixtures.
pub(super) struct Loaded {
    pub(super) program: Arc<Program>,
    pub(super) fixtures: Arc<Fixtures>,
    pub(super) files: Files,
}

/// Loads the flows and fixtures, and checks that the files of rows exist.
pub(super) fn load(options: &StreamOptions) -> Result<Loaded, Exit> {
    let missing = options.files.iter().filter(|path| !is_standard_input(path));
    for path in missing {
        if let Err(error) = path.metadata() {
            return Err(unreadable(path, &error));
        }
    }
    let mut files = Files::new();
    let environment = options.sources.read(&mut files)?;
    let loaded = load::flows(&options.flows, &environment, &mut files)?;
    let organisation = &environment.organisation;
    let fixtures = load::fixtures(&options.fixtures, organisation, &mut files)?;
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    Ok(Loaded { program, fixtures: Arc::new(fixtures), files })
}

/// Handles all rows and returns the workers, or the exit code if the stream broke off.
pub(super) fn process<W: RowWorker>(
    options: &StreamOptions,
    out: impl Write + Send + 'static,
    worker: impl FnMut() -> W,
) -> io::Result<Result<Vec<W>, Exit>> {
    let stream = Stream::new(Rows::new(sources(&options.files)), out, options.jobs);
    interruptible(stream.stopper());
    match stream.process(worker) {
        Ok(StreamEnd::Complete(workers)) => Ok(Ok(workers)),
        Ok(StreamEnd::Stopped) => Ok(Err(Exit::Interrupted)),
        Err(StreamError::Write(error)) => Err(error),
        Err(StreamError::Read(problem)) => {
            Ok(Err(unreadable(&problem.name, &problem.error)))
        }
        Err(StreamError::Thread(error)) => {
            output::message("error", &format!("cannot start the threads: {error}"));
            Ok(Err(Exit::External))
        }
    }
}

/// Returns the sources of the rows: files in the given order, or standard input.
pub(super) fn sources(files: &[PathBuf]) -> Vec<RowSource> {
    if files.is_empty() {
        return vec![source(Path::new(STANDARD_INPUT))];
    }
    files.iter().map(|path| source(path)).collect()
}

/// Name of standard input on the command line.
const STANDARD_INPUT: &str = "-";

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

fn source(path: &Path) -> RowSource {
    let owned = path.to_owned();
    RowSource::new(path, move || {
        let read: Box<dyn Read + Send> = match is_standard_input(&owned) {
            true => Box::new(io::stdin()),
            false => Box::new(File::open(owned)?),
        };
        Ok(read)
    })
}

/// Reports a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Exit {
    let name = match is_standard_input(path) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    };
    output::message("error", &format!("cannot read {name}: {error}"));
    Exit::Input
}

impl StreamOptions {
    /// Returns the exit code of a stream that is complete.
    pub(super) fn exit(&self, errors: u64) -> Exit {
        match errors {
            1.. if self.fail_on_error => Exit::Failure,
            _ => Exit::Success,
        }
    }
}

/// On the first Ctrl-C, finishes the rows that were read; on the second one, exits at
/// once.
#[cfg(feature = "live")]
fn interruptible(stopper: Stopper) {
    let handler = move || {
        if stopper.is_stopped() {
            #[expect(clippy::disallowed_methods, reason = "the user gave up the batch")]
            std::process::exit(Exit::Interrupted as i32);
        }
        stopper.stop();
    };
    // If the handler cannot be set, the first Ctrl-C ends the process.
    let _ = ctrlc::set_handler(handler);
}

/// Without the feature `live`, Ctrl-C ends the process.
#[cfg(not(feature = "live"))]
fn interruptible(_: Stopper) {}

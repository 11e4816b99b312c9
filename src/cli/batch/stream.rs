//! Sources of a batch, and its end.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::StreamOptions;
use super::form::Form;
use crate::batch::{
    ColumnType, RowSource, RowWorker, Rows, Stopper, Stream, StreamEnd, StreamError,
};
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

/// Handles all rows, and passes each worker on when its rows are done. Returns the exit code
/// if the stream broke off. The output has these properties, or no rows.
pub(super) fn process<W: RowWorker>(
    options: &StreamOptions,
    properties: Option<&[(&'static str, ColumnType)]>,
    worker: impl Fn() -> W + Sync,
    done: impl FnMut(W),
) -> io::Result<Option<Exit>> {
    let input = forms(options);
    let is_text = input.iter().all(|(_, form)| *form == Form::Ndjson);
    if !is_text || options.output != Form::Ndjson {
        return columns(options, &input, properties, worker, done);
    }
    let rows = Rows::new(sources(&options.files));
    let stream = Stream::new(rows, io::stdout(), options.jobs);
    interruptible(stream.stopper());
    match stream.process(worker) {
        Ok(StreamEnd::Complete(workers)) => {
            workers.into_iter().for_each(done);
            Ok(None)
        }
        Ok(StreamEnd::Stopped) => Ok(Some(Exit::Interrupted)),
        Err(StreamError::Write(error)) => Err(error),
        Err(StreamError::Read(problem)) => {
            Ok(Some(unreadable(&problem.name, &problem.error)))
        }
        Err(StreamError::Thread(error)) => {
            output::message("error", &format!("cannot start the threads: {error}"));
            Ok(Some(Exit::External))
        }
    }
}

/// Returns the files with their forms.
fn forms(options: &StreamOptions) -> Vec<(&Path, Form)> {
    let files: Vec<&Path> = match options.files.as_slice() {
        [] => vec![Path::new(STANDARD_INPUT)],
        files => files.iter().map(PathBuf::as_path).collect(),
    };
    let form = |path: &Path| match options.input {
        Some(form) => form,
        None if is_standard_input(path) => Form::Ndjson,
        None => Form::of_file(path),
    };
    files.into_iter().map(|path| (path, form(path))).collect()
}

/// Handles rows whose input or output has typed columns.
#[cfg(feature = "parquet")]
fn columns<W: RowWorker>(
    options: &StreamOptions,
    input: &[(&Path, Form)],
    properties: Option<&[(&'static str, ColumnType)]>,
    worker: impl Fn() -> W + Sync,
    done: impl FnMut(W),
) -> io::Result<Option<Exit>> {
    use super::columnar::{Failure, process};

    match process(input, options.output, properties, options.jobs, worker, done) {
        Ok(()) => Ok(None),
        Err(Failure::Read(path, error)) => Ok(Some(unreadable(&path, &error))),
        Err(Failure::Write(error)) => Err(error),
    }
}

/// Reports that this build cannot read or write typed columns.
#[cfg(not(feature = "parquet"))]
fn columns<W: RowWorker>(
    _: &StreamOptions,
    _: &[(&Path, Form)],
    _: Option<&[(&'static str, ColumnType)]>,
    _: impl Fn() -> W + Sync,
    _: impl FnMut(W),
) -> io::Result<Option<Exit>> {
    output::message("error", &crate::build::MissingFeature("parquet").to_string());
    Ok(Some(Exit::Usage))
}

/// Returns the sources of the rows: files in the given order, or standard input.
fn sources(files: &[PathBuf]) -> Vec<RowSource> {
    if files.is_empty() {
        return vec![source(Path::new(STANDARD_INPUT))];
    }
    files.iter().map(|path| source(path)).collect()
}

/// Name of standard input on the command line.
const STANDARD_INPUT: &str = "-";

pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

pub(super) fn source(path: &Path) -> RowSource {
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

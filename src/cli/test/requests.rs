//! `flowsim test --on-request`: runs the tests that another program requests on standard
//! input.

use std::io::{self, BufRead, Read};

use super::{Arguments, run_output};
use crate::cli::exit::Exit;
use crate::cli::interrupt;
use crate::cli::output;
use crate::runner::{
    self, Ended, Library, Listed, LoadedSuite, Options, RunEvent, RunRequest,
};
use crate::source::Files;

/// Maximum length of a request, in bytes.
const MAX_REQUEST: u64 = 100;

/// The requests of another program.
#[derive(Default)]
pub(super) struct Requests {
    is_listed: bool,
    /// The list cannot be written.
    failure: Option<io::Error>,
    /// A line is not a request.
    pub(super) refused: Option<Exit>,
}

impl Requests {
    /// Runs all selected tests, or with `--on-request` those that are requested.
    pub(super) fn serve_or_run_all(
        &mut self,
        arguments: &Arguments,
        selected: &RunRequest,
        files: &mut Files,
        report: &mut dyn FnMut(&RunEvent<'_>, LoadedSuite<'_>),
    ) -> io::Result<(Library, Ended)> {
        let options = arguments.options();
        if arguments.on_request {
            return self.run(selected, options, files, report);
        }
        let options = Options { stop: Some(interrupt::handle("reports")), ..options };
        runner::run_files(selected, options, files, report).map_err(io::Error::other)
    }

    /// Lists the tests, then runs those whose numbers are read.
    fn run(
        &mut self,
        selected: &RunRequest,
        options: Options,
        files: &mut Files,
        report: &mut dyn FnMut(&RunEvent<'_>, LoadedSuite<'_>),
    ) -> io::Result<(Library, Ended)> {
        let next =
            &mut |listed: &[Listed<'_>], suite: LoadedSuite<'_>| self.next(listed, suite);
        let ran = runner::run_on_request(selected, options, files, next, report);
        self.failure.take().map_or(Ok(()), Err)?;
        ran.map_err(io::Error::other)
    }

    /// The index of the test that is requested next. `None` if no more will be.
    fn next(&mut self, listed: &[Listed<'_>], suite: LoadedSuite<'_>) -> Option<usize> {
        if !std::mem::replace(&mut self.is_listed, true) {
            let written = crate::report::list_json(listed, &run_output::options(), suite);
            self.failure = written.and_then(|text| output::result(&text)).err();
            if self.failure.is_some() {
                return None;
            }
        }
        let mut line = Vec::new();
        // A stream that cannot be read has no more requests.
        let mut input = io::stdin().lock().take(MAX_REQUEST);
        let length = input.read_until(b'\n', &mut line).unwrap_or(0);
        if length == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line);
        let number = line.trim().parse::<usize>().ok().filter(|it| *it <= listed.len());
        let index = number.and_then(|number| number.checked_sub(1));
        if index.is_none() {
            let (count, line) = (listed.len(), line.trim());
            let text = format!(
                "invalid request `{line}`: expected the number of a test, 1 to {count}"
            );
            output::message("error", &text);
            self.refused = Some(Exit::Usage);
        }
        index
    }
}

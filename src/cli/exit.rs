//! Exit codes of the program. They are a stable contract.

use std::io::{self, ErrorKind};
use std::process::{ExitCode, Termination};

use super::output;
use crate::source::Unwritable;

/// Exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Success.
    Success = 0,
    /// The run ended in error or timeout, a check found errors, or a test failed.
    Failure = 1,
    /// Invalid arguments.
    Usage = 2,
    /// A flow, fixtures or a request do not load.
    Input = 3,
    /// There was nothing to do, for example no test selected.
    Nothing = 4,
    /// External failure, such as a full disk or an unreachable service.
    External = 5,
    /// A bug in flowsim.
    Bug = 70,
    /// Interrupted by the user.
    Interrupted = 130,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Prints clap's output. Help and version are results; everything else is a usage error.
pub(super) fn of_usage(error: &clap::Error) -> Exit {
    let is_result = !error.use_stderr();
    match error.print() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => of_output(&error),
        _ if is_result => Exit::Success,
        _ => Exit::Usage,
    }
}

/// Reports that a result cannot be written. A closed pipe counts as success: the reader
/// has what it needs.
pub(super) fn of_output(error: &io::Error) -> Exit {
    if error.kind() == ErrorKind::BrokenPipe {
        return Exit::Success;
    }
    let is_of_file = error.get_ref().is_some_and(|it| it.is::<Unwritable>());
    let text = match is_of_file {
        true => error.to_string(),
        false => format!("cannot write the result: {error}"),
    };
    output::message("error", &text);
    Exit::External
}

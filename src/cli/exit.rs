//! How the program ends: the exit codes are a contract.

use std::io::{self, ErrorKind};
use std::process::{ExitCode, Termination};

use super::output;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Success = 0,
    /// The run ended in error or timeout, or a check has errors.
    Failure = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A flow, fixtures or a request do not load.
    Input = 3,
    /// Nothing was selected.
    Nothing = 4,
    /// Something outside failed.
    Outside = 5,
    /// A bug of ours.
    Bug = 70,
    /// Somebody interrupted it.
    Interrupted = 130,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// What clap has to say: help and versions are results, everything else is wrong usage.
pub(super) fn of_usage(error: &clap::Error) -> Exit {
    let is_result = !error.use_stderr();
    match error.print() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => of_output(&error),
        _ if is_result => Exit::Success,
        _ => Exit::Usage,
    }
}

/// A result that cannot be written. A reader that closes the pipe has what it wants.
pub(super) fn of_output(error: &io::Error) -> Exit {
    if error.kind() == ErrorKind::BrokenPipe {
        return Exit::Success;
    }
    let text = error.to_string();
    let is_named = text.starts_with("cannot write");
    let text = if is_named { text } else { format!("cannot write the result: {text}") };
    output::message("error", &text);
    Exit::Outside
}

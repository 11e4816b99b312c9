//! `FLOWSIM_READ_ONLY`: confines the process to folders that it reads.

use super::exit::Exit;
use super::output;
use crate::source::{READ_ONLY, confine, is_confined};

/// Commands that only read files, if no flag names one to write.
const READERS: [&str; 11] = [
    "check",
    "config",
    "diff",
    "eval",
    "explain",
    "explore",
    "functions",
    "graph",
    "run",
    "schema",
    "test",
];

/// Refuses a command that writes files, or serves, in a confined process.
pub(super) fn check(command: &str) -> Result<(), Exit> {
    if !is_confined() || READERS.contains(&command) {
        return Ok(());
    }
    let text = format!("`flowsim {command}` is not for processes with {READ_ONLY}");
    output::message("error", &text);
    Err(Exit::Usage)
}

/// Confines this process to the folders of the environment variable, if it is set.
pub(super) fn apply() -> Result<(), Exit> {
    let Some(folders) = std::env::var_os(READ_ONLY) else { return Ok(()) };
    confine(std::env::split_paths(&folders)).map_err(|error| {
        output::message(
            "error",
            &format!("{READ_ONLY} names a folder that cannot be read: {error}"),
        );
        Exit::Usage
    })
}

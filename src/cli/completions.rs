//! `flowsim completions`

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::exit::Exit;
use super::output;

/// Print a shell completion script for the commands and flags of flowsim.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    generate(arguments.shell, &mut command, "flowsim", &mut script);
    output::result(&script)?;
    Ok(Exit::Success)
}

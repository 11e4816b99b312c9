//! `flowsim mcp`

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::mcp::{Commands, serve};

/// Serve a coding assistant with the Model Context Protocol over standard input and output.
///
/// An assistant starts this command. It gets eight tools, which read the workspace and
/// change nothing: outline, check, explain, run, test, explore, diff and eval.
/// docs/assistants.md has the settings of common assistants.
///
/// Exits with 0 when the assistant closes the input, 2 if a folder does not exist.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the workspace; repeatable, relative paths are relative to the first
    /// [default: the folders of the client, or else the working folder]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let program = std::env::current_exe()?;
    match serve(Commands { program }, &arguments.root) {
        Ok(()) => Ok(Exit::Success),
        Err(error) => {
            output::message("error", &format!("cannot serve the workspace: {error}"));
            Ok(Exit::Usage)
        }
    }
}

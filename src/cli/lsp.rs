//! `flowsim lsp`

use std::io;

use clap::Args;

use super::exit::Exit;
use super::output;
use super::schema::{FIXTURES, scenario};
use crate::lsp::{Schemas, serve};

/// Serve an editor with the Language Server Protocol over standard input and output.
///
/// An editor starts this command. It shows the findings of `flowsim check` while you type,
/// with quick fixes, explains names, completes them, finds their definitions and uses, and
/// renames variables and units. docs/editors.md has the settings of common editors.
///
/// Exits with 0 when the editor ends the session, 1 if it disappears without ending it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Accepted, because some editors add it; there is no other connection
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(super) fn run(_: &Arguments) -> io::Result<Exit> {
    let schemas = Schemas::parse(&scenario(), FIXTURES);
    match serve(&std::env::current_exe()?, schemas) {
        Ok(true) => Ok(Exit::Success),
        Ok(false) => Ok(Exit::Failure),
        Err(message) => {
            output::message("error", &message);
            Ok(Exit::Failure)
        }
    }
}

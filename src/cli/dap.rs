//! `flowsim dap`

use std::io;
use std::sync::Arc;

use clap::Args;

use super::exit::Exit;
use super::output;
use super::project::Project;
use crate::debugger::dap::serve;
use crate::source::Files;

/// Serve an editor with the Debug Adapter Protocol over standard input and output.
///
/// An editor starts this command to debug one call: of a flow, a test, a recording or an
/// exploration. It stops at breakpoints, steps forwards and backwards, shows and sets
/// variables, and asks you for the answers of the caller. docs/editors.md has the attributes
/// of the launch. `flowsim debug` is the same in a terminal.
///
/// Exits with 0 when the editor ends the session, 1 if it disappears without ending it.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, project: &Project) -> io::Result<Exit> {
    let context = match project.context(&mut Files::new()) {
        Ok(context) => context,
        Err(exit) => return Ok(exit),
    };
    let input = io::BufReader::new(io::stdin());
    match serve(input, io::stdout().lock(), Arc::new(context)) {
        Ok(true) => Ok(Exit::Success),
        Ok(false) => Ok(Exit::Failure),
        Err(problem) if problem.kind() == io::ErrorKind::InvalidData => {
            output::message("error", &problem.to_string());
            Ok(Exit::Failure)
        }
        Err(problem) => Err(problem),
    }
}

//! `flowsim --version`

use std::io;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::build;

#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Print the version; with --verbose also the commit and the features
    #[arg(short = 'V', long)]
    version: bool,

    /// Print more
    #[arg(short, long, requires = "version")]
    verbose: bool,
}

/// Prints the version.
pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let text = if arguments.verbose {
        build::describe()
    } else {
        format!("flowsim {}\n", build::VERSION)
    };
    output::result(&text)?;
    Ok(Exit::Success)
}

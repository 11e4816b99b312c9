//! Commands that this build lacks.

use std::ffi::OsString;
use std::io;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::build::MissingFeature;

/// Needs a feature that this build lacks; run the command to see its name.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Accepted and ignored, so that every use of the command names the feature
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _ignored: Vec<OsString>,
}

/// Reports the feature that the command needs.
pub(super) fn run(feature: &'static str) -> io::Result<Exit> {
    output::message("error", &MissingFeature(feature).to_string());
    Ok(Exit::Usage)
}

//! Values of variables in the tests of a run.

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::values::SeenValues;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::runner::CaseResult;
use crate::source::prepare_output;

/// Option to write values.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct ValueOptions {
    /// Write the values that variables had to a file, for `flowsim lsp`
    #[arg(long, value_name = "FILE")]
    values_out: Option<PathBuf>,
}

/// Collects values if they were requested.
pub(super) struct Values<'w> {
    path: Option<&'w PathBuf>,
    seen: SeenValues,
}

impl ValueOptions {
    /// Returns the output file.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.values_out.as_ref()
    }

    /// Deletes the values of an earlier run, so that they cannot be mistaken for those of
    /// this run.
    pub(super) fn begin(&self) -> io::Result<()> {
        self.path().map_or(Ok(()), |path| prepare_output(path))
    }

    pub(super) fn collector(&self) -> Values<'_> {
        Values { path: self.path(), seen: SeenValues::default() }
    }
}

impl Values<'_> {
    pub(super) fn add(&mut self, result: &CaseResult) {
        if let (Some(_), Some(trace), Some(program)) =
            (self.path, &result.trace, &result.program)
        {
            self.seen.add(program, trace);
        }
    }

    /// Writes the file.
    pub(super) fn write(&self) -> io::Result<Exit> {
        let Some(path) = self.path else { return Ok(Exit::Success) };
        output::result_to(Some(path), &self.seen.to_json())
    }
}

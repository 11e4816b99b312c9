//! Decisions on the callers' keys in the tests of a run.

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::decisions::{Decision, of_trace};
use crate::cli::decisions::replace;
use crate::cli::exit::Exit;
use crate::runner::CaseResult;
use crate::source::prepare_output;
use crate::value::derived_id;

/// Option to write decisions.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct DecisionOptions {
    /// Write the decisions on the callers' keys to a file, for `flowsim heatmap`: CSV if
    /// its name ends in .csv, else one JSON object per line
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
}

/// Collects decisions if they were requested.
pub(super) struct Log<'w> {
    path: Option<&'w PathBuf>,
    decisions: Vec<Decision>,
}

impl DecisionOptions {
    /// Returns the output file.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.decisions.as_ref()
    }

    /// Deletes the log of an earlier run, so that it cannot be mistaken for that of this
    /// run.
    pub(super) fn begin(&self) -> io::Result<()> {
        self.path().map_or(Ok(()), |path| prepare_output(path))
    }

    pub(super) fn log(&self) -> Log<'_> {
        Log { path: self.decisions.as_ref(), decisions: Vec::new() }
    }
}

impl Log<'_> {
    pub(super) fn add(&mut self, result: &CaseResult) {
        if let (Some(_), Some(trace), Some(program)) =
            (self.path, &result.trace, &result.program)
        {
            // The same call in two tests counts as two calls.
            let id = &result.id;
            let seed =
                format!("{}:{}:{:?}:{}", id.file.display(), id.line, id.row, id.name);
            let instance = derived_id(&seed);
            self.decisions.extend(of_trace(trace, &program.symbols, &instance));
        }
    }

    pub(super) fn write(&self) -> Exit {
        self.path.map_or(Exit::Success, |path| replace(path, &self.decisions))
    }
}

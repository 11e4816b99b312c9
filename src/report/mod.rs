//! What a run of suites tells: people at a terminal, CI systems, and programs.
//!
//! A run is a stream of [`RunEvent`]s; a [`Reporter`] only consumes it. Each form has one
//! file: [`Console`] writes while the run goes on, all others when it has ended, so that a
//! report that is there is whole. *Source: the forms are described in `docs/reports.md`.*
//!
//! Names and texts come from other people's documents. Every form escapes them in its own
//! way; what a terminal would obey is shown as a sign before.

pub mod compare;

mod console;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod output;
pub(crate) mod page;
mod spec;
mod tap;
mod words;

pub use console::{Console, ConsoleStyle, Listing};
pub use json::{JsonStream, list_json};
pub use spec::ReportSpec;

use std::io;
use std::path::PathBuf;

use crate::runner::{CaseResult, RunEvent, Scene};
use crate::source::Files;

/// Something that tells about a run.
pub trait Reporter {
    /// Takes the next event, with what was read of the suite when it happened. Events come
    /// in the order that [`RunEvent`] describes.
    ///
    /// # Errors
    ///
    /// What it writes to cannot be written; the message names the file.
    fn event(&mut self, event: &RunEvent<'_>, scene: Scene<'_>) -> io::Result<()>;
}

/// Tells in whole why a test failed or could not be run: plain lines, without colours. It
/// is not asked about tests that passed, were skipped, or panicked.
pub type Explain = fn(&CaseResult, &Files) -> String;

/// What all reports of a run have in common.
#[derive(Clone)]
pub struct Options {
    /// Tells why a test failed.
    pub explain: Explain,
    /// Whether to tell how long things took on the machine. Without it the same results
    /// give the same bytes.
    pub times: bool,
    /// The file that GitHub Actions shows as the summary of a step, if there is one:
    /// `GITHUB_STEP_SUMMARY`.
    pub step_summary: Option<PathBuf>,
}

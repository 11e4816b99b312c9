//! Reports for people, CI systems and programs: of test runs, comparisons, coverage,
//! differences and heat maps, and drawings of flows.
//!
//! A run is a stream of [`RunEvent`]s; a [`Reporter`] only consumes it. Each format has
//! one file: [`Console`] writes during the run, all others when it has ended, so that an
//! existing report is always complete. *Source: the formats are described in
//! `docs/reports.md`.*
//!
//! Names and strings come from user documents. Every format escapes them in its own syntax,
//! after control characters were replaced by visible signs.

pub mod comparison;
pub mod conformance;
pub mod coverage;
pub mod diff;
pub mod graph;
pub mod heatmap;
pub mod scenario;

mod causes;
mod console;
mod earlier;
mod explain;
pub mod exploration;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod output;
pub(crate) mod page;
mod properties;
mod property_cases;
mod spec;
mod tap;
mod words;

pub use console::{Console, ConsoleStyle, Listing};
pub use earlier::EarlierRuns;
pub use explain::explain;
pub use json::{JsonStream, list_json};
pub use spec::ReportSpec;
pub use words::duration;
#[cfg(feature = "serve")]
pub(crate) use words::plural;

use std::io;
use std::path::PathBuf;

use crate::runner::{CaseResult, LoadedSuite, RunEvent};
use crate::source::Files;

/// Consumer of the events of a run.
pub trait Reporter {
    /// Takes the next event, together with the part of the suite that is already read.
    /// Events come in the order that [`RunEvent`] describes.
    ///
    /// # Errors
    ///
    /// Returns an error that names the file if the output cannot be written.
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()>;
}

/// Function that explains why a test failed or could not run, as plain lines without
/// colours. It is not called for tests that passed, were skipped, or panicked.
pub type Explain = fn(&CaseResult, &Files) -> String;

/// Options shared by all reports of a run.
#[derive(Clone)]
pub struct Options {
    /// Explains why a test failed.
    pub explain: Explain,
    /// Whether to print durations. Without them the same results give the same bytes.
    pub times: bool,
    /// File of the step summary of GitHub Actions, `GITHUB_STEP_SUMMARY`, if set.
    pub step_summary: Option<PathBuf>,
}

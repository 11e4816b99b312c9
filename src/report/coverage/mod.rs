//! Coverage reports: for the terminal, CI systems, and tools that show source code.

pub(super) mod cobertura;
mod lcov;
mod text;

use std::sync::Arc;

use crate::analysis::coverage::{self, Coverage, Report};
use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::source::Files;

pub use cobertura::render_cobertura;
pub use lcov::render_lcov;
pub use text::{render_summary, render_uncovered};

/// Returns whether a file that starts like this is coverage, as JSON or for lcov.
pub fn is_beginning(start: &str) -> bool {
    coverage::is_beginning(start) || lcov::is_beginning(start)
}

/// Merges the coverage of the programs of a run. Returns the counts that could not be
/// merged as diagnostics: those of a second version of a flow.
pub fn merged(
    counts: &[(Arc<Program>, Coverage)],
    files: &Files,
) -> (Report, Vec<Diagnostic>) {
    let (mut report, mut diagnostics) = (Report::default(), Vec::new());
    for (_, coverage) in counts {
        let differences = report.merge(Report::of(coverage, files)).err();
        diagnostics.extend(differences.into_iter().flatten());
    }
    (report, diagnostics)
}

//! What the tests of a run covered.

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::coverage::{Report, render_summary};
use crate::cli::coverage::{Format, Minimums, fulfils, minimums, render};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::{Severity, sort};
use crate::runner::{Covered, Library};
use crate::source::{Files, make_way};

/// What is to be told of coverage.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Wanted {
    /// Tell how much of the flows the tests covered
    #[arg(long)]
    coverage: bool,

    /// Write what was covered to a file, as --coverage: as JSON for `flowsim coverage merge`,
    /// or for lcov if its name ends in .lcov or .info
    #[arg(long, value_name = "FILE")]
    coverage_out: Option<PathBuf>,

    /// Fail if less is covered: nodes=90,paths=80, in percent, rounded down
    #[arg(long, value_name = "KIND=PERCENT,…", value_parser = minimums)]
    coverage_min: Option<Minimums>,
}

impl Wanted {
    /// The file that is written.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.coverage_out.as_ref()
    }

    /// Removes the counts of an earlier run: nobody is to take them for those of this one,
    /// however it ends.
    pub(super) fn begin(&self) -> io::Result<()> {
        self.path().map_or(Ok(()), |path| make_way(path))
    }

    /// What is to be counted, if anybody wants to know.
    pub(super) fn counter(&self) -> Option<Covered> {
        let is_wanted =
            self.coverage || self.coverage_out.is_some() || self.coverage_min.is_some();
        is_wanted.then(Covered::default)
    }

    /// Tells what was covered. Gives whether it is enough.
    pub(super) fn tell(
        &self,
        covered: Option<Covered>,
        library: &Library,
        files: &Files,
    ) -> io::Result<Exit> {
        let Some(covered) = covered else { return Ok(Exit::Success) };
        let counts = covered.into_all(library);
        let mut report = Report::default();
        let mut is_whole = true;
        for (_, coverage) in &counts {
            if let Err(mut diagnostics) = report.merge(Report::of(coverage, files)) {
                is_whole = false;
                // The tests are as good as they were; only the counts are not whole.
                diagnostics.iter_mut().for_each(|it| it.severity = Severity::Warning);
                sort(&mut diagnostics);
                output::diagnostics(&diagnostics, files);
            }
        }
        if self.coverage {
            output::result(&format!("\n{}", render_summary(&report)))?;
        }
        if let Some(path) = &self.coverage_out {
            let is_lcov = path.extension().is_some_and(|it| it == "lcov" || it == "info");
            let format = if is_lcov { Format::Lcov } else { Format::Json };
            let exit = output::result_to(Some(path), &render(&report, format))?;
            if exit != Exit::Success {
                return Ok(exit);
            }
        }
        // What was left out may be what is not covered.
        let is_vouched_for = is_whole || self.coverage_min.is_none();
        let is_enough = fulfils(&report, self.coverage_min.as_ref()) && is_vouched_for;
        Ok(if is_enough { Exit::Success } else { Exit::Failure })
    }
}

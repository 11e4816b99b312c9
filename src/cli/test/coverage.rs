//! Coverage of the tests of a run.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::coverage::{Report, Unreachable};
use crate::cli::coverage::{Format, Minimums, fulfils, minimums, render};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::report::coverage::{merged, render_summary, render_uncovered};
use crate::runner::{Covered, Library};
use crate::source::{Files, prepare_output, read_document};

/// Maximum number of lines of uncovered items.
const MOST: usize = 60;

/// Coverage options of the command line.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct CoverageOptions {
    /// Show how much of the flows the tests covered, and what they did not cover
    #[arg(long)]
    coverage: bool,

    /// Write coverage to a file: lcov if its name ends in .lcov or .info, else JSON for
    /// `flowsim coverage merge`
    #[arg(long, value_name = "FILE")]
    coverage_out: Option<PathBuf>,

    /// Fail if coverage is below these percentages (rounded down): nodes=90,paths=80
    #[arg(long, value_name = "KIND=PERCENT,…", value_parser = minimums)]
    coverage_min: Option<Minimums>,

    /// Exploration of the flows, as JSON of `flowsim explore`; what it proved unreachable
    /// does not count for --coverage and --coverage-min
    #[arg(long, value_name = "FILE")]
    coverage_exploration: Option<PathBuf>,
}

impl CoverageOptions {
    /// Returns the output file.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.coverage_out.as_ref()
    }

    /// Deletes the counts of an earlier run, so that they cannot be mistaken for those of
    /// this run.
    pub(super) fn begin(&self) -> io::Result<()> {
        self.path().map_or(Ok(()), |path| prepare_output(path))
    }

    /// Returns a counter if coverage was requested.
    pub(super) fn counter(&self) -> Option<Covered> {
        let is_wanted =
            self.coverage || self.coverage_out.is_some() || self.coverage_min.is_some();
        is_wanted.then(Covered::default)
    }

    /// Shows and writes the coverage, on standard error if standard output has data for
    /// programs. Returns whether it is sufficient.
    pub(super) fn show(
        &self,
        covered: Option<Covered>,
        library: &Library,
        files: &Files,
        is_aside: bool,
    ) -> io::Result<Exit> {
        let Some(covered) = covered else { return Ok(Exit::Success) };
        let counts = covered.into_all(library);
        let (report, mut diagnostics) = merged(&counts, files);
        let is_whole = diagnostics.is_empty();
        if !is_whole {
            // The test results remain valid; only the counts are incomplete.
            diagnostics.iter_mut().for_each(|it| it.severity = Severity::Warning);
            sort(&mut diagnostics);
            output::diagnostics(&diagnostics, files);
        }
        let reachable = match self.reachable(&report) {
            Ok(reachable) => reachable,
            Err(exit) => return Ok(exit),
        };
        if self.coverage {
            let text =
                format!("\n{}{}", render_summary(&reachable), uncovered(&reachable));
            match is_aside {
                true => output::aside(&text),
                false => output::result(&text)?,
            }
        }
        if let Some(path) = &self.coverage_out {
            let is_lcov = path.extension().is_some_and(|it| it == "lcov" || it == "info");
            let format = if is_lcov { Format::Lcov } else { Format::Json };
            let exit = output::result_to(Some(path), &render(&report, format)?)?;
            if exit != Exit::Success {
                return Ok(exit);
            }
        }
        // The omitted counts could be uncovered, so a minimum cannot be confirmed.
        let is_vouched_for = is_whole || self.coverage_min.is_none();
        let is_enough = fulfils(&reachable, self.coverage_min.as_ref()) && is_vouched_for;
        Ok(if is_enough { Exit::Success } else { Exit::Failure })
    }

    /// Returns the coverage without what the exploration proved unreachable.
    fn reachable<'r>(&self, report: &'r Report) -> Result<Cow<'r, Report>, Exit> {
        let Some(path) = &self.coverage_exploration else {
            return Ok(Cow::Borrowed(report));
        };
        let mut files = Files::new();
        match unreachable(path, &mut files) {
            Ok(unreachable) => {
                let mut report = report.clone();
                report.remove_unreachable(&unreachable);
                Ok(Cow::Owned(report))
            }
            Err(problems) => {
                output::diagnostics(&problems, &files);
                Err(Exit::Input)
            }
        }
    }
}

fn unreachable(path: &Path, files: &mut Files) -> Result<Unreachable, Vec<Diagnostic>> {
    let file = files.load(path).map_err(|problem| vec![problem.into()])?;
    let document = read_document(&file).map_err(|problem| vec![problem.into()])?;
    Unreachable::read(&document)
}

/// Lists the uncovered items, at most [`MOST`] lines.
fn uncovered(report: &Report) -> String {
    let text = render_uncovered(report);
    let lines: Vec<&str> = text.lines().collect();
    match lines.len().checked_sub(MOST) {
        None | Some(0) if text.is_empty() => String::new(),
        None | Some(0) => format!("\n{text}"),
        Some(more) => format!(
            "\n{}\n  … {more} more lines; `flowsim coverage merge` lists all of a file of \
             --coverage-out\n",
            lines[..MOST].join("\n")
        ),
    }
}

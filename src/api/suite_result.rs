//! Results of suites.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::diagnostic::rendered;
use super::trace::{Compiled, Trace};
use crate::report::explain;
use crate::runner::{self, CaseId, Tally};
use crate::source::Files;

/// The results of a run of a [`Suite`](crate::Suite). `Display` writes the failures.
#[derive(Debug, Clone)]
pub struct SuiteResult {
    results: Vec<CaseResult>,
    tally: Tally,
}

impl SuiteResult {
    pub(super) fn new(results: Vec<CaseResult>, tally: Tally) -> Self {
        Self { results, tally }
    }

    pub(super) fn into_first(self) -> Option<CaseResult> {
        self.results.into_iter().next()
    }

    /// The results, in the order of files and lines.
    pub fn results(&self) -> &[CaseResult] {
        &self.results
    }

    /// The results of the tests that failed.
    pub fn failures(&self) -> impl Iterator<Item = &CaseResult> {
        self.results.iter().filter(|result| result.outcome().is_failure())
    }

    /// Returns whether no test failed and the run was not stopped early.
    pub fn is_success(&self) -> bool {
        self.tally.failed == 0 && self.tally.not_run == 0
    }

    /// The number of tests that passed.
    pub fn passed(&self) -> usize {
        self.tally.passed
    }

    /// The number of tests that failed, including files that do not load.
    pub fn failed(&self) -> usize {
        self.tally.failed
    }

    /// The number of skipped tests.
    pub fn skipped(&self) -> usize {
        self.tally.skipped
    }

    /// The number of tests that failed as expected.
    pub fn expected_failures(&self) -> usize {
        self.tally.expected_failures
    }

    /// The number of tests that did not run because the run stopped earlier.
    pub fn not_run(&self) -> usize {
        self.tally.not_run
    }
}

impl fmt::Display for SuiteResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for result in self.failures() {
            writeln!(formatter, "{result}")?;
        }
        let Tally { passed, failed, expected_failures, skipped, .. } = self.tally;
        write!(formatter, "{passed} passed, {failed} failed, {skipped} skipped")?;
        match expected_failures {
            0 => Ok(()),
            count => write!(formatter, ", {count} failed as expected"),
        }
    }
}

/// The result of a test. `Display` writes the name, the outcome and the explanation.
#[derive(Clone)]
pub struct CaseResult {
    result: Arc<runner::CaseResult>,
    files: Arc<Files>,
}

/// The outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All expectations hold.
    Passed,
    /// Some expectations do not hold.
    Failed,
    /// Some expectations do not hold, as the test expects.
    ExpectedFailure,
    /// The test was not run.
    Skipped,
    /// The call could not be made, for example because of a missing flow or invalid
    /// fixtures.
    Broken,
    /// flowsim itself panicked, which is a bug in flowsim.
    Panicked,
}

impl Outcome {
    /// Returns whether the outcome makes the run fail.
    pub fn is_failure(self) -> bool {
        !matches!(self, Self::Passed | Self::ExpectedFailure | Self::Skipped)
    }
}

impl CaseResult {
    pub(super) fn new(result: runner::CaseResult, files: &Arc<Files>) -> Self {
        Self { result: Arc::new(result), files: Arc::clone(files) }
    }

    /// The name of the test, with the row or line if another test of the file has the
    /// same name.
    pub fn name(&self) -> &str {
        let CaseId { title, .. } = &self.result.id;
        title
    }

    /// The scenario file.
    pub fn file(&self) -> &Path {
        &self.result.id.file
    }

    /// The line of the test in the file, counted from 1.
    pub fn line(&self) -> u32 {
        self.result.id.line
    }

    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        match self.result.outcome {
            runner::Outcome::Passed => Outcome::Passed,
            runner::Outcome::Failed(_) => Outcome::Failed,
            runner::Outcome::ExpectedFailure { .. } => Outcome::ExpectedFailure,
            runner::Outcome::Skipped(_) => Outcome::Skipped,
            runner::Outcome::Broken(_) => Outcome::Broken,
            runner::Outcome::Panicked(_) => Outcome::Panicked,
        }
    }

    /// Explains the outcome, like `flowsim test`: every expectation that does not hold
    /// with its line, the difference and the last steps; diagnostics; or the reason why
    /// the test is skipped or expected to fail. Empty if the test passed.
    pub fn explanation(&self) -> String {
        let runner::CaseResult { outcome, trace, program, .. } = &*self.result;
        match (outcome, trace, program) {
            (runner::Outcome::Failed(mismatches), Some(trace), Some(program)) => {
                explain(mismatches, trace, program, &self.files)
            }
            (runner::Outcome::Broken(findings), ..) => rendered(findings, &self.files),
            (
                runner::Outcome::ExpectedFailure { reason: text, .. }
                | runner::Outcome::Skipped(text)
                | runner::Outcome::Panicked(text),
                ..,
            ) => text.to_string(),
            (runner::Outcome::Passed | runner::Outcome::Failed(_), ..) => String::new(),
        }
    }

    /// The trace of the call. Returns `None` if the call was not made.
    pub fn trace(&self) -> Option<Trace> {
        let (trace, program) = (self.result.trace.clone()?, self.result.program.clone()?);
        Some(Trace::new(trace, &Compiled::new(program, None), 0))
    }

    /// The wall-clock duration.
    pub fn duration(&self) -> Duration {
        self.result.took
    }
}

impl fmt::Display for CaseResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, outcome) = (self.file().display(), self.result.outcome.name());
        let (line, name) = (self.line(), self.name());
        write!(formatter, "{file}:{line}: {name}: {outcome}\n{}", self.explanation())
    }
}

impl fmt::Debug for CaseResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

//! Events of a run.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::source::Span;
use crate::suite::Mismatch;
use crate::suite::snapshot::SnapshotResult;
use crate::trace::Trace;
use crate::value::Text;

/// Identity of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseId {
    /// Scenario file.
    pub file: Arc<Path>,
    /// Name of the test; for a row of a table, with its values filled in.
    pub name: Text,
    /// Displayed name: the name, plus the row or line if another test of the file has the
    /// same name. The selection does not change it.
    pub title: Text,
    /// Number of the row, from 1.
    pub row: Option<u32>,
    /// Position in the scenario file.
    pub span: Span,
    /// Line of the position, from 1.
    pub line: u32,
}

/// Position of a test, which is unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CasePlace {
    /// Scenario file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Number of the row, from 1.
    pub row: Option<u32>,
    /// Name, which distinguishes tests on the same line.
    pub name: Text,
}

impl CaseId {
    /// Returns the argument of `flowsim test` that selects only this test.
    pub fn selector(&self) -> String {
        let Self { file, line, row, .. } = self;
        let file = file.display();
        match row {
            Some(row) => format!("{file}:{line}:{row}"),
            None => format!("{file}:{line}"),
        }
    }

    /// Returns the position of the test.
    pub fn place(&self) -> CasePlace {
        let Self { file, name, row, line, .. } = self;
        CasePlace { file: file.to_path_buf(), line: *line, row: *row, name: name.clone() }
    }
}

/// Result of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// All expectations hold.
    Passed,
    /// Some expectations do not hold.
    Failed(Vec<Mismatch>),
    /// Some expectations do not hold, as the test expects.
    ExpectedFailure {
        /// Reason why the test is expected to fail.
        reason: Text,
        /// Expectations that do not hold.
        mismatches: Vec<Mismatch>,
    },
    /// The test was not run, for this reason.
    Skipped(Text),
    /// The call could not be made, for example because of a missing flow or invalid
    /// fixtures.
    Broken(Vec<Diagnostic>),
    /// flowsim itself panicked with this message, which is a bug in flowsim.
    Panicked(Text),
}

/// A finished test.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Identity of the test.
    pub id: CaseId,
    /// Tags to select the test by.
    pub tags: Vec<Text>,
    /// Result.
    pub outcome: Outcome,
    /// Program of the call; its symbol table names the entries of the trace.
    pub program: Option<Arc<Program>>,
    /// Trace of the call, if there was one.
    pub trace: Option<Trace>,
    /// Snapshot that the call was compared with, if the test has one. A difference is
    /// also one of the mismatches.
    pub snapshot: Option<SnapshotResult>,
    /// Names of the properties of its scenario file that are about its call.
    pub properties: Vec<Text>,
    /// Wall-clock duration.
    pub took: Duration,
    /// Whether the result represents a whole scenario file that does not load.
    pub is_file_result: bool,
    /// Flags with which the test has the same result again, each after a blank.
    pub flags: Text,
    /// The report that the result was read from, if this run did not play the test.
    pub reported: Option<Arc<Reported>>,
}

/// Report of an earlier run.
#[derive(Debug)]
pub struct Reported {
    /// Explanation of the failure; may be empty.
    pub explanation: String,
    /// Its line of JSON.
    pub line: String,
}

impl CaseResult {
    /// Returns the command that runs only this test.
    pub fn command(&self) -> String {
        let place = match self.is_file_result {
            true => self.id.file.display().to_string(),
            false => self.id.selector(),
        };
        // A leading dash would be read as a flag.
        let folder = if place.starts_with('-') { "./" } else { "" };
        format!("flowsim test{} {}", self.flags, quoted(&format!("{folder}{place}")))
    }
}

/// Quotes an argument for POSIX shells.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |character: char| {
        character.is_ascii_alphanumeric() || "-_./:,@+=".contains(character)
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Number of tests for each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed tests.
    pub passed: usize,
    /// Failed tests, including broken and panicked ones.
    pub failed: usize,
    /// Tests that failed as expected.
    pub expected_failures: usize,
    /// Skipped tests.
    pub skipped: usize,
    /// Selected tests that did not run because the run stopped earlier.
    pub not_run: usize,
}

/// An event of a run. The order is: one `Started`, then one or more `Read`, each followed
/// by a `Finished` per test in file order, then one `Ended`.
#[derive(Debug, Clone)]
pub enum RunEvent<'r> {
    /// The run starts.
    Started,
    /// Scenario files were read. A large suite is read in parts, so that its first tests
    /// run before the last ones are read. The parts do not depend on the machine.
    Read {
        /// Diagnostics of these files. They are reported only here and not repeated by
        /// results.
        diagnostics: &'r [Diagnostic],
        /// Number of selected tests so far.
        selected: usize,
        /// Number of all tests so far, including those that are not selected.
        found: usize,
        /// Number of files so far.
        files: usize,
        /// Whether this is the last part.
        is_last: bool,
    },
    /// A test is finished.
    Finished(&'r CaseResult),
    /// No test finished for a moment, so buffered output should be flushed. The position
    /// and number of these events depend on the machine.
    Waiting,
    /// All tests are finished, or the run was stopped.
    Ended(Ended),
}

/// Result of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// Number of tests for each result.
    pub tally: Tally,
    /// Total number of tests, including those that are not selected.
    pub found: usize,
    /// Number of files.
    pub files: usize,
    /// Wall-clock duration.
    pub took: Duration,
}

impl Tally {
    /// Counts a result.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::ExpectedFailure { .. } => self.expected_failures += 1,
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Failed(_) | Outcome::Broken(_) | Outcome::Panicked(_) => {
                self.failed += 1;
            }
        }
    }

    /// Returns the number of tests.
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.expected_failures + self.skipped + self.not_run
    }
}

impl Outcome {
    /// Returns whether the result makes the run fail.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Broken(_) | Self::Panicked(_))
    }

    /// Returns the name in reports: `passed`, `failed`, `expectedFailure`, `skipped`,
    /// `broken` or `panicked`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::ExpectedFailure { .. } => "expectedFailure",
            Self::Skipped(_) => "skipped",
            Self::Broken(_) => "broken",
            Self::Panicked(_) => "panicked",
        }
    }
}

#[cfg(test)]
impl CaseResult {
    /// Creates a result without a call, for unit tests.
    pub(crate) fn sample(line: u32, outcome: Outcome) -> Self {
        let span = Span::new(crate::source::FileId(0), 0, 0);
        let (file, name) = (Path::new("a").into(), Text::from("b"));
        Self {
            id: CaseId { file, title: name.clone(), name, row: None, span, line },
            tags: Vec::new(),
            outcome,
            program: None,
            trace: None,
            snapshot: None,
            properties: Vec::new(),
            took: Duration::ZERO,
            is_file_result: false,
            flags: Text::new(),
            reported: None,
        }
    }
}

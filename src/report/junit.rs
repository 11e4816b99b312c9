//! JUnit's XML, for CI systems.
//!
//! What is written is valid by both editions of the schema that Jenkins' plugins check
//! (`junit-10.xsd` of xunit-plugin, of 2014 and of today), which is less than other readers
//! take: a test case has no properties, no file and no line.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::{IndexMap, IndexSet};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::output::ReportFile;
use super::words::{
    explanation, file_of, headline, name_of, plural, without_count_of_skipped,
};
use super::{Options, Reporter};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Ended, Outcome, RunEvent, Scene, Tally};
use crate::source::Files;

/// Collects the cases of every file.
pub(super) struct Junit {
    file: ReportFile,
    options: Options,
    suites: IndexMap<String, Suite>,
}

/// The cases of a file, and what they are called: CI systems tell them by that.
struct Suite {
    cases: TestSuite,
    names: IndexSet<String>,
    took: Duration,
}

impl Junit {
    pub(super) fn new(path: PathBuf, options: Options) -> Self {
        Self { file: ReportFile::new(path), options, suites: IndexMap::new() }
    }

    fn add(&mut self, result: &CaseResult, files: &Files) {
        let file = file_of(&result.id);
        let suite = self.suites.entry(file).or_insert_with_key(|file| Suite::new(file));
        let name = suite.unique_name(result);
        let status = status(result, &self.options, files);
        let mut case = TestCase::new(name, status);
        case.set_classname(suite.cases.name.as_str());
        if self.options.times {
            case.set_time(result.took);
        }
        suite.took += result.took;
        suite.cases.add_test_case(case);
    }

    fn text(&mut self, tally: Tally, took: Duration) -> io::Result<String> {
        let mut report = Report::new("flowsim test");
        for suite in std::mem::take(&mut self.suites).into_values() {
            let Suite { mut cases, took, .. } = suite;
            if self.options.times {
                cases.set_time(took);
            }
            report.add_test_suite(cases);
        }
        if tally.not_run > 0 {
            report.add_test_suite(not_run(tally.not_run));
        }
        if self.options.times {
            report.set_time(took);
        }
        let text = report.to_string().map_err(io::Error::other)?;
        Ok(without_count_of_skipped(&text, &report))
    }
}

impl Reporter for Junit {
    fn event(&mut self, event: &RunEvent<'_>, scene: Scene<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } => Ok(()),
            RunEvent::Finished(result) => {
                self.add(result, scene.files);
                Ok(())
            }
            RunEvent::Ended(Ended { tally, took, .. }) => {
                let text = self.text(tally, took)?;
                self.file.write(&text)
            }
        }
    }
}

impl Suite {
    fn new(file: &str) -> Self {
        let mut cases = TestSuite::new(file);
        cases.extra.insert("file".into(), file.into());
        cases.add_property(("flowsim.version", env!("CARGO_PKG_VERSION")));
        Self { cases, names: IndexSet::new(), took: Duration::ZERO }
    }

    /// The name of the test; of a second one that is called so, its row or line too.
    fn unique_name(&mut self, result: &CaseResult) -> String {
        let id = &result.id;
        let mut name = name_of(id);
        if self.names.contains(&name) {
            name += &match id.row {
                Some(row) => format!(" (row {row})"),
                None => format!(" (line {})", id.line),
            };
        }
        self.names.insert(name.clone());
        name
    }
}

fn status(result: &CaseResult, options: &Options, files: &Files) -> TestCaseStatus {
    let kind = match &result.outcome {
        Outcome::Passed => return TestCaseStatus::success(),
        Outcome::Skipped(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(one_line(reason));
            return status;
        }
        Outcome::Failed(_) => NonSuccessKind::Failure,
        Outcome::Broken(_) | Outcome::Panicked(_) => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(result.outcome.name());
    status.set_message(headline(&result.outcome));
    let place = super::words::place_of(&result.id);
    let command = one_line(&result.command);
    let explanation = explanation(result, options.explain, files);
    status.set_description(format!(
        "{place}\n\n{explanation}\n\nrun it alone: {command}\n"
    ));
    status
}

/// A run that was stopped must not look as if all were well.
fn not_run(count: usize) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("not run");
    status.set_message(format!("the run stopped: {} not run", plural(count, "test")));
    let mut case = TestCase::new("the run is complete", status);
    case.set_classname("flowsim test");
    let mut suite = TestSuite::new("flowsim test");
    suite.add_test_case(case);
    suite
}

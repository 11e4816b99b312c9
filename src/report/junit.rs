//! JUnit XML for CI systems.
//!
//! The output is valid in both editions of the schema that Jenkins plugins check
//! (`junit-10.xsd` of xunit-plugin, from 2014 and current). Other readers accept more;
//! test cases therefore have no properties, file and line.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::output::ReportFile;
use super::property_cases::{Broken, PropertyCase, PropertyCases, PropertyResult};
use super::spec::{Destination, Format, Target};
use super::words::{explanation, headline, junit_parts, name_of, plural, shown_path};
use super::{Options, Reporter};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Ended, Library, LoadedSuite, Outcome, RunEvent};
use crate::source::Files;

/// JUnit XML.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    target: Target::File,
    beginnings: &["<?xml "],
    needs_traces: false,
    reporter: |to: Destination<'_>, options| Box::new(Junit::new(to.file, options)),
};

/// Name of the report.
const REPORT: &str = "flowsim test";

/// Last line of the report, and the end of the line before it.
const LAST_LINE: &str = "\n</testsuites>\n";

/// Collects the cases of a file, and the text of earlier files: each file is written in
/// one piece.
struct Junit {
    file: ReportFile,
    options: Options,
    current: Option<Suite>,
    /// Text between the first and the last line of the report.
    body: String,
    /// Counts of all cases so far, by outcome.
    counts: Report,
}

/// The cases of a file.
struct Suite {
    path: Arc<Path>,
    cases: TestSuite,
    properties: PropertyCases,
    took: Duration,
}

impl Junit {
    fn new(file: ReportFile, options: Options) -> Self {
        let (body, counts) = (String::new(), Report::new(REPORT));
        Self { file, options, current: None, body, counts }
    }

    fn add(&mut self, result: &CaseResult, files: &Files) -> io::Result<()> {
        let is_of_file = |suite: &Suite| suite.is_of(&result.id.file);
        if !self.current.as_ref().is_some_and(is_of_file) {
            self.close()?;
        }
        let suite = self.current.get_or_insert_with(|| Suite::new(&result.id.file));
        suite.properties.add(result);
        let status = status(result, &self.options, files);
        // CI systems identify cases by this name.
        let mut case = TestCase::new(name_of(&result.id), status);
        // The suite name is already escaped for XML.
        case.classname = Some(suite.cases.name.clone());
        if self.options.times {
            case.set_time(result.took);
        }
        suite.took += result.took;
        suite.cases.add_test_case(case);
        Ok(())
    }

    /// Closes the current file's suite.
    fn close(&mut self) -> io::Result<()> {
        let Some(Suite { mut cases, properties, took, .. }) = self.current.take() else {
            return Ok(());
        };
        let class = cases.name.clone();
        for PropertyCase { title, result, .. } in properties.results() {
            let mut case = TestCase::new(title, property_status(result));
            case.classname = Some(class.clone());
            cases.add_test_case(case);
        }
        if self.options.times {
            cases.set_time(took);
        }
        self.add_suite(cases)
    }

    fn add_suite(&mut self, suite: TestSuite) -> io::Result<()> {
        let mut report = Report::new(REPORT);
        report.add_test_suite(suite);
        self.counts.tests += report.tests;
        self.counts.failures += report.failures;
        self.counts.errors += report.errors;
        self.counts.skipped += report.skipped;
        let [_, rest] = junit_parts(&report)?;
        self.body.push_str(rest.strip_suffix(LAST_LINE).unwrap_or(&rest));
        Ok(())
    }

    fn text(&mut self, ended: Ended, library: &Library) -> io::Result<String> {
        let Ended { tally, took, .. } = ended;
        self.close()?;
        for untested in library.without_tests() {
            let properties = PropertyCases::without_tests(untested.properties);
            let path = untested.path.as_path().into();
            self.current = Some(Suite { properties, ..Suite::new(&path) });
            self.close()?;
        }
        if tally.not_run > 0 {
            self.add_suite(not_run(tally.not_run))?;
        }
        if self.options.times {
            self.counts.set_time(took);
        }
        let [head, end] = junit_parts(&self.counts)?;
        Ok([&head, &*self.body, &end].concat())
    }
}

impl Reporter for Junit {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => self.add(result, scene.files),
            RunEvent::Ended(ended) => {
                let text = self.text(ended, scene.library)?;
                self.file.write(&text)
            }
        }
    }
}

impl Suite {
    fn new(path: &Arc<Path>) -> Self {
        let file = shown_path(path);
        let mut cases = TestSuite::new(&file);
        cases.extra.insert("file".into(), file.into());
        cases.add_property(("flowsim.version", crate::build::VERSION));
        let path = Arc::clone(path);
        let properties = PropertyCases::default();
        Self { path, cases, properties, took: Duration::ZERO }
    }

    fn is_of(&self, path: &Arc<Path>) -> bool {
        // The pointer comparison nearly always succeeds and is cheap.
        Arc::ptr_eq(&self.path, path) || self.path == *path
    }
}

fn property_status(result: PropertyResult) -> TestCaseStatus {
    match result {
        PropertyResult::Kept => TestCaseStatus::success(),
        PropertyResult::Broken(Broken { message, test, command, .. }) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("failed");
            status.set_message(message);
            let run = format!("run only the test that breaks it: {command}");
            status.set_description(format!("{test}\n\n{run}\n"));
            status
        }
        PropertyResult::NotChecked(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why);
            status
        }
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
        // JUnit has no element for expected failures; pytest reports them as skipped too.
        Outcome::ExpectedFailure { reason, .. } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(one_line(&format!("expected failure: {reason}")));
            return status;
        }
        Outcome::Failed(_) => NonSuccessKind::Failure,
        Outcome::Broken(_) | Outcome::Panicked(_) => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(result.outcome.name());
    status.set_message(headline(&result.outcome));
    let place = super::words::place_of(&result.id);
    let command = one_line(&result.command());
    let explanation = explanation(result, options.explain, files);
    status.set_description(format!(
        "{place}\n\n{explanation}\n\nrun only this test: {command}\n"
    ));
    status
}

/// Returns a failing suite for tests that did not run: an aborted run must not look
/// successful.
fn not_run(count: usize) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("not run");
    status.set_message(format!("the run stopped: {} not run", plural(count, "test")));
    let mut case = TestCase::new("the run is complete", status);
    case.set_classname(REPORT);
    let mut suite = TestSuite::new(REPORT);
    suite.add_test_case(case);
    suite
}

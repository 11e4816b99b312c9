//! Comparisons as JUnit XML: a recording is a test case, its flow the suite.

use std::io::{self, Write};

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{ComparisonReporter, render_text};
use crate::analysis::comparison::Verdict;
use crate::diagnostic::visible::one_line;
use crate::diagnostic::{Style, render_text as render_diagnostics};
use crate::report::words::{junit_parts, path_of};
use crate::runner::{Compared, Summary};

/// Collects the recordings of each flow.
pub struct Junit<W> {
    out: W,
    suites: IndexMap<String, TestSuite>,
}

impl<W: Write> Junit<W> {
    /// Creates a reporter that writes the report at the end.
    pub fn new(out: W) -> Self {
        Self { out, suites: IndexMap::new() }
    }
}

impl<W: Write> ComparisonReporter for Junit<W> {
    fn compared(&mut self, compared: &Compared) -> io::Result<()> {
        let flow = compared.about.as_ref().map(|about| &about.flow);
        let name = flow.and_then(|flow| flow.name.as_ref().or(flow.id.as_ref()));
        let name = name.map_or_else(|| "recordings".into(), |name| one_line(name));
        let path = one_line(&path_of(&compared.path));
        let mut case = TestCase::new(path, status(compared));
        case.set_classname(&*name);
        let suite = self.suites.entry(name);
        suite.or_insert_with_key(|name| TestSuite::new(&**name)).add_test_case(case);
        Ok(())
    }

    fn end(&mut self, _: &Summary) -> io::Result<()> {
        let mut report = Report::new("flowsim compare");
        report.add_test_suites(std::mem::take(&mut self.suites).into_values());
        self.out.write_all(junit_parts(&report)?.concat().as_bytes())?;
        self.out.flush()
    }
}

fn status(compared: &Compared) -> TestCaseStatus {
    let (kind, verdict, description, message) = match &compared.result {
        Ok(judgement) => {
            let comparison = &judgement.comparison;
            let (kind, verdict) = match comparison.verdict {
                Verdict::Equal => return TestCaseStatus::success(),
                Verdict::Different => (NonSuccessKind::Failure, "different"),
                Verdict::Unreplayable => (NonSuccessKind::Error, "unreplayable"),
            };
            let cause = comparison.cause.as_ref().map(|cause| one_line(&cause.text));
            (kind, verdict, render_text(comparison, false), cause)
        }
        Err(problem) => {
            let (diagnostics, files) = (&problem.diagnostics, &problem.files);
            let text = render_diagnostics(diagnostics, files, Style::default());
            let message = diagnostics.first().map(|it| one_line(&it.message));
            (NonSuccessKind::Error, "unreadable", text, message)
        }
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(verdict);
    status.set_message(message.unwrap_or_else(|| verdict.into()));
    status.set_description(description);
    status
}

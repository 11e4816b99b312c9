//! `flowsim.run/1`: a run as JSON, one object per line.
//!
//! Every line is self-contained and names the format, so that the concatenated files of
//! several partitions are again a valid file.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::output::ReportFile;
use super::words::{explanation, path_of};
use super::{Options, Reporter};
use crate::diagnostic::Diagnostic;
use crate::runner::{CaseResult, Ended, LoadedSuite, Outcome, RunEvent};
use crate::source::{Files, Position};
use crate::suite::{Mismatch, Shown};
use crate::trace::Trace;

/// Name and version of the format.
const SCHEMA: &str = "flowsim.run/1";

/// Collects the lines of tests.
pub(super) struct JsonLines {
    file: ReportFile,
    options: Options,
    lines: String,
}

impl JsonLines {
    pub(super) fn new(path: PathBuf, options: Options) -> Self {
        Self { file: ReportFile::new(path), options, lines: String::new() }
    }

    fn took_ms(&self, took: Duration) -> Option<f64> {
        // Whole microseconds: more digits would be false precision.
        let micros =
            u32::try_from(took.as_micros()).map_or(f64::from(u32::MAX), f64::from);
        self.options.times.then_some(micros / 1000.0)
    }
}

impl Reporter for JsonLines {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                let took_ms = self.took_ms(result.took);
                let explanation = explanation(result, self.options.explain, scene.files);
                let line = Finished::of(result, took_ms, &explanation, scene.files);
                self.lines += &text(&Line::Finished(Box::new(line)))?;
                Ok(())
            }
            RunEvent::Ended(Ended { tally, found, files, took }) => {
                let started = Line::Started { selected: tally.total(), found, files };
                let took_ms = self.took_ms(took);
                let ended = Line::Ended {
                    passed: tally.passed,
                    failed: tally.failed,
                    skipped: tally.skipped,
                    not_run: tally.not_run,
                    took_ms,
                };
                let lines = text(&started)? + &self.lines + &text(&ended)?;
                self.file.write(&lines)
            }
        }
    }
}

fn text(line: &Line<'_>) -> io::Result<String> {
    let line = Named { schema: SCHEMA, line };
    Ok(serde_json::to_string(&line)? + "\n")
}

#[derive(Serialize)]
struct Named<'a> {
    schema: &'static str,
    #[serde(flatten)]
    line: &'a Line<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Line<'a> {
    Started {
        selected: usize,
        found: usize,
        files: usize,
    },
    Finished(Box<Finished<'a>>),
    Ended {
        passed: usize,
        failed: usize,
        skipped: usize,
        not_run: usize,
        took_ms: Option<f64>,
    },
}

/// A test. All keys are always present; what does not apply is null or empty.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finished<'a> {
    file: String,
    line: u32,
    name: &'a str,
    row: Option<u32>,
    outcome: &'static str,
    took_ms: Option<f64>,
    command: String,
    reason: Option<&'a str>,
    mismatches: Vec<Difference<'a>>,
    diagnostics: Vec<Finding<'a>>,
    explanation: Option<&'a str>,
    call: Option<Call>,
}

#[derive(Serialize)]
struct Difference<'a> {
    line: u32,
    column: u32,
    subject: &'a str,
    message: &'a str,
    expected: Showing<'a>,
    found: Showing<'a>,
    seq: Option<u32>,
    cause: Vec<&'a str>,
}

/// Null, a string, or a list of strings.
#[derive(Serialize)]
#[serde(untagged)]
enum Showing<'a> {
    Nothing,
    Text(&'a str),
    Lines(Vec<&'a str>),
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    flow: Option<&'a str>,
    node: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    status: &'static str,
    elapsed_ms: i64,
    actions: u32,
}

impl<'a> Finished<'a> {
    fn of(
        result: &'a CaseResult,
        took_ms: Option<f64>,
        explanation: &'a str,
        files: &Files,
    ) -> Self {
        let (mut mismatches, mut diagnostics) = (Vec::new(), Vec::new());
        let mut reason = None;
        match &result.outcome {
            Outcome::Passed => {}
            Outcome::Failed(found) => {
                mismatches = found.iter().map(|it| Difference::of(it, files)).collect();
            }
            Outcome::Broken(found) => {
                diagnostics = found.iter().map(Finding::of).collect();
            }
            Outcome::Skipped(text) | Outcome::Panicked(text) => reason = Some(&**text),
        }
        Self {
            file: path_of(&result.id.file),
            line: result.id.line,
            name: &result.id.name,
            row: result.id.row,
            outcome: result.outcome.name(),
            took_ms,
            command: result.command(),
            reason,
            mismatches,
            diagnostics,
            explanation: (!explanation.is_empty()).then_some(explanation),
            call: result.trace.as_ref().map(Call::of),
        }
    }
}

impl<'a> Difference<'a> {
    fn of(mismatch: &'a Mismatch, files: &Files) -> Self {
        let Position { line, column } = files.position(mismatch.span);
        Self {
            line,
            column,
            subject: &mismatch.subject,
            message: &mismatch.message,
            expected: Showing::of(&mismatch.expected),
            found: Showing::of(&mismatch.found),
            // Steps are numbered as in `flowsim.trace/1`.
            seq: mismatch.step.map(|step| step.saturating_add(1)),
            cause: mismatch.cause.iter().map(|line| &**line).collect(),
        }
    }
}

impl<'a> Showing<'a> {
    fn of(shown: &'a Shown) -> Self {
        match shown {
            Shown::Nothing => Self::Nothing,
            Shown::Text(text) => Self::Text(text),
            Shown::Lines(lines) => {
                Self::Lines(lines.iter().map(|line| &**line).collect())
            }
        }
    }
}

impl<'a> Finding<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        Self {
            code: diagnostic.code.name(),
            severity: diagnostic.severity.name(),
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            flow: diagnostic.flow.as_deref(),
            node: diagnostic.node.as_deref(),
        }
    }
}

impl Call {
    fn of(trace: &Trace) -> Self {
        Self {
            status: trace.status.name(),
            elapsed_ms: trace.elapsed_ms,
            actions: trace.actions,
        }
    }
}

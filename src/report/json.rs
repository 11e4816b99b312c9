//! `flowsim.run/1`: a run as JSON, one object per line.
//!
//! Every line is self-contained and names the format, so that the concatenated files of
//! several partitions are again a valid file.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::explain::cause;
use super::output::ReportFile;
use super::properties::Properties;
use super::property_cases::{PropertyCase, PropertyResult, is_without_tests};
use super::spec::{Destination, Format, Target};
use super::words::{explanation, path_of};
use super::{Options, Reporter};
use crate::diagnostic::Diagnostic;
use crate::runner::{
    CaseId, CaseResult, Ended, Library, Listed, LoadedSuite, Outcome, RunEvent,
};
use crate::source::{Files, Position};
use crate::suite::{Mismatch, Shown};
use crate::trace::Trace;
use crate::value::Text;

/// Name and version of the format.
pub(super) const SCHEMA: &str = "flowsim.run/1";

/// The result of a property of a scenario file without tests.
pub(super) const NO_TESTS: &str = "noTests";

/// JSON, one object per line.
pub(super) const FORMAT: Format = Format {
    name: "json",
    target: Target::File,
    beginnings: &["{\"schema\":\"flowsim.run/"],
    needs_traces: true,
    reporter: |to: Destination<'_>, options| Box::new(JsonLines::new(to.file, options)),
};

/// Collects the lines of tests.
struct JsonLines {
    file: ReportFile,
    options: Options,
    lines: String,
    properties: Properties,
}

impl JsonLines {
    fn new(file: ReportFile, options: Options) -> Self {
        Self { file, options, lines: String::new(), properties: Properties::default() }
    }
}

impl Reporter for JsonLines {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                self.properties.add(result);
                self.lines += &finished(result, &self.options, scene.files)?;
                Ok(())
            }
            RunEvent::Ended(ended) => {
                let Ended { tally, found, files, .. } = ended;
                let started = Line::Started { selected: tally.total(), found, files };
                let properties = property_lines(&mut self.properties, scene.library)?;
                let ended = text(&Line::ended(ended, &self.options))?;
                let all = text(&started)? + &self.lines + &properties + &ended;
                self.file.write(&all)
            }
        }
    }
}

/// Writes the lines of tests as they finish, for a program that reads along.
pub struct JsonStream<'e> {
    out: Box<dyn Write + 'e>,
    options: Options,
    /// Whether the `started` line was written with a list.
    is_started: bool,
    properties: Properties,
}

impl<'e> JsonStream<'e> {
    /// Writes to `out`. All files of the run must be read before its first test.
    pub fn new(out: Box<dyn Write + 'e>, options: Options) -> Self {
        Self { out, options, is_started: false, properties: Properties::default() }
    }

    /// Writes to `out`, after a list of the tests.
    pub fn after_list(out: Box<dyn Write + 'e>, options: Options) -> Self {
        Self { out, options, is_started: true, properties: Properties::default() }
    }
}

impl Reporter for JsonStream<'_> {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        let line = match *event {
            RunEvent::Read { selected, found, files, is_last: true, .. }
                if !self.is_started =>
            {
                self.is_started = true;
                text(&Line::Started { selected, found, files })?
            }
            RunEvent::Started | RunEvent::Read { .. } | RunEvent::Waiting => {
                return Ok(());
            }
            RunEvent::Finished(result) => {
                self.properties.add(result);
                finished(result, &self.options, scene.files)?
            }
            RunEvent::Ended(ended) => {
                property_lines(&mut self.properties, scene.library)?
                    + &text(&Line::ended(ended, &self.options))?
            }
        };
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }
}

/// Lists the tests of a plan: a `started` line, and a `listed` line for each test and each
/// scenario file that does not load.
///
/// # Errors
/// The lines cannot be written as JSON.
pub fn list_json(
    listed: &[Listed<'_>],
    options: &Options,
    scene: LoadedSuite<'_>,
) -> io::Result<String> {
    let files = scene.library.suites.len();
    let broken = listed.iter().filter(|entry| matches!(entry, Listed::File(_))).count();
    let cases: usize = scene.library.suites.iter().map(|suite| suite.cases.len()).sum();
    let mut lines = text(&Line::Started {
        selected: listed.len(),
        found: cases + broken,
        files: files + broken,
    })?;
    for (number, entry) in (1..).zip(listed) {
        let explanation = match entry {
            Listed::Case(_) => String::new(),
            Listed::File(result) => explanation(result, options.explain, scene.files),
        };
        let entry = Entry::of(number, *entry, &explanation);
        lines += &text(&Line::Listed(Box::new(entry)))?;
    }
    Ok(lines)
}

fn finished(result: &CaseResult, options: &Options, files: &Files) -> io::Result<String> {
    if let Some(reported) = &result.reported {
        return Ok(reported.line.clone() + "\n");
    }
    let explanation = explanation(result, options.explain, files);
    let line = Finished::of(result, options.took_ms(result.took), &explanation, files);
    text(&Line::Finished(Box::new(line)))
}

/// Formats the properties of the run, one line each.
fn property_lines(properties: &mut Properties, library: &Library) -> io::Result<String> {
    properties.add_without_tests(library.without_tests_of_share());
    let mut lines = String::new();
    for (path, case) in properties.take() {
        let line = PropertyLine::of(&path, &case);
        lines += &text(&Line::Property(Box::new(line)))?;
    }
    Ok(lines)
}

impl Options {
    fn took_ms(&self, took: Duration) -> Option<f64> {
        // Whole microseconds: more digits were not measured.
        let micros =
            u32::try_from(took.as_micros()).map_or(f64::from(u32::MAX), f64::from);
        self.times.then_some(micros / 1000.0)
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
    Listed(Box<Entry<'a>>),
    Finished(Box<Finished<'a>>),
    Property(Box<PropertyLine<'a>>),
    Ended {
        passed: usize,
        failed: usize,
        expected_failures: usize,
        skipped: usize,
        not_run: usize,
        took_ms: Option<f64>,
    },
}

impl Line<'_> {
    fn ended(Ended { tally, took, .. }: Ended, options: &Options) -> Self {
        Self::Ended {
            passed: tally.passed,
            failed: tally.failed,
            expected_failures: tally.expected_failures,
            skipped: tally.skipped,
            not_run: tally.not_run,
            took_ms: options.took_ms(took),
        }
    }
}

/// An entry of a list. Keys that do not apply are null or empty.
#[derive(Serialize)]
struct Entry<'a> {
    number: usize,
    file: String,
    line: u32,
    name: &'a str,
    row: Option<u32>,
    title: &'a str,
    selector: String,
    tags: Vec<&'a str>,
    skip: Option<&'a str>,
    diagnostics: Vec<Finding<'a>>,
    explanation: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(number: usize, listed: Listed<'a>, explanation: &'a str) -> Self {
        let (id, tags, skip, diagnostics): (&CaseId, &[_], _, &[_]) = match listed {
            Listed::Case(it) => (&it.id, &it.case.tags, it.case.skip.as_deref(), &[]),
            Listed::File(CaseResult { id, tags, outcome, .. }) => match outcome {
                Outcome::Broken(diagnostics) => (id, tags, None, diagnostics),
                _ => (id, tags, None, &[]),
            },
        };
        Self {
            number,
            file: path_of(&id.file),
            line: id.line,
            name: &id.name,
            row: id.row,
            title: &id.title,
            selector: match listed {
                Listed::Case(_) => id.selector(),
                Listed::File(_) => id.file.display().to_string(),
            },
            tags: tags.iter().map(|tag| &**tag).collect(),
            skip,
            diagnostics: diagnostics.iter().map(Finding::of).collect(),
            explanation: (!explanation.is_empty()).then_some(explanation),
        }
    }
}

/// A property. All keys are always present; what does not apply is null.
#[derive(Serialize)]
struct PropertyLine<'a> {
    file: String,
    name: &'a str,
    title: &'a str,
    result: &'static str,
    reason: Option<&'static str>,
    /// The first test whose call breaks the property.
    test: Option<Breaking<'a>>,
}

/// A test whose call breaks a property.
#[derive(Serialize)]
struct Breaking<'a> {
    line: u32,
    row: Option<u32>,
    title: &'a str,
    seq: Option<u32>,
    message: &'a str,
    command: &'a str,
}

impl<'a> PropertyLine<'a> {
    fn of(path: &Path, case: &'a PropertyCase) -> Self {
        let (result, reason, broken) = match &case.result {
            PropertyResult::Kept => ("kept", None, None),
            PropertyResult::Broken(broken) => ("broken", None, Some(broken)),
            PropertyResult::NotChecked(why) if is_without_tests(why) => {
                (NO_TESTS, Some(*why), None)
            }
            PropertyResult::NotChecked(why) => ("notChecked", Some(*why), None),
        };
        let test = broken.map(|broken| Breaking {
            line: broken.id.line,
            row: broken.id.row,
            title: &broken.id.title,
            seq: broken.step.map(|step| step.saturating_add(1)),
            message: &broken.message,
            command: &broken.command,
        });
        let (file, name, title) =
            (path_of(path), case.name.as_str(), case.title.as_str());
        Self { file, name, title, result, reason, test }
    }
}

/// A test. All keys are always present; what does not apply is null or empty.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finished<'a> {
    file: String,
    line: u32,
    name: &'a str,
    row: Option<u32>,
    title: &'a str,
    tags: Vec<&'a str>,
    outcome: &'static str,
    took_ms: Option<f64>,
    command: String,
    reason: Option<&'a str>,
    mismatches: Vec<Difference<'a>>,
    /// Only of files that have properties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<&'a str>,
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
    cause: Vec<String>,
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
            Outcome::ExpectedFailure { reason: text, mismatches: found } => {
                reason = Some(&**text);
                mismatches = found.iter().map(|it| Difference::of(it, files)).collect();
            }
            Outcome::Skipped(text) | Outcome::Panicked(text) => reason = Some(&**text),
        }
        Self {
            file: path_of(&result.id.file),
            line: result.id.line,
            name: &result.id.name,
            row: result.id.row,
            title: &result.id.title,
            tags: result.tags.iter().map(|tag| &**tag).collect(),
            outcome: result.outcome.name(),
            took_ms,
            command: result.command(),
            reason,
            mismatches,
            properties: result.properties.iter().map(|name| &**name).collect(),
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
            cause: cause(mismatch).iter().map(Text::to_string).collect(),
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

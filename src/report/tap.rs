//! TAP, the Test Anything Protocol, version 14.

use std::fmt::Write;
use std::io;

use super::output::ReportFile;
use super::property_cases::{Broken, PropertyCase, PropertyCases, PropertyResult};
use super::spec::{Destination, Format, Target};
use super::words::{
    explanation, file_of, headline, name_of, place_of_failure, plural, shown_path,
};
use super::{Options, Reporter};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, LoadedSuite, Outcome, RunEvent, Tally};
use crate::source::Files;
use crate::value::Json;

/// First characters of every report.
const BEGINNING: &str = "TAP version ";

/// TAP 14.
pub(super) const FORMAT: Format = Format {
    name: "tap",
    target: Target::File,
    beginnings: &[BEGINNING],
    needs_traces: false,
    reporter: |to: Destination<'_>, options| Box::new(Tap::new(to.file, options)),
};

/// Collects the lines of the report.
struct Tap {
    file: ReportFile,
    options: Options,
    lines: String,
    count: usize,
    /// The current scenario file, and its properties.
    properties: Option<(String, PropertyCases)>,
}

impl Tap {
    fn new(file: ReportFile, options: Options) -> Self {
        let lines = String::new();
        Self { file, options, lines, count: 0, properties: None }
    }

    fn add(&mut self, result: &CaseResult, files: &Files) {
        let file = file_of(&result.id);
        if self.properties.as_ref().is_some_and(|(current, _)| *current != file) {
            self.close();
        }
        let (_, properties) = self
            .properties
            .get_or_insert_with(|| (file.clone(), PropertyCases::default()));
        properties.add(result);
        self.count += 1;
        let is_expected = matches!(result.outcome, Outcome::ExpectedFailure { .. });
        let is_ok = !result.outcome.is_failure() && !is_expected;
        let verdict = if is_ok { "ok" } else { "not ok" };
        let name = name_of(&result.id);
        let name = escaped(&format!("{file}: {name}"));
        let _ = write!(self.lines, "{verdict} {} - {name}", self.count);
        let directive = match &result.outcome {
            Outcome::Skipped(reason) => Some(("SKIP", reason)),
            // A failing TODO test does not make the run fail.
            Outcome::ExpectedFailure { reason, .. } => Some(("TODO", reason)),
            _ => None,
        };
        if let Some((name, reason)) = directive {
            let _ = write!(self.lines, " # {name} {}", escaped(&one_line(reason)));
        }
        self.lines.push('\n');
        if result.outcome.is_failure() {
            self.add_details(result, files);
        }
    }

    /// Adds the properties of the current scenario file.
    fn close(&mut self) {
        let Some((file, properties)) = self.properties.take() else { return };
        for PropertyCase { title: name, result, .. } in properties.results() {
            self.count += 1;
            let is_broken = matches!(result, PropertyResult::Broken(_));
            let verdict = if is_broken { "not ok" } else { "ok" };
            let name = escaped(&format!("{file}: {name}"));
            let _ = write!(self.lines, "{verdict} {} - {name}", self.count);
            match result {
                PropertyResult::Kept => self.lines.push('\n'),
                PropertyResult::NotChecked(why) => {
                    let _ = writeln!(self.lines, " # SKIP {why}");
                }
                PropertyResult::Broken(Broken { message, test, command, .. }) => {
                    let message = quoted(&message);
                    let (test, command) = (quoted(&test), quoted(&command));
                    let _ = writeln!(
                        self.lines,
                        "\n  ---\n  message: {message}\n  severity: failed\n  test: {test}\n  command: {command}\n  ..."
                    );
                }
            }
        }
    }

    /// Writes a YAML block with the reason. It uses only the YAML subset of Perl's
    /// reader, which accepts only `|` for text blocks and ends the text at an empty line.
    fn add_details(&mut self, result: &CaseResult, files: &Files) {
        let out = &mut self.lines;
        let mut line = |text: &str| {
            let _ = writeln!(out, "  {text}");
        };
        line("---");
        line(&format!("message: {}", quoted(&headline(&result.outcome))));
        line(&format!("severity: {}", result.outcome.name()));
        line("at:");
        line(&format!("  file: {}", quoted(&file_of(&result.id))));
        let place = place_of_failure(result, files);
        line(&format!("  line: {}", place.map_or(result.id.line, |it| it.line)));
        if self.options.times {
            line(&format!("duration_ms: {:.3}", result.took.as_secs_f64() * 1000.0));
        }
        line(&format!("command: {}", quoted(&one_line(&result.command()))));
        let explanation = explanation(result, self.options.explain, files);
        // The first line determines the indentation of the text.
        let explanation = explanation.trim_start();
        if !explanation.is_empty() {
            line("explanation: |");
            explanation.lines().for_each(|text| line(&format!("  {text}")));
        }
        line("...");
    }

    fn text(&self, tally: Tally) -> String {
        let planned = self.count + tally.not_run;
        let mut text = format!("{BEGINNING}14\n1..{planned}");
        if planned == 0 {
            text += " # SKIP no tests were selected";
        }
        text.push('\n');
        text += &self.lines;
        if tally.not_run > 0 {
            let tests = plural(tally.not_run, "test");
            let _ = writeln!(text, "Bail out! the run stopped: {tests} not run");
        }
        text
    }
}

impl Reporter for Tap {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                self.add(result, scene.files);
                Ok(())
            }
            RunEvent::Ended(ended) => {
                self.close();
                for untested in scene.library.without_tests() {
                    let cases = PropertyCases::without_tests(untested.properties);
                    self.properties = Some((shown_path(&untested.path), cases));
                    self.close();
                }
                self.file.write(&self.text(ended.tally))
            }
        }
    }
}

/// Escapes characters that would start a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// Quotes a string; a JSON string is also valid YAML.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

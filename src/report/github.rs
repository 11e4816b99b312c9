//! GitHub Actions: annotations in the changed files, and the step summary.

use std::io::{self, Write};

use super::markdown::Page;
use super::output::append;
use super::spec::{Destination, Format, Target};
use super::words::{file_of, name_of, place_of_failure, reasons};
use super::{Options, Reporter};
use crate::diagnostic::github_command;
use crate::diagnostic::visible::{lines, one_line};
use crate::runner::{CaseResult, Ended, LoadedSuite, Outcome, RunEvent};
use crate::source::{Files, Position};
use crate::suite::Mismatch;

/// Size limit for the tests in the step summary. GitHub drops a summary above 1 MiB; the
/// rest is for the surrounding text and for the output of other programs in the step.
const SUMMARY_ROOM: usize = 900 * 1024;

/// GitHub Actions annotations on standard output, and the step summary.
pub(super) const FORMAT: Format = Format {
    name: "github",
    target: Target::Output,
    beginnings: &[],
    needs_traces: false,
    reporter: |to: Destination<'_>, options| Box::new(Github::new(to.out, options)),
};

/// Collects annotations and writes them at the end, because a console line may be
/// incomplete.
struct Github<'e> {
    out: Box<dyn Write + 'e>,
    options: Options,
    annotations: String,
    page: Page,
}

impl<'e> Github<'e> {
    fn new(out: Box<dyn Write + 'e>, options: Options) -> Self {
        let page = Page::new(options.clone(), SUMMARY_ROOM);
        Self { out, options, annotations: String::new(), page }
    }
}

impl Reporter for Github<'_> {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started | RunEvent::Read { .. } | RunEvent::Waiting => {}
            RunEvent::Finished(result) => {
                if result.outcome.is_failure() {
                    self.annotations += &annotation(result, scene.files);
                    self.annotations.push('\n');
                }
                self.page.add(result, scene.files);
            }
            RunEvent::Ended(Ended { tally, took, .. }) => {
                self.out.write_all(self.annotations.as_bytes())?;
                self.out.flush()?;
                if let Some(path) = &self.options.step_summary {
                    append(path, &(self.page.text(tally, took) + "\n"))?;
                }
            }
        }
        Ok(())
    }
}

/// Returns one annotation per test, at its first failed expectation, because GitHub shows
/// only a few per step.
fn annotation(result: &CaseResult, files: &Files) -> String {
    let mut properties = vec![("file", file_of(&result.id))];
    if let Some(Position { line, column }) = place_of_failure(result, files) {
        properties.extend([("line", line.to_string()), ("col", column.to_string())]);
    } else {
        properties.push(("line", result.id.line.to_string()));
    }
    let title = format!("{}: {}", name_of(&result.id), result.outcome.name());
    properties.push(("title", title));
    let reasons = match &result.outcome {
        Outcome::Failed(mismatches) => {
            let line = |it: &Mismatch| files.position(it.span).line;
            let reasons = reasons(&result.outcome).into_iter().zip(mismatches);
            reasons.map(|(reason, it)| format!("line {}: {reason}", line(it))).collect()
        }
        other => reasons(other),
    };
    let reasons = lines(&reasons.join("\n"));
    let message =
        format!("{reasons}\nrun only this test: {}", one_line(&result.command()));
    github_command("error", &properties, &message)
}

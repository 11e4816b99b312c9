//! GitHub Actions: annotations in the changed files, and the step summary.

use std::io::{self, Write};

use super::causes::{Causes, MAX_LISTED, cause_of};
use super::markdown::Page;
use super::output::append;
use super::spec::{Destination, Format, Target};
use super::words::{file_of, name_of, place_of, place_of_failure, reasons};
use super::{Options, Reporter};
use crate::diagnostic::github_command;
use crate::diagnostic::visible::{lines, one_line};
use crate::runner::{CaseResult, Ended, LoadedSuite, Outcome, RunEvent};
use crate::source::{Files, Position};
use crate::suite::Mismatch;

/// Size limit for the step summary and the tests in it. GitHub drops a summary above 1 MiB;
/// the rest is for the surrounding text and for later programs in the step.
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
    annotations: Vec<Annotation>,
    causes: Causes,
    page: Page,
}

/// The annotation of a failed test.
struct Annotation {
    properties: Vec<(&'static str, String)>,
    place: String,
    reasons: String,
    command: String,
    cause: Option<String>,
}

impl<'e> Github<'e> {
    fn new(out: Box<dyn Write + 'e>, options: Options) -> Self {
        let path = options.step_summary.as_ref();
        let used = path.and_then(|path| std::fs::metadata(path).ok());
        let used = used.and_then(|it| usize::try_from(it.len()).ok()).unwrap_or_default();
        let page = Page::new(options.clone(), SUMMARY_ROOM.saturating_sub(used));
        Self { out, options, annotations: Vec::new(), causes: Causes::default(), page }
    }
}

impl Reporter for Github<'_> {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started | RunEvent::Read { .. } | RunEvent::Waiting => {}
            RunEvent::Finished(result) => {
                if result.outcome.is_failure() {
                    self.annotations.push(annotation(result, scene.files));
                    self.causes.add(result);
                }
                self.page.add(result, scene.files);
            }
            RunEvent::Ended(Ended { tally, took, .. }) => {
                for text in self.commands() {
                    self.out.write_all(text.as_bytes())?;
                    self.out.write_all(b"\n")?;
                }
                self.out.flush()?;
                if let Some(path) = &self.options.step_summary {
                    self.page.add_without_tests(scene.library.without_tests());
                    append(path, &(self.page.text(tally, took) + "\n"))?;
                }
            }
        }
        Ok(())
    }
}

impl Github<'_> {
    /// Returns the annotations. Tests with the same cause share that of the first one,
    /// because GitHub shows only a few per step.
    fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut known: Vec<&str> = Vec::new();
        for annotation in &self.annotations {
            let Annotation { properties, reasons, command, cause, .. } = annotation;
            let cause = cause.as_deref().filter(|cause| self.causes.is_shared(cause));
            let mut message = format!("{reasons}\nrun only this test: {command}");
            if let Some(cause) = cause {
                if known.contains(&cause) {
                    continue;
                }
                known.push(cause);
                message += &self.others(annotation, cause);
            }
            commands.push(github_command("error", properties, &message));
        }
        commands
    }

    /// Returns the other tests with the same cause, and their reasons.
    fn others(&self, first: &Annotation, cause: &str) -> String {
        let is_other = |it: &&Annotation| {
            it.cause.as_deref() == Some(cause) && !std::ptr::eq(*it, first)
        };
        let others: Vec<_> = self.annotations.iter().filter(is_other).collect();
        let mut text = format!("\nthe same cause, {cause}:");
        for Annotation { place, reasons, .. } in others.iter().take(MAX_LISTED) {
            text += &format!("\n{place}: {reasons}");
        }
        if let Some(more @ 1..) = others.len().checked_sub(MAX_LISTED) {
            text += &format!("\n… {more} more");
        }
        text
    }
}

/// Returns the annotation of a test, at its first failed expectation.
fn annotation(result: &CaseResult, files: &Files) -> Annotation {
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
    Annotation {
        properties,
        place: place_of(&result.id),
        reasons,
        command: one_line(&result.command()),
        cause: cause_of(&result.outcome),
    }
}

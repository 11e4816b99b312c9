//! Console report of a test run.
//!
//! Results go to standard output; only the progress line goes elsewhere. A failure is
//! printed in full as soon as it is known, so that it can be read while the run
//! continues. At the end all failures are listed again, one line each with the command
//! that runs the test alone, as in cargo-nextest. With [`Listing::Dots`], failures are
//! printed in full only at the end, so that they do not interrupt the dots.

mod buffer;
mod progress;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use self::buffer::Buffer;
use self::progress::Progress;
use super::causes::Causes;
use super::properties::Properties;
use super::property_cases::{PropertyCase, PropertyResult};
use super::words::{
    counts, duration, explanation, headline, name_of, place_of, plural, shown_path,
};
use super::{Options, Reporter};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Ended, LoadedSuite, Outcome, RunEvent, Tally};
use crate::source::Files;

/// Number of dots per line.
const DOTS: usize = 80;

/// Style of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleStyle {
    /// Amount of output per test.
    pub listing: Listing,
    /// Whether the terminal supports colours.
    pub color: bool,
    /// Number of slowest tests to list at the end. Ignored if times are not printed.
    pub slowest: usize,
}

/// Console output per test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Only failures.
    Failures,
    /// One line per test.
    Each,
    /// One line per test if there are at most `most` tests, else only failures.
    Auto {
        /// Maximum number of tests.
        most: usize,
    },
    /// One sign per test: `.` passed, `x` failed as expected, `s` skipped, `F` failed, `B` broken, `P` panicked.
    Dots,
}

/// Console report of a test run.
pub struct Console<'e> {
    out: Buffer<'e>,
    progress: Option<Progress<'e>>,
    style: ConsoleStyle,
    options: Options,
    /// Number of selected tests known so far, and whether it is final.
    selected: (usize, bool),
    tally: Tally,
    /// Diagnostics of scenario files that were already reported.
    told: Vec<Diagnostic>,
    /// Output that waits until `Listing::Auto` is decided.
    held: Held,
    /// Failures to print at the end.
    waiting: String,
    /// Entries of the list of failures at the end.
    failed: String,
    causes: Causes,
    properties: Properties,
    slowest: Vec<(Duration, String)>,
}

/// The same results in both listings that `Listing::Auto` may choose.
#[derive(Debug, Default)]
struct Held {
    each: String,
    failures: String,
}

impl<'e> Console<'e> {
    /// Creates a console that writes to `out`.
    pub fn new(out: Box<dyn Write + 'e>, style: ConsoleStyle, options: Options) -> Self {
        Self {
            out: Buffer::new(out),
            progress: None,
            style,
            options,
            selected: (0, false),
            tally: Tally::default(),
            told: Vec::new(),
            held: Held::default(),
            waiting: String::new(),
            failed: String::new(),
            causes: Causes::default(),
            properties: Properties::default(),
            slowest: Vec::new(),
        }
    }

    /// Adds a progress line of the given width on a terminal. It is meant for a person
    /// who watches: do not use it if `terminal` is not a terminal, or under CI.
    #[must_use]
    pub fn progress(mut self, terminal: Box<dyn Write + 'e>, width: usize) -> Self {
        self.progress = Some(Progress::new(terminal, width));
        self
    }

    fn finished(&mut self, result: &CaseResult, files: &Files) -> io::Result<()> {
        self.tally.add(&result.outcome);
        self.note_time(result);
        self.properties.add(result);
        let is_failure = result.outcome.is_failure();
        if is_failure {
            self.note_failure(result);
        }
        let text = match self.style.listing {
            Listing::Dots => {
                if is_failure {
                    let failure = self.failure(result, files);
                    self.waiting += &failure;
                }
                self.dot(&result.outcome)
            }
            Listing::Auto { .. } if is_failure => {
                let failure = self.failure(result, files);
                self.held.each += &failure;
                self.held.failures += &failure;
                String::new()
            }
            Listing::Auto { .. } => {
                let line = self.line(result);
                self.held.each += &line;
                String::new()
            }
            _ if is_failure => self.failure(result, files),
            Listing::Each => self.line(result),
            Listing::Failures => String::new(),
        };
        self.print(&text)?;
        match &mut self.progress {
            Some(progress) if self.style.listing != Listing::Dots => {
                progress.draw(self.selected, self.tally, &name_of(&result.id));
            }
            _ => {}
        }
        Ok(())
    }

    /// Records newly read tests. Prints the held output as soon as the number of tests
    /// decides the listing.
    fn read(
        &mut self,
        told: &[Diagnostic],
        selected: usize,
        is_all: bool,
    ) -> io::Result<()> {
        if let Some(progress) = &mut self.progress {
            progress.clear();
        }
        self.told.extend_from_slice(told);
        self.selected = (selected, is_all);
        let Listing::Auto { most } = self.style.listing else { return Ok(()) };
        let held = match (selected > most, is_all) {
            (true, _) => {
                self.style.listing = Listing::Failures;
                std::mem::take(&mut self.held).failures
            }
            (false, true) => {
                // Each line already shows the time of its test.
                (self.style.listing, self.style.slowest) = (Listing::Each, 0);
                self.slowest.clear();
                std::mem::take(&mut self.held).each
            }
            (false, false) => return Ok(()),
        };
        self.print(&held)
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.out.write(text)?;
        match &mut self.progress {
            // The progress line stays below all others.
            Some(progress) => {
                progress.clear();
                self.out.flush()
            }
            None => Ok(()),
        }
    }

    fn dot(&self, outcome: &Outcome) -> String {
        let (sign, color) = match outcome {
            Outcome::Passed => (".", AnsiColor::Green),
            Outcome::ExpectedFailure { .. } => ("x", AnsiColor::Yellow),
            Outcome::Skipped(_) => ("s", AnsiColor::Yellow),
            Outcome::Failed(_) => ("F", AnsiColor::Red),
            Outcome::Broken(_) => ("B", AnsiColor::Red),
            Outcome::Panicked(_) => ("P", AnsiColor::Red),
        };
        let mut text = self.inked(sign, colored(color));
        if self.tally.total().is_multiple_of(DOTS) {
            text.push('\n');
        }
        text
    }

    /// Formats the line of a test that did not fail.
    fn line(&self, result: &CaseResult) -> String {
        let title = self.title(result);
        match &result.outcome {
            Outcome::ExpectedFailure { reason, .. } => {
                let sign = self.inked("x", colored(AnsiColor::Yellow));
                let reason = one_line(reason);
                let time = self.time(result.took);
                format!("{sign} {title}  failed as expected: {reason}{time}\n")
            }
            Outcome::Skipped(reason) => {
                let sign = self.inked("-", colored(AnsiColor::Yellow));
                format!("{sign} {title}  skipped: {}\n", one_line(reason))
            }
            _ => {
                let sign = self.inked("✓", colored(AnsiColor::Green));
                format!("{sign} {title}{}\n", self.time(result.took))
            }
        }
    }

    /// Formats a complete failure.
    fn failure(&self, result: &CaseResult, files: &Files) -> String {
        let mut text = self.failure_title(result) + &self.time(result.took) + "\n";
        for line in self.explanation(result, files).lines() {
            let ink = match line.trim_start().as_bytes() {
                [b'-', b' ', ..] => colored(AnsiColor::Red),
                [b'+', b' ', ..] => colored(AnsiColor::Green),
                _ => Style::new(),
            };
            let indent = if line.is_empty() { "" } else { "    " };
            let _ = writeln!(text, "{indent}{}", self.inked(line, ink));
        }
        text + "\n"
    }

    /// Explains why a test failed. Problems of a scenario file were already reported when
    /// it was read.
    fn explanation(&self, result: &CaseResult, files: &Files) -> String {
        match &result.outcome {
            Outcome::Broken(them) if them.iter().all(|it| self.told.contains(it)) => {
                String::new()
            }
            _ => explanation(result, self.options.explain, files),
        }
    }

    fn failure_title(&self, result: &CaseResult) -> String {
        let sign = self.inked("✗", colored(AnsiColor::Red).bold());
        let kind = match &result.outcome {
            Outcome::Broken(_) => "  could not run",
            Outcome::Panicked(_) => "  stopped by a bug in flowsim",
            _ => "",
        };
        format!("{sign} {}{kind}", self.title(result))
    }

    fn title(&self, result: &CaseResult) -> String {
        let name = self.inked(&name_of(&result.id), Style::new().bold());
        format!("{}  {name}", place_of(&result.id))
    }

    fn note_failure(&mut self, result: &CaseResult) {
        self.causes.add(result);
        let title = self.failure_title(result);
        let command = self.inked(&one_line(&result.command()), Style::new().dimmed());
        let reason = headline(&result.outcome);
        let _ = writeln!(self.failed, "{title}\n    {reason}\n    {command}");
    }

    /// Keeps the slowest tests; of two equally slow tests the earlier one comes first.
    fn note_time(&mut self, result: &CaseResult) {
        if !self.options.times || matches!(result.outcome, Outcome::Skipped(_)) {
            return;
        }
        let at = self.slowest.partition_point(|(took, _)| *took >= result.took);
        if at < self.style.slowest {
            let title = self.title(result);
            self.slowest.insert(at, (result.took, title));
            self.slowest.truncate(self.style.slowest);
        }
    }

    fn ended(&mut self, ended: Ended) -> io::Result<()> {
        let mut text = String::new();
        if self.style.listing == Listing::Dots {
            let is_open = !self.tally.total().is_multiple_of(DOTS);
            text += if is_open { "\n\n" } else { "\n" };
            text += &self.waiting;
        }
        if !self.slowest.is_empty() {
            text += "slowest:\n";
            for (took, title) in &self.slowest {
                let _ = writeln!(text, "  {}  {title}", duration(*took));
            }
            text.push('\n');
        }
        if !self.failed.is_empty() {
            let _ = writeln!(text, "failed:\n{}", self.failed);
        }
        text += &self.shared_causes();
        text += &self.property_lines();
        text += &self.summary(ended);
        self.print(&text)?;
        if let Some(progress) = &mut self.progress {
            progress.clear();
        }
        Ok(())
    }

    /// Formats the causes that several tests share.
    fn shared_causes(&self) -> String {
        let mut text = String::new();
        for group in self.causes.shared() {
            let _ = writeln!(text, "  {}: {}", group.count(), group.cause);
            for line in group.places().lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        if text.is_empty() { text } else { format!("same cause:\n{text}\n") }
    }

    /// Formats the properties: all if every test has a line, else only the broken ones.
    fn property_lines(&mut self) -> String {
        let mut text = String::new();
        let has_all = self.style.listing == Listing::Each;
        for (path, PropertyCase { title, result, .. }) in self.properties.take() {
            let (sign, color, rest) = match result {
                PropertyResult::Broken(broken) => {
                    let rest =
                        format!("\n    {}\n    {}", broken.message, broken.command);
                    ("✗", AnsiColor::Red, rest)
                }
                _ if !has_all => continue,
                PropertyResult::Kept => ("✓", AnsiColor::Green, String::new()),
                PropertyResult::NotChecked(why) => {
                    ("-", AnsiColor::Yellow, format!("  not checked: {why}"))
                }
            };
            let sign = self.inked(sign, colored(color));
            let _ = writeln!(text, "{sign} {}  {title}{rest}", shown_path(&path));
        }
        if text.is_empty() { text } else { format!("{text}\n") }
    }

    /// Formats the last line.
    fn summary(&self, ended: Ended) -> String {
        let Ended { tally, found, files, took } = ended;
        let is_well = tally.failed == 0 && tally.not_run == 0;
        let color = if is_well { AnsiColor::Green } else { AnsiColor::Red };
        let mut text = self.inked(&counts(tally), colored(color).bold());
        if files > 1 {
            let _ = write!(text, ", in {}", plural(files, "file"));
        }
        let others = found.saturating_sub(tally.total());
        if others > 0 {
            let _ = write!(text, ", {others} not selected");
        }
        text + &self.time(took) + "\n"
    }

    fn time(&self, took: Duration) -> String {
        if !self.options.times {
            return String::new();
        }
        format!("  {}", self.inked(&duration(took), Style::new().dimmed()))
    }

    fn inked(&self, text: &str, ink: Style) -> String {
        if self.style.color && !text.is_empty() && ink != Style::new() {
            format!("{ink}{text}{ink:#}")
        } else {
            text.into()
        }
    }
}

impl Reporter for Console<'_> {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => Ok(()),
            RunEvent::Read { diagnostics, selected, is_last: is_all, .. } => {
                self.read(diagnostics, selected, is_all)?;
                self.out.flush()
            }
            RunEvent::Finished(result) => self.finished(result, scene.files),
            RunEvent::Waiting => self.out.flush(),
            RunEvent::Ended(ended) => {
                self.properties.add_without_tests(scene.library.without_tests());
                self.ended(ended)?;
                self.out.flush()
            }
        }
    }
}

fn colored(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}

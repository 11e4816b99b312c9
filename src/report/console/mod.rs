//! The report for people at a terminal.
//!
//! What is printed is the result; only the line that tells how far the run is goes
//! elsewhere. A failure is told in full as soon as it is known, since one may then already
//! read and mend; at the end all failures are listed once more, a line each with the command
//! that runs it alone, as cargo-nextest does. Only [`Listing::Dots`] tells failures in full
//! at the end, where they do not tear the dots apart.

mod buffer;
mod progress;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use self::buffer::Buffer;
use self::progress::Progress;
use super::words::{counts, explanation, headline, name_of, place_of, plural, seconds};
use super::{Options, Reporter};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Ended, Outcome, RunEvent, Scene, Tally};
use crate::source::Files;

/// How many dots stand on a line.
const DOTS: usize = 80;

/// How the console looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleStyle {
    /// What is printed of a test.
    pub listing: Listing,
    /// Whether it understands colours.
    pub color: bool,
    /// How many of the slowest tests are named at the end; none if times are not told.
    pub slowest: usize,
}

/// What the console prints of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Failures alone.
    Failures,
    /// A line each.
    Each,
    /// A line each if there are at most so many tests, else failures alone.
    Auto {
        /// How many.
        most: usize,
    },
    /// A sign each: `.` passed, `s` skipped, `F` failed, `B` broken, `P` panicked.
    Dots,
}

/// The report for people.
pub struct Console<'e> {
    out: Buffer<'e>,
    progress: Option<Progress<'e>>,
    style: ConsoleStyle,
    options: Options,
    /// How many tests are selected, as far as is known.
    selected: usize,
    tally: Tally,
    /// What was told of scenario files already.
    told: Vec<Diagnostic>,
    /// What is printed when it is known how much is printed of a test.
    held: Held,
    /// Failures that are told at the end.
    waiting: String,
    /// One entry a failure for the list at the end.
    failed: String,
    slowest: Vec<(Duration, String)>,
}

/// The same results, as the two listings print them that it may become.
#[derive(Debug, Default)]
struct Held {
    each: String,
    failures: String,
}

impl<'e> Console<'e> {
    /// Writes to `out`.
    pub fn new(out: Box<dyn Write + 'e>, style: ConsoleStyle, options: Options) -> Self {
        Self {
            out: Buffer::new(out),
            progress: None,
            style,
            options,
            selected: 0,
            tally: Tally::default(),
            told: Vec::new(),
            held: Held::default(),
            waiting: String::new(),
            failed: String::new(),
            slowest: Vec::new(),
        }
    }

    /// Keeps a line on a terminal, so many columns wide, that tells how far the run is. It
    /// is for a person who watches: leave it out where `terminal` is none, and under CI.
    #[must_use]
    pub fn progress(mut self, terminal: Box<dyn Write + 'e>, width: usize) -> Self {
        self.progress = Some(Progress::new(terminal, width));
        self
    }

    fn finished(&mut self, result: &CaseResult, files: &Files) -> io::Result<()> {
        self.tally.add(&result.outcome);
        self.note_time(result);
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

    /// Takes note of what was read. As soon as it is known whether there are few tests, what
    /// was held back is printed.
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
        self.selected = selected;
        let Listing::Auto { most } = self.style.listing else { return Ok(()) };
        let held = match (selected > most, is_all) {
            (true, _) => {
                self.style.listing = Listing::Failures;
                std::mem::take(&mut self.held).failures
            }
            (false, true) => {
                // Every test has its time in its line.
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
            // The line that tells how far the run is stands below all others.
            Some(progress) => {
                progress.clear();
                self.out.let_go()
            }
            None => Ok(()),
        }
    }

    fn dot(&self, outcome: &Outcome) -> String {
        let (sign, color) = match outcome {
            Outcome::Passed => (".", AnsiColor::Green),
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

    /// The line of a test that did not fail.
    fn line(&self, result: &CaseResult) -> String {
        let title = self.title(result);
        match &result.outcome {
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

    /// A failure in full.
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

    /// Why a test failed. What is wrong with a scenario file was told when it was read.
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
            Outcome::Panicked(_) => "  stopped by a bug of flowsim",
            _ => "",
        };
        format!("{sign} {}{kind}", self.title(result))
    }

    fn title(&self, result: &CaseResult) -> String {
        let name = self.inked(&name_of(&result.id), Style::new().bold());
        format!("{}  {name}", place_of(&result.id))
    }

    fn note_failure(&mut self, result: &CaseResult) {
        let title = self.failure_title(result);
        let command = self.inked(&one_line(&result.command()), Style::new().dimmed());
        let reason = headline(&result.outcome);
        let _ = writeln!(self.failed, "{title}\n    {reason}\n    {command}");
    }

    /// Keeps the slowest ones, the earlier one of two that are equally slow.
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
                let _ = writeln!(text, "  {}  {title}", seconds(*took));
            }
            text.push('\n');
        }
        if !self.failed.is_empty() {
            let _ = writeln!(text, "failed:\n{}", self.failed);
        }
        text += &self.summary(ended);
        self.print(&text)?;
        if let Some(progress) = &mut self.progress {
            progress.clear();
        }
        Ok(())
    }

    /// The last line.
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
        format!("  {}", self.inked(&seconds(took), Style::new().dimmed()))
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
    fn event(&mut self, event: &RunEvent<'_>, scene: Scene<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => Ok(()),
            RunEvent::Read { diagnostics, selected, is_all } => {
                self.read(diagnostics, selected, is_all)?;
                self.out.let_go()
            }
            RunEvent::Finished(result) => self.finished(result, scene.files),
            RunEvent::Waiting => self.out.let_go(),
            RunEvent::Ended(ended) => {
                self.ended(ended)?;
                self.out.let_go()
            }
        }
    }
}

fn colored(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}

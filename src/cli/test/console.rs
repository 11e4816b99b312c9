//! Console output of a run.

use std::io;

use clap::{Args, ValueEnum};

use crate::cli::output;
use crate::report::{self, Console, ConsoleStyle, Listing};
use crate::runner::{CaseResult, Outcome};
use crate::source::Files;
use crate::trace::{TextStyle, render_text};

/// Console options of the command line.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct ConsoleOptions {
    /// Console output for tests that pass
    #[arg(long, value_enum, default_value_t = Shown::Auto, value_name = "STYLE")]
    show: Shown,

    /// Show only failures and the counts
    #[arg(long, short, conflicts_with_all = ["verbose", "show"])]
    quiet: bool,

    /// Show one line per test, and the whole call of each test that fails
    #[arg(long, short, conflicts_with = "show")]
    verbose: bool,

    /// Format of the console output or of the list
    #[arg(
        long,
        value_enum,
        default_value_t = Format::Text,
        value_name = "FORMAT",
        conflicts_with = "on_request"
    )]
    pub(super) format: Format,
}

/// Formats of the console output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people
    Text,
    /// `flowsim.run/1`, one JSON object per line
    Json,
}

/// Console output for tests that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// One line per test if there are few, else only failures
    Auto,
    /// One line per test
    All,
    /// One dot per test
    Dots,
    /// Only failures
    Failures,
}

/// Number of slowest tests that are listed at the end if tests are not listed one by one.
const SLOWEST: usize = 3;

/// Maximum number of tests for which `--show auto` prints one line each.
const FEW: usize = 100;

impl ConsoleOptions {
    /// Creates the console report on standard output, or on standard error if a report is
    /// on standard output.
    pub(super) fn console<'e>(
        &self,
        mut options: report::Options,
        is_aside: bool,
    ) -> Console<'e> {
        let listing = match self.show {
            _ if self.quiet => Listing::Failures,
            _ if self.verbose => Listing::Each,
            Shown::All => Listing::Each,
            Shown::Dots => Listing::Dots,
            Shown::Auto => Listing::Auto { most: FEW },
            Shown::Failures => Listing::Failures,
        };
        if self.verbose {
            options.explain = explained_with_call;
        }
        let color = match is_aside {
            true => output::aside_has_color(),
            false => output::result_has_color(),
        };
        let out = output::stream(is_aside);
        let is_short = self.quiet || listing == Listing::Each;
        let slowest = if is_short { 0 } else { SLOWEST };
        let console =
            Console::new(out, ConsoleStyle { listing, color, slowest }, options);
        let is_watched = !self.quiet && output::is_watched();
        match terminal_size::terminal_size_of(io::stderr()).filter(|_| is_watched) {
            Some((width, _)) => {
                console.progress(Box::new(io::stderr()), usize::from(width.0))
            }
            None => console,
        }
    }
}

/// Explains why a test failed or could not run.
pub(super) fn explained(result: &CaseResult, files: &Files) -> String {
    match (&result.outcome, &result.trace, &result.program) {
        (Outcome::Failed(mismatches), Some(trace), Some(program)) => {
            report::explain(mismatches, trace, program, files)
        }
        (Outcome::Broken(diagnostics), ..) => {
            let style = crate::diagnostic::Style { color: false, ..Default::default() };
            crate::diagnostic::render_text(diagnostics, files, style)
        }
        _ => String::new(),
    }
}

/// Explains why a test failed, and adds its whole call.
fn explained_with_call(result: &CaseResult, files: &Files) -> String {
    let text = explained(result, files);
    match (&result.trace, &result.program) {
        (Some(trace), Some(program)) => {
            let call = render_text(trace, &program.symbols, TextStyle::default());
            format!("{}\n\n{call}", text.trim_end())
        }
        _ => text,
    }
}

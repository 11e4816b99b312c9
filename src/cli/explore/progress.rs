//! The number of answered questions, as a line on a terminal.

use std::cell::Cell;

use crate::cli::output;

/// The number of questions after which the line is drawn again: a terminal is slower than
/// the search.
const INTERVAL: u64 = 2_000;

/// Clears the line.
const CLEAR: &str = "\r\u{1b}[K";

/// A line on standard error, if that is a terminal and not the log of a build.
pub(super) struct Progress {
    is_watched: bool,
    budget: u64,
    /// The number of questions at which the line was drawn.
    drawn: Cell<Option<u64>>,
}

impl Progress {
    pub(super) fn new(budget: u64) -> Self {
        Self { is_watched: output::is_watched(), budget, drawn: Cell::new(None) }
    }

    /// Shows the number of answered questions.
    pub(super) fn show(&self, used: u64) {
        if let Some(line) = self.line(used) {
            output::aside(&line);
        }
    }

    fn line(&self, used: u64) -> Option<String> {
        let is_due = self.drawn.get().is_none_or(|drawn| used >= drawn + INTERVAL);
        if !self.is_watched || !is_due {
            return None;
        }
        self.drawn.set(Some(used));
        Some(format!("{CLEAR}{used} questions answered, at most {}", self.budget))
    }

    /// Clears the line before other output.
    pub(super) fn end(&self) {
        if self.drawn.get().is_some() {
            output::aside(CLEAR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_a_line_now_and_then() {
        let progress =
            Progress { is_watched: true, budget: 9_000, drawn: Cell::new(None) };
        let lines: Vec<String> =
            (0..5_000).filter_map(|used| progress.line(used)).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1], "\r\u{1b}[K2000 questions answered, at most 9000");
        let unseen = Progress { is_watched: false, ..progress };
        assert_eq!(unseen.line(9_000), None);
    }
}

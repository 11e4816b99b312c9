//! Progress line of a run.

use std::io::Write;

use unicode_width::UnicodeWidthChar;

use crate::runner::Tally;

/// Approximate number of times the line is drawn per run: a terminal is slower than a
/// test.
const DRAWINGS: usize = 500;

/// Moves to the first column and clears the rest of the line.
const CLEAR: &str = "\r\u{1b}[K";

/// Progress line at the bottom of a terminal. Write errors are ignored.
pub(super) struct Progress<'e> {
    terminal: Box<dyn Write + 'e>,
    width: usize,
    is_shown: bool,
}

impl<'e> Progress<'e> {
    pub(super) fn new(terminal: Box<dyn Write + 'e>, width: usize) -> Self {
        Self { terminal, width, is_shown: false }
    }

    /// Shows the number of finished tests and the name of the last one. `selected` is the
    /// number of tests, and whether it is final. In a large suite the line is not drawn
    /// for every test, but always after it was cleared.
    pub(super) fn draw(&mut self, selected: (usize, bool), tally: Tally, name: &str) {
        let done = tally.total();
        let every = (selected.0 / DRAWINGS).max(1);
        if self.is_shown && !done.is_multiple_of(every) {
            return;
        }
        let failed = match tally.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        // A total that grows while files are read would be misleading.
        let total = match selected {
            (total, true) => format!(" of {total}"),
            (_, false) => String::new(),
        };
        let line = format!("{done}{total}{failed}  {name}");
        // A line that reaches the last column would wrap.
        let line = fitting(&line, self.width.saturating_sub(1));
        let _ = write!(self.terminal, "{CLEAR}{line}");
        let _ = self.terminal.flush();
        self.is_shown = true;
    }

    /// Clears the line before other output.
    pub(super) fn clear(&mut self) {
        if self.is_shown {
            let _ = self.terminal.write_all(CLEAR.as_bytes());
            let _ = self.terminal.flush();
            self.is_shown = false;
        }
    }
}

/// Returns the beginning of the text that fits the width.
fn fitting(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > width {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one() {
        assert_eq!(fitting("1 of 2  größe", 11), "1 of 2  grö");
        assert_eq!(fitting("日本語", 5), "日本");
        assert_eq!(fitting("abc", 3), "abc");
        assert_eq!(fitting("abc", 0), "");
    }

    #[test]
    fn large_suites_draw_some_hundred_times() {
        let mut written = Vec::new();
        let mut progress = Progress::new(Box::new(&mut written), 80);
        for passed in 1..=10_000 {
            let tally = Tally { passed, ..Tally::default() };
            progress.draw((10_000, passed > 5_000), tally, "a");
        }
        progress.clear();
        progress.clear();
        drop(progress);
        let text = String::from_utf8(written).unwrap();
        let lines: Vec<&str> = text.split(CLEAR).filter(|it| !it.is_empty()).collect();
        assert_eq!(lines.len(), 501);
        assert_eq!(lines.first(), Some(&"1  a"));
        assert_eq!(lines.last(), Some(&"10000 of 10000  a"));
        assert!(text.ends_with(CLEAR));
    }
}

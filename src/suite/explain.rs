//! Human-readable rendering of mismatches.

use std::fmt::Write;

use similar::{Algorithm, ChangeTag, capture_diff_slices, group_diff_ops};

use super::history::History;
use super::mismatch::{Mismatch, Shown};
use crate::diagnostic::visible::one_line;
use crate::program::Program;
use crate::source::Files;
use crate::trace::Trace;
use crate::value::Text;

/// Number of equal lines shown around differing ones.
const CONTEXT: usize = 3;

/// Number of steps shown before the step of a mismatch.
const STEPS_BEFORE: usize = 3;

/// Maximum number of difference lines shown.
const MAX_LINES: usize = 60;

/// Renders the mismatches of a case, one block each, separated by blank lines. A block
/// has the message, the position of the expectation, the difference (`-` expected, `+`
/// found), the cause, and the last steps. `files` must contain the scenario file.
pub fn explain(
    mismatches: &[Mismatch],
    trace: &Trace,
    program: &Program,
    files: &Files,
) -> String {
    let history = History::of(trace, program);
    let mut out = String::new();
    let mut shown = None;
    for (index, mismatch) in mismatches.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        line(&mut out, 0, &format!("{}: {}", mismatch.subject, mismatch.message));
        let path = files.get(mismatch.span.file).path().display();
        let number = files.position(mismatch.span).line;
        line(&mut out, 2, &format!("at {path}:{number}"));
        difference(&mut out, &mismatch.difference());
        let before = index.checked_sub(1).and_then(|before| mismatches.get(before));
        match before {
            Some(before) if before.cause == mismatch.cause && before.cause.len() > 1 => {
                line(&mut out, 2, "for the same reason");
            }
            _ => mismatch.cause.iter().for_each(|cause| line(&mut out, 2, cause)),
        }
        if mismatch.step.is_some() && mismatch.step != shown {
            steps(&mut out, history, mismatch.step);
            shown = mismatch.step;
        }
    }
    out
}

impl Mismatch {
    /// Returns the differing lines with their context: `-` is expected, `+` was found.
    pub fn difference(&self) -> Vec<String> {
        differing(&lines_of(&self.expected), &lines_of(&self.found))
    }
}

/// Writes an indented line that is safe for the terminal; leading spaces are kept.
fn line(out: &mut String, indent: usize, text: &str) {
    let _ = writeln!(out, "{:indent$}{}", "", one_line(text));
}

fn difference(out: &mut String, lines: &[String]) {
    for text in lines.iter().take(MAX_LINES) {
        line(out, 4, text);
    }
    if let Some(more @ 1..) = lines.len().checked_sub(MAX_LINES) {
        line(out, 4, &format!("… {more} more lines"));
    }
}

fn lines_of(shown: &Shown) -> Vec<Text> {
    match shown {
        Shown::Nothing => Vec::new(),
        Shown::Text(text) => vec![text.clone()],
        Shown::Lines(lines) => lines.clone(),
    }
}

/// Returns the differing lines with their sign, and the lines around them.
pub(super) fn differing(expected: &[Text], found: &[Text]) -> Vec<String> {
    let operations = capture_diff_slices(Algorithm::Myers, expected, found);
    let mut lines = Vec::new();
    for (index, group) in group_diff_ops(operations, CONTEXT).iter().enumerate() {
        let begins = group.first().is_none_or(|first| first.old_range().start == 0);
        if index > 0 || !begins {
            lines.push("  …".into());
        }
        for change in group.iter().flat_map(|it| it.iter_changes(expected, found)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(format!("{sign} {}", change.value()));
        }
    }
    lines
}

/// Writes the step of a mismatch and the last steps before it.
fn steps(out: &mut String, history: History<'_>, step: Option<u32>) {
    let (Some(step), Some(last)) = (step, history.last_step()) else { return };
    let step = (step as usize).min(last);
    line(out, 2, "the last steps:");
    for index in step.saturating_sub(STEPS_BEFORE)..=step {
        line(out, 4, &history.place(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of_text(text: &str) -> Vec<Text> {
        text.split(' ').map(Text::from).collect()
    }

    #[test]
    fn equal_lines_are_omitted_except_for_context() {
        let expected = lines_of_text("a b c d e f g");
        let found = lines_of_text("a b c d e x g");
        let lines = differing(&expected, &found);
        assert_eq!(lines, ["  …", "  c", "  d", "  e", "- f", "+ x", "  g"]);
        assert_eq!(differing(&expected, &expected), [""; 0]);
        assert_eq!(differing(&[], &lines_of_text("a")), ["+ a"]);
    }

    #[test]
    fn an_inserted_line_does_not_move_the_others() {
        let lines = differing(&lines_of_text("a b c"), &lines_of_text("a x b c"));
        assert_eq!(lines, ["  a", "+ x", "  b", "  c"]);
    }

    #[test]
    fn long_differences_are_cut() {
        let mut out = String::new();
        let many: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        difference(&mut out, &many);
        assert_eq!(out.lines().count(), MAX_LINES + 1);
        assert!(out.ends_with("… 140 more lines\n"), "{out}");
    }

    #[test]
    fn control_characters_are_escaped() {
        let mut out = String::new();
        line(&mut out, 1, "a\u{1b}[31m\nb");
        assert_eq!(out, " a␛[31m␊b\n");
    }
}

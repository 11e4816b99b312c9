//! Explanation of a failed test: what differs, why, and the last steps.

use std::fmt::Write;

use super::comparison;
use crate::diagnostic::visible::one_line;
use crate::program::Program;
use crate::source::Files;
use crate::suite::{Mismatch, place_of_step};
use crate::trace::Trace;
use crate::value::Text;

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
    let mut out = String::new();
    let mut shown = None;
    let mut cause_before = Vec::new();
    for (index, mismatch) in mismatches.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        line(&mut out, 0, &format!("{}: {}", mismatch.subject, mismatch.message));
        let path = files.get(mismatch.span.file).path().display();
        let number = files.position(mismatch.span).line;
        line(&mut out, 2, &format!("at {path}:{number}"));
        difference(&mut out, &mismatch.difference());
        let cause = cause(mismatch);
        match cause == cause_before && cause.len() > 1 {
            true => line(&mut out, 2, "for the same reason"),
            false => cause.iter().for_each(|cause| line(&mut out, 2, cause)),
        }
        cause_before = cause;
        if mismatch.step.is_some() && mismatch.step != shown {
            steps(&mut out, (trace, program), mismatch.step);
            shown = mismatch.step;
        }
    }
    out
}

/// Returns the reasons for a mismatch, one line each: those of its step, and the
/// differences from a recording.
pub(super) fn cause(mismatch: &Mismatch) -> Vec<Text> {
    let comparison = mismatch.comparison.as_deref();
    let differences = comparison.map(comparison::render_differences).unwrap_or_default();
    let lines = differences.lines().filter(|line| !line.trim().is_empty());
    mismatch.cause.iter().cloned().chain(lines.map(Text::from)).collect()
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

/// Writes the step of a mismatch and the last steps before it.
fn steps(out: &mut String, (trace, program): (&Trace, &Program), step: Option<u32>) {
    let (Some(step), Some(last)) = (step, trace.steps.len().checked_sub(1)) else {
        return;
    };
    let step = (step as usize).min(last);
    line(out, 2, "the last steps:");
    for index in step.saturating_sub(STEPS_BEFORE)..=step {
        line(out, 4, &place_of_step(trace, program, index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

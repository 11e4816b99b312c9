//! Explanation of a failed test: what differs, why, and the last steps.

use std::fmt::Write;

use super::comparison;
use crate::diagnostic::visible::one_line;
use crate::program::Program;
use crate::source::Files;
use crate::suite::{LEFT, Mismatch, place_of_step};
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
    let mut written = Written::default();
    for (index, mismatch) in mismatches.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        line(&mut out, 0, &format!("{}: {}", mismatch.subject, mismatch.message));
        let path = files.get(mismatch.span.file).path().display();
        let number = files.position(mismatch.span).line;
        line(&mut out, 2, &format!("at {path}:{number}"));
        difference(&mut out, &mismatch.difference());
        written.write(&cause(mismatch), &mut out);
        if mismatch.step.is_some() && mismatch.step != shown {
            steps(&mut out, (trace, program), mismatch.step);
            shown = mismatch.step;
        }
    }
    out
}

/// The causal chains that were written, each with its further lines.
#[derive(Default)]
struct Written(Vec<Vec<Text>>);

impl Written {
    /// Writes the chains of a mismatch that no earlier mismatch has.
    fn write(&mut self, cause: &[Text], out: &mut String) {
        let is_first = |line: &Text| !line.starts_with(' ');
        let (mut is_new, mut is_known) = (false, false);
        for chain in cause.chunk_by(|_, next| !is_first(next)) {
            let mut bare = chain.to_vec();
            if let Some(first) = bare.first_mut()
                && let Some(rest) = first.strip_prefix(LEFT)
            {
                *first = rest.into();
            }
            if self.0.contains(&bare) {
                is_known = true;
                continue;
            }
            is_new = true;
            chain.iter().for_each(|text| line(out, 2, text));
            self.0.push(bare);
        }
        if is_known && !is_new {
            line(out, 2, "for the same reason");
        }
    }
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

/// Writes the differing lines; of many lines, those around the first that is missing.
fn difference(out: &mut String, lines: &[String]) {
    let missing = lines.iter().position(|line| line.starts_with('-')).unwrap_or(0);
    let most = lines.len().saturating_sub(MAX_LINES);
    let first = missing.saturating_sub(MAX_LINES / 2).min(most);
    if first > 0 {
        line(out, 4, &format!("… {first} earlier lines"));
    }
    for text in lines.iter().skip(first).take(MAX_LINES) {
        line(out, 4, text);
    }
    if let Some(more @ 1..) = lines.len().checked_sub(first + MAX_LINES) {
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
    fn the_lines_around_the_missing_one_are_shown() {
        let mut out = String::new();
        let mut many: Vec<String> = (0..200).map(|n| format!("+ {n}")).collect();
        many[100] = "- wanted".into();
        difference(&mut out, &many);
        assert!(out.starts_with("    … 70 earlier lines\n    + 70\n"), "{out}");
        assert!(out.contains("    - wanted\n"), "{out}");
        assert!(out.ends_with("    + 129\n    … 70 more lines\n"), "{out}");
    }

    #[test]
    fn a_causal_chain_is_written_once() {
        let chain: [Text; 2] = ["step 2 took `no`".into(), "  `a` = 1".into()];
        let left = [format!("{LEFT}step 2 took `no`").into(), "  `a` = 1".into()];
        let (mut written, mut out) = (Written::default(), String::new());
        written.write(&left, &mut out);
        assert_eq!(out, "  left the expected path: step 2 took `no`\n    `a` = 1\n");
        out.clear();
        written.write(
            &["routed at step 9".into(), chain[0].clone(), chain[1].clone()],
            &mut out,
        );
        assert_eq!(out, "  routed at step 9\n");
        out.clear();
        written.write(&chain, &mut out);
        assert_eq!(out, "  for the same reason\n");
    }

    #[test]
    fn control_characters_are_escaped() {
        let mut out = String::new();
        line(&mut out, 1, "a\u{1b}[31m\nb");
        assert_eq!(out, " a␛[31m␊b\n");
    }
}

//! What several reports say in the same words.

use std::path::{Path, is_separator};
use std::time::Duration;

use quick_junit::Report;

use super::Explain;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::visible::{all_lines, one_line};
use crate::runner::{CaseId, CaseResult, Outcome, Tally};
use crate::source::{Files, Position};
use crate::suite::Mismatch;

/// The path of the scenario file as it was given, with forward slashes.
pub(super) fn path_of(path: &Path) -> String {
    let path = path.to_string_lossy();
    path.chars().map(|c| if is_separator(c) { '/' } else { c }).collect()
}

/// The scenario file, safe to print.
pub(super) fn file_of(id: &CaseId) -> String {
    one_line(&path_of(&id.file))
}

/// File and line, as editors and terminals make a link of it.
pub(super) fn place_of(id: &CaseId) -> String {
    format!("{}:{}", file_of(id), id.line)
}

/// What people call the test, safe to print.
pub(super) fn name_of(id: &CaseId) -> String {
    one_line(&id.title)
}

/// Where the first expectation stands that does not hold, or what keeps the test from
/// running, if it stands in the scenario file.
pub(super) fn place_of_failure(result: &CaseResult, files: &Files) -> Option<Position> {
    let span = match &result.outcome {
        Outcome::Failed(mismatches) => mismatches.first()?.span,
        Outcome::Broken(diagnostics) => {
            let span = diagnostics.first()?.labels.first()?.span;
            (span.file == result.id.span.file).then_some(span)?
        }
        Outcome::Passed | Outcome::Skipped(_) | Outcome::Panicked(_) => return None,
    };
    Some(files.position(span))
}

/// One line a reason why the test failed; none if it did not.
pub(super) fn reasons(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Passed | Outcome::Skipped(_) => Vec::new(),
        Outcome::Failed(mismatches) => mismatches.iter().map(mismatch).collect(),
        Outcome::Broken(diagnostics) => diagnostics.iter().map(diagnostic).collect(),
        Outcome::Panicked(message) => {
            vec![format!("flowsim failed: {}", one_line(message))]
        }
    }
}

fn mismatch(mismatch: &Mismatch) -> String {
    one_line(&format!("{}: {}", mismatch.subject, mismatch.message))
}

fn diagnostic(diagnostic: &Diagnostic) -> String {
    let Diagnostic { severity, code, message, .. } = diagnostic;
    one_line(&format!("{}[{}]: {message}", severity.name(), code.name()))
}

/// The first reason, and how many more there are.
pub(super) fn headline(outcome: &Outcome) -> String {
    let reasons = reasons(outcome);
    match reasons.as_slice() {
        [] => outcome.name().into(),
        [reason] => reason.clone(),
        [reason, more @ ..] => format!("{reason} (and {} more)", more.len()),
    }
}

/// Why the test failed, in whole, safe to print, without a line break at its end.
pub(super) fn explanation(
    result: &CaseResult,
    explain: Explain,
    files: &Files,
) -> String {
    let text = match &result.outcome {
        Outcome::Passed | Outcome::Skipped(_) => return String::new(),
        Outcome::Panicked(message) => {
            format!("flowsim failed, which is a bug of ours; please report it: {message}")
        }
        Outcome::Failed(_) | Outcome::Broken(_) => explain(result, files),
    };
    all_lines(text.trim_end())
}

/// How many tests came out how, as in "3 tests: 1 passed, 2 failed".
pub(super) fn counts(tally: Tally) -> String {
    let parts = [
        (tally.passed, "passed"),
        (tally.failed, "failed"),
        (tally.skipped, "skipped"),
        (tally.not_run, "not run"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    match parts.as_slice() {
        [] => "no tests".into(),
        parts => format!("{}: {}", plural(tally.total(), "test"), parts.join(", ")),
    }
}

/// A number of things: "1 test", "2 tests".
pub(super) fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A number with its thousands apart: "10,000".
pub(super) fn counted(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// JUnit's XML without the number of skipped cases of the whole report: no schema knows this
/// attribute there; that of every suite stays.
pub(super) fn without_count_of_skipped(text: &str, report: &Report) -> String {
    text.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1)
}

/// A time in seconds, to the millisecond.
pub(super) fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

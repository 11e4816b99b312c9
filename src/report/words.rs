//! Wording shared by several reports.

use std::io;
use std::path::{Path, PathBuf, is_separator};
use std::time::Duration;

use quick_junit::Report;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use super::Explain;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::visible::{all_lines, one_line};
use crate::runner::{CaseId, CaseResult, Outcome, Tally};
use crate::source::{Files, Position};
use crate::suite::Mismatch;

/// Returns the path of the scenario file as given, with forward slashes.
pub(super) fn path_of(path: &Path) -> String {
    let path = path.to_string_lossy();
    path.chars().map(|c| if is_separator(c) { '/' } else { c }).collect()
}

/// Returns the longest folder that contains all paths.
pub(super) fn common_folder(paths: &[PathBuf]) -> PathBuf {
    let mut paths = paths.iter();
    let first = paths.next().and_then(|path| path.parent());
    let first = first.unwrap_or(Path::new("")).to_owned();
    paths.fold(first, |folder, path| {
        let pairs = folder.components().zip(path.components());
        pairs.take_while(|(one, other)| one == other).map(|(part, _)| part).collect()
    })
}

/// Returns the path of the scenario file, safe to print.
pub(super) fn file_of(id: &CaseId) -> String {
    shown_path(&id.file)
}

/// Returns the path of a scenario file, safe to print.
pub(super) fn shown_path(path: &Path) -> String {
    one_line(&path_of(path))
}

/// Returns file and line in the form that editors and terminals turn into a link.
pub(super) fn place_of(id: &CaseId) -> String {
    format!("{}:{}", file_of(id), id.line)
}

/// Returns the display name of the test, safe to print.
pub(super) fn name_of(id: &CaseId) -> String {
    one_line(&id.title)
}

/// Returns the position of the first failed expectation, or of the problem that prevents
/// the test from running if it is in the scenario file.
pub(super) fn place_of_failure(result: &CaseResult, files: &Files) -> Option<Position> {
    let span = match &result.outcome {
        Outcome::Failed(mismatches) => mismatches.first()?.span,
        Outcome::Broken(diagnostics) => {
            let span = diagnostics.first()?.labels.first()?.span;
            (span.file == result.id.span.file).then_some(span)?
        }
        Outcome::Passed
        | Outcome::ExpectedFailure { .. }
        | Outcome::Skipped(_)
        | Outcome::Panicked(_) => return None,
    };
    Some(files.position(span))
}

/// Returns the reasons why the test failed, one line each; empty if it did not fail.
pub(super) fn reasons(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Passed | Outcome::ExpectedFailure { .. } | Outcome::Skipped(_) => {
            Vec::new()
        }
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

/// Returns the first reason and the number of further reasons.
pub(super) fn headline(outcome: &Outcome) -> String {
    let reasons = reasons(outcome);
    match reasons.as_slice() {
        [] => outcome.name().into(),
        [reason] => reason.clone(),
        [reason, more @ ..] => format!("{reason} (and {} more)", more.len()),
    }
}

/// Returns the full reason why the test failed, safe to print, without a line break at
/// its end.
pub(super) fn explanation(
    result: &CaseResult,
    explain: Explain,
    files: &Files,
) -> String {
    if let Some(reported) = &result.reported {
        return all_lines(reported.explanation.trim_end());
    }
    let text = match &result.outcome {
        Outcome::Passed | Outcome::ExpectedFailure { .. } | Outcome::Skipped(_) => {
            return String::new();
        }
        Outcome::Panicked(message) => {
            format!(
                "flowsim failed, which is a bug in flowsim; please report it: {message}"
            )
        }
        Outcome::Failed(_) | Outcome::Broken(_) => explain(result, files),
    };
    all_lines(text.trim_end())
}

/// Formats the number of tests by outcome, as in "3 tests: 1 passed, 2 failed".
pub(super) fn counts(tally: Tally) -> String {
    let parts = [
        (tally.passed, "passed"),
        (tally.failed, "failed"),
        (tally.expected_failures, "failed as expected"),
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

/// Formats a count with its noun: "1 test", "2 tests".
pub(crate) fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Formats a number with thousands separators: "10,000".
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

/// Writes a JUnit report in two parts: up to the start tag of its root element, and the
/// rest. The root has no number of skipped cases, because no schema has this attribute
/// there. The suites keep theirs.
pub(super) fn junit_parts(report: &Report) -> io::Result<[String; 2]> {
    let text = report.to_string().map_err(io::Error::other)?;
    let mut reader = Reader::from_str(&text);
    loop {
        let start = position(&reader);
        let root = match reader.read_event().map_err(io::Error::other)? {
            Event::Start(root) => root,
            Event::Eof => return Ok([text, String::new()]),
            _ => continue,
        };
        let attributes = root.attributes().flatten();
        let kept = attributes.filter(|it| it.key.as_ref() != b"skipped");
        let root = BytesStart::new("testsuites").with_attributes(kept);
        let mut head = Writer::new(text[..start].to_owned().into_bytes());
        head.write_event(Event::Start(root))?;
        let head = String::from_utf8(head.into_inner()).map_err(io::Error::other)?;
        return Ok([head, text[position(&reader)..].to_owned()]);
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Formats a duration with three to four digits: "850 µs", "12.3 ms", "1.234 s".
pub fn duration(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{:.3} s", time.as_secs_f64()),
    }
}

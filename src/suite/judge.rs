//! Comparison of a played call with the expectations of its case.

use std::collections::BTreeSet;

use super::event_index::EventIndex;
use super::history::{History, failure_text};
use super::mismatch::{Mismatch, Shown};
use super::play::Played;
use super::scenario::{Case, Expectation, Forbidden};
use super::{attribute, calls, path, prompts, recorded, routing, targets, variable};
use crate::analysis::matcher::{Range, TextMatcher, quoted};
use crate::diagnostic::Code;
use crate::flow::Spanned;
use crate::program::Program;
use crate::source::Span;
use crate::trace::{EventKind, Failure, Status, Trace, Transfer, diagnostic};
use crate::value::Text;

/// Returns everything that differs from the expectations, or an empty list. Differences
/// from the recording or script come first, then the expectations in their order.
///
/// If a recorded call could not be replayed to its end, its expectations are not checked.
pub fn judge(case: &Case, played: &Played, program: &Program) -> Vec<Mismatch> {
    let mut mismatches = played.script.clone();
    mismatches.extend(recorded::check(case, played, program));
    if !played.is_whole() {
        return mismatches;
    }
    mismatches.extend(played.properties.iter().cloned());
    let index = EventIndex::default();
    let history = History::of(&played.trace, program, &index);
    let expectations = || case.expectations.iter().map(|it| &**it);
    let mut found: Vec<Mismatch> = Vec::new();
    for Spanned { value, span } in expectations() {
        found.extend(check(value, *span, history, played));
    }
    if !found.is_empty() {
        let paths = expectations().filter_map(|it| match &it.value {
            Expectation::Path(wanted) => Some(path::expected_decisions(history, wanted)),
            _ => None,
        });
        let expected: BTreeSet<usize> = paths.flatten().collect();
        found.iter_mut().for_each(|it| it.mark_expected(&expected));
    }
    mismatches.extend(found);
    mismatches
}

fn check(
    expectation: &Expectation,
    span: Span,
    history: History<'_>,
    played: &Played,
) -> Vec<Mismatch> {
    let trace = &played.trace;
    let mismatch = match expectation {
        Expectation::Status(wanted) => {
            status(history, *wanted, trace.status, trace.failure.as_deref(), span)
        }
        Expectation::Error(wanted) => {
            error(history, wanted, trace.failure.as_deref(), span)
        }
        Expectation::Path(wanted) => path::check(history, wanted, span),
        Expectation::Variable(name, wanted) => {
            let value = variable::at_end(history.program, played, name);
            variable::check(history, name, value, wanted, span)
        }
        Expectation::Attribute(name, wanted) => {
            attribute::check(history, played, name, wanted, span)
        }
        Expectation::Routing(wanted) => {
            return routing::check(history, trace.routing(), wanted.as_deref(), span);
        }
        Expectation::Transfer(wanted) => {
            transfer(history, wanted.as_ref(), trace.transfer(), span)
        }
        Expectation::Prompts(wanted) => prompts::check(history, wanted),
        Expectation::ElapsedMs(range) => {
            let took = trace.elapsed_ms;
            let mismatch =
                number("elapsedMs", "the call to take", "ms", *range, took, span);
            mismatch.map(|mismatch| mismatch.because(slowest(history, took)))
        }
        Expectation::Actions(range) => actions(trace, *range, span),
        Expectation::Calls(wanted) => calls::check(history, wanted, span),
        Expectation::Forbidden(flag) => check_flag(*flag, history, played, span),
    };
    mismatch.into_iter().collect()
}

fn actions(trace: &Trace, range: Range, span: Span) -> Option<Mismatch> {
    let count = i64::from(trace.actions);
    let mismatch = number("actions", "the call to start", "actions", range, count, span);
    let code = trace.failure.as_ref().map(|failure| failure.code);
    let is_limit = code == Some(Code::ACTION_LIMIT_EXCEEDED);
    let why = "the last one exceeded `maxActions`: it was counted but not executed";
    mismatch.map(|mismatch| mismatch.because(is_limit.then_some(why)))
}

/// Checks the status of a call. `failure` is the reason of an early end, if it is known
/// better than from the events.
pub(super) fn status(
    history: History<'_>,
    wanted: Status,
    found: Status,
    failure: Option<&Failure>,
    span: Span,
) -> Option<Mismatch> {
    if wanted == found {
        return None;
    }
    // The step that began last ended the call.
    let step = history.last_step();
    let is_over_early = found != Status::Completed;
    let own = || step.and_then(|step| history.failure(step));
    let why = failure.or_else(own).filter(|_| is_over_early);
    let why = why.map_or(String::new(), |failure| format!(": {}", failure_text(failure)));
    let (wanted, found) = (wanted.name(), found.name());
    let message = format!("expected the status {wanted}, found {found}{why}");
    Some(
        Mismatch::new(span, "status", message)
            .between(Shown::Text(wanted.into()), Shown::Text(found.into()))
            .at_step(step)
            .because(reasons_of(history, step, is_over_early)),
    )
}

/// Returns why a step went where it did, if `is_itself`, and the decision that led to it.
fn reasons_of(history: History<'_>, step: Option<usize>, is_itself: bool) -> Vec<Text> {
    let Some(step) = step else { return Vec::new() };
    let mut lines = if is_itself { history.reason(step) } else { Vec::new() };
    lines.extend(history.cause(step, None).1);
    lines
}

fn error(
    history: History<'_>,
    wanted: &Text,
    failure: Option<&Failure>,
    span: Span,
) -> Option<Mismatch> {
    let found = failure.map(|failure| failure.code.name());
    if found.is_some_and(|found| found.eq_ignore_ascii_case(wanted)) {
        return None;
    }
    let ending = failure.map_or("no error".into(), failure_text);
    let message = format!("expected the call to end with {wanted}, found {ending}");
    let step = history.last_step();
    let found = found.map_or(Shown::Nothing, |found| Shown::Text(found.into()));
    Some(
        Mismatch::new(span, "error", message)
            .between(Shown::Text(wanted.clone()), found)
            .at_step(step)
            .because(reasons_of(history, step, failure.is_some())),
    )
}

fn transfer(
    history: History<'_>,
    wanted: Option<&TextMatcher>,
    found: Option<&Transfer>,
    span: Span,
) -> Option<Mismatch> {
    let fits = |wanted: &TextMatcher, found: &Transfer| {
        let texts = [Some(&found.name), found.id.as_ref()];
        texts.into_iter().flatten().any(|text| wanted.matches(text))
    };
    let target = |it: &Transfer| format!("{} {}", it.kind.name(), quoted(&it.name));
    let message = match (wanted, found) {
        (None, None) => return None,
        (Some(wanted), Some(found)) if fits(wanted, found) => return None,
        (None, Some(found)) => {
            let target = target(found);
            format!(
                "expected the call not to be transferred, found a transfer to {target}"
            )
        }
        (Some(wanted), Some(found)) => {
            format!("expected a transfer to {wanted}, found one to {}", target(found))
        }
        (Some(wanted), None) => format!("expected a transfer to {wanted}, found none"),
    };
    let transferred = history.last(|it| matches!(it, EventKind::Transferred(_)));
    let (step, cause) = match (transferred, wanted) {
        (Some((_, step)), _) => (Some(step), reasons_of(history, Some(step), false)),
        (None, Some(wanted)) => {
            let nodes = targets::transferring(history.program, wanted);
            let end = history.steps.len();
            let (step, cause) = history.cause(end, Some((&nodes, 0)));
            (step.or_else(|| history.last_step()), cause)
        }
        (None, None) => (history.last_step(), Vec::new()),
    };
    let routed = wanted.and_then(|wanted| routing::routed_to(history, wanted));
    let text = |text: String| Shown::Text(text.into());
    let expected = wanted.map_or(Shown::Nothing, |it| text(it.to_string()));
    Some(
        Mismatch::new(span, "transfer", message)
            .between(expected, found.map_or(Shown::Nothing, |it| text(target(it))))
            .at_step(step)
            .because(routed)
            .because(cause),
    )
}

fn number(
    subject: &str,
    what: &str,
    unit: &str,
    range: Range,
    found: i64,
    span: Span,
) -> Option<Mismatch> {
    if range.contains(found) {
        return None;
    }
    let message = format!("expected {what} {range} {unit}, found {found}");
    Some(Mismatch::new(span, subject, message).between(
        Shown::Text(range.to_string().into()),
        Shown::Text(found.to_string().into()),
    ))
}

/// Number of slowest steps shown.
const SLOWEST: usize = 3;

/// Returns the steps that took longest, in execution order.
fn slowest(history: History<'_>, elapsed_ms: i64) -> Vec<String> {
    // The clock advances in one step at a time, even where steps call others.
    let ends = history.steps.iter().skip(1).map(|step| step.start_ms);
    let starts = history.steps.iter().map(|step| step.start_ms);
    let took = starts.zip(ends.chain([elapsed_ms])).map(|(start, end)| end - start);
    let mut took: Vec<(usize, i64)> =
        took.enumerate().filter(|(_, took)| *took > 0).collect();
    took.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    took.truncate(SLOWEST);
    took.sort_unstable();
    let line = |(step, took)| format!("{took} ms passed in {}", history.place(step));
    took.into_iter().map(line).collect()
}

fn check_flag(
    flag: Forbidden,
    history: History<'_>,
    played: &Played,
    span: Span,
) -> Option<Mismatch> {
    let (subject, message, lines, step) = match flag {
        Forbidden::NoUnusedFixtures => {
            let message = "answers in the fixtures of the test were never used".into();
            ("unusedFixtures", message, played.unused_fixtures.clone(), None)
        }
        Forbidden::NoUnusedInputs => {
            let inputs = played.unused_inputs.iter();
            let lines: Vec<Text> =
                inputs.map(|input| Text::from(input.to_string())).collect();
            let message = match lines.len() {
                1 => "1 input was never used".to_owned(),
                count => format!("{count} inputs were never used"),
            };
            ("unusedInputs", message, lines, None)
        }
        Forbidden::NoDiagnostics => {
            let (lines, step) = notes(history);
            ("diagnostics", "the call has notes or warnings".into(), lines, step)
        }
    };
    if lines.is_empty() {
        return None;
    }
    Some(
        Mismatch::new(span, subject, message)
            .between(Shown::Nothing, Shown::Lines(lines))
            .at_step(step),
    )
}

/// Returns the notes and warnings of the run with their steps, and the first of these
/// steps.
fn notes(history: History<'_>) -> (Vec<Text>, Option<usize>) {
    let symbols = &history.program.symbols;
    let mut lines: Vec<Text> = Vec::new();
    let mut first = None;
    for event in history.events {
        let Some((code, message)) = diagnostic(&event.kind, symbols) else { continue };
        let step = event.step as usize;
        first = first.or(Some(step));
        let line = format!("{} at {}: {message}", code.name(), history.place(step));
        lines.push(line.into());
    }
    (lines, first)
}

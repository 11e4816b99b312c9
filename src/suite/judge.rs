//! Whether a call that was played is what its case expects.

use super::history::{History, told};
use super::matcher::Range;
use super::mismatch::{Mismatch, Shown};
use super::play::Played;
use super::scenario::{Case, Expectation, Flag};
use super::{asked, path, prompts, recorded, routing, variable};
use crate::diagnostic::Code;
use crate::flow::Written;
use crate::program::Program;
use crate::source::Span;
use crate::trace::{Failure, Status, diagnostic};
use crate::value::Text;

/// Everything that is not as the case expects it: what is not as it was recorded or what its
/// script says first, then its expectations in their order. Nothing if all is well.
///
/// Of a call that could not be made to its end nothing else is expected.
pub fn judge(case: &Case, played: &Played, program: &Program) -> Vec<Mismatch> {
    let mut mismatches = played.script.clone();
    mismatches.extend(recorded::check(case, played, program));
    if !played.is_whole() {
        return mismatches;
    }
    let history = History::of(&played.trace, program);
    for expected in &case.expectations {
        let Written { value, span } = &**expected;
        mismatches.extend(check(value, *span, history, played));
    }
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
        Expectation::Routing(wanted) => {
            return routing::check(history, trace.routing(), wanted.as_deref(), span);
        }
        Expectation::Prompts(wanted) => prompts::check(history, wanted),
        Expectation::ElapsedMs(range) => {
            let took = trace.elapsed_ms;
            let told = number("elapsedMs", "the call to take", "ms", *range, took, span);
            told.map(|mismatch| mismatch.because(slowest(history, took)))
        }
        Expectation::Actions(range) => {
            let count = i64::from(trace.actions);
            let told =
                number("actions", "the call to start", "actions", *range, count, span);
            let code = trace.failure.as_ref().map(|failure| failure.code);
            let is_over = code == Some(Code::ACTION_LIMIT_EXCEEDED);
            let why =
                "the last one was too many for `maxActions`: it counts, and did not run";
            told.map(|mismatch| mismatch.because(is_over.then_some(why)))
        }
        Expectation::Calls(wanted) => asked::check(history, wanted, span),
        Expectation::Flag(flag) => check_flag(*flag, history, played, span),
    };
    mismatch.into_iter().collect()
}

/// How a call ended. `failure` is why it did not complete, if that is known better than from
/// what happened.
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
    // Whatever ended the call did so in the step that began last.
    let step = history.last_step();
    let is_over_early = found != Status::Completed;
    let own = || step.and_then(|step| history.failure(step));
    let why = failure.or_else(own).filter(|_| is_over_early);
    let why = why.map_or(String::new(), |failure| format!(": {}", told(failure)));
    let (wanted, found) = (wanted.name(), found.name());
    let message = format!("expected the status {wanted}, found {found}{why}");
    Some(
        Mismatch::new(span, "status", message)
            .between(Shown::Text(wanted.into()), Shown::Text(found.into()))
            .at_step(step)
            .because(way_to(history, step, is_over_early)),
    )
}

/// What a step came to, if that matters, and the decision that led to it.
fn way_to(history: History<'_>, step: Option<usize>, is_itself: bool) -> Vec<Text> {
    let Some(step) = step else { return Vec::new() };
    let mut lines = if is_itself { history.reason(step) } else { Vec::new() };
    if let Some(decided) = history.decision_before(step) {
        lines.extend(history.reason(decided));
    }
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
    let told = failure.map_or("no error".into(), told);
    let message = format!("expected the call to end with {wanted}, found {told}");
    let step = history.last_step();
    let found = found.map_or(Shown::Nothing, |found| Shown::Text(found.into()));
    Some(
        Mismatch::new(span, "error", message)
            .between(Shown::Text(wanted.clone()), found)
            .at_step(step)
            .because(way_to(history, step, failure.is_some())),
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

/// How many of the steps that took longest are told.
const SLOWEST: usize = 3;

/// Where the time of a call went: the steps that took longest, in their order.
fn slowest(history: History<'_>, elapsed_ms: i64) -> Vec<String> {
    // The clock moves in one step at a time, even where steps call others.
    let ends = history.steps.iter().skip(1).map(|step| step.start_ms);
    let starts = history.steps.iter().map(|step| step.start_ms);
    let took = starts.zip(ends.chain([elapsed_ms])).map(|(start, end)| end - start);
    let mut took: Vec<(usize, i64)> =
        took.enumerate().filter(|(_, took)| *took > 0).collect();
    took.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    took.truncate(SLOWEST);
    took.sort_unstable();
    let told = |(step, took)| format!("{took} ms passed in {}", history.place(step));
    took.into_iter().map(told).collect()
}

fn check_flag(
    flag: Flag,
    history: History<'_>,
    played: &Played,
    span: Span,
) -> Option<Mismatch> {
    let (subject, message, lines, step) = match flag {
        Flag::NoUnusedFixtures => {
            let message = "fixtures of the test prepare answers that nobody asked for";
            ("unusedFixtures", message, played.unused_fixtures.clone(), None)
        }
        Flag::NoUnusedInputs => {
            let inputs = played.unused_inputs.iter();
            let lines = inputs.map(|input| Text::from(input.to_string())).collect();
            ("unusedInputs", "nobody asked for inputs of the test", lines, None)
        }
        Flag::NoDiagnostics => {
            let (lines, step) = notes(history);
            ("diagnostics", "the call has notes or warnings", lines, step)
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

/// Notes and warnings of the run, each with its place, and the step of the first.
fn notes(history: History<'_>) -> (Vec<Text>, Option<usize>) {
    let legend = &history.program.legend;
    let mut lines: Vec<Text> = Vec::new();
    let mut first = None;
    for event in history.events {
        let Some((code, message)) = diagnostic(&event.fact, legend) else { continue };
        let step = event.step as usize;
        first = first.or(Some(step));
        let line = format!("{} at {}: {message}", code.name(), history.place(step));
        lines.push(line.into());
    }
    (lines, first)
}

//! Whether a call that was played is what its case expects.

use super::history::{History, shown, told};
use super::matcher::{Range, TextMatcher, ValueMatcher, quoted, similarity};
use super::mismatch::{Mismatch, Shown};
use super::play::Played;
use super::scenario::{Case, Expectation, Flag};
use super::{asked, path, routing};
use crate::diagnostic::nearest;
use crate::flow::Written;
use crate::program::Program;
use crate::source::Span;
use crate::trace::{Fact, Failure, Status, diagnostic};
use crate::value::{Json, Text, Value};

pub(super) use routing::wrong_queue;

/// Texts that have less in common are not worth showing side by side.
const MIN_LIKENESS: f64 = 0.5;

/// Everything that is not as the case expects it: what its script says first, then its
/// expectations in their order. Nothing if all is well.
pub fn judge(case: &Case, played: &Played, program: &Program) -> Vec<Mismatch> {
    let mut mismatches = played.script.clone();
    let history = History::of(&played.trace, program);
    for Written { value, span } in &case.expectations {
        mismatches.extend(check(value, *span, history, played));
    }
    mismatches
}

fn check(
    expectation: &Expectation,
    span: Span,
    history: History<'_>,
    played: &Played,
) -> Option<Mismatch> {
    let trace = &played.trace;
    match expectation {
        Expectation::Status(wanted) => {
            status(history, *wanted, trace.status, trace.failure.as_deref(), span)
        }
        Expectation::Error(wanted) => {
            error(history, wanted, trace.failure.as_deref(), span)
        }
        Expectation::Path(wanted) => path::check(history, wanted, span),
        Expectation::Variable(name, wanted) => {
            let value = value_at_end(history.program, played, name);
            variable(history, name, value, wanted, span)
        }
        Expectation::Routing(wanted) => {
            routing::check(history, trace.routing(), wanted.as_deref(), span)
        }
        Expectation::Prompts(wanted) => prompts(history, wanted, played),
        Expectation::ElapsedMs(range) => {
            number("elapsedMs", "the call to take", "ms", *range, trace.elapsed_ms, span)
        }
        Expectation::Actions(range) => {
            let count = i64::from(trace.actions);
            number("actions", "the call to start", "actions", *range, count, span)
        }
        Expectation::Calls(wanted) => asked::check(history, wanted, span),
        Expectation::Flag(flag) => check_flag(*flag, history, played, span),
    }
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
    let failed = history.last(|fact| matches!(fact, Fact::Failed(_)));
    let failed = failed.filter(|_| found != Status::Completed).map(|(_, step)| step);
    let own = failed.and_then(|step| history.failure(step));
    let why = failure.or(own).filter(|_| found != Status::Completed);
    let why = why.map_or(String::new(), |failure| format!(": {}", told(failure)));
    let is_over_early = found != Status::Completed;
    let is_over_early = found != Status::Completed;
    let (wanted, found) = (wanted.name(), found.name());
    let message = format!("expected the status {wanted}, found {found}{why}");
    let step = failed.or_else(|| history.last_step());
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
    let failed = failure.and_then(|_| history.last(|it| matches!(it, Fact::Failed(_))));
    let failed = failed.map(|(_, step)| step);
    let step = failed.or_else(|| history.last_step());
    let found = found.map_or(Shown::Nothing, |found| Shown::Text(found.into()));
    Some(
        Mismatch::new(span, "error", message)
            .between(Shown::Text(wanted.clone()), found)
            .at_step(step)
            .because(way_to(history, step, failed.is_some())),
    )
}

fn value_at_end<'p>(
    program: &Program,
    played: &'p Played,
    name: &str,
) -> Option<&'p Value> {
    let trace = &played.trace;
    let id = program.variable(trace.flow, name);
    let known = trace.variables.iter().find(|(own, _)| Some(*own) == id);
    let built_in = || played.built_ins.iter().find(|(own, _)| own == name);
    let other = || trace.other_variables.iter().find(|(own, _)| own == name);
    let known = known.map(|(_, value)| value);
    known.or_else(|| Some(&built_in().or_else(other)?.1))
}

/// What a variable of the first flow holds.
pub(super) fn variable(
    history: History<'_>,
    name: &str,
    value: Option<&Value>,
    wanted: &ValueMatcher,
    span: Span,
) -> Option<Mismatch> {
    let value = value.unwrap_or(&Value::NOT_SET);
    if wanted.fits(value) {
        return None;
    }
    let message = format!("expected `{name}` to be {wanted}, it is {}", shown(value));
    let expected = match wanted {
        ValueMatcher::Equals(json) => Shown::json(json),
        ValueMatcher::Text(TextMatcher::Equals(text)) => {
            Shown::json(&Json::String(text.clone()))
        }
        other => Shown::Text(other.to_string().into()),
    };
    let mismatch = Mismatch::new(span, format!("variables.{name}"), message)
        .between(expected, Shown::json(&value.to_json()))
        .because(other_type(wanted, value));
    let flow = history.steps.first().map(|step| history.compiled(step.node).flow);
    let id = flow.and_then(|flow| history.program.variable(flow, name));
    let Some(id) = id else {
        let names = flow.map(|flow| history.program.variable_names(flow));
        let near = names.and_then(|names| nearest(name, names));
        let told = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Some(
            mismatch.because([format!("no loaded flow has a variable `{name}`{told}")]),
        );
    };
    let assigned = history.assigned(id, history.events.len());
    let assigned = assigned.filter(|(_, set)| *set == value).map(|(event, _)| event);
    let Some(event) = assigned else {
        let mismatch = mismatch.at_step(history.last_step());
        if !value.is_unset() {
            return Some(mismatch.because(["it was brought by the call"]));
        }
        let end = Some(history.steps.len());
        return Some(
            mismatch.because(["no step set it"]).because(way_to(history, end, false)),
        );
    };
    let step = history.events.get(event).map(|event| event.step as usize);
    Some(
        mismatch
            .at_step(step)
            .because(history.set_at(id, event))
            .because(way_to(history, step, false)),
    )
}

/// `1` and `"1"` look alike.
fn other_type(wanted: &ValueMatcher, found: &Value) -> Option<&'static str> {
    let ValueMatcher::Equals(wanted) = wanted else { return None };
    let found = found.to_json();
    let bare = |json: &Json| match json {
        Json::String(text) => text.to_string(),
        other => other.to_string(),
    };
    let is_text = |json: &Json| matches!(json, Json::String(_));
    (is_text(wanted) != is_text(&found) && bare(wanted) == bare(&found))
        .then_some("one of them is a text, in quotes; the other is not")
}

/// A text that is expected, as a line beside texts that were heard.
pub(super) fn line_of(matcher: &TextMatcher) -> Text {
    match matcher {
        TextMatcher::Equals(text) => text.clone(),
        other => other.to_string().into(),
    }
}

/// What was heard, in order; other texts may stand between.
fn prompts(
    history: History<'_>,
    wanted: &[Written<TextMatcher>],
    played: &Played,
) -> Option<Mismatch> {
    let legend = &history.program.legend;
    let mut rest = played.trace.prompts(legend);
    let is_missing = |it: &Written<TextMatcher>| !rest.any(|text| it.value.fits(text));
    let missing = wanted.iter().position(is_missing)?;
    let Written { value: matcher, span } = wanted.get(missing)?;
    let heard: Vec<&Text> = played.trace.prompts(legend).collect();
    // What was found is shown in the words that were heard, so that only the rest differs.
    let (mut lines, mut next) = (Vec::new(), 0);
    for (index, expected) in wanted.iter().enumerate() {
        let left = heard.get(next..).unwrap_or_default();
        let found = left.iter().position(|text| expected.value.fits(text));
        match found.filter(|_| index < missing) {
            Some(at) => {
                lines.push((*left.get(at)?).clone());
                next += at + 1;
            }
            None => lines.push(line_of(&expected.value)),
        }
    }
    let after = match missing {
        0 => String::new(),
        _ => format!(" after {}", quoted(lines.get(missing - 1)?)),
    };
    let message =
        format!("expected the caller to hear {matcher}{after}, it was not said");
    let said = heard.get(next..).unwrap_or_default();
    let decided = history.decision_before(history.steps.len());
    let cause = decided.map(|step| history.reason(step)).unwrap_or_default();
    let shown = heard.iter().map(|text| (*text).clone()).collect();
    Some(
        Mismatch::new(*span, format!("prompts[{missing}]"), message)
            .between(Shown::Lines(lines), Shown::Lines(shown))
            .at_step(decided)
            .because(most_like(matcher, said))
            .because(cause),
    )
}

/// The text that is most like the one that was expected.
fn most_like(matcher: &TextMatcher, heard: &[&Text]) -> Option<String> {
    let wanted = matcher.text()?;
    let alike = heard.iter().map(|text| (similarity(wanted, text), *text));
    let (likeness, text) = alike.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (likeness >= MIN_LIKENESS)
        .then(|| format!("most like it is {}: {likeness:.2}", quoted(text)))
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

//! Checks of calls to external services.

use super::history::{History, shown, shown_json};
use super::mismatch::{Mismatch, Shown};
use super::scenario::CallExpectation;
use super::targets;
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::trace::{EventKind, Field, Subject};
use crate::value::{Json, Text, Value};

/// A call of an external service.
struct ExternalCall<'h> {
    step: usize,
    /// Ids, names, addresses and keys by which the call can be named.
    names: Vec<&'h Text>,
    inputs: Inputs<'h>,
}

/// Inputs of a call.
enum Inputs<'h> {
    Json(&'h Json),
    Entries(Vec<(&'h Text, &'h Value)>),
}

impl Inputs<'_> {
    /// Returns the input with this name, or NOT_SET.
    fn get(&self, name: &str) -> Value {
        match self {
            Self::Json(json) => json.get(name).cloned().unwrap_or_default().into(),
            Self::Entries(entries) => {
                let found = entries.iter().find(|(own, _)| *own == name);
                found.map_or(Value::NOT_SET, |(_, value)| (*value).clone())
            }
        }
    }

    fn to_json(&self) -> Json {
        match self {
            Self::Json(json) => (*json).clone(),
            Self::Entries(entries) => Json::object(
                entries.iter().map(|(name, value)| ((*name).clone(), value.to_json())),
            ),
        }
    }
}

/// Checks the calls so far against an expectation.
pub(super) fn check(
    history: History<'_>,
    expected: &CallExpectation,
    span: Span,
) -> Option<Mismatch> {
    let all = external_calls(history);
    let is_named =
        |call: &&ExternalCall<'_>| call.names.iter().any(|name| **name == expected.name);
    let named: Vec<&ExternalCall<'_>> = all.iter().filter(is_named).collect();
    let fits = |call: &&&ExternalCall<'_>| {
        let mut with = expected.with.iter();
        with.all(|(name, matcher)| matcher.matches(&call.inputs.get(name)))
    };
    let fitting: Vec<&ExternalCall<'_>> = named.iter().filter(fits).copied().collect();
    let count = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
    if expected.times.map_or(count > 0, |times| times.contains(count)) {
        return None;
    }
    let subject = format!("calls.{}", expected.name);
    Some(match (named.is_empty(), fitting.is_empty()) {
        (true, _) => not_called(history, expected, &all, span, subject),
        (false, true) => {
            called_with_other_inputs(history, expected, &named, span, subject)
        }
        (false, false) => called_other_times(history, expected, &fitting, span, subject),
    })
}

fn called_other_times(
    history: History<'_>,
    expected: &CallExpectation,
    fitting: &[&ExternalCall<'_>],
    span: Span,
    subject: String,
) -> Mismatch {
    let wanted = match expected.times {
        Some(range) if range.max == Some(0) => "not to be called".into(),
        Some(range) => format!("to be called {range} times"),
        None => "to be called".into(),
    };
    let count = match fitting.len() {
        1 => "once".into(),
        count => format!("{count} times"),
    };
    let name = &expected.name;
    let inputs = if expected.with.is_empty() { "" } else { " with these values" };
    let message =
        format!("expected `{name}` {wanted}{inputs}, but it was called {count}");
    let called = |it: &&ExternalCall<'_>| format!("called at {}", history.place(it.step));
    Mismatch::new(span, subject, message)
        .at_step(fitting.last().map(|last| last.step))
        .because(fitting.iter().map(called))
}

fn not_called(
    history: History<'_>,
    expected: &CallExpectation,
    all: &[ExternalCall<'_>],
    span: Span,
    subject: String,
) -> Mismatch {
    let message =
        format!("expected `{}` to be called, but it was not called", expected.name);
    let mut names: Vec<Text> = Vec::new();
    for name in all.iter().filter_map(|call| call.names.first()) {
        if !names.contains(name) {
            names.push((*name).clone());
        }
    }
    let near = all.iter().flat_map(|call| &call.names).map(|name| name.as_str());
    let near =
        nearest(&expected.name, near).map(|near| format!("did you mean `{near}`?"));
    let found = if names.is_empty() { Shown::Nothing } else { Shown::Lines(names) };
    let nodes = targets::calling(history.program, &expected.name);
    let (step, cause) = history.cause(history.steps.len(), Some((&nodes, 0)));
    Mismatch::new(span, subject, message)
        .between(Shown::Lines(vec![expected.name.clone()]), found)
        .at_step(step)
        .because(near)
        .because(cause)
}

fn called_with_other_inputs(
    history: History<'_>,
    expected: &CallExpectation,
    named: &[&ExternalCall<'_>],
    span: Span,
    subject: String,
) -> Mismatch {
    // The call with the fewest wrong inputs.
    let wrong = |call: &ExternalCall<'_>| {
        let mut with = expected.with.iter();
        with.by_ref()
            .filter(|(name, matcher)| !matcher.matches(&call.inputs.get(name)))
            .count()
    };
    let nearest = named.iter().min_by_key(|call| wrong(call));
    let Some(nearest) = nearest else {
        return Mismatch::new(span, subject, "it was not called");
    };
    let (mut wanted, mut found, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (name, matcher) in &expected.with {
        let value = nearest.inputs.get(name);
        let line = format!("{name}: {}", shown(&value));
        if matcher.matches(&value) {
            wanted.push(line.clone().into());
        } else {
            wanted.push(format!("{name}: {matcher}").into());
            names.push(format!("`{name}`"));
        }
        found.push(line.into());
    }
    let name = &expected.name;
    let message =
        format!("`{name}` was called, but with other values for {}", names.join(" and "));
    Mismatch::new(span, subject, message)
        .between(Shown::Lines(wanted), Shown::Lines(found))
        .at_step(Some(nearest.step))
        .because([format!(
            "{} sent {}",
            history.place(nearest.step),
            shown_json(&nearest.inputs.to_json())
        )])
}

/// Returns all calls of external services, in order.
fn external_calls(history: History<'_>) -> Vec<ExternalCall<'_>> {
    let mut external_calls: Vec<ExternalCall<'_>> = Vec::new();
    for event in history.events {
        let step = event.step as usize;
        let named = |name, inputs| {
            let names = [name].into_iter().chain(names_of(history, step)).collect();
            ExternalCall { step, names, inputs }
        };
        match &event.kind {
            EventKind::Requested(asked) if asked.subject != Subject::Flow => {
                external_calls.push(named(&asked.name, Inputs::Json(&asked.inputs)));
            }
            EventKind::Input(Field::DataAction, Value::String(name)) => {
                external_calls.push(named(name, Inputs::Entries(Vec::new())));
            }
            EventKind::Entry(entry) if !entry.of.is_output() => {
                let is_new = external_calls.last().is_none_or(|call| call.step != step);
                if is_new {
                    external_calls.extend(of_other_action(history, step));
                }
                if let Some(call) = external_calls.last_mut().filter(|it| it.step == step)
                    && let Inputs::Entries(entries) = &mut call.inputs
                {
                    entries.push((&entry.name, &entry.value));
                }
            }
            _ => {}
        }
    }
    // Calls without inputs.
    for step in 0..history.steps.len() {
        let other = of_other_action(history, step);
        external_calls.extend(
            other.filter(|it| external_calls.iter().all(|own| own.step != it.step)),
        );
    }
    external_calls.sort_by_key(|call| call.step);
    external_calls
}

/// Returns the call of an action that fixtures answer by its name or kind.
fn of_other_action(history: History<'_>, step: usize) -> Option<ExternalCall<'_>> {
    let label = history.label(step)?;
    let node = history.steps.get(step)?.node;
    history.compiled(node).is_external_call().then(|| {
        let names = vec![&label.name, &label.id, &label.node_type];
        ExternalCall { step, names, inputs: Inputs::Entries(Vec::new()) }
    })
}

/// Returns other names of the service that the node calls.
fn names_of(history: History<'_>, step: usize) -> impl Iterator<Item = &Text> {
    let node = history.steps.get(step).map(|step| step.node);
    node.into_iter().flat_map(move |node| history.compiled(node).service_names())
}

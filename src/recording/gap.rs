//! Recorded answers with an unknown part, and how the local flow shows that part.

use super::derive::RecordedAnswer;
use crate::engine::Session;
use crate::program::StepAction;
use crate::program::architect::{Action, Binding, DataActionCall, Lookup};
use crate::trace::observation::Gap;
use crate::value::{Json, JsonObject, Text};
use crate::world::{Answer, Response};

/// Status of a failure without one.
const FAILED: u16 = 500;

/// Latency that exceeds all timeouts, in milliseconds: a hundred days, the maximum in
/// fixtures.
const NEVER_MS: i64 = 8_640_000_000;

/// Returns a recorded answer; `None` if an unknown part of it matters.
pub(super) fn filled(recorded: &RecordedAnswer, session: &Session) -> Option<Answer> {
    match (&recorded.gap, &recorded.answer) {
        (None, answer) => Some(answer.clone()),
        (Some(Gap::Outputs(set)), Answer::Response(response)) => {
            with_variables(response, set, session)
        }
        (Some(Gap::Path(next)), Answer::Response(response)) => {
            Some(by_path(response, next.as_ref(), session))
        }
        _ => None,
    }
}

/// Returns the call of a data action that a session waits for.
fn call(session: &Session) -> Option<&DataActionCall> {
    let step = session.steps().last()?;
    match &session.program().steps.get(step.node.index())?.action {
        StepAction::Architect(action) => match &**action {
            Action::Lookup(Lookup::DataAction(call)) => Some(call),
            _ => None,
        },
        _ => None,
    }
}

/// Adds the outputs that the flow binds to variables, whose values were recorded.
fn with_variables(
    response: &Response,
    set: &[(Text, Json)],
    session: &Session,
) -> Option<Answer> {
    let call = call(session)?;
    let bindings = match response.status {
        200 => &call.success,
        _ => &call.failure,
    };
    let mut output = fields(&response.output);
    let symbols = &session.program().symbols;
    for binding in bindings {
        let Some(variable) = binding.variable else { continue };
        if !output.contains_key(&binding.name) {
            let name = symbols.variable(variable);
            let (_, value) = set.iter().find(|it| it.0.eq_ignore_ascii_case(name))?;
            output.insert(binding.name.clone(), value.clone());
        }
    }
    let output = Json::object(output);
    Some(Answer::Response(Response { output, ..response.clone() }))
}

/// Returns the answer whose outputs and next step are the recorded ones: a success, a
/// failure or a timeout.
fn by_path(response: &Response, next: Option<&Text>, session: &Session) -> Answer {
    let (succeeds, fails) = match call(session) {
        Some(call) => (
            gives(&call.success, &response.output),
            gives(&call.failure, &response.output),
        ),
        None => (true, false),
    };
    let failed = Response { status: FAILED, ..response.clone() };
    let late = Response { latency_ms: NEVER_MS, ..response.clone() };
    let is_empty = fields(&response.output).is_empty();
    let mut all = [(response.clone(), succeeds), (failed, fails), (late, is_empty)];
    // Answers with other outputs are tried last.
    all.sort_by_key(|(_, is_given)| !is_given);
    let mut answers = all.into_iter().map(|(response, _)| Answer::Response(response));
    // The record of the call so far would be copied for each answer.
    let waiting = session.without_history();
    let leads = |answer: &Answer| {
        let mut tried = waiting.clone();
        tried.answer(answer.clone());
        tried.step();
        let step = tried.steps().get(waiting.steps().len());
        let id = step.map(|step| &session.program().symbols.node(step.node).id);
        id == next
    };
    let first = answers.next();
    let found = first.clone().filter(leads).or_else(|| answers.find(leads));
    found.or(first).unwrap_or_else(|| Answer::Response(response.clone()))
}

/// Returns whether these are the outputs that a flow binds to variables.
fn gives(bindings: &[Binding], output: &Json) -> bool {
    let outputs = fields(output);
    let is_bound = |name: &Text| bindings.iter().any(|it| it.name == *name);
    let mut bound = bindings.iter().filter(|it| it.variable.is_some());
    bound.all(|it| outputs.contains_key(&it.name)) && outputs.keys().all(is_bound)
}

fn fields(output: &Json) -> JsonObject {
    match output {
        Json::Object(fields) => fields.as_ref().clone(),
        _ => JsonObject::default(),
    }
}

//! The `callData` action: data actions.

use super::super::outcome::{Outcome, by_output};
use super::super::speech;
use super::super::values::{expected, inputs};
use super::outputs::named_outputs;
use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::program::architect::{Binding, DataActionCall, Source};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::{Json, Text, Type, Value};
use crate::world::Answer;

/// Output indexes, in the order of the labels.
const SUCCESS: u16 = 0;
const FAILURE: u16 = 1;
const TIMEOUT: u16 = 2;

/// The timeout of an action that does not set one, in milliseconds. *Source: every export
/// sets this value.*
const DEFAULT_TIMEOUT_MS: i64 = 60_000;

/// The delay before the caller hears that the action is still running, in milliseconds.
/// *Source: Genesys' help on Call Data Action.*
const PROMPT_DELAY_MS: i64 = 1_000;

pub(super) fn ask(
    state: &mut State,
    program: &Program,
    call: &DataActionCall,
) -> Outcome {
    let name = Value::String(name_of(call));
    state.note(|| EventKind::Input(Field::DataAction, name));
    let inputs = inputs(state, program, &call.inputs)?;
    Ok(state.ask(Waiting::DataAction { inputs }))
}

fn name_of(call: &DataActionCall) -> Text {
    call.name.clone().or_else(|| call.id.clone()).unwrap_or_default()
}

pub(super) fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    call: &DataActionCall,
    answer: Answer,
) -> Outcome {
    let timeout_ms = timeout(state, program, &call.timeout)?;
    let Answer::Response(response) = answer else {
        let name = name_of(call);
        let message = format!("the fixtures have no answer for data action `{name}`");
        let code = Code::DATA_ACTION_NOT_MOCKED;
        if state.is_strict {
            return Err(Failure::new(code, message));
        }
        state.note(|| EventKind::Noted(code));
        return fail_with(state, program, step, call, code, &message);
    };
    let taken_ms = response.latency_ms.min(timeout_ms);
    if let Some(frame) = pass(state, program, call, taken_ms)? {
        return Ok(Effect::CutOff(frame));
    }
    if response.is_later_than(timeout_ms) {
        return Ok(by_output(step, TIMEOUT));
    }
    if !response.is_success() {
        let body = error_body(&response.output, response.status);
        return fail(state, program, step, call, &body);
    }
    match read(state, program, &call.success, &response.output) {
        Ok(results) => {
            named_outputs(state, program, Field::SuccessOutputs, results)?;
            Ok(by_output(step, SUCCESS))
        }
        Err(message) => {
            let code = Code::WRONG_TYPE;
            state.note(|| EventKind::Warned(Failure::new(code, message.as_str())));
            fail_with(state, program, step, call, code, &message)
        }
    }
}

fn timeout(
    state: &mut State,
    program: &Program,
    source: &Source,
) -> Result<i64, Box<Failure>> {
    match state.value(program, source)? {
        Value::Duration(duration) => Ok(duration.milliseconds().max(0)),
        unset if unset.is_unset() => Ok(DEFAULT_TIMEOUT_MS),
        other => Err(expected("a Duration", &other)),
    }
}

/// Waits for the given time and plays the prompt if the wait is long. Returns the index
/// of the frame whose deadline passed, if any.
fn pass(
    state: &mut State,
    program: &Program,
    call: &DataActionCall,
    milliseconds: i64,
) -> Result<Option<usize>, Box<Failure>> {
    if milliseconds <= PROMPT_DELAY_MS || call.prompt.is_unset() {
        return Ok(state.wait(milliseconds));
    }
    if let Some(frame) = state.wait(PROMPT_DELAY_MS) {
        return Ok(Some(frame));
    }
    speech::say(state, program, &call.prompt)?;
    Ok(state.wait(milliseconds - PROMPT_DELAY_MS))
}

/// Reads the results of a success, each converted to the type of its variable.
fn read<'b>(
    state: &State,
    program: &Program,
    bindings: &'b [Binding],
    body: &Json,
) -> Result<Vec<(&'b Binding, Value)>, String> {
    let mut results = Vec::with_capacity(bindings.len());
    for binding in bindings {
        let holds = binding.variable.map(|variable| state.type_of(program, variable));
        let found = field(body, &binding.name);
        let value = decode(found, holds)
            .map_err(|problem| format!("output `{}`: {problem}", binding.name))?;
        results.extend(value.map(|value| (binding, value)));
    }
    Ok(results)
}

/// Converts a result to the type of its variable. A result without a variable keeps its
/// own type. Returns `None` if the body lacks a result that has no variable.
fn decode(found: Option<Json>, holds: Option<Type>) -> Result<Option<Value>, String> {
    let Some(holds) = holds else { return Ok(found.map(Value::from)) };
    let one = match found {
        // A single item where a collection is expected.
        Some(json) if holds.is_collection && !matches!(json, Json::Array(_)) => {
            if json == Json::Null { json } else { Json::array([json]) }
        }
        Some(json) => json,
        None => return Ok(Some(Value::unset(holds))),
    };
    if one == Json::Null {
        return Ok(Some(Value::unset(holds)));
    }
    Value::decode(&one, holds).map(Some)
}

/// Returns the field with this name: `total`, `queue.id` within an object, or
/// `agents.name` of all objects in a list. Keys that contain dots themselves take
/// precedence.
fn field(body: &Json, name: &str) -> Option<Json> {
    if let Json::Array(items) = body {
        // Items without the field stay, so that the collections of a list are parallel.
        let fields = items.iter().map(|item| match field(item, name) {
            Some(Json::Array(inner)) => inner.as_ref().clone(),
            found => vec![found.unwrap_or_default()],
        });
        return Some(Json::array(fields.flatten()));
    }
    if let Some(found) = body.get(name) {
        return Some(found.clone());
    }
    name.match_indices('.').find_map(|(at, _)| {
        let inner = body.get(&name[..at])?;
        field(inner, &name[at + 1..])
    })
}

/// Takes the output `failure` for a problem that flowsim detected, not the server.
fn fail_with(
    state: &mut State,
    program: &Program,
    step: &Step,
    call: &DataActionCall,
    code: Code,
    message: &str,
) -> Outcome {
    let text = |text: &str| Json::String(text.into());
    let body = Json::object([
        ("errorCode".into(), text(code.name())),
        ("userMessage".into(), text(message)),
        ("message".into(), text(message)),
    ]);
    fail(state, program, step, call, &body)
}

/// Returns the error body with the keys that Architect uses for a failure.
fn error_body(body: &Json, status: u16) -> Json {
    const SAME: [(&str, &str); 4] = [
        ("errorCode", "code"),
        ("userMessage", "message"),
        ("message", "userMessage"),
        ("correlationId", "contextId"),
    ];
    let mut entries = match body {
        Json::Object(entries) => entries.as_ref().clone(),
        _ => Default::default(),
    };
    for (name, other) in SAME {
        if let (None, Some(value)) = (entries.get(name), body.get(other)) {
            entries.insert(name.into(), value.clone());
        }
    }
    entries.entry("status".into()).or_insert(Json::Integer(status.into()));
    Json::object(entries)
}

/// Takes the output `failure`. A value that does not fit its variable is left out,
/// because the action has failed already.
fn fail(
    state: &mut State,
    program: &Program,
    step: &Step,
    call: &DataActionCall,
    body: &Json,
) -> Outcome {
    let mut results = Vec::with_capacity(call.failure.len());
    for binding in &call.failure {
        let holds = binding.variable.map(|variable| state.type_of(program, variable));
        let value = decode(field(body, &binding.name), holds);
        let value = value.unwrap_or_else(|_| holds.map(Value::unset));
        results.extend(value.map(|value| (binding, value)));
    }
    named_outputs(state, program, Field::FailureOutputs, results)?;
    Ok(by_output(step, FAILURE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Option<String> {
        let body = Json::parse(
            r#"{"a": 1, "a.b": 2, "c": {"d": {"e": 3}, "x.y": 4},
                "list": [{"id": 1, "in": [{"z": 1}, {"z": 2}]}, {}, {"id": 3, "in": []}]}"#,
        );
        field(&body.unwrap(), name).map(|json| json.to_string())
    }

    #[test]
    fn fields_by_name() {
        for (name, expected) in [
            ("a", Some("1")),
            ("a.b", Some("2")),
            ("c.d.e", Some("3")),
            ("c.x.y", Some("4")),
            ("list.id", Some("[1,null,3]")),
            ("list.in.z", Some("[1,2,null]")),
            ("c.e", None),
            ("a.x", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(found(name).as_deref(), expected, "{name}");
        }
    }
}

//! Inputs and outputs of actions, and recording them in the trace.

use crate::diagnostic::Code;
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::program::Program;
use crate::program::architect::Source;
use crate::trace::{Entry, EventKind, Failure, Field};
use crate::value::{Text, Value};

/// Evaluates an input and records it.
pub(super) fn input(
    state: &mut State,
    program: &Program,
    source: &Source,
    field: Field,
) -> Result<Value, Box<Failure>> {
    let value = state.value(program, source)?;
    note_input(state, field, &value);
    Ok(value)
}

/// Evaluates an input and records it. Anything but a constant is put in the given place.
#[inline]
pub(super) fn peek_input<'v>(
    state: &mut State,
    program: &Program,
    source: &'v Source,
    field: Field,
    place: &'v mut Value,
) -> Result<&'v Value, Box<Failure>> {
    let value = state.peek(program, source, place)?;
    note_input(state, field, value);
    Ok(value)
}

#[inline(never)]
fn note_input(state: &mut State, field: Field, value: &Value) {
    if !state.omits_inputs {
        let note = |value| EventKind::Input(field, value);
        state.recorder.note_copy(state.step, value, note);
    }
}

/// Evaluates and records a string input. Returns `None` if it is NOT_SET.
pub(super) fn text_input(
    state: &mut State,
    program: &Program,
    source: &Source,
    field: Field,
) -> Result<Option<Text>, Box<Failure>> {
    match peek_input(state, program, source, field, &mut { Value::NOT_SET })? {
        Value::String(text) => Ok(Some(text.clone())),
        unset if unset.is_unset() => Ok(None),
        other => Err(expected("a String", other)),
    }
}

pub(super) fn expected(what: &str, found: &Value) -> Box<Failure> {
    let message = format!("expected {what}, found {}", found.type_of());
    Failure::new(Code::WRONG_TYPE, message)
}

/// Records a result and assigns it to its variable.
pub(super) fn output(
    state: &mut State,
    program: &Program,
    field: Field,
    variable: Option<VariableId>,
    value: Value,
) -> Result<(), Box<Failure>> {
    state.note(|| EventKind::Output(field, value.clone()));
    match variable {
        Some(variable) => state.assign(program, variable, &value),
        None => Ok(()),
    }
}

/// Evaluates and records named inputs.
pub(super) fn inputs(
    state: &mut State,
    program: &Program,
    sources: &[(Text, Source)],
) -> Result<Vec<(Text, Value)>, Box<Failure>> {
    let mut values = Vec::with_capacity(sources.len());
    for (name, source) in sources {
        let value = state.value(program, source)?;
        note_named(state, Field::Inputs, name.clone(), &value);
        values.push((name.clone(), value));
    }
    Ok(values)
}

/// Evaluates a list of sources. The items of collections are items of the list.
pub(super) fn list(
    state: &mut State,
    program: &Program,
    sources: &[Source],
) -> Result<Vec<Value>, Box<Failure>> {
    let mut items = Vec::with_capacity(sources.len());
    for source in sources {
        match state.value(program, source)? {
            Value::Collection(collection) => items.extend_from_slice(&collection.items),
            value => items.push(value),
        }
    }
    Ok(items)
}

/// Records one of several named values.
pub(super) fn note_named(
    state: &mut State,
    of: Field,
    name: impl Into<Text>,
    value: &Value,
) {
    let mut entry = Box::new(Entry { of, name: name.into(), value: Value::NOT_SET });
    entry.value.fill(value);
    state.note(|| EventKind::Entry(entry));
}

/// Evaluates a duration, in milliseconds; `default` if it is NOT_SET.
pub(super) fn milliseconds(
    state: &mut State,
    program: &Program,
    source: &Source,
    default: i64,
) -> Result<i64, Box<Failure>> {
    // Most settings are constants. They are read in their place.
    if let Source::Constant(Value::Duration(duration)) = source {
        return Ok(duration.milliseconds());
    }
    match state.peek(program, source, &mut { Value::NOT_SET })? {
        Value::Duration(duration) => Ok(duration.milliseconds()),
        other => or_default(other, default, "a Duration"),
    }
}

/// Evaluates a whole number; `default` if it is NOT_SET.
pub(super) fn integer(
    state: &mut State,
    program: &Program,
    source: &Source,
    default: i64,
) -> Result<i64, Box<Failure>> {
    // Most settings are constants. They are read in their place.
    if let Source::Constant(Value::Integer(number)) = source {
        return Ok(*number);
    }
    match state.peek(program, source, &mut { Value::NOT_SET })? {
        Value::Integer(number) => Ok(*number),
        other => or_default(other, default, "an Integer"),
    }
}

/// Evaluates a Boolean; `default` if it is NOT_SET.
pub(super) fn truth(
    state: &mut State,
    program: &Program,
    source: &Source,
    default: bool,
) -> Result<bool, Box<Failure>> {
    // Most settings are constants. They are read in their place.
    if let Source::Constant(Value::Boolean(truth)) = source {
        return Ok(*truth);
    }
    match state.peek(program, source, &mut { Value::NOT_SET })? {
        Value::Boolean(truth) => Ok(*truth),
        other => or_default(other, default, "a Boolean"),
    }
}

fn or_default<T>(value: &Value, default: T, what: &str) -> Result<T, Box<Failure>> {
    if value.is_unset() { Ok(default) } else { Err(expected(what, value)) }
}

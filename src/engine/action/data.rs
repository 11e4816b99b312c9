//! Setting variables and branching on them.

use std::borrow::Cow;

use crate::diagnostic::Code;
use crate::engine::effect::Effect;
use crate::engine::scope::View;
use crate::engine::size;
use crate::engine::state::State;
use crate::expr::draft::{Form, Scope, Template};
use crate::flow::{VariableId, VariableType};
use crate::program::{Assignment, If, Operand, Read, Step};
use crate::trace::{EventKind, Failure, PathTaken};
use crate::value::{
    EMPTY_STRING, Number, Text, Value, to_boolean, to_decimal, to_integer, to_json,
    to_text,
};

#[inline(always)]
pub(super) fn set(state: &mut State, step: &Step, assignments: &[Assignment]) -> Effect {
    for assignment in assignments {
        let variable = assignment.variable;
        let value = match ready(state, &assignment.value) {
            Some(Value::String(text)) if takes_text(assignment.variable_type) => {
                let text = text.clone();
                if let Err(failure) = set_text(state, variable, text) {
                    return Effect::Fail(failure);
                }
                continue;
            }
            Some(value) => value.clone(),
            None => state.evaluate(&assignment.value),
        };
        let value = match assignment.variable_type {
            kind if is_already(kind, &value) => value,
            kind => match convert(state, variable, kind, &value) {
                Ok(value) => value,
                Err(message) => {
                    return Effect::Fail(Failure::new(Code::EXPRESSION_ERROR, message));
                }
            },
        };
        if let Err(failure) = size::check(&value) {
            return Effect::Fail(failure);
        }
        let State { slots, frames, recorder, step: index, .. } = &mut *state;
        if let Some(frame) = frames.last() {
            slots.set_variable(frame, variable, value);
            let value = slots.variable(frame, variable);
            recorder.note_copy(*index, value, |it| EventKind::Assigned(variable, it));
        }
    }
    Effect::Go(PathTaken::Next, step.next)
}

/// Assigns a string without conversion, the usual case. The string is not moved together
/// with the rest of the value, see `Recorder::note_text`.
#[inline(always)]
fn set_text(
    state: &mut State,
    variable: VariableId,
    text: Text,
) -> Result<(), Box<Failure>> {
    size::check_text(&text)?;
    let State { slots, frames, recorder, step: index, .. } = state;
    if let Some(frame) = frames.last() {
        slots.variable_mut(frame, variable).set_text(text.clone());
        let empty = EventKind::Assigned(variable, EMPTY_STRING);
        recorder.note_text(*index, text, empty);
    }
    Ok(())
}

/// Whether a variable of this type takes strings as they are.
#[inline]
fn takes_text(kind: VariableType) -> bool {
    matches!(kind, VariableType::Unchanged | VariableType::String)
}

/// Returns a reference to the value if the form consists of a single reference.
#[inline]
fn ready<'s>(state: &'s State, form: &Form<Operand>) -> Option<&'s Value> {
    let Form::Template(Template::Whole(operand)) = form else { return None };
    let is_whole = operand.path.is_empty();
    let value = is_whole.then(|| state.slots.whole(state.frame(), operand))?;
    (!value.is_unset()).then_some(value)
}

/// Whether the value needs no conversion, which is the usual case.
fn is_already(kind: VariableType, value: &Value) -> bool {
    matches!(
        (kind, value),
        (VariableType::Unchanged, _)
            | (VariableType::String, Value::String(_))
            | (VariableType::Integer, Value::Integer(_))
            | (VariableType::Boolean, Value::Boolean(_))
    )
}

fn convert(
    state: &State,
    variable: VariableId,
    kind: VariableType,
    value: &Value,
) -> Result<Value, String> {
    let converted = match kind {
        VariableType::Increment => return increment(state, variable, value),
        VariableType::Unchanged => return Ok(value.clone()),
        VariableType::String => to_text(value),
        VariableType::Integer => to_integer(value),
        VariableType::Decimal => to_decimal(value),
        VariableType::Boolean => match (to_boolean(value), value) {
            (Ok(unset), Value::String(word))
                if unset.is_unset() && !word.trim().is_empty() =>
            {
                return Err(format!("`{word}` is neither true nor false"));
            }
            (converted, _) => converted,
        },
        VariableType::Json => to_json(value),
        VariableType::Number => match Number::of(value) {
            Some(number) => return Ok(number.into()),
            None => to_decimal(value),
        },
    };
    converted.map_err(|error| error.to_string())
}

fn increment(state: &State, variable: VariableId, by: &Value) -> Result<Value, String> {
    let current = state.slots.variable(state.frame(), variable);
    let number = |value: &Value, what: &str| match value {
        unset if unset.is_unset() => Ok(Number::Integer(0)),
        value => Number::of(value).ok_or_else(|| format!("cannot {what} `{value}`")),
    };
    let sum = number(current, "add to")?.checked_add(&number(by, "add")?);
    sum.map(Value::from).ok_or_else(|| "the sum is out of range".into())
}

#[inline(always)]
pub(super) fn decide(state: &mut State, step: &Step, decision: &If) -> Effect {
    for (branch, number) in decision.branches.iter().zip(1..=u16::MAX) {
        let State { slots, frames, recorder, step: index, .. } = &mut *state;
        let Some(frame) = frames.last() else { break };
        let view = View { slots, frame };
        for Read { operand, may_be_unset } in &branch.reads {
            let value = view.read(operand);
            if value.is_unset() && !may_be_unset {
                recorder.note(*index, || EventKind::Missing(operand.reference));
            }
            let reference = operand.reference;
            match value {
                Cow::Borrowed(value) => {
                    recorder
                        .note_copy(*index, value, |it| EventKind::Read(reference, it));
                }
                Cow::Owned(value) => {
                    recorder.note(*index, || EventKind::Read(reference, value));
                }
            }
        }
        match branch.condition.evaluate(&view) {
            Ok(false) => {}
            Ok(true) => {
                publish(state, decision, Value::Integer(i64::from(number)));
                return Effect::Go(PathTaken::Condition(number), branch.target);
            }
            Err(error) => {
                return Effect::Fail(Failure::new(Code::EXPRESSION_ERROR, error.message));
            }
        }
    }
    publish(state, decision, Value::from("default"));
    Effect::Go(PathTaken::Default, decision.default.or(step.next))
}

fn publish(state: &mut State, decision: &If, value: Value) {
    let State { slots, frames, .. } = state;
    if let (Some(slot), Some(frame)) = (decision.condition, frames.last()) {
        slots.set_output(frame, slot, value);
    }
}

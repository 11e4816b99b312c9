//! Setting variables and deciding by them.

use crate::diagnostic::Code;
use crate::engine::scope::View;
use crate::engine::state::{Effect, State};
use crate::expr::draft::Scope;
use crate::flow::VariableType;
use crate::program::{Assignment, If, Step};
use crate::trace::{Fact, Failure, PathTaken};
use crate::value::{
    Conversion, Number, Value, to_boolean, to_decimal, to_integer, to_json, to_text,
};

pub(super) fn set(state: &mut State, step: &Step, assignments: &[Assignment]) -> Effect {
    for assignment in assignments {
        let value = state.evaluate(&assignment.value);
        let converted = match assignment.variable_type {
            VariableType::Increment => increment(state, assignment, &value),
            variable_type => {
                convert(variable_type, value).map_err(|error| error.to_string())
            }
        };
        let value = match converted {
            Ok(value) => value,
            Err(message) => {
                return Effect::Fail(Failure::new(Code::EXPRESSION_ERROR, message));
            }
        };
        if let Err(failure) = super::size::check(&value) {
            return Effect::Fail(failure);
        }
        let State { slots, frames, .. } = state;
        if let Some(frame) = frames.last() {
            slots.set_variable(frame, assignment.variable, value.clone());
        }
        state.note(Fact::Assigned(assignment.variable, value));
    }
    Effect::Go(PathTaken::Next, step.next)
}

fn convert(variable_type: VariableType, value: Value) -> Result<Value, Conversion> {
    match (variable_type, &value) {
        (VariableType::Unchanged | VariableType::Increment, _)
        | (VariableType::String, Value::String(_))
        | (VariableType::Integer, Value::Integer(_))
        | (VariableType::Boolean, Value::Boolean(_)) => Ok(value),
        (VariableType::String, _) => to_text(&value),
        (VariableType::Integer, _) => to_integer(&value),
        (VariableType::Decimal, _) => to_decimal(&value),
        (VariableType::Boolean, _) => to_boolean(&value),
        (VariableType::Json, _) => to_json(&value),
        (VariableType::Number, _) => match Number::of(&value) {
            Some(number) => Ok(number.into()),
            None => to_decimal(&value),
        },
    }
}

fn increment(
    state: &State,
    assignment: &Assignment,
    by: &Value,
) -> Result<Value, String> {
    let current = state.slots.variable(state.frame(), assignment.variable);
    let number = |value: &Value, what: &str| match value {
        unset if unset.is_unset() => Ok(Number::Integer(0)),
        value => Number::of(value).ok_or_else(|| format!("cannot add {what} `{value}`")),
    };
    let sum = number(current, "to")?.checked_add(&number(by, "")?);
    sum.map(Value::from).ok_or_else(|| "the sum is beyond the limits of a number".into())
}

pub(super) fn decide(state: &mut State, step: &Step, decision: &If) -> Effect {
    for (branch, number) in decision.branches.iter().zip(1..=u16::MAX) {
        let State { slots, frames, recorder, step: index, .. } = &mut *state;
        let Some(frame) = frames.last() else { break };
        let view = View { slots, frame };
        for operand in &branch.reads {
            let value = view.read(operand).into_owned();
            if value.is_unset() {
                recorder.note(*index, Fact::Missing(operand.reference));
            }
            recorder.note(*index, Fact::Read(operand.reference, value));
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

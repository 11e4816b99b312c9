//! Actions that flowsim does not simulate.

use super::{Outcome, by_output};
use crate::diagnostic::Code;
use crate::engine::state::{Effect, State, Waiting};
use crate::program::architect::Other;
use crate::program::{Program, Step};
use crate::trace::{Entry, Fact, Failure, Field};
use crate::value::{Text, Value};
use crate::world::{ActionAnswer, Answer};

pub(super) fn ask(state: &mut State, program: &Program, other: &Other) -> Outcome {
    let mut inputs: Vec<(Text, Value)> = Vec::with_capacity(other.inputs.len());
    for (name, source) in &other.inputs {
        let value = state.value(program, source)?;
        let (of, name) = (Field::Inputs, name.clone());
        let entry = Entry { of, name: name.clone(), value: value.clone() };
        state.note(|| Fact::Entry(Box::new(entry)));
        inputs.push((name, value));
    }
    Ok(state.ask(Waiting::Action { inputs }))
}

pub(super) fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    other: &Other,
    answer: Answer,
) -> Outcome {
    let Answer::Action(answer) = answer else {
        if state.is_strict {
            let message =
                "flowsim does not simulate this action, and nobody has an answer";
            return Err(Failure::new(Code::ACTION_NOT_SUPPORTED, message));
        }
        state.note(|| Fact::Noted(Code::ACTION_NOT_SIMULATED));
        return take(state, program, step, other, &ActionAnswer::default());
    };
    if let Some(frame) = state.wait(answer.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    take(state, program, step, other, &answer)
}

fn take(
    state: &mut State,
    program: &Program,
    step: &Step,
    other: &Other,
    answer: &ActionAnswer,
) -> Outcome {
    for (name, variable) in &other.outputs {
        let holds = state.type_of(program, *variable);
        let given = answer.outputs.iter().find(|(given, _)| given == name);
        let value = match given {
            Some((_, json)) => Value::decode(json, holds).map_err(|problem| {
                let message = format!("`{name}` does not fit its variable: {problem}");
                Failure::new(Code::WRONG_TYPE, message)
            })?,
            None => Value::unset(holds),
        };
        let entry =
            Entry { of: Field::Outputs, name: name.clone(), value: value.clone() };
        state.note(|| Fact::Entry(Box::new(entry)));
        state.assign(program, *variable, value)?;
    }
    let Some(path) = &answer.path else { return Ok(by_output(step, other.success)) };
    let labels = &program.legend.node(state.node_of_step()).outputs;
    match labels.iter().position(|label| label == path) {
        Some(index) => Ok(by_output(step, u16::try_from(index).unwrap_or(u16::MAX))),
        // The document leaves out outputs that do nothing.
        None => Ok(by_output(step, u16::MAX)),
    }
}

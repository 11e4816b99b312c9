//! Actions that flowsim does not simulate.

use super::outcome::{Outcome, by_output};
use super::values::{self, note_named};
use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::program::architect::Other;
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::{Json, Text, Value};
use crate::world::{ActionAnswer, Answer};

pub(super) fn ask(state: &mut State, program: &Program, other: &Other) -> Outcome {
    let inputs = values::inputs(state, program, &other.inputs)?;
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
                "flowsim does not simulate this action, and no fixture answers it";
            return Err(Failure::new(Code::ACTION_NOT_SUPPORTED, message));
        }
        state.note(|| EventKind::Noted(Code::ACTION_NOT_SIMULATED));
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
        let given = answer.outputs.iter().find(|(given, _)| given == name);
        take_output(state, program, name, *variable, given.map(|(_, json)| json))?;
    }
    Ok(go_by(state, program, step, answer.path.as_ref(), other.success))
}

/// Sets a variable to the result with this name, or to NOT_SET without a result.
pub(super) fn take_output(
    state: &mut State,
    program: &Program,
    name: &Text,
    variable: VariableId,
    json: Option<&Json>,
) -> Result<(), Box<Failure>> {
    let holds = state.type_of(program, variable);
    let value = match json {
        Some(json) => Value::decode(json, holds).map_err(|problem| {
            let message = format!("output `{name}`: {problem}");
            Failure::new(Code::WRONG_TYPE, message)
        })?,
        None => Value::unset(holds),
    };
    note_named(state, Field::Outputs, name.clone(), &value);
    state.assign(program, variable, &value)
}

/// Continues at the output with this name, or at the success output. A name that the
/// action does not have is a mistake in the fixtures; the flow cannot handle it.
pub(super) fn go_by(
    state: &State,
    program: &Program,
    step: &Step,
    path: Option<&Text>,
    success: u16,
) -> Effect {
    let Some(path) = path else { return by_output(step, success) };
    let labels = &program.symbols.node(state.node_of_step()).outputs;
    let named = labels.iter().position(|label| label.eq_ignore_ascii_case(path));
    match named.and_then(|index| u16::try_from(index).ok()) {
        Some(index) => by_output(step, index),
        // Every action can succeed, whether or not it has an output for success.
        None if matches!(path.as_str(), "success" | "default") => {
            by_output(step, success)
        }
        None => {
            let known: Vec<String> =
                labels.iter().map(|label| format!("`{label}`")).collect();
            let known = match known.as_slice() {
                [] => "`success`".to_owned(),
                known => known.join(", "),
            };
            let is_off =
                matches!(path.as_str(), "maxNoInputs" | "maxNoMatches" | "noIntent");
            let reason = if is_off { "; the flow does not switch it on" } else { "" };
            let message = format!(
                "the answer takes the output `{path}`, but the action has {known}{reason}"
            );
            Effect::Abort(Failure::new(Code::UNKNOWN_OUTPUT, message))
        }
    }
}

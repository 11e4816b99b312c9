//! Actions that need nothing from outside: silence, and encryption with opaque values.

use super::outcome::{Outcome, by_output};
use super::values::{milliseconds, note_named};
use super::{other, speech};
use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::program::architect::{Local, LocalTask, Source};
use crate::program::{Program, Step};
use crate::trace::{Failure, Field};
use crate::value::{Text, Value};
use crate::world::Answer;

/// Output indexes.
const SUCCESS: u16 = 0;
const FAILURE: u16 = 1;

/// The silence that Detect Silence waits for. *Source: Genesys' help on Detect Silence.*
const SILENCE_MS: i64 = 1_000;

/// The start of an opaque value.
const ENCRYPTED: &str = "flowsim-encrypted-";

/// Computes the action, unless the host answers it.
pub(super) fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    local: &Local,
    answer: Answer,
) -> Outcome {
    if let Answer::Action(_) = answer {
        return other::answered(state, program, step, &local.other, answer);
    }
    match &local.task {
        LocalTask::Silence { audio, duration, repeats } => {
            silence(state, program, step, (audio.as_ref(), duration, *repeats))
        }
        LocalTask::Encrypt(data, result) => {
            let data = state.value(program, data)?;
            let encrypted = encrypt(state, data);
            note_named(state, Field::Outputs, "encryptedData", &encrypted);
            assign(state, program, *result, encrypted)?;
            Ok(by_output(step, SUCCESS))
        }
        LocalTask::Decrypt(data, result) => {
            let data = state.value(program, data)?;
            match decrypt(state, &data) {
                Some(value) => {
                    set_unrecorded(state, program, *result, value);
                    Ok(by_output(step, SUCCESS))
                }
                None => Ok(by_output(step, FAILURE)),
            }
        }
    }
}

/// Plays audio, which the caller does not interrupt, or waits for silence.
fn silence(
    state: &mut State,
    program: &Program,
    step: &Step,
    (audio, duration, repeats): (Option<&Source>, &Source, Option<VariableId>),
) -> Outcome {
    match audio {
        Some(audio) => speech::say(state, program, audio)?,
        None => {
            let duration = milliseconds(state, program, duration, SILENCE_MS)?;
            if let Some(frame) = state.wait(duration) {
                return Ok(Effect::CutOff(frame));
            }
        }
    }
    assign(state, program, repeats, Value::Integer(0))?;
    Ok(by_output(step, SUCCESS))
}

fn assign(
    state: &mut State,
    program: &Program,
    variable: Option<VariableId>,
    value: Value,
) -> Result<(), Box<Failure>> {
    variable.map_or(Ok(()), |variable| state.assign(program, variable, &value))
}

/// Sets a variable without recording its value.
fn set_unrecorded(
    state: &mut State,
    program: &Program,
    variable: Option<VariableId>,
    value: Value,
) {
    let Some(variable) = variable else { return };
    let holds = state.type_of(program, variable);
    let value = Value::decode(&value.to_json(), holds).unwrap_or(value);
    if let Some(slot) = state.slot(program, variable) {
        *slot = value;
    }
}

/// Keeps data, and returns an opaque value in its place.
fn encrypt(state: &mut State, data: Value) -> Value {
    let kept = &mut state.conversation.encrypted;
    kept.push(data);
    Value::String(Text::from(format!("{ENCRYPTED}{}", kept.len())))
}

/// Returns the data of an opaque value of this call.
fn decrypt(state: &State, encrypted: &Value) -> Option<Value> {
    let Value::String(text) = encrypted else { return None };
    let number: usize = text.strip_prefix(ENCRYPTED)?.parse().ok()?;
    state.conversation.encrypted.get(number.checked_sub(1)?).cloned()
}

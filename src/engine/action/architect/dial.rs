//! The `dialByExtension` action.

use super::listen::{CallerInput, Next, note_round, on_answer as take};
use super::outcome::{Outcome, by_output};
use super::transfer::{hand_on, known_id, name_of};
use super::{speech, values};
use crate::diagnostic::Code;
use crate::engine::effect::not_waiting;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::listening::Listening;
use crate::engine::state::State;
use crate::flow::kinds::TransferKind;
use crate::program::architect::DialByExtension;
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::{Kind, Text, Type, Value};
use crate::world::{ActionAnswer, Answer};

const TIMEOUT: u16 = 0;
const FAILURE: u16 = 1;

/// The largest number of digits in an extension.
pub(super) const MAX_EXTENSION: u32 = 20;

/// The largest number of times that the action listens again.
const MAX_REPEATS: i64 = 10;

pub(super) fn begin(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
) -> Outcome {
    let timeout = values::milliseconds(state, program, &dial.inter_digit, 6_000)?;
    let repeats = values::integer(state, program, &dial.repeats, 3)?;
    let repeats = u32::try_from(repeats.clamp(0, MAX_REPEATS)).unwrap_or(0);
    let listening = Listening {
        min: 1,
        max: MAX_EXTENSION,
        first_ms: timeout,
        next_ms: timeout,
        terminator: Some('#'),
        rounds: repeats + 1,
        round: 1,
        keys: "0123456789".into(),
        ..Listening::default()
    };
    proceed(state, program, step, dial, Box::new(listening))
}

fn on_answer(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    mut listening: Box<Listening>,
    answer: Answer,
) -> Outcome {
    match take(state, &mut listening, answer) {
        CallerInput::Keys => proceed(state, program, step, dial, listening),
        CallerInput::Speech(words) => {
            state.note(|| EventKind::CallerInput(words));
            again(state, program, step, dial, listening, FAILURE)
        }
        CallerInput::End(effect) => Ok(effect),
    }
}

fn proceed(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    mut listening: Box<Listening>,
) -> Outcome {
    loop {
        match listening.next(state) {
            Next::Ask => return Ok(state.ask(Waiting::Listen(listening))),
            Next::CutOff(frame) => return Ok(Effect::CutOff(frame)),
            Next::Pause if listening.digits.is_empty() => {
                return again(state, program, step, dial, listening, TIMEOUT);
            }
            Next::Key(key) if key.is_ascii_digit() => {
                listening.digits.push(key);
                if listening.count() < listening.max && !is_whole(state, &listening) {
                    continue;
                }
            }
            Next::Key(key) if Some(key) != listening.terminator => {
                listening.digits.push(key);
            }
            Next::Pause | Next::Key(_) => {}
        }
        return connect(state, program, step, dial, listening);
    }
}

/// Whether the digits are an extension and no longer extension begins with them.
pub(super) fn is_whole(state: &State, listening: &Listening) -> bool {
    let digits = listening.digits.as_str();
    let organisation = &state.conversation.organisation.0;
    let is_longer =
        |known: &&Text| known.len() > digits.len() && known.starts_with(digits);
    organisation.user_of_extension(digits).is_some()
        && !organisation.extensions().iter().any(is_longer)
}

/// Connects the caller with the user of the extension if the fixtures define one.
pub(super) fn user(state: &mut State, extension: &Text) -> Option<Effect> {
    let user = state.conversation.organisation.0.user_of_extension(extension)?;
    state.note(|| EventKind::Collected(extension.clone()));
    state.note(|| EventKind::Output(Field::Extension, Value::String(extension.clone())));
    let (id, name) = (known_id(&user), name_of(&user).unwrap_or_default());
    state.note(|| EventKind::Output(Field::User, user));
    hand_on(state, TransferKind::User, id, name);
    Some(Effect::EndCall)
}

fn connect(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    listening: Box<Listening>,
) -> Outcome {
    let extension = listening.digits.clone();
    if let Some(effect) = user(state, &extension) {
        return Ok(effect);
    }
    if !state.conversation.organisation.0.extensions().is_empty() {
        return again(state, program, step, dial, listening, FAILURE);
    }
    // The fixtures define no extensions: the host decides the outcome.
    state.note(|| EventKind::Collected(extension.clone()));
    let inputs = vec![("extension".into(), Value::String(extension))];
    Ok(state.ask(Waiting::Action { inputs }))
}

/// Continues with an answer.
pub(super) fn resume(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    waiting: Waiting,
    answer: Answer,
) -> Outcome {
    match waiting {
        Waiting::Listen(listening) => {
            on_answer(state, program, step, dial, listening, answer)
        }
        Waiting::Action { inputs } => {
            answered(state, program, step, dial, &inputs, answer)
        }
        _ => Ok(not_waiting()),
    }
}

fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    inputs: &[(Text, Value)],
    answer: Answer,
) -> Outcome {
    let extension = inputs.first().map_or(Value::NOT_SET, |(_, value)| value.clone());
    let Answer::Action(ActionAnswer { path, latency_ms, .. }) = answer else {
        if state.is_strict {
            let message =
                "the fixtures define no extensions and do not answer this action";
            return Err(Failure::new(Code::ACTION_NOT_SUPPORTED, message));
        }
        state.note(|| EventKind::Noted(Code::ACTION_NOT_SIMULATED));
        state.note(|| EventKind::Output(Field::Extension, extension));
        return Ok(Effect::EndCall);
    };
    if let Some(frame) = state.wait(latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    state.note(|| EventKind::Output(Field::Extension, extension.clone()));
    let output = match path.as_deref() {
        Some("timeout") => TIMEOUT,
        Some("failure") => FAILURE,
        _ => return Ok(Effect::EndCall),
    };
    give_up(state, program, step, dial, output, extension)
}

/// Listens again, or takes the output if no attempts are left.
fn again(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    mut listening: Box<Listening>,
    output: u16,
) -> Outcome {
    let extension = listening.digits.clone();
    let reason = match output {
        TIMEOUT => "no entry".into(),
        _ => format!("no extension: {extension}"),
    };
    note_round(state, &listening, reason);
    if listening.round < listening.rounds {
        listening.again();
        speech::say(state, program, &dial.audio)?;
        return proceed(state, program, step, dial, listening);
    }
    let extension = match extension.is_empty() {
        true => Value::unset(Type::one(Kind::String)),
        false => Value::String(extension),
    };
    give_up(state, program, step, dial, output, extension)
}

fn give_up(
    state: &mut State,
    program: &Program,
    step: &Step,
    dial: &DialByExtension,
    output: u16,
    extension: Value,
) -> Outcome {
    if let Some(variable) = dial.extension {
        state.assign(program, variable, &extension)?;
    }
    if dial.is_choice && !state.conversation.policies().failed_extensions_return {
        return Ok(Effect::EndCall);
    }
    Ok(by_output(step, output))
}

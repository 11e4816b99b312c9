//! Messages to and questions for the participant of a digital conversation or of a bot
//! flow.

use std::sync::Arc;

use super::other::{go_by, take_output};
use super::outcome::{Outcome, by_output};
use super::reply::{Dialogue, begin_round, events, recognition_failure};
use super::transfer::failure_of;
use super::values;
use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Tries, Waiting, not_waiting};
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::flow::kinds::LOOP_BODY;
use crate::program::architect::{Ask, ExpectedAnswer, Send, Source};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, PathTaken, Phrase};
use crate::value::{Json, Text, Value};
use crate::world::{ActionAnswer, Answer};

/// Output index of a message that could not be sent.
const NOT_SENT: u16 = 1;

/// Sends a message. An action with an output for failures asks the host first whether it
/// is sent, if the host decides that.
pub(super) fn begin_sending(
    state: &mut State,
    program: &Program,
    step: &Step,
    message: &Send,
) -> Outcome {
    let may_fail = step.targets.len() > usize::from(NOT_SENT);
    if may_fail && state.requests_outcome(program) {
        return Ok(state.ask(Waiting::Action { inputs: Vec::new() }));
    }
    send(state, program, step, message)
}

/// Continues with the host's outcome: a failure, or else the message is sent.
pub(super) fn sent(
    state: &mut State,
    program: &Program,
    step: &Step,
    message: &Send,
    answer: Answer,
) -> Outcome {
    let Answer::Action(answer) = answer else {
        return send(state, program, step, message);
    };
    if let Some(frame) = state.wait(answer.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    match failure_of(&answer) {
        Some(_) => {
            values::inputs(state, program, &message.inputs)?;
            Ok(by_output(step, NOT_SENT))
        }
        None => send(state, program, step, message),
    }
}

fn send(state: &mut State, program: &Program, step: &Step, send: &Send) -> Outcome {
    values::inputs(state, program, &send.inputs)?;
    let is_sent = say(state, program, &send.message)?;
    Ok(by_output(step, if is_sent { 0 } else { NOT_SENT }))
}

/// Shows or plays a message to the participant. Returns `false` if the message is empty.
pub(super) fn say(
    state: &mut State,
    program: &Program,
    message: &Source,
) -> Result<bool, Box<Failure>> {
    let value = state.value(program, message)?;
    let words = match &value {
        unset if unset.is_unset() => return Ok(false),
        Value::Communication(message) => Text::from(message.render()),
        Value::Audio(audio) => {
            let language = state.conversation.language();
            let audio = state.conversation.heard(Arc::clone(audio), &language);
            audio.render(&language)
        }
        other => Text::from(other.to_string()),
    };
    if words.is_empty() {
        return Ok(false);
    }
    state.made_bytes = state.made_bytes.saturating_add(words.len());
    state.note(|| EventKind::Prompted(Phrase::Made(words)));
    Ok(true)
}

pub(super) fn clear(
    state: &mut State,
    program: &Program,
    step: &Step,
    slots: &[VariableId],
) -> Outcome {
    for slot in slots {
        let unset = Value::unset(state.type_of(program, *slot));
        state.assign(program, *slot, &unset)?;
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// Asks the host for an answer from the fixtures first. Without one, the participant is
/// asked.
pub(super) fn ask(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
) -> Outcome {
    let inputs = values::inputs(state, program, &ask.inputs)?;
    if let Some(condition) = &ask.condition
        && state.value(program, condition)? != Value::Boolean(true)
    {
        return Ok(by_output(step, ask.success));
    }
    if state.conversation.bot.first_words.is_none() {
        for words in &ask.question {
            say(state, program, words)?;
        }
    }
    Ok(state.ask(Waiting::Action { inputs }))
}

/// Continues with an answer.
pub(super) fn resume(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    waiting: Waiting,
    answer: Answer,
) -> Outcome {
    match waiting {
        Waiting::Action { .. } => answered(state, program, step, ask, answer),
        Waiting::Reply(tries) => {
            Dialogue { state, program, step, ask, tries }.reply(&answer)
        }
        _ => Ok(not_waiting()),
    }
}

fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    answer: Answer,
) -> Outcome {
    let first_words = state.conversation.bot.first_words.take();
    let Answer::Action(answer) = answer else {
        let tries = Tries::default();
        return match first_words {
            Some(words) => Dialogue { state, program, step, ask, tries }.hear(&words),
            None => Ok(state.ask(Waiting::Reply(tries))),
        };
    };
    if let Some(frame) = state.wait(answer.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    let given = result_of(ask, &answer);
    if let ExpectedAnswer::Intent(intents) = &ask.wanted
        && answer.path.is_none()
        && let Some((_, Json::String(name))) = given
    {
        let tries = Tries::default();
        return Dialogue { state, program, step, ask, tries }.serve(intents, name);
    }
    if let Some(effect) = event(state, program, answer.path.as_deref()) {
        return Ok(effect);
    }
    let path = match (&ask.wanted, given, &answer.path) {
        (ExpectedAnswer::Choice, Some((_, Json::String(choice))), None) => Some(choice),
        (_, _, path) => path.as_ref(),
    };
    if let Some(variable) = ask.result {
        let name = Text::from(RESULT);
        let name = given.map_or(&name, |(name, _)| name);
        take_output(state, program, name, variable, given.map(|(_, json)| json))?;
    }
    by_answer(state, program, step, ask, (given.map(|(_, json)| json), path))
}

/// Takes the output of an answer: that of a truth value, or the named one.
fn by_answer(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    (given, path): (Option<&Json>, Option<&Text>),
) -> Outcome {
    if let (ExpectedAnswer::Boolean, Some(Json::Boolean(truth)), None) =
        (&ask.wanted, given, path)
    {
        let output = u16::from(!truth);
        begin_round(state, program, ask, output)?;
        return Ok(by_output(step, output));
    }
    if path.is_some_and(|path| path.eq_ignore_ascii_case(LOOP_BODY)) {
        begin_round(state, program, ask, 0)?;
    }
    Ok(go_by(state, program, step, path, ask.success))
}

/// Returns the effect of an answer that names an event of the bot instead of an output.
fn event(state: &mut State, program: &Program, path: Option<&str>) -> Option<Effect> {
    let events = events(state, program)?;
    match path? {
        "recognitionFailure" => Some(recognition_failure(state, events)),
        "agentEscalation" => Some(match &events.escalation {
            Some(escalation) => Effect::Handle(escalation.begin),
            None => {
                let message = "the answer takes `agentEscalation`, but the flow does not \
                               set `enableAgentEscalation` in `settingsErrorHandling`";
                Effect::Abort(Failure::new(Code::UNKNOWN_OUTPUT, message))
            }
        }),
        _ => None,
    }
}

/// The name of a result in an answer that does not name it.
const RESULT: &str = "answer";

/// Returns the result of an answer. The action has only one variable to hold it.
fn result_of<'a>(ask: &Ask, answer: &'a ActionAnswer) -> Option<&'a (Text, Json)> {
    let wanted =
        if matches!(ask.wanted, ExpectedAnswer::Intent(_)) { "intent" } else { RESULT };
    let named = answer.outputs.iter().find(|(name, _)| name == wanted);
    named.or_else(|| answer.outputs.first())
}

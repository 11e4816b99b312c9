//! Messages to and questions for the participant of a digital conversation or of a bot
//! flow.

use std::sync::Arc;

use super::other::{go_by, take_output};
use super::outcome::{Outcome, by_output};
use super::values;
use crate::diagnostic::Code;
use crate::engine::effect::not_waiting;
use crate::engine::effect::{Effect, Tries, Waiting};
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::program::architect::{Ask, ExpectedAnswer, Intent, RetryPolicy, Send, Source};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, PathTaken, Phrase};
use crate::value::{Json, Kind, Text, Type, Value};
use crate::world::{ActionAnswer, Answer, Input};

/// Output index of a message that could not be sent.
const NOT_SENT: u16 = 1;

pub(super) fn send(
    state: &mut State,
    program: &Program,
    step: &Step,
    send: &Send,
) -> Outcome {
    values::inputs(state, program, &send.inputs)?;
    let is_sent = say(state, program, &send.message)?;
    Ok(by_output(step, if is_sent { 0 } else { NOT_SENT }))
}

/// Shows or plays a message to the participant. Returns `false` if the message is empty.
fn say(
    state: &mut State,
    program: &Program,
    message: &Source,
) -> Result<bool, Box<Failure>> {
    let value = state.value(program, message)?;
    let words = match &value {
        unset if unset.is_unset() => return Ok(false),
        Value::Communication(message) => Text::from(message.render()),
        Value::Audio(audio) => {
            let audio = state.conversation.heard(Arc::clone(audio));
            audio.render(&state.conversation.language())
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
        state.assign(program, *slot, unset)?;
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// Asks the host for an answer from the fixtures first. Without one, the participant is
/// asked.
pub(super) fn ask(state: &mut State, program: &Program, ask: &Ask) -> Outcome {
    let inputs = values::inputs(state, program, &ask.inputs)?;
    say(state, program, &ask.question)?;
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
        Waiting::Reply(tries) => replied(state, program, step, ask, tries, &answer),
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
    let Answer::Action(answer) = answer else {
        return Ok(state.ask(Waiting::Reply(Tries::default())));
    };
    if let Some(frame) = state.wait(answer.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    let given = result_of(ask, &answer);
    if let ExpectedAnswer::Intent(intents) = &ask.wanted
        && answer.path.is_none()
        && let Some((_, Json::String(name))) = given
    {
        return serve(state, program, step, ask, intents, name);
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
    if let (ExpectedAnswer::Boolean, Some((_, Json::Boolean(truth))), None) =
        (&ask.wanted, given, path)
    {
        return Ok(by_output(step, u16::from(!truth)));
    }
    Ok(go_by(state, program, step, path, ask.success))
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

/// Handles the participant's reply to a question of a bot.
fn replied(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    mut tries: Tries,
    answer: &Answer,
) -> Outcome {
    let words: Text = match answer {
        Answer::Input(Input::Speech(words) | Input::Keys(words)) => words.clone(),
        Answer::Input(Input::Timed(keys)) => {
            keys.iter().map(|stroke| stroke.key).collect()
        }
        Answer::Input(Input::HangUp) => {
            let message = "the participant left while the flow was waiting for an answer";
            let failure = Failure::new(Code::CALLER_HUNG_UP, message);
            return Ok(Effect::Abort(failure));
        }
        _ => Text::new(),
    };
    if words.is_empty() {
        if let Some(frame) = state.wait(ask.silence_ms) {
            return Ok(Effect::CutOff(frame));
        }
        tries = Tries { no_input: tries.no_input + 1, no_match: 0 };
        let code = Code::NO_INPUT;
        return again(state, program, step, ask, &ask.no_input, tries, code);
    }
    state.note(|| EventKind::CallerInput(words.clone()));
    match understand(state, program, step, ask, &words)? {
        Some(effect) => Ok(effect),
        None => {
            tries = Tries { no_input: 0, no_match: tries.no_match + 1 };
            let code = Code::NO_MATCH;
            again(state, program, step, ask, &ask.no_match, tries, code)
        }
    }
}

/// Asks again, or gives up if no attempts are left.
fn again(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    again: &RetryPolicy,
    tries: Tries,
    code: Code,
) -> Outcome {
    let stops_at_maximum = state.conversation.policies().bots_stop_at_maximum;
    let allowed = again.most.saturating_sub(u32::from(stops_at_maximum));
    let failed = tries.no_input.max(tries.no_match);
    if failed <= allowed {
        for words in &again.words {
            say(state, program, words)?;
        }
        if again.words.len() < 2 {
            say(state, program, &ask.question)?;
        }
        return Ok(state.ask(Waiting::Reply(tries)));
    }
    match again.output {
        Some(output) => Ok(by_output(step, output)),
        None => {
            let what = if code == Code::NO_INPUT { "silent" } else { "not understood" };
            let message = format!("the participant was {what} {failed} times");
            Err(Failure::new(code, message))
        }
    }
}

/// Continues according to the participant's words. Returns `None` if they do not fit the
/// question.
fn understand(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    words: &Text,
) -> Result<Option<Effect>, Box<Failure>> {
    let words = Text::from(words.trim());
    let (value, output) = match &ask.wanted {
        ExpectedAnswer::Value(holds) => match read(&words, *holds) {
            Some(value) => (value, ask.success),
            None => return Ok(None),
        },
        ExpectedAnswer::Boolean => match truth(&words) {
            Some(truth) => (Value::Boolean(truth), u16::from(!truth)),
            None => return Ok(None),
        },
        ExpectedAnswer::Choice => {
            let labels = &program.symbols.node(state.node_of_step()).outputs;
            let is_it = |label: &Text| !label.starts_with("max") && same(label, &words);
            let Some(index) = labels.iter().position(is_it) else { return Ok(None) };
            let label = labels[index].clone();
            (Value::String(label), u16::try_from(index).unwrap_or(u16::MAX))
        }
        ExpectedAnswer::Intent(intents) if intents.is_empty() => {
            (Value::String(words), ask.success)
        }
        ExpectedAnswer::Intent(intents) => {
            if !intents.iter().any(|intent| same(&intent.name, &words)) {
                return Ok(None);
            }
            return serve(state, program, step, ask, intents, &words).map(Some);
        }
    };
    if let Some(variable) = ask.result {
        state.assign(program, variable, value)?;
    }
    Ok(Some(by_output(step, output)))
}

/// Continues with the task that serves an intent, or after the action if no task serves
/// it.
fn serve(
    state: &mut State,
    program: &Program,
    step: &Step,
    ask: &Ask,
    intents: &[Intent],
    name: &Text,
) -> Outcome {
    let intent = intents.iter().find(|intent| same(&intent.name, name));
    let name = intent.map_or(name, |intent| &intent.name);
    if let Some(variable) = ask.result {
        state.assign(program, variable, Value::String(name.clone()))?;
    }
    match intent.and_then(|intent| intent.task) {
        Some(task) => {
            let begin = state.go_to_task(program, task);
            Ok(Effect::Go(PathTaken::Next, Some(begin)))
        }
        None => Ok(by_output(step, ask.success)),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Converts words to a value of the expected type.
fn read(words: &Text, holds: Type) -> Option<Value> {
    if matches!(holds.kind, Kind::String | Kind::Any) {
        return Some(Value::String(words.clone()));
    }
    let json = Json::parse(words).ok().unwrap_or_else(|| Json::String(words.clone()));
    let value = Value::decode(&json, holds);
    value.or_else(|_| Value::decode(&Json::String(words.clone()), holds)).ok()
}

/// Reads yes or no, as words or as keys. Words of other languages need an answer in the
/// fixtures.
fn truth(words: &str) -> Option<bool> {
    match words.to_lowercase().trim_end_matches(['.', '!']) {
        "yes" | "y" | "true" | "1" => Some(true),
        "no" | "n" | "false" | "2" => Some(false),
        _ => None,
    }
}

//! Replies of a participant to the questions of a bot: understanding and confirming them,
//! asking again, and giving up.

use super::control::{hidden, set_hidden};
use super::digital::say;
use super::outcome::{Outcome, by_output};
use super::values::note_named;
use crate::diagnostic::Code;
use crate::engine::effect::{Asked, Effect, Tries, Waiting};
use crate::engine::state::State;
use crate::program::architect::{
    Ask, BotEvents, Escalation, ExpectedAnswer, Intent, RetryPolicy, Round, Source,
    SurveyAnswer,
};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field, PathTaken};
use crate::value::{Duration, Json, Kind, Text, Type, Value};
use crate::world::{Answer, Input};

/// The reason for leaving a bot that cannot understand the participant. *Source: Genesys'
/// help on Call Bot Flow.*
const RECOGNITION_FAILURE: &str = "RecognitionFailure";

/// Words for an agent. *Decided here: Genesys detects the wish for an agent by a language
/// model.*
const AGENT: [&str; 8] = [
    "agent",
    "advisor",
    "adviser",
    "human",
    "operator",
    "person",
    "representative",
    "someone",
];

/// The largest number of times that the keys of one reply answer a question.
const MOST_ROUNDS: u32 = 1_000;

/// A question of a bot that waits for the participant.
pub(super) struct Dialogue<'d> {
    pub(super) state: &'d mut State,
    pub(super) program: &'d Program,
    pub(super) step: &'d Step,
    pub(super) ask: &'d Ask,
    pub(super) tries: Tries,
}

impl Dialogue<'_> {
    /// Handles the participant's reply.
    pub(super) fn reply(self, answer: &Answer) -> Outcome {
        let mut at_ms = self.state.clock_ms;
        let keys: Vec<(char, i64)> = match answer {
            Answer::Input(Input::Speech(words)) if !words.is_empty() => {
                return self.hear(words);
            }
            Answer::Input(Input::Keys(keys)) => {
                keys.chars().map(|it| (it, at_ms)).collect()
            }
            Answer::Input(Input::Timed(keys)) => {
                let timed = keys.iter().map(|stroke| {
                    at_ms = at_ms.saturating_add(i64::from(stroke.after_ms));
                    (stroke.key, at_ms)
                });
                timed.collect()
            }
            Answer::Input(Input::HangUp) => {
                let message =
                    "the participant left while the flow was waiting for an answer";
                let failure = Failure::new(Code::CALLER_HUNG_UP, message);
                return Ok(Effect::Abort(failure));
            }
            _ => Vec::new(),
        };
        self.pressed(&keys)
    }

    /// Handles keys that arrive at these times. Keys that come after the question was
    /// asked again answer it then.
    fn pressed(self, mut keys: &[(char, i64)]) -> Outcome {
        let Self { state, program, step, ask, mut tries } = self;
        for _ in 0..MOST_ROUNDS {
            let (words, wait_ms, count) = entry(ask, keys, state.clock_ms);
            if let Some(frame) = state.wait(wait_ms) {
                return Ok(Effect::CutOff(frame));
            }
            let dialogue = Dialogue { state: &mut *state, program, step, ask, tries };
            let effect = match words.is_empty() {
                true => dialogue.silent(wait_ms)?,
                false => dialogue.hear(&words)?,
            };
            keys = keys.get(count..).unwrap_or_default();
            if keys.is_empty() || !matches!(effect, Effect::Ask) {
                return Ok(effect);
            }
            if let Some(Waiting::Reply(next)) = state.waiting.take() {
                tries = next;
            }
        }
        Ok(state.ask(Waiting::Reply(tries)))
    }

    fn silent(self, milliseconds: i64) -> Outcome {
        let duration = Duration::from_milliseconds(milliseconds);
        let duration = duration.map_or(Value::NOT_SET, Value::Duration);
        note_named(self.state, Field::Reason, "silence", &duration);
        self.failed(Code::NO_INPUT)
    }

    /// Handles words of the participant.
    pub(super) fn hear(mut self, words: &Text) -> Outcome {
        self.state.note(|| EventKind::CallerInput(words.clone()));
        let words = Text::from(words.trim());
        match (self.tries.asked, truth(&words)) {
            (Asked::Question, _) => self.answer(&words),
            (_, None) => self.failed(Code::NO_MATCH),
            (Asked::Confirmation, Some(true)) => {
                Ok(by_output(self.step, self.ask.success))
            }
            (Asked::Confirmation, Some(false)) => self.rejected(),
            (Asked::Escalation, Some(true)) => match escalation(self.state, self.program)
            {
                Some(it) => Ok(Effect::Handle(it.begin)),
                None => self.failed(Code::NO_MATCH),
            },
            (Asked::Escalation, Some(false)) => {
                self.say_question()?;
                self.ask_for(Asked::Question)
            }
        }
    }

    fn answer(mut self, words: &Text) -> Outcome {
        if let Some(effect) = self.understand(words)? {
            return Ok(effect);
        }
        let Some(escalation) = escalation(self.state, self.program) else {
            return self.failed(Code::NO_MATCH);
        };
        let is_enabled = self.state.value(self.program, &escalation.is_enabled)?;
        if !names_agent(words) || is_enabled != Value::Boolean(true) {
            return self.failed(Code::NO_MATCH);
        }
        match &escalation.confirmation {
            Some(question) => {
                self.say(question)?;
                self.ask_for(Asked::Escalation)
            }
            None => Ok(Effect::Handle(escalation.begin)),
        }
    }

    fn say(&mut self, words: &Source) -> Result<bool, Box<Failure>> {
        say(self.state, self.program, words)
    }

    fn say_question(&mut self) -> Result<(), Box<Failure>> {
        for words in &self.ask.question {
            self.say(words)?;
        }
        Ok(())
    }

    fn ask_for(self, asked: Asked) -> Outcome {
        let tries = Tries { asked, ..self.tries };
        Ok(self.state.ask(Waiting::Reply(tries)))
    }

    /// Asks again after silence or after an answer that does not fit, or gives up if no
    /// attempts are left.
    fn failed(mut self, code: Code) -> Outcome {
        let is_silence = code == Code::NO_INPUT;
        let Tries { no_input, no_match, .. } = self.tries;
        (self.tries.no_input, self.tries.no_match) =
            if is_silence { (no_input + 1, 0) } else { (0, no_match + 1) };
        let policy = if is_silence { &self.ask.no_input } else { &self.ask.no_match };
        let failed = self.tries.no_input.max(self.tries.no_match);
        if failed > self.allowed(policy.most) {
            return self.give_up(policy.output, code, failed);
        }
        let asked = self.tries.asked;
        let confirmation = &self.ask.confirmation;
        let question = match asked {
            Asked::Question => {
                self.ask_again(policy, failed)?;
                None
            }
            _ => {
                let apologies = &confirmation.apologies[usize::from(!is_silence)];
                if let Some(apology) = apologies.after(failed) {
                    self.say(apology)?;
                }
                match asked {
                    Asked::Escalation => escalation(self.state, self.program)
                        .and_then(|it| it.confirmation.as_ref()),
                    _ => Some(&confirmation.question),
                }
            }
        };
        if let Some(question) = question {
            self.say(question)?;
        }
        self.ask_for(asked)
    }

    /// The number of failures after which the bot asks again.
    fn allowed(&self, most: u32) -> u32 {
        let stops_at_maximum = self.state.conversation.policies().bots_stop_at_maximum;
        most.saturating_sub(u32::from(stops_at_maximum))
    }

    /// Asks again after the participant did not confirm an answer. *Source: Genesys'
    /// Architect Scripting, on `confirmationRejectionsMax`.*
    fn rejected(mut self) -> Outcome {
        self.tries.rejected += 1;
        let policy = &self.ask.confirmation.rejected;
        self.unset_result()?;
        let rejected = self.tries.rejected;
        if rejected > self.allowed(policy.most) {
            return self.give_up(policy.output, Code::NO_MATCH, rejected);
        }
        self.ask_again(policy, rejected)?;
        self.ask_for(Asked::Question)
    }

    /// Says the apology for this failure, and then the words that replace the question or
    /// the question.
    fn ask_again(
        &mut self,
        policy: &RetryPolicy,
        failures: u32,
    ) -> Result<(), Box<Failure>> {
        if let Some(apology) = policy.apologies.after(failures) {
            self.say(apology)?;
        }
        let is_said = match policy.reprompts.after(failures) {
            Some(reprompt) => self.say(reprompt)?,
            None => false,
        };
        if is_said { Ok(()) } else { self.say_question() }
    }

    /// Gives up: takes the output, or goes to the handling of recognition failures. In a
    /// flow that has no such event it is a runtime error. *Source: Genesys' help on event
    /// handling. That the second recognition failure of a session leaves the bot is its
    /// note on jumps to tasks, for every handling. Exports have a handling for it.*
    fn give_up(self, output: Option<u16>, code: Code, failed: u32) -> Outcome {
        if let Some(output) = output {
            return Ok(by_output(self.step, output));
        }
        let what = if code == Code::NO_INPUT { "silent" } else { "not understood" };
        let message = format!("the participant was {what} {failed} times");
        let Some(events) = events(self.state, self.program) else {
            return Err(Failure::new(code, message));
        };
        self.state.note(|| EventKind::Noted(code));
        Ok(recognition_failure(self.state, events))
    }

    /// Continues according to the participant's words. Returns `None` if they do not fit
    /// the question.
    fn understand(&mut self, words: &Text) -> Result<Option<Effect>, Box<Failure>> {
        if self.ask.slot_type.as_ref().is_some_and(|slot| !slot.accepts(words)) {
            return Ok(None);
        }
        let (value, output) = match &self.ask.wanted {
            ExpectedAnswer::Value(holds) => match read(words, *holds) {
                Some(value) => return self.check(value),
                None => return Ok(None),
            },
            ExpectedAnswer::Boolean => match truth(words) {
                Some(truth) => (Value::Boolean(truth), u16::from(!truth)),
                None => return Ok(None),
            },
            ExpectedAnswer::Choice => match self.chosen(words) {
                Some((label, index)) => (Value::String(label), index),
                None => return Ok(None),
            },
            ExpectedAnswer::Intent(intents) if intents.is_empty() => {
                (Value::String(words.clone()), self.ask.success)
            }
            ExpectedAnswer::Intent(intents) => {
                if !intents.iter().any(|intent| same(&intent.name, words)) {
                    return Ok(None);
                }
                return self.serve(intents, words).map(Some);
            }
            ExpectedAnswer::Survey(answers) => {
                let fits = |it: &&SurveyAnswer| {
                    it.key.as_ref() == Some(words) || same(&it.text, words)
                };
                let Some(answer) = answers.iter().find(fits) else { return Ok(None) };
                let value = Value::String(answer.text.clone());
                note_named(self.state, Field::Outputs, "answer", &value);
                (value, self.ask.success)
            }
        };
        if let Some(variable) = self.ask.result {
            self.state.assign(self.program, variable, &value)?;
        }
        begin_round(self.state, self.program, self.ask, output)?;
        Ok(Some(by_output(self.step, output)))
    }

    /// Returns the output with this name, and its index.
    fn chosen(&self, words: &Text) -> Option<(Text, u16)> {
        let node = self.state.node_of_step();
        let labels = &self.program.symbols.node(node).outputs;
        let is_it = |label: &Text| !label.starts_with("max") && same(label, words);
        let index = labels.iter().position(is_it)?;
        Some((labels.get(index)?.clone(), u16::try_from(index).unwrap_or(u16::MAX)))
    }

    /// Sets the slot, validates it, and requests its confirmation. *Source: Genesys'
    /// Architect Scripting, on `customValidation` and `confirmationMode`.*
    fn check(&mut self, value: Value) -> Result<Option<Effect>, Box<Failure>> {
        if let Some(variable) = self.ask.result {
            self.state.assign(self.program, variable, &value)?;
        }
        if let Some(condition) = &self.ask.validation
            && self.state.value(self.program, condition)? != Value::Boolean(true)
        {
            self.unset_result()?;
            return Ok(None);
        }
        let mode = self.state.value(self.program, &self.ask.confirmation.mode)?;
        let asks = matches!(&mode, Value::String(mode) if mode == "always");
        if asks && self.say(&self.ask.confirmation.question)? {
            let tries = Tries { asked: Asked::Confirmation, ..self.tries };
            return Ok(Some(self.state.ask(Waiting::Reply(tries))));
        }
        Ok(Some(by_output(self.step, self.ask.success)))
    }

    fn unset_result(&mut self) -> Result<(), Box<Failure>> {
        let Some(variable) = self.ask.result else { return Ok(()) };
        let unset = Value::unset(self.state.type_of(self.program, variable));
        self.state.assign(self.program, variable, &unset)
    }

    /// Continues with the task that serves an intent, or after the action if no task
    /// serves it.
    pub(super) fn serve(&mut self, intents: &[Intent], name: &Text) -> Outcome {
        let intent = intents.iter().find(|intent| same(&intent.name, name));
        let name = intent.map_or(name, |intent| &intent.name);
        self.state.conversation.bot.intent = Some(name.clone());
        if let Some(variable) = self.ask.result {
            self.state.assign(self.program, variable, &Value::String(name.clone()))?;
        }
        match intent.and_then(|intent| intent.task) {
            Some(task) => {
                let begin = self.state.go_to_task(self.program, task);
                Ok(Effect::Go(PathTaken::Next, Some(begin)))
            }
            None => Ok(by_output(self.step, self.ask.success)),
        }
    }
}

/// Returns the keys of the next entry, the time until it is complete, and the number of
/// keys that it takes. Without a key before the participant counts as silent, it is empty.
fn entry(ask: &Ask, keys: &[(char, i64)], now_ms: i64) -> (Text, i64, usize) {
    let (mut words, mut until_ms) = (Text::new(), now_ms);
    for (index, (key, at_ms)) in keys.iter().enumerate() {
        let patience_ms = if index == 0 { ask.silence_ms } else { ask.inter_digit_ms };
        if at_ms.saturating_sub(until_ms) > patience_ms {
            let waited_ms = until_ms.saturating_sub(now_ms);
            return (words, waited_ms.saturating_add(patience_ms), index);
        }
        until_ms = until_ms.max(*at_ms);
        if ask.terminator == Some(*key) && !words.is_empty() {
            return (words, until_ms - now_ms, index + 1);
        }
        words.push(*key);
    }
    let wait_ms = if words.is_empty() { ask.silence_ms } else { until_ms - now_ms };
    (words, wait_ms, keys.len())
}

/// Counts the round of an Anything Else? Loop if the output leads to one.
pub(super) fn begin_round(
    state: &mut State,
    program: &Program,
    ask: &Ask,
    output: u16,
) -> Result<(), Box<Failure>> {
    let Some(Round { is_first, number, index }) = ask.round.filter(|_| output == 0)
    else {
        return Ok(());
    };
    let round = if is_first { 0 } else { hidden(state, program, number) + 1 };
    set_hidden(state, program, number, round);
    state.note(|| EventKind::Output(Field::CurrentIndex, Value::Integer(round)));
    match index {
        Some(index) => state.assign(program, index, &Value::Integer(round)),
        None => Ok(()),
    }
}

/// Returns the events of the running flow, if it has the events of bots.
pub(super) fn events<'p>(state: &State, program: &'p Program) -> Option<&'p BotEvents> {
    program.unit(state.frame().flow).architect.as_deref()?.bot_events.as_ref()
}

fn escalation<'p>(state: &State, program: &'p Program) -> Option<&'p Escalation> {
    events(state, program)?.escalation.as_ref()
}

/// Goes to the handling of recognition failures. The second time it goes to the handling
/// of subsequent ones, or leaves the bot.
pub(super) fn recognition_failure(state: &mut State, events: &BotEvents) -> Effect {
    let bot = &mut state.conversation.bot;
    bot.recognition_failures += 1;
    if bot.recognition_failures == 1 {
        return Effect::Handle(events.recognition_failure);
    }
    match events.subsequent_failure {
        Some(handling) => Effect::Handle(handling),
        None => Effect::EndFlow(Some(RECOGNITION_FAILURE.into())),
    }
}

/// Whether words contain a word for an agent.
fn names_agent(words: &str) -> bool {
    let words = words.to_lowercase();
    let mut words = words.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| AGENT.contains(&word))
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

//! State of the whole conversation, independent of the Architect flow that runs:
//! Architect's built-in variables, the organisation, the random number generator, and an
//! error that is being handled.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::bot::BotSession;
use super::call::Call;
use super::fingerprint::write_value;
use super::queued::Queueing;
use crate::expr::architect::{BUILT_INS, BuiltInId, Policies, RandomNumbers};
use crate::flow::{NodeId, SequenceId, VariableId};
use crate::program::Program;
use crate::program::architect::FlowPart;
use crate::trace::Failure;
use crate::value::{Audio, AudioSegment, Text, Value};
use crate::world::{self, empty_organisation};

/// The organisation in which a call takes place. It is shared; two are equal if they are
/// the same object.
#[derive(Debug, Clone)]
pub(super) struct Organisation(pub(super) Arc<dyn world::Organisation>);

impl Default for Organisation {
    fn default() -> Self {
        Self(empty_organisation())
    }
}

impl PartialEq for Organisation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Attribute names and values.
type Attributes = IndexMap<Text, Text, FxBuildHasher>;

/// The owner of participant attributes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Participant {
    /// The participant for whom the flow runs.
    Own,
    /// The customer of the conversation with this id, or another participant of it.
    Other(Text, Option<Text>),
}

/// State of the whole conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Conversation {
    /// Values by index in [`BUILT_INS`]. Empty if no Architect flow is loaded.
    built_ins: Vec<Value>,
    changed: Changed,
    /// The built-in variables that had a value when the call began, for its trace.
    at_start: Vec<(VariableId, Value)>,
    pub(super) organisation: Organisation,
    pub(super) random: RandomNumbers,
    /// The attributes of the participants, in the order in which they were first set.
    attributes: IndexMap<Participant, Attributes, FxBuildHasher>,
    /// The error that is being handled, and the node at which it occurred.
    pub(super) fault: Option<(Box<Failure>, NodeId)>,
    /// Keys that no action has taken yet, with their times on the virtual clock.
    pub(super) keys: VecDeque<(char, i64)>,
    /// The caller's path of menus, the current menu last. Each menu comes with the number
    /// of frames at the time it was entered.
    pub(super) menus: Vec<(SequenceId, usize)>,
    /// The message that starts the flow again, until its first step records it.
    pub(super) message: Option<Text>,
    /// The session with the running bot.
    pub(super) bot: BotSession,
    /// Data that the call encrypted.
    pub(super) encrypted: Vec<Value>,
    /// The wait in a queue, and the requirements on agents.
    pub(super) queueing: Queueing,
}

impl Conversation {
    /// Resets everything to the start of a call.
    pub(super) fn begin(&mut self, program: &Program, call: &Call) {
        self.attributes.clear();
        if !call.participant_data.is_empty() {
            let given = call.participant_data.iter().cloned().collect();
            self.attributes.insert(Participant::Own, given);
        }
        // A session has one program, and draft flows change nothing else.
        if program.sequences.is_empty() {
            return;
        }
        self.at_start.clear();
        self.fault = None;
        self.keys.clear();
        self.menus.clear();
        self.message = None;
        self.bot = BotSession::default();
        self.encrypted.clear();
        self.queueing = Queueing::new(call.patience);
        if !Arc::ptr_eq(&self.organisation.0, &call.organisation) {
            self.organisation = Organisation(Arc::clone(&call.organisation));
        }
        self.random = RandomNumbers::from_seed(call.seed);
        self.unset_built_ins();
        let flow = program.unit(call.flow).architect.as_deref();
        let language = flow.and_then(|flow| flow.language.clone());
        let language = language.unwrap_or_else(|| self.organisation.0.default_language());
        self.set(START, Value::DateTime(call.start));
        self.set(IS_TEST, Value::Boolean(true));
        for variable in LANGUAGES {
            self.set(variable, Value::String(language.clone()));
        }
        let version = program.symbols.flow(call.flow).version.clone();
        self.set(VERSION, Value::String(version.unwrap_or_else(|| "1.0".into())));
    }

    /// Makes all built-in variables NOT_SET. Most of them are after any call.
    fn unset_built_ins(&mut self) {
        if self.built_ins.is_empty() {
            let unset = BUILT_INS.iter().map(|known| Value::unset(known.value_type));
            self.built_ins = unset.collect();
        }
        let values = &mut self.built_ins;
        std::mem::take(&mut self.changed).each(|index| {
            values[index].put(Value::unset(BUILT_INS[index].value_type));
        });
    }

    /// The values of the built-in variables, by index in [`BUILT_INS`].
    pub(super) fn built_ins(&self) -> &[Value] {
        &self.built_ins
    }

    /// Keeps the current values of the built-in variables for the trace.
    pub(super) fn keep_start(&mut self, program: &Program) {
        let mut kept = Vec::with_capacity(MOST_AT_START);
        self.changed.each(|index| {
            let value = &self.built_ins[index];
            if !value.is_unset() {
                kept.push(UNKNOWN);
                if let Some((variable, place)) = kept.last_mut() {
                    *variable = program.built_in(BuiltInId::at(index));
                    place.fill(value);
                }
            }
        });
        self.at_start = kept;
    }

    /// Takes the values that the built-in variables had when the call began.
    pub(super) fn take_at_start(&mut self) -> Vec<(VariableId, Value)> {
        std::mem::take(&mut self.at_start)
    }

    /// The decisions of the organisation about behaviour that Genesys leaves undefined.
    pub(super) fn policies(&self) -> Policies {
        self.organisation.0.policies()
    }

    /// Changes the language to the default of a flow that lacks the current language.
    pub(super) fn adopt_language(&mut self, part: &FlowPart) {
        let Some(default) = &part.language else { return };
        let current = self.language();
        let is_supported = |tag: &Text| tag.eq_ignore_ascii_case(&current);
        if part.languages.is_empty()
            || part.languages.iter().chain([default]).any(is_supported)
            || self.policies().keeps_unsupported_language
        {
            return;
        }
        for variable in LANGUAGES {
            self.set(variable, Value::String(default.clone()));
        }
    }

    /// Sets a built-in variable of Architect.
    #[inline]
    pub(super) fn set(&mut self, variable: BuiltInId, value: Value) {
        if let Some(slot) = self.built_ins.get_mut(variable.index()) {
            slot.put(value);
            self.changed.insert(variable.index());
        }
    }

    /// Returns the participant with these ids. The conversation is the one of the run if
    /// it has the same id, or if the run has no id, as for a workflow.
    pub(super) fn participant(
        &self,
        conversation: Text,
        participant: Option<Text>,
    ) -> Participant {
        let mut own =
            CONVERSATIONS.iter().filter_map(|variable| match self.get(*variable) {
                Value::String(id) => Some(id),
                _ => None,
            });
        let is_own = own.next().is_none_or(|id| *id == conversation);
        match participant {
            None if is_own => Participant::Own,
            participant => Participant::Other(conversation, participant),
        }
    }

    /// Sets an attribute; `None` removes it.
    pub(super) fn set_attribute(
        &mut self,
        of: &Participant,
        name: Text,
        value: Option<Text>,
    ) {
        let attributes = self.attributes.entry(of.clone()).or_default();
        match value {
            Some(value) => {
                attributes.insert(name, value);
            }
            None => {
                attributes.shift_remove(&name);
            }
        }
    }

    /// Returns the attributes of a participant, in the order in which they were first set.
    pub(super) fn attributes(
        &self,
        of: &Participant,
    ) -> impl Iterator<Item = (&Text, &Text)> {
        self.attributes.get(of).into_iter().flatten()
    }

    /// Returns the value of an attribute.
    pub(super) fn attribute(&self, of: &Participant, name: &str) -> Option<&Text> {
        self.attributes.get(of)?.get(name)
    }

    /// Writes everything that the future of the call may depend on.
    pub(super) fn write_key(&self, now_ms: i64, with_attributes: bool, out: &mut String) {
        for value in &self.built_ins {
            if !value.is_unset() {
                write_value(value, out);
            }
            out.push('|');
        }
        if with_attributes {
            let _ = write!(out, ";{:?}", self.attributes);
        }
        for (key, at_ms) in &self.keys {
            let _ = write!(out, ";{key}@{}", at_ms.saturating_sub(now_ms));
        }
        let _ = write!(out, ";{:?}{:?}{:?}", self.menus, self.fault, self.encrypted);
        if self.bot != BotSession::default() {
            let _ = write!(out, ";{:?}", self.bot);
        }
        if self.queueing != Queueing::default() {
            let _ = write!(out, ";{:?}", self.queueing);
        }
    }

    /// Returns the value of a built-in variable of Architect.
    pub(super) fn get(&self, variable: BuiltInId) -> &Value {
        self.built_ins.get(variable.index()).unwrap_or(&Value::NOT_SET)
    }

    /// Removes the keys that were pressed up to now, and returns them.
    pub(super) fn drop_keys(&mut self, now_ms: i64) -> Text {
        let mut dropped = Text::new();
        while let Some(key) = self.take_key_if(|_, at_ms| at_ms <= now_ms) {
            dropped.push(key);
        }
        dropped
    }

    /// The time of the next key that was typed ahead, in milliseconds.
    pub(super) fn next_key_ms(&self) -> Option<i64> {
        self.keys.front().map(|(_, at_ms)| *at_ms)
    }

    /// Takes the next key if the predicate accepts it.
    pub(super) fn take_key_if(
        &mut self,
        is_wanted: impl FnOnce(char, i64) -> bool,
    ) -> Option<char> {
        let (key, at_ms) = *self.keys.front()?;
        if !is_wanted(key, at_ms) {
            return None;
        }
        self.keys.pop_front();
        Some(key)
    }

    /// Returns the slot of a variable, or `None` if it is not a built-in variable.
    pub(super) fn slot(
        &mut self,
        program: &Program,
        id: VariableId,
    ) -> Option<&mut Value> {
        let index = id.0.checked_sub(program.built_in_first)? as usize;
        let slot = self.built_ins.get_mut(index)?;
        self.changed.insert(index);
        Some(slot)
    }

    /// Whether audio is a single text in the language of the conversation, and an engine
    /// speaks that language: [`Self::heard`] does not change it.
    #[inline]
    pub(super) fn hears_as_it_is(&self, audio: &Audio) -> bool {
        let [AudioSegment::Speech { language: None, .. }] = audio.segments.as_slice()
        else {
            return false;
        };
        match self.get(LANGUAGES[0]) {
            Value::String(language) => self.organisation.0.speaks(language),
            _ => false,
        }
    }

    /// Returns audio as the participant hears it: with prompts in the language of the
    /// conversation, and without speech in languages that no engine speaks.
    pub(super) fn heard(&self, audio: Arc<Audio>, language: &str) -> Arc<Audio> {
        let organisation = &self.organisation.0;
        let is_default =
            || language.eq_ignore_ascii_case(&organisation.default_language());
        let is_silent = |part: &AudioSegment| {
            let spoken = match part {
                AudioSegment::Speech { language: Some(own), .. } => own.as_str(),
                AudioSegment::Speech { .. } | AudioSegment::Spoken(_) => language,
                AudioSegment::Prompt(_) | AudioSegment::Silence(_) => return false,
            };
            !organisation.speaks(spoken) && !self.policies().unsupported_speech_is_spoken
        };
        let changes = |part: &AudioSegment| match part {
            AudioSegment::Prompt(_) => !is_default(),
            part => is_silent(part),
        };
        if !audio.segments.iter().any(changes) {
            return audio;
        }
        let mut audio = Audio::clone(&audio);
        audio.segments.retain(|part| !is_silent(part));
        let is_other = !is_default();
        for segment in &mut audio.segments {
            if let AudioSegment::Prompt(prompt) = segment
                && is_other
                && let Some(spoken) = organisation.prompt_in(prompt, language)
            {
                *prompt = spoken;
            }
        }
        Arc::new(audio)
    }

    /// Returns the language that the caller hears.
    pub(super) fn language(&self) -> Text {
        match self.get(LANGUAGES[0]) {
            Value::String(language) => language.clone(),
            _ => self.organisation.0.default_language(),
        }
    }
}

/// The built-in variables that may have a value, by index in [`BUILT_INS`]; one bit each.
/// All others are NOT_SET.
#[derive(Debug, Clone, Copy, Default)]
struct Changed([u64; 2]);

const _: () = assert!(BUILT_INS.len() <= 2 * u64::BITS as usize, "one bit each");

impl PartialEq for Changed {
    /// Always equal: the values are compared.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Changed {
    #[inline]
    fn insert(&mut self, index: usize) {
        self.0[index / 64 % 2] |= 1 << (index % 64);
    }

    /// Visits the indexes, in order.
    #[inline]
    fn each(self, mut visit: impl FnMut(usize)) {
        for (word, first) in self.0.into_iter().zip([0, 64]) {
            let mut rest = word;
            while rest != 0 {
                visit(first + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
    }
}

/// A place for a variable with an initial value. A constant is written to its place at once;
/// anything else would be moved there.
const UNKNOWN: (VariableId, Value) = (VariableId(0), Value::NOT_SET);

/// Capacity for the variables with an initial value. It suffices for nearly every call.
const MOST_AT_START: usize = 12;

const START: BuiltInId = BuiltInId::of("Flow.StartDateTimeUtc");
const IS_TEST: BuiltInId = BuiltInId::of("Flow.IsTest");
const VERSION: BuiltInId = BuiltInId::of("Flow.Version");
/// The variables that hold the id of the run's conversation.
const CONVERSATIONS: [BuiltInId; 6] = [
    BuiltInId::of("Call.ConversationId"),
    BuiltInId::of("Interaction.Id"),
    BuiltInId::of("Email.ConversationId"),
    BuiltInId::of("Message.ConversationId"),
    BuiltInId::of("Chat.ConversationId"),
    BuiltInId::of("Survey.ConversationId"),
];

/// The variables that hold the language of the conversation, one per type of flow.
pub(super) const LANGUAGES: [BuiltInId; 4] = [
    BuiltInId::of("Call.Language"),
    BuiltInId::of("Interaction.Language"),
    BuiltInId::of("Email.Language"),
    BuiltInId::of("Message.Language"),
];

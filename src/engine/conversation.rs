//! What belongs to the whole conversation, whichever of Architect's flows runs: the variables
//! that Architect brings along, the organisation, chance, and an error that is being handled.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::call::Call;
use crate::expr::architect::{BUILT_INS, Chance, Directory};
use crate::flow::{NodeId, VariableId};
use crate::program::Program;
use crate::trace::Failure;
use crate::value::{Audio, AudioSegment, Text, Value};
use crate::world::Fixtures;

/// The organisation in which a call takes place; shared, and the same if it is one.
#[derive(Debug, Clone, Default)]
pub(super) struct Organisation(pub(super) Arc<Fixtures>);

impl PartialEq for Organisation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Names and values.
type Attributes = IndexMap<Text, Text, FxBuildHasher>;

/// A participant, as far as attributes go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Participant {
    /// The one for whom the flow runs.
    Own,
    /// The customer of another conversation, or another participant of any.
    Other(Text, Option<Text>),
}

/// What belongs to the whole conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Conversation {
    /// By index in [`BUILT_INS`]. Empty if no flow of Architect is loaded.
    pub(super) built_ins: Vec<Value>,
    pub(super) organisation: Organisation,
    pub(super) chance: Chance,
    /// The attributes of the participants, in the order in which they were first set.
    attributes: IndexMap<Participant, Attributes, FxBuildHasher>,
    /// The error that is being handled, and the node at which it happened.
    pub(super) fault: Option<(Box<Failure>, NodeId)>,
}

impl Conversation {
    /// Sets everything to the start of a call.
    pub(super) fn begin(&mut self, program: &Program, call: &Call) {
        self.built_ins.clear();
        self.fault = None;
        self.attributes.clear();
        if program.sequences.is_empty() {
            return;
        }
        if !Arc::ptr_eq(&self.organisation.0, &call.organisation) {
            self.organisation = Organisation(Arc::clone(&call.organisation));
        }
        if !call.participant_data.is_empty() {
            let given = call.participant_data.iter().cloned().collect();
            self.attributes.insert(Participant::Own, given);
        }
        self.chance = Chance::from_seed(call.seed);
        let unset = BUILT_INS.iter().map(|known| Value::unset(known.holds));
        self.built_ins.extend(unset);
        let flow = program.unit(call.flow).architect.as_deref();
        let language = flow.and_then(|flow| flow.language.clone());
        let language = language.unwrap_or_else(|| self.organisation.0.default_language());
        self.set("Flow.StartDateTimeUtc", Value::DateTime(call.start));
        self.set("Flow.IsTest", Value::Boolean(true));
        for name in LANGUAGES {
            self.set(name, Value::String(language.clone()));
        }
        let version = program.legend.flow(call.flow).version.clone();
        self.set("Flow.Version", Value::String(version.unwrap_or_else(|| "1.0".into())));
    }

    /// Sets a variable that Architect brings along.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        let index = BUILT_INS.iter().position(|known| known.name == name);
        if let Some(slot) = index.and_then(|index| self.built_ins.get_mut(index)) {
            *slot = value;
        }
    }

    /// The participant of ids. The conversation is the one of the run if it has the id of
    /// that, or if nobody gave the run one, as for a workflow.
    pub(super) fn participant(
        &self,
        conversation: Text,
        participant: Option<Text>,
    ) -> Participant {
        let mut own = CONVERSATIONS.iter().filter_map(|name| match self.get(name) {
            Value::String(id) => Some(id),
            _ => None,
        });
        let is_own = own.next().is_none_or(|id| *id == conversation);
        match participant {
            None if is_own => Participant::Own,
            participant => Participant::Other(conversation, participant),
        }
    }

    /// Sets an attribute, or removes it.
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

    /// The value of an attribute.
    pub(super) fn attribute(&self, of: &Participant, name: &str) -> Option<&Text> {
        self.attributes.get(of)?.get(name)
    }

    /// A variable that Architect brings along.
    pub(super) fn get(&self, name: &str) -> &Value {
        let index = BUILT_INS.iter().position(|known| known.name == name);
        index.and_then(|index| self.built_ins.get(index)).unwrap_or(&Value::NOT_SET)
    }

    /// The slot of a variable, if Architect brings it along.
    pub(super) fn slot(
        &mut self,
        program: &Program,
        id: VariableId,
    ) -> Option<&mut Value> {
        self.built_ins.get_mut(id.0.checked_sub(program.built_in_first)? as usize)
    }

    /// Audio as the participant hears it: the prompts in the language of the conversation.
    pub(super) fn heard(&self, audio: Arc<Audio>) -> Arc<Audio> {
        let language = self.language();
        let is_prompt = |part: &AudioSegment| matches!(part, AudioSegment::Prompt(_));
        if !audio.segments.iter().any(is_prompt)
            || language.eq_ignore_ascii_case(&self.organisation.0.default_language())
        {
            return audio;
        }
        let mut audio = Audio::clone(&audio);
        for segment in &mut audio.segments {
            if let AudioSegment::Prompt(prompt) = segment
                && let Some(spoken) = self.organisation.0.prompt_in(prompt, &language)
            {
                *prompt = spoken;
            }
        }
        Arc::new(audio)
    }

    /// The language that the caller hears.
    pub(super) fn language(&self) -> Text {
        match self.get(LANGUAGES[0]) {
            Value::String(language) => language.clone(),
            _ => self.organisation.0.default_language(),
        }
    }
}

/// The variables that hold the id of the conversation of the run.
const CONVERSATIONS: [&str; 6] = [
    "Call.ConversationId",
    "Interaction.Id",
    "Email.ConversationId",
    "Message.ConversationId",
    "Chat.ConversationId",
    "Survey.ConversationId",
];

/// The variables that hold the language of the conversation; which one is there depends on
/// the type of the flow.
pub(super) const LANGUAGES: [&str; 4] =
    ["Call.Language", "Interaction.Language", "Email.Language", "Message.Language"];

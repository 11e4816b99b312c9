//! One call as one side saw it: the common form of our traces, of the platform's execution
//! documents and of simulation responses.
//!
//! Each side knows something that another does not: a simulation response has no times, an
//! execution document does not say what a condition read. [`Observation::known`] says what a
//! side tells at all; a value that it hides is there, as `None`.

mod of_document;
mod of_simulation;
mod of_trace;

use std::fmt::Write;

use crate::value::{DateTime, Json, Text};

/// One call as one side saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// In what form it was written down.
    pub source: Source,
    /// The flow that the call began in.
    pub flow: ObservedFlow,
    /// When it began.
    pub start: Option<DateTime>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: Option<i64>,
    /// How it ended: `completed`, `error`, `timeout`. Execution documents do not say it.
    pub status: Option<Text>,
    /// Why the flow was left: `TRANSFER`, `DISCONNECT`. Only execution documents say it.
    pub exit_reason: Option<Text>,
    /// The error that ended the call.
    pub error: Option<ObservedError>,
    /// The variables at the end, by name.
    pub variables: Option<Vec<(Text, Option<Json>)>>,
    /// What was done, in order of time, over all depths.
    pub steps: Vec<ObservedStep>,
    /// What of the steps is told at all: what is not here was not compared to anything.
    pub known: Aspects,
    /// Whether the steps that only end a flow are told.
    pub knows_ends: bool,
    /// Whether steps are missing at the end because there were too many.
    pub is_truncated: bool,
    /// The kinds of events that were not logged, by how their names begin.
    pub unlogged: Vec<&'static str>,
}

/// What tells where a conversation was routed, the best first.
const DESTINATION: [&str; 4] = ["queueName", "queueId", "name", "id"];

/// In what form a call was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Our trace; pointers lead into `flowsim.trace/1`.
    Trace,
    /// An execution document, the platform's or ours.
    Document,
    /// The response of a simulation.
    Simulation,
}

/// What is known of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObservedFlow {
    /// The id.
    pub id: Option<Text>,
    /// The name.
    pub name: Option<Text>,
    /// The version.
    pub version: Option<Text>,
    /// The type.
    pub flow_type: Option<Text>,
}

/// Why a call did not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedError {
    /// The stable name.
    pub code: Text,
    /// What was wrong.
    pub message: Option<Text>,
    /// The node where it was.
    pub node_id: Option<Text>,
}

/// One step: an executed node, an action, or another event of an execution document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObservedStep {
    /// The id of the node, or the GUID of the action or task. An event that belongs to an
    /// action, such as a turn, has that of the action.
    pub id: Option<Text>,
    /// The number that Architect shows beside the action.
    pub tracking_id: Option<i64>,
    /// The name; of an event that belongs to an action, the action's.
    pub name: Option<Text>,
    /// The node's type, or the name of the event.
    pub kind: Text,
    /// Whether it is a node or action, and not an event that belongs to one.
    pub is_action: bool,
    /// Whether it does nothing but end a flow.
    pub is_end: bool,
    /// The flow or module that it belongs to, by id or name.
    pub flow: Option<Text>,
    /// How deep it is in flows that called each other, or in events.
    pub depth: Option<u16>,
    /// When it began, in milliseconds since the call began.
    pub start_ms: Option<i64>,
    /// The way that was taken: the id of an output path, or a draft flow's name of it.
    pub path: Option<Text>,
    /// What the author called that way.
    pub path_name: Option<Text>,
    /// Whom it asked: `data action "Orders"`. Nothing if it asked nobody.
    pub asked: Option<Text>,
    /// What happened in it.
    pub facets: Vec<Facet>,
    /// Where an event stands in its document; steps of the other forms stand in one list.
    pub place: Option<Text>,
}

/// A value that belongs to a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Facet {
    /// What it is.
    pub aspect: Aspect,
    /// Its name: of a variable, an attribute, an operand. Empty for items of a list.
    pub name: Text,
    /// The id, of a variable that has one.
    pub key: Option<Text>,
    /// The value; `None` if it is hidden, because it is secret or too large.
    pub value: Option<Json>,
    /// Where it stands, below its step.
    pub place: Place,
}

/// What a value is to a step. In the order of time within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// A variable with which a flow, task or module starts.
    Start,
    /// A value that a condition read.
    Read,
    /// A setting of an action, or an input of it.
    Input,
    /// A text or prompt that the caller heard.
    Heard,
    /// What the caller pressed or said.
    Caller,
    /// What the outside world answered.
    Answer,
    /// An output that is no answer of the outside world.
    Output,
    /// A variable that was set.
    Set,
    /// Where the conversation was routed, and with what.
    Routing,
    /// An error; its code.
    Error,
    /// How a flow ended.
    End,
}

impl Aspect {
    /// All of them, in order.
    pub const ALL: [Self; 11] = [
        Self::Start,
        Self::Read,
        Self::Input,
        Self::Heard,
        Self::Caller,
        Self::Answer,
        Self::Output,
        Self::Set,
        Self::Routing,
        Self::Error,
        Self::End,
    ];
}

/// A set of aspects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Aspects(u16);

impl Aspects {
    /// All of them.
    pub fn all() -> Self {
        Aspect::ALL.into_iter().collect()
    }

    /// Whether it is one of them.
    pub fn has(self, aspect: Aspect) -> bool {
        self.0 & (1 << aspect as u16) != 0
    }

    /// All of these but that one.
    #[must_use]
    pub fn without(self, aspect: Aspect) -> Self {
        Self(self.0 & !(1 << aspect as u16))
    }
}

impl FromIterator<Aspect> for Aspects {
    fn from_iter<I: IntoIterator<Item = Aspect>>(aspects: I) -> Self {
        Self(aspects.into_iter().fold(0, |all, aspect| all | 1 << aspect as u16))
    }
}

/// Where a value stands below its step.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// Under this pointer.
    Key(&'static str),
    /// Under its own name in the object at this pointer.
    Member(&'static str),
    /// In the list at this pointer.
    Element(&'static str, usize),
    /// Under this pointer, of an execution document.
    Entry(Text),
    /// As the `value` of an item of the list at this pointer, of an execution document.
    Item(Text, usize),
}

impl Observation {
    /// The JSON pointer to a step in the document that this was made from.
    pub fn step_pointer(&self, step: usize) -> String {
        match (self.source, self.steps.get(step).and_then(|step| step.place.as_ref())) {
            (_, Some(place)) => place.to_string(),
            (Source::Simulation, None) => format!("/trace/{step}"),
            (_, None) => format!("/steps/{step}"),
        }
    }

    /// The JSON pointer to a value of a step.
    pub fn facet_pointer(&self, step: usize, facet: &Facet) -> String {
        let mut pointer = self.step_pointer(step);
        let _ = match &facet.place {
            Place::Key(key) => write!(pointer, "{key}"),
            Place::Entry(key) => write!(pointer, "{key}"),
            Place::Member(list) => write!(pointer, "{list}/{}", escaped(&facet.name)),
            Place::Element(list, index) => write!(pointer, "{list}/{index}"),
            Place::Item(list, index) => write!(pointer, "{list}/{index}/value"),
        };
        pointer
    }

    /// Whether this side would tell of a step like that of another side.
    pub fn can_know(&self, other: &ObservedStep) -> bool {
        let is_unlogged = self.unlogged.iter().any(|start| other.kind.starts_with(start));
        !(is_unlogged || other.is_end && !self.knows_ends)
    }

    /// The last step that routed the conversation or handed it on, and where to: the name
    /// if there is one, else the id.
    pub fn destination(&self) -> Option<(usize, &Text)> {
        self.steps.iter().enumerate().rev().find_map(|(index, step)| {
            let name = DESTINATION.into_iter().find_map(|name| step.routed(name));
            name.map(|name| (index, name))
        })
    }

    /// Where the call came to its end: the queue or whom else it was handed on to, else the
    /// error, else how it ended.
    pub fn ending(&self) -> Text {
        let destination = self.destination().map(|(_, name)| name);
        let error = self.error.as_ref().map(|error| &error.code);
        let ending = destination.or(error).or(self.status.as_ref());
        ending.or(self.exit_reason.as_ref()).cloned().unwrap_or_default()
    }

    /// The [endings](Self::ending) of this side and of another, told alike: if one of them
    /// knows only the id of its queue, both have the id.
    pub fn endings(&self, other: &Self) -> (Text, Text) {
        let (own, others) = (self.destination(), other.destination());
        let (Some((own_step, own)), Some((other_step, others))) = (own, others) else {
            return (self.ending(), other.ending());
        };
        let routed = |side: &Self, step: usize, name: &str| {
            side.steps.get(step).and_then(|step| step.routed(name)).cloned()
        };
        let common = DESTINATION.into_iter().find_map(|name| {
            Some((routed(self, own_step, name)?, routed(other, other_step, name)?))
        });
        common.unwrap_or_else(|| (own.clone(), others.clone()))
    }
}

impl ObservedStep {
    /// A text of where it routed the conversation.
    fn routed(&self, name: &str) -> Option<&Text> {
        let mut of = self.of(Aspect::Routing).filter(|facet| facet.name == name);
        of.find_map(|facet| match &facet.value {
            Some(Json::String(text)) => Some(text),
            _ => None,
        })
    }

    /// Its values of one kind.
    pub fn of(&self, aspect: Aspect) -> impl Iterator<Item = &Facet> {
        self.facets.iter().filter(move |facet| facet.aspect == aspect)
    }

    /// What people know it by.
    pub fn label(&self) -> &str {
        self.name.as_ref().or(self.id.as_ref()).unwrap_or(&self.kind)
    }
}

impl Facet {
    pub(super) fn new(
        aspect: Aspect,
        name: impl Into<Text>,
        value: Json,
        place: Place,
    ) -> Self {
        Self { aspect, name: name.into(), key: None, value: Some(value), place }
    }
}

/// A key as a segment of a JSON pointer. *Source: RFC 6901.*
pub fn escaped(key: &str) -> std::borrow::Cow<'_, str> {
    if key.contains(['~', '/']) {
        key.replace('~', "~0").replace('/', "~1").into()
    } else {
        key.into()
    }
}

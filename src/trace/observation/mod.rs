//! Observations of calls: a common form for flowsim's traces, the platform's execution
//! documents and simulation responses.
//!
//! Each source lacks some data: a simulation response has no times, an execution document
//! does not contain the values that a condition read. [`Observation::known`] lists the
//! kinds of data that a source has. A hidden value is present as `None`.

mod exchange;
mod of_document;
mod of_simulation;
mod of_trace;

use std::fmt::Write;

use crate::diagnostic::Code;
use crate::value::{DateTime, Json, Text};

pub use exchange::{
    Exchange, Gap, GroupState, GroupStateKind, MenuChoice, ObservedName, ObservedObject,
    Reply, RowLookup, RowResult, ScheduleCheck,
};

/// One call as recorded by one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Format of the source.
    pub source: Source,
    /// Flow in which the call began.
    pub flow: ObservedFlow,
    /// Start time.
    pub start: Option<DateTime>,
    /// Duration in milliseconds.
    pub elapsed_ms: Option<i64>,
    /// Final status: `completed`, `error`, `timeout`. Execution documents do not have it.
    pub status: Option<Text>,
    /// Exit reason of the flow: `TRANSFER`, `DISCONNECT`. Only execution documents have
    /// it.
    pub exit_reason: Option<Text>,
    /// Error that ended the call.
    pub error: Option<ObservedError>,
    /// Whether the source says which error ended the call, if one did.
    pub knows_error: bool,
    /// Variables at the end, by name.
    pub variables: Option<Vec<(Text, Option<Json>)>>,
    /// Steps at all depths, in order of time.
    pub steps: Vec<ObservedStep>,
    /// Kinds of values that the source records. Other kinds cannot be compared.
    pub known: AttributeKinds,
    /// Whether the source records steps that only end a flow.
    pub knows_ends: bool,
    /// Whether steps are missing at the end because there were too many.
    pub is_truncated: bool,
    /// Name prefixes of events that were not logged.
    pub unlogged: Vec<&'static str>,
}

/// The end of a call whose document ends before the call.
pub const UNKNOWN_END: &str = "(unknown)";

/// Returns whether two ends of a call are known and different.
pub fn is_other_end(one: &str, two: &str) -> bool {
    one != two && one != UNKNOWN_END && two != UNKNOWN_END
}

/// Properties that identify the routing target, best first.
const DESTINATION: [&str; 4] = ["queueName", "queueId", "name", "id"];

/// Formats of recorded calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Trace of flowsim; pointers refer to `flowsim.trace/1`.
    Trace,
    /// Execution document of the platform or of flowsim.
    Document,
    /// Simulation response.
    Simulation,
}

/// Known properties of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObservedFlow {
    /// Id.
    pub id: Option<Text>,
    /// Name.
    pub name: Option<Text>,
    /// Version.
    pub version: Option<Text>,
    /// Type.
    pub flow_type: Option<Text>,
}

/// Reason why a call did not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedError {
    /// Diagnostic code.
    pub code: Option<Text>,
    /// Description of the problem.
    pub message: Option<Text>,
    /// Node at which the error occurred.
    pub node_id: Option<Text>,
}

/// One step: an executed node, an action, or another event of an execution document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObservedStep {
    /// Id of the node, or GUID of the action or task. An event that belongs to an action,
    /// such as a turn, has the action's GUID.
    pub id: Option<Text>,
    /// Number that Architect shows next to the action.
    pub tracking_id: Option<i64>,
    /// Name; for an event that belongs to an action, the action's name.
    pub name: Option<Text>,
    /// Type of the node, or name of the event.
    pub kind: Text,
    /// Whether it is a node or action, rather than an event that belongs to one.
    pub is_action: bool,
    /// Whether it only ends a flow.
    pub is_end: bool,
    /// Flow or module that contains the step, by id or name.
    pub flow: Option<Text>,
    /// Nesting depth of flows, or of events.
    pub depth: Option<u16>,
    /// Start time, in milliseconds since the start of the call.
    pub start_ms: Option<i64>,
    /// Path taken: the id of an output path, or the path name of a draft flow.
    pub path: Option<Text>,
    /// Name that the author gave to the path.
    pub path_name: Option<Text>,
    /// Recipient of the step's request: `data action "Orders"`; `None` if there was no
    /// request.
    pub request: Option<Text>,
    /// The note or error of a step for which the fixtures lack something. Only traces of
    /// flowsim have it.
    pub lacking: Option<Code>,
    /// Exchange of the step with its environment. Traces of flowsim do not have it.
    pub exchange: Option<Box<Exchange>>,
    /// Objects of the organisation that the step names.
    pub objects: Vec<ObservedObject>,
    /// Language that the step sets or reports.
    pub language: Option<Text>,
    /// Values of the step.
    pub attributes: Vec<Attribute>,
    /// Location of an event in its document; `None` in formats with a flat list of steps.
    pub place: Option<Text>,
}

/// A value of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Kind of the value.
    pub kind: AttributeKind,
    /// Name of a variable, attribute or operand. Empty for items of a list.
    pub name: Text,
    /// Id, if the variable has one.
    pub key: Option<Text>,
    /// The value; `None` if it is hidden because it is secret or too large.
    pub value: Option<Json>,
    /// Location below the step.
    pub place: Place,
}

/// Kinds of values of a step, ordered by time within the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeKind {
    /// Initial variable of a flow, task or module.
    Start,
    /// Value that a condition read.
    Read,
    /// Setting or input of an action.
    Input,
    /// Text or prompt that the caller heard.
    Prompt,
    /// Keys or words of the caller.
    Caller,
    /// Answer of the outside world.
    Answer,
    /// Output other than an answer of the outside world.
    Output,
    /// Variable that was set.
    Set,
    /// Routing target and its properties.
    Routing,
    /// Code of an error.
    Error,
    /// End type of a flow.
    End,
}

impl AttributeKind {
    /// All kinds, in order.
    pub const ALL: [Self; 11] = [
        Self::Start,
        Self::Read,
        Self::Input,
        Self::Prompt,
        Self::Caller,
        Self::Answer,
        Self::Output,
        Self::Set,
        Self::Routing,
        Self::Error,
        Self::End,
    ];

    /// Returns the word for the kind in reports and in the form of a call that is hashed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Read => "read",
            Self::Input => "input",
            Self::Prompt => "prompt",
            Self::Caller => "caller",
            Self::Answer => "answer",
            Self::Output => "output",
            Self::Set => "set",
            Self::Routing => "routing",
            Self::Error => "error",
            Self::End => "end",
        }
    }
}

/// A set of aspects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttributeKinds(u16);

impl AttributeKinds {
    /// Returns the set of all aspects.
    pub fn all() -> Self {
        AttributeKind::ALL.into_iter().collect()
    }

    /// Returns whether the set contains the aspect.
    pub fn has(self, aspect: AttributeKind) -> bool {
        self.0 & (1 << aspect as u16) != 0
    }

    /// Returns the set without the given aspect.
    #[must_use]
    pub fn without(self, aspect: AttributeKind) -> Self {
        Self(self.0 & !(1 << aspect as u16))
    }
}

impl FromIterator<AttributeKind> for AttributeKinds {
    fn from_iter<I: IntoIterator<Item = AttributeKind>>(aspects: I) -> Self {
        Self(aspects.into_iter().fold(0, |all, aspect| all | 1 << aspect as u16))
    }
}

/// Location of a value below its step.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// At this pointer.
    Key(&'static str),
    /// Under its name, in the object at this pointer.
    Member(&'static str),
    /// In the list at this pointer.
    Element(&'static str, usize),
    /// At this pointer in an execution document.
    Entry(Text),
    /// The `value` of an item in the list at this pointer in an execution document.
    Item(Text, usize),
}

impl Observation {
    /// Returns the JSON pointer to a step in the source document.
    pub fn step_pointer(&self, step: usize) -> String {
        match (self.source, self.steps.get(step).and_then(|step| step.place.as_ref())) {
            (_, Some(place)) => place.to_string(),
            (Source::Simulation, None) => format!("/trace/{step}"),
            (_, None) => format!("/steps/{step}"),
        }
    }

    /// Returns the JSON pointer to a value of a step.
    pub fn facet_pointer(&self, step: usize, attribute: &Attribute) -> String {
        let mut pointer = self.step_pointer(step);
        let _ = match &attribute.place {
            Place::Key(key) => write!(pointer, "{key}"),
            Place::Entry(key) => write!(pointer, "{key}"),
            Place::Member(list) => write!(pointer, "{list}/{}", escaped(&attribute.name)),
            Place::Element(list, index) => write!(pointer, "{list}/{index}"),
            Place::Item(list, index) => write!(pointer, "{list}/{index}/value"),
        };
        pointer
    }

    /// Returns whether this source would record a step like the given one of another
    /// source.
    pub fn can_know(&self, other: &ObservedStep) -> bool {
        let is_unlogged = self.unlogged.iter().any(|start| other.kind.starts_with(start));
        !(is_unlogged || other.is_end && !self.knows_ends)
    }

    /// Returns the last step that routed or transferred the conversation, and the target:
    /// its name if it has one, else its id.
    pub fn destination(&self) -> Option<(usize, &Text)> {
        self.steps.iter().enumerate().rev().find_map(|(index, step)| {
            let name = DESTINATION.into_iter().find_map(|name| step.routed(name));
            name.map(|name| (index, name))
        })
    }

    /// Returns where the call ended: the queue or other transfer target, else the error,
    /// else the status.
    pub fn ending(&self) -> Text {
        match self.destination() {
            _ if self.is_truncated => UNKNOWN_END.into(),
            Some((_, name)) => name.clone(),
            None => self.way_of_ending(),
        }
    }

    /// Returns how the call ended, regardless of the transfer target.
    fn way_of_ending(&self) -> Text {
        let error = self.error.as_ref().and_then(ObservedError::label);
        let ending = error.or(self.status.as_ref()).or(self.exit_reason.as_ref());
        ending.cloned().unwrap_or_default()
    }

    /// Returns the [endings](Self::ending) of this side and another one in comparable
    /// form. If one side only knows the id of its queue, both use the id. If a document
    /// does not log targets, both use the way in which the call ended.
    pub fn endings(&self, other: &Self) -> (Text, Text) {
        let is_unlogged = |side: &Self| {
            side.source == Source::Document && !side.known.has(AttributeKind::Routing)
        };
        let is_cut = self.is_truncated || other.is_truncated;
        if !is_cut && (is_unlogged(self) || is_unlogged(other)) {
            return (self.way_of_ending(), other.way_of_ending());
        }
        let (own, others) = match is_cut {
            true => (None, None),
            false => (self.destination(), other.destination()),
        };
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

impl ObservedError {
    /// Returns the code, else the message.
    pub fn label(&self) -> Option<&Text> {
        self.code.as_ref().or(self.message.as_ref())
    }
}

impl ObservedStep {
    /// Returns a string property of the routing target.
    fn routed(&self, name: &str) -> Option<&Text> {
        let mut of =
            self.of(AttributeKind::Routing).filter(|attribute| attribute.name == name);
        of.find_map(|attribute| match &attribute.value {
            Some(Json::String(text)) => Some(text),
            _ => None,
        })
    }

    /// Returns the values of one kind.
    pub fn of(&self, aspect: AttributeKind) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.kind == aspect)
    }

    /// Returns the display name.
    pub fn label(&self) -> &str {
        self.name.as_ref().or(self.id.as_ref()).unwrap_or(&self.kind)
    }
}

impl Attribute {
    pub(super) fn new(
        aspect: AttributeKind,
        name: impl Into<Text>,
        value: Json,
        place: Place,
    ) -> Self {
        Self { kind: aspect, name: name.into(), key: None, value: Some(value), place }
    }
}

/// Escapes a key for use in a JSON pointer. *Source: RFC 6901.*
pub fn escaped(key: &str) -> std::borrow::Cow<'_, str> {
    if key.contains(['~', '/']) {
        key.replace('~', "~0").replace('/', "~1").into()
    } else {
        key.into()
    }
}

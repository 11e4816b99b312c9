//! Trace of a call.

use std::sync::Arc;

use super::field::Field;
use crate::diagnostic::Code;
use crate::flow::kinds::TransferKind;
use crate::flow::{
    EndType, FlowId, NodeId, ReferenceId, SymbolTable, TextId, VariableId,
};
use crate::value::{Audio, DateTime, Json, Text, Value};

/// Everything that happened in one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Flow in which the call started.
    pub flow: FlowId,
    /// Final status of the call.
    pub status: Status,
    /// Reason if the call did not complete.
    pub failure: Option<Box<Failure>>,
    /// Node at which the call failed.
    pub failed_at: Option<NodeId>,
    /// Virtual clock at the start.
    pub start: DateTime,
    /// Duration on the virtual clock, in milliseconds.
    pub elapsed_ms: i64,
    /// Number of started actions, including one that exceeded the limit.
    pub actions: u32,
    /// Executed nodes at all depths, in order of their start.
    pub steps: Vec<Step>,
    /// Events of the steps, in order of time.
    pub events: Vec<Event>,
    /// Variables of the first flow that have a value at the end.
    pub variables: Vec<(VariableId, Value)>,
    /// Values of Architect's built-in variables at the start of the call; missing ones
    /// were NOT_SET.
    pub built_ins: Vec<(VariableId, Value)>,
    /// Variables supplied with the call that no flow mentions.
    pub other_variables: Vec<(Text, Value)>,
}

/// Final status of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// The call completed.
    Completed,
    /// An unhandled error ended the call.
    Error,
    /// The timeout ended the call.
    Timeout,
}

impl Status {
    /// Returns the name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }
}

/// One executed node.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The node.
    pub node: NodeId,
    /// Nesting depth of flows: 0 in the flow in which the call started.
    pub depth: u16,
    /// Path taken from the node.
    pub path: PathTaken,
    /// Node that the path leads to.
    pub next: Option<NodeId>,
    /// Virtual time of the start, in milliseconds since the start of the call.
    pub start_ms: i64,
    /// Virtual time of the end, in milliseconds since the start of the call. For a call
    /// to another flow, the end of that flow.
    pub end_ms: i64,
}

/// Path taken from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathTaken {
    /// No path: the flow ended here or was cut off.
    None,
    /// The node completed.
    Next,
    /// The node failed.
    Error,
    /// The condition with this number, from 1, was true.
    Condition(u16),
    /// No condition was true.
    Default,
    /// The output with this index of an Architect action.
    Output(u16),
}

/// An event in a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Index of the step.
    pub step: u32,
    /// The event's kind and data.
    pub kind: EventKind,
}

/// Kinds of events in a step.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// The caller heard a prompt.
    Prompted(Phrase),
    /// Caller input that was not accepted unchanged.
    CallerInput(Text),
    /// Digits that were collected.
    Collected(Text),
    /// A variable was set.
    Assigned(VariableId, Value),
    /// A condition read a value.
    Read(ReferenceId, Value),
    /// A request to the outside world, or a call of a flow with input variables.
    Requested(Box<Request>),
    /// Answer to the request.
    Answered(Json),
    /// The conversation was routed to a queue.
    Routed(Box<Routing>),
    /// The conversation was transferred to something other than a queue.
    Transferred(Box<Transfer>),
    /// An agent answered the waiting caller.
    Connected(Box<Connection>),
    /// The flow ended.
    Ended(EndType),
    /// The step failed.
    Failed(Box<Failure>),
    /// A template named a value that does not exist.
    Missing(ReferenceId),
    /// Diagnostic note whose message is the meaning of the code.
    Noted(Code),
    /// A variable whose initial value cannot be computed is NOT_SET.
    Unfilled(VariableId, Box<Failure>),
    /// Diagnostic note with a message of the step.
    Warned(Box<Failure>),
    /// Time ran out during the step.
    TimedOut,
    /// Input value of an Architect action.
    Input(Field, Value),
    /// Output value of an Architect action.
    Output(Field, Value),
    /// A value in a set of named values, such as attributes or columns.
    Entry(Box<Entry>),
    /// Audio that was played; the preceding [`EventKind::Prompted`] has its words.
    Played(Arc<Audio>),
}

/// A named value of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Field that the value belongs to.
    pub of: Field,
    /// Name of the value.
    pub name: Text,
    /// The value.
    pub value: Value,
}

/// Prompt text that the caller hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Phrase {
    /// Constant text of the flow.
    Constant(TextId),
    /// Text made during the call.
    Made(Text),
}

impl Phrase {
    /// Returns the text.
    pub fn text<'t>(&'t self, symbols: &'t SymbolTable) -> &'t Text {
        match self {
            Self::Constant(id) => symbols.text(*id),
            Self::Made(text) => text,
        }
    }
}

/// Request to the outside world or to another flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Recipient of the request.
    pub subject: Subject,
    /// Id, name, address or lookup key.
    pub name: Text,
    /// Data sent with the request; `null` if there was none.
    pub inputs: Json,
}

/// Recipients of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// External contacts.
    Contact,
    /// Data action.
    DataAction,
    /// Queue statistics.
    QueueStatistics,
    /// Webhook.
    Webhook,
    /// Flow called with input variables.
    Flow,
}

impl Subject {
    /// Returns the name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::DataAction => "dataAction",
            Self::QueueStatistics => "queueStatistics",
            Self::Webhook => "webhook",
            Self::Flow => "flow",
        }
    }
}

/// Routing of a conversation to a queue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routing {
    /// Id of the queue, if known.
    pub queue_id: Option<Phrase>,
    /// Name of the queue, if known.
    pub queue_name: Option<Phrase>,
    /// Skills that an agent needs.
    pub skills: Vec<Text>,
    /// Priority.
    pub priority: Option<i64>,
}

/// Answer of an agent to a caller who waits in a queue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Connection {
    /// Time that the caller waited in the queue, in milliseconds.
    pub waited_ms: i64,
    /// Name or id of the agent, if known.
    pub agent: Option<Text>,
}

/// Transfer of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Kind of the target.
    pub kind: TransferKind,
    /// Id of the target, if known.
    pub id: Option<Text>,
    /// Name or number of the target.
    pub name: Text,
}

/// Reason of a failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Diagnostic code.
    pub code: Code,
    /// Description of the problem.
    pub message: Text,
}

impl Trace {
    /// Returns the last routing of the conversation.
    pub fn routing(&self) -> Option<&Routing> {
        self.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Routed(routing) => Some(&**routing),
            _ => None,
        })
    }

    /// Returns the answer of an agent to the waiting caller.
    pub fn connection(&self) -> Option<&Connection> {
        self.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Connected(connection) => Some(&**connection),
            _ => None,
        })
    }

    /// Returns the last transfer of the conversation, excluding queues.
    pub fn transfer(&self) -> Option<&Transfer> {
        self.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Transferred(transfer) => Some(&**transfer),
            _ => None,
        })
    }

    /// Returns the prompts that the caller heard, in order.
    pub fn prompts<'t>(
        &'t self,
        symbols: &'t SymbolTable,
    ) -> impl Iterator<Item = &'t Text> {
        self.events.iter().filter_map(|event| match &event.kind {
            EventKind::Prompted(phrase) => Some(phrase.text(symbols)),
            _ => None,
        })
    }

    /// Returns the ids of the executed nodes, in order.
    pub fn path<'t>(&self, symbols: &'t SymbolTable) -> impl Iterator<Item = &'t Text> {
        self.steps.iter().map(|step| &symbols.node(step.node).id)
    }

    /// Returns the value of a variable at the end.
    pub fn variable(&self, symbols: &SymbolTable, name: &str) -> Option<&Value> {
        let known = self.variables.iter().find(|(id, _)| symbols.variable(*id) == name);
        let other = || self.other_variables.iter().find(|(other, _)| other == name);
        known.map(|(_, value)| value).or_else(|| other().map(|(_, value)| value))
    }

    /// Returns the events of a step. A call to another flow has events before and after
    /// those of the steps inside that flow.
    pub fn events_of(&self, step: usize) -> impl Iterator<Item = &EventKind> {
        let of_step = move |event: &&Event| event.step as usize == step;
        self.events.iter().filter(of_step).map(|event| &event.kind)
    }
}

impl Failure {
    /// Creates a failure with this code.
    pub fn new(code: Code, message: impl Into<Text>) -> Box<Self> {
        Box::new(Self { code, message: message.into() })
    }
}

// Traces are sent from the threads that run calls to the thread that writes reports.
const _: fn() = || {
    fn assert_sendable<T: Send + Sync>() {}
    assert_sendable::<Trace>();
    assert_sendable::<Arc<SymbolTable>>();
};

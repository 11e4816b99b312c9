//! The trace and its parts.

use std::borrow::Cow;
use std::sync::Arc;

use super::listen::Listen;
use crate::diagnostic::Code;
use crate::flow::architect::TransferKind;
use crate::flow::{EndType, FlowId, Legend, NodeId, ReferenceId, TextId, VariableId};
use crate::value::{Audio, DateTime, Json, Text, Value};

/// Everything that happened in one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The flow that the call started in.
    pub flow: FlowId,
    /// How it ended.
    pub status: Status,
    /// Why it did not complete.
    pub failure: Option<Box<Failure>>,
    /// The node at which it did not complete.
    pub failed_at: Option<NodeId>,
    /// The virtual clock at the start.
    pub start: DateTime,
    /// How long it took on the virtual clock.
    pub elapsed_ms: i64,
    /// How many actions were started; one that the limit refused counts too.
    pub actions: u32,
    /// The executed nodes, in the order in which they started, over all depths.
    pub steps: Vec<Step>,
    /// What happened in them, in order of time.
    pub events: Vec<Event>,
    /// The variables of the first flow that have a value at the end.
    pub variables: Vec<(VariableId, Value)>,
    /// What the variables that Architect brings along held when the call began; those left
    /// out were NOT_SET.
    pub built_ins: Vec<(VariableId, Value)>,
    /// Variables that the call brought and no flow mentions.
    pub other_variables: Vec<(Text, Value)>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// To its end.
    Completed,
    /// By an error that nobody handled.
    Error,
    /// By its timeout.
    Timeout,
}

impl Status {
    /// As it is written.
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
    /// How many flows deep: 0 in the flow that the call started in.
    pub depth: u16,
    /// Which way it went from here.
    pub path: PathTaken,
    /// The node that way leads to.
    pub next: Option<NodeId>,
    /// The virtual clock when it began, in milliseconds since the call began.
    pub start_ms: i64,
    /// The same when it was done; of a call to another flow, when that flow was done.
    pub end_ms: i64,
}

/// The way taken from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathTaken {
    /// None: the flow ended here, or was cut off.
    None,
    /// The node was done.
    Next,
    /// The node failed.
    Error,
    /// The condition of this number, from 1, was true.
    Condition(u16),
    /// No condition was true.
    Default,
    /// The output of this index among those of one of Architect's actions.
    Output(u16),
}

/// Something that happened in a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The index of the step.
    pub step: u32,
    /// What happened.
    pub fact: Fact,
}

/// What can happen in a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// The caller heard a text.
    Said(Phrase),
    /// The caller pressed or said something that was not simply taken as it was.
    Heard(Text),
    /// These digits were collected.
    Collected(Text),
    /// A variable was set.
    Assigned(VariableId, Value),
    /// A condition read a value.
    Read(ReferenceId, Value),
    /// The outside world was asked, or a flow was called with variables of its own.
    Asked(Box<Asked>),
    /// It answered.
    Answered(Json),
    /// The conversation was routed.
    Routed(Box<Routing>),
    /// The conversation was handed on, but not to a queue.
    Transferred(Box<Transfer>),
    /// An agent answered the caller who waited, so many milliseconds after the call began.
    Connected(i64),
    /// The flow ended.
    Ended(EndType),
    /// The step failed.
    Failed(Box<Failure>),
    /// A template named a value that does not exist.
    Missing(ReferenceId),
    /// Something worth knowing.
    Noted(Code),
    /// Time ran out in the middle of the step.
    CutOff,
    /// One of Architect's actions was given a value.
    Input(Field, Value),
    /// One of Architect's actions gave a value.
    Output(Field, Value),
    /// One of several values that have names of their own: an attribute, a column.
    Entry(Box<Entry>),
    /// What was played, of which [`Fact::Said`] before it has the words.
    Played(Arc<Audio>),
}

/// Which of the values that one of Architect's actions is given or gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `condition` of a decision.
    Condition,
    /// The case of this number of a switch, from 1.
    Case(u16),
    /// `value` of a switch that compares.
    Value,
    /// `loopCount`
    LoopCount,
    /// `currentIndex` of a loop, from 0.
    CurrentIndex,
    /// The data action that is called, by its name.
    DataAction,
    /// `successOutputs` of a data action.
    SuccessOutputs,
    /// `failureOutputs`
    FailureOutputs,
    /// `dataTableId`, if the table is known.
    DataTableId,
    /// `dataTableName`
    DataTableName,
    /// `lookupValue`, the key of a data table's row.
    LookupValue,
    /// `foundOutputs`, the columns of a data table's row.
    FoundOutputs,
    /// `findName` of what is found by its name.
    FindName,
    /// `findId` of what is found by its id.
    FindId,
    /// `findIds` of users.
    FindIds,
    /// `findResult`
    FindResult,
    /// `externalId` of an external contact.
    ExternalId,
    /// `externalResult`
    ExternalResult,
    /// `searchTerm` for external contacts.
    SearchTerm,
    /// `externalResults`
    ExternalResults,
    /// `schedule` that is evaluated.
    Schedule,
    /// `scheduleTimeZone`
    ScheduleTimeZone,
    /// `scheduleGroup` that is evaluated.
    ScheduleGroup,
    /// `emergencyGroup` that is evaluated.
    EmergencyGroup,
    /// `evaluationDateTime`, if it is not now.
    EvaluationDateTime,
    /// `inServiceSchedules`, those that are active.
    InServiceSchedules,
    /// `duration` of a pause.
    Duration,
    /// Inputs of a task, a module or an action that is not simulated.
    Inputs,
    /// Outputs of the same.
    Outputs,
    /// What an action that listens to the caller was given or gives.
    Listen(Listen),
    /// `attributes` that are set.
    Attributes,
    /// `attributes` that are got.
    AttributesGot,
}

impl Field {
    /// Whether the values that it is about come from the action.
    pub fn is_output(self) -> bool {
        match self {
            Self::Outputs
            | Self::CurrentIndex
            | Self::SuccessOutputs
            | Self::FailureOutputs
            | Self::FoundOutputs
            | Self::FindResult
            | Self::ExternalResult
            | Self::ExternalResults
            | Self::AttributesGot
            | Self::InServiceSchedules => true,
            Self::Listen(listen) => listen.is_output(),
            _ => false,
        }
    }

    /// As it is written, in traces and in Architect's execution documents.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Condition => "condition".into(),
            Self::Case(number) => format!("Case {number}").into(),
            Self::Value => "value".into(),
            Self::LoopCount => "loopCount".into(),
            Self::CurrentIndex => "currentIndex".into(),
            Self::DataAction => "dataAction".into(),
            Self::SuccessOutputs => "successOutputs".into(),
            Self::FailureOutputs => "failureOutputs".into(),
            Self::DataTableId => "dataTableId".into(),
            Self::DataTableName => "dataTableName".into(),
            Self::LookupValue => "lookupValue".into(),
            Self::FoundOutputs => "foundOutputs".into(),
            Self::FindName => "findName".into(),
            Self::FindId => "findId".into(),
            Self::FindIds => "findIds".into(),
            Self::FindResult => "findResult".into(),
            Self::ExternalId => "externalId".into(),
            Self::ExternalResult => "externalResult".into(),
            Self::SearchTerm => "searchTerm".into(),
            Self::ExternalResults => "externalResults".into(),
            Self::Schedule => "schedule".into(),
            Self::ScheduleTimeZone => "scheduleTimeZone".into(),
            Self::ScheduleGroup => "scheduleGroup".into(),
            Self::EmergencyGroup => "emergencyGroup".into(),
            Self::EvaluationDateTime => "evaluationDateTime".into(),
            Self::InServiceSchedules => "inServiceSchedules".into(),
            Self::Duration => "duration".into(),
            Self::Inputs => "inputs".into(),
            Self::Outputs => "outputs".into(),
            Self::Listen(listen) => listen.name().into(),
            Self::Attributes | Self::AttributesGot => "attributes".into(),
        }
    }
}

/// A value with a name of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is one of.
    pub of: Field,
    /// Its name.
    pub name: Text,
    /// The value.
    pub value: Value,
}

/// A text that the caller hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Phrase {
    /// Known before the call.
    Constant(TextId),
    /// Made during the call.
    Made(Text),
}

impl Phrase {
    /// The text.
    pub fn text<'t>(&'t self, legend: &'t Legend) -> &'t Text {
        match self {
            Self::Constant(id) => legend.text(*id),
            Self::Made(text) => text,
        }
    }
}

/// What the outside world, or another flow, was given and asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Of whom.
    pub subject: Subject,
    /// The id, name, address or lookup key.
    pub name: Text,
    /// What was sent along; `null` if nothing was.
    pub inputs: Json,
}

/// Whom a flow can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The external contacts.
    Contact,
    /// A data action.
    DataAction,
    /// The statistics of a queue.
    QueueStatistics,
    /// A webhook.
    Webhook,
    /// A flow that is called with variables of its own.
    Flow,
}

impl Subject {
    /// As it is written.
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

/// Where a conversation was routed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routing {
    /// The id of the queue, as far as it is known.
    pub queue_id: Option<Phrase>,
    /// The name of the queue, as far as it is known.
    pub queue_name: Option<Phrase>,
    /// The skills that an agent needs.
    pub skills: Vec<Text>,
    /// The priority.
    pub priority: Option<i64>,
}

/// To whom a conversation was handed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// What it is.
    pub kind: TransferKind,
    /// Its id, as far as it is known.
    pub id: Option<Text>,
    /// Its name, or the number.
    pub name: Text,
}

/// Why something went wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Its stable name.
    pub code: Code,
    /// What was wrong.
    pub message: Text,
}

impl Trace {
    /// Where the conversation was routed last.
    pub fn routing(&self) -> Option<&Routing> {
        self.events.iter().rev().find_map(|event| match &event.fact {
            Fact::Routed(routing) => Some(&**routing),
            _ => None,
        })
    }

    /// To whom the conversation was handed on last, queues left out.
    pub fn transfer(&self) -> Option<&Transfer> {
        self.events.iter().rev().find_map(|event| match &event.fact {
            Fact::Transferred(transfer) => Some(&**transfer),
            _ => None,
        })
    }

    /// The texts that the caller heard, in order.
    pub fn prompts<'t>(&'t self, legend: &'t Legend) -> impl Iterator<Item = &'t Text> {
        self.events.iter().filter_map(|event| match &event.fact {
            Fact::Said(phrase) => Some(phrase.text(legend)),
            _ => None,
        })
    }

    /// The ids of the executed nodes, in order.
    pub fn path<'t>(&self, legend: &'t Legend) -> impl Iterator<Item = &'t Text> {
        self.steps.iter().map(|step| &legend.node(step.node).id)
    }

    /// The value of a variable at the end.
    pub fn variable(&self, legend: &Legend, name: &str) -> Option<&Value> {
        let known = self.variables.iter().find(|(id, _)| legend.variable(*id) == name);
        let other = || self.other_variables.iter().find(|(other, _)| other == name);
        known.map(|(_, value)| value).or_else(|| other().map(|(_, value)| value))
    }

    /// The events of each step. A call to another flow has some before and some behind
    /// those of the steps within it.
    pub fn events_of(&self, step: usize) -> impl Iterator<Item = &Fact> {
        let of_step = move |event: &&Event| event.step as usize == step;
        self.events.iter().filter(of_step).map(|event| &event.fact)
    }
}

impl Failure {
    /// A failure of this code.
    pub fn new(code: Code, message: impl Into<Text>) -> Box<Self> {
        Box::new(Self { code, message: message.into() })
    }
}

// Traces are handed from the threads that make them to the one that writes them.
const _: fn() = || {
    fn assert_sendable<T: Send + Sync>() {}
    assert_sendable::<Trace>();
    assert_sendable::<Arc<Legend>>();
};

//! Exchanges of a call with its environment: the caller, the conversation, and the
//! objects and services of the organisation.

use crate::value::{DateTime, Json, JsonObject, Kind, Text};
use crate::world::{Answer, Input};

/// Exchange of a step with its environment.
#[derive(Debug, Clone, PartialEq)]
pub enum Exchange {
    /// A flow begins. Its initial variables are attributes of the step.
    Start,
    /// Attributes of the participant.
    AttributesRead {
        /// Names and values of the visible attributes.
        attributes: Vec<(Text, Json)>,
        /// Whether other attributes are hidden or were not logged.
        is_partial: bool,
    },
    /// Names of the attributes of the participant that the step sets.
    AttributesSet(Vec<Text>),
    /// Row of a data table.
    Row(RowLookup),
    /// State of schedules and emergency groups.
    Schedules(ScheduleCheck),
    /// Input of the caller, once for each time that the node listened.
    Inputs {
        /// Name of the listening node, else its id.
        node: Text,
        /// The input; `None` if it is hidden.
        inputs: Vec<Option<Input>>,
    },
    /// Choice in a menu, without the key of the caller.
    Choice(MenuChoice),
    /// Lookup of an external contact; its name is the key.
    Contact(Reply),
    /// Data action.
    DataAction(Reply),
    /// Webhook.
    Webhook(Reply),
    /// Statistics of a queue.
    QueueStatistics(Reply),
    /// Transfer to a queue; its inputs are the skills.
    Queue(Reply),
    /// Action that flowsim does not simulate.
    Action(Reply),
}

/// An answer, and its request as far as the source shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Name of the requesting node, else its id.
    pub node: Text,
    /// Name of the service, object or key.
    pub name: Option<Text>,
    /// Inputs of the request, without hidden values.
    pub inputs: Option<JsonObject>,
    /// The answer.
    pub answer: Answer,
    /// The part of the answer that the source does not show.
    pub gap: Option<Gap>,
}

/// Part of an answer that a source does not show.
#[derive(Debug, Clone, PartialEq)]
pub enum Gap {
    /// The whole answer is hidden or was not logged.
    Whole,
    /// Some outputs are hidden or were not logged. These variables were set by the action,
    /// and so have the outputs that they are bound to.
    Outputs(Vec<(Text, Json)>),
    /// Whether the action succeeded, failed or timed out. The next step shows it, if its id
    /// is known.
    Path(Option<Text>),
}

/// Choice in a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuChoice {
    /// Name of the menu.
    pub menu: Text,
    /// Name of the next step; empty if the call ended.
    pub chosen: Text,
    /// Id of the next step.
    pub chosen_id: Option<Text>,
    /// Number that Architect shows next to the next step.
    pub tracking_id: Option<i64>,
    /// Time between the start of the menu and the next step, in milliseconds.
    pub waited_ms: i64,
    /// Whether the source ends before the choice.
    pub is_hidden: bool,
    /// Whether the caller made no choice, and stayed until the menu ended by itself.
    pub caller_stays: bool,
}

/// Lookup of a row of a data table.
#[derive(Debug, Clone, PartialEq)]
pub struct RowLookup {
    /// Name of the table, else its id.
    pub table: Text,
    /// Id of the table, if the table exists.
    pub table_id: Option<Text>,
    /// Key of the row, if it is visible.
    pub key: Option<Text>,
    /// The result; `None` if the lookup failed.
    pub result: Option<RowResult>,
}

/// Result of a lookup of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowResult {
    /// Cells of the row.
    Found(JsonObject),
    /// The table does not have the row.
    NotFound,
    /// The row exists, and some of its cells are hidden.
    Hidden,
}

/// Evaluation of a schedule, a schedule group, an emergency group, or several of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScheduleCheck {
    /// Time for which the state was evaluated.
    pub at: Option<DateTime>,
    /// Whether the state was unknown, so that the call continued without it.
    pub is_unchecked: bool,
    /// Emergency group, and whether it is active.
    pub emergency: Option<(ObservedName, bool)>,
    /// Schedule, and whether it is active.
    pub schedule: Option<(ObservedName, bool)>,
    /// Schedule group, and its state.
    pub group: Option<(ObservedName, GroupState)>,
}

/// State of a schedule group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupState {
    /// The kind of the active schedules.
    pub kind: GroupStateKind,
    /// Names of the active schedules.
    pub active: Vec<Text>,
}

/// Kinds of states of a schedule group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupStateKind {
    /// A schedule for open times is active.
    Open,
    /// A schedule for holidays is active.
    Holiday,
    /// A schedule for closed times is active, or none.
    Closed,
}

/// Id and name of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObservedName {
    /// Id.
    pub id: Option<Text>,
    /// Name.
    pub name: Option<Text>,
}

/// Object of the organisation that a step names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedObject {
    /// Kind. The name of a prompt is that in expressions: `Prompt.Welcome`.
    pub kind: Kind,
    /// Id and name.
    pub name: ObservedName,
}

//! Result of a comparison as data: the document `flowsim.comparison/1`.

use serde::Serialize;

use crate::value::Json;

/// The result of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Name and version of this format: `flowsim.comparison/1`.
    pub schema: &'static str,
    /// Whether the two sides are equal.
    pub verdict: Verdict,
    /// The first of the differences.
    pub first_difference: Option<Difference>,
    /// Number of the recorded step, counted from 1, from which the steps of the two sides
    /// differ.
    pub path_diverges_at: Option<usize>,
    /// All differences, in order of time; those of the whole call come last.
    pub differences: Vec<Difference>,
    /// Values that were not compared, and the reasons.
    pub ignored: Vec<Ignored>,
    /// Steps that have another id locally, but are the same otherwise.
    pub renamed: Vec<Renamed>,
    /// Kinds of data that one side does not have, so that they were not compared.
    pub unchecked: Vec<&'static str>,
    /// Cause of the differences.
    pub cause: Option<Cause>,
}

/// A node that was renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renamed {
    /// Recorded id.
    pub recorded: String,
    /// Local id.
    pub local: String,
}

/// Whether two sides are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Verdict {
    /// Equal in everything that both sides know.
    Equal,
    /// Different in at least one value.
    Different,
    /// The call could not be replayed to its end because an answer is missing from the
    /// recording.
    Unreplayable,
}

/// A difference between the two sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Kind of the difference.
    pub kind: DifferenceKind,
    /// Name of the variable, input, operand or field; empty if it has none.
    pub name: String,
    /// Number of the recorded step, counted from 1; `None` for a step that is only local,
    /// or for the whole call.
    pub step: Option<usize>,
    /// Number of the local step.
    pub local_step: Option<usize>,
    /// Id of the node or action.
    pub node_id: Option<String>,
    /// Name of the node or action.
    pub node_name: Option<String>,
    /// JSON pointer into the recorded document; for a local-only value, into the local
    /// one.
    pub pointer: String,
    /// Recorded value, if there is one.
    pub recorded: Option<Json>,
    /// Local value, if there is one.
    pub local: Option<Json>,
}

/// The kind of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DifferenceKind {
    /// A step that was recorded but does not run locally.
    MissingStep,
    /// A step that runs locally but was not recorded.
    InsertedStep,
    /// One or more steps that run at another time.
    MovedStep,
    /// Type of a node.
    Type,
    /// Start time of a step.
    Time,
    /// Variable at the start of a flow, task or module.
    Start,
    /// Value that a condition read.
    Operand,
    /// Input or setting of an action.
    Input,
    /// Prompt that the caller heard.
    Prompt,
    /// Input received from the caller.
    CallerInput,
    /// Answer of an external service.
    Answer,
    /// Output of an action.
    Output,
    /// Assigned variable.
    Variable,
    /// Routing of the conversation by a step.
    Routing,
    /// Error in a step.
    Error,
    /// End of a flow.
    End,
    /// Path taken from a step.
    Path,
    /// Final routing destination of the call.
    Destination,
    /// Status of the call.
    Status,
    /// Error that ended the call.
    CallError,
    /// Variable at the end of the call.
    FinalVariable,
    /// Duration of the call.
    Elapsed,
}

/// Values that were not compared, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// Reason.
    pub reason: String,
    /// Number of values.
    pub count: usize,
}

/// The cause of the differences.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Kind of the cause.
    pub kind: CauseKind,
    /// Id of the node or action that causes the difference: it was changed, or its
    /// request was answered differently. `None` if no such step is known.
    pub node_id: Option<String>,
    /// Name of the node or action.
    pub node_name: Option<String>,
    /// Description in a few sentences.
    pub text: String,
    /// Chain from the visible difference back to the cause.
    pub chain: Vec<Link>,
}

/// The kind of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CauseKind {
    /// An external service answered differently.
    Answer,
    /// The caller did something else.
    CallerInput,
    /// The call began with different values.
    Start,
    /// A condition has another result for the same values.
    Condition,
    /// A path leads to another step.
    Target,
    /// The local flow has an additional step.
    InsertedStep,
    /// The local flow lacks a step.
    MissingStep,
    /// The local flow runs its steps in another order.
    MovedStep,
    /// An action does something else, for example because of another prompt, value, queue
    /// or timeout.
    Action,
    /// The call was cut off on one side.
    Timeout,
    /// The replay needs an answer that was not recorded.
    Unreplayable,
}

/// A link of the chain from the visible difference to the cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Kind of the difference.
    pub what: DifferenceKind,
    /// Number of the recorded step, counted from 1, or of the local one if it was not
    /// recorded.
    pub step: Option<usize>,
    /// Id of the node or action.
    pub node_id: Option<String>,
    /// Name of the variable, operand or other value.
    pub name: String,
    /// Recorded value.
    pub recorded: Option<Json>,
    /// Local value.
    pub local: Option<Json>,
}

impl Comparison {
    /// Name and version of the format.
    pub const SCHEMA: &'static str = "flowsim.comparison/1";

    /// Creates the comparison of a call that could not be replayed to its end. `missing`
    /// is the reason.
    pub fn unreplayable(missing: impl Into<String>) -> Self {
        let kind = CauseKind::Unreplayable;
        Self {
            schema: Self::SCHEMA,
            verdict: Verdict::Unreplayable,
            first_difference: None,
            path_diverges_at: None,
            differences: Vec::new(),
            ignored: Vec::new(),
            renamed: Vec::new(),
            unchecked: Vec::new(),
            cause: Some(Cause {
                kind,
                node_id: None,
                node_name: None,
                text: missing.into(),
                chain: Vec::new(),
            }),
        }
    }

    /// Returns the document, indented by two spaces and with a final line break.
    pub fn to_json(&self) -> String {
        // All keys are strings and no serialiser is fallible, so writing into memory
        // cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

//! What a comparison came to, as data: the document `flowsim.comparison/1`.

use serde::Serialize;

use crate::value::Json;

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Name and version of this form: `flowsim.comparison/1`.
    pub schema: &'static str,
    /// Whether the two sides are the same.
    pub verdict: Verdict,
    /// The first of the differences.
    pub first_difference: Option<Difference>,
    /// From which recorded step on, counted from 1, the two sides do other steps.
    pub path_diverges_at: Option<usize>,
    /// Every difference, in the order of time; those of the whole call come last.
    pub differences: Vec<Difference>,
    /// What was not compared, and why.
    pub ignored: Vec<Ignored>,
    /// Why the sides differ.
    pub cause: Option<Cause>,
}

/// Whether two sides are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// In all that both know.
    Equal,
    /// In something they are not.
    Different,
    /// The call could not be played to its end: something that it asks is not recorded.
    Unreplayable,
}

/// Something that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What it is.
    pub kind: DifferenceKind,
    /// The name of the variable, input, operand or field; empty if it has none.
    pub name: String,
    /// The recorded step, counted from 1; none if the step is local only, or it is the call.
    pub step: Option<usize>,
    /// The local step.
    pub local_step: Option<usize>,
    /// The id of the node or action.
    pub node_id: Option<String>,
    /// Its name.
    pub node_name: Option<String>,
    /// Where it stands: in the recorded document; of what is local only, in the local one.
    pub pointer: String,
    /// What was recorded; none if there is nothing.
    pub recorded: Option<Json>,
    /// What is local.
    pub local: Option<Json>,
}

/// What is not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DifferenceKind {
    /// A step that was recorded and is not done locally.
    MissingStep,
    /// A step that is done locally and was not recorded.
    InsertedStep,
    /// One or more steps that are done at another time.
    MovedStep,
    /// The type of a node.
    Type,
    /// When a step began.
    Time,
    /// A variable with which a flow, task or module starts.
    Start,
    /// A value that a condition read.
    Operand,
    /// An input or setting of an action.
    Input,
    /// What the caller heard.
    Prompt,
    /// What was taken from the caller.
    CallerInput,
    /// What the outside world answered.
    Answer,
    /// An output of an action.
    Output,
    /// A variable that was set.
    Variable,
    /// Where a step routed the conversation.
    Routing,
    /// An error in a step.
    Error,
    /// How a flow ended.
    End,
    /// The way taken from a step.
    Path,
    /// Where the whole call was routed at last.
    Destination,
    /// How the whole call ended.
    Status,
    /// The error that ended the call.
    CallError,
    /// A variable at the end of the call.
    FinalVariable,
    /// How long the call took.
    Elapsed,
}

/// What was not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// Why.
    pub reason: String,
    /// How often.
    pub count: usize,
}

/// Why two sides differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// What it comes down to.
    pub kind: CauseKind,
    /// The id of the node or action that decides it: what was changed, or what asked and
    /// was answered otherwise. None if no step is known to.
    pub node_id: Option<String>,
    /// Its name.
    pub node_name: Option<String>,
    /// The same in a sentence or two.
    pub text: String,
    /// From what one sees back to the cause.
    pub chain: Vec<Link>,
}

/// What a difference comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CauseKind {
    /// The outside world answered something else.
    Answer,
    /// The caller did something else.
    CallerInput,
    /// The call began with other values.
    Start,
    /// A condition decides otherwise on the same values.
    Condition,
    /// A way leads to another step.
    Target,
    /// The local flow has a step that the recorded one had not.
    InsertedStep,
    /// The local flow lacks a step.
    MissingStep,
    /// The local flow does its steps in another order.
    MovedStep,
    /// An action does something else: another prompt, value, queue, timeout.
    Action,
    /// The call was cut off on one side.
    Timeout,
    /// The replay needs something that is not recorded.
    Unreplayable,
}

/// A link of the chain from what one sees to the cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// What it is.
    pub what: DifferenceKind,
    /// The recorded step, counted from 1; the local one if it was not recorded.
    pub step: Option<usize>,
    /// The id of the node or action.
    pub node_id: Option<String>,
    /// What the value is called: a variable, an operand.
    pub name: String,
    /// What was recorded.
    pub recorded: Option<Json>,
    /// What is local.
    pub local: Option<Json>,
}

impl Comparison {
    /// Name and version of the form.
    pub const SCHEMA: &'static str = "flowsim.comparison/1";

    /// The comparison of a call that could not be replayed to its end, and what it lacks.
    pub fn unreplayable(missing: impl Into<String>) -> Self {
        let kind = CauseKind::Unreplayable;
        Self {
            schema: Self::SCHEMA,
            verdict: Verdict::Unreplayable,
            first_difference: None,
            path_diverges_at: None,
            differences: Vec::new(),
            ignored: Vec::new(),
            cause: Some(Cause {
                kind,
                node_id: None,
                node_name: None,
                text: missing.into(),
                chain: Vec::new(),
            }),
        }
    }

    /// The document, with two spaces of indentation and a line break at its end.
    pub fn to_json(&self) -> String {
        // It has text keys and no fallible serialisers: writing it into memory cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

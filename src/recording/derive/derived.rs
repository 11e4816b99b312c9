//! Data of a recorded call, and the call that replays it.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, Limits, start};
use crate::flow::FlowId;
use crate::flow::read::node;
use crate::program::Program;
use crate::trace::observation::{Gap, MenuChoice};
use crate::value::{DateTime, Json, JsonObject, Text, Value};
use crate::world::{Answer, Fixtures, Input};

/// Parts of the names of flow types that take inputs, in lower case. *Source: Genesys' help
/// on input and output variables of flows.*
const WITH_INPUTS: [&str; 3] = ["module", "workflow", "bot"];

/// All data needed to replay a recorded call. Data that the recording lacks is omitted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Derived {
    /// Id of the flow in which the call began.
    pub flow: Option<Text>,
    /// Name of the flow.
    pub flow_name: Option<Text>,
    /// Type of the flow, which decides between local flows with one name.
    pub flow_type: Option<Text>,
    /// Node at which the call began, if it was not the first one of the flow.
    pub node: Option<Text>,
    /// Fields of the context.
    pub context: Vec<(Text, Value)>,
    /// Initial variables of the conversation.
    pub variables: Vec<(Text, Value)>,
    /// Initial variables of the flow, as far as they are set. The caller of the flow set
    /// those that are inputs.
    pub of_flow: Vec<(Text, Value)>,
    /// Caller input, in order, with times relative to the start of listening.
    pub inputs: Vec<Input>,
    /// Start time.
    pub at: Option<DateTime>,
    /// Time limit in milliseconds.
    pub timeout_ms: Option<i64>,
    /// Initial language.
    pub language: Option<Text>,
    /// Environment as a fixtures document.
    pub fixtures: Json,
    /// All answers, including those of the caller, in order.
    pub answers: Vec<RecordedAnswer>,
    /// Rows of data tables that were looked up, found or not: id or name of the table,
    /// and key.
    pub lookups: Vec<(Text, Text)>,
    /// Values at the start that the recording lacks.
    pub unknown: UnknownStart,
    /// Whether the call continued although the state of a schedule was unknown, as calls
    /// without fixtures do.
    pub ignores_schedules: bool,
    /// Whether the caller is known to be silent after the last input, because a request
    /// contains all input.
    pub is_silent_after_inputs: bool,
    /// Whether key times include prompts, which take time on the platform and none here.
    /// The times of a request do not include them.
    pub is_paced_by_prompts: bool,
}

/// Values at the start of a call that a recording lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnknownStart {
    /// Whether the recording does not contain the variables that the conversation starts
    /// with.
    pub is_unlogged: bool,
    /// Variables whose values are hidden.
    pub hidden: Vec<Text>,
    /// Whether attributes of the participant that the flow read are hidden or were not
    /// logged.
    pub attributes: bool,
}

/// The subject of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The caller.
    Input,
    /// External contacts.
    Contact,
    /// A data action.
    DataAction,
    /// A webhook.
    Webhook,
    /// Statistics of a queue.
    QueueStatistics,
    /// Queue as the target of a transfer.
    Queue,
    /// Action that flowsim does not simulate.
    Action,
}

impl Subject {
    /// Returns the name used in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Contact => "contact",
            Self::DataAction => "data action",
            Self::Webhook => "webhook",
            Self::QueueStatistics => "statistics of the queue",
            Self::Queue => "queue",
            Self::Action => "action",
        }
    }
}

/// A recorded answer.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedAnswer {
    /// Subject.
    pub about: Subject,
    /// Flow that made the request, by id or name, if known.
    pub flow: Option<Text>,
    /// Node or action that made the request, by id or name.
    pub node: Text,
    /// Requested data action, queue or key, if known.
    pub name: Option<Text>,
    /// Inputs of the request, if known, without hidden values. For a transfer these are
    /// the `skills`.
    pub inputs: Option<JsonObject>,
    /// The answer.
    pub answer: Answer,
    /// The next step, only for a menu choice whose key was not recorded.
    pub menu_choice: Option<MenuChoice>,
    /// The part of the answer that the recording does not show.
    pub gap: Option<Gap>,
}

impl Derived {
    /// Returns the local flow that corresponds to the one in which the call began.
    ///
    /// # Errors
    /// The program lacks the flow.
    pub fn entry(&self, program: &Program) -> Result<FlowId, Box<Diagnostic>> {
        let flow = self.flow.as_ref().filter(|it| program.flow(it).is_some());
        match flow.or(self.flow_name.as_ref()).or(self.flow.as_ref()) {
            Some(name) => start::flow_of_type(program, name, self.flow_type.as_deref()),
            None => start::only_entry(program),
        }
    }

    /// Returns the call, in an organisation without data.
    ///
    /// # Errors
    /// The program lacks the flow or node.
    pub fn call(&self, program: &Program) -> Result<Call, Box<Diagnostic>> {
        let flow = self.entry(program)?;
        let limits = Limits { timeout_ms: self.timeout_ms, ..Limits::default() };
        // A recording ends at the queue; the in-queue flow has its own.
        let mut call = Call::new(flow).limits(limits).stop_at_queue(true);
        if let Some(at) = self.at {
            call = call.at(at);
        }
        if let Some(node) = &self.node {
            call = call.at_node(start::node(program, flow, node)?);
        }
        for (name, value) in &self.context {
            call = call.context(program, name, value.clone());
        }
        for (name, value) in self.given(Some((program, flow))) {
            call = call.variable(program, name, value.clone());
        }
        Ok(call)
    }

    /// Returns the variables that the call was started with. If the local flow is
    /// known, these are its inputs; other variables begin with the values of the local
    /// flow. Otherwise these are all variables of a flow whose type has inputs.
    pub fn given(
        &self,
        local: Option<(&Program, FlowId)>,
    ) -> impl Iterator<Item = &(Text, Value)> {
        let kind = self.flow_type.as_deref().unwrap_or_default();
        let takes_inputs = WITH_INPUTS.iter().any(|word| kind.contains(word));
        let is_input = move |name: &str| match local {
            Some((program, flow)) => program.is_input(flow, name),
            None => takes_inputs,
        };
        let inputs = self.of_flow.iter().filter(move |(name, _)| is_input(name));
        self.variables.iter().chain(inputs)
    }

    /// Returns other fixtures with the recorded environment merged over them.
    pub fn fixtures(&self, base: &Fixtures) -> (Fixtures, Vec<Diagnostic>) {
        overlaid(base, &self.fixtures)
    }
}

/// Returns fixtures with a document merged over them that is not from a file.
pub(in crate::recording) fn overlaid(
    base: &Fixtures,
    document: &Json,
) -> (Fixtures, Vec<Diagnostic>) {
    let (fixtures, diagnostics) = base.merged(&node(document), Path::new(""));
    // Positions are meaningless because the document is not from a file.
    let diagnostics = diagnostics.into_iter().map(|it| Diagnostic {
        code: Code::INVALID_RECORDING,
        labels: Vec::new(),
        ..it
    });
    (fixtures, diagnostics.collect())
}

//! How a recorded call began, and the world that it met.

mod document;
mod found;
mod keys;
mod kinds;
mod simulation;
mod world;

pub(super) use found::listed;

use std::path::Path;

use super::document::{Kind, Recording};
use super::nodes::node;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, Limits, start};
use crate::flow::FlowId;
use crate::program::Program;
use crate::value::{DateTime, Json, JsonObject, Text, Value};
use crate::world::{Answer, Fixtures, Input};

/// Everything that a recorded call can be made of again. What the recording does not tell is
/// left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Derived {
    /// The flow that it began in: the id.
    pub flow: Option<Text>,
    /// The same: the name.
    pub flow_name: Option<Text>,
    /// The node that it began at, if it was not the flow's first.
    pub node: Option<Text>,
    /// Fields of the context.
    pub context: Vec<(Text, Value)>,
    /// Variables that it brought along.
    pub variables: Vec<(Text, Value)>,
    /// What the caller did, in order, with the time since the flow began to listen.
    pub inputs: Vec<Input>,
    /// When it began.
    pub at: Option<DateTime>,
    /// How long it was allowed to take, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// The language in which it began.
    pub language: Option<Text>,
    /// The world as a fixtures document.
    pub fixtures: Json,
    /// Every answer of the world, the caller's included, in order.
    pub answers: Vec<RecordedAnswer>,
    /// The rows of data tables that it looked for, whether they were found or not: the id or
    /// name of the table, and the key.
    pub lookups: Vec<(Text, Text)>,
    /// Whether it went on although nobody knew when a schedule is active, as calls do here
    /// without fixtures.
    pub unchecked_schedules: bool,
    /// Whether the caller is known to be silent when nothing is left of what they do: a
    /// request says all of it.
    pub is_silent_beyond: bool,
    /// Whether the times of keys count what was played before, which takes time on the
    /// platform and none here. Those of a request do not.
    pub is_paced_by_prompts: bool,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The caller.
    Input,
    /// The external contacts.
    Contact,
    /// A data action.
    DataAction,
    /// A webhook.
    Webhook,
    /// The statistics of a queue.
    QueueStatistics,
    /// A queue that was to take the conversation.
    Queue,
    /// An action that flowsim does not simulate.
    Action,
}

impl About {
    /// As it is told.
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

/// One answer of the world.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedAnswer {
    /// Who answered.
    pub about: About,
    /// The flow that asked, by id or name, if that is known.
    pub flow: Option<Text>,
    /// The node or action that asked, by id or name.
    pub node: Text,
    /// The data action, queue or key that was asked for, if that is known.
    pub name: Option<Text>,
    /// What was sent along, if that is known, of a transfer the `skills`; hidden values are
    /// left out.
    pub inputs: Option<JsonObject>,
    /// What was answered.
    pub answer: Answer,
    /// Of a choice in a menu whose key nobody wrote down: what came next, by name, and how
    /// many milliseconds after the menu began.
    pub chose: Option<(Text, i64)>,
}

impl RecordedAnswer {
    fn new(about: About, node: impl Into<Text>, answer: Answer) -> Self {
        let node = node.into();
        Self { about, flow: None, node, name: None, inputs: None, answer, chose: None }
    }
}

/// What a transfer asks of a queue.
fn asked_skills(skills: Vec<Json>) -> JsonObject {
    [("skills".into(), Json::array(skills))].into_iter().collect()
}

/// Finds out how a recorded call began and what it met.
pub fn derive(recording: &Recording) -> Derived {
    let mut derived = match recording.kind {
        Kind::Execution => recording
            .execution()
            .map(|execution| document::derive(&execution))
            .unwrap_or_default(),
        Kind::Simulation => simulation::derive(recording),
    };
    let flow = &recording.flow;
    derived.flow = derived.flow.or_else(|| flow.id.clone());
    derived.flow_name = derived.flow_name.or_else(|| flow.name.clone());
    derived
}

impl Derived {
    /// The local flow that stands for the one that the call began in.
    ///
    /// # Errors
    /// The program does not have it.
    pub fn entry(&self, program: &Program) -> Result<FlowId, Box<Diagnostic>> {
        let known =
            |name: &Option<Text>| name.as_ref().and_then(|name| program.flow(name));
        match known(&self.flow).or_else(|| known(&self.flow_name)) {
            Some(flow) => Ok(flow),
            None => match self.flow_name.as_ref().or(self.flow.as_ref()) {
                Some(name) => start::flow(program, name),
                None => start::only_entry(program),
            },
        }
    }

    /// The call, in an organisation that knows nothing yet.
    ///
    /// # Errors
    /// The program does not have its flow or node.
    pub fn call(&self, program: &Program) -> Result<Call, Box<Diagnostic>> {
        let flow = self.entry(program)?;
        let limits = Limits { timeout_ms: self.timeout_ms, ..Limits::default() };
        let mut call = Call::new(flow).limits(limits);
        if let Some(at) = self.at {
            call = call.at(at);
        }
        if let Some(node) = &self.node {
            call = call.at_node(start::node(program, flow, node)?);
        }
        for (name, value) in &self.context {
            call = call.context(program, name, value.clone());
        }
        for (name, value) in &self.variables {
            call = call.variable(program, name, value.clone());
        }
        Ok(call)
    }

    /// Other fixtures with the recorded world laid over them.
    pub fn fixtures(&self, base: &Fixtures) -> (Fixtures, Vec<Diagnostic>) {
        overlaid(base, &self.fixtures)
    }
}

/// Fixtures with a document laid over them that no file holds.
pub(super) fn overlaid(base: &Fixtures, document: &Json) -> (Fixtures, Vec<Diagnostic>) {
    let (fixtures, diagnostics) = base.overlaid(&node(document), Path::new(""));
    // Their places are in a document that nobody has.
    let told = diagnostics.into_iter().map(|it| Diagnostic {
        code: Code::INVALID_RECORDING,
        labels: Vec::new(),
        ..it
    });
    (fixtures, told.collect())
}

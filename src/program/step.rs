//! Compiled nodes: what a session executes.

use super::architect;
use super::layout::{ContextId, LayoutId};
use crate::diagnostic::Code;
use crate::expr::draft::{Condition, Form, Template};
use crate::flow::{
    EndType, FlowId, NodeId, NotFound, ReferenceId, TextId, VariableId, VariableType,
};
use crate::value::Text;

/// A compiled flow.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The node that a call starts at.
    pub start: Option<NodeId>,
    /// The variables that it shares with others.
    pub layout: LayoutId,
    /// How many outputs of its nodes are read by templates: slots of a frame.
    pub output_count: u32,
    /// Whether other flows may call it.
    pub is_published: bool,
    /// What only Architect's flows have.
    pub architect: Option<Box<architect::FlowPart>>,
}

/// A slot of a frame that holds an output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputId(pub u32);

/// A compiled node.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub action: StepAction,
    /// Where the call goes when it is done.
    pub next: Option<NodeId>,
    /// Where the call goes when it failed.
    pub error: Option<NodeId>,
    /// The flow that the node belongs to.
    pub flow: FlowId,
    /// The slots of those of its outputs that somebody reads: a run, because the outputs of
    /// a node are numbered one after the other.
    pub outputs: (u32, u32),
    /// Where the outputs of one of Architect's actions lead, in the order of their names.
    pub targets: Box<[Option<NodeId>]>,
}

impl Step {
    /// Whether it is no action but the beginning of a flow, a task, a menu or a state.
    pub fn is_beginning(&self) -> bool {
        match &self.action {
            StepAction::Architect(action) => matches!(
                **action,
                architect::Action::BeginFlow(_) | architect::Action::BeginSequence
            ),
            _ => false,
        }
    }
}

impl Step {
    /// The flow that the step runs, if it runs one that is loaded.
    pub fn flow_called(&self) -> Option<FlowId> {
        match &self.action {
            StepAction::CallFlow(call) => call.target.ok(),
            StepAction::Architect(action) => match &**action {
                architect::Action::CallCommonModule(module) => module.flow,
                architect::Action::Transfer(transfer) => transfer.flow(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepAction {
    /// Says a text.
    Say(Speech),
    /// Collects digits.
    Gather(Box<Gather>),
    /// Sets variables.
    Set(Box<[Assignment]>),
    /// Takes a branch.
    If(Box<If>),
    /// Runs another flow.
    CallFlow(Box<CallFlow>),
    /// Routes the conversation.
    Route(Box<Route>),
    /// Looks up an external contact.
    GetExternalContact(Box<Contact>),
    /// Calls a data action.
    DataAction(Box<DataAction>),
    /// Reads the statistics of a queue.
    QueueStatistics(Box<Statistics>),
    /// Calls a webhook.
    Webhook(Box<Webhook>),
    /// Ends the flow.
    End(EndType),
    /// An action of Architect.
    Architect(Box<architect::Action>),
}

/// A text to say or to pass on.
#[derive(Debug, Clone)]
pub enum Speech {
    /// Known before the call.
    Constant(TextId),
    /// Made during the call.
    Template(Template<Operand>),
}

/// A reference, resolved.
#[derive(Debug, Clone)]
pub struct Operand {
    /// Where the value is.
    pub place: Place,
    /// Fields below it.
    pub path: Box<[Text]>,
    /// What it is called.
    pub reference: ReferenceId,
}

/// Where a value is.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// A variable; while it is not set, the context field of the same name.
    Variable(VariableId, ContextId),
    /// An output of a node of the same flow.
    Output(OutputId),
}

/// Collects digits.
#[derive(Debug, Clone)]
pub struct Gather {
    /// What is said first.
    pub prompt: Option<Speech>,
    /// Fewer keys than this are a failure.
    pub min_digits: u32,
    /// With this many keys it is done.
    pub max_digits: u32,
    /// How long to wait for the first key.
    pub timeout_ms: i64,
    /// How long to wait for each next key.
    pub inter_digit_timeout_ms: i64,
    /// The allowed keys; empty allows all.
    pub valid_digits: Text,
    /// The key that ends the entry.
    pub terminating_key: Option<char>,
    /// Who reads `digits`.
    pub digits: Option<OutputId>,
}

/// A variable that is set.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The variable.
    pub variable: VariableId,
    /// What the value is converted to.
    pub variable_type: VariableType,
    /// The value.
    pub value: Form<Operand>,
}

/// Takes the first branch whose condition is true.
#[derive(Debug, Clone)]
pub struct If {
    /// The branches, in order.
    pub branches: Box<[Branch]>,
    /// Where the call goes when no condition is true.
    pub default: Option<NodeId>,
    /// Who reads `condition`.
    pub condition: Option<OutputId>,
}

/// A condition and where it leads.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The condition.
    pub condition: Condition<Operand>,
    /// The references that this condition is the first of the node to read: with them a
    /// trace can say why the branch was taken.
    pub reads: Box<[Read]>,
    /// Where the call goes.
    pub target: Option<NodeId>,
}

/// A value that a condition reads.
#[derive(Debug, Clone)]
pub struct Read {
    /// Where it is.
    pub operand: Operand,
    /// Whether the condition asks if there is one, by comparing it with `null`.
    pub may_be_unset: bool,
}

/// Runs another flow.
#[derive(Debug, Clone)]
pub struct CallFlow {
    /// The flow, or why there is none.
    pub target: Result<FlowId, Code>,
    /// How long it may run.
    pub timeout_ms: Option<i64>,
    /// Present if the called flow has variables of its own.
    pub isolation: Option<Isolation>,
}

/// What an isolated call passes in and out.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// Variables of the called flow and their values.
    pub inputs: Box<[(VariableId, Form<Operand>)]>,
    /// Variable of the caller, variable of the called flow.
    pub outputs: Box<[(VariableId, VariableId)]>,
}

/// Routes the conversation.
#[derive(Debug, Clone)]
pub struct Route {
    /// The id of the queue.
    pub queue_id: Option<Speech>,
    /// The name of the queue.
    pub queue_name: Option<Speech>,
    /// The skills that an agent needs.
    pub skills: Box<[Speech]>,
    /// The priority.
    pub priority: Option<i64>,
}

/// Looks up an external contact.
#[derive(Debug, Clone)]
pub struct Contact {
    /// The key.
    pub key: Template<Operand>,
    /// What to do when there is none.
    pub on_not_found: NotFound,
    /// Who reads which fields.
    pub response: Response,
}

/// The fields of a response that somebody reads.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// Field and slot.
    pub fields: Box<[(Text, OutputId)]>,
}

/// Calls a data action.
#[derive(Debug, Clone)]
pub struct DataAction {
    /// The id.
    pub action_id: Option<Text>,
    /// The name.
    pub action_name: Option<Text>,
    /// What is sent.
    pub inputs: Box<[(Text, Form<Operand>)]>,
    /// How long an answer may take.
    pub timeout_ms: i64,
    /// Who reads which fields of the answer.
    pub response: Response,
}

/// Reads the statistics of a queue.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// The queue.
    pub queue_id: Speech,
    /// Who reads which of them.
    pub response: Response,
}

/// Calls a webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The id.
    pub webhook_id: Option<Text>,
    /// The address.
    pub url: Option<Speech>,
    /// What is sent.
    pub body: Form<Operand>,
    /// How long an answer may take.
    pub timeout_ms: i64,
    /// Who reads which fields of the answer.
    pub response: Response,
}

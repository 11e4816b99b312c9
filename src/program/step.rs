//! Compiled nodes, which a session executes.

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
    /// The node at which the flow starts.
    pub start: Option<NodeId>,
    /// The variables that it shares with other flows.
    pub layout: LayoutId,
    /// The number of node outputs that templates read; each takes a slot of a frame.
    pub output_count: u32,
    /// The nodes and fields of these outputs, by [`OutputId`]; empty in an Architect flow.
    pub outputs: Box<[(NodeId, Text)]>,
    /// Whether other flows may call it.
    pub is_published: bool,
    /// The part that only Architect flows have.
    pub architect: Option<Box<architect::FlowPart>>,
}

/// A slot of a frame that holds an output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputId(pub u32);

/// A compiled node.
#[derive(Debug, Clone)]
pub struct Step {
    /// The action.
    pub action: StepAction,
    /// The next node after success.
    pub next: Option<NodeId>,
    /// The next node after a failure.
    pub error: Option<NodeId>,
    /// The flow that contains the node.
    pub flow: FlowId,
    /// The slots of its outputs that templates read: first and end. The outputs of a node
    /// are numbered consecutively.
    pub outputs: (u32, u32),
    /// Whether it only begins a flow, a task, a menu or a state.
    pub(super) is_beginning: bool,
    /// The targets of the outputs of an Architect action, in the order of their names.
    pub targets: Box<[Option<NodeId>]>,
}

impl Step {
    /// Sets the action.
    pub fn set_action(&mut self, action: StepAction) {
        self.is_beginning = match &action {
            StepAction::Architect(action) => matches!(
                **action,
                architect::Action::BeginFlow(_) | architect::Action::BeginSequence
            ),
            _ => false,
        };
        self.action = action;
    }

    /// Whether it only begins a flow, a task, a menu or a state, and is not an action.
    #[inline]
    pub fn is_beginning(&self) -> bool {
        self.is_beginning
    }
}

impl StepAction {
    /// Whether the action searches external contacts and may find several.
    pub fn searches_contacts(&self) -> bool {
        let Self::Architect(action) = self else { return false };
        use architect::{Action, Lookup};
        matches!(&**action, Action::Lookup(Lookup::ContactSearch(_)))
    }
}

impl Step {
    /// Whether the step transfers a conversation to a queue.
    pub fn enters_queue(&self) -> bool {
        match &self.action {
            StepAction::Architect(action) => match &**action {
                architect::Action::Transfer(transfer) => transfer.is_to_queue(),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether fixtures answer the action by its name or kind.
    pub fn is_external_call(&self) -> bool {
        use architect::Action;
        let StepAction::Architect(action) = &self.action else { return false };
        matches!(
            **action,
            Action::Other(_)
                | Action::Ask(_)
                | Action::CallFlow(_)
                | Action::Local(_)
                | Action::CreateCallback(_)
                | Action::DialByExtension(_)
                | Action::Transfer(_)
        )
    }

    /// The ids and names of the data action or webhook that the step requests.
    pub fn service_names(&self) -> impl Iterator<Item = &Text> {
        use architect::{Action, Lookup};
        let names = match &self.action {
            StepAction::DataAction(call) => {
                [call.action_id.as_ref(), call.action_name.as_ref()]
            }
            StepAction::Webhook(webhook) => [webhook.webhook_id.as_ref(), None],
            StepAction::Architect(action) => match &**action {
                Action::Lookup(Lookup::DataAction(call)) => {
                    [call.id.as_ref(), call.name.as_ref()]
                }
                _ => [None, None],
            },
            _ => [None, None],
        };
        names.into_iter().flatten()
    }

    /// Whether steps of another flow or task may run before the step takes its output.
    pub fn runs_others(&self) -> bool {
        let is_task = match &self.action {
            StepAction::Architect(action) => {
                matches!(**action, architect::Action::CallTask(_))
            }
            _ => false,
        };
        is_task || self.enters_queue() || self.flow_called().is_some()
    }

    /// The flow that the step runs, if the step runs one and it is loaded.
    pub fn flow_called(&self) -> Option<FlowId> {
        match &self.action {
            StepAction::CallFlow(call) => call.target.ok(),
            StepAction::Architect(action) => match &**action {
                architect::Action::CallCommonModule(module) => module.flow,
                architect::Action::CallFlow(call) => call.flow,
                architect::Action::Transfer(transfer) => transfer.flow(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The action of a step.
#[derive(Debug, Clone)]
pub enum StepAction {
    /// Plays a prompt.
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
    /// An Architect action.
    Architect(Box<architect::Action>),
}

/// A string to play or to pass on.
#[derive(Debug, Clone)]
pub enum Speech {
    /// Known before the call.
    Constant(TextId),
    /// Made during the call.
    Template(Template<Operand>),
}

/// A resolved reference.
#[derive(Debug, Clone)]
pub struct Operand {
    /// The place of the value.
    pub place: Place,
    /// Fields below the value.
    pub path: Box<[Text]>,
    /// The name, as written in the flow.
    pub reference: ReferenceId,
}

/// The place of a value.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// A variable; while it is not set, the context field with the same name.
    Variable(VariableId, ContextId),
    /// An output of a node of the same flow.
    Output(OutputId),
}

/// Collects digits.
#[derive(Debug, Clone)]
pub struct Gather {
    /// The prompt before listening.
    pub prompt: Option<Speech>,
    /// The minimum number of keys; fewer are a failure.
    pub min_digits: u32,
    /// The maximum number of keys, which completes the entry.
    pub max_digits: u32,
    /// The waiting time for the first key, in milliseconds.
    pub timeout_ms: i64,
    /// The waiting time for each further key, in milliseconds.
    pub inter_digit_timeout_ms: i64,
    /// The allowed keys; empty allows all.
    pub valid_digits: Text,
    /// The key that ends the entry.
    pub terminating_key: Option<char>,
    /// The ASCII characters that are allowed and do not end the entry.
    pub plain_keys: AsciiSet,
    /// The slot for the output `digits`, if a template reads it.
    pub digits: Option<OutputId>,
}

/// A set of ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsciiSet(u128);

impl AsciiSet {
    /// Creates the set of the ASCII characters that satisfy a condition.
    pub fn of(is_member: impl Fn(char) -> bool) -> Self {
        let members = (0..128_u8).filter(|byte| is_member(char::from(*byte)));
        Self(members.fold(0, |bits, byte| bits | 1 << byte))
    }

    /// Whether a byte is a member.
    #[inline]
    pub fn contains(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 >> byte & 1 == 1
    }
}

/// An assignment to a variable.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The variable.
    pub variable: VariableId,
    /// The type that the value is converted to.
    pub variable_type: VariableType,
    /// The value.
    pub value: Form<Operand>,
}

/// Takes the first branch whose condition is true.
#[derive(Debug, Clone)]
pub struct If {
    /// The branches, in order.
    pub branches: Box<[Branch]>,
    /// The next node if no condition is true.
    pub default: Option<NodeId>,
    /// The slot for the output `condition`, if a template reads it.
    pub condition: Option<OutputId>,
}

/// A condition and its target.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The condition.
    pub condition: Condition<Operand>,
    /// The references that this condition reads and no earlier condition of the node has
    /// read. They let a trace explain why the branch was taken.
    pub reads: Box<[Read]>,
    /// The next node.
    pub target: Option<NodeId>,
}

/// A value that a condition reads.
#[derive(Debug, Clone)]
pub struct Read {
    /// The operand.
    pub operand: Operand,
    /// Whether the condition checks if the value is set, by comparing it with `null`.
    pub may_be_unset: bool,
}

/// Runs another flow.
#[derive(Debug, Clone)]
pub struct CallFlow {
    /// The flow, or the code of the reason why it cannot be called.
    pub target: Result<FlowId, Code>,
    /// The time limit of the flow, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// Present if the called flow does not share its variables with the caller.
    pub isolation: Option<Isolation>,
}

/// The inputs and outputs of an isolated call.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// Variables of the called flow and their values.
    pub inputs: Box<[(VariableId, Form<Operand>)]>,
    /// Pairs of a variable of the caller and a variable of the called flow.
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
    /// The behaviour if the contact is not found.
    pub on_not_found: NotFound,
    /// The slots for the fields of the result.
    pub response: Response,
}

/// The fields of a response that templates read.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// Fields and their slots.
    pub fields: Box<[(Text, OutputId)]>,
}

/// Calls a data action.
#[derive(Debug, Clone)]
pub struct DataAction {
    /// The id.
    pub action_id: Option<Text>,
    /// The name.
    pub action_name: Option<Text>,
    /// The inputs, by name.
    pub inputs: Box<[(Text, Form<Operand>)]>,
    /// The timeout, in milliseconds.
    pub timeout_ms: i64,
    /// The slots for the fields of the answer.
    pub response: Response,
}

/// Reads the statistics of a queue.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// The queue.
    pub queue_id: Speech,
    /// The slots for the statistics.
    pub response: Response,
}

/// Calls a webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The id.
    pub webhook_id: Option<Text>,
    /// The address.
    pub url: Option<Speech>,
    /// The body of the request.
    pub body: Form<Operand>,
    /// The timeout, in milliseconds.
    pub timeout_ms: i64,
    /// The slots for the fields of the answer.
    pub response: Response,
}

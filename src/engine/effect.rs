//! The effect of an action, and the state of an action that waits.

use super::listening::Listening;
use crate::flow::{EndType, FlowId, NodeId};
use crate::trace::{Failure, PathTaken, Routing};
use crate::value::{Text, Value};

/// The effect of an action.
pub(super) enum Effect {
    /// The node is finished; the call continues at this node.
    Go(PathTaken, Option<NodeId>),
    /// The Architect action takes the output with this index; the call continues at this
    /// node. Unlike a path, an index is written and read as one number.
    Take(u16, Option<NodeId>),
    /// The node failed.
    Fail(Box<Failure>),
    /// The node waits for an answer; [`State::ask`] has stored its question.
    Ask,
    /// The node runs another flow; its step stays open.
    Enter(FlowId),
    /// The flow ends.
    End(EndType),
    /// The deadline of this frame passed while the node was waiting.
    CutOff(usize),
    /// The call ends with an error that cannot be handled.
    Abort(Box<Failure>),
    /// The node runs a task or module of Architect, starting at this node; its step stays
    /// open.
    Call(NodeId),
    /// An Architect task ends by this output path.
    EndTask(Option<Text>),
    /// The conversation ends, in Architect flows.
    EndCall,
    /// The Architect flow ends, for this reason. The conversation continues if another flow
    /// called it.
    EndFlow(Option<Text>),
    /// An event of the flow occurred; its handling begins at this node.
    Handle(NodeId),
}

/// The state of a node that waits. The rest of its question is in the program.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Waiting {
    Input,
    Contact {
        key: Text,
    },
    DataAction {
        inputs: Vec<(Text, Value)>,
    },
    Webhook(Box<(Option<Text>, Value)>),
    QueueStatistics {
        queue: Text,
    },
    /// With the language skill of a transfer, which is the last of the skills.
    Queue(Box<Routing>, Option<Text>),
    Action {
        inputs: Vec<(Text, Value)>,
    },
    Listen(Box<Listening>),
    Reply(Tries),
    /// The flow waits for the next message, in its state or after its end.
    Message {
        stays: bool,
    },
}

/// The state of a question: the number of consecutive attempts in which a participant gave
/// no answer or no matching answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tries {
    pub(super) no_input: u32,
    pub(super) no_match: u32,
    /// The number of answers that the participant did not confirm.
    pub(super) rejected: u32,
    /// The last question.
    pub(super) asked: Asked,
}

/// A question of a bot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Asked {
    /// The question of the action.
    #[default]
    Question,
    /// Whether the answer is right.
    Confirmation,
    /// Whether the participant wants an agent.
    Escalation,
}

/// Panics: an action got the answer to a question that it does not ask. The session
/// matches answers to questions, so this is a bug in flowsim.
#[cold]
pub(super) fn not_waiting() -> Effect {
    unreachable!("an action got the answer to a question that it does not ask")
}

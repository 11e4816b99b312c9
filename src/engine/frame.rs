//! One running flow.

use crate::flow::{FlowId, NodeId, SequenceId};

/// A running flow, its slots, and its caller. The first frame of a call has no caller.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    pub(super) flow: FlowId,
    /// The step of the trace and the node that called this flow.
    pub(super) caller: Option<(u32, NodeId)>,
    /// Base index of the variables in the stack of values, minus the id of the first
    /// variable, so that the variable with the id `v` is at `variables + v`.
    pub(super) variables: usize,
    /// Base index of the outputs of the flow's nodes. In an Architect flow, the base
    /// index of the variables of its task.
    pub(super) outputs: usize,
    /// In an Architect flow, the ids of the first variable of the flow and of the running
    /// task. Lower ids are Architect's built-in variables.
    pub(super) flow_first: u32,
    pub(super) task_first: u32,
    /// The running task, menu or state of an Architect flow.
    pub(super) sequence: Option<SequenceId>,
    /// The height of the stack of values below this frame.
    pub(super) floor: usize,
    /// Whether the frame has its own variables instead of those of its caller.
    pub(super) is_isolated: bool,
    /// The time by which the flow must finish, on the virtual clock.
    pub(super) deadline: Option<i64>,
}

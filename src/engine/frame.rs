//! One flow being run.

use crate::flow::{FlowId, NodeId, SequenceId};

/// A flow that runs, its slots, and who called it. The first frame of a call has no caller.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    pub(super) flow: FlowId,
    /// The step of the trace and the node that called, if any did.
    pub(super) caller: Option<(u32, NodeId)>,
    /// Where in the stack of values the variables begin, less the number of their first:
    /// the variable with the id `v` is at `variables + v`.
    pub(super) variables: usize,
    /// Where the outputs of the flow's nodes begin; in a flow of Architect, the variables of
    /// its task.
    pub(super) outputs: usize,
    /// In a flow of Architect, the ids of the first variable of the flow and of the task
    /// that runs; those before are Architect's own.
    pub(super) flow_first: u32,
    pub(super) task_first: u32,
    /// The task, menu or state that runs, in a flow of Architect.
    pub(super) sequence: Option<SequenceId>,
    /// How high the stack of values was before this frame.
    pub(super) floor: usize,
    /// Whether the variables are the frame's own.
    pub(super) is_isolated: bool,
    /// When it has to be done, on the virtual clock.
    pub(super) deadline: Option<i64>,
}

//! In-queue flows that no call enters from another flow: which queue has them is not known
//! here.

use crate::engine::DEFAULT_IN_QUEUE_FLOW;
use crate::flow::FlowId;
use crate::program::architect::{Action, Target};
use crate::program::{Program, Step, StepAction};
use crate::world::Fixtures;

/// Returns the in-queue flows that neither an action nor a queue of the fixtures names, and
/// in which calls do not start anyway. A queue that the fixtures do not define may have such
/// a flow, so a call may start there.
pub fn queued_flows(program: &Program, fixtures: &Fixtures) -> Vec<FlowId> {
    let starts = program.entry_flows();
    let is_open = |flow: &FlowId| {
        !starts.contains(flow)
            && !program.steps.iter().any(|step| enters(program, fixtures, step, *flow))
    };
    program.in_queue_flows.iter().copied().filter(is_open).collect()
}

/// Whether a step of another flow leads into the in-queue flow.
fn enters(program: &Program, fixtures: &Fixtures, step: &Step, flow: FlowId) -> bool {
    if step.flow == flow {
        return false;
    }
    let label = program.symbols.flow(flow);
    let is_known = || {
        label.name.eq_ignore_ascii_case(DEFAULT_IN_QUEUE_FLOW)
            || fixtures.has_in_queue_flow(&label.name, &label.id)
    };
    step.flow_called() == Some(flow)
        || own_flow(step) == Some(flow)
        || step.enters_queue() && is_known()
}

/// Returns the in-queue flow that a transfer names.
fn own_flow(step: &Step) -> Option<FlowId> {
    let StepAction::Architect(action) = &step.action else { return None };
    match &**action {
        Action::Transfer(transfer) => match &transfer.target {
            Target::Acd(target) => target.in_queue_flow.flatten(),
            _ => None,
        },
        _ => None,
    }
}

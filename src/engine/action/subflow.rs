//! Running another flow in the same conversation.

use crate::diagnostic::Code;
use crate::engine::effect::Effect;
use crate::engine::size;
use crate::engine::state::State;
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::{CallFlow, Program};
use crate::trace::{EventKind, Failure, Request, Subject};
use crate::value::{Json, Value};

pub(super) fn call(
    state: &mut State,
    program: &Program,
    node: NodeId,
    call: &CallFlow,
) -> Effect {
    let flow = match call.target {
        Ok(flow) => flow,
        Err(code) => return Effect::Fail(Failure::new(code, unreachable_flow(code))),
    };
    let limit = state.limits().max_depth;
    if state.frames.len() > usize::from(limit) {
        let message = format!("more than {limit} flows are nested");
        return Effect::Fail(Failure::new(Code::FLOW_DEPTH_EXCEEDED, message));
    }
    let inputs: Vec<(VariableId, Value)> = match &call.isolation {
        Some(isolation) => isolation
            .inputs
            .iter()
            .map(|(variable, form)| (*variable, state.evaluate(form)))
            .collect(),
        None => Vec::new(),
    };
    if let Err(failure) = inputs.iter().try_for_each(|(_, value)| size::check(value)) {
        return Effect::Fail(failure);
    }
    note_passed(state, program, flow, &inputs);
    enter(state, program, node, call, flow, inputs);
    Effect::Enter(flow)
}

/// Records the inputs of an isolated call, because no other event of the trace shows
/// them.
fn note_passed(
    state: &mut State,
    program: &Program,
    flow: FlowId,
    inputs: &[(VariableId, Value)],
) {
    if inputs.is_empty() {
        return;
    }
    let symbols = &program.symbols;
    let passed =
        inputs.iter().map(|(id, value)| (symbols.variable(*id).clone(), value.to_json()));
    let asked = Request {
        subject: Subject::Flow,
        name: symbols.flow(flow).id.clone(),
        inputs: Json::object(passed),
    };
    state.note(|| EventKind::Requested(Box::new(asked)));
}

fn enter(
    state: &mut State,
    program: &Program,
    node: NodeId,
    call: &CallFlow,
    flow: FlowId,
    inputs: Vec<(VariableId, Value)>,
) {
    let deadline = call.timeout_ms.map(|limit| state.clock_ms.saturating_add(limit));
    let caller = Some((state.step, node));
    state.push_frame(program, flow, caller, call.isolation.is_some(), deadline);
    let State { slots, frames, .. } = state;
    if let Some(frame) = frames.last() {
        for (variable, value) in inputs {
            slots.set_variable(frame, variable, value);
        }
    }
}

fn unreachable_flow(code: Code) -> &'static str {
    match code {
        Code::FLOW_AMBIGUOUS => "flowId and flowName point to different flows",
        Code::FLOW_NOT_PUBLISHED => "the flow is not published or not active",
        _ => "no loaded flow has this id or name",
    }
}

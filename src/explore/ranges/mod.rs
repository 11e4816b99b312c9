//! Goals that no call reaches, shown with ranges of values.
//!
//! A search of states does not end if a flow computes with numbers: each call has another
//! value. Here the constants of the flow divide the values of each variable into cells,
//! and sets of calls are executed whose variables have the values of a cell. An action
//! may fail at any time, and an answer may be anything. So these sets contain every call,
//! and some that do not exist: what they do not reach is unreachable, and nothing follows
//! from what they reach.

pub(super) mod cells;
mod machine;

use crate::engine::Call;
use crate::flow::architect::UnitKind;
use crate::flow::kinds::FlowKind;
use crate::flow::{FlowId, NodeId, SequenceId, VariableId};
use crate::program::architect::{Action, FlowPart};
use crate::program::{Program, Step, StepAction};

use super::analysed::{Analysed, first_node, has_open};
use super::{Decided, Reason, Verdict};
use cells::{Cells, cells};
use machine::{Machine, Reached, stops};

/// The number of steps for each answered question of the budget.
const STEPS_PER_QUESTION: u64 = 500;

/// The number of attempts. After each, the variables with the most cells are left out.
const ATTEMPTS: u64 = 8;

/// Decides about goals that the searches left open. Calls start in these flows.
pub(super) fn decide(
    analysed: &Analysed<'_>,
    calls: &[Call],
    starts: &[FlowId],
    budget: u64,
    decided: &mut [Option<Decided>],
) {
    if !has_open(decided) {
        return;
    }
    let mut flows = starts.to_vec();
    flows.sort_unstable();
    flows.dedup();
    let limit = budget.saturating_mul(STEPS_PER_QUESTION) / flows.len().max(1) as u64;
    let found = flows.into_iter().map(|flow| {
        let is_near = analysed.graph.reach(first_node(analysed.program, flow));
        let reached = reached(analysed, calls, flow, &is_near, limit);
        (is_near, reached)
    });
    let found: Vec<(Vec<bool>, Option<Reached>)> = found.collect();
    for goal in decided.iter_mut().flatten() {
        let (node, output) = (goal.node, goal.output.as_deref());
        let is_out_of_range = |(is_near, reached): &(Vec<bool>, Option<Reached>)| {
            let reached = reached.as_ref();
            !is_near[node.index()]
                || reached
                    .is_some_and(|it| !may_reach(analysed.program, it, node, output))
        };
        if matches!(goal.verdict, Verdict::Undecided(_))
            && found.iter().all(is_out_of_range)
        {
            goal.verdict = Verdict::Unreachable(Reason::OutOfRange);
        }
    }
}

fn may_reach(
    program: &Program,
    reached: &Reached,
    node: NodeId,
    output: Option<&str>,
) -> bool {
    let is_executed = reached.nodes[node.index()];
    let Some(output) = output.filter(|_| is_executed) else { return is_executed };
    let labels = &program.symbols.node(node).outputs;
    let place = labels.iter().position(|label| label == output);
    let place = place.and_then(|place| u16::try_from(place).ok());
    let has_outputs = match &program.steps[node.index()].action {
        StepAction::Architect(action) => {
            matches!(
                **action,
                Action::Decision(_) | Action::Switch(_) | Action::CallTask(_)
            )
        }
        _ => false,
    };
    // Other outputs are not followed one by one.
    match place.filter(|_| has_outputs) {
        Some(place) => reached.outputs.contains(&(node, place)),
        None => true,
    }
}

/// Returns what calls of a flow may reach. Returns `None` if an action is not modelled
/// here, or if there are too many sets of calls.
fn reached(
    analysed: &Analysed<'_>,
    calls: &[Call],
    flow: FlowId,
    is_near: &[bool],
    limit: u64,
) -> Option<Reached> {
    let Analysed { program, graph, liveness, .. } = *analysed;
    let part = program.unit(flow).architect.as_deref()?;
    let steps = program.steps.iter().zip(is_near);
    let steps: Vec<&Step> = steps.filter(|(_, it)| **it).map(|(step, _)| step).collect();
    if !is_modelled(program, flow, part, &steps) {
        return None;
    }
    let given =
        calls.iter().flat_map(Call::given_variables).map(|(variable, _)| *variable);
    let own = part.variables.list.iter().filter(|it| it.is_input).map(|it| it.id);
    let inputs: Vec<VariableId> = own.chain(given).collect();
    let mut all = cells(program, &steps);
    for _ in 0..ATTEMPTS {
        let tracked: Vec<(u32, Cells)> = all.clone().into_iter().collect();
        let mut places = vec![None; program.symbols.variables.len()];
        for (place, (slot, _)) in tracked.iter().enumerate() {
            *places.get_mut(*slot as usize)? = Some(place);
        }
        let stops = stops(program, graph, liveness, &tracked);
        let patience = analysed.patience;
        let machine = Machine { program, graph, patience, tracked, places, stops };
        match machine.run(part.begin, &part.variables, &inputs, limit / ATTEMPTS) {
            Ok(reached) => return Some(reached),
            Err(splits) => {
                let most = splits.iter().copied().max().filter(|most| *most > 0)?;
                let is_left = |count: &u64| *count * 2 >= most;
                let tracked = machine.tracked.iter().zip(&splits);
                let left = tracked.filter(|(_, count)| is_left(count));
                let left: Vec<u32> = left.map(|((slot, _), _)| *slot).collect();
                all.retain(|slot, _| !left.contains(slot));
            }
        }
    }
    None
}

/// Whether all steps are executed here as the engine does. Tasks that call themselves are
/// not, because each of their variables has several values at once.
fn is_modelled(
    program: &Program,
    flow: FlowId,
    part: &FlowPart,
    steps: &[&Step],
) -> bool {
    let has_tasks_only = program
        .sequences
        .iter()
        .all(|sequence| sequence.flow != flow || sequence.kind == UnitKind::Task);
    part.nature == FlowKind::Call
        && part.bot_events.is_none()
        && has_tasks_only
        && steps.iter().all(|step| step.flow == flow && is_step_modelled(step))
        && !calls_itself(program, flow)
}

fn is_step_modelled(step: &Step) -> bool {
    match &step.action {
        StepAction::Architect(action) => matches!(
            **action,
            Action::BeginFlow(_)
                | Action::BeginSequence
                | Action::PlayAudio(_)
                | Action::Decision(_)
                | Action::Switch(_)
                | Action::UpdateData(_)
                | Action::CallTask(_)
                | Action::Jump(_)
                | Action::EndTask(_)
                | Action::End(_)
                | Action::CollectInput(_)
        ),
        _ => false,
    }
}

/// Whether a task of a flow may call itself, also through other tasks.
fn calls_itself(program: &Program, flow: FlowId) -> bool {
    let tasks: Vec<SequenceId> = (0..program.sequences.len())
        .map(SequenceId::new)
        .filter(|task| program.sequence(*task).flow == flow)
        .collect();
    // Pairs of a task and one that it calls (`true`) or jumps to.
    let mut called: Vec<(SequenceId, SequenceId, bool)> = Vec::new();
    for (index, step) in program.steps.iter().enumerate() {
        let Some(task) = program.sequence_of(NodeId::new(index)) else { continue };
        let StepAction::Architect(action) = &step.action else { continue };
        match &**action {
            Action::CallTask(call) => {
                called.extend(call.target.iter().map(|to| (task, *to, true)));
            }
            Action::Jump(jump) => {
                called.extend(jump.target.iter().map(|to| (task, *to, false)));
            }
            _ => {}
        }
    }
    tasks.iter().any(|task| {
        // A task that is left by a jump is not active any more.
        let mut open: Vec<SequenceId> =
            called.iter().filter(|it| it.0 == *task && it.2).map(|it| it.1).collect();
        let mut known: Vec<SequenceId> = Vec::new();
        while let Some(next) = open.pop() {
            if !known.contains(&next) {
                known.push(next);
                open.extend(called.iter().filter(|it| it.0 == next).map(|it| it.1));
            }
        }
        known.contains(task)
    })
}

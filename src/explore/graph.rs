//! The steps that may follow each step, without regard to values. Every step that a call
//! can execute next is included; some that it cannot may be, because a task counts as
//! returning to all its callers.

use std::collections::VecDeque;

use crate::engine::has_further_messages;
use crate::flow::architect::UnitKind;
use crate::flow::kinds::FlowKind;
use crate::flow::{FlowId, NodeId, SequenceId};
use crate::program::architect::{Action, FlowPart, Lookup, Source};
use crate::program::{Program, Step, StepAction};

use super::impossible::never_fails;

/// The edges between the steps of a program, by [`NodeId`].
#[derive(Debug, Clone)]
pub(super) struct Graph {
    /// The steps that may follow.
    pub(super) next: Vec<Vec<NodeId>>,
    /// The steps that may follow after a failure.
    pub(super) failed: Vec<Vec<NodeId>>,
}

impl Graph {
    /// Builds the graph of a program.
    pub(super) fn of(program: &Program) -> Self {
        let returns = Returns::of(program);
        let mut graph = Self { next: Vec::new(), failed: Vec::new() };
        for (index, step) in program.steps.iter().enumerate() {
            let mut next = Vec::new();
            add_next(program, &returns, NodeId::new(index), step, &mut next);
            next.sort_unstable();
            next.dedup();
            graph.next.push(next);
            let mut failed: Vec<NodeId> = step.error.into_iter().collect();
            failed.extend(&returns.handlers[step.flow.index()]);
            graph.failed.push(failed);
        }
        graph.add_messages(program);
        graph
    }

    /// Adds the edges from the end of a flow to its next run, for the next message of the
    /// conversation.
    fn add_messages(&mut self, program: &Program) {
        let flows = (0..program.units.len()).map(FlowId::new);
        let flows: Vec<FlowId> =
            flows.filter(|flow| has_further_messages(program, *flow)).collect();
        let states = program.sequences.iter().filter(|it| flows.contains(&it.flow));
        let mut begins: Vec<NodeId> = states.map(|it| it.begin).collect();
        begins.extend(flows.iter().filter_map(|flow| first_of(program, *flow)));
        for (index, step) in program.steps.iter().enumerate() {
            if !begins.is_empty() && may_end_turn(step) {
                let next = &mut self.next[index];
                next.extend(&begins);
                next.sort_unstable();
                next.dedup();
            }
        }
    }

    /// Returns the graph without outputs that are never taken, and without the failures of
    /// steps that never fail.
    pub(super) fn without(
        &self,
        program: &Program,
        is_never: &dyn Fn(NodeId, usize) -> bool,
    ) -> Self {
        let mut graph = self.clone();
        for (index, step) in program.steps.iter().enumerate() {
            let node = NodeId::new(index);
            let targets = step.targets.iter().enumerate();
            let (never, taken): (Vec<_>, Vec<_>) =
                targets.partition(|(output, _)| is_never(node, *output));
            let never: Vec<NodeId> =
                never.into_iter().filter_map(|(_, it)| *it).collect();
            let taken: Vec<NodeId> =
                taken.into_iter().filter_map(|(_, it)| *it).collect();
            let is_left = |to: &NodeId| {
                !never.contains(to) || taken.contains(to) || step.next == Some(*to)
            };
            graph.next[index].retain(is_left);
            if never_fails(step) {
                graph.failed[index].retain(|to| step.error != Some(*to));
            }
        }
        graph
    }

    /// Marks every step that may follow one of these steps, and these steps.
    pub(super) fn reach(&self, starts: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut is_reached = vec![false; self.next.len()];
        let mut open: Vec<NodeId> = starts.into_iter().collect();
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut is_reached[node.index()], true) {
                continue;
            }
            open.extend(&self.next[node.index()]);
            open.extend(&self.failed[node.index()]);
        }
        is_reached
    }
}

impl Graph {
    /// Returns the steps that each step may follow.
    pub(super) fn callers(&self) -> Vec<Vec<NodeId>> {
        let mut callers = vec![Vec::new(); self.next.len()];
        for (index, next) in self.next.iter().enumerate() {
            for node in next.iter().chain(&self.failed[index]) {
                callers[node.index()].push(NodeId::new(index));
            }
        }
        callers
    }

    /// Returns the number of steps from each step to the nearest target, `u32::MAX` if no
    /// path leads there.
    pub(super) fn distances(
        &self,
        targets: impl IntoIterator<Item = NodeId>,
    ) -> Vec<u32> {
        let before = self.callers();
        let mut distances = vec![u32::MAX; before.len()];
        let mut open: VecDeque<NodeId> = targets.into_iter().collect();
        open.iter().for_each(|node| distances[node.index()] = 0);
        while let Some(node) = open.pop_front() {
            let distance = distances[node.index()].saturating_add(1);
            for previous in &before[node.index()] {
                if distances[previous.index()] == u32::MAX {
                    distances[previous.index()] = distance;
                    open.push_back(*previous);
                }
            }
        }
        distances
    }
}

/// The steps that continue after the ends of flows and tasks.
struct Returns {
    /// After an action that calls a flow, by flow.
    of_flows: Vec<Vec<NodeId>>,
    /// After an action that calls a task of the flow, by flow.
    of_tasks: Vec<Vec<NodeId>>,
    /// The menus of a flow.
    menus: Vec<Vec<NodeId>>,
    /// The first steps of the error handling of a flow and of the flows that call it.
    handlers: Vec<Vec<NodeId>>,
}

impl Returns {
    fn of(program: &Program) -> Self {
        let count = program.units.len();
        let empty = || vec![Vec::new(); count];
        let mut returns = Self {
            of_flows: empty(),
            of_tasks: empty(),
            menus: empty(),
            handlers: empty(),
        };
        for step in &program.steps {
            let after =
                || step.next.into_iter().chain(step.targets.iter().copied().flatten());
            if let Some(flow) = step.flow_called() {
                returns.of_flows[flow.index()].extend(after());
            }
            if matches!(architect(step), Some(Action::CallTask(_))) {
                returns.of_tasks[step.flow.index()].extend(after());
            }
        }
        for sequence in &program.sequences {
            if sequence.kind == UnitKind::Menu {
                returns.menus[sequence.flow.index()].push(sequence.begin);
            }
        }
        let mut calls = vec![Vec::new(); count];
        for step in &program.steps {
            if let Some(flow) = step.flow_called() {
                calls[flow.index()].push(step);
            }
        }
        for (index, handlers) in returns.handlers.iter_mut().enumerate() {
            handlers.extend(handlers_of(program, &calls, FlowId::new(index)));
        }
        returns
    }
}

/// Returns the first steps of the error handling of a flow and of all flows that it may
/// return an error to. `calls` are the steps that call each flow.
fn handlers_of(program: &Program, calls: &[Vec<&Step>], flow: FlowId) -> Vec<NodeId> {
    let mut is_known = vec![false; calls.len()];
    is_known[flow.index()] = true;
    let (mut open, mut handlers) = (vec![flow], Vec::new());
    while let Some(flow) = open.pop() {
        let part = program.unit(flow).architect.as_deref();
        handlers.extend(part.and_then(|part| part.on_error));
        for step in &calls[flow.index()] {
            handlers.extend(step.error);
            if !std::mem::replace(&mut is_known[step.flow.index()], true) {
                open.push(step.flow);
            }
        }
    }
    handlers.sort_unstable();
    handlers.dedup();
    handlers
}

fn architect(step: &Step) -> Option<&Action> {
    match &step.action {
        StepAction::Architect(action) => Some(action),
        _ => None,
    }
}

fn add_next(
    program: &Program,
    returns: &Returns,
    node: NodeId,
    step: &Step,
    next: &mut Vec<NodeId>,
) {
    if !leaves(step) && !always_fails(step) {
        next.extend(step.next.into_iter().chain(step.targets.iter().copied().flatten()));
    }
    if let StepAction::If(decision) = &step.action {
        let targets = decision.branches.iter().filter_map(|branch| branch.target);
        next.extend(targets.chain(decision.default));
    }
    if let Some(flow) = step.flow_called() {
        next.extend(first_of(program, flow));
    }
    let part = program.unit(step.flow).architect.as_deref();
    if let (Some(action), Some(part)) = (architect(step), part) {
        add_entered(program, returns, step, action, part, next);
        add_ends(program, returns, node, step, action, part, next);
    }
    if may_end(step) {
        next.extend(&returns.of_flows[step.flow.index()]);
        // Error handling leaves all tasks of the flow first.
        if part.and_then(|part| part.on_error).is_some_and(|first| node >= first) {
            return;
        }
        next.extend(&returns.of_tasks[step.flow.index()]);
        next.extend(&returns.menus[step.flow.index()]);
    }
}

fn first_of(program: &Program, flow: FlowId) -> Option<NodeId> {
    let unit = program.unit(flow);
    unit.architect.as_deref().map(|part| part.begin).or(unit.start)
}

/// Adds the steps of other tasks and flows that an action enters.
fn add_entered(
    program: &Program,
    returns: &Returns,
    step: &Step,
    action: &Action,
    part: &FlowPart,
    next: &mut Vec<NodeId>,
) {
    let begin = |sequence: SequenceId| program.sequence(sequence).begin;
    match action {
        Action::BeginFlow(_) => next.extend(part.start.map(begin)),
        Action::CallTask(call) => {
            next.extend(call.target.as_ref().ok().copied().map(begin));
        }
        Action::Jump(jump) => next.extend(jump.target.as_ref().ok().copied().map(begin)),
        Action::GoToMenu(_) => next.extend(&returns.menus[step.flow.index()]),
        Action::Ask(_) => {
            let tasks = program.sequences.iter().filter(|it| it.flow == step.flow);
            next.extend(tasks.map(|task| task.begin));
        }
        _ => {}
    }
    if step.enters_queue() {
        let flows = program.in_queue_flows.iter();
        next.extend(flows.filter_map(|flow| first_of(program, *flow)));
    }
}

/// Adds the steps after events that any action may cause.
fn add_ends(
    program: &Program,
    returns: &Returns,
    node: NodeId,
    step: &Step,
    action: &Action,
    part: &FlowPart,
    next: &mut Vec<NodeId>,
) {
    if let Some(events) = &part.bot_events {
        next.push(events.recognition_failure);
        next.extend(events.subsequent_failure);
        next.extend(events.escalation.as_ref().map(|escalation| escalation.begin));
    }
    let ends_flow = ends_flow(action);
    if ends_flow {
        next.extend(&returns.of_flows[step.flow.index()]);
    }
    let in_queue = part.nature == FlowKind::InQueue;
    if in_queue && (ends_flow || may_end(step)) {
        let again = [part.start, part.recurring].into_iter().flatten();
        next.extend(again.map(|sequence| program.sequence(sequence).begin));
    }
    // A menu plays again; a further choice may belong to another menu of the flow.
    if matches!(action, Action::Menu(_)) {
        next.push(node);
    }
}

/// Whether every execution of the step fails, whatever the values are: it assigns to a
/// variable that is not declared, or evaluates an invalid value. A data action evaluates all
/// inputs before it has an answer, and a switch its value and its first case before it takes
/// an output.
pub(super) fn always_fails(step: &Step) -> bool {
    let is_broken = |source: &Source| matches!(source, Source::Broken(_));
    match architect(step) {
        Some(Action::UpdateData(statements)) => {
            statements.iter().any(|it| it.variable.is_err() || is_broken(&it.value))
        }
        Some(Action::Lookup(Lookup::DataAction(call))) => {
            call.inputs.iter().any(|(_, source)| is_broken(source))
        }
        Some(Action::Decision(decision)) => is_broken(&decision.condition.source),
        Some(Action::Switch(switch)) => {
            let first = switch.value.iter().chain(switch.cases.first());
            first.into_iter().any(|value| is_broken(&value.source))
        }
        _ => false,
    }
}

fn ends_flow(action: &Action) -> bool {
    matches!(action, Action::End(_) | Action::Recorded(_) | Action::EndTask(_))
}

/// Whether the conversation may wait for its next message after the step. A conversation
/// that was transferred gets none.
pub(super) fn may_end_turn(step: &Step) -> bool {
    match architect(step) {
        Some(Action::Transfer(_)) => step.targets.iter().any(Option::is_none),
        Some(action) => ends_flow(action) || may_end(step),
        None => may_end(step),
    }
}

/// Whether the step never continues after itself.
fn leaves(step: &Step) -> bool {
    match architect(step) {
        Some(action) => matches!(
            action,
            Action::Jump(_) | Action::EndTask(_) | Action::End(_) | Action::GoToMenu(_)
        ),
        None => false,
    }
}

/// Whether the task or flow may end after the step.
fn may_end(step: &Step) -> bool {
    let is_open = step.targets.iter().any(Option::is_none);
    match &step.action {
        StepAction::End(_) => true,
        StepAction::If(decision) => {
            decision.default.is_none()
                || decision.branches.iter().any(|it| it.target.is_none())
        }
        StepAction::Architect(action) => match &**action {
            Action::EndTask(_) | Action::Other(_) | Action::Local(_) | Action::Ask(_) => {
                true
            }
            Action::Jump(_) | Action::BeginFlow(_) => false,
            _ => is_open || step.next.is_none(),
        },
        _ => step.next.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_edges_are_followed() {
        let ids = |list: &[usize]| list.iter().map(|it| NodeId::new(*it)).collect();
        let graph = Graph {
            next: vec![ids(&[1]), ids(&[]), ids(&[0]), ids(&[])],
            failed: vec![ids(&[]), ids(&[3]), ids(&[]), ids(&[])],
        };
        assert_eq!(graph.reach([NodeId::new(0)]), [true, true, false, true]);
        assert_eq!(graph.distances([NodeId::new(3)]), [2, 1, 3, 0]);
    }
}

//! The step after which a call could no longer reach a node: the decision to blame.

use super::history::History;
use crate::flow::NodeId;
use crate::program::architect::Action;
use crate::program::{Program, Step, StepAction};

/// Outputs that an action takes if it fails.
pub(super) const FAILURES: [&str; 3] = ["failure", "timeout", "error"];

/// Nodes, by id.
pub(super) type Nodes = Vec<bool>;

/// Maximum number of steps that are examined, from the last one backwards.
const MAX_EXAMINED: usize = 2_000;

/// Returns the last step from which the call could still have reached one of the nodes,
/// if it reached none of them from the step `from` on.
///
/// A path to the node counts only if it passes no node that the call had already passed:
/// in a loop, the action that failed in the first round is the cause, not the condition
/// that ended the loop. A path over the failure of an action counts only if there is no
/// other path.
pub(super) fn divergence(
    history: History<'_>,
    wanted: &Nodes,
    from: usize,
) -> Option<usize> {
    let reached = (from..history.steps.len()).rev().find(|step| {
        history.steps.get(*step).is_some_and(|step| wanted[step.node.index()])
    });
    if let Some(step) = reached {
        // The node was reached, but it failed.
        return history.has_failed(step).then_some(step);
    }
    [false, true].into_iter().find_map(|over_failures| {
        let able = able(history.program, wanted, over_failures);
        let is_cause = |step: &usize| {
            over_failures || history.has_decided(*step) || history.has_failed(*step)
        };
        let search = Search::new(history, wanted, &able, over_failures);
        let steps = (from..history.steps.len()).rev().filter(is_cause);
        let found = steps.take(MAX_EXAMINED).find(|step| search.leads_on(*step));
        found.or_else(|| {
            last_able(history, &able).filter(|it| *it >= from && is_cause(it))
        })
    })
}

/// Returns the decisions before a step, in the open calls around it, whose other paths do
/// not lead to a wanted node.
pub(super) fn required(
    history: History<'_>,
    wanted: &Nodes,
    step: usize,
) -> impl Iterator<Item = usize> {
    let able = able(history.program, wanted, true);
    let mut least = history.steps.get(step).map_or(0, |step| step.depth);
    let earlier = (0..step).rev().take(MAX_EXAMINED);
    earlier.filter(move |index| {
        let Some(taken) = history.steps.get(*index) else { return false };
        let is_open = taken.depth <= least;
        least = least.min(taken.depth);
        let mut has_other = false;
        let compiled = history.compiled(taken.node);
        each_next(history.program, taken.node, compiled, true, &mut |next| {
            has_other |= Some(next) != taken.next && able[next.index()];
        });
        is_open && history.has_decided(*index) && !has_other
    })
}

/// A search for paths that pass no node that the call had already passed.
struct Search<'s> {
    history: History<'s>,
    wanted: &'s Nodes,
    able: &'s Nodes,
    over_failures: bool,
    /// By node: the first step there.
    first_visits: Vec<usize>,
}

impl<'s> Search<'s> {
    fn new(
        history: History<'s>,
        wanted: &'s Nodes,
        able: &'s Nodes,
        over_failures: bool,
    ) -> Self {
        let mut first_visits = vec![usize::MAX; able.len()];
        for (index, step) in history.steps.iter().enumerate().rev() {
            first_visits[step.node.index()] = index;
        }
        Self { history, wanted, able, over_failures, first_visits }
    }

    /// Returns whether another path leads from a step to a wanted node.
    fn leads_on(&self, step: usize) -> bool {
        let mut seen = vec![false; self.able.len()];
        let mut open = Vec::new();
        let program = self.history.program;
        let mut add = |next: NodeId| {
            if self.is_open(next, step)
                && !std::mem::replace(&mut seen[next.index()], true)
            {
                open.push(next);
            }
        };
        for (index, at) in self.frames(step) {
            let compiled = self.history.compiled(at);
            each_next(program, at, compiled, self.over_failures, &mut add);
            if index == step {
                each_called(program, compiled, &mut add);
            }
        }
        while let Some(node) = open.pop() {
            if self.wanted[node.index()] {
                return true;
            }
            let mut add = |next: NodeId| {
                let is_open = self.is_open(next, step);
                if is_open && !std::mem::replace(&mut seen[next.index()], true) {
                    open.push(next);
                }
            };
            let compiled = self.history.compiled(node);
            each_next(program, node, compiled, self.over_failures, &mut add);
            each_called(program, compiled, &mut add);
        }
        false
    }

    /// Returns whether a path may pass a node: it leads to a wanted one, and the call had
    /// not passed it until this step.
    fn is_open(&self, node: NodeId, step: usize) -> bool {
        let index = node.index();
        self.wanted[index] || self.able[index] && self.first_visits[index] > step
    }

    /// Returns a step and the open calls around it, with their nodes.
    fn frames(&self, step: usize) -> Vec<(usize, NodeId)> {
        let mut frames = Vec::new();
        let mut depth = None;
        for index in (0..=step).rev() {
            let Some(at) = self.history.steps.get(index) else { continue };
            if depth.is_none_or(|depth| at.depth < depth) {
                frames.push((index, at.node));
                depth = Some(at.depth);
            }
            if depth == Some(0) {
                break;
            }
        }
        frames
    }
}

/// Returns the nodes from which one of the wanted nodes can be reached.
fn able(program: &Program, wanted: &Nodes, over_failures: bool) -> Nodes {
    let count = program.steps.len();
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (index, step) in program.steps.iter().enumerate() {
        let index = NodeId::new(index);
        let mut add = |next: NodeId| before[next.index()].push(index.0);
        each_next(program, index, step, over_failures, &mut add);
        each_called(program, step, &mut add);
    }
    let mut able = wanted.clone();
    let mut open: Vec<usize> = (0..count).filter(|index| wanted[*index]).collect();
    while let Some(node) = open.pop() {
        for earlier in &before[node] {
            let earlier = *earlier as usize;
            if !std::mem::replace(&mut able[earlier], true) {
                open.push(earlier);
            }
        }
    }
    able
}

/// Visits the nodes of the same flow that may follow a node.
fn each_next(
    program: &Program,
    node: NodeId,
    step: &Step,
    over_failures: bool,
    visit: &mut dyn FnMut(NodeId),
) {
    let outputs = &program.symbols.node(node).outputs;
    step.next.filter(|_| !leaves(step)).into_iter().for_each(&mut *visit);
    step.error.filter(|_| over_failures).into_iter().for_each(&mut *visit);
    for (index, target) in step.targets.iter().enumerate() {
        let is_failure =
            outputs.get(index).is_some_and(|name| FAILURES.contains(&name.as_str()));
        if over_failures || !is_failure {
            target.iter().copied().for_each(&mut *visit);
        }
    }
    if let StepAction::If(decision) = &step.action {
        let targets = decision.branches.iter().map(|branch| branch.target);
        targets.chain([decision.default]).flatten().for_each(&mut *visit);
    }
}

/// Returns whether an action never continues with the action after it.
fn leaves(step: &Step) -> bool {
    match &step.action {
        StepAction::Architect(action) => matches!(
            **action,
            Action::Jump(_) | Action::EndTask(_) | Action::End(_) | Action::GoToMenu(_)
        ),
        _ => false,
    }
}

/// Visits the first nodes of the flows and tasks that a node calls or continues in.
fn each_called(program: &Program, step: &Step, visit: &mut dyn FnMut(NodeId)) {
    let flow = step.flow_called().and_then(|flow| program.unit(flow).start);
    flow.into_iter().for_each(&mut *visit);
    let StepAction::Architect(action) = &step.action else { return };
    let sequence = match &**action {
        Action::CallTask(call) => call.target.as_ref().ok().copied(),
        Action::Jump(jump) => jump.target.as_ref().ok().copied(),
        Action::BeginFlow(_) => {
            program.unit(step.flow).architect.as_ref().and_then(|flow| flow.start)
        }
        _ => None,
    };
    sequence.map(|id| program.sequence(id).begin).into_iter().for_each(visit);
}

/// Returns the last step that is able, or inside a call whose caller is able to continue.
fn last_able(history: History<'_>, able: &Nodes) -> Option<usize> {
    let program = history.program;
    // The open calls: depth, and whether this caller or an outer one is able.
    let mut open: Vec<(u16, bool)> = Vec::new();
    let mut last = None;
    for (index, step) in history.steps.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| history.steps.get(before));
        if let Some(caller) = before.filter(|before| before.depth < step.depth) {
            let mut continues = open.last().is_some_and(|(_, able)| *able);
            let compiled = history.compiled(caller.node);
            each_next(program, caller.node, compiled, false, &mut |next| {
                continues |= able[next.index()];
            });
            open.push((caller.depth, continues));
        }
        while open.last().is_some_and(|(depth, _)| *depth >= step.depth) {
            open.pop();
        }
        if able[step.node.index()] || open.last().is_some_and(|(_, able)| *able) {
            last = Some(index);
        }
    }
    last
}

//! Lower bound of the number of calls that reach a set of goals: if no call reaches two of
//! some goals, each needs a separate call.
//!
//! Two nodes exclude each other if no path leads from one to the other, in either
//! direction. Two outputs of one node exclude each other if no path leads from the node
//! back to it. An output of a node that calls nothing also excludes the nodes to which
//! only its other outputs lead.

use std::collections::BTreeSet;

use crate::analysis::coverage::{Goal, Goals};
use crate::flow::NodeId;
use crate::program::{Program, Step, StepAction};

use crate::explore::graph::Graph;

/// The largest number of goals that are compared with each other.
const MOST_GOALS: usize = 2_000;

/// Returns a number of calls that is needed to reach all of these goals.
pub(super) fn lower_bound(
    program: &Program,
    graph: &Graph,
    goals: &Goals,
    wanted: &BTreeSet<usize>,
) -> usize {
    let wanted = goals.all().filter(|goal| wanted.contains(&goal.number));
    let places: Vec<Place> =
        wanted.take(MOST_GOALS).map(|goal| Place::of(program, graph, &goal)).collect();
    let excluded: Vec<Vec<bool>> = places
        .iter()
        .map(|one| places.iter().map(|other| one.excludes(other)).collect())
        .collect();
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|place| {
        std::cmp::Reverse(excluded[*place].iter().filter(|it| **it).count())
    });
    let mut chosen: Vec<usize> = Vec::new();
    for place in order {
        if chosen.iter().all(|other| excluded[place][*other]) {
            chosen.push(place);
        }
    }
    chosen.len()
}

/// A goal, and the nodes that may follow it in a call.
struct Place {
    node: NodeId,
    output: Option<String>,
    /// Whether the node can be executed twice in a call.
    is_repeated: bool,
    /// Nodes that may be executed after the output was taken, or after the node if the goal
    /// is the node.
    after_output: Vec<bool>,
}

impl Place {
    fn of(program: &Program, graph: &Graph, goal: &Goal<'_>) -> Self {
        let node = goal.node;
        let next = &graph.next[node.index()];
        let failed = &graph.failed[node.index()];
        let after_node = graph.reach(next.iter().chain(failed).copied());
        let is_repeated = after_node[node.index()];
        let step = &program.steps[node.index()];
        let target = goal.output.and_then(|output| target(program, node, output));
        let after_output = match target {
            Some(target) if !is_repeated && enters_nothing(step, next) => {
                graph.reach([target])
            }
            _ => after_node,
        };
        let output = goal.output.map(str::to_owned);
        Self { node, output, is_repeated, after_output }
    }

    /// Whether no call reaches both.
    fn excludes(&self, other: &Self) -> bool {
        if self.node == other.node {
            let is_other = |output: &Option<String>| output.is_some();
            return !self.is_repeated
                && self.output != other.output
                && is_other(&self.output)
                && is_other(&other.output);
        }
        !self.after_output[other.node.index()] && !other.after_output[self.node.index()]
    }
}

/// Whether the call continues at an output of the step at once, without another task or
/// flow in between.
fn enters_nothing(step: &Step, next: &[NodeId]) -> bool {
    let is_own = |node: &NodeId| {
        step.targets.contains(&Some(*node))
            || step.next == Some(*node)
            || matches!(&step.action, StepAction::If(decision)
                if decision.default == Some(*node)
                    || decision.branches.iter().any(|it| it.target == Some(*node)))
    };
    next.iter().all(is_own)
}

/// Returns the node that an output leads to, if it is certain.
fn target(program: &Program, node: NodeId, output: &str) -> Option<NodeId> {
    let step = &program.steps[node.index()];
    match &step.action {
        StepAction::If(decision) => match output.strip_prefix("condition ") {
            Some(number) => {
                let index = number.parse::<usize>().ok()?.checked_sub(1)?;
                decision.branches.get(index)?.target
            }
            None => decision.default.filter(|_| output == "default"),
        },
        StepAction::Architect(_) => {
            let outputs = &program.symbols.node(node).outputs;
            let mut named = outputs.iter().enumerate().filter(|(_, it)| *it == output);
            let (index, _) = named.next()?;
            step.targets.get(index).copied().flatten().filter(|_| named.next().is_none())
        }
        _ => None,
    }
}

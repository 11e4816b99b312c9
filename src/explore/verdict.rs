//! Verdicts about goals.

use std::collections::BTreeSet;
use std::fmt;

use crate::flow::NodeId;
use crate::program::architect::Action;
use crate::program::{Program, Step, StepAction};
use crate::value::Text;

use super::graph::Graph;
use super::liveness::Liveness;
use super::search::Search;
use super::witness::{Player, Witness};

/// Whether calls can reach a goal.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// This call reaches it.
    Reachable(Witness),
    /// No call reaches it, for this reason.
    Unreachable(Reason),
    /// The search did not decide it, for this reason.
    Undecided(Reason),
}

impl Verdict {
    /// Returns the name used in output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reachable(_) => "reachable",
            Self::Unreachable(_) => "unreachable",
            Self::Undecided(_) => "undecided",
        }
    }
}

/// The reason of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No path leads from the start of the flow to the node.
    NoPath,
    /// Every answer was tried in each of this number of states.
    Exhausted(usize),
    /// The condition cannot lead here, because its variables have no other values than
    /// these.
    NeverTrue(Text),
    /// The conditions on the way exclude each other, whatever the values in the ranges of
    /// the variables are.
    OutOfRange,
    /// The action does not fail, whatever the values are.
    NeverFails,
    /// The action fails whenever a call executes it, so that it takes no output.
    AlwaysFails,
    /// Only outputs that no call takes lead to the node.
    Impossible,
    /// Something was not tried at the node with this id.
    NotTried(Gap, Text),
    /// Only calls with more actions than the limit may lead here.
    Limit,
    /// A witness did not lead here when it was replayed.
    NotReplayed,
    /// The exploration was stopped before.
    Stopped,
}

/// Something that a search does not try at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// States were not continued, because the budget was used up.
    Budget,
    /// More entries of digits than are tried.
    Entries,
    /// Words that the participant may use freely.
    Words,
    /// Further messages of the conversation, after which the flow runs again.
    Messages,
    /// More results of an action than are tried.
    Results,
    /// Other times of the answer.
    Times,
    /// Other answers than those of the fixtures, or a call with a context.
    External,
    /// Other random numbers.
    Random,
    /// Other values of an expression that is not part of a state, and may fail.
    Failure,
}

impl Gap {
    /// The words before and after the name of the node.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Budget => ["the budget ended before all answers were tried at ", ""],
            Self::Entries => ["not all entries were tried at ", ""],
            Self::Words => ["not all words were tried at ", ""],
            Self::Messages => ["no further message was tried after ", ""],
            Self::Results => ["not all results of ", " were tried"],
            Self::Times => ["the time of the answer at ", " matters"],
            Self::External => ["only one value was tried for the data that ", " reads"],
            Self::Random => ["not all random numbers of ", " were tried"],
            Self::Failure => ["an expression of ", " may fail for other values"],
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPath => formatter.write_str("no path leads here"),
            Self::Exhausted(0) => {
                formatter.write_str("the call asks nothing, and does not lead here")
            }
            Self::Exhausted(1) => {
                formatter.write_str("the only state of the flow does not lead here")
            }
            Self::Exhausted(states) => {
                write!(formatter, "none of the {states} states of the flow leads here")
            }
            Self::NeverTrue(values) => {
                write!(formatter, "the condition does not lead here: {values}")
            }
            Self::OutOfRange => {
                formatter.write_str("no values of the variables lead here")
            }
            Self::NeverFails => formatter.write_str("the action does not fail"),
            Self::AlwaysFails => formatter.write_str("the action always fails"),
            Self::Impossible => {
                formatter.write_str("only outputs that no call takes lead here")
            }
            Self::NotTried(gap, node) => {
                let [before, after] = gap.words();
                write!(formatter, "{before}`{node}`{after}")
            }
            Self::Limit => formatter
                .write_str("only a call that exceeds the limit of actions may lead here"),
            Self::NotReplayed => {
                formatter.write_str("the call that was found did not replay")
            }
            Self::Stopped => formatter.write_str("the exploration was stopped"),
        }
    }
}

/// Everything that decides about goals after a search.
pub(super) struct Evidence<'j> {
    pub(super) program: &'j Program,
    pub(super) graph: &'j Graph,
    pub(super) liveness: &'j Liveness,
    pub(super) search: &'j Search,
    /// Steps that a call may reach, without regard to values.
    pub(super) is_near: &'j [bool],
    /// Steps that depend on external data; only one value was tried.
    pub(super) external: &'j [NodeId],
    /// Steps whose random numbers were not all tried.
    pub(super) random: &'j [NodeId],
    /// Whether a call may exceed the limit of actions.
    pub(super) exceeds_limit: bool,
    /// Whether the host stopped the exploration.
    pub(super) is_stopped: bool,
}

/// Decides about goals after a search.
pub(super) struct Judge<'j> {
    search: &'j Search,
    /// Steps that a call may reach, without regard to values.
    is_near: &'j [bool],
    graph: &'j Graph,
    exceeds_limit: bool,
    /// Whether each node calls a task or a flow.
    calls: Vec<bool>,
    /// The first reason why a node may be reached although the search did not reach it.
    open: Vec<Option<Reason>>,
}

impl<'j> Judge<'j> {
    pub(super) fn new(evidence: &Evidence<'j>) -> Self {
        let Evidence {
            program,
            graph,
            liveness,
            search,
            is_near,
            external,
            random,
            exceeds_limit,
            is_stopped,
        } = *evidence;
        let id = |node: NodeId| program.symbols.node(node).id.clone();
        let reason = |gap: Gap, node: NodeId| Reason::NotTried(gap, id(node));
        let open = vec![None; program.steps.len()];
        let calls = program.steps.iter().map(calls).collect();
        let mut judge = Self { search, is_near, graph, exceeds_limit, calls, open };
        let visited = |nodes: &[NodeId]| -> Vec<NodeId> {
            let is_visited = |node: &NodeId| search.is_visited[node.index()];
            nodes.iter().copied().filter(is_visited).collect()
        };
        let gaps = gaps(search, &visited(external), &visited(random));
        // If the host stopped the search, one reason for all is found faster.
        let (stopped, gaps) =
            if is_stopped { (gaps, Vec::new()) } else { (Vec::new(), gaps) };
        judge.mark(graph, stopped.into_iter().map(|(node, _)| node), &Reason::Stopped);
        for (node, gap) in gaps {
            judge.mark(graph, [node], &reason(gap, node));
        }
        for node in visited(&liveness.assumed) {
            let reason = reason(Gap::Failure, node);
            if search.failed.contains(&node) {
                judge.mark(graph, [node], &reason);
            } else {
                judge.mark(graph, graph.failed[node.index()].iter().copied(), &reason);
            }
        }
        if exceeds_limit {
            judge.mark(graph, handlers(program, search), &Reason::Limit);
        }
        judge
    }

    /// Marks all nodes that may follow these nodes.
    fn mark(
        &mut self,
        graph: &Graph,
        nodes: impl IntoIterator<Item = NodeId>,
        reason: &Reason,
    ) {
        for (open, is_reached) in self.open.iter_mut().zip(graph.reach(nodes)) {
            if is_reached {
                open.get_or_insert_with(|| reason.clone());
            }
        }
    }

    /// Returns for each flow whether the call may reach a step of it.
    pub(super) fn entered_flows(&self, program: &Program) -> Vec<bool> {
        let mut is_entered = vec![false; program.units.len()];
        for (step, is_near) in program.steps.iter().zip(self.is_near) {
            is_entered[step.flow.index()] |= is_near;
        }
        is_entered
    }

    /// Returns the reason why a goal of a node may be reached although the search did not
    /// reach it. An action that called a task or flow takes its output when that returns, so
    /// every later node counts.
    pub(super) fn reason(&self, node: NodeId) -> Option<Reason> {
        let own = &self.open[node.index()];
        let has_called = self.calls[node.index()] && self.search.is_visited[node.index()];
        if own.is_some() || !has_called {
            return own.clone();
        }
        let later = self.open.iter().zip(self.graph.reach([node]));
        later.filter(|(_, is_later)| *is_later).find_map(|(open, _)| open.clone())
    }

    /// Decides about a goal.
    pub(super) fn verdict(
        &self,
        goal: usize,
        node: NodeId,
        player: &mut Player<'_>,
    ) -> Verdict {
        if let Some(hit) = &self.search.hits[goal] {
            if !player.allows_replay() {
                return Verdict::Undecided(Reason::Stopped);
            }
            let witness = player.witness(&self.search.script_of(hit), goal);
            return match witness {
                Some(witness) => Verdict::Reachable(witness),
                None if self.exceeds_limit => Verdict::Undecided(Reason::Limit),
                None => Verdict::Undecided(Reason::NotReplayed),
            };
        }
        if !self.is_near[node.index()] {
            return Verdict::Unreachable(Reason::NoPath);
        }
        match self.reason(node) {
            Some(reason) => Verdict::Undecided(reason),
            None => Verdict::Unreachable(Reason::Exhausted(self.search.count())),
        }
    }
}

/// Returns the nodes at which something was not tried.
fn gaps(search: &Search, external: &[NodeId], random: &[NodeId]) -> Vec<(NodeId, Gap)> {
    let at = |nodes: &[NodeId], gap: Gap| -> Vec<(NodeId, Gap)> {
        nodes.iter().map(|node| (*node, gap)).collect()
    };
    let mut gaps = at(&search.pending, Gap::Budget);
    gaps.extend(&search.cuts);
    gaps.extend(at(external, Gap::External));
    gaps.extend(at(random, Gap::Random));
    gaps
}

/// Returns the first steps of the error handling of all flows that calls entered.
fn handlers(program: &Program, search: &Search) -> BTreeSet<NodeId> {
    let steps = program.steps.iter().zip(&search.is_visited);
    let flows = steps.filter(|(_, is_visited)| **is_visited).map(|(step, _)| step.flow);
    let parts = flows.filter_map(|flow| program.unit(flow).architect.as_deref());
    parts.filter_map(|part| part.on_error).collect()
}

/// Whether a step calls a task or a flow, and continues after it.
fn calls(step: &Step) -> bool {
    let is_call_of_task = match &step.action {
        StepAction::Architect(action) => matches!(**action, Action::CallTask(_)),
        _ => false,
    };
    is_call_of_task || step.flow_called().is_some()
}

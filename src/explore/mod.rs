//! Exploration: searches all calls of a flow, and decides for every action and every
//! output whether a call can reach it.
//!
//! A state is a session at a question, and an edge is an answer. The engine runs between
//! the questions, so nothing of it is modelled a second time. States with the same future
//! are continued once; `Liveness` decides which values the future depends on.
//!
//! A witness is always replayed before it is reported. A goal counts as unreachable only if
//! no unexplored answer can lead to it; everything else is undecided, with the reason.

mod analysed;
mod classes;
mod constants;
mod cycles;
mod domain;
mod emergencies;
mod examples;
mod external;
mod findings;
mod free;
mod frontier;
mod graph;
mod impossible;
mod liveness;
mod memory;
pub mod mutants;
mod outcomes;
mod partition;
mod patience;
mod possible;
mod property;
mod queued;
mod random;
mod ranges;
mod search;
mod services;
mod solve;
mod starts;
pub mod suite;
mod times;
mod transition;
mod unset;
mod verdict;
mod witness;

use std::sync::Arc;

use crate::engine::Call;
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::threads;
use crate::trace::Status;
use crate::value::{DateTime, Text};
use crate::world::Fixtures;

use analysed::{Analysed, Analyses};
use patience::Patience;

pub use findings::{Finding, findings};
pub use property::{Checked, PropertyVerdict, properties};
pub use queued::queued_flows;
pub use verdict::{Gap, Reason, Verdict};
pub use witness::Witness;

/// The default of the largest number of answered questions.
pub const DEFAULT_BUDGET: u64 = 100_000;

/// Settings of an exploration.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The largest number of answered questions.
    pub budget: u64,
    /// The number of threads; 0 means one per core.
    pub jobs: usize,
    /// Whether the answers of the fixtures, and the call without a context, are the only
    /// ones. Otherwise nothing that depends on them counts as unreachable.
    pub is_fixed: bool,
    /// The largest number of complete calls to list.
    pub most_paths: usize,
}

/// The result of an exploration.
#[derive(Debug, Default)]
pub struct Exploration {
    /// Whether every answer was tried in every state, so that every goal is decided.
    pub is_complete: bool,
    /// Whether the host stopped the exploration before its end.
    pub is_stopped: bool,
    /// The number of answered questions, and its limit.
    pub used: u64,
    /// The limit of answered questions.
    pub budget: u64,
    /// The number of different states.
    pub states: usize,
    /// The goals with their verdicts, in the order of their nodes.
    pub goals: Vec<Decided>,
    /// Complete calls.
    pub paths: Vec<Path>,
    /// Nodes that wait, and from which no answer but to hang up leads to the end of the
    /// call, with a call that leads there. Only known if every answer was tried.
    pub dead_ends: Vec<DeadEnd>,
}

/// A node from which a call cannot end, unless the caller hangs up.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadEnd {
    /// The node.
    pub node: NodeId,
    /// The flow in which the call starts.
    pub start: FlowId,
    /// The time at which it starts, if it is not the given one.
    pub at: Option<DateTime>,
    /// The call up to the node.
    pub witness: Witness,
}

/// A goal and its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The node.
    pub node: NodeId,
    /// The name of the output; `None` for the node itself.
    pub output: Option<Text>,
    /// The flow in which the witness starts.
    pub start: FlowId,
    /// The time at which the witness starts, if it is not the given one.
    pub at: Option<DateTime>,
    /// The verdict.
    pub verdict: Verdict,
}

/// A complete call.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The flow in which the call starts.
    pub start: FlowId,
    /// The time at which it starts, if it is not the given one.
    pub at: Option<DateTime>,
    /// The caller's inputs.
    pub witness: Witness,
    /// The final status.
    pub status: Status,
    /// The executed nodes.
    pub nodes: Vec<NodeId>,
}

/// Explores the flows in which these calls start. Each call gets an equal share of the
/// budget.
///
/// # Errors
/// The threads cannot be started.
pub fn explore(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    options: Options,
) -> Result<Exploration, rayon::ThreadPoolBuildError> {
    explore_watched(program, calls, fixtures, options, &|_| true)
}

/// Explores like [`explore`]. `watch` gets the number of answered questions from time to
/// time, and returns whether the exploration continues. After that, it ends within a moment;
/// what was found by then is reported, and the rest is undecided.
///
/// # Errors
/// The threads cannot be started.
pub fn explore_watched(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    options: Options,
    watch: &dyn Fn(u64) -> bool,
) -> Result<Exploration, rayon::ThreadPoolBuildError> {
    let pool = threads::pool(options.jobs, usize::MAX)?;
    let analyses = Analyses::of(program, options.is_fixed);
    let patience = Patience::new(watch);
    let analysed = analyses.with(program, fixtures, &patience);
    let mut exploration =
        Exploration { budget: options.budget, ..Exploration::default() };
    exploration.is_complete = true;
    let mut decided: Vec<Option<Decided>> = vec![None; analysed.goals.count()];
    let given = calls;
    let calls = analysed.calls(calls, options.is_fixed);
    let share = options.budget / (calls.len().max(1) as u64);
    for call in &calls {
        if !patience.continues(exploration.used) {
            exploration.is_complete = false;
            break;
        }
        let most_paths = options.most_paths.saturating_sub(exploration.paths.len());
        let own = Options { budget: share, most_paths, ..options };
        analysed.explore(call, own, &pool, &mut exploration, &mut decided);
    }
    let open: Vec<FlowId> = calls.iter().map(|start| start.call.flow()).collect();
    if patience.continues(exploration.used) {
        impossible::decide(&analysed, given, &open, &mut decided);
        ranges::decide(&analysed, given, &open, options.budget, &mut decided);
    }
    exploration.is_stopped = patience.is_over();
    if exploration.is_stopped {
        leave_open(&analysed, &open, &mut decided);
    }
    exploration.goals = decided.into_iter().flatten().collect();
    let is_open = |it: &Decided| matches!(it.verdict, Verdict::Undecided(_));
    exploration.is_complete &= !exploration.goals.iter().any(is_open);
    Ok(exploration)
}

/// Leaves the goals undecided that an exploration did not come to before it was stopped.
fn leave_open(
    analysed: &Analysed<'_>,
    starts: &[FlowId],
    decided: &mut [Option<Decided>],
) {
    let program = analysed.program;
    for start in starts {
        let is_near = analysed.graph.reach(analysed::first_node(program, *start));
        for goal in analysed.goals.all().filter(|it| is_near[it.node.index()]) {
            let (node, output) = (goal.node, goal.output.map(Text::from));
            decided[goal.number].get_or_insert_with(|| Decided {
                node,
                output,
                start: *start,
                at: None,
                verdict: Verdict::Undecided(Reason::Stopped),
            });
        }
    }
}

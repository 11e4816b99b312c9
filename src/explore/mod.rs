//! Exploration: searches all calls of a flow, and decides for every action and every
//! output whether a call can reach it.
//!
//! A state is a session at a question, and an edge is an answer. The engine runs between
//! the questions, so nothing of it is modelled a second time. States with the same future
//! are continued once; `Liveness` decides which values the future depends on.
//!
//! A witness is always replayed before it is reported. A goal counts as unreachable only if
//! no unexplored answer can lead to it; everything else is undecided, with the reason.

mod classes;
mod constants;
mod cycles;
mod domain;
mod examples;
mod external;
mod findings;
mod free;
mod frontier;
mod graph;
mod liveness;
mod memory;
pub mod mutants;
mod outcomes;
mod partition;
mod property;
mod search;
mod services;
mod starts;
pub mod suite;
mod times;
mod unset;
mod verdict;
mod witness;

use std::sync::Arc;

use crate::analysis::coverage::Goals;
use crate::engine::Call;
use crate::expr::architect::Directory;
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::trace::Status;
use crate::value::{DateTime, Text};
use crate::world::{Answer, Fixtures, Input};

use classes::Classes;
use constants::Constants;
use domain::Context;
use external::{Decidable, external_reads};
use graph::Graph;
use liveness::Liveness;
use memory::Repeats;
use search::{Search, World};
use starts::{Choice, Given, Origin, Plan, Start, combinations, with_values};
use times::start_times;
use witness::Player;

pub use findings::{Finding, findings};
pub use property::{Checked, PropertyVerdict, properties};
use verdict::{Evidence, Judge};
pub use verdict::{Gap, Reason, Verdict};
pub use witness::Witness;

/// The default of the largest number of answered questions.
pub const DEFAULT_BUDGET: u64 = 100_000;

/// The share of the remaining budget that a call with other values gets.
const START_SHARE: u64 = 16;

/// The smallest budget of a call with other values.
const LEAST_BUDGET: u64 = 200;

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
    explore_watched(program, calls, fixtures, options, &|_| {})
}

/// Explores like [`explore`]. `watch` gets the number of answered questions from time to
/// time.
///
/// # Errors
/// The threads cannot be started.
pub fn explore_watched(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    options: Options,
    watch: &dyn Fn(u64),
) -> Result<Exploration, rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs).build()?;
    let graph = Graph::of(program);
    let liveness = Liveness::of(program, &graph, !options.is_fixed);
    let goals = Goals::of(program);
    let repeats = Repeats::of(program, &graph);
    let analysed = Analysed { program, fixtures, graph, liveness, repeats, goals, watch };
    let mut exploration =
        Exploration { budget: options.budget, ..Exploration::default() };
    exploration.is_complete = true;
    let mut decided: Vec<Option<Decided>> = vec![None; analysed.goals.count()];
    let calls = analysed.calls(calls, options.is_fixed);
    let share = options.budget / (calls.len().max(1) as u64);
    for call in &calls {
        let most_paths = options.most_paths.saturating_sub(exploration.paths.len());
        let own = Options { budget: share, most_paths, ..options };
        analysed.explore(call, own, &pool, &mut exploration, &mut decided);
    }
    exploration.goals = decided.into_iter().flatten().collect();
    let is_open = |it: &Decided| matches!(it.verdict, Verdict::Undecided(_));
    exploration.is_complete &= !exploration.goals.iter().any(is_open);
    Ok(exploration)
}

/// A program with its analyses.
struct Analysed<'a> {
    program: &'a Arc<Program>,
    fixtures: &'a Fixtures,
    graph: Graph,
    liveness: Liveness,
    repeats: Repeats,
    goals: Goals,
    watch: &'a dyn Fn(u64),
}

impl Analysed<'_> {
    /// Returns the calls, and unless everything is fixed also those at other start times.
    fn calls(&self, calls: &[Call], is_fixed: bool) -> Vec<Start> {
        let mut all = Vec::new();
        for call in calls {
            all.push(Start::of(call));
            if !is_fixed {
                let is_near = self.graph.reach(first_node(self.program, call.flow()));
                let times = start_times(self.program, &is_near, call, self.fixtures);
                let at = |at: DateTime| Start {
                    at: Some(at),
                    ..Start::of(&call.clone().at(at))
                };
                all.extend(times.into_iter().map(at));
            }
        }
        all
    }

    /// Searches a call, and unless everything is fixed also calls with other values.
    fn explore(
        &self,
        start: &Start,
        options: Options,
        pool: &rayon::ThreadPool,
        exploration: &mut Exploration,
        decided: &mut [Option<Decided>],
    ) {
        let Self { program, liveness, repeats, .. } = self;
        let flow = start.call.flow();
        let is_near = &*self.graph.reach(first_node(program, flow));
        let constants = &Constants::of(program, is_near);
        let ignores_case = self.fixtures.policies().equality_ignores_case;
        let origin =
            Origin { program, liveness, repeats, is_near, constants, ignores_case, flow };
        let classes = &Classes::of(&origin);
        let givens = if options.is_fixed { Vec::new() } else { origin.givens() };
        let (decidable, choices) = combinations(&givens);
        let first = exploration.used;
        let share = if givens.is_empty() { 1 } else { 2 };
        let whole = options.budget / share;
        for (place, choice) in choices.iter().enumerate() {
            if place > 0 && !has_unreached(decided) {
                break;
            }
            let changed = with_values(program, start, &givens, choice);
            let left = whole.saturating_sub(exploration.used - first);
            let budget = left / (choices.len() - place) as u64;
            let evidence = Scope { is_near, constants, classes, decidable: &decidable };
            let own = Options { budget, ..options };
            self.search(&changed, &evidence, own, pool, exploration, decided);
        }
        let left = options.budget.saturating_sub(exploration.used - first);
        let mut varied = Varied { start, givens: &givens, constants, classes, left };
        self.vary(&mut varied, choices, pool, exploration, decided);
    }

    /// Searches calls with other values, as long as something is undecided.
    fn vary(
        &self,
        varied: &mut Varied<'_>,
        searched: Vec<Choice>,
        pool: &rayon::ThreadPool,
        exploration: &mut Exploration,
        decided: &mut [Option<Decided>],
    ) {
        let Varied { start, givens, constants, classes, left } = varied;
        let mut plan = Plan::new(givens, searched);
        while *left > 0
            && !givens.is_empty()
            && has_open(decided)
            && let Some(choice) = plan.take()
        {
            let changed = with_values(self.program, start, givens, &choice);
            let call = &changed.call.clone().request_outcomes(true);
            let world = self.world(call, (constants, classes), false);
            let budget = (*left / START_SHARE).max(LEAST_BUDGET).min(*left);
            let search = self.run(&world, budget, pool, exploration.used);
            *left = left.saturating_sub(search.used);
            exploration.used += search.used;
            exploration.states += search.count();
            if self.take_reached(&world, &changed, &search, decided) {
                plan.prefer(&choice);
            }
        }
    }

    /// Searches a call after a number of answered questions.
    fn run(
        &self,
        world: &World<'_>,
        budget: u64,
        pool: &rayon::ThreadPool,
        before: u64,
    ) -> Search {
        Search::run(world, budget, pool, &|used| (self.watch)(before + used))
    }

    fn world<'w>(
        &'w self,
        call: &'w Call,
        (constants, classes): (&'w Constants, &'w Classes),
        is_fixed: bool,
    ) -> World<'w> {
        let Self { program, fixtures, graph, liveness, repeats, goals, .. } = self;
        let organisation: &Fixtures = fixtures;
        let context = Context {
            program,
            liveness,
            constants,
            classes,
            organisation,
            fixtures,
            is_fixed,
        };
        let watched = None;
        World { program, call, fixtures, goals, context, graph, repeats, watched }
    }

    /// Takes the goals that a call with other values reached for the first time. Returns
    /// whether there are any.
    fn take_reached(
        &self,
        world: &World<'_>,
        start: &Start,
        search: &Search,
        decided: &mut [Option<Decided>],
    ) -> bool {
        let mut player = Player::new(world);
        let mut is_new = false;
        for goal in self.goals.all() {
            let known = &mut decided[goal.number];
            let Some(hit) =
                search.hits[goal.number].as_ref().filter(|_| !is_reachable(known))
            else {
                continue;
            };
            let Some(mut witness) = player.witness(&search.script_of(hit), goal.number)
            else {
                continue;
            };
            start.give(&mut witness);
            let (node, output) = (goal.node, goal.output.map(Text::from));
            let verdict = Verdict::Reachable(witness);
            let (at, start) = (start.at, start.call.flow());
            *known = Some(Decided { node, output, start, at, verdict });
            is_new = true;
        }
        is_new
    }

    /// Searches a call and decides about all goals.
    fn search(
        &self,
        start: &Start,
        scope: &Scope<'_>,
        options: Options,
        pool: &rayon::ThreadPool,
        exploration: &mut Exploration,
        decided: &mut [Option<Decided>],
    ) {
        let Self { program, fixtures, graph, liveness, .. } = self;
        let Scope { is_near, constants, classes, decidable } = *scope;
        let call = &start.call.clone().request_outcomes(!options.is_fixed);
        let world = &self.world(call, (constants, classes), options.is_fixed);
        let search = self.run(world, options.budget, pool, exploration.used);
        let most = search.paths.most_actions();
        let exceeds_limit = most.is_none_or(|most| most >= u64::from(call.max_actions()));
        let mut player = Player::new(world);
        let external = match options.is_fixed {
            true => Vec::new(),
            false => external_reads(program, liveness, *fixtures, call.flow(), decidable),
        };
        let judge = Judge::new(&Evidence {
            program,
            graph,
            liveness,
            search: &search,
            is_near,
            external: &external,
            exceeds_limit,
        });
        self.decide(start, &judge, &mut player, decided);
        let is_open = external.iter().any(|node| search.is_visited[node.index()]);
        let is_whole = search.cuts.is_empty() && search.pending.is_empty() && !is_open;
        exploration.is_complete &= is_whole;
        if is_whole {
            let dead_ends = dead_ends((call, start.at), &search, &mut player);
            exploration.dead_ends.extend(dead_ends);
        }
        exploration.used += search.used;
        exploration.states += search.count();
        let mut paths = paths(call, &search, &mut player, options.most_paths);
        for path in &mut paths {
            path.at = start.at;
            start.give(&mut path.witness);
        }
        exploration.paths.extend(paths);
    }

    /// Decides about all goals of the flows that the call may enter.
    fn decide(
        &self,
        start: &Start,
        judge: &Judge<'_>,
        player: &mut Player<'_>,
        decided: &mut [Option<Decided>],
    ) {
        let is_entered = judge.entered_flows(self.program);
        for goal in self.goals.all() {
            let flow = self.program.steps[goal.node.index()].flow;
            let known = &mut decided[goal.number];
            if !is_entered[flow.index()] || is_reachable(known) {
                continue;
            }
            let mut verdict = judge.verdict(goal.number, goal.node, player);
            if let Verdict::Reachable(witness) = &mut verdict {
                start.give(witness);
            }
            let (node, output) = (goal.node, goal.output.map(Text::from));
            let (at, start) = (start.at, start.call.flow());
            merge(known, Decided { node, output, start, at, verdict });
        }
    }
}

/// The part of a search that all calls with the same start share.
#[derive(Clone, Copy)]
struct Scope<'s> {
    /// Steps that a call may reach, without regard to values.
    is_near: &'s [bool],
    constants: &'s Constants,
    classes: &'s Classes,
    decidable: &'s Decidable,
}

/// Calls with other values than the given one.
struct Varied<'v> {
    start: &'v Start,
    givens: &'v [Given],
    constants: &'v Constants,
    classes: &'v Classes,
    /// The rest of the budget.
    left: u64,
}

/// Whether a goal was not reached, although a path leads there.
fn has_unreached(decided: &[Option<Decided>]) -> bool {
    let mut verdicts = decided.iter().flatten().map(|it| &it.verdict);
    verdicts.any(|verdict| {
        !matches!(verdict, Verdict::Reachable(_) | Verdict::Unreachable(Reason::NoPath))
    })
}

/// Whether a goal is not decided.
fn has_open(decided: &[Option<Decided>]) -> bool {
    let mut verdicts = decided.iter().flatten().map(|it| &it.verdict);
    verdicts.any(|verdict| matches!(verdict, Verdict::Undecided(_)))
}

fn is_reachable(decided: &Option<Decided>) -> bool {
    let verdict = decided.as_ref().map(|it| &it.verdict);
    matches!(verdict, Some(Verdict::Reachable(_)))
}

/// Merges the verdict of a further call: only what no call reaches is unreachable.
fn merge(known: &mut Option<Decided>, new: Decided) {
    let verdict = known.as_ref().map(|it| &it.verdict);
    let is_weaker = match verdict {
        None | Some(Verdict::Unreachable(Reason::NoPath)) => true,
        Some(Verdict::Unreachable(_)) => !matches!(new.verdict, Verdict::Unreachable(_)),
        Some(_) => matches!(new.verdict, Verdict::Reachable(_)),
    };
    if is_weaker {
        *known = Some(new);
    }
}

/// Returns the node at which a flow begins.
fn first_node(program: &Program, flow: FlowId) -> Option<NodeId> {
    let unit = program.unit(flow);
    unit.architect.as_deref().map(|part| part.begin).or(unit.start)
}

/// Returns the nodes of states from which no answer but to hang up leads to the end.
fn dead_ends(
    (call, at): (&Call, Option<DateTime>),
    search: &Search,
    player: &mut Player<'_>,
) -> Vec<DeadEnd> {
    let is_end = |hit: &&search::Hit| hit.answer != Answer::Input(Input::HangUp);
    let ends = search.ends.iter().filter(is_end).map(|hit| hit.state);
    let mut found: Vec<DeadEnd> = Vec::new();
    for state in search.paths.stuck(ends, search.count()) {
        let node = search.node_of(state);
        if !found.iter().any(|it| it.node == node) {
            let witness = player.call(&search.script(state));
            found.push(DeadEnd { node, start: call.flow(), at, witness });
        }
    }
    found
}

/// Returns the first complete calls that execute different nodes.
fn paths(
    call: &Call,
    search: &Search,
    player: &mut Player<'_>,
    most: usize,
) -> Vec<Path> {
    let mut paths: Vec<Path> = Vec::new();
    for end in &search.ends {
        if paths.len() >= most {
            break;
        }
        let witness = player.call(&search.script_of(end));
        let trace = player.play(&witness);
        let nodes: Vec<NodeId> = trace.steps.iter().map(|step| step.node).collect();
        let is_same = |path: &Path| path.nodes == nodes && path.status == trace.status;
        if !paths.iter().any(is_same) {
            let (start, status) = (call.flow(), trace.status);
            paths.push(Path { start, at: None, witness, status, nodes });
        }
    }
    paths
}

//! Searches of the calls that start in a flow: at several times, with other values, and with
//! a share of the budget each. Their verdicts are merged.

use std::sync::Arc;

use crate::analysis::coverage::Goals;
use crate::engine::Call;
use crate::expr::architect::Directory;
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::trace::Trace;
use crate::value::{DateTime, Text};
use crate::world::{Answer, Fixtures, Input};

use super::classes::Classes;
use super::constants::Constants;
use super::domain::Context;
use super::emergencies::emergencies;
use super::external::{Decidable, external_reads};
use super::graph::{Graph, always_fails};
use super::liveness::Liveness;
use super::memory::Repeats;
use super::patience::Patience;
use super::search::{Hit, Search};
use super::starts::{Choice, Given, Origin, Plan, Start, combinations, with_values};
use super::times::start_times;
use super::transition::World;
use super::verdict::{Evidence, Judge};
use super::witness::Player;
use super::{DeadEnd, Decided, Exploration, Options, Path, Reason, Verdict};

/// The share of the remaining budget that a call with other values gets.
pub(super) const START_SHARE: u64 = 16;

/// The smallest budget of a call with other values.
pub(super) const LEAST_BUDGET: u64 = 200;

/// The analyses of a program.
pub(super) struct Analyses {
    graph: Graph,
    liveness: Liveness,
    repeats: Repeats,
    goals: Goals,
}

impl Analyses {
    pub(super) fn of(program: &Program, is_fixed: bool) -> Self {
        let graph = Graph::of(program);
        let liveness = Liveness::of(program, &graph, !is_fixed);
        let repeats = Repeats::of(program, &graph);
        Self { graph, liveness, repeats, goals: Goals::of(program) }
    }

    pub(super) fn with<'a>(
        &'a self,
        program: &'a Arc<Program>,
        fixtures: &'a Fixtures,
        patience: &'a Patience<'a>,
    ) -> Analysed<'a> {
        let Self { graph, liveness, repeats, goals } = self;
        Analysed { program, fixtures, graph, liveness, repeats, goals, patience }
    }
}

/// A program with its analyses.
pub(super) struct Analysed<'a> {
    pub(super) program: &'a Arc<Program>,
    pub(super) fixtures: &'a Fixtures,
    pub(super) graph: &'a Graph,
    pub(super) liveness: &'a Liveness,
    pub(super) repeats: &'a Repeats,
    pub(super) goals: &'a Goals,
    pub(super) patience: &'a Patience<'a>,
}

/// The part of a program that calls of a flow can reach.
pub(super) struct Reached {
    /// The flow in which the calls start.
    flow: FlowId,
    /// Whether they may execute each node.
    is_near: Vec<bool>,
    /// The constants of these nodes.
    pub(super) constants: Constants,
}

impl Analysed<'_> {
    /// Returns the calls, and unless everything is fixed also those at other start times and
    /// with other emergencies.
    pub(super) fn calls(&self, calls: &[Call], is_fixed: bool) -> Vec<Start> {
        let mut all = Vec::new();
        for call in calls {
            all.push(Start::of(call));
            if is_fixed {
                continue;
            }
            let program = self.program;
            let is_near = self.graph.reach(first_node(program, call.flow()));
            let times = start_times(program, &is_near, call, self.fixtures);
            let at = |start: &Start, at: DateTime| Start {
                call: start.call.clone().at(at),
                bare: start.bare.clone().at(at),
                at: Some(at),
                ..start.clone()
            };
            all.extend(times.iter().map(|time| at(&Start::of(call), *time)));
            for emergency in emergencies(program, &is_near, self.fixtures) {
                // An active emergency overrides the schedules of every time.
                let times = if emergency.is_active { &[] } else { &times[..] };
                let start = Start::of(&emergency.call(call));
                let start = Start { emergency: Some(emergency), ..start };
                all.push(start.clone());
                all.extend(times.iter().map(|time| at(&start, *time)));
            }
        }
        all
    }

    /// Returns the part of the program that calls of a flow can reach.
    pub(super) fn reached(&self, flow: FlowId) -> Reached {
        let is_near = self.graph.reach(first_node(self.program, flow));
        let constants = Constants::of(self.program, &is_near);
        Reached { flow, is_near, constants }
    }

    /// Returns everything that decides which values calls have when they start.
    pub(super) fn origin<'o>(&'o self, reached: &'o Reached) -> Origin<'o> {
        let Self { program, graph, liveness, repeats, fixtures, patience, .. } = *self;
        let Reached { flow, is_near, constants } = reached;
        let ignores_case = fixtures.policies().equality_ignores_case;
        let flow = *flow;
        Origin {
            program,
            graph,
            liveness,
            repeats,
            patience,
            is_near,
            constants,
            ignores_case,
            flow,
        }
    }

    /// Searches a call, and unless everything is fixed also calls with other values.
    pub(super) fn explore(
        &self,
        start: &Start,
        options: Options,
        pool: &rayon::ThreadPool,
        exploration: &mut Exploration,
        decided: &mut [Option<Decided>],
    ) {
        let program = self.program;
        let reached = self.reached(start.call.flow());
        let origin = self.origin(&reached);
        let Origin { is_near, constants, .. } = origin;
        let classes = &Classes::of(&origin);
        let givens = origin.givens(options.is_fixed);
        if self.patience.is_over() {
            exploration.is_complete = false;
            return;
        }
        let (decidable, choices) = combinations(&givens);
        let first = exploration.used;
        let share = if givens.is_empty() { 1 } else { 2 };
        let whole = options.budget / share;
        for (place, choice) in choices.iter().enumerate() {
            let is_wanted =
                || has_unreached(decided) && self.patience.continues(exploration.used);
            if place > 0 && !is_wanted() {
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
        if !options.is_fixed {
            self.solve(&mut varied, pool, exploration, decided);
        }
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
            && self.patience.continues(exploration.used)
            && let Some(choice) = plan.take()
        {
            let changed = with_values(self.program, start, givens, &choice);
            let call = &changed.call.clone().request_outcomes(true).omit_inputs(true);
            let fixtures = changed.fixtures(self.fixtures);
            let world = self.world((call, fixtures), (constants, classes), false);
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
    pub(super) fn run(
        &self,
        world: &World<'_>,
        budget: u64,
        pool: &rayon::ThreadPool,
        before: u64,
    ) -> Search {
        Search::run(world, budget, pool, &|used| self.patience.continues(before + used))
    }

    pub(super) fn world<'w>(
        &'w self,
        (call, fixtures): (&'w Call, &'w Fixtures),
        (constants, classes): (&'w Constants, &'w Classes),
        is_fixed: bool,
    ) -> World<'w> {
        let Self { program, graph, liveness, repeats, goals, .. } = *self;
        let organisation = fixtures;
        let context = Context {
            program,
            liveness,
            constants,
            classes,
            organisation,
            fixtures,
            is_fixed,
            hints: None,
        };
        let watched = None;
        World { program, call, fixtures, goals, context, graph, repeats, watched }
    }

    /// Takes the goals that a call with other values reached for the first time. Returns
    /// whether there are any.
    pub(super) fn take_reached(
        &self,
        world: &World<'_>,
        start: &Start,
        search: &Search,
        decided: &mut [Option<Decided>],
    ) -> bool {
        let mut player = Player::new(world).within(self.patience);
        let mut is_new = false;
        for goal in self.goals.all() {
            let known = &mut decided[goal.number];
            let Some(hit) =
                search.hits[goal.number].as_ref().filter(|_| !is_reachable(known))
            else {
                continue;
            };
            if !self.patience.allows_replay() {
                break;
            }
            let Some(mut witness) = player.witness(&search.script_of(hit), goal.number)
            else {
                continue;
            };
            start.give_needed(world, &mut witness, &reaches(world, goal.number));
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
        let Self { program, graph, liveness, .. } = *self;
        let Scope { is_near, constants, classes, decidable } = *scope;
        let call = start.call.clone().request_outcomes(!options.is_fixed);
        let call = &call.omit_inputs(true);
        let fixtures = start.fixtures(self.fixtures);
        let answers = (constants, classes);
        let world = &self.world((call, fixtures), answers, options.is_fixed);
        let search = self.run(world, options.budget, pool, exploration.used);
        let most = search.paths.most_actions();
        let exceeds_limit = most.is_none_or(|most| most >= u64::from(call.max_actions()));
        let mut player = Player::new(world).within(self.patience);
        let external = match options.is_fixed {
            true => Vec::new(),
            false => external_reads(program, liveness, fixtures, call.flow(), decidable),
        };
        let judge = Judge::new(&Evidence {
            program,
            graph,
            liveness,
            search: &search,
            is_near,
            external: &external,
            random: decidable.untried(&liveness.random),
            exceeds_limit,
            is_stopped: self.patience.is_over(),
        });
        self.decide(start, &judge, &mut player, decided);
        let is_visited = |node: &NodeId| search.is_visited[node.index()];
        let is_random = liveness.random.iter().any(is_visited);
        let is_open = external.iter().any(is_visited);
        let is_whole = search.cuts.is_empty() && search.pending.is_empty() && !is_open;
        exploration.is_complete &= is_whole && (decidable.is_random || !is_random);
        // With another random number, a call may end there.
        if is_whole && !is_random {
            exploration.dead_ends.extend(dead_ends(start, &search, &mut player));
        }
        exploration.used += search.used;
        exploration.states += search.count();
        let paths = paths(start, &search, &mut player, options.most_paths);
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
            let step = &self.program.steps[goal.node.index()];
            let has_path = !matches!(
                verdict,
                Verdict::Reachable(_) | Verdict::Unreachable(Reason::NoPath)
            );
            if has_path && goal.output.is_some() && always_fails(step) {
                verdict = Verdict::Unreachable(Reason::AlwaysFails);
            }
            if let Verdict::Reachable(witness) = &mut verdict {
                let world = player.world();
                start.give_needed(world, witness, &reaches(world, goal.number));
            }
            let (node, output) = (goal.node, goal.output.map(Text::from));
            let (at, start) = (start.at, start.call.flow());
            merge(known, Decided { node, output, start, at, verdict });
        }
    }
}

/// The part of a search that all calls with the same start share.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// Steps that a call may reach, without regard to values.
    pub(super) is_near: &'s [bool],
    pub(super) constants: &'s Constants,
    pub(super) classes: &'s Classes,
    pub(super) decidable: &'s Decidable,
}

/// Calls with other values than the given one.
pub(super) struct Varied<'v> {
    pub(super) start: &'v Start,
    pub(super) givens: &'v [Given],
    pub(super) constants: &'v Constants,
    pub(super) classes: &'v Classes,
    /// The rest of the budget.
    pub(super) left: u64,
}

/// Whether a goal was not reached, although a path leads there.
fn has_unreached(decided: &[Option<Decided>]) -> bool {
    let mut verdicts = decided.iter().flatten().map(|it| &it.verdict);
    verdicts.any(|verdict| {
        !matches!(verdict, Verdict::Reachable(_) | Verdict::Unreachable(Reason::NoPath))
    })
}

/// Whether a goal is not decided.
pub(super) fn has_open(decided: &[Option<Decided>]) -> bool {
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

/// Whether a call reaches a goal.
fn reaches(world: &World<'_>, goal: usize) -> impl Fn(&Call, &Trace) -> bool {
    let goals = world.goals;
    move |_, trace| {
        let mut is_reached = false;
        goals.each_reached(&trace.steps, &mut |number| is_reached |= number == goal);
        is_reached
    }
}

/// Returns the node at which a flow begins.
pub(super) fn first_node(program: &Program, flow: FlowId) -> Option<NodeId> {
    let unit = program.unit(flow);
    unit.architect.as_deref().map(|part| part.begin).or(unit.start)
}

/// Returns the nodes of states from which no answer but to hang up leads to the end.
fn dead_ends(start: &Start, search: &Search, player: &mut Player<'_>) -> Vec<DeadEnd> {
    let is_end = |hit: &&Hit| hit.answer != Answer::Input(Input::HangUp);
    let ends = search.ends.iter().filter(is_end).map(|hit| hit.state);
    let mut found: Vec<DeadEnd> = Vec::new();
    for state in search.paths.stuck(ends, search.count()) {
        let node = search.node_of(state);
        if !found.iter().any(|it| it.node == node) {
            let mut witness = player.call(&search.script(state));
            start.give(&mut witness);
            let (at, start) = (start.at, start.call.flow());
            found.push(DeadEnd { node, start, at, witness });
        }
    }
    found
}

/// Returns the first complete calls that execute different nodes.
fn paths(
    start: &Start,
    search: &Search,
    player: &mut Player<'_>,
    most: usize,
) -> Vec<Path> {
    let mut paths: Vec<Path> = Vec::new();
    for end in &search.ends {
        if paths.len() >= most || !player.allows_replay() {
            break;
        }
        let mut witness = player.call(&search.script_of(end));
        let trace = player.play(&witness);
        let nodes: Vec<NodeId> = trace.steps.iter().map(|step| step.node).collect();
        start.give_needed(player.world(), &mut witness, &|_, other| {
            let others = other.steps.iter().map(|step| step.node);
            other.status == trace.status && others.eq(nodes.iter().copied())
        });
        let is_same = |path: &Path| path.nodes == nodes && path.status == trace.status;
        if !paths.iter().any(is_same) {
            let (at, start, status) = (start.at, start.call.flow(), trace.status);
            paths.push(Path { start, at, witness, status, nodes });
        }
    }
    paths
}

//! Properties of calls: each is refuted by a call, proved, or undecided.
//!
//! Every property has its own search. The progress of its monitor is part of a state, and a
//! state in which the rest of the call makes no difference is not continued.

use std::sync::Arc;

use crate::analysis::coverage::Goals;
use crate::analysis::property::{
    Ending, Monitor, Observed, Progress, Property, Record, Rule, Seen,
};
use crate::engine::{Call, Session};
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::threads;
use crate::trace::{PathTaken, Status};
use crate::value::DateTime;
use crate::world::{Answer, Fixtures};

use super::Options;
use super::analysed::{Analysed, LEAST_BUDGET, START_SHARE, Scope, first_node};
use super::classes::Classes;
use super::external::{Decidable, external_reads, given_variables};
use super::frontier::StateId;
use super::graph::Graph;
use super::liveness::Liveness;
use super::memory::Repeats;
use super::patience::Patience;
use super::search::Search;
use super::starts::{Given, Origin, Plan, Start, combinations, with_values};
use super::transition::World;
use super::verdict::{Evidence, Gap, Judge, Reason};
use super::witness::{Player, Witness};

/// The largest number of endless calls that are tried.
const MOST_ENDLESS: usize = 50;

/// The result of a property for the calls that start in a flow.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The property.
    pub property: Arc<Property>,
    /// The flow.
    pub flow: FlowId,
    /// The verdict.
    pub verdict: PropertyVerdict,
    /// The number of answered questions.
    pub used: u64,
}

/// Whether all calls keep a property.
#[derive(Debug, Clone, PartialEq)]
pub enum PropertyVerdict {
    /// This call breaks it. The start time is set if it is not the given one.
    Refuted(Option<DateTime>, Witness),
    /// Every answer that matters was tried in this number of states.
    Proved(usize),
    /// The search did not decide it, for this reason.
    Undecided(Reason),
}

impl PropertyVerdict {
    /// Returns the name used in output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refuted(..) => "refuted",
            Self::Proved(_) => "proved",
            Self::Undecided(_) => "undecided",
        }
    }
}

/// Checks properties of all calls, by property and flow. Each gets the whole budget. The
/// properties must be about calls that start in the flows with which they are paired.
///
/// # Errors
/// The threads cannot be started.
pub fn properties(
    program: &Arc<Program>,
    calls: &[(Arc<Property>, Call)],
    fixtures: &Fixtures,
    options: Options,
) -> Result<Vec<Checked>, rayon::ThreadPoolBuildError> {
    let pool = threads::pool(options.jobs, usize::MAX)?;
    let graph = Graph::of(program);
    let (repeats, goals) = (Repeats::of(program, &graph), Goals::of(program));
    let checked = calls.iter().map(|(property, call)| {
        let monitor = Monitor::new(property, program, call.flow());
        let check = |observed: &Observed| {
            let is_free = !options.is_fixed;
            let liveness = Liveness::observed(program, &graph, is_free, observed);
            let (graph, liveness, repeats, goals) = (&graph, &liveness, &repeats, &goals);
            let patience = &Patience::new(&|_| true);
            let analysed =
                Analysed { program, fixtures, graph, liveness, repeats, goals, patience };
            let (analysed, monitor, pool) = (&analysed, &monitor, &pool);
            Check { analysed, monitor, options, pool }.run(call)
        };
        let observed = monitor.observed();
        let (mut verdict, mut used) = check(&observed);
        let is_assumed = matches!(
            verdict,
            PropertyVerdict::Undecided(Reason::NotTried(Gap::Failure, _))
        );
        if is_assumed && !observed.prompts {
            // Values that are only spoken become part of a state: none is assumed.
            let (second, more) = check(&Observed { prompts: true, ..observed });
            (verdict, used) = (second, used + more);
        }
        let (property, flow) = (Arc::clone(property), call.flow());
        Checked { property, flow, verdict, used }
    });
    Ok(checked.collect())
}

/// The progress of a property in a call of a search.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    progress: Progress,
    /// For each step that is still open, whether it took its output.
    earlier: Vec<bool>,
}

impl Watch {
    /// Takes the steps that are still open.
    pub(super) fn forget(&mut self, session: &Session) {
        let is_taken = session.steps().iter().map(|step| step.path != PathTaken::None);
        self.earlier = is_taken.collect();
    }
}

/// The property that a search checks.
#[derive(Clone, Copy)]
pub(super) struct Watched<'w> {
    monitor: &'w Monitor,
    first: &'w Progress,
}

impl Watched<'_> {
    pub(super) fn begin(self) -> Watch {
        Watch { progress: self.first.clone(), earlier: Vec::new() }
    }

    /// Takes what happened since the last question.
    pub(super) fn advance(self, watch: &mut Watch, session: &Session) -> Seen {
        let end = session.status().map(|status: Status| Ending {
            status,
            error: session.failure().map(|failure| failure.code),
            elapsed_ms: session.clock_ms(),
        });
        let (steps, events) = (session.steps(), session.events());
        let record = Record { steps, earlier: &watch.earlier, events, end };
        self.monitor.advance(&mut watch.progress, &record)
    }

    pub(super) fn wait_of(self, watch: &Watch) -> Option<u32> {
        self.monitor.wait_of(&watch.progress)
    }

    pub(super) fn write_key(self, watch: &Watch, clock_ms: i64, out: &mut String) {
        out.push_str(";property");
        self.monitor.write_key(&watch.progress, clock_ms, out);
    }
}

/// A check of a property.
struct Check<'c> {
    analysed: &'c Analysed<'c>,
    monitor: &'c Monitor,
    options: Options,
    pool: &'c rayon::ThreadPool,
}

impl Check<'_> {
    /// Checks the call at all start times and with all values.
    fn run(&self, call: &Call) -> (PropertyVerdict, u64) {
        let starts =
            self.analysed.calls(std::slice::from_ref(call), self.options.is_fixed);
        let share = self.options.budget / starts.len().max(1) as u64;
        let (mut used, mut states, mut open) = (0, 0, None);
        for start in &starts {
            let (verdict, own) = self.start(start, share);
            used += own;
            match verdict {
                PropertyVerdict::Refuted(..) => return (verdict, used),
                PropertyVerdict::Proved(count) => states += count,
                PropertyVerdict::Undecided(reason) => {
                    open.get_or_insert(reason);
                }
            }
        }
        let verdict = match open {
            Some(reason) => PropertyVerdict::Undecided(reason),
            None => PropertyVerdict::Proved(states),
        };
        (verdict, used)
    }

    /// Checks the calls of a start time.
    fn start(&self, start: &Start, budget: u64) -> (PropertyVerdict, u64) {
        let program = self.analysed.program;
        let reached = self.analysed.reached(start.call.flow());
        let origin = self.analysed.origin(&reached);
        let Origin { is_near, constants, .. } = origin;
        let classes = &Classes::of(&origin);
        let givens = origin.givens(self.options.is_fixed);
        let (decidable, choices) = combinations(&givens);
        let scope = Scope { is_near, constants, classes, decidable: &decidable };
        let share = if givens.is_empty() { budget } else { budget / 2 };
        let (mut used, mut states, mut open) = (0, 0, None);
        for (place, choice) in choices.iter().enumerate() {
            let changed = with_values(program, start, &givens, choice);
            let own = (share - share.min(used)) / (choices.len() - place) as u64;
            let (verdict, count) = self.search(&changed, &scope, own);
            used += count;
            match verdict {
                PropertyVerdict::Refuted(..) => return (verdict, used),
                PropertyVerdict::Proved(count) => states += count,
                PropertyVerdict::Undecided(reason) => {
                    open.get_or_insert(reason);
                }
            }
        }
        let Some(reason) = open else { return (PropertyVerdict::Proved(states), used) };
        let mut plan = Plan::new(&givens, choices);
        let (refuted, more) = self.vary(start, &givens, &scope, &mut plan, budget - used);
        (refuted.unwrap_or(PropertyVerdict::Undecided(reason)), used + more)
    }

    /// Searches calls with other values for one that breaks the property.
    fn vary(
        &self,
        start: &Start,
        givens: &[Given],
        scope: &Scope<'_>,
        plan: &mut Plan<'_>,
        budget: u64,
    ) -> (Option<PropertyVerdict>, u64) {
        let mut used = 0;
        while used < budget
            && !givens.is_empty()
            && let Some(choice) = plan.take()
        {
            let changed = with_values(self.analysed.program, start, givens, &choice);
            let left = budget - used;
            let own = (left / START_SHARE).max(LEAST_BUDGET).min(left);
            let (verdict, count) = self.search(&changed, scope, own);
            used += count.max(1);
            if matches!(verdict, PropertyVerdict::Refuted(..)) {
                return (Some(verdict), used);
            }
        }
        (None, used)
    }

    /// Searches a call.
    fn search(
        &self,
        start: &Start,
        scope: &Scope<'_>,
        budget: u64,
    ) -> (PropertyVerdict, u64) {
        let is_fixed = self.options.is_fixed;
        let call = &start.call.clone().request_outcomes(!is_fixed);
        let first = self.monitor.begin(call, &built_ins(self.analysed.program, call));
        let fixtures = start.fixtures(self.analysed.fixtures);
        let mut world = self.analysed.world(
            (call, fixtures),
            (scope.constants, scope.classes),
            is_fixed,
        );
        world.watched = Some(Watched { monitor: self.monitor, first: &first });
        let search = Search::run(&world, budget, self.pool, &|_| true);
        let mut player = Player::new(&world);
        let is_liveness = matches!(self.monitor.property().rule, Rule::Eventually(_));
        let reason = match &search.broken {
            Some(hit) => match self.witness(&search.script_of(hit), &mut player) {
                Some(witness) => {
                    return (self.refuted(start, &world, witness), search.used);
                }
                None => Some(Reason::NotReplayed),
            },
            None if is_liveness => match self.endless(&search, &mut player) {
                Ok(Some(witness)) => {
                    return (self.refuted(start, &world, witness), search.used);
                }
                Ok(None) => None,
                Err(reason) => Some(reason),
            },
            None => None,
        };
        let open = reason.or_else(|| self.open(&world, &search, scope, is_liveness));
        let verdict = match open {
            Some(reason) => PropertyVerdict::Undecided(reason),
            None => PropertyVerdict::Proved(search.count()),
        };
        (verdict, search.used)
    }

    fn refuted(
        &self,
        start: &Start,
        world: &World<'_>,
        mut witness: Witness,
    ) -> PropertyVerdict {
        start.give_needed(world, &mut witness, &|call, trace| {
            self.monitor.broken_by(call, trace).is_some()
        });
        PropertyVerdict::Refuted(start.at, witness)
    }

    /// Returns the shortest call with these answers that breaks the property.
    fn witness(&self, script: &[Answer], player: &mut Player<'_>) -> Option<Witness> {
        let call = player.played_call().clone();
        player.shortest(script, &|trace| self.monitor.broken_by(&call, trace).is_some())
    }

    /// Returns an endless call in which the moment does not come, although the caller does
    /// nothing to prevent the end.
    fn endless(
        &self,
        search: &Search,
        player: &mut Player<'_>,
    ) -> Result<Option<Witness>, Reason> {
        let cycles = cycles(&search.idle, search.count());
        for (state, answers) in cycles.iter().take(MOST_ENDLESS) {
            let mut script = search.script(*state);
            script.extend(answers.iter().cloned());
            if let Some(witness) = self.witness(&script, player) {
                return Ok(Some(witness));
            }
        }
        if cycles.is_empty() { Ok(None) } else { Err(Reason::Limit) }
    }

    /// Returns a reason why a call that was not tried may break the property.
    fn open(
        &self,
        world: &World<'_>,
        search: &Search,
        scope: &Scope<'_>,
        is_liveness: bool,
    ) -> Option<Reason> {
        let Analysed { program, graph, liveness, fixtures, .. } = *self.analysed;
        let Scope { is_near, decidable, .. } = *scope;
        let flow = world.call.flow();
        let external = match self.options.is_fixed {
            true => Vec::new(),
            false => external_reads(program, liveness, fixtures, flow, decidable),
        };
        let most = search.paths.most_actions();
        let limit = u64::from(world.call.max_actions());
        // A caller who answers again and again up to the limit of actions does not count.
        let exceeds_limit = !is_liveness && most.is_none_or(|most| most >= limit);
        let judge = Judge::new(&Evidence {
            program,
            graph,
            liveness,
            search,
            is_near,
            external: &external,
            random: decidable.untried(&liveness.random),
            exceeds_limit,
            is_stopped: false,
        });
        let nodes = (0..program.steps.len()).map(NodeId::new);
        let mut breaking = nodes
            .into_iter()
            .filter(|node| is_near[node.index()] && self.monitor.may_break_at(*node));
        breaking
            .find_map(|node| judge.reason(node))
            .or_else(|| self.given(world, decidable))
            .or_else(|| self.timed(world, search))
    }

    /// Returns the reason if calls may start with other values that the property reads.
    fn given(&self, world: &World<'_>, decidable: &Decidable) -> Option<Reason> {
        if self.options.is_fixed {
            return None;
        }
        let Analysed { program, liveness, .. } = *self.analysed;
        let (flow, observed) = (world.call.flow(), &liveness.observed);
        let given = given_variables(program, liveness, flow);
        let mut variables = observed.variables.iter();
        let is_open = variables
            .any(|it| given.contains(&it.0) && !decidable.slots.contains(&it.0))
            || !observed.attributes.is_empty();
        let node = first_node(program, flow).filter(|_| is_open)?;
        let id = program.symbols.node(node).id.clone();
        Some(Reason::NotTried(Gap::External, id))
    }

    /// Returns the reason if the time of an answer may matter to the property.
    fn timed(&self, world: &World<'_>, search: &Search) -> Option<Reason> {
        if !self.monitor.property().is_timed() || search.count() == 0 {
            return None;
        }
        let id = world.program.symbols.node(search.node_of(0)).id.clone();
        Some(Reason::NotTried(Gap::Times, id))
    }
}

/// Returns the built-in variables at the start of a call.
fn built_ins(
    program: &Arc<Program>,
    call: &Call,
) -> Vec<(crate::flow::VariableId, crate::value::Value)> {
    let mut session = Session::start(Arc::clone(program), call);
    let trace = session.trace_so_far().or_else(|| session.take_trace());
    trace.map(|trace| trace.built_ins).unwrap_or_default()
}

/// Returns states from which the caller can come back to the same state without doing
/// anything, with the answers of one round. There is one for every cycle that has no part
/// of an earlier one.
fn cycles(
    edges: &[(StateId, StateId, Answer)],
    count: usize,
) -> Vec<(StateId, Vec<Answer>)> {
    let mut outgoing: Vec<Vec<(StateId, &Answer)>> = vec![Vec::new(); count];
    for (from, to, answer) in edges {
        outgoing[*from as usize].push((*to, answer));
    }
    let mut found = Vec::new();
    let (mut is_done, mut is_on_path) = (vec![false; count], vec![false; count]);
    for first in 0..count {
        if std::mem::replace(&mut is_done[first], true) {
            continue;
        }
        // The states of the path from `first`, and the number of the next edge of each.
        let mut path: Vec<(usize, usize)> = vec![(first, 0)];
        is_on_path[first] = true;
        while let Some((state, next)) = path.last_mut() {
            let Some((to, _)) = outgoing[*state].get(*next) else {
                is_on_path[*state] = false;
                path.pop();
                continue;
            };
            *next += 1;
            let to = *to as usize;
            if is_on_path[to] {
                let round = path.iter().skip_while(|(state, _)| *state != to);
                let round =
                    round.map(|(state, next)| outgoing[*state][next - 1].1.clone());
                let state = StateId::try_from(to).unwrap_or_default();
                found.push((state, round.collect()));
            } else if !std::mem::replace(&mut is_done[to], true) {
                is_on_path[to] = true;
                path.push((to, 0));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Input;

    #[test]
    fn every_round_without_input_is_found() {
        let silence = || Answer::Input(Input::Silence);
        let edges = [(0, 1), (1, 2), (2, 1), (0, 3), (3, 3), (2, 3)];
        let edges = edges.map(|(from, to)| (from, to, silence()));
        let found = cycles(&edges, 4);
        let found: Vec<_> = found.iter().map(|(it, round)| (*it, round.len())).collect();
        assert_eq!(found, [(1, 2), (3, 1)]);
        assert!(cycles(&edges[..2], 4).is_empty());
    }
}

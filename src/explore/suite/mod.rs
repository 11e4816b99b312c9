//! Suites: few calls that together reach everything that an exploration reached.
//!
//! The candidates are the calls of the exploration: the shortest call to each goal, and
//! complete calls. A greedy cover chooses among them, and calls that became redundant are
//! dropped. `bound` computes a number of calls that no suite can go below.

mod bound;
mod cover;
mod reached;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::coverage::Goals;
use crate::engine::{Call, Session, play};
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::Trace;
use crate::value::DateTime;
use crate::world::{FixtureHost, Fixtures};

use super::graph::Graph;
use super::{Exploration, Verdict, Witness};

pub use reached::{GoalName, Reached};

/// The number of complete calls among which a suite chooses, in addition to those that
/// lead to the goals.
pub const CANDIDATES: usize = 500;

/// A call of a suite.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteCall {
    /// The flow in which the call starts.
    pub start: FlowId,
    /// The time at which it starts, if it is not the given one.
    pub at: Option<DateTime>,
    /// The inputs, and the answers of other systems.
    pub witness: Witness,
    /// The trace of the call.
    pub trace: Trace,
}

/// Calls that reach all goals that an exploration reached, except those that existing
/// tests reach.
#[derive(Debug, Default)]
pub struct Suite {
    /// The calls, ordered by start and inputs.
    pub calls: Vec<SuiteCall>,
    /// The number of calls that every suite for these goals has at least.
    pub lower_bound: usize,
    /// The number of goals that the exploration reached.
    pub goals: usize,
}

/// A call that may become a part of a suite.
pub(super) struct Candidate<'e> {
    pub(super) start: FlowId,
    pub(super) at: Option<DateTime>,
    pub(super) witness: &'e Witness,
    /// The goals that it reaches, of those that are wanted.
    goals: Vec<usize>,
    actions: u32,
}

impl<'e> Candidate<'e> {
    pub(super) fn new(start: FlowId, at: Option<DateTime>, witness: &'e Witness) -> Self {
        Self { start, at, witness, goals: Vec::new(), actions: 0 }
    }

    /// Returns the call of the flow in which the candidate starts, with the values of the
    /// witness.
    pub(super) fn call(&self, program: &Program, calls: &[Call]) -> Call {
        let of_start = calls.iter().find(|call| call.flow() == self.start);
        let call = of_start.cloned().unwrap_or_else(|| Call::new(self.start));
        let call = self.witness.with_values(program, call);
        match self.at {
            Some(at) => call.at(at),
            None => call,
        }
    }
}

/// Chooses calls for everything that the exploration of these calls reached and that is
/// not covered by tests.
pub fn suite(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    exploration: &Exploration,
    covered: &BTreeSet<GoalName>,
) -> Suite {
    let goals = Goals::of(program);
    let reachable = reachable(&goals, exploration);
    let graph = Graph::of(program);
    let lower_bound = bound::lower_bound(program, &graph, &goals, &reachable);
    let mut is_wanted = vec![false; goals.count()];
    for goal in goals.all().filter(|goal| reachable.contains(&goal.number)) {
        let name = reached::name(program, &goal);
        is_wanted[goal.number] = !covered.contains(&name);
    }
    let mut player = Calls { program, calls, fixtures, session: None };
    let mut candidates = candidates(exploration);
    for candidate in &mut candidates {
        let trace = player.play(candidate);
        let mut found = BTreeSet::new();
        goals.each_reached(&trace.steps, &mut |goal| {
            if is_wanted[goal] {
                found.insert(goal);
            }
        });
        candidate.goals = found.into_iter().collect();
        candidate.actions = trace.actions;
    }
    let mut chosen = cover::cover(&candidates, goals.count());
    chosen.sort_by_key(|index| {
        let it = &candidates[*index];
        let inputs: Vec<String> =
            it.witness.inputs.iter().map(ToString::to_string).collect();
        (it.start, inputs, it.at, *index)
    });
    let calls = chosen.into_iter().map(|index| {
        let candidate = &candidates[index];
        let trace = player.play(candidate);
        let Candidate { start, at, witness, .. } = candidate;
        SuiteCall { start: *start, at: *at, witness: (*witness).clone(), trace }
    });
    Suite { calls: calls.collect(), lower_bound, goals: reachable.len() }
}

/// Plays a call that an exploration found, for a test.
pub fn suite_call(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    (start, at): (FlowId, Option<DateTime>),
    witness: &Witness,
) -> SuiteCall {
    let mut player = Calls { program, calls, fixtures, session: None };
    let trace = player.play(&Candidate::new(start, at, witness));
    SuiteCall { start, at, witness: witness.clone(), trace }
}

/// Plays the different calls of an exploration.
pub fn found_calls(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    exploration: &Exploration,
) -> Vec<SuiteCall> {
    let mut player = Calls { program, calls, fixtures, session: None };
    let played = candidates(exploration).into_iter().map(|candidate| {
        let trace = player.play(&candidate);
        let Candidate { start, at, witness, .. } = candidate;
        SuiteCall { start, at, witness: witness.clone(), trace }
    });
    played.collect()
}

/// Returns the numbers of the goals that a call reached.
fn reachable(goals: &Goals, exploration: &Exploration) -> BTreeSet<usize> {
    let is_reached = |it: &&super::Decided| matches!(it.verdict, Verdict::Reachable(_));
    let decided = exploration.goals.iter().filter(is_reached);
    let names: BTreeSet<_> =
        decided.map(|it| (it.node, it.output.as_deref().map(str::to_owned))).collect();
    let is_known = |goal: &crate::analysis::coverage::Goal<'_>| {
        names.contains(&(goal.node, goal.output.map(str::to_owned)))
    };
    goals.all().filter(is_known).map(|goal| goal.number).collect()
}

/// Returns the different calls of an exploration.
pub(super) fn candidates(exploration: &Exploration) -> Vec<Candidate<'_>> {
    let of_goals = exploration.goals.iter().filter_map(|it| match &it.verdict {
        Verdict::Reachable(witness) => Some((it.start, it.at, witness)),
        _ => None,
    });
    let of_paths = exploration.paths.iter().map(|it| (it.start, it.at, &it.witness));
    let mut known = BTreeSet::new();
    let mut candidates = Vec::new();
    for (start, at, witness) in of_goals.chain(of_paths) {
        let inputs: Vec<String> =
            witness.inputs.iter().map(ToString::to_string).collect();
        let fixtures = witness.fixtures.as_ref().map(ToString::to_string);
        let values = (&witness.variables, &witness.context, witness.seed);
        let values = format!("{values:?}");
        if known.insert((start, at, inputs, fixtures, values)) {
            candidates.push(Candidate::new(start, at, witness));
        }
    }
    candidates
}

/// Plays candidates.
struct Calls<'c> {
    program: &'c Arc<Program>,
    calls: &'c [Call],
    fixtures: &'c Fixtures,
    session: Option<Session>,
}

impl Calls<'_> {
    fn play(&mut self, candidate: &Candidate<'_>) -> Trace {
        let call = candidate.call(self.program, self.calls);
        let session = self
            .session
            .get_or_insert_with(|| Session::start(Arc::clone(self.program), &call));
        let inputs = &candidate.witness.inputs;
        let fixtures = over(candidate.witness, self.fixtures);
        let call = in_organisation(call, candidate.witness, &fixtures);
        play(session, &call, &mut FixtureHost::new(&fixtures, inputs))
    }
}

/// Returns the fixtures of a call.
pub(super) fn over<'f>(witness: &Witness, fixtures: &'f Fixtures) -> Cow<'f, Fixtures> {
    match witness.fixtures {
        None => Cow::Borrowed(fixtures),
        Some(_) => Cow::Owned(witness.over(fixtures)),
    }
}

/// Returns the call in the organisation of its fixtures, if the witness has any.
pub(super) fn in_organisation(
    call: Call,
    witness: &Witness,
    fixtures: &Fixtures,
) -> Call {
    match witness.fixtures {
        None => call,
        Some(_) => call.in_organisation(Arc::new(fixtures.clone())),
    }
}

//! The search: every state is continued with every answer, and states that have the same
//! future are continued once.

use indexmap::IndexSet;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rustc_hash::FxBuildHasher;

use crate::engine::has_further_messages;
use crate::flow::NodeId;
use crate::world::Answer;

use super::cycles::Paths;
use super::frontier::{Frontier, Rank, StateId};
use super::graph::may_end_turn;
use super::transition::{Edge, Expanded, Known, Live, Next, World};
use super::verdict::Gap;

/// The number of states that are continued at the same time. It does not depend on the
/// number of threads, so that the order of the search does not either.
const BATCH: usize = 32;

/// The number of sessions that are kept. Further states are replayed from the start.
const MOST_SESSIONS: usize = 20_000;

/// The number of batches after which the distances to the goals are computed again.
const BATCHES_PER_MAP: usize = 64;

/// The share of the budget that is spent on the states with the fewest answers.
const SHALLOW_SHARE: u64 = 4;

/// A state that was found: the state and the answer that lead to it.
struct Found {
    parent: StateId,
    answer: Answer,
    depth: u32,
    node: NodeId,
}

/// A place at which a goal was reached or a call ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) state: StateId,
    pub(super) answer: Answer,
}

/// The result of a search.
pub(super) struct Search {
    states: Vec<Found>,
    keys: IndexSet<(u64, u64), FxBuildHasher>,
    controls: IndexSet<u64, FxBuildHasher>,
    values: IndexSet<u64, FxBuildHasher>,
    sessions: Vec<Option<Box<Live>>>,
    kept: usize,
    frontier: Frontier,
    /// The first place at which each goal was reached, by number.
    pub(super) hits: Vec<Option<Hit>>,
    /// The ends of calls, in the order in which they were found.
    pub(super) ends: Vec<Hit>,
    /// The number of answered questions.
    pub(super) used: u64,
    /// Nodes at which not all answers were tried.
    pub(super) cuts: Vec<(NodeId, Gap)>,
    /// Nodes of states that were not continued, because the budget was used up.
    pub(super) pending: Vec<NodeId>,
    /// Nodes that failed.
    pub(super) failed: Vec<NodeId>,
    /// Whether each node was executed.
    pub(super) is_visited: Vec<bool>,
    /// The number of actions between the states.
    pub(super) paths: Paths,
    /// The first place at which the property was broken.
    pub(super) broken: Option<Hit>,
    /// Pairs of states between which the caller does nothing, while a moment has to come.
    pub(super) idle: Vec<(StateId, StateId, Answer)>,
    distances: Vec<u32>,
    batches: usize,
}

/// The answer that leads to the first state.
const NO_ANSWER: Answer = Answer::NotMocked;

impl Search {
    fn new(world: &World<'_>) -> Self {
        Self {
            states: Vec::new(),
            keys: IndexSet::default(),
            controls: IndexSet::default(),
            values: IndexSet::default(),
            sessions: Vec::new(),
            kept: 0,
            frontier: Frontier::default(),
            hits: vec![None; world.goals.count()],
            ends: Vec::new(),
            used: 0,
            cuts: Vec::new(),
            pending: Vec::new(),
            failed: Vec::new(),
            is_visited: vec![false; world.program.steps.len()],
            paths: Paths::default(),
            broken: None,
            idle: Vec::new(),
            distances: Vec::new(),
            batches: 0,
        }
    }

    /// Searches until nothing is left or the budget is used up. `watch` gets the number of
    /// answered questions from time to time, and returns whether the search continues.
    pub(super) fn run(
        world: &World<'_>,
        budget: u64,
        pool: &rayon::ThreadPool,
        watch: &dyn Fn(u64) -> bool,
    ) -> Self {
        let mut search = Self::new(world);
        let mut begin = world.begin();
        search.measure(world);
        let first = world.edge(&mut begin, 0, NO_ANSWER, search.known());
        search.merge(StateId::MAX, first);
        while search.used < budget && search.broken.is_none() {
            search.measure(world);
            let batch = search.batch(budget);
            if batch.is_empty() {
                break;
            }
            let known = search.known();
            let with_script = |(id, live): (StateId, Option<Box<Live>>)| {
                let script = match live {
                    Some(_) => Vec::new(),
                    None => search.script(id),
                };
                (id, live, script)
            };
            let scripts: Vec<_> = batch.into_iter().map(with_script).collect();
            let expanded: Vec<Expanded> = pool.install(|| {
                let states = scripts.into_par_iter().with_max_len(1);
                states
                    .map(|(id, live, script)| world.expand(id, live, &script, known))
                    .collect()
            });
            for state in expanded {
                search.take(state, budget);
            }
            if !watch(search.used) {
                break;
            }
        }
        while let Some(id) = search.frontier.take_shallow() {
            search.pending.push(search.states[id as usize].node);
        }
        search.pending.sort_unstable();
        search.pending.dedup();
        search.cut_messages(world);
        search
    }

    /// Notes the steps after which the conversation may have a further message: only the
    /// first one is tried.
    fn cut_messages(&mut self, world: &World<'_>) {
        let program = world.program;
        if !has_further_messages(program, world.call.flow()) {
            return;
        }
        for (index, step) in program.steps.iter().enumerate() {
            if self.is_visited[index] && may_end_turn(step) {
                self.cuts.push((NodeId::new(index), Gap::Messages));
            }
        }
    }

    /// Computes the distances to the goals that were not reached yet.
    fn measure(&mut self, world: &World<'_>) {
        if self.batches.is_multiple_of(BATCHES_PER_MAP) {
            let open = world.goals.all().filter(|goal| self.hits[goal.number].is_none());
            self.distances = world.graph.distances(open.map(|goal| goal.node));
        }
        self.batches += 1;
    }

    fn known(&self) -> Known<'_> {
        Known { hits: &self.hits, is_visited: &self.is_visited }
    }

    /// The number of states.
    pub(super) fn count(&self) -> usize {
        self.states.len()
    }

    /// Takes the next states, with their sessions if they are kept.
    fn batch(&mut self, budget: u64) -> Vec<(StateId, Option<Box<Live>>)> {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let is_shallow = self.used < budget / SHALLOW_SHARE;
            let next = match is_shallow {
                true => self.frontier.take_shallow(),
                false => self.frontier.take_in_turn(),
            };
            let Some(id) = next else { break };
            let live = self.sessions[id as usize].take();
            self.kept -= usize::from(live.is_some());
            batch.push((id, live));
        }
        batch
    }

    /// Takes the continuations of a state.
    fn take(&mut self, state: Expanded, budget: u64) {
        if let Some(cut) = state.cut
            && !self.cuts.contains(&cut)
        {
            self.cuts.push(cut);
        }
        for edge in state.edges {
            if self.used >= budget {
                self.pending.push(self.states[state.id as usize].node);
                return;
            }
            self.merge(state.id, edge);
        }
    }

    fn merge(&mut self, from: StateId, edge: Edge) {
        self.used += edge.used;
        let hit = || Hit { state: from, answer: edge.answer.clone() };
        if edge.is_broken {
            self.broken.get_or_insert_with(hit);
        }
        for goal in &edge.goals {
            self.hits[*goal].get_or_insert_with(hit);
        }
        for node in edge.visited {
            self.is_visited[node.index()] = true;
        }
        for node in edge.failed {
            if !self.failed.contains(&node) {
                self.failed.push(node);
            }
        }
        let Some(next) = edge.next else {
            self.ends.push(hit());
            self.paths.add(from, None, edge.actions);
            return;
        };
        let (known, is_new) = self.keys.insert_full(next.key);
        let known = StateId::try_from(known).unwrap_or(StateId::MAX - 1);
        self.paths.add(from, Some(known), edge.actions);
        if edge.is_idle && from != StateId::MAX {
            self.idle.push((from, known, edge.answer.clone()));
        }
        if !is_new {
            return;
        }
        self.add(from, known, edge.answer, next);
    }

    /// Adds a new state.
    fn add(&mut self, from: StateId, id: StateId, answer: Answer, next: Next) {
        let depth = match from {
            StateId::MAX => 0,
            from => self.states[from as usize].depth + 1,
        };
        let mut is_new_value = false;
        for value in &next.values {
            is_new_value |= self.values.insert(*value);
        }
        let rank = Rank {
            depth,
            is_new_control: self.controls.insert(next.control),
            is_new_value,
            has_new_cells: next.cells.is_some_and(|cells| self.values.insert(cells)),
            distance: self.distances[next.node.index()],
        };
        self.states.push(Found { parent: from, answer, depth, node: next.node });
        let is_kept = self.kept < MOST_SESSIONS;
        self.kept += usize::from(is_kept);
        self.sessions.push(is_kept.then_some(next.live));
        self.frontier.add(id, rank);
    }

    /// Returns the node that waits in a state.
    pub(super) fn node_of(&self, id: StateId) -> NodeId {
        self.states[id as usize].node
    }

    /// Returns the answers that lead to a state, in order.
    pub(super) fn script(&self, mut id: StateId) -> Vec<Answer> {
        let mut script = Vec::new();
        while let Some(state) = self.states.get(id as usize) {
            if state.parent != StateId::MAX {
                script.push(state.answer.clone());
            }
            id = state.parent;
        }
        script.reverse();
        script
    }

    /// Returns the answers that lead to a place.
    pub(super) fn script_of(&self, hit: &Hit) -> Vec<Answer> {
        let mut script = self.script(hit.state);
        if hit.state != StateId::MAX {
            script.push(hit.answer.clone());
        }
        script
    }
}

//! The transitions of a search: a state is continued with every answer, and each
//! continuation is summarised up to the next question that has several answers.

use std::sync::Arc;

use twox_hash::XxHash64;

use crate::analysis::coverage::Goals;
use crate::analysis::property::Seen;
use crate::engine::{Call, Session};
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::PathTaken;
use crate::world::{Answer, AnswerProgress, Fixtures, Input};

use super::domain::{Context, Domain};
use super::frontier::StateId;
use super::graph::Graph;
use super::memory::{Memory, Repeats};
use super::property::{Watch, Watched};
use super::search::Hit;
use super::verdict::Gap;

/// A call in progress, with its progress through prepared answers.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) session: Session,
    pub(super) progress: AnswerProgress,
    pub(super) memory: Memory,
    /// The progress of the property that the search checks.
    pub(super) watch: Option<Watch>,
}

/// The world of a search, shared by all threads.
pub(super) struct World<'w> {
    pub(super) program: &'w Arc<Program>,
    pub(super) call: &'w Call,
    pub(super) fixtures: &'w Fixtures,
    pub(super) goals: &'w Goals,
    pub(super) context: Context<'w>,
    pub(super) graph: &'w Graph,
    pub(super) repeats: &'w Repeats,
    /// The property that the search checks, if any.
    pub(super) watched: Option<Watched<'w>>,
}

/// Goals and nodes that earlier batches of a search reached.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) hits: &'k [Option<Hit>],
    pub(super) is_visited: &'k [bool],
}

/// A continuation of a state.
pub(super) struct Edge {
    pub(super) answer: Answer,
    pub(super) goals: Vec<usize>,
    pub(super) visited: Vec<NodeId>,
    pub(super) failed: Vec<NodeId>,
    pub(super) used: u64,
    pub(super) actions: u32,
    pub(super) is_broken: bool,
    pub(super) is_idle: bool,
    pub(super) next: Option<Next>,
}

/// A state that a continuation leads to.
pub(super) struct Next {
    pub(super) live: Box<Live>,
    pub(super) key: (u64, u64),
    pub(super) control: u64,
    pub(super) values: Vec<u64>,
    /// The values, those of computed variables by their cells.
    pub(super) cells: Option<u64>,
    pub(super) node: NodeId,
}

/// The continuations of a state.
pub(super) struct Expanded {
    pub(super) id: StateId,
    pub(super) edges: Vec<Edge>,
    pub(super) cut: Option<(NodeId, Gap)>,
}

impl World<'_> {
    pub(super) fn begin(&self) -> Live {
        let session = Session::start(Arc::clone(self.program), self.call);
        let (progress, memory) = (AnswerProgress::default(), Memory::default());
        let watch = self.watched.map(Watched::begin);
        Live { session, progress, memory, watch }
    }

    /// Continues a state with every answer.
    pub(super) fn expand(
        &self,
        id: StateId,
        live: Option<Box<Live>>,
        script: &[Answer],
        known: Known<'_>,
    ) -> Expanded {
        let live = live.unwrap_or_else(|| Box::new(self.replayed(script)));
        let domain = self.domain(&live);
        let node = live.session.waiting_node();
        let edges = domain.answers.into_iter().map(|answer| {
            let mut next = live.as_ref().clone();
            self.answer(&mut next, answer.clone());
            let before = live.session.actions();
            let mut edge = self.edge(&mut next, before, answer, known);
            edge.used += 1;
            edge
        });
        let edges = edges.collect();
        Expanded { id, edges, cut: node.zip(domain.cut) }
    }

    /// Gives an answer to a question that has several.
    pub(super) fn answer(&self, live: &mut Live, answer: Answer) {
        live.memory.keep(self.repeats, &live.session, &answer);
        live.session.resume(answer);
    }

    fn domain(&self, live: &Live) -> Domain {
        let mut domain = self.context.answers(&live.session);
        live.memory.restrict(self.repeats, &live.session, &mut domain.answers);
        domain
    }

    /// Plays the answers from the start.
    fn replayed(&self, script: &[Answer]) -> Live {
        let mut live = self.begin();
        self.answer_fixed(&mut live);
        for answer in script {
            self.watch(&mut live);
            self.forget(&mut live);
            self.answer(&mut live, answer.clone());
            self.answer_fixed(&mut live);
        }
        self.watch(&mut live);
        self.forget(&mut live);
        live
    }

    /// Answers all questions for which there is only one answer. Returns their number.
    fn answer_fixed(&self, live: &mut Live) -> u64 {
        let mut count = 0;
        while let Some(question) = live.session.question() {
            if self.context.is_free(&live.session) {
                break;
            }
            let answer = self.fixtures.answer(&question, &mut live.progress);
            live.session.resume(answer);
            count += 1;
        }
        count
    }

    /// Shows the property what happened since the last question.
    fn watch(&self, live: &mut Live) -> Seen {
        match (self.watched, &mut live.watch) {
            (Some(watched), Some(watch)) => watched.advance(watch, &live.session),
            _ => Seen::Open,
        }
    }

    /// The beginning of the wait for a moment of the property.
    fn wait_of(&self, live: &Live) -> Option<u32> {
        let (watched, watch) = self.watched.zip(live.watch.as_ref())?;
        watched.wait_of(watch)
    }

    /// Drops the record of the call so far, which the property has seen.
    fn forget(&self, live: &mut Live) {
        live.session.forget_history(self.call.max_actions());
        if let Some(watch) = &mut live.watch {
            watch.forget(&live.session);
        }
    }

    /// Continues to the next question that has several answers, and summarises the way.
    pub(super) fn edge(
        &self,
        live: &mut Live,
        before: u32,
        answer: Answer,
        known: Known<'_>,
    ) -> Edge {
        let used = self.answer_fixed(live);
        let session = &mut live.session;
        let mut goals = Vec::new();
        self.goals.each_reached(session.steps(), &mut |goal| {
            if known.hits[goal].is_none() {
                goals.push(goal);
            }
        });
        goals.sort_unstable();
        goals.dedup();
        let actions = session.actions().saturating_sub(before);
        let waiting = session.waiting_node();
        let wait = self.wait_of(live);
        let seen = self.watch(live);
        let steps = live.session.steps();
        // Later steps make no difference to the property.
        let steps = match seen {
            Seen::Kept(last) | Seen::Broken(last) => &steps[..steps.len().min(last + 1)],
            Seen::Open => steps,
        };
        let executed = steps.iter().map(|step| step.node);
        let mut visited: Vec<NodeId> =
            executed.filter(|node| !known.is_visited[node.index()]).collect();
        visited.sort_unstable();
        visited.dedup();
        let is_failed = |path| matches!(path, PathTaken::Error);
        let failed = steps.iter().filter(|step| is_failed(step.path));
        let mut failed: Vec<NodeId> = failed.map(|step| step.node).collect();
        failed.dedup();
        self.forget(live);
        let is_passive =
            !matches!(&answer, Answer::Input(input) if *input != Input::Silence);
        let is_idle = is_passive && wait.is_some() && wait == self.wait_of(live);
        let next = waiting.filter(|_| seen == Seen::Open);
        let next = next.map(|node| self.next(live, node));
        let is_broken = matches!(seen, Seen::Broken(_));
        Edge { answer, goals, visited, failed, used, actions, is_broken, is_idle, next }
    }

    fn next(&self, live: &Live, node: NodeId) -> Next {
        let session = &live.session;
        let mut text = String::with_capacity(512);
        session.write_control(&mut text);
        let control = XxHash64::oneshot(0, text.as_bytes());
        let mut values = Vec::new();
        let mut value = String::new();
        let computed = &self.context.constants.computed;
        session.each_live_value(self.context.liveness, &mut |live| {
            use std::fmt::Write;
            value.clear();
            let cell =
                computed.get(&live.variable.0).and_then(|it| it.of_value(live.value));
            let _ = match cell {
                Some(cell) => write!(value, "{} in {cell}", live.variable.0),
                None => write!(value, "{}={:?}", live.variable.0, live.value),
            };
            values.push(XxHash64::oneshot(control, value.as_bytes()));
        });
        let all = || {
            values
                .iter()
                .fold(control, |all, it| XxHash64::oneshot(all, &it.to_le_bytes()))
        };
        let cells = (!computed.is_empty()).then(all);
        text.clear();
        session.write_key(self.context.liveness, &mut text);
        text.push_str(&format!("{:?}", live.progress));
        live.memory.write_key(self.repeats, node, &mut text);
        if let (Some(watched), Some(watch)) = (self.watched, &live.watch) {
            watched.write_key(watch, session.clock_ms(), &mut text);
        }
        let hash = |seed| XxHash64::oneshot(seed, text.as_bytes());
        let key = (hash(1), hash(2));
        Next { live: Box::new(live.clone()), key, control, values, cells, node }
    }
}

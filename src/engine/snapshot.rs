//! Snapshots of a session: its state without the trace, to which a host can go back.
//!
//! A host that steps a session node by node can return to an earlier state. The trace of a
//! session only grows, and only open steps change, so a snapshot keeps their records and
//! two lengths.

use super::call::Call;
use super::recorder::Recorder;
use super::session::Session;
use super::state::State;
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::Step;
use crate::world::Answer;
use std::sync::Arc;

/// The state of a session at some point of its call, without its trace.
#[derive(Debug, Clone)]
pub struct Snapshot {
    state: State,
    steps: usize,
    events: usize,
    /// The steps that a later action may still change.
    open: Vec<(u32, Step)>,
}

impl Snapshot {
    /// The number of steps that the session had executed.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The number of events of these steps.
    pub fn events(&self) -> usize {
        self.events
    }
}

impl Session {
    /// Begins a call and stops before its first node.
    pub fn begin(program: Arc<Program>, call: &Call) -> Self {
        let mut session = Self::empty(program);
        let program = Arc::clone(session.program());
        let state = session.state_mut();
        state.begin(&program, call);
        state.end_flows_without_next(&program);
        session
    }

    /// Executes the next node and stops before the one after it, or at a question. At a
    /// question and after the end this has no effect.
    pub fn step(&mut self) {
        let program = Arc::clone(self.program());
        let state = self.state_mut();
        if state.waiting.is_none() && !state.is_finished() {
            state.advance(&program);
            state.end_flows_without_next(&program);
        }
    }

    /// Applies the answer to the question, and stops before the next node or at the next
    /// question. Without a question this has no effect.
    pub fn answer(&mut self, answer: Answer) {
        let program = Arc::clone(self.program());
        let state = self.state_mut();
        if state.answer(&program, answer).is_some() {
            state.end_flows_without_next(&program);
        }
    }

    /// The node that is executed next; `None` at a question and after the end.
    pub fn next_node(&self) -> Option<NodeId> {
        let state = self.state();
        let is_next = state.waiting.is_none() && !state.is_finished();
        state.node.filter(|_| is_next)
    }

    /// Whether the call is over.
    pub fn is_finished(&self) -> bool {
        self.state().is_finished()
    }

    /// Takes a snapshot, which costs as much as a copy of the variables.
    pub fn snapshot(&mut self) -> Snapshot {
        let own = self.state_mut();
        let recorder = std::mem::take(&mut own.recorder);
        let state = own.clone();
        own.recorder = recorder;
        let callers = state.frames.iter().filter_map(|frame| Some(frame.caller?.0));
        let open = callers.chain([state.step]).filter_map(|step| {
            own.recorder.steps.get(step as usize).map(|it| (step, it.clone()))
        });
        Snapshot {
            steps: own.recorder.steps.len(),
            events: own.recorder.events.len(),
            open: open.collect(),
            state,
        }
    }

    /// Goes back to a snapshot that was taken earlier in this call. Everything that
    /// happened since then is forgotten.
    pub fn rewind(&mut self, to: &Snapshot) {
        let own = self.state_mut();
        let mut recorder: Recorder = std::mem::take(&mut own.recorder);
        recorder.steps.truncate(to.steps);
        recorder.events.truncate(to.events);
        for (index, step) in &to.open {
            if let Some(known) = recorder.steps.get_mut(*index as usize) {
                known.clone_from(step);
            }
        }
        own.clone_from(&to.state);
        own.recorder = recorder;
    }
}

impl State {
    /// Ends the flows in which no node follows.
    fn end_flows_without_next(&mut self, program: &Program) {
        while !self.is_finished() && self.waiting.is_none() && self.node.is_none() {
            self.advance(program);
        }
    }
}

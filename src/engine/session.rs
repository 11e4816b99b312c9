//! The session as its host sees it.

use std::sync::Arc;

use super::call::Call;
use super::state::State;
use crate::program::Program;
use crate::trace::{Event, Status, Step, Trace};
use crate::value::Value;
use crate::world::{Answer, Question};

/// One call in progress. It can be cloned, compared, and made to start over.
#[derive(Debug, Clone)]
pub struct Session {
    program: Arc<Program>,
    state: State,
}

/// How far a session got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It has a [question](Session::question).
    Waiting,
    /// The call is over.
    Finished,
}

impl PartialEq for Session {
    /// Whether both would go on alike: the same program, and all values the same.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.program, &other.program) && self.state == other.state
    }
}

impl Session {
    /// Starts a call and runs to its first question or its end.
    pub fn start(program: Arc<Program>, call: &Call) -> Self {
        let state = State::default();
        let mut session = Self { program, state };
        session.restart(call);
        session
    }

    /// Starts another call of the same program in this session. It uses the memory of the
    /// one before, which is the fastest way to make many calls.
    pub fn restart(&mut self, call: &Call) -> Progress {
        self.state.begin(&self.program, call);
        self.state.run(&self.program)
    }

    /// The program whose call it makes.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// How far it got.
    pub fn progress(&self) -> Progress {
        if self.state.is_finished() { Progress::Finished } else { Progress::Waiting }
    }

    /// What the session needs to know to go on; nothing if the call is over.
    pub fn question(&self) -> Option<Question<'_>> {
        self.state.question(&self.program)
    }

    /// Goes on with the answer to the question, to the next question or the end. An answer
    /// that does not fit the question counts as none: silence, nothing found, no fixture.
    /// After the end nothing happens.
    pub fn resume(&mut self, answer: Answer) -> Progress {
        self.state.resume(&self.program, answer)
    }

    /// The trace of a call that is over, leaving the session empty; until then, `None`.
    pub fn take_trace(&mut self) -> Option<Trace> {
        self.state.take_trace(&self.program)
    }

    /// What happened so far, as the trace of a call that is completed here, for those who
    /// watch one that waits; nothing after the end.
    pub fn trace_so_far(&self) -> Option<Trace> {
        if self.state.is_finished() {
            return None;
        }
        let mut state = self.state.clone();
        state.finish(Status::Completed, None);
        state.take_trace(&self.program)
    }

    /// The virtual clock, in milliseconds since the call began.
    pub fn clock_ms(&self) -> i64 {
        self.state.clock_ms
    }

    /// How the call ended, if it is over.
    pub fn status(&self) -> Option<Status> {
        self.state.status()
    }

    /// The nodes that were executed so far, the one that waits for an answer last.
    pub fn steps(&self) -> &[Step] {
        &self.state.recorder.steps
    }

    /// What happened in them so far.
    pub fn events(&self) -> &[Event] {
        &self.state.recorder.events
    }

    /// What a variable of the flow that the call started in holds now, or one that Architect
    /// brings along; nothing if there is no such variable.
    pub fn variable(&self, name: &str) -> Option<&Value> {
        let (program, flow) = (&*self.program, self.state.flow?);
        let id = program.variable(flow, name)?;
        let built_ins = &self.state.conversation.built_ins;
        let built_in = id.0.checked_sub(program.built_in_first);
        if let Some(value) = built_in.and_then(|index| built_ins.get(index as usize)) {
            return Some(value);
        }
        // Those of the first frame come first.
        let layout = &program.layouts[program.unit(flow).layout.index()];
        self.state.slots.values.get(id.0.checked_sub(layout.first)? as usize)
    }

    /// Sets a variable of the flow that the call started in, or one that Architect brings
    /// along, while the session waits. One that no flow mentions stands in the trace at the
    /// end. Of a flow of Architect, a value of another type than the variable's is converted
    /// to it if that can be done. After the end nothing happens.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        self.state.set_from_outside(&self.program, name, value);
    }

    /// What the caller has heard so far, in order.
    pub fn heard(&self) -> impl Iterator<Item = &str> {
        self.state.said(&self.program.legend)
    }
}

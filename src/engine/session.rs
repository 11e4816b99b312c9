//! The session, as its host uses it.

use std::sync::Arc;

use super::call::Call;
use super::conversation::Participant;
use super::run::Progress;
use super::state::State;
use crate::program::Program;
use crate::trace::{Event, Failure, Status, Step, Trace};
use crate::value::{Text, Value};
use crate::world::{Answer, Question};

/// One call in progress. It can be cloned, compared and restarted.
#[derive(Debug, Clone)]
pub struct Session {
    program: Arc<Program>,
    state: State,
}

impl PartialEq for Session {
    /// Whether both sessions would continue in the same way: they have the same program
    /// and the same values.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.program, &other.program) && self.state == other.state
    }
}

impl Session {
    /// Starts a call and runs it to its first question or its end.
    pub fn start(program: Arc<Program>, call: &Call) -> Self {
        let mut session = Self::empty(program);
        session.restart(call);
        session
    }

    /// Returns a session without a call.
    pub(super) fn empty(program: Arc<Program>) -> Self {
        Self::with_state(program, State::default())
    }

    pub(super) fn with_state(program: Arc<Program>, state: State) -> Self {
        Self { program, state }
    }

    /// Starts another call of the same program in this session. It reuses the memory of
    /// the previous call, which is the fastest way to run many calls.
    pub fn restart(&mut self, call: &Call) -> Progress {
        self.state.begin(&self.program, call);
        self.state.run(&self.program)
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// The program that the call runs.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Whether the session waits for an answer or is finished.
    pub fn progress(&self) -> Progress {
        if self.state.is_finished() { Progress::Finished } else { Progress::Waiting }
    }

    /// Returns the question that the session needs answered, or `None` if the call is
    /// over.
    pub fn question(&self) -> Option<Question<'_>> {
        self.state.question(&self.program)
    }

    /// Continues with the answer to the question, up to the next question or the end. An
    /// answer that does not fit the question counts as no answer: silence, not found, or
    /// no fixture. After the end this has no effect.
    pub fn resume(&mut self, answer: Answer) -> Progress {
        self.state.resume(&self.program, answer)
    }

    /// Takes the trace of a finished call and leaves the session empty. Returns `None`
    /// before the end.
    pub fn take_trace(&mut self) -> Option<Trace> {
        self.state.take_trace(&self.program)
    }

    /// Takes the trace of a call that is over.
    ///
    /// # Panics
    /// Panics if the call is not over.
    pub(super) fn end_trace(&mut self) -> Trace {
        self.state.end_trace(&self.program)
    }

    /// Returns a trace of the events so far, as if the call were completed here. This
    /// serves callers that watch a waiting session. Returns `None` after the end.
    pub fn trace_so_far(&self) -> Option<Trace> {
        if self.state.is_finished() {
            return None;
        }
        let mut state = self.state.clone();
        state.finish(Status::Completed, None);
        state.take_trace(&self.program)
    }

    /// Whether the session waits for the next message of its conversation, and if so,
    /// whether the flow has ended and not only its state.
    pub fn awaits_message(&self) -> Option<bool> {
        self.state.awaits_message()
    }

    /// Advances the virtual clock while the session waits for the participant. Keys have
    /// their own times, which are added. At any other time this has no effect, because
    /// answers determine the time.
    pub fn pass_time(&mut self, milliseconds: i64) {
        if matches!(self.question(), Some(Question::Input(_))) {
            let clock = &mut self.state.clock_ms;
            *clock = clock.saturating_add(milliseconds.max(0));
        }
    }

    /// The virtual clock, in milliseconds since the call began.
    pub fn clock_ms(&self) -> i64 {
        self.state.clock_ms
    }

    /// The status of the call, or `None` before the end.
    pub fn status(&self) -> Option<Status> {
        self.state.status()
    }

    /// The reason of the end of the call, if it did not complete.
    pub fn failure(&self) -> Option<&Failure> {
        self.state.failure()
    }

    /// The executed nodes so far, the waiting node last.
    pub fn steps(&self) -> &[Step] {
        &self.state.recorder.steps
    }

    /// The events of these steps so far.
    pub fn events(&self) -> &[Event] {
        &self.state.recorder.events
    }

    /// Returns the current value of a variable of the first flow, or of a built-in
    /// variable of Architect. Returns `None` if there is no such variable.
    pub fn variable(&self, name: &str) -> Option<&Value> {
        let (program, flow) = (&*self.program, self.state.flow?);
        let id = program.variable(flow, name)?;
        let built_ins = self.state.conversation.built_ins();
        let built_in = id.0.checked_sub(program.built_in_first);
        if let Some(value) = built_in.and_then(|index| built_ins.get(index as usize)) {
            return Some(value);
        }
        // The variables of the first frame come first.
        let layout = &program.layouts[program.unit(flow).layout.index()];
        self.state.slots.values.get(id.0.checked_sub(layout.first)? as usize)
    }

    /// Sets a variable of the first flow, or a built-in variable of Architect, while the
    /// session waits. A variable that no flow mentions appears in the trace at the end.
    /// In an Architect flow, a value of another type is converted to the type of the
    /// variable if possible. After the end this has no effect.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        self.state.set_from_outside(&self.program, name, value);
    }

    /// Returns the attributes of the participant, in the order in which they were first
    /// set.
    pub fn participant_data(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.state.conversation.attributes(&Participant::Own)
    }

    /// Sets an attribute of the participant; `None` removes it. The flow reads the new
    /// value from then on.
    pub fn set_participant_data(&mut self, name: &str, value: Option<Text>) {
        self.state.conversation.set_attribute(&Participant::Own, name.into(), value);
    }

    /// Returns the prompts that the caller has heard so far, in order.
    pub fn prompts(&self) -> impl Iterator<Item = &str> {
        self.state.prompts(&self.program.symbols)
    }
}

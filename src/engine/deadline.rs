//! The virtual clock, and what happens when time runs out or an agent answers.

use super::state::State;
use crate::diagnostic::Code;
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::{Fact, Failure, PathTaken, Status};

/// Stands for a frame: not the time of one ran out, but an agent answers the caller.
pub(super) const AGENT: usize = usize::MAX;

impl State {
    /// The deadline of a frame passed: everything above it is left as it is, and the call to
    /// its flow fails.
    pub(super) fn cut_off(&mut self, program: &Program, node: NodeId, index: usize) {
        if index == AGENT {
            self.recorder.finish(self.step, PathTaken::None, None, self.clock_ms);
            return self.connect();
        }
        self.recorder.note(self.step, || Fact::CutOff);
        self.recorder.finish(self.step, PathTaken::None, None, self.clock_ms);
        while self.frames.len() > index + 1 {
            if let Some((step, _)) = self.pop_frame().and_then(|frame| frame.caller) {
                self.recorder.note(step, || Fact::CutOff);
                self.recorder.finish(step, PathTaken::None, None, self.clock_ms);
            }
        }
        let flow = self.frame().flow;
        let name = &program.legend.flow(flow).name;
        match self.frame().caller {
            Some((step, caller)) => {
                self.pop_frame();
                let message =
                    format!("flow `{name}` was not done in the time that it had");
                let failure = Failure::new(Code::FLOW_TIMEOUT, message);
                self.fail(program, step, caller, failure);
            }
            None => {
                let limit = self.limits().timeout_ms.unwrap_or_default();
                let message = format!("the call was not done after {limit} ms");
                let failure = Failure::new(Code::SIMULATION_TIMEOUT, message);
                self.finish(Status::Timeout, Some((failure, node)));
            }
        }
    }

    /// Moves the clock. If a deadline comes first, the clock stops there and the frame that
    /// it belongs to is the result, or [`AGENT`] if an agent answers the caller who waits; of
    /// equal deadlines that of the outermost frame.
    pub(super) fn wait(&mut self, milliseconds: i64) -> Option<usize> {
        let until = self.clock_ms.saturating_add(milliseconds.max(0));
        let mut first: Option<(i64, usize)> = None;
        for (index, frame) in self.frames.iter().enumerate() {
            if let Some(deadline) = frame.deadline
                && until > deadline
                && first.is_none_or(|(earliest, _)| deadline < earliest)
            {
                first = Some((deadline, index));
            }
        }
        let agent = self.conversation.answer_ms.filter(|answer| until >= *answer);
        if let Some(answer) = agent
            && first.is_none_or(|(deadline, _)| answer <= deadline)
        {
            first = Some((answer, AGENT));
        }
        match first {
            Some((deadline, index)) => {
                self.clock_ms = self.clock_ms.max(deadline);
                Some(index)
            }
            None => {
                self.clock_ms = until;
                None
            }
        }
    }
}

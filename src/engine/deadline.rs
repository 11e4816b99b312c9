//! The virtual clock: deadlines, and the end of a wait in a queue.

use super::state::State;
use crate::diagnostic::Code;
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::{EventKind, Failure, PathTaken, Status};

/// A special frame index: the wait in the queue ends, and no deadline passed.
const WAIT_END: usize = usize::MAX;

impl State {
    /// Ends the call to the flow of a frame whose deadline passed. The frames above it
    /// are abandoned, and the step that called the flow fails.
    pub(super) fn cut_off(&mut self, program: &Program, node: NodeId, index: usize) {
        if index == WAIT_END {
            self.recorder.finish(self.step, PathTaken::None, None, self.clock_ms);
            return self.end_wait(node);
        }
        self.recorder.note(self.step, || EventKind::TimedOut);
        self.recorder.finish(self.step, PathTaken::None, None, self.clock_ms);
        while self.frames.len() > index + 1 {
            if let Some((step, _)) = self.pop_frame().and_then(|frame| frame.caller) {
                self.recorder.note(step, || EventKind::TimedOut);
                self.recorder.finish(step, PathTaken::None, None, self.clock_ms);
            }
        }
        let flow = self.frame().flow;
        let name = &program.symbols.flow(flow).name;
        match self.frame().caller {
            Some((step, caller)) => {
                self.pop_frame();
                let message =
                    format!("flow `{name}` did not finish within its time limit");
                let failure = Failure::new(Code::FLOW_TIMEOUT, message);
                self.fail(program, step, caller, failure);
            }
            None => {
                let limit = self.limits().timeout_ms.unwrap_or_default();
                let message = format!("the call did not finish within {limit} ms");
                let failure = Failure::new(Code::SIMULATION_TIMEOUT, message);
                self.finish(Status::Timeout, Some((failure, node)));
            }
        }
    }

    /// Advances the clock. If a deadline comes first, the clock stops there and the index
    /// of its frame is returned. The index is [`WAIT_END`] if the wait in the queue ends
    /// first. If several frames have the same deadline, the outermost is returned.
    pub(super) fn wait(&mut self, milliseconds: i64) -> Option<usize> {
        let until = self.clock_ms.saturating_add(milliseconds.max(0));
        // Most calls have no deadline and wait in no queue.
        let has_end = self.conversation.queueing.end_ms().is_some();
        if !has_end && self.frames.iter().all(|frame| frame.deadline.is_none()) {
            self.clock_ms = until;
            return None;
        }
        let mut first: Option<(i64, usize)> = None;
        for (index, frame) in self.frames.iter().enumerate() {
            if let Some(deadline) = frame.deadline
                && until > deadline
                && first.is_none_or(|(earliest, _)| deadline < earliest)
            {
                first = Some((deadline, index));
            }
        }
        let end = self.conversation.queueing.end_ms().filter(|end| until >= *end);
        if let Some(end) = end
            && first.is_none_or(|(deadline, _)| end <= deadline)
        {
            first = Some((end, WAIT_END));
        }
        match first {
            Some((deadline, index)) => {
                self.clock_ms = self.clock_ms.max(deadline);
                Some(index)
            }
            None => {
                self.clock_ms = until;
                self.conversation.follow_statistics(until);
                None
            }
        }
    }
}

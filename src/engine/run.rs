//! Runs a call: executes nodes, applies their effects, and continues with answers.

use super::action;
use super::effect::{Effect, Waiting};
use super::state::{MAX_MADE_BYTES, State};
use crate::diagnostic::Code;
use crate::flow::NodeId;
use crate::program::{Program, StepAction};
use crate::trace::{EventKind, Failure, PathTaken, Status};
use crate::world::{Answer, InputQuestion, Question};

/// The number of actions that the error handling may run after the limit is exceeded.
const ACTIONS_OF_ERROR_HANDLING: u32 = 1_000;

/// The progress of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The session has a [question](super::Session::question).
    Waiting,
    /// The call is over.
    Finished,
}

impl State {
    /// Executes nodes until one has a question or the call is over.
    pub(super) fn run(&mut self, program: &Program) -> Progress {
        while self.outcome.is_none() {
            if self.advance(program) == Progress::Waiting {
                return Progress::Waiting;
            }
        }
        Progress::Finished
    }

    /// Executes the next node, or ends a flow that has no further one. `Waiting` means
    /// that the session has a question.
    #[inline(always)]
    pub(super) fn advance(&mut self, program: &Program) -> Progress {
        let Some(node) = self.node else {
            // A flow without a first node ends at once.
            self.end_flow(program);
            return Progress::Finished;
        };
        let step = &program.steps[node.index()];
        // Nodes that begin a flow or a task do not count as actions.
        self.actions = self.actions.saturating_add(u32::from(!step.is_beginning()));
        // No call may start fewer actions than the limit.
        if (self.actions > self.limits.max_actions && self.actions > self.max_actions())
            || self.made_bytes > MAX_MADE_BYTES
        {
            self.stop_at_limit(program, node);
            return Progress::Finished;
        }
        let depth = self.depth();
        self.step = self.recorder.begin(node, depth, self.clock_ms);
        self.forget_outputs(step);
        action::execute(self, program, node, step)
    }

    /// Handles a node that exceeds a limit. The error handling of an Architect flow may run
    /// a limited number of further actions; otherwise the call ends. *Source: Genesys' help
    /// on the limit of actions.*
    fn stop_at_limit(&mut self, program: &Program, node: NodeId) {
        let failure = self.exhausted();
        let is_handled = failure.code == Code::ACTION_LIMIT_EXCEEDED
            && self.frame_is_architect(program)
            && !self.limit_was_handled;
        if !is_handled {
            return self.finish(Status::Error, Some((failure, node)));
        }
        self.limit_was_handled = true;
        self.step = self.recorder.begin(node, self.depth(), self.clock_ms);
        self.fault(program, node, failure);
    }

    /// The number of actions after which the call stops.
    fn max_actions(&self) -> u32 {
        let further = if self.limit_was_handled { ACTIONS_OF_ERROR_HANDLING } else { 0 };
        self.turn_began.1.saturating_add(self.limits.max_actions).saturating_add(further)
    }

    /// Continues with an answer, up to the next question or the end.
    pub(super) fn resume(&mut self, program: &Program, answer: Answer) -> Progress {
        match self.answer(program, answer) {
            Some(Progress::Finished) => self.run(program),
            Some(Progress::Waiting) => Progress::Waiting,
            None => Progress::Finished,
        }
    }

    /// Applies the effect of an answer, and stops before the next node. Returns `None` if
    /// the session has no question.
    pub(super) fn answer(
        &mut self,
        program: &Program,
        answer: Answer,
    ) -> Option<Progress> {
        let node = self.node?;
        // Most questions ask for keys; neither their state nor the answer is moved.
        if let (Some(Waiting::Input), StepAction::Gather(gather)) =
            (&self.waiting, &program.steps[node.index()].action)
        {
            self.waiting = None;
            let step = &program.steps[node.index()];
            let effect = action::gathered(self, step, gather, &answer);
            return Some(self.settle(program, node, effect));
        }
        let waiting = self.waiting.take()?;
        if let Waiting::Message { stays } = waiting {
            self.next_message(program, answer, stays);
            return Some(Progress::Finished);
        }
        let step = &program.steps[node.index()];
        let effect = action::answer(self, program, step, waiting, answer);
        Some(self.settle(program, node, effect))
    }

    /// Returns the question that the session waits for.
    pub(super) fn question<'q>(&'q self, program: &'q Program) -> Option<Question<'q>> {
        let (waiting, node) = (self.waiting.as_ref()?, self.node?);
        let action = &program.steps[node.index()].action;
        // Most questions ask for keys; this one is built in its place.
        if let (Waiting::Input, StepAction::Gather(gather)) = (waiting, action) {
            return Some(Question::Input(InputQuestion {
                node: &program.symbols.node(node).id,
                min_digits: gather.min_digits,
                max_digits: gather.max_digits,
                timeout_ms: gather.timeout_ms,
                inter_digit_timeout_ms: gather.inter_digit_timeout_ms,
                terminating_key: gather.terminating_key,
                valid_digits: &gather.valid_digits,
                choices: &[],
            }));
        }
        // So is this one, which is frequent too.
        if let Waiting::Queue(routing, _) = waiting {
            return Some(action::queue_question(routing, &program.symbols));
        }
        Some(action::question(waiting, action, &program.symbols, node))
    }

    /// The progress after an end, which may wait for the next message.
    fn progress(&self) -> Progress {
        if self.waiting.is_some() { Progress::Waiting } else { Progress::Finished }
    }

    /// Applies the effect of an action. `Waiting` means that the session has a question.
    #[inline(always)]
    pub(super) fn settle(
        &mut self,
        program: &Program,
        node: NodeId,
        effect: Effect,
    ) -> Progress {
        let progress = match effect {
            Effect::Go(path, next) => self.go(program, path, next),
            Effect::Take(index, next) => self.go(program, PathTaken::Output(index), next),
            Effect::Ask => Progress::Waiting,
            Effect::Enter(flow) => {
                self.node = program.unit(flow).start;
                Progress::Finished
            }
            Effect::End(end) => {
                self.recorder.finish(self.step, PathTaken::None, None, self.clock_ms);
                self.end(program, node, end);
                self.progress()
            }
            other => return self.settle_other(program, node, other),
        };
        // These effects own nothing. Without `forget`, they would be checked for something
        // to free.
        std::mem::forget(effect);
        progress
    }

    /// Applies the outcome of an Architect action. Most actions continue at another one; their
    /// effect is read where it is, and owns nothing.
    #[inline(always)]
    pub(super) fn settle_outcome(
        &mut self,
        program: &Program,
        node: NodeId,
        outcome: Result<Effect, Box<Failure>>,
    ) -> Progress {
        let (path, next) = match &outcome {
            Ok(Effect::Take(index, Some(next))) => (PathTaken::Output(*index), *next),
            Ok(Effect::Go(PathTaken::Next, Some(next))) => (PathTaken::Next, *next),
            _ => return self.settle_rare(program, node, outcome),
        };
        std::mem::forget(outcome);
        self.go(program, path, Some(next))
    }

    /// Ends the step, and continues at another node.
    #[inline(always)]
    fn go(
        &mut self,
        program: &Program,
        path: PathTaken,
        next: Option<NodeId>,
    ) -> Progress {
        self.recorder.finish(self.step, path, next, self.clock_ms);
        self.node = next;
        match next {
            Some(_) => Progress::Finished,
            None => self.end_without_next(program, path),
        }
    }

    #[inline(never)]
    fn settle_rare(
        &mut self,
        program: &Program,
        node: NodeId,
        outcome: Result<Effect, Box<Failure>>,
    ) -> Progress {
        self.settle(program, node, outcome.unwrap_or_else(Effect::Fail))
    }

    /// Ends the task or flow of a step that has no next one.
    fn end_without_next(&mut self, program: &Program, path: PathTaken) -> Progress {
        if self.frame().sequence.is_some() {
            self.end_task(program, None);
            return self.progress();
        }
        self.note_missing_branch(path);
        self.end_flow(program);
        Progress::Finished
    }

    /// Applies an effect after which the call does not simply continue at the next step.
    fn settle_other(
        &mut self,
        program: &Program,
        node: NodeId,
        effect: Effect,
    ) -> Progress {
        match effect {
            Effect::Go(..)
            | Effect::Take(..)
            | Effect::Ask
            | Effect::Enter(_)
            | Effect::End(_) => {}
            Effect::Fail(failure) if self.frame_is_architect(program) => {
                self.fault(program, node, failure);
            }
            Effect::Fail(failure) => self.fail(program, self.step, node, failure),
            Effect::Call(begin) => self.node = Some(begin),
            Effect::EndTask(_)
            | Effect::EndCall
            | Effect::EndFlow(_)
            | Effect::Abort(_) => {
                self.settle_end(program, node, effect);
                return self.progress();
            }
            Effect::Handle(handler) => self.handle(handler),
            Effect::CutOff(frame) => self.cut_off(program, node, frame),
        }
        Progress::Finished
    }

    /// Applies the effect of an action after which its task, flow or call ends.
    fn settle_end(&mut self, program: &Program, node: NodeId, effect: Effect) {
        if let Effect::Abort(failure) = &effect {
            self.recorder.note(self.step, || EventKind::Failed(failure.clone()));
        }
        self.recorder.finish(self.step, PathTaken::None, None, self.clock_ms);
        match effect {
            Effect::EndTask(path) => self.end_task(program, path.as_ref()),
            Effect::EndFlow(reason) => self.end_architect_flow(program, reason),
            Effect::Abort(failure) => self.finish(Status::Error, Some((failure, node))),
            _ => self.end_turn(program, false),
        }
    }
}

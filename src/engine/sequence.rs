//! Movement of a call between Architect flows and their tasks: entering, leaving, and
//! handling runtime errors.

use super::call::Call;
use super::frame::Frame;
use super::state::State;
use crate::flow::kinds::FlowKind;
use crate::flow::{FlowId, NodeId, SequenceId, VariableId};
use crate::program::architect::{Action, CallFlow, FlowPart, Source, Variables};
use crate::program::{Program, Step, StepAction};
use crate::trace::{Entry, EventKind, Failure, Field, PathTaken, Status};
use crate::value::{Kind, Text, Type, Value};

/// Reasons for the end of a bot. *Source: Genesys' help on Call Bot Flow.*
const TRIGGERED_BY_FLOW: &str = "TriggeredByFlow";
const ERROR: &str = "Error";

impl State {
    /// Begins a call in an Architect flow.
    pub(super) fn begin_architect(
        &mut self,
        program: &Program,
        call: &Call,
        part: &FlowPart,
        deadline: Option<i64>,
    ) {
        self.push_flow(program, call.flow, part, None, deadline);
        if let Some(task) = call.node.and_then(|node| program.sequence_of(node)) {
            self.begin_task(program, task);
        }
        for (id, value) in &call.variables {
            let value = match call.names_objects {
                true => self.given(value),
                false => value.clone(),
            };
            if let Some(slot) = self.slot(program, *id) {
                slot.put(value);
            }
        }
        if part.nature == FlowKind::InQueue {
            self.begin_in_queue(program);
        }
        self.conversation.keep_start(program);
    }

    /// Adds a frame for an Architect flow. Its variables get their initial values first,
    /// and then the inputs.
    pub(super) fn push_flow(
        &mut self,
        program: &Program,
        flow: FlowId,
        part: &FlowPart,
        caller: Option<(u32, NodeId)>,
        deadline: Option<i64>,
    ) {
        let floor = self.slots.values.len();
        self.frames.push(Frame {
            flow,
            caller,
            variables: floor.wrapping_sub(part.variables.first as usize),
            outputs: floor + part.variables.list.len(),
            flow_first: part.variables.first,
            task_first: u32::MAX,
            sequence: None,
            floor,
            is_isolated: true,
            deadline,
        });
        self.push_variables(program, &part.variables);
    }

    /// Adds a frame for a called task, in the flow of the calling task.
    pub(super) fn push_task(
        &mut self,
        program: &Program,
        sequence: SequenceId,
        caller: (u32, NodeId),
    ) {
        let floor = self.slots.values.len();
        let Frame { flow, variables, flow_first, .. } = *self.frame();
        self.frames.push(Frame {
            flow,
            caller: Some(caller),
            variables,
            outputs: floor,
            flow_first,
            task_first: u32::MAX,
            sequence: None,
            floor,
            is_isolated: false,
            deadline: None,
        });
        self.begin_task(program, sequence);
    }

    /// Goes to a task, menu or state of the running flow and returns its first step. The
    /// previous one is left for good.
    pub(super) fn go_to_task(
        &mut self,
        program: &Program,
        sequence: SequenceId,
    ) -> NodeId {
        let frame = self.frame();
        let part = program.unit(frame.flow).architect.as_deref();
        let own = part.filter(|_| frame.is_isolated);
        let floor = frame.floor + own.map_or(0, |part| part.variables.list.len());
        self.slots.values.truncate(floor);
        self.begin_task(program, sequence);
        program.sequence(sequence).begin
    }

    fn begin_task(&mut self, program: &Program, sequence: SequenceId) {
        let variables = &program.sequence(sequence).variables;
        let outputs = self.slots.values.len().wrapping_sub(variables.first as usize);
        if let Some(frame) = self.frames.last_mut() {
            frame.outputs = outputs;
            frame.task_first = variables.first;
            frame.sequence = Some(sequence);
        }
        self.push_variables(program, variables);
    }

    /// Adds variables with their initial values. An initial value that cannot be computed
    /// is NOT_SET; the step that begins the flow or task has a note.
    fn push_variables(&mut self, program: &Program, variables: &Variables) {
        for variable in &variables.list {
            // Most initial values are constants. They are read in their place.
            if let Source::Constant(value) = &variable.initial {
                self.slots.push(value);
                continue;
            }
            let value =
                self.value(program, &variable.initial).unwrap_or_else(|failure| {
                    self.failed_initials.retain(|(id, _)| *id != variable.id);
                    self.failed_initials.push((variable.id, failure));
                    Value::unset(variable.value_type)
                });
            self.slots.values.push(value);
        }
    }

    /// Records the values of the variables of a flow or task, except the hidden ones, and
    /// the initial values that could not be computed. They are not computed again: an input
    /// or a random number may give another result.
    pub(super) fn note_variables(&mut self, program: &Program, variables: &Variables) {
        for variable in &variables.list {
            if program.symbols.variable(variable.id).is_empty() {
                break;
            }
            let note = |value| EventKind::Assigned(variable.id, value);
            self.note_variable(program, variable.id, note);
            let mut failed = self.failed_initials.iter();
            if let Some(index) = failed.position(|(id, _)| *id == variable.id) {
                let (_, failure) = self.failed_initials.remove(index);
                let unset = Value::unset(variable.value_type);
                // A value that the call or an input gives replaces the initial value.
                if self.slot(program, variable.id).is_some_and(|slot| *slot == unset) {
                    self.note(|| EventKind::Unfilled(variable.id, failure));
                }
            }
        }
    }

    /// Replaces the running flows by another flow that continues the conversation. The
    /// variables of the first flow keep their values for the trace.
    pub(super) fn replace_flow(
        &mut self,
        program: &Program,
        flow: FlowId,
        part: &FlowPart,
    ) {
        let deadline = self.frames.first().and_then(|first| first.deadline);
        self.leave_flows();
        self.conversation.queueing.leave();
        self.keep_first_variables(program);
        self.conversation.adopt_language(part);
        self.push_flow(program, flow, part, None, deadline);
    }

    /// Leaves all running flows and tasks. The steps that called them end.
    pub(super) fn leave_flows(&mut self) {
        let open: Vec<u32> =
            self.frames.iter().filter_map(|frame| Some(frame.caller?.0)).collect();
        for step in open.into_iter().rev() {
            self.recorder.finish(step, PathTaken::None, None, self.clock_ms);
        }
        self.frames.clear();
    }

    /// Ends a task, menu or state by one of its output paths. The call continues after
    /// the action that called it.
    pub(super) fn end_task(&mut self, program: &Program, path: Option<&Text>) {
        let mut path = path;
        let mut ended = self.step;
        loop {
            if self.return_to_menu(program, ended) {
                return;
            }
            let Some((step, caller)) = self.frame().caller else {
                return self.end_first_task(program);
            };
            let called = &program.steps[caller.index()];
            let (taken, next) = self.leave_called(program, step, called, path);
            self.recorder.finish(step, taken, next, self.clock_ms);
            self.go_to(next);
            if next.is_some() {
                return;
            }
            path = None;
            ended = step;
        }
    }

    /// Leaves a called task, module or flow. Returns the path that the calling action takes,
    /// and the step at which the call continues.
    fn leave_called(
        &mut self,
        program: &Program,
        step: u32,
        called: &Step,
        path: Option<&Text>,
    ) -> (PathTaken, Option<NodeId>) {
        let StepAction::Architect(action) = &called.action else {
            return (PathTaken::Next, called.next);
        };
        match &**action {
            Action::CallTask(call) => {
                let index = call.output_of(path);
                let target = called.targets.get(usize::from(index));
                let next = target.copied().unwrap_or(called.next);
                self.return_values(program, step, call.outputs.iter().copied());
                (PathTaken::Output(index), next)
            }
            Action::CallCommonModule(module) => {
                let outputs = module.outputs.iter();
                let outputs =
                    outputs.filter_map(|(_, theirs, own)| Some(((*theirs)?, *own)));
                self.return_values(program, step, outputs);
                (PathTaken::Next, called.next)
            }
            Action::CallFlow(call) => {
                self.leave_bot(program, step, call);
                let success = called.targets.get(usize::from(call.other.success));
                (PathTaken::Next, success.copied().unwrap_or(called.next))
            }
            _ => (PathTaken::Next, called.next),
        }
    }

    /// Goes back to the current menu if the actions of a choice ended.
    fn return_to_menu(&mut self, program: &Program, ended: u32) -> bool {
        let Some(menu) = self.menu_around(program) else { return false };
        let begin = self.go_to_task(program, menu);
        if let Some(step) = self.recorder.steps.get_mut(ended as usize) {
            step.next = Some(begin);
        }
        self.go_to(Some(begin));
        true
    }

    /// Ends the first task of a flow, and with it the conversation. In an in-queue flow,
    /// the start-up task or the recurring state runs until an agent answers.
    pub(super) fn end_first_task(&mut self, program: &Program) {
        let part = program.unit(self.frame().flow).architect.as_deref();
        let waiting = part.filter(|part| part.nature == FlowKind::InQueue);
        match waiting.map(|part| (part.start, part.recurring)) {
            Some((_, Some(recurring))) => self.repeat_pass(program, recurring, true),
            Some((Some(start), None)) => self.repeat_pass(program, start, false),
            _ => self.end_turn(program, true),
        }
    }

    /// Removes the frame, after copying the values of its variables to those of the
    /// caller.
    fn return_values(
        &mut self,
        program: &Program,
        step: u32,
        outputs: impl Iterator<Item = (VariableId, VariableId)>,
    ) {
        let Some(left) = self.frames.pop() else { return };
        for (theirs, own) in outputs {
            let Some(value) = self.slot_in(program, &left, theirs).cloned() else {
                continue;
            };
            let (of, name) = (Field::Outputs, program.symbols.variable(theirs).clone());
            let entry = Entry { of, name, value: value.clone() };
            self.recorder.note(step, || EventKind::Entry(Box::new(entry)));
            if let Some(slot) = self.slot(program, own) {
                slot.copy_from(&value);
            }
            self.recorder.note_copy(step, &value, |it| EventKind::Assigned(own, it));
        }
        self.slots.values.truncate(left.floor);
    }

    /// Ends the call. Its status is an error if an error is being handled.
    pub(super) fn finish_handled(&mut self) {
        match self.conversation.fault.take() {
            Some((failure, node)) => self.finish(Status::Error, Some((failure, node))),
            None => self.finish(Status::Completed, None),
        }
    }

    /// Handles a runtime error. The call goes to the error handling of the flow, or else
    /// to that of the calling flow. An error in the error handling ends the call.
    pub(super) fn fault(
        &mut self,
        program: &Program,
        node: NodeId,
        failure: Box<Failure>,
    ) {
        self.note(|| EventKind::Failed(failure.clone()));
        let mut step = self.step;
        loop {
            let flow = self.frame().flow;
            let part = program.unit(flow).architect.as_deref();
            let handler = part.and_then(|part| part.on_error);
            let is_first_error = self.conversation.fault.is_none();
            if let Some(handler) = handler.filter(|_| is_first_error) {
                self.unwind_to_flow();
                let path = PathTaken::Error;
                self.recorder.finish(step, path, Some(handler), self.clock_ms);
                self.conversation.fault = Some((failure, node));
                return self.go_to(Some(handler));
            }
            self.unwind_to_flow();
            self.recorder.finish(step, PathTaken::Error, None, self.clock_ms);
            match self.frame().caller {
                Some((calling, _)) => {
                    self.pop_frame();
                    self.recorder.note(calling, || EventKind::Failed(failure.clone()));
                    step = calling;
                }
                None => return self.finish(Status::Error, Some((failure, node))),
            }
        }
    }

    /// Goes to the handling of an event that is not an error. The called tasks of the flow
    /// are left.
    pub(super) fn handle(&mut self, handler: NodeId) {
        let path = PathTaken::Error;
        self.recorder.finish(self.step, path, Some(handler), self.clock_ms);
        self.unwind_to_flow();
        self.go_to(Some(handler));
    }

    /// Ends the flow, and with it the call, unless an action called the flow as a bot. An
    /// error that was being handled is then the reason for its end.
    pub(super) fn end_architect_flow(&mut self, program: &Program, reason: Option<Text>) {
        let called = self.frames.iter().rev().find(|frame| frame.is_isolated);
        let caller = called.and_then(|frame| frame.caller);
        if caller.is_none_or(|(_, node)| called_as_bot(program, node).is_none()) {
            return self.end_turn(program, false);
        }
        let error = self.conversation.fault.take().map(|_| ERROR.into());
        self.conversation.bot.exit_reason = reason.or(error);
        self.unwind_to_flow();
        self.end_task(program, None);
    }

    /// Leaves a called bot: its outputs, the reason for its end and the last intent go to
    /// the variables of the caller. *Source: Genesys' help on Call Bot Flow.*
    fn leave_bot(&mut self, program: &Program, step: u32, call: &CallFlow) {
        self.return_values(program, step, call.outputs.iter().copied());
        let bot = std::mem::take(&mut self.conversation.bot);
        let reason = bot.exit_reason.unwrap_or_else(|| TRIGGERED_BY_FLOW.into());
        let text = Type::one(Kind::String);
        let intent = bot.intent.map_or(Value::unset(text), Value::String);
        let results = [
            ("exitReason", call.exit_reason, Value::String(reason)),
            ("intent", call.intent, intent),
        ];
        for (name, own, value) in results {
            let (of, name) = (Field::Outputs, name.into());
            let entry = Entry { of, name, value: value.clone() };
            self.recorder.note(step, || EventKind::Entry(Box::new(entry)));
            let Some(own) = own else { continue };
            if let Some(slot) = self.slot(program, own) {
                *slot = value.clone();
            }
            self.recorder.note(step, || EventKind::Assigned(own, value));
        }
    }

    /// Leaves all called tasks of the running flow.
    pub(super) fn unwind_to_flow(&mut self) {
        while !self.frame().is_isolated {
            let left = self.pop_frame().and_then(|frame| frame.caller);
            if let Some((step, _)) = left {
                self.recorder.finish(step, PathTaken::None, None, self.clock_ms);
            }
        }
    }
}

/// Returns the action of a node that calls a bot or voice flow.
fn called_as_bot(program: &Program, node: NodeId) -> Option<&CallFlow> {
    match &program.steps[node.index()].action {
        StepAction::Architect(action) => match &**action {
            Action::CallFlow(call) => Some(call),
            _ => None,
        },
        _ => None,
    }
}

//! The state of a call and its transitions: nodes begin, end and fail; flows are entered
//! and left.

use super::call::{Call, Limits};
use super::conversation::Conversation;
use super::effect::{Effect, Waiting};
use super::frame::Frame;
use super::recorder::{Capacity, Recorder};
use super::scope::{Slots, View};
use super::size;
use crate::diagnostic::Code;
use crate::expr::draft::{Form, Template};
use crate::flow::{EndType, FlowId, NodeId, SymbolTable, VariableId};
use crate::program::{Operand, Program, Speech, Step, StepAction};
use crate::trace::{EventKind, Failure, PathTaken, Phrase, Status, Trace};
use crate::value::{Text, Value};

/// The largest amount of text and JSON that a call may make, in bytes. Without this
/// limit, a loop that plays a long prompt ten thousand times would fill the memory.
pub(super) const MAX_MADE_BYTES: usize = 64 * 1024 * 1024;

/// The end of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    status: Status,
    failure: Option<Box<Failure>>,
    failed_at: Option<NodeId>,
}

/// Everything about a call that changes. The rest is in the program.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct State {
    pub(super) clock_ms: i64,
    pub(super) slots: Slots,
    pub(super) frames: Vec<Frame>,
    pub(super) recorder: Recorder,
    /// The step that is being executed.
    pub(super) step: u32,
    /// State of the conversation, for Architect flows.
    pub(super) conversation: Conversation,
    pub(super) limits: Limits,
    pub(super) is_strict: bool,
    /// Whether a transfer to a queue ends the call.
    pub(super) stops_at_queue: bool,
    /// Whether a message flow that has ended waits for the next message.
    pub(super) takes_messages: bool,
    /// Whether every lookup asks the host for its outcome.
    pub(super) requests_outcomes: bool,
    /// Whether the trace has no inputs of actions.
    pub(super) omits_inputs: bool,
    /// The first event of the run of a message flow for the current message.
    pub(super) turn_first: usize,
    pub(super) start: Option<crate::value::DateTime>,
    pub(super) flow: Option<FlowId>,
    pub(super) other_variables: Vec<(Text, Value)>,
    /// Variables whose initial value could not be computed, until the step that begins
    /// their flow or task notes it.
    pub(super) failed_initials: Vec<(VariableId, Box<Failure>)>,
    pub(super) actions: u32,
    /// The time and the number of actions at which a message started the flow again. The
    /// limits of a flow count from there.
    pub(super) turn_began: (i64, u32),
    /// Whether the error handling runs, or has run, after the limit of actions.
    pub(super) limit_was_handled: bool,
    /// The node that is being executed or comes next.
    pub(super) node: Option<NodeId>,
    pub(super) waiting: Option<Waiting>,
    pub(super) outcome: Option<Outcome>,
    pub(super) capacity: Capacity,
    /// Memory for values that an action has evaluated before it sets any variable. Empty
    /// between actions.
    pub(super) passed: Vec<(VariableId, Value)>,
    /// The number of bytes of text and JSON that templates have made. The trace keeps all
    /// of it.
    pub(super) made_bytes: usize,
}

impl State {
    /// Resets everything to the start of a call.
    pub(super) fn begin(&mut self, program: &Program, call: &Call) {
        self.clock_ms = 0;
        self.frames.clear();
        self.recorder.clear(self.capacity);
        self.step = 0;
        self.limits = call.limits;
        self.start = Some(call.start);
        self.flow = Some(call.flow);
        self.other_variables.clear();
        self.other_variables.extend_from_slice(&call.other_variables);
        self.failed_initials.clear();
        self.actions = 0;
        self.turn_began = (0, 0);
        self.limit_was_handled = false;
        self.made_bytes = 0;
        self.node = call.node.or(program.unit(call.flow).start);
        self.waiting = None;
        self.outcome = None;
        self.slots.values.clear();
        self.slots.context.clear();
        self.slots.context.resize_with(program.context_count(), || Value::NOT_SET);
        for (id, value) in &call.context {
            self.slots.context[id.index()] = value.clone();
        }
        self.is_strict = call.is_strict;
        self.stops_at_queue = call.stops_at_queue;
        self.takes_messages = call.takes_messages;
        self.requests_outcomes = call.requests_outcomes;
        self.omits_inputs = call.omits_inputs;
        self.turn_first = 0;
        self.conversation.begin(program, call);
        let deadline = self.limits.timeout_ms;
        if let Some(part) = program.unit(call.flow).architect.as_deref() {
            self.begin_messages(program);
            self.begin_architect(program, call, part, deadline);
            return;
        }
        self.push_frame(program, call.flow, None, true, deadline);
        for (id, value) in &call.variables {
            self.slots.set_variable(&self.frames[0], *id, value.clone());
        }
    }

    /// Adds a frame. A flow that is not isolated uses the variables of the frame below.
    pub(super) fn push_frame(
        &mut self,
        program: &Program,
        flow: FlowId,
        caller: Option<(u32, NodeId)>,
        is_isolated: bool,
        deadline: Option<i64>,
    ) {
        let unit = program.unit(flow);
        let floor = self.slots.values.len();
        let variables = match self.frames.last() {
            Some(frame) if !is_isolated => frame.variables,
            _ => {
                let layout = &program.layouts[unit.layout.index()];
                self.slots.values.resize_with(floor + layout.len(), || Value::NOT_SET);
                floor.wrapping_sub(layout.first as usize)
            }
        };
        let outputs = self.slots.values.len();
        let end = outputs + unit.output_count as usize;
        self.slots.values.resize_with(end, || Value::NOT_SET);
        self.frames.push(Frame {
            flow,
            caller,
            variables,
            outputs,
            flow_first: 0,
            task_first: u32::MAX,
            sequence: None,
            floor,
            is_isolated,
            deadline,
        });
    }

    pub(super) fn is_finished(&self) -> bool {
        self.outcome.is_some() || self.flow.is_none()
    }

    /// Sets a variable of the first flow between two steps.
    pub(super) fn set_from_outside(
        &mut self,
        program: &Program,
        name: &str,
        value: Value,
    ) {
        let Some(flow) = self.flow.filter(|_| self.outcome.is_none()) else { return };
        let Some(id) = program.variable(flow, name) else {
            self.other_variables.retain(|(other, _)| other != name);
            self.other_variables.push((name.into(), value));
            return;
        };
        let holds = program.value_type(flow, id);
        let typed = holds.and_then(|it| Value::decode_given(&value.to_json(), it).ok());
        let value = self.given(&typed.unwrap_or(value));
        let first = program.layouts[program.unit(flow).layout.index()].first;
        if let Some(slot) = self.conversation.slot(program, id) {
            *slot = value.clone();
        } else if let Some(index) = id.0.checked_sub(first)
            // The variables of the first frame come first.
            && let Some(slot) = self.slots.values.get_mut(index as usize)
        {
            *slot = value.clone();
        }
        self.note(|| EventKind::Assigned(id, value));
    }

    #[inline]
    pub(super) fn depth(&self) -> u16 {
        u16::try_from(self.frames.len().saturating_sub(1)).unwrap_or(u16::MAX)
    }

    /// Returns the failure for the limit that the call exceeded.
    pub(super) fn exhausted(&self) -> Box<Failure> {
        if self.made_bytes > MAX_MADE_BYTES {
            let limit = MAX_MADE_BYTES / (1024 * 1024);
            let message = format!("the call produced more than {limit} MiB of text");
            return Failure::new(Code::CALL_TOO_LARGE, message);
        }
        let message =
            format!("the call started more than {} actions", self.limits.max_actions);
        Failure::new(Code::ACTION_LIMIT_EXCEEDED, message)
    }

    /// Clears the outputs of an earlier execution of the node.
    #[inline]
    pub(super) fn forget_outputs(&mut self, step: &Step) {
        let (first, end) = step.outputs;
        if first < end {
            let base = self.frame().outputs;
            let slots = base + first as usize..base + end as usize;
            for slot in &mut self.slots.values[slots] {
                *slot = Value::NOT_SET;
            }
        }
    }

    #[cold]
    pub(super) fn note_missing_branch(&mut self, path: PathTaken) {
        let code = match path {
            PathTaken::Default => Code::NO_DEFAULT_BRANCH,
            _ => Code::MISSING_ON_COMPLETE,
        };
        self.recorder.note(self.step, || EventKind::Noted(code));
    }

    pub(super) fn end(&mut self, program: &Program, node: NodeId, end: EndType) {
        match end {
            EndType::Normal => self.end_flow(program),
            EndType::Disconnect => self.finish(Status::Completed, None),
            EndType::Error => {
                let message = "the flow reached an End node with endType `error`";
                let failure = Failure::new(Code::FLOW_ENDED_IN_ERROR, message);
                self.end_in_error(program, node, failure);
            }
        }
    }

    /// Leaves the flow. The calling flow continues after the call.
    pub(super) fn end_flow(&mut self, program: &Program) {
        loop {
            let Some((step, caller)) = self.leave(program) else {
                return self.finish(Status::Completed, None);
            };
            let next = program.steps[caller.index()].next;
            self.recorder.finish(step, PathTaken::Next, next, self.clock_ms);
            self.node = next;
            if next.is_some() {
                return;
            }
            self.recorder.note(step, || EventKind::Noted(Code::MISSING_ON_COMPLETE));
        }
    }

    /// Removes the frame after copying its outputs. Returns the step and node that called
    /// it, if any.
    fn leave(&mut self, program: &Program) -> Option<(u32, NodeId)> {
        let (step, caller) = self.frame().caller?;
        if self.frame().is_isolated
            && let StepAction::CallFlow(call) = &program.steps[caller.index()].action
            && let Some(isolation) = &call.isolation
        {
            self.copy_outputs(step, &isolation.outputs);
        }
        self.pop_frame();
        Some((step, caller))
    }

    fn copy_outputs(
        &mut self,
        step: u32,
        outputs: &[(crate::flow::VariableId, crate::flow::VariableId)],
    ) {
        let [.., below, called] = self.frames.as_slice() else { return };
        for (own, theirs) in outputs {
            let value = self.slots.variable(called, *theirs).clone();
            self.recorder.note_copy(step, &value, |it| EventKind::Assigned(*own, it));
            self.slots.set_variable(below, *own, value);
        }
    }

    /// Drops all values except the variables of the first flow, which the trace shows.
    pub(super) fn keep_first_variables(&mut self, program: &Program) {
        let layout = self.flow.map(|flow| program.unit(flow).layout.index());
        let count = layout.map_or(0, |layout| program.layouts[layout].len());
        self.slots.values.truncate(count);
    }

    #[inline]
    pub(super) fn frame_is_architect(&self, program: &Program) -> bool {
        program.unit(self.frame().flow).architect.is_some()
    }

    /// The node of the step that is being executed.
    pub(super) fn node_of_step(&self) -> NodeId {
        self.recorder.steps[self.step as usize].node
    }

    /// Sets the node at which the call continues.
    pub(super) fn go_to(&mut self, node: Option<NodeId>) {
        self.node = node;
    }

    pub(super) fn pop_frame(&mut self) -> Option<Frame> {
        let frame = self.frames.pop()?;
        self.slots.values.truncate(frame.floor);
        Some(frame)
    }

    /// Handles a failed step: the call goes to its error target, or the flow ends in
    /// error.
    pub(super) fn fail(
        &mut self,
        program: &Program,
        step: u32,
        node: NodeId,
        failure: Box<Failure>,
    ) {
        let target = program.steps[node.index()].error;
        self.recorder.note(step, || EventKind::Failed(failure.clone()));
        self.recorder.finish(step, PathTaken::Error, target, self.clock_ms);
        self.node = target;
        if target.is_none() {
            self.end_in_error(program, node, failure);
        }
    }

    /// Ends the flow in error, and with it every calling flow whose call has no error
    /// target.
    fn end_in_error(&mut self, program: &Program, node: NodeId, failure: Box<Failure>) {
        while let Some((step, caller)) = self.frame().caller {
            self.pop_frame();
            let target = program.steps[caller.index()].error;
            self.recorder.note(step, || EventKind::Failed(failure.clone()));
            self.recorder.finish(step, PathTaken::Error, target, self.clock_ms);
            self.node = target;
            if target.is_some() {
                return;
            }
        }
        self.finish(Status::Error, Some((failure, node)));
    }

    pub(super) fn finish(
        &mut self,
        status: Status,
        failure: Option<(Box<Failure>, NodeId)>,
    ) {
        // Open calls to flows end with the call.
        for frame in &self.frames {
            if let Some((step, _)) = frame.caller {
                self.recorder.steps[step as usize].end_ms = self.clock_ms;
            }
        }
        let (failure, failed_at) = failure.unzip();
        self.outcome = Some(Outcome { status, failure, failed_at });
    }

    /// The running frame. There is one from the beginning of a call to its end.
    #[inline]
    pub(super) fn frame(&self) -> &Frame {
        self.frames.last().expect("a call has a frame until it is over")
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Makes the session wait.
    #[inline]
    pub(super) fn ask(&mut self, waiting: Waiting) -> Effect {
        self.waiting = Some(waiting);
        Effect::Ask
    }

    /// Whether the host decides the outcome of the current lookup or transfer before the
    /// organisation does.
    pub(super) fn requests_outcome(&self, program: &Program) -> bool {
        let label = program.symbols.node(self.node_of_step());
        let flow = &program.symbols.flow(label.flow).name;
        let organisation = &self.conversation.organisation.0;
        self.requests_outcomes
            || organisation.prepares_action(flow, &label.node_type, &label.name)
    }

    /// Records an event of the current step.
    #[inline(always)]
    pub(super) fn note(&mut self, fact: impl FnOnce() -> EventKind) {
        self.recorder.note(self.step, fact);
    }

    /// Records a prompt that the caller hears.
    #[inline(always)]
    pub(super) fn say(&mut self, speech: &Speech) {
        match speech {
            Speech::Constant(id) => {
                self.note(|| EventKind::Prompted(Phrase::Constant(*id)));
            }
            Speech::Template(template) => {
                let text = self.print(template);
                self.note(|| EventKind::Prompted(Phrase::Made(text)));
            }
        }
    }

    /// Returns a string to play or to pass on. Constants stay ids.
    #[inline(always)]
    pub(super) fn phrase(&mut self, speech: &Speech) -> Phrase {
        match speech {
            Speech::Constant(id) => Phrase::Constant(*id),
            Speech::Template(template) => Phrase::Made(self.print(template)),
        }
    }

    /// Evaluates a template to a string.
    pub(super) fn print(&mut self, template: &Template<Operand>) -> Text {
        let Self { slots, frames, recorder, step, .. } = self;
        let frame = frames.last().expect("a call has a frame until it is over");
        let missing = &mut |operand: &Operand| {
            recorder.note(*step, || EventKind::Missing(operand.reference));
        };
        let text = template.print(&View { slots, frame }, missing);
        self.made_bytes = self.made_bytes.saturating_add(text.len());
        text
    }

    /// Evaluates a form.
    pub(super) fn evaluate(&mut self, form: &Form<Operand>) -> Value {
        // Constants of the flow are shared, not copied.
        if let Form::Constant(json) = form {
            return json.clone().into();
        }
        let Self { slots, frames, recorder, step, .. } = self;
        let frame = frames.last().expect("a call has a frame until it is over");
        let missing = &mut |operand: &Operand| {
            recorder.note(*step, || EventKind::Missing(operand.reference));
        };
        let value = form.evaluate(&View { slots, frame }, missing);
        self.made_bytes = self.made_bytes.saturating_add(size::size_of(&value));
        value
    }

    /// Returns the prompts that the caller has heard.
    pub(super) fn prompts<'s>(
        &'s self,
        symbols: &'s SymbolTable,
    ) -> impl Iterator<Item = &'s str> {
        self.recorder.events.iter().filter_map(|event| match &event.kind {
            EventKind::Prompted(phrase) => Some(phrase.text(symbols).as_str()),
            _ => None,
        })
    }

    /// The status of the call, or `None` before the end.
    pub(super) fn status(&self) -> Option<Status> {
        self.outcome.as_ref().map(|outcome| outcome.status)
    }

    /// The failure that ended the call, if one did.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.outcome.as_ref()?.failure.as_deref()
    }

    /// Takes the trace of a call that is over.
    pub(super) fn take_trace(&mut self, program: &Program) -> Option<Trace> {
        (self.flow.is_some() && self.outcome.is_some()).then(|| self.end_trace(program))
    }

    /// Takes the trace.
    ///
    /// # Panics
    /// Panics if the call is not over.
    pub(super) fn end_trace(&mut self, program: &Program) -> Trace {
        let flow = self.flow.take().expect("there is a call");
        let outcome = self.outcome.take().expect("the call is over");
        self.capacity = Capacity {
            steps: self.recorder.steps.len(),
            events: self.recorder.events.len(),
        };
        let layout = &program.layouts[program.unit(flow).layout.index()];
        let values = &mut self.slots.values[..layout.len()];
        let count = values.iter().filter(|value| !value.is_unset()).count();
        let mut variables = Vec::with_capacity(count);
        for (value, id) in values.iter_mut().zip(layout.first..) {
            if !value.is_unset() {
                // A constant is written to its place at once; the rest follows part by part.
                variables.push((crate::flow::VariableId(0), Value::NOT_SET));
                if let Some((variable, place)) = variables.last_mut() {
                    *variable = crate::flow::VariableId(id);
                    std::mem::swap(place, value);
                }
            }
        }
        // Reset: without a node, a frame and a question, the session is finished.
        self.node = None;
        self.frames.clear();
        self.slots.values.clear();
        Trace {
            flow,
            status: outcome.status,
            failure: outcome.failure,
            failed_at: outcome.failed_at,
            start: self.start.unwrap_or(super::DEFAULT_START),
            elapsed_ms: self.clock_ms,
            actions: self.actions,
            steps: std::mem::take(&mut self.recorder.steps),
            events: self.recorder.events.take(),
            variables,
            built_ins: self.conversation.take_at_start(),
            other_variables: std::mem::take(&mut self.other_variables),
        }
    }
}

//! Lookup of values for Architect's expressions during a call.

use super::conversation::Conversation;
use super::frame::Frame;
use super::recorder::Recorder;
use super::scope::Slots;
use super::state::State;
use crate::diagnostic::Code;
use crate::expr::architect::{BUILT_INS, Directory, Environment, Scope};
use crate::flow::VariableId;
use crate::program::Program;
use crate::program::architect::{Source, Traced};
use crate::trace::{EventKind, Failure};
use crate::value::{
    Collection, DateTime, Duration, EMPTY_STRING, Kind, Text, Type, Value,
};
use crate::world::{named_object, with_objects};

/// The values that the expressions of a task can read.
pub(super) struct TaskView<'s> {
    state: &'s State,
    built_in_first: u32,
    frame: &'s Frame,
    /// Whether the value only explains a failure: no random number is drawn.
    is_explanation: bool,
}

impl TaskView<'_> {
    /// Returns the same values, without any effect on the call.
    pub(super) fn for_explanation(self) -> Self {
        Self { is_explanation: true, ..self }
    }
}

impl Scope for TaskView<'_> {
    #[inline]
    fn variable(&self, slot: u32) -> &Value {
        let State { slots, conversation, .. } = self.state;
        variable(slots, conversation, self.frame, self.built_in_first, slot)
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

/// Returns the value of a variable of a task, of its flow, or of Architect's built-in
/// variables.
#[inline]
fn variable<'s>(
    slots: &'s Slots,
    conversation: &'s Conversation,
    frame: &Frame,
    built_in_first: u32,
    slot: u32,
) -> &'s Value {
    let at = slot as usize;
    let found = if slot >= frame.task_first {
        slots.values.get(frame.outputs.wrapping_add(at))
    } else if slot >= frame.flow_first {
        slots.values.get(frame.variables.wrapping_add(at))
    } else {
        let built_in = slot.wrapping_sub(built_in_first) as usize;
        conversation.built_ins().get(built_in)
    };
    found.unwrap_or(&Value::NOT_SET)
}

/// Whether a value has the type of the value that it replaces. A variable never holds a
/// value of another type, so that no declaration is looked up for the frequent types.
#[inline]
fn is_same_type(before: &Value, value: &Value) -> bool {
    match (before, value) {
        (Value::String(_), Value::String(_)) => true,
        (before, value) => before.type_of() == value.type_of(),
    }
}

/// Returns the slot of a variable that [`variable`] reads.
#[inline]
fn slot_of<'s>(
    slots: &'s mut Slots,
    conversation: &'s mut Conversation,
    frame: &Frame,
    program: &Program,
    id: VariableId,
) -> Option<&'s mut Value> {
    let base = if id.0 >= frame.task_first {
        frame.outputs
    } else if id.0 >= frame.flow_first {
        frame.variables
    } else {
        return conversation.slot(program, id);
    };
    slots.values.get_mut(base.wrapping_add(id.index()))
}

/// Sets the slot of a variable to a copy of a value and records it. Fails if the value is too
/// large for a variable.
#[inline]
fn store(
    slot: &mut Value,
    recorder: &mut Recorder,
    step: u32,
    id: VariableId,
    value: &Value,
) -> Result<(), Box<Failure>> {
    let note = |value| EventKind::Assigned(id, value);
    if !value.is_plain() {
        super::size::check(value)?;
    }
    if let Value::String(text) = value {
        match slot {
            Value::String(place) => *place = text.clone(),
            slot => slot.put(Value::String(text.clone())),
        }
        recorder.note_text(step, text.clone(), note(EMPTY_STRING));
        return Ok(());
    }
    slot.copy_from(value);
    recorder.note_copy(step, value, note);
    Ok(())
}

impl Environment for TaskView<'_> {
    fn directory(&self) -> &dyn Directory {
        &*self.state.conversation.organisation.0
    }

    fn now(&self) -> DateTime {
        self.state.now()
    }

    fn random(&self) -> u64 {
        match self.is_explanation {
            true => 0,
            false => self.state.conversation.random.next(),
        }
    }
}

impl State {
    /// The time of the virtual clock.
    pub(super) fn now(&self) -> DateTime {
        let start = self.start.unwrap_or(super::DEFAULT_START);
        let elapsed = Duration::from_milliseconds(self.clock_ms);
        elapsed.and_then(|elapsed| start.checked_add(elapsed)).unwrap_or(start)
    }

    /// Evaluates a source of an Architect action.
    pub(super) fn value(
        &mut self,
        program: &Program,
        source: &Source,
    ) -> Result<Value, Box<Failure>> {
        if let Source::Constant(value) = source {
            return Ok(value.clone());
        }
        let mut value = Value::NOT_SET;
        self.compute(program, source, &mut value)?;
        Ok(value)
    }

    /// Evaluates a source. A constant is read where it is; any other value is put in the
    /// given place.
    #[inline(always)]
    pub(super) fn peek<'v>(
        &mut self,
        program: &Program,
        source: &'v Source,
        place: &'v mut Value,
    ) -> Result<&'v Value, Box<Failure>> {
        if let Source::Constant(value) = source {
            return Ok(value);
        }
        self.compute(program, source, place)?;
        Ok(place)
    }

    /// Evaluates a source, and puts its value in a place.
    fn compute(
        &mut self,
        program: &Program,
        source: &Source,
        place: &mut Value,
    ) -> Result<(), Box<Failure>> {
        let Source::Expression(expression) = source else {
            return self.compose(program, source, place);
        };
        match expression.evaluate_into(&self.task_view(program), place) {
            Ok(()) if place.is_plain() => Ok(()),
            Ok(()) => {
                let size = super::size::size_of(place);
                self.made_bytes = self.made_bytes.saturating_add(size);
                Ok(())
            }
            Err(failure) => Err(self.failure_of(program, expression, &failure)),
        }
    }

    /// Puts the value of a source that is not an expression in a place.
    #[inline(never)]
    fn compose(
        &mut self,
        program: &Program,
        source: &Source,
        place: &mut Value,
    ) -> Result<(), Box<Failure>> {
        match source {
            Source::Constant(value) => place.copy_from(value),
            Source::Expression(_) => return self.compute(program, source, place),
            Source::Named(kind, name) => *place = self.named(*kind, name),
            Source::List(kind, items) => {
                let items: Result<Vec<Value>, _> =
                    items.iter().map(|item| self.value(program, item)).collect();
                let collection = Collection { kind: *kind, items: items? };
                *place = Value::Collection(std::sync::Arc::new(collection));
            }
            Source::ByLanguage(values) => {
                let language = self.conversation.language();
                *place = self.value(program, values.in_language(&language))?;
            }
            Source::Broken(problem) => {
                return Err(Failure::new(problem.0, problem.1.clone()));
            }
        }
        Ok(())
    }

    /// Returns the object with this name from the organisation, or else an object that
    /// has only this name.
    pub(super) fn named(&self, kind: Kind, name: &Text) -> Value {
        named_object(&*self.conversation.organisation.0, kind, name)
    }

    /// Returns a value that the caller of the flow gave, with the objects of the
    /// organisation that it names.
    pub(super) fn given(&self, value: &Value) -> Value {
        with_objects(&*self.conversation.organisation.0, value.clone())
    }

    pub(super) fn task_view<'s>(&'s self, program: &Program) -> TaskView<'s> {
        self.view_of(program, self.frame())
    }

    /// The values that the expressions of a frame can read.
    pub(super) fn view_of<'s>(
        &'s self,
        program: &Program,
        frame: &'s Frame,
    ) -> TaskView<'s> {
        TaskView {
            state: self,
            built_in_first: program.built_in_first,
            frame,
            is_explanation: false,
        }
    }

    /// Records the operands of a value.
    #[inline]
    pub(super) fn note_operands(&mut self, program: &Program, traced: &Traced) {
        if self.omits_inputs {
            return;
        }
        for (reference, read) in &traced.operands {
            let note = |value| EventKind::Read(*reference, value);
            if !read.path.is_empty() {
                let value = read.value(&self.task_view(program));
                self.note(|| note(value));
                continue;
            }
            self.note_variable(program, VariableId(read.slot), note);
        }
    }

    /// Records an event with the value of a variable.
    #[inline]
    pub(super) fn note_variable(
        &mut self,
        program: &Program,
        id: VariableId,
        kind: impl Fn(Value) -> EventKind,
    ) {
        let Self { recorder, slots, conversation, frames, step, .. } = self;
        let frame = frames.last().expect("a call has a frame until it is over");
        let value = variable(slots, conversation, frame, program.built_in_first, id.0);
        recorder.note_copy(*step, value, kind);
    }

    /// Returns the slot of a variable of the running task, of its flow, or of Architect's
    /// built-in variables.
    pub(super) fn slot(
        &mut self,
        program: &Program,
        id: VariableId,
    ) -> Option<&mut Value> {
        let Self { slots, conversation, frames, .. } = self;
        slot_of(slots, conversation, frames.last()?, program, id)
    }

    /// Returns the slot of a variable that the flow or task of a frame reads.
    pub(super) fn slot_in(
        &mut self,
        program: &Program,
        frame: &Frame,
        id: VariableId,
    ) -> Option<&Value> {
        let Self { slots, conversation, .. } = self;
        slot_of(slots, conversation, frame, program, id).map(|slot| &*slot)
    }

    /// Sets a variable to a copy of a value and records it. A value of another type is
    /// converted like an output in the fixtures. Fails if it cannot be converted, or is too
    /// large for a variable.
    pub(super) fn assign(
        &mut self,
        program: &Program,
        id: VariableId,
        value: &Value,
    ) -> Result<(), Box<Failure>> {
        let Self { slots, conversation, frames, recorder, step, .. } = self;
        let frame = frames.last().expect("a call has a frame until it is over");
        let slot = slot_of(slots, conversation, frame, program, id);
        // Numbers and truth values need neither a conversion nor a check of their size.
        match (slot, value) {
            (Some(Value::Integer(place)), Value::Integer(number)) => {
                *place = *number;
                recorder.note(*step, || EventKind::Assigned(id, Value::Integer(*number)));
                Ok(())
            }
            (Some(Value::Boolean(place)), Value::Boolean(truth)) => {
                *place = *truth;
                recorder.note(*step, || EventKind::Assigned(id, Value::Boolean(*truth)));
                Ok(())
            }
            _ => self.assign_any(program, id, value),
        }
    }

    #[inline(never)]
    fn assign_any(
        &mut self,
        program: &Program,
        id: VariableId,
        value: &Value,
    ) -> Result<(), Box<Failure>> {
        let Self { slots, conversation, frames, recorder, step, .. } = self;
        let frame = frames.last().expect("a call has a frame until it is over");
        match slot_of(slots, conversation, frame, program, id) {
            Some(slot) if is_same_type(slot, value) => {
                store(slot, recorder, *step, id, value)
            }
            Some(_) => match self.converted(program, id, value)? {
                Some(converted) => self.assign_converted(program, id, &converted),
                None => self.assign_converted(program, id, value),
            },
            None => self.assign_converted(program, id, value),
        }
    }

    /// Converts a value to the type of its variable. Returns `None` if it has the type.
    #[inline(never)]
    fn converted(
        &self,
        program: &Program,
        id: VariableId,
        value: &Value,
    ) -> Result<Option<Value>, Box<Failure>> {
        let holds = self.type_of(program, id);
        let given = value.type_of();
        if holds == given || holds == Type::ANY {
            return Ok(None);
        }
        if value.is_unset() {
            return Ok(Some(Value::unset(holds)));
        }
        let name = || program.symbols.variables.get(id.index());
        let is_object = matches!(value, Value::Object(_));
        let converted = match is_object && holds != Type::one(Kind::Json) {
            true => Err(format!("the result has the type {given}")),
            false => Value::decode(&value.to_json(), holds),
        };
        converted.map(Some).map_err(|problem| {
            let name = name().map_or("the variable", Text::as_str);
            let message = format!("`{name}` has the type {holds}: {problem}");
            Failure::new(Code::WRONG_TYPE, message)
        })
    }

    /// Sets a variable, whatever the type of its value is.
    #[inline(never)]
    fn assign_converted(
        &mut self,
        program: &Program,
        id: VariableId,
        value: &Value,
    ) -> Result<(), Box<Failure>> {
        let Self { slots, conversation, frames, recorder, step, .. } = self;
        let frame = frames.last().expect("a call has a frame until it is over");
        // A variable without a slot is only recorded.
        let mut nowhere = Value::NOT_SET;
        let slot = slot_of(slots, conversation, frame, program, id);
        store(slot.unwrap_or(&mut nowhere), recorder, *step, id, value)
    }

    /// The type of a variable.
    pub(super) fn type_of(&self, program: &Program, id: VariableId) -> Type {
        let frame = self.frame();
        let sequence = frame.sequence.map(|id| &program.sequence(id).variables);
        let of_task = sequence.and_then(|variables| variables.get(id));
        let flow = program.unit(frame.flow).architect.as_deref();
        let declared = of_task.or_else(|| flow?.variables.get(id));
        declared.map_or_else(
            || {
                let built_in = id.0.wrapping_sub(program.built_in_first) as usize;
                BUILT_INS.get(built_in).map_or(Type::ANY, |known| known.value_type)
            },
            |variable| variable.value_type,
        )
    }
}

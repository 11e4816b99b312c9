//! Lookup of values for Architect's expressions during a call.

use super::frame::Frame;
use super::state::State;
use crate::expr::architect::{BUILT_INS, Directory, Environment, Scope};
use crate::flow::VariableId;
use crate::program::Program;
use crate::program::architect::{Source, Traced};
use crate::trace::{EventKind, Failure};
use crate::value::{Collection, DateTime, Duration, Kind, Text, Type, Value};
use crate::world::object_of_name;

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
    fn variable(&self, slot: u32) -> &Value {
        let at = slot as usize;
        let values = &self.state.slots.values;
        let found = if slot >= self.frame.task_first {
            values.get(self.frame.outputs.wrapping_add(at))
        } else if slot >= self.frame.flow_first {
            values.get(self.frame.variables.wrapping_add(at))
        } else {
            let built_in = slot.wrapping_sub(self.built_in_first) as usize;
            self.state.conversation.built_ins().get(built_in)
        };
        found.unwrap_or(&Value::NOT_SET)
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
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
        match source {
            Source::Constant(value) => Ok(value.clone()),
            Source::Expression(expression) => {
                let value = expression
                    .evaluate(&self.task_view(program))
                    .map_err(|failure| self.failure_of(program, expression, &failure))?;
                let size = super::size::size_of(&value);
                self.made_bytes = self.made_bytes.saturating_add(size);
                Ok(value)
            }
            Source::Named(kind, name) => Ok(self.named(*kind, name)),
            Source::List(kind, items) => {
                let items: Result<Vec<Value>, _> =
                    items.iter().map(|item| self.value(program, item)).collect();
                let collection = Collection { kind: *kind, items: items? };
                Ok(Value::Collection(std::sync::Arc::new(collection)))
            }
            Source::ByLanguage(values) => {
                let language = self.conversation.language();
                self.value(program, values.in_language(&language))
            }
            Source::Broken(problem) => Err(Failure::new(problem.0, problem.1.clone())),
        }
    }

    /// Returns the object with this name from the organisation, or else an object that
    /// has only this name.
    pub(super) fn named(&self, kind: Kind, name: &Text) -> Value {
        let organisation = &self.conversation.organisation.0;
        organisation.by_name(kind, name).unwrap_or_else(|| object_of_name(kind, name))
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
            let value = read.value(&self.task_view(program));
            self.note(|| EventKind::Read(*reference, value));
        }
    }

    /// Returns the slot of a variable of the running task, of its flow, or of Architect's
    /// built-in variables.
    pub(super) fn slot(
        &mut self,
        program: &Program,
        id: VariableId,
    ) -> Option<&mut Value> {
        let frame = self.frames.last()?;
        let base = if id.0 >= frame.task_first {
            frame.outputs
        } else if id.0 >= frame.flow_first {
            frame.variables
        } else {
            return self.conversation.slot(program, id);
        };
        self.slots.values.get_mut(base.wrapping_add(id.index()))
    }

    /// Sets a variable and records it. Fails if the value is too large for a variable.
    pub(super) fn assign(
        &mut self,
        program: &Program,
        id: VariableId,
        value: Value,
    ) -> Result<(), Box<Failure>> {
        super::size::check(&value)?;
        if let Some(slot) = self.slot(program, id) {
            *slot = value.clone();
        }
        self.note(|| EventKind::Assigned(id, value));
        Ok(())
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

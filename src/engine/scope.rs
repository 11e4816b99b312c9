//! Lookup of values for templates and conditions during a call.

use std::borrow::Cow;

use super::frame::Frame;
use crate::expr::draft::Scope;
use crate::flow::VariableId;
use crate::program::{Operand, OutputId, Place};
use crate::value::{Json, Text, Value};

/// The slots of all frames, stacked, and the context of the conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Slots {
    pub(super) values: Vec<Value>,
    pub(super) context: Vec<Value>,
}

impl Slots {
    /// Adds a slot with a copy of a value.
    #[inline]
    pub(super) fn push(&mut self, value: &Value) {
        self.values.push(Value::NOT_SET);
        if let Some(place) = self.values.last_mut() {
            place.fill(value);
        }
    }

    #[inline]
    pub(super) fn variable(&self, frame: &Frame, id: VariableId) -> &Value {
        &self.values[frame.variables.wrapping_add(id.index())]
    }

    /// Returns the value that an operand names, without the fields below it.
    #[inline]
    pub(super) fn whole(&self, frame: &Frame, operand: &Operand) -> &Value {
        match operand.place {
            Place::Variable(variable, context) => {
                let value = self.variable(frame, variable);
                if value.is_unset() { &self.context[context.index()] } else { value }
            }
            Place::Output(output) => &self.values[frame.outputs + output.0 as usize],
        }
    }

    #[inline]
    pub(super) fn set_variable(&mut self, frame: &Frame, id: VariableId, value: Value) {
        *self.variable_mut(frame, id) = value;
    }

    #[inline]
    pub(super) fn variable_mut(&mut self, frame: &Frame, id: VariableId) -> &mut Value {
        &mut self.values[frame.variables.wrapping_add(id.index())]
    }

    #[inline]
    pub(super) fn set_output_text(&mut self, frame: &Frame, id: OutputId, text: &Text) {
        let place = &mut self.values[frame.outputs + id.0 as usize];
        place.set_text(text.clone());
    }

    #[inline]
    pub(super) fn set_output(&mut self, frame: &Frame, id: OutputId, value: Value) {
        self.values[frame.outputs + id.0 as usize] = value;
    }
}

/// The values that are visible in a frame.
pub(super) struct View<'s> {
    pub(super) slots: &'s Slots,
    pub(super) frame: &'s Frame,
}

impl Scope<Operand> for View<'_> {
    #[inline]
    fn read(&self, operand: &Operand) -> Cow<'_, Value> {
        let value = self.slots.whole(self.frame, operand);
        if operand.path.is_empty() {
            Cow::Borrowed(value)
        } else {
            field(value, &operand.path)
        }
    }

    #[inline]
    fn peek(&self, operand: &Operand) -> Option<&Value> {
        operand.path.is_empty().then(|| self.slots.whole(self.frame, operand))
    }
}

/// Returns a field below a value, at any depth; NOT_SET if there is no such field.
pub(super) fn field<'v>(value: &'v Value, path: &[Text]) -> Cow<'v, Value> {
    if path.is_empty() {
        return Cow::Borrowed(value);
    }
    let (json, path) = match value {
        Value::Json(json) => (json, path),
        Value::Object(object) => match object.properties.get(&path[0]) {
            Some(value) if path.len() == 1 => return Cow::Borrowed(value),
            Some(value) => return field(value, &path[1..]),
            None => return Cow::Owned(Value::NOT_SET),
        },
        _ => return Cow::Owned(Value::NOT_SET),
    };
    let found = path.iter().try_fold(json, |json: &Json, name| json.member(name));
    Cow::Owned(found.cloned().unwrap_or_default().into())
}

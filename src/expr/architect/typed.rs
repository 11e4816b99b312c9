//! The typed tree: names are resolved, overloads chosen and implicit casts inserted.

use crate::value::{Text, Type, Value};

use super::signature::{Function, Overload};
use super::tree::Place;

/// An expression or a part of one, with its type.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) form: TypedForm,
    pub(super) value_type: Type,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) enum TypedForm {
    /// A literal.
    Literal(Value),
    /// A constant with a name: `System.MaxInt`.
    Named(Value, Text),
    /// A variable by its slot and name.
    Variable(u32, Text),
    /// A prompt of the organisation.
    Prompt { is_system: bool, name: Text },
    /// A function or operator.
    Call(Box<TypedCall>),
    /// A property by its name.
    Property(Box<Typed>, Text),
    /// A part with an error. A problem is recorded for it.
    Unknown,
}

#[derive(Debug, Clone)]
pub(super) struct TypedCall {
    pub(super) function: &'static Function,
    pub(super) overload: &'static Overload,
    pub(super) arguments: Vec<Typed>,
    /// The name in canonical text. An operator that is a word keeps its spelling.
    pub(super) shown: Text,
}

impl Typed {
    pub(super) fn new(form: TypedForm, holds: Type, place: Place) -> Self {
        Self { form, value_type: holds, place }
    }

    /// The value, if it is known at compile time.
    pub(super) fn constant(&self) -> Option<&Value> {
        match &self.form {
            TypedForm::Literal(value) | TypedForm::Named(value, _) => Some(value),
            _ => None,
        }
    }
}

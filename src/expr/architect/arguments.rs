//! The arguments of a function call.

use crate::diagnostic::Code;
use crate::value::{Currency, DateTime, Decimal, Duration, Number, Text, Type, Value};

use super::environment::Environment;
use super::failure::Failure;
use super::signature::{Function, Overload};

/// The arguments of one call, checked against the overload: their number and types fit,
/// and none is NOT_SET, zero or out of range where the parameter refuses it.
///
/// Places count from 0. Reading an argument as a type other than the parameter's is a
/// failure, never a panic.
pub struct Arguments<'a> {
    pub(super) values: &'a [&'a Value],
    pub(super) environment: &'a dyn Environment,
    pub(super) function: &'static Function,
    pub(super) overload: &'static Overload,
    /// The type of the call's result, with `Any` resolved.
    pub(super) result: Type,
}

impl<'a> Arguments<'a> {
    /// The organisation, the clock and the random number generator.
    pub fn environment(&self) -> &'a dyn Environment {
        self.environment
    }

    /// The type of the call's result: the overload's result type, with `Any` resolved.
    pub fn result_type(&self) -> Type {
        self.result
    }

    /// NOT_SET with the type of the call's result.
    pub fn not_set(&self) -> Value {
        Value::NotSet(self.result)
    }

    /// All values, including NOT_SET.
    pub fn values(&self) -> &'a [&'a Value] {
        self.values
    }

    /// The value at a place. NOT_SET if fewer values were given.
    pub fn value(&self, place: usize) -> &'a Value {
        const NOTHING: &Value = &Value::NOT_SET;
        self.values.get(place).copied().unwrap_or(NOTHING)
    }

    /// A String.
    pub fn text(&self, place: usize) -> Result<&'a Text, Failure> {
        match self.value(place) {
            Value::String(text) => Ok(text),
            _ => Err(self.unexpected(place)),
        }
    }

    /// A String that may be NOT_SET.
    pub(super) fn optional_text(
        &self,
        place: usize,
    ) -> Result<Option<&'a Text>, Failure> {
        self.optional(place, Self::text)
    }

    /// A Boolean.
    pub fn boolean(&self, place: usize) -> Result<bool, Failure> {
        match self.value(place) {
            Value::Boolean(truth) => Ok(*truth),
            _ => Err(self.unexpected(place)),
        }
    }

    /// An Integer.
    pub fn integer(&self, place: usize) -> Result<i64, Failure> {
        match self.value(place) {
            Value::Integer(number) => Ok(*number),
            _ => Err(self.unexpected(place)),
        }
    }

    /// A Decimal, or an Integer as one.
    pub fn decimal(&self, place: usize) -> Result<Decimal, Failure> {
        match self.value(place) {
            Value::Decimal(number) => Ok(number.clone()),
            Value::Integer(number) => Ok(Decimal::from(*number)),
            _ => Err(self.unexpected(place)),
        }
    }

    /// An Integer or a Decimal.
    pub fn number(&self, place: usize) -> Result<Number, Failure> {
        match self.value(place) {
            Value::Integer(number) => Ok(Number::Integer(*number)),
            Value::Decimal(number) => Ok(Number::Decimal(number.clone())),
            _ => Err(self.unexpected(place)),
        }
    }

    /// A DateTime.
    pub(super) fn datetime(&self, place: usize) -> Result<DateTime, Failure> {
        match self.value(place) {
            Value::DateTime(time) => Ok(*time),
            _ => Err(self.unexpected(place)),
        }
    }

    /// A Duration.
    pub fn duration(&self, place: usize) -> Result<Duration, Failure> {
        match self.value(place) {
            Value::Duration(duration) => Ok(*duration),
            _ => Err(self.unexpected(place)),
        }
    }

    /// A Currency.
    pub fn currency(&self, place: usize) -> Result<&'a Currency, Failure> {
        match self.value(place) {
            Value::Currency(currency) => Ok(currency),
            _ => Err(self.unexpected(place)),
        }
    }

    /// The items of a collection.
    pub fn items(&self, place: usize) -> Result<&'a [Value], Failure> {
        match self.value(place) {
            Value::Collection(collection) => Ok(&collection.items),
            _ => Err(self.unexpected(place)),
        }
    }

    /// Reads a value. Returns `None` if it is NOT_SET or was not given.
    pub fn optional<T>(
        &self,
        place: usize,
        read: impl FnOnce(&Self, usize) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        if self.value(place).is_unset() { Ok(None) } else { read(self, place).map(Some) }
    }

    /// Creates a failure of this call. The function's name precedes the message.
    #[cold]
    pub fn fail(&self, code: Code, message: &str) -> Failure {
        Failure::new(code, format!("{}: {message}", self.function.shown()))
    }

    /// The name of the parameter at a place.
    pub(super) fn parameter_name(&self, place: usize) -> &'static str {
        let parameters = self.overload.parameters;
        let found = parameters.get(place).or_else(|| parameters.last());
        found.map_or("argument", |parameter| parameter.name)
    }

    #[cold]
    fn unexpected(&self, place: usize) -> Failure {
        let name = self.parameter_name(place);
        let found = self.value(place).type_of();
        if self.value(place).is_unset() {
            let message = format!("{name} is NOT_SET");
            self.fail(Code::NOT_SET_NOT_ALLOWED, &message)
        } else {
            let message = format!("{name} has the unexpected type {found}");
            self.fail(Code::CONVERSION_FAILED, &message)
        }
    }
}

//! Signatures of functions and operators: the form in which the catalogue is written.

use std::borrow::Cow;

use crate::value::{Kind, Type, Value};

use super::arguments::Arguments;
use super::failure::Failure;

/// A function or operator of the language.
#[derive(Debug)]
pub struct Function {
    /// The name in Architect's spelling, or the symbol of an operator.
    pub name: &'static str,
    /// The category in the documentation.
    pub category: Category,
    /// The purpose, in one sentence.
    pub summary: &'static str,
    /// An example expression, and its value as JSON, as printed by `flowsim eval`.
    pub example: (&'static str, &'static str),
    /// The overloads, in the order in which they are tried.
    pub overloads: &'static [Overload],
}

impl Function {
    /// The name in messages and lists: `Upper`, `` `+` ``, `` `[ ]` ``.
    pub fn shown(&self) -> Cow<'static, str> {
        match (self.category, self.name) {
            (Category::Operators, "[") => "`[ ]`".into(),
            (Category::Operators, "?") => "`? :`".into(),
            (Category::Operators, name) => format!("`{name}`").into(),
            (_, name) => name.into(),
        }
    }
}

/// An overload of a function.
#[derive(Debug, Clone, Copy)]
pub struct Overload {
    /// The parameters. Only the last may be repeated.
    pub parameters: &'static [Parameter],
    /// The type of the result. `Any` is the common type of the `Any` parameters.
    pub returns: Type,
    /// Computes the result.
    pub evaluate: Evaluate,
    /// Whether the result depends on more than the arguments: the organisation, its
    /// policies, the clock or the random number generator. Such calls are never computed
    /// at compile time.
    pub reads_environment: bool,
    /// The reason why the result may differ between two calls with the same arguments.
    pub varies: Option<Varying>,
    /// For overloads from one argument to an Integer: computes the result without
    /// creating a value. Returns `None` if `evaluate` must be called.
    pub measure: Option<Measure>,
}

/// Something that changes during a call without an action of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Varying {
    /// The virtual clock.
    Clock,
    /// The random number generator.
    Random,
}

/// The body of a function.
pub type Evaluate = fn(&Arguments<'_>) -> Result<Value, Failure>;

/// A fast path from one argument to an Integer.
pub type Measure = fn(&Value) -> Option<i64>;

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The name in the documentation.
    pub name: &'static str,
    /// Its type. `Any` parameters of one call have the same type.
    pub wanted: Type,
    /// Whether NOT_SET is accepted.
    pub allows_not_set: bool,
    /// Whether the argument may be repeated.
    pub is_repeatable: bool,
    /// Whether every value of any type is accepted, without conversion.
    pub accepts_any_value: bool,
    /// Whether the argument must be a literal.
    pub must_be_literal: bool,
    /// Whether zero is refused.
    pub refuses_zero: bool,
    /// The smallest and the largest accepted number.
    pub range: Option<(i64, i64)>,
    /// Whether the argument is a currency code of ISO 4217.
    pub is_currency_code: bool,
}

impl Overload {
    /// Marks the result as dependent on the organisation, the clock or the random number
    /// generator.
    #[must_use]
    pub(super) const fn reading_surroundings(self) -> Self {
        Self { reads_environment: true, ..self }
    }

    /// Marks the result as dependent on something that changes during a call.
    #[must_use]
    pub(super) const fn varying(self, varying: Varying) -> Self {
        Self { reads_environment: true, varies: Some(varying), ..self }
    }

    /// Adds a fast path from the argument to the result.
    #[must_use]
    pub(super) const fn measured(self, measure: Measure) -> Self {
        Self { measure: Some(measure), ..self }
    }
}

impl Parameter {
    /// Accepts NOT_SET.
    #[must_use]
    pub(super) const fn or_not_set(self) -> Self {
        Self { allows_not_set: true, ..self }
    }

    /// Refuses NOT_SET again.
    #[must_use]
    pub(super) const fn required(self) -> Self {
        Self { allows_not_set: false, ..self }
    }

    /// Allows repetition.
    #[must_use]
    pub const fn repeated(self) -> Self {
        Self { is_repeatable: true, ..self }
    }

    /// Accepts every value of any type, without conversion.
    #[must_use]
    pub(super) const fn of_every_type(self) -> Self {
        Self { accepts_any_value: true, allows_not_set: true, ..self }
    }

    /// Requires a literal.
    #[must_use]
    pub const fn literal(self) -> Self {
        Self { must_be_literal: true, ..self }
    }

    /// Refuses zero.
    #[must_use]
    pub(super) const fn not_zero(self) -> Self {
        Self { refuses_zero: true, ..self }
    }

    /// Requires a currency code.
    #[must_use]
    pub(super) const fn currency_code(self) -> Self {
        Self { is_currency_code: true, ..self }
    }

    /// Requires a number between these bounds, both included.
    #[must_use]
    pub const fn within(self, least: i64, most: i64) -> Self {
        Self { range: Some((least, most)), ..self }
    }

    /// Requires at least this number.
    #[must_use]
    pub const fn at_least(self, least: i64) -> Self {
        self.within(least, i64::MAX)
    }
}

/// Creates a pure overload from its parameters, result type and implementation.
pub(super) const fn overload(
    parameters: &'static [Parameter],
    returns: Type,
    evaluate: Evaluate,
) -> Overload {
    let (reads_environment, varies, measure) = (false, None, None);
    Overload { parameters, returns, evaluate, reads_environment, varies, measure }
}

/// Creates a parameter that takes one value.
pub(super) const fn one(name: &'static str, kind: Kind) -> Parameter {
    parameter(name, Type::one(kind))
}

/// Creates a parameter that takes a collection.
pub(super) const fn many(name: &'static str, kind: Kind) -> Parameter {
    parameter(name, Type::many(kind))
}

const fn parameter(name: &'static str, wanted: Type) -> Parameter {
    Parameter {
        name,
        wanted,
        allows_not_set: false,
        is_repeatable: false,
        accepts_any_value: false,
        must_be_literal: false,
        refuses_zero: false,
        range: None,
        is_currency_code: false,
    }
}

/// The category of a function in the documentation. *Source: the catalogue's categories.*
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the catalogue's names")]
pub enum Category {
    Operators,
    Text,
    DateTime,
    Mathematical,
    Statistical,
    Logical,
    Comparison,
    List,
    Cast,
    Audio,
    Financial,
    Email,
    Language,
    Search,
    Json,
    Digital,
}

impl Category {
    /// The printed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operators => "operators",
            Self::Text => "text",
            Self::DateTime => "date and time",
            Self::Mathematical => "mathematical",
            Self::Statistical => "statistical",
            Self::Logical => "logical",
            Self::Comparison => "comparison",
            Self::List => "list",
            Self::Cast => "cast",
            Self::Audio => "audio",
            Self::Financial => "financial",
            Self::Email => "email",
            Self::Language => "language",
            Self::Search => "search",
            Self::Json => "json",
            Self::Digital => "digital",
        }
    }
}

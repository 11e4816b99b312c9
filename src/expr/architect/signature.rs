//! What a function or operator takes and gives: the form in which the catalogue is written.

use std::borrow::Cow;

use crate::value::{Kind, Type, Value};

use super::arguments::Arguments;
use super::failure::Failure;

/// A function or operator of the language.
#[derive(Debug)]
pub struct Function {
    /// The name as Architect writes it, or the symbol of an operator.
    pub name: &'static str,
    /// Where the documentation puts it.
    pub category: Category,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// An expression that shows it, and the JSON that `flowsim eval` answers: its value.
    pub example: (&'static str, &'static str),
    /// The ways in which it can be called, in the order in which they are tried.
    pub overloads: &'static [Overload],
}

impl Function {
    /// The name as messages and lists show it: `Upper`, `` `+` ``, `` `[ ]` ``.
    pub fn shown(&self) -> Cow<'static, str> {
        match (self.category, self.name) {
            (Category::Operators, "[") => "`[ ]`".into(),
            (Category::Operators, "?") => "`? :`".into(),
            (Category::Operators, name) => format!("`{name}`").into(),
            (_, name) => name.into(),
        }
    }
}

/// One way to call a function.
#[derive(Debug, Clone, Copy)]
pub struct Overload {
    /// What it takes. Only the last may be repeated.
    pub parameters: &'static [Parameter],
    /// What it gives. `Any` is the type that the `Any` parameters have in common.
    pub returns: Type,
    /// Computes the result.
    pub evaluate: Evaluate,
    /// Whether the result depends on more than the arguments: the organisation, its
    /// policies, the clock or chance. Such calls are never computed ahead.
    pub reads_surroundings: bool,
    /// For one argument and an Integer: the result without a detour over a value, or nothing
    /// if `evaluate` has to be asked.
    pub measure: Option<Measure>,
}

/// The body of a function.
pub type Evaluate = fn(&Arguments<'_>) -> Result<Value, Failure>;

/// A shorter way from one argument to an Integer.
pub type Measure = fn(&Value) -> Option<i64>;

/// What a function takes at one place.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name in the documentation.
    pub name: &'static str,
    /// Its type. `Any` parameters of one call have the same type.
    pub wanted: Type,
    /// Whether NOT_SET may be given.
    pub allows_not_set: bool,
    /// Whether it may be given again and again.
    pub is_repeatable: bool,
    /// Whether every value will do, of whatever type, as it is.
    pub takes_everything: bool,
    /// Whether only a literal will do.
    pub must_be_literal: bool,
    /// Whether zero is refused.
    pub refuses_zero: bool,
    /// The smallest and the largest number that is allowed.
    pub range: Option<(i64, i64)>,
}

impl Overload {
    /// The result depends on the organisation, the clock or chance.
    #[must_use]
    pub const fn reading_surroundings(self) -> Self {
        Self { reads_surroundings: true, ..self }
    }

    /// There is a shorter way from the argument to the result.
    #[must_use]
    pub(super) const fn measured(self, measure: Measure) -> Self {
        Self { measure: Some(measure), ..self }
    }
}

impl Parameter {
    /// NOT_SET may be given.
    #[must_use]
    pub const fn or_not_set(self) -> Self {
        Self { allows_not_set: true, ..self }
    }

    /// NOT_SET may not be given after all.
    #[must_use]
    pub(super) const fn but_set(self) -> Self {
        Self { allows_not_set: false, ..self }
    }

    /// May be given again and again.
    #[must_use]
    pub const fn repeated(self) -> Self {
        Self { is_repeatable: true, ..self }
    }

    /// Every value will do, of whatever type, as it is.
    #[must_use]
    pub const fn of_every_type(self) -> Self {
        Self { takes_everything: true, allows_not_set: true, ..self }
    }

    /// Only a literal will do.
    #[must_use]
    pub const fn literal(self) -> Self {
        Self { must_be_literal: true, ..self }
    }

    /// Zero is refused.
    #[must_use]
    pub const fn not_zero(self) -> Self {
        Self { refuses_zero: true, ..self }
    }

    /// Must lie between these numbers, both included.
    #[must_use]
    pub const fn within(self, least: i64, most: i64) -> Self {
        Self { range: Some((least, most)), ..self }
    }

    /// Must not be less than this number.
    #[must_use]
    pub const fn at_least(self, least: i64) -> Self {
        self.within(least, i64::MAX)
    }
}

/// A pure overload: what it takes, what it gives, how.
pub(super) const fn overload(
    parameters: &'static [Parameter],
    returns: Type,
    evaluate: Evaluate,
) -> Overload {
    Overload { parameters, returns, evaluate, reads_surroundings: false, measure: None }
}

/// A parameter of one value.
pub(super) const fn one(name: &'static str, kind: Kind) -> Parameter {
    parameter(name, Type::one(kind))
}

/// A parameter that takes a collection.
pub(super) const fn many(name: &'static str, kind: Kind) -> Parameter {
    parameter(name, Type::many(kind))
}

const fn parameter(name: &'static str, wanted: Type) -> Parameter {
    Parameter {
        name,
        wanted,
        allows_not_set: false,
        is_repeatable: false,
        takes_everything: false,
        must_be_literal: false,
        refuses_zero: false,
        range: None,
    }
}

/// Where the documentation puts a function. *Source: the catalogue's categories.*
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the catalogue's own names")]
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
    /// The name as it is shown.
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

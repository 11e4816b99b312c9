//! The wording of what is wrong with types and arguments.

use crate::diagnostic::{Code, nearest};
use crate::value::{Number, Type, Value, properties_of};

use super::problem::Problem;
use super::signature::{Category, Function, Overload, Parameter};
use super::tree::Place;

/// No overload fits.
pub(super) fn no_overload(function: &Function, given: &[Type], place: Place) -> Problem {
    let overloads: Vec<String> = function.overloads.iter().map(parameters).collect();
    let what = match function.category {
        Category::Operators => format!("`{}`", function.name),
        _ => function.name.to_owned(),
    };
    let message =
        format!("{what} takes {}; you gave {}", alternatives(&overloads), list(given));
    let problem = Problem::new(Code::WRONG_ARGUMENTS, place, message);
    match function.category {
        Category::Operators => problem,
        _ => problem
            .with_help(format!("`flowsim functions {}` shows examples", function.name)),
    }
}

/// The types that an overload takes: `(String, String, Boolean)`.
pub fn parameters(overload: &Overload) -> String {
    let types = overload.parameters.iter().map(|parameter| {
        let more = if parameter.is_repeatable { "…" } else { "" };
        format!("{}{more}", parameter.wanted)
    });
    format!("({})", types.collect::<Vec<_>>().join(", "))
}

fn list(types: &[Type]) -> String {
    let names: Vec<String> = types.iter().map(Type::to_string).collect();
    format!("({})", names.join(", "))
}

fn alternatives(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The type has no such property.
pub(super) fn unknown_member(base: Type, name: &str, place: Place) -> Problem {
    let properties = properties_of(base.kind);
    let message = format!("{base} has no property `{name}`");
    let problem = Problem::new(Code::UNKNOWN_MEMBER, place, message);
    if base.is_collection {
        return problem.with_help("pick an item first: `[0]`");
    }
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => problem.with_help(format!("did you mean `{near}`?")),
        None if names.is_empty() => problem,
        None => problem.with_help(format!("its properties are {}", names.join(", "))),
    }
}

/// What a parameter says to a value that it refuses; nothing if it takes it.
pub(super) fn refusal(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = parameter.name;
    if parameter.refuses_zero && is_zero(value) {
        return Some(format!("{name} must not be zero"));
    }
    let (least, most) = parameter.range?;
    let number = Number::of(value).filter(|_| !matches!(value, Value::String(_)))?;
    let is_below = number.compare(&Number::Integer(least)).is_lt();
    let is_above = number.compare(&Number::Integer(most)).is_gt();
    if is_below && most == i64::MAX {
        Some(format!("{name} must be at least {least}, not {value}"))
    } else if is_below || is_above {
        Some(format!("{name} must be between {least} and {most}, not {value}"))
    } else {
        None
    }
}

/// Whether a number is zero.
pub(super) fn is_zero(value: &Value) -> bool {
    match value {
        Value::Integer(number) => *number == 0,
        Value::Decimal(number) => number.is_zero(),
        _ => false,
    }
}

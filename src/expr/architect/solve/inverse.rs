//! Functions and operators backwards: from a wanted result to an argument.

use std::sync::Arc;

use crate::value::{DateTime, Json, Kind, Text, Value};

use super::super::code::{Call, Code, Shape};
use super::super::signature::{Category, Varying};
use super::compare::comparison;
use super::{CLOCK, Changed, Changes, candidates, numbers, plain, text, type_of, value};

/// Returns changes after which a call may have a value.
pub(super) fn call(call: &Call, wanted: &Value, scope: &Changed<'_>) -> Changes {
    if call.shape != Shape::Any {
        let is_wanted = *wanted == Value::Boolean(true);
        return comparison(&call.arguments, call.shape, is_wanted, scope);
    }
    if call.overload.varies == Some(Varying::Clock) && call.arguments.is_empty() {
        return vec![(CLOCK, wanted.clone())];
    }
    let name = call.function.name;
    match &*call.arguments {
        [one] if call.function.category == Category::Operators => {
            negated(name, one, wanted, scope)
        }
        [one, two] if call.function.category == Category::Operators => {
            let mut found = numbers::operator(name, [one, two], wanted, scope);
            found.extend(text::joined(name, [one, two], wanted, scope));
            found
        }
        arguments => function(name, arguments, wanted, scope),
    }
}

fn negated(name: &str, code: &Code, wanted: &Value, scope: &Changed<'_>) -> Changes {
    let target = match (name, wanted) {
        ("-", Value::Integer(number)) => number.checked_neg().map(Value::Integer),
        ("-", Value::Decimal(number)) => Some(Value::Decimal(number.negate())),
        _ => None,
    };
    target.map_or_else(Changes::new, |it| candidates(code, &it, scope))
}

/// Changes an argument of a function.
fn function(
    name: &str,
    arguments: &[Code],
    wanted: &Value,
    scope: &Changed<'_>,
) -> Changes {
    let [first, rest @ ..] = arguments else { return Changes::new() };
    let to_first = |targets: Vec<Value>| -> Changes {
        targets.iter().flat_map(|it| candidates(first, it, scope)).collect()
    };
    let holds = type_of(first, scope);
    match name {
        "ToInt" | "ToDecimal" | "ToString" | "ToBool" | "ToDateTime" | "ToDuration"
        | "Ceiling" | "Floor" | "Round" => {
            to_first(numbers::converted(wanted, holds.kind).into_iter().collect())
        }
        "Year" | "Month" | "Day" | "Hour" | "Minute" | "Second" | "DayOfWeek" => {
            let Some(current) = date_of(first, scope) else { return Changes::new() };
            to_first(numbers::with_part(name, wanted, current).into_iter().collect())
        }
        "DateTimeDiff" if let [second] = rest => {
            numbers::operator("diff", [first, second], wanted, scope)
        }
        "AddDuration" if let [second] = rest => {
            numbers::operator("+", [first, second], wanted, scope)
        }
        "AddDays" | "AddHours" | "AddMinutes" | "AddSeconds" | "AddMonths"
        | "AddYears" => {
            let count = rest.first().and_then(|it| value(scope, it));
            let before = count.and_then(|it| numbers::before(name, wanted, &it));
            to_first(before.into_iter().collect())
        }
        "IsSet" | "IsNotSetOrEmpty" => {
            let is_set = (name == "IsSet") == (*wanted == Value::Boolean(true));
            to_first(match is_set {
                true => plain(holds).into_iter().collect(),
                false => vec![Value::unset(holds)],
            })
        }
        "AreEqual" => {
            comparison(arguments, Shape::Equal, *wanted == Value::Boolean(true), scope)
        }
        "ToPhoneNumber" => to_first(vec![wanted.clone()]),
        _ => text::function(name, first, rest, wanted, scope),
    }
}

fn date_of(code: &Code, scope: &Changed<'_>) -> Option<DateTime> {
    match value(scope, code).or_else(|| plain(type_of(code, scope)))? {
        Value::DateTime(time) => Some(time),
        _ => None,
    }
}

/// Changes the value whose property is read: a JSON object, or the address of a telephone
/// number.
pub(super) fn property(
    base: &Code,
    name: &Text,
    wanted: &Value,
    scope: &Changed<'_>,
) -> Changes {
    let holds = type_of(base, scope);
    match holds.kind {
        Kind::Json if !holds.is_collection => {
            let mut members = match value(scope, base) {
                Some(Value::Json(Json::Object(members))) => members,
                _ => Arc::default(),
            };
            let member = match wanted.is_unset() {
                true => Json::Null,
                false => wanted.to_json(),
            };
            Arc::make_mut(&mut members).insert(name.clone(), member);
            candidates(base, &Value::Json(Json::Object(members)), scope)
        }
        Kind::PhoneNumber => {
            let Value::String(part) = wanted else { return Changes::new() };
            let address = match name.to_ascii_lowercase().as_str() {
                "e164" => format!("tel:{part}"),
                "uri" | "raw" => part.to_string(),
                "dialingcode" => format!("tel:+{part}5550100"),
                _ => return Changes::new(),
            };
            candidates(base, &Value::String(address.into()), scope)
        }
        _ => Changes::new(),
    }
}

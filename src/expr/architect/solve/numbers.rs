//! Arithmetic, and parts of dates and times, backwards.

use crate::value::{Date, DateTime, Decimal, Duration, Kind, Time, Type, Value};

use super::super::code::Code;
use super::compare::fitted;
use super::{Changed, Changes, candidates, type_of, value};

/// Changes one operand of an operator so that the result is the wanted one.
pub(super) fn operator(
    name: &str,
    sides: [&Code; 2],
    wanted: &Value,
    scope: &Changed<'_>,
) -> Changes {
    let mut found = Changes::new();
    for (place, code) in sides.into_iter().enumerate() {
        let Some(other) = value(scope, sides[1 - place]) else { continue };
        for target in operands(name, place == 0, wanted, &other, value(scope, code)) {
            if let Some(target) = fitted(target, type_of(code, scope)) {
                found.extend(candidates(code, &target, scope));
            }
        }
    }
    found
}

/// Returns values of the first or second operand with which an operator has a result.
fn operands(
    name: &str,
    is_first: bool,
    wanted: &Value,
    other: &Value,
    current: Option<Value>,
) -> Vec<Value> {
    if let (Some(wanted), Some(other)) = (number(wanted), number(other)) {
        let current = current.and_then(|it| number(&it));
        let found = match name {
            "%" if is_first => dividends(&wanted, &other, current),
            _ => quotients(name, is_first, &wanted, &other),
        };
        return found.into_iter().map(Value::Decimal).collect();
    }
    times(name, is_first, wanted, other).into_iter().collect()
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(number.clone()),
        _ => None,
    }
}

fn quotients(
    name: &str,
    is_first: bool,
    wanted: &Decimal,
    other: &Decimal,
) -> Vec<Decimal> {
    let found = match (name, is_first) {
        ("+", _) => wanted.checked_sub(other),
        ("-", true) => wanted.checked_add(other),
        ("-", false) => other.checked_sub(wanted),
        ("/", true) => wanted.checked_mul(other),
        ("/", false) => other.checked_div(wanted),
        ("*", _) => {
            let exact = wanted.checked_div(other);
            let near = |it: &Decimal| [it.clone(), it.ceil(), it.floor()].to_vec();
            return exact.as_ref().map(near).unwrap_or_default();
        }
        _ => None,
    };
    found.into_iter().collect()
}

/// Returns numbers with a remainder: near the current one, the smallest, and the next one.
fn dividends(
    wanted: &Decimal,
    divisor: &Decimal,
    current: Option<Decimal>,
) -> Vec<Decimal> {
    let near = current.and_then(|current| {
        let start = current.checked_sub(&current.checked_rem(divisor)?)?;
        start.checked_add(wanted)
    });
    let next = wanted.checked_add(divisor);
    near.into_iter().chain([wanted.clone()]).chain(next).collect()
}

fn times(name: &str, is_first: bool, wanted: &Value, other: &Value) -> Option<Value> {
    Some(match (name, is_first, wanted, other) {
        ("+", _, Value::DateTime(wanted), Value::Duration(other)) => {
            Value::DateTime(wanted.checked_sub(*other)?)
        }
        ("+", _, Value::DateTime(wanted), Value::DateTime(other)) => {
            Value::Duration(wanted.since(*other))
        }
        ("-", true, Value::DateTime(wanted), Value::Duration(other)) => {
            Value::DateTime(wanted.checked_add(*other)?)
        }
        ("-", false, Value::DateTime(wanted), Value::DateTime(other)) => {
            Value::Duration(other.since(*wanted))
        }
        ("+", _, Value::Duration(wanted), Value::Duration(other)) => {
            Value::Duration(wanted.checked_sub(*other)?)
        }
        ("-", true, Value::Duration(wanted), Value::Duration(other)) => {
            Value::Duration(wanted.checked_add(*other)?)
        }
        ("-", false, Value::Duration(wanted), Value::Duration(other)) => {
            Value::Duration(other.checked_sub(*wanted)?)
        }
        // The difference of two times.
        ("diff", true, Value::Duration(wanted), Value::DateTime(other)) => {
            Value::DateTime(other.checked_add(*wanted)?)
        }
        ("diff", false, Value::Duration(wanted), Value::DateTime(other)) => {
            Value::DateTime(other.checked_sub(*wanted)?)
        }
        _ => return None,
    })
}

/// Returns the time with another part: `Year`, `Hour`, `DayOfWeek` and so on.
pub(super) fn with_part(name: &str, wanted: &Value, current: DateTime) -> Option<Value> {
    let Value::Integer(wanted) = wanted else { return None };
    let (date, time) = (current.date(), current.time());
    let small = i8::try_from(*wanted).ok();
    let on = |date: Option<Date>| DateTime::from_parts(date?, time);
    let at = |time: Option<Time>| DateTime::from_parts(date, time?);
    let Time { hour, minute, second, millisecond } = time;
    let changed = match name {
        "Year" => {
            let year = i16::try_from(*wanted).ok()?;
            on(Date::new(year, date.month, date.day.min(28)))
        }
        "Month" => on(Date::new(date.year, small?, date.day.min(28))),
        "Day" => {
            // Every month from January on has the day or is before one that has it.
            let month = if *wanted > 28 { 1 } else { date.month };
            on(Date::new(date.year, month, small?))
        }
        "Hour" => at(Time::new(small?, minute, second, millisecond)),
        "Minute" => at(Time::new(hour, small?, second, millisecond)),
        "Second" => at(Time::new(hour, minute, small?, millisecond)),
        "DayOfWeek" if (1..=7).contains(wanted) => {
            // Sunday is 1.
            let own = i64::from(date.day_of_week());
            let days = (wanted - own).rem_euclid(7);
            moved(current, days * 86_400_000)
        }
        _ => None,
    };
    changed.map(Value::DateTime)
}

/// Returns the time before `count` units were added: `AddDays` and so on.
pub(super) fn before(name: &str, wanted: &Value, count: &Value) -> Option<Value> {
    let (Value::DateTime(wanted), Value::Integer(count)) = (wanted, count) else {
        return None;
    };
    let unit = match name {
        "AddMonths" => return wanted.add_months(-count).map(Value::DateTime),
        "AddYears" => return wanted.add_years(-count).map(Value::DateTime),
        "AddDays" => 86_400_000,
        "AddHours" => 3_600_000,
        "AddMinutes" => 60_000,
        "AddSeconds" => 1_000,
        _ => return None,
    };
    moved(*wanted, count.checked_mul(-unit)?).map(Value::DateTime)
}

fn moved(time: DateTime, milliseconds: i64) -> Option<DateTime> {
    time.checked_add(Duration::from_milliseconds(milliseconds)?)
}

/// Returns values from which a conversion makes the wanted value. `kind` is the type of its
/// argument.
pub(super) fn converted(wanted: &Value, kind: Kind) -> Option<Value> {
    Some(match (wanted, kind) {
        (Value::Json(_), _) => return None,
        (wanted, Kind::Json) => Value::Json(wanted.to_json()),
        (wanted, Kind::String) => Value::String(wanted.to_string().into()),
        (Value::String(text), Kind::Integer) => Value::Integer(text.parse().ok()?),
        (Value::String(text), Kind::Decimal) => Value::Decimal(Decimal::parse(text)?),
        (Value::String(text), Kind::Boolean) => Value::Boolean(text.parse().ok()?),
        (Value::String(text), Kind::DateTime) => {
            Value::DateTime(DateTime::parse_exact(text)?)
        }
        (Value::String(text), Kind::Duration) => Value::Duration(Duration::parse(text)?),
        (Value::Integer(number), Kind::Boolean) => Value::Boolean(*number != 0),
        (Value::Integer(number), Kind::Duration) => {
            Value::Duration(Duration::from_milliseconds(*number)?)
        }
        (Value::Duration(time), Kind::Integer) => Value::Integer(time.milliseconds()),
        (Value::DateTime(time), Kind::Integer) => {
            Value::Integer(time.milliseconds().div_euclid(1_000))
        }
        (Value::Boolean(truth), Kind::Integer) => Value::Integer((*truth).into()),
        (wanted @ (Value::Integer(_) | Value::Decimal(_)), _) => {
            fitted(wanted.clone(), Type::one(kind))?
        }
        (wanted, kind) if wanted.type_of().kind == kind => wanted.clone(),
        _ => return None,
    })
}

//! Comparison in conditions of the draft dialect.
//!
//! Operands keep their types. Two Strings are compared exactly; a String is compared with
//! a number or a Boolean only if it reads as one. Unset values equal nothing here;
//! callers handle `null` before.

use std::cmp::Ordering;

use super::{Json, Number, Text, Value};

/// Whether two values are equal.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Boolean(left), Value::Boolean(right)) => left == right,
        (Value::Json(left), right) => equal_json(left, right),
        (left, Value::Json(right)) => equal_json(right, left),
        (Value::Boolean(truth), Value::String(text))
        | (Value::String(text), Value::Boolean(truth)) => {
            text.trim().eq_ignore_ascii_case(if *truth { "true" } else { "false" })
        }
        (Value::NotSet(_), _) | (_, Value::NotSet(_)) => false,
        _ => equal_numbers(left, right).unwrap_or_else(|| left == right),
    }
}

/// The order of two values. Numbers and Strings that read as numbers are ordered by
/// value, two Strings by Unicode code points. Times, durations, and Currencies with
/// amounts and the same code are ordered, too. Returns `None` for all other values,
/// including unset ones.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::String(right)) => Some(left.as_str().cmp(right)),
        (Value::DateTime(left), Value::DateTime(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        (Value::Currency(left), Value::Currency(right)) => left.compare(right),
        (Value::Json(left), right) => compare(&scalar(left)?, right),
        (left, Value::Json(right)) => compare(left, &scalar(right)?),
        _ => Some(Number::of(left)?.compare(&Number::of(right)?)),
    }
}

/// Compares two numbers. Returns `None` if one of the values is not a number.
fn equal_numbers(left: &Value, right: &Value) -> Option<bool> {
    Some(Number::of(left)?.compare(&Number::of(right)?) == Ordering::Equal)
}

fn equal_json(json: &Json, other: &Value) -> bool {
    match (scalar(json), other) {
        (Some(value), other) => equal(&value, other),
        (None, Value::Json(other)) => {
            *json != Json::Null && has_same_structure(json, other)
        }
        (None, _) => false,
    }
}

/// Whether two JSON values are the same. Lists are compared item by item, objects key by
/// key in any order, and numbers by value. A string never equals a number. The recursion
/// is as deep as the nesting of the JSON.
pub fn has_same_structure(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => {
            let mut pairs = left.iter().zip(right.iter());
            left.len() == right.len()
                && pairs.all(|(left, right)| has_same_structure(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            let is_in_right = |(key, value): (&Text, &Json)| {
                right.get(key).is_some_and(|other| has_same_structure(value, other))
            };
            left.len() == right.len() && left.iter().all(is_in_right)
        }
        (Json::Integer(integer), Json::Decimal(decimal))
        | (Json::Decimal(decimal), Json::Integer(integer)) => {
            decimal.compare_integer(*integer) == Ordering::Equal
        }
        _ => left == right,
    }
}

/// Converts a JSON scalar to a value. Returns `None` for `null`, lists and objects.
fn scalar(json: &Json) -> Option<Value> {
    match json {
        Json::Null | Json::Array(_) | Json::Object(_) => None,
        scalar => Some(Value::from(scalar.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Currency, DateTime, Decimal, Duration};

    fn json(text: &str) -> Value {
        Value::Json(Json::parse(text).unwrap())
    }

    fn decimal(text: &str) -> Value {
        Value::Decimal(Decimal::parse(text).unwrap())
    }

    fn dollars(amount: &str, code: &str) -> Value {
        Value::Currency(Currency::parse(&format!("{amount}|{code}")).unwrap().into())
    }

    #[test]
    fn equal_values() {
        for (left, right) in [
            (Value::from("a"), Value::from("a")),
            (Value::from("1"), Value::from(1)),
            (Value::from(" 1.0 "), Value::from(1)),
            (Value::from("5.00"), decimal("5")),
            (Value::from(5), decimal("5.0")),
            (Value::from(true), Value::from("TRUE")),
            (Value::from(false), Value::from("false")),
            (json("5.0"), Value::from(5)),
            (json("\"a\""), Value::from("a")),
            (json("true"), Value::from("True")),
            (
                json("[1, {\"a\": 2, \"b\": [null]}]"),
                json("[1.0, {\"b\": [null], \"a\": 2e0}]"),
            ),
            (dollars("4.5", "USD"), dollars("4.50", "USD")),
            (dollars("4.5", ""), dollars("4.50", "")),
            (dollars("", "USD"), dollars("", "USD")),
            (dollars("", ""), dollars("", "")),
        ] {
            assert!(equal(&left, &right), "{left:?} {right:?}");
            assert!(equal(&right, &left), "{right:?} {left:?}");
        }
    }

    #[test]
    fn values_that_differ() {
        for (left, right) in [
            (Value::from("a"), Value::from("A")),
            (Value::from("1"), Value::from("1.0")),
            (Value::from("one"), Value::from(1)),
            (Value::from(""), Value::from(0)),
            (Value::from(true), Value::from(1)),
            (Value::from(true), Value::from("1")),
            (Value::from(true), Value::from("false")),
            (Value::NOT_SET, Value::NOT_SET),
            (Value::NOT_SET, Value::from("")),
            (json("null"), json("null")),
            (json("null"), Value::NOT_SET),
            (json("[1]"), json("[\"1\"]")),
            (json("[1]"), json("[1, 1]")),
            (json("{\"a\": 1}"), json("{\"b\": 1}")),
            (json("[1]"), Value::from("[1]")),
            (dollars("4.5", "USD"), dollars("4.5", "EUR")),
            (dollars("4.5", "USD"), dollars("4.5", "")),
            (dollars("0", "USD"), dollars("", "USD")),
            (dollars("4.5", "USD"), decimal("4.5")),
            (Value::from("' or '1' == '1"), Value::from(1)),
        ] {
            assert!(!equal(&left, &right), "{left:?} {right:?}");
            assert!(!equal(&right, &left), "{right:?} {left:?}");
        }
    }

    #[test]
    fn orders() {
        let duration = |text| Value::Duration(Duration::parse(text).unwrap());
        let time = |text| Value::DateTime(DateTime::parse(text).unwrap());
        for (less, more) in [
            (Value::from(9), Value::from(10)),
            (Value::from("10"), Value::from("9")),
            (Value::from("10"), Value::from(11)),
            (Value::from("Z"), Value::from("a")),
            // By code point, which is the opposite of the order in UTF-16.
            (Value::from("\u{ffff}"), Value::from("\u{10000}")),
            (Value::from(1), decimal("1.5")),
            (json("1"), Value::from("2")),
            (duration("PT59M"), duration("PT1H")),
            (time("2003-06-01"), time("2003-06-02")),
            (dollars("4.5", "USD"), dollars("10", "USD")),
            (dollars("4.5", ""), dollars("10", "")),
        ] {
            assert_eq!(compare(&less, &more), Some(Ordering::Less), "{less:?} {more:?}");
            assert_eq!(
                compare(&more, &less),
                Some(Ordering::Greater),
                "{more:?} {less:?}"
            );
        }
    }

    #[test]
    fn without_order() {
        for (left, right) in [
            (Value::from("a"), Value::from(1)),
            (Value::from(true), Value::from(false)),
            (Value::NOT_SET, Value::from(1)),
            (Value::NOT_SET, Value::NOT_SET),
            (json("null"), Value::from(0)),
            (json("[1]"), json("[1]")),
            (dollars("1", "USD"), dollars("2", "EUR")),
            (dollars("1", "USD"), dollars("2", "")),
            (dollars("1", "USD"), dollars("", "USD")),
            (dollars("", "USD"), dollars("", "USD")),
            (dollars("1", "USD"), Value::from(2)),
        ] {
            assert_eq!(compare(&left, &right), None, "{left:?} {right:?}");
            assert_eq!(compare(&right, &left), None, "{right:?} {left:?}");
        }
    }
}

//! Comparisons: values next to the one with which a side is compared.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::value::{Currency, DateTime, Decimal, Duration, Kind, Text, Type, Value};

use super::super::code::{Code, Shape};
use super::{Changed, Changes, candidates, plain, type_of, value};

/// Distances of tried times, in milliseconds: a second, an hour, a day, and more than a year.
const DISTANCES_MS: [i64; 4] = [1_000, 3_600_000, 86_400_000, 400 * 86_400_000];

/// Returns changes after which a comparison may have a truth value: the first side fits the
/// second, or the second the first.
pub(super) fn comparison(
    sides: &[Code],
    shape: Shape,
    is_wanted: bool,
    scope: &Changed<'_>,
) -> Changes {
    let [left, right] = sides else { return Changes::new() };
    let shape = if is_wanted { shape } else { opposite(shape) };
    let mut found = side(left, shape, right, scope);
    found.extend(side(right, shape.mirrored(), left, scope));
    found
}

/// Changes one side so that it relates to the other.
fn side(code: &Code, shape: Shape, other: &Code, scope: &Changed<'_>) -> Changes {
    let holds = type_of(code, scope);
    let targets = match value(scope, other) {
        Some(other) => near(shape, &other),
        None => match shape {
            Shape::Equal => vec![Value::unset(holds)],
            Shape::NotEqual => plain(holds).into_iter().collect(),
            _ => Vec::new(),
        },
    };
    targets
        .into_iter()
        .filter_map(|target| fitted(target, holds))
        .flat_map(|target| candidates(code, &target, scope))
        .collect()
}

/// Converts numbers to a type, rounding to the nearer side. Other values stay as they are.
pub(super) fn fitted(value: Value, holds: Type) -> Option<Value> {
    match (value, holds.kind) {
        (Value::Decimal(number), Kind::Integer) => number.truncate().map(Value::Integer),
        (Value::Integer(number), Kind::Decimal) => {
            Some(Value::Decimal(Decimal::from(number)))
        }
        (Value::Json(_), Kind::Json) => None,
        (value, Kind::Json) => Some(Value::Json(value.to_json())),
        (value, _) => Some(value),
    }
}

/// Returns values that relate to another one, the nearest first.
fn near(shape: Shape, other: &Value) -> Vec<Value> {
    let by = |wanted: &[Ordering]| -> Vec<Value> {
        wanted.iter().flat_map(|ordering| beside(other, *ordering)).collect()
    };
    match shape {
        Shape::Equal | Shape::Any => vec![other.clone()],
        Shape::NotEqual => by(&[Ordering::Greater, Ordering::Less]),
        Shape::Less => by(&[Ordering::Less]),
        Shape::Greater => by(&[Ordering::Greater]),
        Shape::LessOrEqual => by(&[Ordering::Equal, Ordering::Less]),
        Shape::GreaterOrEqual => by(&[Ordering::Equal, Ordering::Greater]),
    }
}

/// Returns values on one side of another one.
fn beside(value: &Value, ordering: Ordering) -> Vec<Value> {
    let sign: i64 = match ordering {
        Ordering::Less => -1,
        Ordering::Equal => return vec![value.clone()],
        Ordering::Greater => 1,
    };
    match value {
        Value::Boolean(truth) => vec![Value::Boolean(!truth)],
        Value::Integer(number) => {
            let at = |by: i64| number.checked_add(sign * by).map(Value::Integer);
            [1, 1_000].into_iter().filter_map(at).collect()
        }
        Value::Decimal(number) => decimals(number, sign).map(Value::Decimal).collect(),
        Value::DateTime(time) => {
            let at = |by: i64| {
                DateTime::from_milliseconds(time.milliseconds().checked_add(sign * by)?)
            };
            DISTANCES_MS.into_iter().filter_map(at).map(Value::DateTime).collect()
        }
        Value::Duration(time) => {
            let at = |by: i64| {
                Duration::from_milliseconds(time.milliseconds().checked_add(sign * by)?)
            };
            DISTANCES_MS.into_iter().filter_map(at).map(Value::Duration).collect()
        }
        Value::Currency(amount) => {
            let Some(number) = &amount.amount else { return Vec::new() };
            let with = |number: Decimal| Currency {
                amount: Some(number),
                code: amount.code.clone(),
            };
            let currency = |it| Value::Currency(Arc::new(with(it)));
            decimals(number, sign).map(currency).collect()
        }
        Value::String(text) => strings(text, sign).map(Value::String).collect(),
        _ => Vec::new(),
    }
}

fn decimals(number: &Decimal, sign: i64) -> impl Iterator<Item = Decimal> {
    let distances = ["0.01", "1", "1000"].into_iter().filter_map(Decimal::parse);
    distances.filter_map(move |by| match sign {
        1 => number.checked_add(&by),
        _ => number.checked_sub(&by),
    })
}

/// Strings before or after another one, also in dictionary order.
fn strings(text: &Text, sign: i64) -> std::vec::IntoIter<Text> {
    let mut found: Vec<Text> = Vec::new();
    if sign > 0 {
        found.push(format!("{text}1").into());
        found.push("zz".into());
    } else {
        let end = text.char_indices().next_back().map_or(0, |(place, _)| place);
        if end > 0 {
            found.push(text[..end].into());
        }
        found.extend(["0".into(), Text::new()]);
    }
    found.retain(|it| it != text);
    found.into_iter()
}

fn opposite(shape: Shape) -> Shape {
    match shape {
        Shape::Less => Shape::GreaterOrEqual,
        Shape::LessOrEqual => Shape::Greater,
        Shape::Greater => Shape::LessOrEqual,
        Shape::GreaterOrEqual => Shape::Less,
        Shape::Equal => Shape::NotEqual,
        Shape::NotEqual => Shape::Equal,
        Shape::Any => Shape::Any,
    }
}

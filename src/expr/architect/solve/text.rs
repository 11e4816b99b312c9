//! Functions of strings and collections backwards.

use std::sync::Arc;

use crate::value::{Collection, Kind, Text, Value};

use super::super::code::Code;
use super::{Changed, Changes, candidates, plain, string, type_of, value};

/// The longest string or collection that is made.
const MOST_ITEMS: usize = 1_000;

/// The number of places at which a joined string is divided.
const MOST_DIVISIONS: usize = 12;

/// Changes one of two joined strings.
pub(super) fn joined(
    name: &str,
    sides: [&Code; 2],
    wanted: &Value,
    scope: &Changed<'_>,
) -> Changes {
    let Value::String(wanted) = wanted else { return Changes::new() };
    if name != "+" {
        return Changes::new();
    }
    let [left, right] = sides;
    let known = |code: &Code| value(scope, code).and_then(|it| string(&it).cloned());
    let text = |text: &str| Value::String(text.into());
    let mut found = Changes::new();
    if let Some(end) = known(right)
        && let Some(start) = wanted.strip_suffix(&*end)
    {
        found.extend(candidates(left, &text(start), scope));
    }
    if let Some(start) = known(left)
        && let Some(end) = wanted.strip_prefix(&*start)
    {
        found.extend(candidates(right, &text(end), scope));
    }
    let places = wanted.char_indices().map(|(place, _)| place).take(MOST_DIVISIONS);
    for place in places {
        found.extend(candidates(right, &text(&wanted[place..]), scope));
    }
    found
}

/// Changes an argument of a function of strings or collections.
pub(super) fn function(
    name: &str,
    first: &Code,
    rest: &[Code],
    wanted: &Value,
    scope: &Changed<'_>,
) -> Changes {
    let current = value(scope, first);
    let others: Vec<Option<Value>> = rest.iter().map(|it| value(scope, it)).collect();
    let targets = match of_text(name, current.as_ref(), &others, wanted) {
        Some(targets) => targets.into_iter().map(Value::String).collect(),
        None => {
            of_list(name, type_of(first, scope).kind, current.as_ref(), &others, wanted)
        }
    };
    let mut found: Changes =
        targets.iter().flat_map(|it| candidates(first, it, scope)).collect();
    // The item that is searched, or the second part of a joined string, may change instead.
    if let Some((place, target)) = of_second(name, current.as_ref(), wanted)
        && let Some(code) = rest.get(place)
    {
        found.extend(candidates(code, &target, scope));
    }
    if name == "Append"
        && let [second] = rest
    {
        found.extend(joined("+", [first, second], wanted, scope));
    }
    found
}

/// Returns strings from which a function of strings makes the wanted value. Returns `None` if
/// it is another function.
fn of_text(
    name: &str,
    current: Option<&Value>,
    others: &[Option<Value>],
    wanted: &Value,
) -> Option<Vec<Text>> {
    let current = current.and_then(string).map_or("", Text::as_str);
    let number = |place: usize| match others.get(place)? {
        Some(Value::Integer(number)) => usize::try_from(*number).ok(),
        _ => None,
    };
    Some(match (name, wanted) {
        (
            "Upper" | "Lower" | "Trim" | "LTrim" | "RTrim" | "Replace",
            Value::String(wanted),
        ) => vec![wanted.clone()],
        ("Reverse", Value::String(wanted)) => vec![wanted.chars().rev().collect()],
        ("Left", Value::String(wanted)) => {
            let rest = characters(current, number(0)?, usize::MAX);
            vec![format!("{wanted}{rest}").into(), wanted.clone()]
        }
        ("Right", Value::String(wanted)) => {
            let length = current.chars().count();
            let kept = characters(current, 0, length.saturating_sub(number(0)?));
            vec![format!("{kept}{wanted}").into(), wanted.clone()]
        }
        ("Substring", Value::String(wanted)) => {
            let (start, count) = (number(0)?, number(1)?);
            let before = padded(current, start)?;
            let after = characters(current, start.saturating_add(count), usize::MAX);
            vec![format!("{before}{wanted}{after}").into()]
        }
        ("Split", Value::Collection(items)) => {
            let items: Vec<&str> =
                items.items.iter().filter_map(string).map(Text::as_str).collect();
            vec![items.join(others.first()?.as_ref().and_then(string)?).into()]
        }
        _ => return of_measure(name, current, others, wanted),
    })
}

/// Returns strings on which a function measures or finds the wanted value. Returns `None` if
/// it is another function.
fn of_measure(
    name: &str,
    current: &str,
    others: &[Option<Value>],
    wanted: &Value,
) -> Option<Vec<Text>> {
    let other = || others.first()?.as_ref().and_then(string);
    Some(match (name, wanted) {
        ("Length", Value::Integer(length)) => {
            vec![padded(current, usize::try_from(*length).ok()?)?]
        }
        ("FindString", Value::Integer(-1)) | ("Contains", Value::Boolean(false)) => {
            other()?;
            vec![Text::new(), "1".into()]
        }
        ("FindString", Value::Integer(place)) => {
            let before = padded("", usize::try_from(*place).ok()?)?;
            vec![format!("{before}{}", other()?).into()]
        }
        ("Contains", Value::Boolean(true)) => vec![other()?.clone()],
        ("Compare", Value::Integer(order)) => match order.signum() {
            0 => vec![other()?.clone()],
            1 => vec![format!("{}z", other()?).into(), "zz".into()],
            _ => vec!["0".into(), Text::new()],
        },
        _ => return None,
    })
}

/// Returns collections from which a function makes the wanted value.
fn of_list(
    name: &str,
    kind: Kind,
    current: Option<&Value>,
    others: &[Option<Value>],
    wanted: &Value,
) -> Vec<Value> {
    let items = match current {
        Some(Value::Collection(collection)) => collection.items.clone(),
        _ => Vec::new(),
    };
    let other = others.first().and_then(Option::as_ref);
    let place = |value: &Value| match value {
        Value::Integer(place) => {
            usize::try_from(*place).ok().filter(|it| *it < MOST_ITEMS)
        }
        _ => None,
    };
    let found = match (name, wanted) {
        ("GetAt" | "[", wanted) => other
            .and_then(place)
            .and_then(|at| with_item(items, at, wanted.clone(), kind)),
        ("FindFirst", wanted) => match (place(wanted), other) {
            (Some(at), Some(item)) => {
                with_item(items.into_iter().take(at).collect(), at, item.clone(), kind)
            }
            (None, Some(item)) => {
                Some(items.into_iter().filter(|it| it != item).collect())
            }
            _ => None,
        },
        ("Count", wanted) => place(wanted).and_then(|count| resized(items, count, kind)),
        ("Contains", Value::Boolean(true)) => other.map(|item| vec![item.clone()]),
        ("Sum" | "Average", wanted) if others.is_empty() => {
            super::compare::fitted(wanted.clone(), crate::value::Type::one(kind))
                .map(|item| vec![item])
        }
        _ => None,
    };
    let collection = |items| Value::Collection(Arc::new(Collection { kind, items }));
    found.into_iter().map(collection).collect()
}

/// Returns another value of a later argument, with its place among them.
fn of_second(
    name: &str,
    current: Option<&Value>,
    wanted: &Value,
) -> Option<(usize, Value)> {
    match (name, current?, wanted) {
        ("FindFirst", Value::Collection(list), Value::Integer(place)) => {
            let item = list.items.get(usize::try_from(*place).ok()?)?;
            Some((0, item.clone()))
        }
        ("Contains", Value::String(text), Value::Boolean(true)) => {
            Some((0, Value::String(text.clone())))
        }
        ("GetAt", Value::Collection(list), wanted) => {
            let place = list.items.iter().position(|item| item == wanted)?;
            Some((0, Value::Integer(i64::try_from(place).ok()?)))
        }
        _ => None,
    }
}

/// Returns a collection with an item at an index. Missing items before it are plain values.
fn with_item(
    items: Vec<Value>,
    place: usize,
    item: Value,
    kind: Kind,
) -> Option<Vec<Value>> {
    let count = items.len().max(place + 1);
    let mut items = resized(items, count, kind)?;
    items[place] = item;
    Some(items)
}

fn resized(mut items: Vec<Value>, count: usize, kind: Kind) -> Option<Vec<Value>> {
    if count > items.len() {
        items.resize(count, plain(crate::value::Type::one(kind))?);
    }
    items.truncate(count);
    Some(items)
}

/// The characters of a string from one place to another.
fn characters(text: &str, from: usize, to: usize) -> Text {
    text.chars().skip(from).take(to.saturating_sub(from)).collect()
}

/// The string with a length, cut or filled with the digit 1. Returns `None` if it is long.
fn padded(text: &str, length: usize) -> Option<Text> {
    let fill = std::iter::repeat('1');
    (length <= 4 * MOST_ITEMS).then(|| text.chars().chain(fill).take(length).collect())
}

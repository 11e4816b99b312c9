//! Functions on lists, sets and objects.

use hcl::{Map, Value};

use super::{Arguments, MAX_ITEMS, list, text};
use crate::terraform::budget::Sum;

/// Calls a function, if it is one of collections.
pub(super) fn call(
    name: &str,
    arguments: &Arguments<'_>,
) -> Option<Result<Value, String>> {
    let a = arguments;
    Some(match name {
        "length" => length(a),
        "tolist" => a.list(0).map(Value::Array),
        "toset" | "distinct" => a.list(0).map(|items| Value::Array(distinct(items))),
        "tomap" => a.object(0).and_then(|_| a.copy(0)),
        "concat" => concat(a),
        "merge" => merge(a),
        "keys" => a.object(0).map(|it| list(it.keys().cloned())),
        "values" => a.object(0).and_then(|_| a.list(0)).map(Value::Array),
        "lookup" => lookup(a),
        "element" => element(a),
        "contains" => position(a).map(|it| Value::from(it.is_some())),
        "compact" => a.list(0).map(|items| {
            let is_filled = |it: &Value| *it != Value::Null && *it != Value::from("");
            Value::Array(items.into_iter().filter(is_filled).collect())
        }),
        "flatten" => a.list(0).map(|items| Value::Array(flatten(items))),
        "reverse" => a.list(0).map(|items| items.into_iter().rev().collect()),
        "sort" => a.strings(0).map(|mut sorted| {
            sorted.sort();
            list(sorted)
        }),
        "slice" => slice(a),
        "range" => range(a),
        "zipmap" => zipmap(a),
        "one" => one(a),
        "index" => index(a),
        "coalesce" => first(a, |it| *it != Value::Null && *it != Value::from("")),
        "coalescelist" => first(a, |it| it.as_array().is_some_and(|it| !it.is_empty())),
        "alltrue" => all(a, true),
        "anytrue" => all(a, false),
        "min" | "max" => extreme(a),
        "setunion" => union(a),
        _ => return None,
    })
}

fn length(a: &Arguments<'_>) -> Result<Value, String> {
    let length = match a.get(0)? {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => return Err(a.unexpected(0, "a list, an object or a string")),
    };
    Ok(Value::from(length))
}

fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut seen = std::collections::BTreeSet::new();
    let is_new = |item: &Value| seen.insert(super::to_json(item).to_string());
    items.into_iter().filter(is_new).collect()
}

fn concat(a: &Arguments<'_>) -> Result<Value, String> {
    let (mut sum, mut items) = (Sum::default(), Vec::new());
    for index in 0..a.values.len() {
        sum.item(a.get(index)?)?;
        items.extend(a.list(index)?);
    }
    Ok(Value::Array(items))
}

fn union(a: &Arguments<'_>) -> Result<Value, String> {
    Ok(match concat(a)? {
        Value::Array(items) => Value::Array(distinct(items)),
        other => other,
    })
}

fn merge(a: &Arguments<'_>) -> Result<Value, String> {
    let (mut sum, mut merged) = (Sum::default(), Map::new());
    for index in 0..a.values.len() {
        match a.copy(index)? {
            Value::Null => {}
            Value::Object(members) => {
                sum.item(a.get(index)?)?;
                merged.extend(members);
            }
            _ => return Err(a.unexpected(index, "an object")),
        }
    }
    Ok(Value::Object(merged))
}

fn lookup(a: &Arguments<'_>) -> Result<Value, String> {
    let key = a.text(1)?;
    match (a.object(0)?.get(&key), a.values.get(2)) {
        (Some(value), _) => {
            a.budget.copy(value)?;
            Ok(value.clone())
        }
        (None, Some(_)) => a.copy(2),
        (None, None) => Err(format!("the object has no key `{key}`")),
    }
}

fn element(a: &Arguments<'_>) -> Result<Value, String> {
    let items = a.items(0)?;
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Err("`element(…)` of an empty list".into());
    }
    let index = usize::try_from(a.whole(1)?.rem_euclid(count)).unwrap_or_default();
    Ok(items.get(index).map_or(Value::Null, |it| (*it).clone()))
}

fn flatten(items: Vec<Value>) -> Vec<Value> {
    let flat = items.into_iter().flat_map(|item| match item {
        Value::Array(inner) => flatten(inner),
        other => vec![other],
    });
    flat.collect()
}

fn slice(a: &Arguments<'_>) -> Result<Value, String> {
    let (items, place) = (a.list(0)?, |index| a.whole(index).map(usize::try_from));
    let bounds = (place(1)?, place(2)?);
    match bounds {
        (Ok(start), Ok(end)) if start <= end && end <= items.len() => {
            Ok(Value::Array(items[start..end].to_vec()))
        }
        _ => Err("the bounds of `slice(…)` are outside the list".into()),
    }
}

fn range(a: &Arguments<'_>) -> Result<Value, String> {
    let (start, end) = match a.values.len() {
        1 => (0, a.whole(0)?),
        _ => (a.whole(0)?, a.whole(1)?),
    };
    let step = if a.values.len() > 2 { a.whole(2)? } else { 1 };
    if step <= 0 {
        return Err("flowsim evaluates `range(…)` with a positive step only".into());
    }
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    let items: Vec<i64> = (start..end).step_by(step).take(MAX_ITEMS + 1).collect();
    if items.len() > MAX_ITEMS {
        return Err(format!("`range(…)` has more than {MAX_ITEMS} items"));
    }
    Ok(items.into_iter().map(Value::from).collect())
}

fn zipmap(a: &Arguments<'_>) -> Result<Value, String> {
    let (keys, values) = (a.strings(0)?, a.list(1)?);
    Ok(keys.into_iter().zip(values).collect())
}

fn one(a: &Arguments<'_>) -> Result<Value, String> {
    match a.items(0)?.as_slice() {
        [] => Ok(Value::Null),
        [item] => Ok((*item).clone()),
        _ => Err("`one(…)` of several items".into()),
    }
}

fn index(a: &Arguments<'_>) -> Result<Value, String> {
    let place = position(a)?;
    place.map(Value::from).ok_or_else(|| "the list does not contain the item".into())
}

/// Returns the place of an item in a list.
fn position(a: &Arguments<'_>) -> Result<Option<usize>, String> {
    let (items, wanted) = (a.items(0)?, a.get(1)?);
    match wanted {
        // Strings are compared 16 bytes at once.
        Value::String(text) => a.budget.work(items.len(), text.len() / 16)?,
        Value::Array(_) | Value::Object(_) => a.budget.copy(a.get(0)?)?,
        _ => {}
    }
    Ok(items.into_iter().position(|item| item == wanted))
}

fn first(a: &Arguments<'_>, is_it: impl Fn(&Value) -> bool) -> Result<Value, String> {
    let found = a.values.iter().position(|it| is_it(it));
    found.map_or_else(
        || Err(format!("all arguments of `{}(…)` are empty", a.name)),
        |index| a.copy(index),
    )
}

fn all(a: &Arguments<'_>, is_all: bool) -> Result<Value, String> {
    let items = a.items(0)?;
    let mut truths = items.iter().map(|it| text(it).as_deref() == Some("true"));
    Ok(Value::from(if is_all { truths.all(|it| it) } else { truths.any(|it| it) }))
}

fn extreme(a: &Arguments<'_>) -> Result<Value, String> {
    let numbers: Vec<f64> = a.values.iter().filter_map(|it| it.as_f64()).collect();
    let is_min = a.name == "min";
    let chosen = a.values.iter().filter(|it| it.is_number()).find(|it| {
        let it = it.as_f64().unwrap_or_default();
        numbers.iter().all(|other| if is_min { it <= *other } else { it >= *other })
    });
    let chosen = chosen.map(|it| (**it).clone());
    chosen.ok_or_else(|| a.unexpected(0, "a number"))
}

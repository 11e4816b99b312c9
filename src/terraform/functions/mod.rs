//! Terraform's functions on known values.
//!
//! *Source: the reference of Terraform's built-in functions.*

mod collections;
mod files;
mod strings;

use std::borrow::Cow;

use hcl::{Map, Number, Value};

use super::budget::Budget;
use super::evaluate::Scope;
use crate::source::{Kind, Node};

pub(super) use files::resolved;

/// Maximum number of items that a function makes.
///
/// *Source: the limit of `range`.*
const MAX_ITEMS: usize = 1_024;

/// Calls a function.
///
/// # Errors
/// The arguments are wrong, or the value would be too large.
pub(super) fn call(
    name: &str,
    values: Vec<Cow<'_, Value>>,
    scope: &Scope,
) -> Result<Value, String> {
    let budget = scope.budget();
    let arguments = Arguments { name, values, budget };
    let result = files::call(name, &arguments, scope)
        .or_else(|| strings::call(name, &arguments))
        .or_else(|| collections::call(name, &arguments));
    result.unwrap_or_else(|| Err(format!("flowsim does not evaluate `{name}(…)`")))
}

/// The arguments of a call.
struct Arguments<'a> {
    name: &'a str,
    values: Vec<Cow<'a, Value>>,
    budget: &'a Budget,
}

impl Arguments<'_> {
    fn get(&self, index: usize) -> Result<&Value, String> {
        let name = &self.name;
        let missing = || format!("`{name}(…)` lacks argument {}", index + 1);
        self.values.get(index).map(|it| &**it).ok_or_else(missing)
    }

    /// Returns a copy of an argument.
    fn copy(&self, index: usize) -> Result<Value, String> {
        let value = self.get(index)?;
        self.budget.copy(value)?;
        Ok(value.clone())
    }

    fn text(&self, index: usize) -> Result<String, String> {
        let value = self.get(index)?;
        if let Value::String(text) = value {
            self.budget.work(text.len(), 1)?;
        }
        text(value).ok_or_else(|| self.unexpected(index, "a string"))
    }

    fn whole(&self, index: usize) -> Result<i64, String> {
        let value = self.get(index)?;
        let number = match value {
            Value::String(text) => text.parse().ok(),
            value => value.as_i64(),
        };
        number.ok_or_else(|| self.unexpected(index, "a whole number"))
    }

    /// Returns copies of the items of a list, or of the values of an object.
    fn list(&self, index: usize) -> Result<Vec<Value>, String> {
        self.budget.copy(self.get(index)?)?;
        Ok(self.items(index)?.into_iter().cloned().collect())
    }

    /// Returns the items of a list, or the values of an object.
    fn items(&self, index: usize) -> Result<Vec<&Value>, String> {
        let items: Vec<&Value> = match self.get(index)? {
            Value::Array(items) => items.iter().collect(),
            Value::Object(members) => members.values().collect(),
            _ => return Err(self.unexpected(index, "a list")),
        };
        self.budget.work(items.len(), size_of::<usize>())?;
        Ok(items)
    }

    fn object(&self, index: usize) -> Result<&Map<String, Value>, String> {
        let found = self.get(index)?.as_object();
        found.ok_or_else(|| self.unexpected(index, "an object"))
    }

    fn strings(&self, index: usize) -> Result<Vec<String>, String> {
        self.budget.copy(self.get(index)?)?;
        let items = self.items(index)?.into_iter();
        let strings = items.map(|item| {
            text(item).ok_or_else(|| self.unexpected(index, "a list of strings"))
        });
        strings.collect()
    }

    fn unexpected(&self, index: usize, expected: &str) -> String {
        format!("argument {} of `{}(…)` is not {expected}", index + 1, self.name)
    }
}

/// Converts a value to a string as Terraform does; `None` for lists, objects and null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// Converts a value to JSON.
pub(super) fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(decimal)) => decimal.into(),
            (None, None) => serde_json::Value::Null,
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, it)| (key.clone(), to_json(it))).collect()
        }
    }
}

/// Returns a value as a string of JSON.
pub(super) fn encoded(value: &Value) -> Value {
    Value::from(to_json(value).to_string())
}

/// Converts JSON to a value.
pub(super) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, decimal) => decimal.and_then(Number::from_f64).into_value(),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => items.iter().map(from_json).collect(),
        serde_json::Value::Object(members) => {
            members.iter().map(|(key, it)| (key.clone(), from_json(it))).collect()
        }
    }
}

/// Converts a document to a value.
fn from_node(node: &Node<'_>) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Boolean(truth) => Value::Bool(*truth),
        Kind::Number(text) => match (text.parse::<i64>(), text.parse().ok()) {
            (Ok(whole), _) => Value::from(whole),
            (Err(_), decimal) => decimal.and_then(Number::from_f64).into_value(),
        },
        Kind::String(text) => Value::from(&**text),
        Kind::Array(items) => items.iter().map(from_node).collect(),
        Kind::Object(entries) => {
            let pairs = entries.iter();
            pairs.map(|it| (it.key.to_string(), from_node(&it.value))).collect()
        }
    }
}

trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Option<Number> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, Value::Number)
    }
}

/// Returns a list of strings.
fn list(strings: impl IntoIterator<Item = String>) -> Value {
    Value::Array(strings.into_iter().map(Value::String).collect())
}

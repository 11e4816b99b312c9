//! Conversions between types, as Architect's `ToInt`, `ToBool`, `ToDuration`… do them.
//!
//! NOT_SET stays NOT_SET, of the type that was wanted. *Source: the category `cast` of
//! Genesys' expression catalogue, where nothing else is said.*

use std::fmt;

use super::json::write_json_string;
use super::{
    Decimal, Duration, Json, Kind, MAX_INTEGER, MAX_JSON_DEPTH, Number, Text, Type, Value,
};

/// A value that cannot be made into the wanted type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The value as an expression shows it: strings in quotes.
    pub value: Text,
    /// What it should have become.
    pub wanted: Type,
}

impl fmt::Display for Conversion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.wanted.to_string();
        let article = if name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
        write!(formatter, "cannot make {article} {name} of {}", self.value)
    }
}

impl std::error::Error for Conversion {}

/// How much of a value an error shows.
const SHOWN_CHARACTERS: usize = 80;

/// To Integer: decimals are truncated, durations become milliseconds, `true` is 1, blank
/// text is NOT_SET.
pub fn to_integer(value: &Value) -> Result<Value, Conversion> {
    let fail = || failure(value, Kind::Integer);
    let whole = match value {
        Value::Integer(number) => *number,
        Value::Boolean(truth) | Value::Json(Json::Boolean(truth)) => i64::from(*truth),
        Value::Duration(duration) => duration.milliseconds(),
        Value::Decimal(number) => number.truncate().ok_or_else(fail)?,
        unset if is_blank(unset) => return Ok(Value::NotSet(Type::one(Kind::Integer))),
        other => match Number::of(other).ok_or_else(fail)? {
            Number::Integer(number) => number,
            Number::Decimal(number) => number.truncate().ok_or_else(fail)?,
        },
    };
    let is_in_range = (-MAX_INTEGER..=MAX_INTEGER).contains(&whole);
    if is_in_range { Ok(Value::Integer(whole)) } else { Err(fail()) }
}

/// To Decimal: `true` is 1.0, a Currency its amount, blank text NOT_SET.
pub fn to_decimal(value: &Value) -> Result<Value, Conversion> {
    let number = match value {
        Value::Decimal(number) => number.clone(),
        Value::Boolean(truth) | Value::Json(Json::Boolean(truth)) => {
            Decimal::from(i64::from(*truth))
        }
        Value::Currency(currency) => currency.amount.clone(),
        unset if is_blank(unset) => return Ok(Value::NotSet(Type::one(Kind::Decimal))),
        other => match Number::of(other) {
            Some(number) => number.to_decimal(),
            None => return Err(failure(value, Kind::Decimal)),
        },
    };
    Ok(Value::Decimal(number))
}

/// To Boolean: `true`, `t` and `1` of any case, and every number but zero, are true;
/// `false`, `f`, `0` are false. Any other text is NOT_SET.
pub fn to_boolean(value: &Value) -> Result<Value, Conversion> {
    let truth = match value {
        Value::Boolean(truth) | Value::Json(Json::Boolean(truth)) => *truth,
        Value::Integer(number) | Value::Json(Json::Integer(number)) => *number != 0,
        Value::Decimal(number) | Value::Json(Json::Decimal(number)) => !number.is_zero(),
        Value::String(text) | Value::Json(Json::String(text)) => match read_boolean(text)
        {
            Some(truth) => truth,
            None => return Ok(Value::NotSet(Type::one(Kind::Boolean))),
        },
        unset if unset.is_unset() => return Ok(Value::NotSet(Type::one(Kind::Boolean))),
        _ => return Err(failure(value, Kind::Boolean)),
    };
    Ok(Value::Boolean(truth))
}

/// To String: the text that a template would print.
pub fn to_text(value: &Value) -> Result<Value, Conversion> {
    match value {
        Value::String(_) => Ok(value.clone()),
        unset if unset.is_unset() => Ok(Value::NotSet(Type::one(Kind::String))),
        Value::Json(Json::String(text)) => Ok(Value::String(text.clone())),
        _ => {
            let mut text = String::new();
            value.write_text(&mut text);
            Ok(Value::String(text.into()))
        }
    }
}

/// To JSON: a String that is JSON text becomes what it says, any other a JSON string. A
/// collection or object whose JSON would be nested too deep is an error.
pub fn to_json(value: &Value) -> Result<Value, Conversion> {
    match value {
        Value::NotSet(_) => Ok(Value::NotSet(Type::one(Kind::Json))),
        Value::String(text) => {
            let parsed = Json::parse(text);
            Ok(Value::Json(parsed.unwrap_or_else(|_| Json::String(text.clone()))))
        }
        _ => {
            let json = value.to_json();
            let is_shallow = json.is_within_depth(MAX_JSON_DEPTH);
            if is_shallow {
                Ok(Value::Json(json))
            } else {
                Err(failure(value, Kind::Json))
            }
        }
    }
}

/// To Duration: integers are milliseconds, text is ISO 8601 or Architect's own form, blank
/// text NOT_SET.
pub fn to_duration(value: &Value) -> Result<Value, Conversion> {
    let duration = match value {
        Value::Duration(duration) => Some(*duration),
        unset if is_blank(unset) => return Ok(Value::NotSet(Type::one(Kind::Duration))),
        Value::Integer(number) | Value::Json(Json::Integer(number)) => {
            Duration::from_milliseconds(*number)
        }
        Value::String(text) | Value::Json(Json::String(text)) => {
            Duration::parse(text.trim())
        }
        _ => None,
    };
    duration.map(Value::Duration).ok_or_else(|| failure(value, Kind::Duration))
}

/// Whether a value is unset or a text of blanks alone.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::String(text) | Value::Json(Json::String(text)) => text.trim().is_empty(),
        other => other.is_unset(),
    }
}

fn read_boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    let is_any =
        |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_any(["true", "t", "1"]) {
        Some(true)
    } else if is_any(["false", "f", "0"]) {
        Some(false)
    } else {
        None
    }
}

fn failure(value: &Value, wanted: Kind) -> Conversion {
    let mut text = String::new();
    match value {
        Value::Collection(_) | Value::Object(_) => text = value.type_of().to_string(),
        Value::String(long) => write_json_string(shortened(long), &mut text),
        _ => value.write_json(&mut text),
    }
    let shown = shortened(&text).len();
    if shown < text.len()
        || matches!(value, Value::String(long) if shortened(long) != long)
    {
        text.truncate(shown);
        text.push('…');
    }
    Conversion { value: text.into(), wanted: Type::one(wanted) }
}

fn shortened(text: &str) -> &str {
    let end = text.char_indices().nth(SHOWN_CHARACTERS);
    end.map_or(text, |(end, _)| &text[..end])
}

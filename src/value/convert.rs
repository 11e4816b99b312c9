//! Conversions between types, like Architect's `ToInt`, `ToBool`, `ToDuration`…
//!
//! NOT_SET stays NOT_SET, with the wanted type. *Source, unless stated otherwise: the
//! category `cast` of Genesys' expression catalogue.*

use std::fmt;
use std::sync::Arc;

use super::json::write_json_string;
use super::shorten::beginning;
use super::{
    Currency, Decimal, Duration, Json, Kind, MAX_INTEGER, MAX_JSON_DEPTH, Number, Text,
    Type, Value,
};

/// A failed conversion of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionError {
    /// The value as shown in expressions: strings in quotes.
    pub value: Text,
    /// The wanted type.
    pub wanted: Type,
}

impl fmt::Display for ConversionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot convert {} to {}", self.value, self.wanted)
    }
}

impl std::error::Error for ConversionError {}

/// The maximum number of characters of a value in an error.
const SHOWN_CHARACTERS: usize = 80;

/// Converts to Integer. Decimals are truncated, durations become milliseconds, `true`
/// becomes 1, and blank strings become NOT_SET.
pub fn to_integer(value: &Value) -> Result<Value, ConversionError> {
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

/// Converts to Decimal. `true` becomes 1.0, a Currency its amount if set, and a blank
/// string NOT_SET.
pub fn to_decimal(value: &Value) -> Result<Value, ConversionError> {
    let number = match value {
        Value::Decimal(number) => number.clone(),
        Value::Boolean(truth) | Value::Json(Json::Boolean(truth)) => {
            Decimal::from(i64::from(*truth))
        }
        Value::Currency(currency) => match &currency.amount {
            Some(amount) => amount.clone(),
            None => return Ok(Value::NotSet(Type::one(Kind::Decimal))),
        },
        unset if is_blank(unset) => return Ok(Value::NotSet(Type::one(Kind::Decimal))),
        other => match Number::of(other) {
            Some(number) => number.to_decimal(),
            None => return Err(failure(value, Kind::Decimal)),
        },
    };
    Ok(Value::Decimal(number))
}

/// Converts to Currency. A string is `amount|code`, where either side may be empty, or an
/// amount alone. A number becomes an amount without a code, and a blank string becomes
/// NOT_SET.
pub fn to_currency(value: &Value) -> Result<Value, ConversionError> {
    let currency = match value {
        Value::Currency(_) => return Ok(value.clone()),
        unset if is_blank(unset) => return Ok(Value::NotSet(Type::one(Kind::Currency))),
        Value::String(text) | Value::Json(Json::String(text)) => Currency::parse(text),
        number => Number::of(number)
            .map(|number| Currency { amount: Some(number.to_decimal()), code: None }),
    };
    let currency = currency.ok_or_else(|| failure(value, Kind::Currency))?;
    Ok(Value::Currency(Arc::new(currency)))
}

/// Converts to Boolean. `true`, `t` and `1` in any case, and every number except zero,
/// are true; `false`, `f` and `0` are false. Any other string becomes NOT_SET.
pub fn to_boolean(value: &Value) -> Result<Value, ConversionError> {
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

/// Converts to String, as printed by a template.
pub fn to_text(value: &Value) -> Result<Value, ConversionError> {
    match value {
        Value::String(_) => Ok(value.clone()),
        unset if unset.is_unset() => Ok(Value::NotSet(Type::one(Kind::String))),
        Value::Json(Json::String(text)) => Ok(Value::String(text.clone())),
        // *Source: Genesys' expression catalogue: it is the `uri`, which only the addresses of
        // telephones and SIP have.*
        Value::Object(object)
            if object.kind == Kind::PhoneNumber
                && object.properties.get("uri").is_none_or(Value::is_unset) =>
        {
            Ok(Value::NotSet(Type::one(Kind::String)))
        }
        _ => {
            let mut text = String::new();
            value.write_text(&mut text);
            Ok(Value::String(text.into()))
        }
    }
}

/// Converts to JSON. A String with valid JSON is parsed, any other becomes a JSON string.
/// Fails if the JSON of a collection or object would be nested too deeply.
pub fn to_json(value: &Value) -> Result<Value, ConversionError> {
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

/// Converts to Duration. Integers are milliseconds, strings are ISO 8601 or Architect's
/// format, and blank strings become NOT_SET.
pub fn to_duration(value: &Value) -> Result<Value, ConversionError> {
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

/// Whether a value is unset or a blank string.
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

fn failure(value: &Value, wanted: Kind) -> ConversionError {
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
    ConversionError { value: text.into(), wanted: Type::one(wanted) }
}

fn shortened(text: &str) -> &str {
    beginning(text, SHOWN_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Collection, DateTime};

    fn decimal(text: &str) -> Value {
        Value::Decimal(Decimal::parse(text).unwrap())
    }

    fn duration(text: &str) -> Value {
        Value::Duration(Duration::parse(text).unwrap())
    }

    fn unset(kind: Kind) -> Value {
        Value::NotSet(Type::one(kind))
    }

    #[test]
    fn integers() {
        for (value, integer) in [
            (Value::from(" 42 "), Value::from(42)),
            (Value::from("007"), Value::from(7)),
            (Value::from("3.7"), Value::from(3)),
            (decimal("3.7"), Value::from(3)),
            (decimal("-5.7"), Value::from(-5)),
            (Value::from(true), Value::from(1)),
            (duration("-PT1H"), Value::from(-3_600_000)),
            (Value::from(""), unset(Kind::Integer)),
            (Value::from("\u{a0}\u{a0}"), unset(Kind::Integer)),
            (Value::NOT_SET, unset(Kind::Integer)),
            (Value::Json(Json::Null), unset(Kind::Integer)),
            (Value::Json(Json::from("5")), Value::from(5)),
            (Value::from(MAX_INTEGER), Value::from(MAX_INTEGER)),
        ] {
            assert_eq!(to_integer(&value), Ok(integer), "{value:?}");
        }
    }

    #[test]
    fn invalid_integers() {
        for (value, message) in [
            (Value::from("A String"), "cannot convert \"A String\" to Integer"),
            (Value::from(MAX_INTEGER + 1), "cannot convert 1000000000000000 to Integer"),
            (
                Value::from(-MAX_INTEGER - 1),
                "cannot convert -1000000000000000 to Integer",
            ),
            (decimal("1e20"), "cannot convert 100000000000000000000.0 to Integer"),
            (Value::from("1e15"), "cannot convert \"1e15\" to Integer"),
            (Value::Json(Json::array([])), "cannot convert [] to Integer"),
            (
                Value::DateTime(DateTime::MIN),
                "cannot convert \"1800-01-01T00:00:00Z\" to Integer",
            ),
        ] {
            assert_eq!(to_integer(&value).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn errors_show_the_beginning_of_long_values() {
        let error =
            to_decimal(&Value::string("é".repeat(1_000_000))).unwrap_err().to_string();
        assert!(error.starts_with("cannot convert \"éé"), "{error}");
        assert!(
            error.ends_with("é… to Decimal") && error.chars().count() < 120,
            "{error}"
        );
        let list =
            Value::Collection(Collection { kind: Kind::Queue, items: vec![] }.into());
        assert_eq!(
            to_duration(&list).unwrap_err().to_string(),
            "cannot convert Queue[] to Duration"
        );
    }

    #[test]
    fn decimals() {
        let price = |text| Value::Currency(Currency::parse(text).unwrap().into());
        for (value, number) in [
            (Value::from(0), decimal("0.0")),
            (Value::from(true), decimal("1")),
            (Value::from(" 2.50"), decimal("2.5")),
            (price("5|USD"), decimal("5")),
            (price("|USD"), unset(Kind::Decimal)),
            (Value::from("  "), unset(Kind::Decimal)),
            (Value::NotSet(Type::one(Kind::Boolean)), unset(Kind::Decimal)),
        ] {
            assert_eq!(to_decimal(&value), Ok(number), "{value:?}");
        }
        to_decimal(&Value::from("ten")).unwrap_err();
        to_decimal(&duration("PT1H")).unwrap_err();
    }

    #[test]
    fn currencies() {
        for (value, text) in [
            (Value::from("5.00|USD"), "5.00|USD"),
            (Value::from(" 5 | USD "), "5.00|USD"),
            (Value::from("|EUR"), "|EUR"),
            (Value::from("5.00|"), "5.00|"),
            (Value::from("5.00"), "5.00|"),
            (Value::from("|"), "|"),
            (decimal("1.125"), "1.125|"),
            (Value::from(-3), "-3.00|"),
        ] {
            let currency = to_currency(&value).unwrap();
            assert_eq!(currency.type_of(), Type::one(Kind::Currency));
            assert_eq!(currency.to_string(), text, "{value:?}");
            assert_eq!(to_currency(&currency), Ok(currency));
        }
        assert_eq!(to_currency(&Value::from(" ")), Ok(unset(Kind::Currency)));
        assert_eq!(to_currency(&Value::NOT_SET), Ok(unset(Kind::Currency)));
        for value in [Value::from("five|USD"), Value::from("1|2|3"), Value::from(true)] {
            to_currency(&value).unwrap_err();
        }
    }

    #[test]
    fn booleans() {
        for (value, truth) in [
            (Value::from("T"), Some(true)),
            (Value::from("1"), Some(true)),
            (Value::from("TRUE"), Some(true)),
            (Value::from("false"), Some(false)),
            (Value::from("f"), Some(false)),
            (Value::from("0"), Some(false)),
            (Value::from("yes"), None),
            (Value::from(""), None),
            (Value::from(-10), Some(true)),
            (Value::from(0), Some(false)),
            (decimal("1.5"), Some(true)),
            (decimal("0.0"), Some(false)),
            (Value::NOT_SET, None),
        ] {
            let expected = truth.map_or(unset(Kind::Boolean), Value::Boolean);
            assert_eq!(to_boolean(&value), Ok(expected), "{value:?}");
        }
        to_boolean(&duration("PT1H")).unwrap_err();
    }

    #[test]
    fn strings() {
        assert_eq!(to_text(&Value::from(true)), Ok(Value::from("true")));
        assert_eq!(to_text(&decimal("-1")), Ok(Value::from("-1.0")));
        assert_eq!(to_text(&duration("PT60M")), Ok(Value::from("PT1H")));
        assert_eq!(to_text(&Value::Json(Json::from("a"))), Ok(Value::from("a")));
        assert_eq!(to_text(&Value::Json(Json::Null)), Ok(unset(Kind::String)));
    }

    #[test]
    fn json() {
        let long = "[1234567890123456789012345678901234567890,{\"b\":1,\"a\":2}]";
        let read = to_json(&Value::from(long)).unwrap();
        assert_eq!(
            read.to_string(),
            "[1.23456789012345678901234567890123456789e39,{\"b\":1,\"a\":2}]"
        );
        assert_eq!(to_json(&Value::from("null")), Ok(Value::Json(Json::Null)));
        assert_eq!(to_json(&Value::from("[1,")), Ok(Value::Json(Json::from("[1,"))));
        assert_eq!(to_json(&Value::from(5)), Ok(Value::Json(Json::Integer(5))));
        assert_eq!(to_json(&Value::NOT_SET), Ok(unset(Kind::Json)));
    }

    #[test]
    fn json_never_exceeds_its_depth() {
        let mut value = Value::from(1);
        for _ in 0..MAX_JSON_DEPTH {
            let list = Collection { kind: Kind::Json, items: vec![value] };
            value = to_json(&Value::Collection(list.into())).unwrap();
        }
        let list = Collection { kind: Kind::Json, items: vec![value] };
        let error = to_json(&Value::Collection(list.into())).unwrap_err();
        assert_eq!(error.to_string(), "cannot convert JSON[] to JSON");
    }

    #[test]
    fn durations() {
        for (value, expected) in [
            (Value::from(86_400_000), duration("P1D")),
            (Value::from(" P0D0H0M3S0F "), duration("PT3S")),
            (Value::from("PT1H15M30.250567S"), duration("PT1H15M30.25S")),
            (Value::from(""), unset(Kind::Duration)),
            (Value::NOT_SET, unset(Kind::Duration)),
        ] {
            assert_eq!(to_duration(&value), Ok(expected), "{value:?}");
        }
        for value in [Value::from("3"), Value::from(MAX_INTEGER + 1), Value::from(true)] {
            to_duration(&value).unwrap_err();
        }
    }
}

//! Conversions between types, as Architect's `ToInt`, `ToBool`, `ToDuration`… do them.
//!
//! NOT_SET stays NOT_SET, of the type that was wanted. *Source: the category `cast` of
//! Genesys' expression catalogue, where nothing else is said.*

use std::fmt;
use std::sync::Arc;

use super::json::write_json_string;
use super::{
    Currency, Decimal, Duration, Json, Kind, MAX_INTEGER, MAX_JSON_DEPTH, Number, Text,
    Type, Value,
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

/// To Decimal: `true` is 1.0, a Currency its amount, if that is set, blank text NOT_SET.
pub fn to_decimal(value: &Value) -> Result<Value, Conversion> {
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

/// To Currency: text is `amount|code` with either side empty if unset, or an amount alone;
/// a number becomes an amount without a code, blank text NOT_SET.
pub fn to_currency(value: &Value) -> Result<Value, Conversion> {
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
    fn what_is_no_integer() {
        for (value, message) in [
            (Value::from("A String"), "cannot make an Integer of \"A String\""),
            (Value::from(MAX_INTEGER + 1), "cannot make an Integer of 1000000000000000"),
            (
                Value::from(-MAX_INTEGER - 1),
                "cannot make an Integer of -1000000000000000",
            ),
            (decimal("1e20"), "cannot make an Integer of 100000000000000000000.0"),
            (Value::from("1e15"), "cannot make an Integer of \"1e15\""),
            (Value::Json(Json::array([])), "cannot make an Integer of []"),
            (
                Value::DateTime(DateTime::MIN),
                "cannot make an Integer of \"1800-01-01T00:00:00Z\"",
            ),
        ] {
            assert_eq!(to_integer(&value).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn errors_show_the_beginning_of_long_values() {
        let error =
            to_decimal(&Value::string("é".repeat(1_000_000))).unwrap_err().to_string();
        assert!(error.starts_with("cannot make a Decimal of \"éé"), "{error}");
        assert!(error.ends_with("é…") && error.chars().count() < 120, "{error}");
        let list =
            Value::Collection(Collection { kind: Kind::Queue, items: vec![] }.into());
        assert_eq!(
            to_duration(&list).unwrap_err().to_string(),
            "cannot make a Duration of Queue[]"
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
    fn texts() {
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
    fn json_never_grows_beyond_its_depth() {
        let mut value = Value::from(1);
        for _ in 0..MAX_JSON_DEPTH {
            let list = Collection { kind: Kind::Json, items: vec![value] };
            value = to_json(&Value::Collection(list.into())).unwrap();
        }
        let list = Collection { kind: Kind::Json, items: vec![value] };
        let error = to_json(&Value::Collection(list.into())).unwrap_err();
        assert_eq!(error.to_string(), "cannot make a JSON of JSON[]");
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

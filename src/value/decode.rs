//! Conversion of JSON to values of a known type, used for the variables of tests.

use std::sync::Arc;

use super::{
    Audio, Collection, Communication, Currency, Date, DateTime, Decimal, Duration, Json,
    Kind, MAX_INTEGER, Number, Object, Properties, Text, Time, Type, Value, phone_number,
    properties_of,
};

impl Type {
    /// Parses a type as it prints, in any case: `Integer`, `string[]`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, is_collection) = match text.trim().strip_suffix("[]") {
            Some(name) => (name, true),
            None => (text.trim(), false),
        };
        let is_named = |kind: &&Kind| kind.name().eq_ignore_ascii_case(name);
        let kind = Kind::ALL.iter().find(is_named)?;
        Some(Self { kind: *kind, is_collection })
    }

    /// The type that a JSON value implies. A list has the type of its items, if all items
    /// agree. Returns `None` for `null` and for values that imply no type.
    pub fn of_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => return None,
            Json::Boolean(_) => Self::one(Kind::Boolean),
            Json::Integer(number) if is_integer(*number) => Self::one(Kind::Integer),
            Json::Integer(_) | Json::Decimal(_) => Self::one(Kind::Decimal),
            Json::String(_) => Self::one(Kind::String),
            Json::Object(_) => Self::one(Kind::Json),
            Json::Array(items) => {
                let mut types = items.iter().filter_map(Self::of_json);
                let first = types.next()?;
                let agree = types.all(|other| other == first) && !first.is_collection;
                if agree { Self::many(first.kind) } else { Self::one(Kind::Json) }
            }
        })
    }
}

impl Value {
    /// Converts JSON to a value of this type. `null` becomes NOT_SET or an empty
    /// collection, and a list a collection. Times and durations are strings. A Currency
    /// is `{"amount": "4.50", "code": "USD"}` or `"4.50|USD"`. Any other object type is
    /// an object with the properties of the type.
    ///
    /// # Errors
    /// Fails if the JSON does not fit the type. The message states what was expected.
    pub fn decode(json: &Json, holds: Type) -> Result<Self, String> {
        match json {
            Json::Null if holds != Type::one(Kind::Json) => Ok(Self::unset(holds)),
            Json::Array(items) if holds.is_collection => {
                let one = Type::one(holds.kind);
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| Self::decode(item, one)).collect();
                Ok(Self::Collection(Arc::new(Collection {
                    kind: holds.kind,
                    items: items?,
                })))
            }
            _ if holds.is_collection => Err(expected("a JSON list", json)),
            _ => decode_one(json, holds.kind),
        }
    }

    /// Converts JSON that the caller of a flow gives, like [`decode`](Self::decode). An
    /// Integer may be a decimal without a fraction, such as 5.0: data frames write whole
    /// numbers so if a value of their column is missing.
    ///
    /// # Errors
    /// Those of [`decode`](Self::decode).
    pub fn decode_given(json: &Json, holds: Type) -> Result<Self, String> {
        if holds.kind != Kind::Integer {
            return Self::decode(json, holds);
        }
        match json {
            Json::Array(items) => {
                Self::decode(&Json::array(items.iter().map(as_whole)), holds)
            }
            one => Self::decode(&as_whole(one), holds),
        }
    }
}

/// Returns a decimal without a fraction as an integer, and everything else as it is.
fn as_whole(json: &Json) -> Json {
    let whole = match json {
        Json::Decimal(number) => Number::Decimal(number.clone()).to_whole(),
        _ => None,
    };
    whole.map_or_else(|| json.clone(), Json::Integer)
}

fn decode_one(json: &Json, kind: Kind) -> Result<Value, String> {
    let text = match json {
        Json::String(text) => Some(text.as_str()),
        _ => None,
    };
    let value = match kind {
        Kind::Json => Some(Value::Json(json.clone())),
        Kind::Any => Some(Value::from(json.clone())),
        Kind::Boolean => match json {
            Json::Boolean(truth) => Some(Value::Boolean(*truth)),
            // A string with a value of the type, as for numbers.
            Json::String(text) => text.trim().parse().ok().map(Value::Boolean),
            _ => None,
        },
        Kind::String => text.map(Value::from).or_else(|| printed(json)),
        Kind::Integer => integer(json),
        Kind::Decimal => decimal(json).map(Value::Decimal),
        Kind::DateTime => text.and_then(DateTime::parse).map(Value::DateTime),
        Kind::Date => text.and_then(Date::parse).map(Value::Date),
        Kind::Time => text.and_then(Time::parse).map(Value::Time),
        Kind::Duration => duration(json).map(Value::Duration),
        Kind::Audio => text.map(|text| Value::Audio(Arc::new(Audio::speech(text)))),
        Kind::Communication => {
            let message = |text| Communication::of(Value::from(text));
            text.map(|text| Value::Communication(Arc::new(message(text))))
        }
        Kind::Currency => {
            currency(json).map(|currency| Value::Currency(Arc::new(currency)))
        }
        Kind::PhoneNumber if !matches!(json, Json::Object(_)) => telephone(json),
        _ => return object(json, kind),
    };
    value.ok_or_else(|| expected(example(kind), json))
}

/// The description of a value of this type, with an example.
fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "true or false",
        Kind::Integer => "a whole number between ±999,999,999,999,999",
        Kind::Decimal => "a number",
        Kind::String => "a string",
        Kind::DateTime => "a date and time such as 2026-01-05T09:00:00Z",
        Kind::Date => "a date such as 2026-01-05",
        Kind::Time => "a time such as 09:30:00",
        Kind::Duration => "a duration such as PT1H30M, or milliseconds",
        Kind::Audio | Kind::Communication => "a string",
        Kind::Currency => "an amount such as \"4.50|USD\"",
        Kind::PhoneNumber => "a phone number such as +13178723000",
        _ => "an object",
    }
}

fn expected(what: &str, json: &Json) -> String {
    format!("expected {what}, found {json}")
}

fn printed(json: &Json) -> Option<Value> {
    match json {
        Json::Boolean(_) | Json::Integer(_) | Json::Decimal(_) => {
            Some(Value::string(json.to_string()))
        }
        _ => None,
    }
}

fn integer(json: &Json) -> Option<Value> {
    match Number::of(&Value::Json(json.clone()))? {
        Number::Integer(number) if is_integer(number) => Some(Value::Integer(number)),
        _ => None,
    }
}

/// Whether a number is within the limits of Integers.
fn is_integer(number: i64) -> bool {
    (-MAX_INTEGER..=MAX_INTEGER).contains(&number)
}

fn decimal(json: &Json) -> Option<Decimal> {
    Number::of(&Value::Json(json.clone())).map(|number| number.to_decimal())
}

/// Reads a telephone number or the address of a telephone.
fn telephone(json: &Json) -> Option<Value> {
    let number = match json {
        Json::String(text) => phone_number::parse(text),
        Json::Integer(number) => phone_number::parse(&number.to_string()),
        _ => None,
    };
    number.filter(|number| number.property("uri").is_some_and(|uri| !uri.is_unset()))
}

fn duration(json: &Json) -> Option<Duration> {
    match json {
        Json::Integer(milliseconds) => Duration::from_milliseconds(*milliseconds),
        Json::String(text) => Duration::parse(text.trim()),
        _ => None,
    }
}

fn currency(json: &Json) -> Option<Currency> {
    let set = |text: &str| Some(Text::from(text)).filter(|text| !text.is_empty());
    match json {
        Json::String(text) => {
            let (amount, code) = text.split_once('|').unwrap_or((text, ""));
            let amount = match amount.trim() {
                "" => None,
                digits => Some(Number::parse(digits)?.to_decimal()),
            };
            Some(Currency { amount, code: set(code.trim()) })
        }
        Json::Object(_) => {
            let amount = match json.get("amount") {
                None | Some(Json::Null) => None,
                Some(amount) => Some(decimal(amount)?),
            };
            let code = match json.get("code") {
                Some(Json::String(code)) => set(code),
                _ => None,
            };
            Some(Currency { amount, code })
        }
        _ => None,
    }
}

/// Converts JSON to an object with all properties of its type. Missing properties are
/// NOT_SET. A string is the object's name, or an e-mail address.
fn object(json: &Json, kind: Kind) -> Result<Value, String> {
    let declared = properties_of(kind);
    let mut properties: Properties = declared
        .iter()
        .map(|(name, holds)| (Text::from(*name), Value::unset(*holds)))
        .collect();
    match json {
        Json::String(address) if kind == Kind::EmailAddress => {
            properties.insert("id".into(), Value::String(address.clone()));
        }
        Json::String(name)
            if declared.iter().any(|(property, _)| *property == "name") =>
        {
            properties.insert("name".into(), Value::String(name.clone()));
        }
        Json::Object(given) => {
            for (name, value) in given.iter() {
                let same = |(known, _): &&(&str, Type)| known.eq_ignore_ascii_case(name);
                let (key, holds) = match declared.iter().find(same) {
                    Some((known, holds)) => (Text::from(*known), *holds),
                    None if declared.is_empty() => {
                        (name.clone(), Type::one(Kind::String))
                    }
                    None => {
                        return Err(format!("{} has no property `{name}`", kind.name()));
                    }
                };
                let value =
                    Value::decode(value, holds).map_err(|why| format!("{key}: {why}"))?;
                properties.insert(key, value);
            }
        }
        _ => return Err(expected("an object with its properties", json)),
    }
    Ok(Value::Object(Arc::new(Object { kind, properties })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(json: &str, holds: &str) -> String {
        let json = Json::parse(json).unwrap();
        match Value::decode(&json, Type::parse(holds).unwrap()) {
            Ok(value) => format!("{} {}", value.type_of(), value.to_json()),
            Err(message) => message,
        }
    }

    #[test]
    fn values_of_a_known_type() {
        for (json, holds, expected) in [
            ("5", "Integer", "Integer 5"),
            ("\"5\"", "integer", "Integer 5"),
            ("5", "String", "String \"5\""),
            ("5", "Decimal", "Decimal 5.0"),
            ("null", "DateTime", "DateTime null"),
            ("null", "String[]", "String[] []"),
            ("[1,null]", "Integer[]", "Integer[] [1,null]"),
            ("\"2026-01-05\"", "DateTime", "DateTime \"2026-01-05T00:00:00Z\""),
            ("90000", "Duration", "Duration \"PT1M30S\""),
            (
                "\"4.5|USD\"",
                "Currency",
                "Currency {\"amount\":\"4.50\",\"code\":\"USD\"}",
            ),
            ("\"Sales\"", "Queue", "Queue {\"id\":null,\"name\":\"Sales\"}"),
            (
                "\"a@b.c\"",
                "EmailAddress",
                "EmailAddress {\"name\":null,\"id\":\"a@b.c\"}",
            ),
            ("{\"ID\":\"7\"}", "Skill", "Skill {\"id\":\"7\",\"name\":null}"),
            ("{\"any\":1}", "JSON", "JSON {\"any\":1}"),
            ("{\"zip\":12345}", "Contact", "Contact {\"zip\":\"12345\"}"),
        ] {
            assert_eq!(decode(json, holds), expected, "{json} as {holds}");
        }
    }

    #[test]
    fn invalid_values_of_a_type() {
        for (json, holds, expected) in [
            (
                "1.5",
                "Integer",
                "expected a whole number between ±999,999,999,999,999, found 1.5",
            ),
            ("1", "Integer[]", "expected a JSON list, found 1"),
            (
                "-9223372036854775808",
                "Integer",
                "expected a whole number between ±999,999,999,999,999, found -9223372036854775808",
            ),
            ("\"noon\"", "Time", "expected a time such as 09:30:00, found \"noon\""),
            ("{\"colour\":1}", "Queue", "Queue has no property `colour`"),
            ("1", "User", "expected an object with its properties, found 1"),
        ] {
            assert_eq!(decode(json, holds), expected, "{json} as {holds}");
        }
        assert_eq!(Type::parse("Number"), None);
    }

    #[test]
    fn json_implies_types() {
        for (json, holds) in [
            ("[1,2]", Some("Integer[]")),
            ("[1,\"a\"]", Some("JSON")),
            ("[]", None),
            ("null", None),
            ("1.0", Some("Decimal")),
            ("-9223372036854775808", Some("Decimal")),
            ("{}", Some("JSON")),
        ] {
            let found = Type::of_json(&Json::parse(json).unwrap());
            assert_eq!(found.map(|it| it.to_string()).as_deref(), holds, "{json}");
        }
    }
}

//! Values as text: printed by templates, and as JSON.

use std::fmt;
use std::sync::Arc;

use super::json::{write_json_list, write_json_string};
use super::{Currency, Json, Kind, Object, Text, Type, Value};

/// The language of spoken values in audio if no language is given.
const SPOKEN_LANGUAGE: &str = "en-us";

impl Value {
    /// Appends the text printed by a template and returned by `ToString`. Appends nothing
    /// for NOT_SET.
    pub fn write_text(&self, out: &mut String) {
        match self {
            Self::NotSet(_) => {}
            Self::String(text) => out.push_str(text),
            Self::Integer(number) => out.push_str(itoa::Buffer::new().format(*number)),
            Self::Boolean(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Decimal(number) => number.write(1, out),
            Self::DateTime(time) => time.write(out),
            Self::Date(date) => date.write(out),
            Self::Time(time) => time.write(out),
            Self::Duration(duration) => duration.write(out),
            Self::Currency(currency) => currency.write(out),
            Self::Object(object) => write_object(object, out),
            Self::Audio(audio) => out.push_str(&audio.render(SPOKEN_LANGUAGE)),
            Self::Communication(communication) => out.push_str(&communication.render()),
            Self::Json(json) => write_json_text(json, out),
            Self::Collection(collection) => {
                for (index, item) in collection.items.iter().enumerate() {
                    if index > 0 {
                        out.push('\n');
                    }
                    item.write_text(out);
                }
            }
        }
    }

    /// Converts the value to JSON. NOT_SET becomes `null`, times become strings, and an
    /// object becomes its properties. A Currency becomes `{"amount": "4.50", "code":
    /// "USD"}` with `null` for an unset part.
    pub fn to_json(&self) -> Json {
        match self {
            Self::NotSet(_) => Json::Null,
            Self::Boolean(truth) => Json::Boolean(*truth),
            Self::Integer(number) => Json::Integer(*number),
            Self::Decimal(number) => Json::Decimal(number.clone()),
            Self::String(text) => Json::String(text.clone()),
            Self::Json(json) => json.clone(),
            Self::DateTime(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Duration(_)
            | Self::Audio(_)
            | Self::Communication(_) => {
                let mut text = String::new();
                self.write_text(&mut text);
                Json::String(text.into())
            }
            Self::Currency(currency) => Json::object([
                ("amount".into(), json_or_null(currency.amount_text())),
                ("code".into(), json_or_null(currency.code.clone())),
            ]),
            Self::Object(object) => {
                let properties = object.properties.iter();
                Json::object(
                    properties.map(|(name, value)| (name.clone(), value.to_json())),
                )
            }
            Self::Collection(collection) => Json::Array(Arc::new(
                collection.items.iter().map(Self::to_json).collect(),
            )),
        }
    }

    /// Appends the compact JSON text of [`Value::to_json`].
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::NotSet(_) => out.push_str("null"),
            Self::String(text) => write_json_string(text, out),
            Self::Boolean(_) | Self::Integer(_) => self.write_text(out),
            Self::Decimal(number) => number.write_json(out),
            Self::Json(json) => json.write(out),
            Self::DateTime(_) | Self::Date(_) | Self::Time(_) | Self::Duration(_) => {
                out.push('"');
                self.write_text(out);
                out.push('"');
            }
            Self::Currency(_) | Self::Audio(_) | Self::Communication(_) => {
                self.to_json().write(out);
            }
            Self::Object(object) => {
                write_json_list(
                    ['{', '}'],
                    &object.properties,
                    out,
                    |(name, value), out| {
                        write_json_string(name, out);
                        out.push(':');
                        value.write_json(out);
                    },
                );
            }
            Self::Collection(collection) => {
                write_json_list(['[', ']'], &collection.items, out, Self::write_json);
            }
        }
    }

    /// The type of the value.
    pub fn type_of(&self) -> Type {
        let kind = match self {
            Self::NotSet(wanted) => return *wanted,
            Self::Collection(collection) => return Type::many(collection.kind),
            Self::Boolean(_) => Kind::Boolean,
            Self::Integer(_) => Kind::Integer,
            Self::Decimal(_) => Kind::Decimal,
            Self::String(_) => Kind::String,
            Self::DateTime(_) => Kind::DateTime,
            Self::Date(_) => Kind::Date,
            Self::Time(_) => Kind::Time,
            Self::Duration(_) => Kind::Duration,
            Self::Currency(_) => Kind::Currency,
            Self::Object(object) => object.kind,
            Self::Audio(_) => Kind::Audio,
            Self::Communication(_) => Kind::Communication,
            Self::Json(_) => Kind::Json,
        };
        Type::one(kind)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::String(text) = self {
            return formatter.write_str(text);
        }
        let mut text = String::new();
        self.write_text(&mut text);
        formatter.write_str(&text)
    }
}

impl Currency {
    /// The amount with at least two digits after the point. Returns `None` if it is
    /// unset.
    pub(super) fn amount_text(&self) -> Option<String> {
        let mut text = String::new();
        self.amount.as_ref()?.write(2, &mut text);
        Some(text)
    }

    /// `amount|code` with the amount as
    /// [`Decimal::rounded_text`](crate::value::Decimal::rounded_text); an unset part is
    /// empty.
    pub fn rounded_text(&self, places: u32) -> String {
        let amount = self.amount.as_ref().map(|amount| amount.rounded_text(places));
        let code = self.code.as_deref().unwrap_or_default();
        format!("{}|{code}", amount.unwrap_or_default())
    }

    fn write(&self, out: &mut String) {
        if let Some(amount) = &self.amount {
            amount.write(2, out);
        }
        out.push('|');
        out.push_str(self.code.as_deref().unwrap_or_default());
    }
}

fn json_or_null(text: Option<impl Into<Text>>) -> Json {
    text.map_or(Json::Null, |text| Json::String(text.into()))
}

/// The property that `ToString` returns for a kind. *Source: Genesys' expression
/// catalogue.*
fn text_property(kind: Kind) -> &'static str {
    match kind {
        Kind::PhoneNumber => "uri",
        Kind::User => "username",
        Kind::ExternalPhoneNumber => "display",
        Kind::Email
        | Kind::EmailAddress
        | Kind::EmailAttachment
        | Kind::ExternalContact
        | Kind::ExternalOrganization => "id",
        _ => "name",
    }
}

fn write_object(object: &Object, out: &mut String) {
    if object.kind == Kind::ExternalAddress {
        return write_address(object, out);
    }
    // An address that is not a telephone number has only its `raw` text.
    let names = [text_property(object.kind), "name", "id", "raw"];
    let mut texts = names.iter().filter_map(|name| object.properties.get(*name));
    if let Some(value) = texts.find(|value| !value.is_unset()) {
        value.write_text(out);
    }
}

/// Appends the non-empty lines of an address, joined: `100 Main St., Chicago, IL, 60447,
/// USA`.
fn write_address(address: &Object, out: &mut String) {
    let lines = address.properties.values().filter_map(|line| match line {
        Value::String(line) if !line.trim().is_empty() => Some(line.as_str()),
        _ => None,
    });
    for (index, line) in lines.enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        out.push_str(line);
    }
}

fn write_json_text(json: &Json, out: &mut String) {
    match json {
        Json::Null => {}
        Json::String(text) => out.push_str(text),
        Json::Decimal(number) => number.write(1, out),
        other => other.write(out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Collection, DateTime, Decimal, Duration, Time};

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn price(amount: &str, code: &str) -> Value {
        Value::Currency(Currency::parse(&format!("{amount}|{code}")).unwrap().into())
    }

    fn object(kind: Kind, properties: &[(&str, Value)]) -> Value {
        let properties =
            properties.iter().map(|(name, value)| ((*name).into(), value.clone()));
        Value::Object(Object { kind, properties: properties.collect() }.into())
    }

    fn list(kind: Kind, items: Vec<Value>) -> Value {
        Value::Collection(Collection { kind, items }.into())
    }

    /// Asserts the text, the JSON and the type of a value.
    #[track_caller]
    fn check(value: &Value, text: &str, json: &str, kind: &str) {
        assert_eq!(value.to_string(), text, "{value:?}");
        let mut out = String::from("before ");
        value.write_text(&mut out);
        assert_eq!(out, format!("before {text}"));
        out.clear();
        value.write_json(&mut out);
        assert_eq!(out, json, "{value:?}");
        assert_eq!(value.to_json().to_string(), json, "{value:?}");
        assert_eq!(value.type_of().to_string(), kind, "{value:?}");
    }

    #[test]
    fn scalars() {
        check(&Value::NOT_SET, "", "null", "Any");
        check(&Value::NotSet(Type::one(Kind::Queue)), "", "null", "Queue");
        check(&Value::from(true), "true", "true", "Boolean");
        check(&Value::from(-2000), "-2000", "-2000", "Integer");
        check(&Value::from("a\"b\n"), "a\"b\n", r#""a\"b\n""#, "String");
        check(&Value::Decimal(decimal("5")), "5.0", "5.0", "Decimal");
        let large = Value::Decimal(decimal("1e22"));
        check(&large, "10000000000000000000000.0", "1e22", "Decimal");
    }

    #[test]
    fn times() {
        let time = DateTime::parse("2009-01-10T06:30:00Z").unwrap();
        let quoted = r#""2009-01-10T06:30:00Z""#;
        check(&Value::DateTime(time), "2009-01-10T06:30:00Z", quoted, "DateTime");
        check(&Value::Date(time.date()), "2009-01-10", r#""2009-01-10""#, "Date");
        let time = Time::new(6, 30, 0, 5).unwrap();
        check(&Value::Time(time), "06:30:00.005", r#""06:30:00.005""#, "Time");
        let hour = Duration::parse("PT60M").unwrap();
        check(&Value::Duration(hour), "PT1H", r#""PT1H""#, "Duration");
    }

    #[test]
    fn json() {
        let json = |text| Value::Json(Json::parse(text).unwrap());
        check(&json("null"), "", "null", "JSON");
        check(&json(r#""a""#), "a", r#""a""#, "JSON");
        check(&json("2.50"), "2.5", "2.5", "JSON");
        check(&json("1e30"), "1000000000000000000000000000000.0", "1e30", "JSON");
        let compact = r#"{"b":[1,null],"a":1.0}"#;
        check(&json(r#"{"b": [1, null], "a": 1.0}"#), compact, compact, "JSON");
    }

    #[test]
    fn objects() {
        let name = ("name", Value::from("Ann"));
        let id = ("id", Value::from("7"));
        let user = [id.clone(), name.clone(), ("username", Value::from("a@b.c"))];
        let json = r#"{"id":"7","name":"Ann","username":"a@b.c"}"#;
        check(&object(Kind::User, &user), "a@b.c", json, "User");
        let queue = object(Kind::Queue, &[id.clone(), name]);
        check(&queue, "Ann", r#"{"id":"7","name":"Ann"}"#, "Queue");
        let nameless = object(Kind::Queue, &[id, ("name", Value::NOT_SET)]);
        check(&nameless, "7", r#"{"id":"7","name":null}"#, "Queue");
        let number = object(Kind::PhoneNumber, &[("uri", Value::from("tel:+1555"))]);
        check(&number, "tel:+1555", r#"{"uri":"tel:+1555"}"#, "PhoneNumber");
        check(&object(Kind::Skill, &[]), "", "{}", "Skill");
        let json = r#"{"amount":"4.50","code":"USD"}"#;
        check(&price("4.5", "USD"), "4.50|USD", json, "Currency");
        let json = r#"{"amount":null,"code":"USD"}"#;
        check(&price("", "USD"), "|USD", json, "Currency");
        let json = r#"{"amount":"-1.00","code":null}"#;
        check(&price("-1", ""), "-1.00|", json, "Currency");
    }

    #[test]
    fn currencies_with_places() {
        for (text, places, printed) in [
            ("1.125|USD", 2, "1.13|USD"),
            ("-1.0|USD", 3, "-1.000|USD"),
            ("2000.50|USD", 0, "2001|USD"),
            ("-0.4|USD", 0, "0|USD"),
            ("|USD", 2, "|USD"),
            ("-1|", 2, "-1.00|"),
        ] {
            let currency = Currency::parse(text).unwrap();
            assert_eq!(currency.rounded_text(places), printed, "{text}");
        }
        let longest = Currency::parse("1|USD").unwrap().rounded_text(u32::MAX);
        assert!(longest.len() < 500, "{longest}");
    }

    #[test]
    fn collections() {
        let numbers = list(Kind::Integer, vec![Value::NOT_SET, Value::from(-1)]);
        check(&numbers, "\n-1", "[null,-1]", "Integer[]");
        check(&list(Kind::String, vec![]), "", "[]", "String[]");
        let prices = list(Kind::Currency, vec![price("10", "USD"), price("5", "EUR")]);
        let json = r#"[{"amount":"10.00","code":"USD"},{"amount":"5.00","code":"EUR"}]"#;
        check(&prices, "10.00|USD\n5.00|EUR", json, "Currency[]");
    }

    #[test]
    fn objects_print_their_main_property() {
        let object = |kind: Kind, properties: &[(&str, &str)]| {
            let properties = properties
                .iter()
                .map(|(name, value)| ((*name).into(), Value::from(*value)));
            let object = Object { kind, properties: properties.collect() };
            Value::Object(Arc::new(object)).to_string()
        };
        let both = [("id", "7"), ("name", "Seven"), ("display", "+1 7")];
        assert_eq!(object(Kind::Queue, &both), "Seven");
        assert_eq!(object(Kind::EmailAddress, &both), "7");
        assert_eq!(object(Kind::ExternalPhoneNumber, &both), "+1 7");
        let address =
            [("address1", "100 Main St."), ("address2", " "), ("city", "Chicago")];
        assert_eq!(object(Kind::ExternalAddress, &address), "100 Main St., Chicago");
    }
}

//! Values as text: what a template prints, and JSON.

use std::fmt;
use std::sync::Arc;

use super::json::{write_json_list, write_json_string};
use super::{Currency, Json, Kind, Object, Type, Value};

impl Value {
    /// Appends the text that a template prints and `ToString` returns. Nothing for NOT_SET.
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

    /// The value as JSON: NOT_SET is `null`, times are strings, an object its properties, a
    /// Currency `{"amount": "4.50", "code": "USD"}`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::NotSet(_) => Json::Null,
            Self::Boolean(truth) => Json::Boolean(*truth),
            Self::Integer(number) => Json::Integer(*number),
            Self::Decimal(number) => Json::Decimal(number.clone()),
            Self::String(text) => Json::String(text.clone()),
            Self::Json(json) => json.clone(),
            Self::DateTime(_) | Self::Date(_) | Self::Time(_) | Self::Duration(_) => {
                let mut text = String::new();
                self.write_text(&mut text);
                Json::String(text.into())
            }
            Self::Currency(currency) => Json::object([
                ("amount".into(), Json::String(currency.amount_text().into())),
                ("code".into(), Json::String(currency.code.clone())),
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
            Self::Currency(_) => self.to_json().write(out),
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
    /// The amount with at least two digits after the point.
    pub fn amount_text(&self) -> String {
        let mut text = String::new();
        self.amount.write(2, &mut text);
        text
    }

    fn write(&self, out: &mut String) {
        self.amount.write(2, out);
        out.push('|');
        out.push_str(&self.code);
    }
}

/// The property that `ToString` returns for a kind. *Source: Genesys' expression
/// catalogue.*
fn text_property(kind: Kind) -> &'static str {
    match kind {
        Kind::PhoneNumber => "uri",
        Kind::User => "username",
        Kind::ExternalContact => "id",
        _ => "name",
    }
}

fn write_object(object: &Object, out: &mut String) {
    let names = [text_property(object.kind), "name", "id"];
    let mut texts = names.iter().filter_map(|name| object.properties.get(*name));
    if let Some(value) = texts.find(|value| !value.is_unset()) {
        value.write_text(out);
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

//! Documents as values.

use std::borrow::Cow;

use crate::source::{Entry, FileId, Kind, Node, Span};
use crate::value::{Json, Number, Text};

/// Converts a document to JSON. The last value of a repeated key counts.
pub fn json(node: &Node<'_>) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Boolean(value) => Json::Boolean(*value),
        // A number outside the range of a Decimal is kept as a string of its digits.
        Kind::Number(text) => Number::parse_json(text)
            .map_or_else(|| Json::String(Text::from(&**text)), Json::from),
        Kind::String(text) => Json::String(Text::from(&**text)),
        Kind::Array(items) => {
            Json::Array(items.iter().map(json).collect::<Vec<_>>().into())
        }
        Kind::Object(entries) => Json::object(
            entries.iter().map(|entry| (Text::from(&*entry.key), json(&entry.value))),
        ),
    }
}

/// Converts JSON to a document without real positions; all spans are empty.
pub fn node(json: &Json) -> Node<'_> {
    let span = Span::new(FileId(0), 0, 0);
    let kind = match json {
        Json::Null => Kind::Null,
        Json::Boolean(truth) => Kind::Boolean(*truth),
        Json::Integer(_) | Json::Decimal(_) => Kind::Number(Cow::Owned(json.to_string())),
        Json::String(text) => Kind::String(Cow::Borrowed(text)),
        Json::Array(items) => Kind::Array(items.iter().map(node).collect()),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| Entry {
                key: Cow::Borrowed(key),
                key_span: span,
                value: node(value),
            });
            Kind::Object(entries.collect())
        }
    };
    Node { span, kind }
}

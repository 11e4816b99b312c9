//! Documents as values.

use crate::source::{Kind, Node};
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

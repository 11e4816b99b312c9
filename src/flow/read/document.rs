//! Documents as values.

use crate::source::{Kind, Node};
use crate::value::{Json, Number, Text};

/// A document as JSON. Of repeated keys the last one counts.
pub fn json(node: &Node<'_>) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Boolean(value) => Json::Boolean(*value),
        // A number beyond the limits of a Decimal is kept as its digits.
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

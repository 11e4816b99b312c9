//! Documents as values.

use std::borrow::Cow;

use crate::source::{Entry, FileId, Kind, Node, Span};
use crate::value::{Json, Number, Text};

/// The maximum nesting of a value that becomes JSON or a setting.
pub(super) const MAX_VALUE_DEPTH: usize = 128;

/// Converts a document to JSON. The last value of a repeated key counts. Lists and objects
/// nested deeper than 128 levels are null; only keys for sequences of actions can contain
/// such.
pub fn json(node: &Node<'_>) -> Json {
    json_at(node, 0)
}

fn json_at(node: &Node<'_>, depth: usize) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Boolean(value) => Json::Boolean(*value),
        // A number outside the range of a Decimal is kept as a string of its digits.
        Kind::Number(text) => Number::parse_json(text)
            .map_or_else(|| Json::String(Text::from(&**text)), Json::from),
        Kind::String(text) => Json::String(Text::from(&**text)),
        Kind::Array(_) | Kind::Object(_) if depth > MAX_VALUE_DEPTH => Json::Null,
        Kind::Array(items) => {
            let items = items.iter().map(|item| json_at(item, depth + 1));
            Json::Array(items.collect::<Vec<_>>().into())
        }
        Kind::Object(entries) => Json::object(
            entries
                .iter()
                .map(|entry| (Text::from(&*entry.key), json_at(&entry.value, depth + 1))),
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

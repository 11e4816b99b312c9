//! Conversion of JSON values to nodes, for readers of documents.

use std::borrow::Cow;

use crate::source::{Entry, FileId, Kind, Node, Span};
use crate::value::Json;

/// Converts JSON to a document without real positions; all spans are empty.
pub(super) fn node(json: &Json) -> Node<'_> {
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

//! Tables: `each` makes a test of every row, with its values in place of `${name}`.

use std::borrow::Cow;

use crate::diagnostic::{Decoder, nearest};
use crate::source::{Entry, Kind, Node};

/// How many rows a table may have, and how large texts may become with what stands in it.
const MAX_ROWS: usize = 100_000;
const MAX_TEXT: usize = 64 * 1024;

/// The rows of a table.
pub(super) fn rows<'t, 's>(table: &'t Node<'s>, decoder: &mut Decoder) -> &'t [Node<'s>] {
    let Kind::Array(items) = &table.kind else {
        decoder.unexpected("`each`", table, "a list of rows, each an object");
        return &[];
    };
    if items.is_empty() || items.len() > MAX_ROWS {
        let message =
            format!("`each` has {} rows, expected 1 to {MAX_ROWS}", items.len());
        decoder.wrong(table.span, message);
        return &[];
    }
    items
}

/// The test as one row has it.
pub(super) fn of_row<'s>(
    case: &Node<'s>,
    row: &Node<'s>,
    decoder: &mut Decoder,
) -> Option<Node<'s>> {
    if !matches!(row.kind, Kind::Object(_)) {
        decoder.unexpected("a row of `each`", row, "an object of names and values");
        return None;
    }
    let entries = case.entries().iter().map(|entry| Entry {
        key: entry.key.clone(),
        key_span: entry.key_span,
        value: filled(&entry.value, row, decoder),
    });
    let kind = Kind::Object(entries.collect());
    Some(Node { span: case.span, kind })
}

/// A value with those of the row put in.
fn filled<'s>(node: &Node<'s>, row: &Node<'s>, decoder: &mut Decoder) -> Node<'s> {
    let kind = match &node.kind {
        Kind::String(text) if text.contains("${") => {
            return filled_text(node, text, row, decoder);
        }
        Kind::Array(items) => {
            Kind::Array(items.iter().map(|item| filled(item, row, decoder)).collect())
        }
        Kind::Object(entries) => {
            let entries = entries.iter().map(|entry| Entry {
                key: filled_key(&entry.key, row, node, decoder),
                key_span: entry.key_span,
                value: filled(&entry.value, row, decoder),
            });
            Kind::Object(entries.collect())
        }
        other => other.clone(),
    };
    Node { span: node.span, kind }
}

fn filled_key<'s>(
    key: &Cow<'s, str>,
    row: &Node<'s>,
    node: &Node<'s>,
    decoder: &mut Decoder,
) -> Cow<'s, str> {
    if key.contains("${") {
        replaced(key, row, node, decoder).into()
    } else {
        key.clone()
    }
}

/// A text that is one placeholder and nothing else takes the value as it is: a number stays
/// a number, `null` stays `null`.
fn filled_text<'s>(
    node: &Node<'s>,
    text: &str,
    row: &Node<'s>,
    decoder: &mut Decoder,
) -> Node<'s> {
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = whole.filter(|name| !name.contains(['{', '}']))
        && let Some(value) = row.get(name.trim())
    {
        return Node { span: node.span, kind: value.kind.clone() };
    }
    let text = replaced(text, row, node, decoder);
    Node { span: node.span, kind: Kind::String(text.into()) }
}

fn replaced(
    text: &str,
    row: &Node<'_>,
    node: &Node<'_>,
    decoder: &mut Decoder,
) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        match row.get(name.trim()) {
            Some(value) => out.push_str(&printed(value)),
            None => unknown(name.trim(), row, node, decoder),
        }
        rest = behind;
        if out.len() > MAX_TEXT {
            let message = format!("the text becomes longer than {MAX_TEXT} bytes");
            decoder.wrong(node.span, message);
            return String::new();
        }
    }
    out.push_str(rest);
    out
}

fn unknown(name: &str, row: &Node<'_>, node: &Node<'_>, decoder: &mut Decoder) {
    let names: Vec<&str> = row.entries().iter().map(|entry| &*entry.key).collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `${{{near}}}`?"),
        None => format!("the row has {}", names.join(", ")),
    };
    let message = format!("the row of `each` has no `{name}`");
    decoder.wrong(node.span, message).help = Some(help);
}

fn printed(value: &Node<'_>) -> String {
    match &value.kind {
        Kind::String(text) | Kind::Number(text) => text.to_string(),
        Kind::Boolean(truth) => truth.to_string(),
        Kind::Null => "null".into(),
        _ => crate::flow::read::json(value).to_string(),
    }
}

//! Reads TOML.

use std::borrow::Cow;

use toml_span::value::{Key, ValueInner};
use toml_span::{ErrorKind, Value};

use super::file::File;
use super::node::{Entry, Kind, Node};
use super::read::{Problem, ProblemKind};
use super::span::Span;

/// Reads TOML 1.0. Dates and times are errors: write them as strings.
///
/// # Errors
/// Fails if the text is malformed or nested too deeply.
pub fn read_toml(file: &File) -> Result<Node<'_>, Problem> {
    let whole = file.span();
    let mut value = toml_span::parse(file.text()).map_err(|error| Problem {
        kind: match error.kind {
            ErrorKind::ExceededDepthLimit => ProblemKind::TooLarge,
            _ => ProblemKind::Toml,
        },
        span: whole.part(error.span.start, error.span.end),
        message: error.to_string(),
        hint: None,
        other: None,
    })?;
    Ok(node(&mut value, whole))
}

fn node<'s>(value: &mut Value<'s>, whole: Span) -> Node<'s> {
    let span = whole.part(value.span.start, value.span.end);
    let kind = match value.take() {
        ValueInner::String(text) => Kind::String(text),
        ValueInner::Integer(number) => Kind::Number(Cow::Owned(number.to_string())),
        ValueInner::Float(number) if number.is_finite() => {
            Kind::Number(Cow::Owned(number.to_string()))
        }
        ValueInner::Float(number) => Kind::String(Cow::Owned(number.to_string())),
        ValueInner::Boolean(truth) => Kind::Boolean(truth),
        ValueInner::Array(items) => Kind::Array(
            items.into_iter().map(|mut item| node(&mut item, whole)).collect(),
        ),
        ValueInner::Table(table) => {
            let entries = table.into_iter().map(|it| entry(it, whole));
            let mut entries: Vec<Entry<'s>> = entries.collect();
            // The table is sorted by name; a document is in the order of its lines.
            entries.sort_by_key(|entry| entry.key_span.start);
            Kind::Object(entries)
        }
    };
    Node { span, kind }
}

fn entry<'s>((key, mut value): (Key<'s>, Value<'s>), whole: Span) -> Entry<'s> {
    let key_span = whole.part(key.span.start, key.span.end);
    Entry { key: key.name, key_span, value: node(&mut value, whole) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;

    #[test]
    fn values_keep_their_places_and_order() {
        let text = "b = [\"x\"]\na = 1\n[c.d]\ne = true\n";
        let file = Files::new().add("a.toml", text);
        let document = read_toml(&file).unwrap();
        let keys: Vec<&str> = document.entries().iter().map(|it| &*it.key).collect();
        assert_eq!(keys, ["b", "a", "c"]);
        let inner = document.get("c").and_then(|it| it.get("d")).unwrap();
        assert_eq!(inner.get("e").unwrap().kind, Kind::Boolean(true));
        assert_eq!(file.position(document.entry("a").unwrap().key_span.start).line, 2);
        assert_eq!(file.position(inner.entry("e").unwrap().key_span.start).line, 4);
    }

    #[test]
    fn mistakes_have_a_place() {
        let file = Files::new().add("a.toml", "a = 1\na = 2\n");
        let problem = read_toml(&file).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Toml);
        assert_eq!(problem.message, "duplicate key: `a`");
        assert_eq!(file.position(problem.span.start).line, 2);
        let deep = format!("a = {}", "[".repeat(100_000));
        let file = Files::new().add("a.toml", deep);
        assert!(read_toml(&file).is_err());
    }
}

//! Strict JSON, parsed by `jsonc-parser`.

use jsonc_parser::ast::{ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::file::File;
use super::node::{Entry, Kind, Node};
use super::read::{MAX_DEPTH, Problem, ProblemKind, too_deep};
use super::span::{FileId, Span};

pub(super) fn read(file: &File) -> Result<Node<'_>, Problem> {
    let parsed = parse_to_ast(file.text(), &CollectOptions::default(), &strict());
    let value = parsed.map_err(|error| problem(file, &error))?.value;
    let Some(value) = value else {
        return Err(problem_at(file.span(), "the file contains no value".into(), None));
    };
    convert(file, value, 0)
}

/// The options for strict parsing. The parser is lenient by default, but a file that only
/// flowsim can read would be a trap.
fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn convert<'s>(file: &File, value: Value<'s>, depth: usize) -> Result<Node<'s>, Problem> {
    let span = span_of(file.id(), value.range());
    if depth > MAX_DEPTH {
        return Err(too_deep(span));
    }
    let kind = match value {
        Value::NullKeyword(_) => Kind::Null,
        Value::BooleanLit(literal) => Kind::Boolean(literal.value),
        Value::NumberLit(literal) => Kind::Number(literal.value.into()),
        Value::StringLit(literal) => {
            refuse_control_characters(file, span)?;
            Kind::String(literal.value)
        }
        Value::Array(array) => {
            let mut items = Vec::with_capacity(array.elements.len());
            for item in array.elements {
                items.push(convert(file, item, depth + 1)?);
            }
            Kind::Array(items)
        }
        Value::Object(object) => {
            let mut entries = Vec::with_capacity(object.properties.len());
            for property in object.properties {
                entries.push(entry(file, property, depth + 1)?);
            }
            Kind::Object(entries)
        }
    };
    Ok(Node { span, kind })
}

fn entry<'s>(
    file: &File,
    property: ObjectProp<'s>,
    depth: usize,
) -> Result<Entry<'s>, Problem> {
    let (key, range) = match property.name {
        ObjectPropName::String(literal) => {
            // Without the quotes, so that the span of a key covers only its text.
            let Range { start, end } = literal.range;
            (literal.value, Range::new(start + 1, end - 1))
        }
        ObjectPropName::Word(literal) => (literal.value.into(), literal.range),
    };
    let key_span = span_of(file.id(), range);
    refuse_control_characters(file, key_span)?;
    let value = convert(file, property.value, depth)?;
    Ok(Entry { key, key_span, value })
}

/// Rejects control characters. JSON requires escapes for line breaks and the like, but
/// the parser accepts them.
fn refuse_control_characters(file: &File, span: Span) -> Result<(), Problem> {
    let range = span.start as usize..span.end as usize;
    let bytes = file.text().as_bytes().get(range).unwrap_or_default();
    // Without an early exit, so that many bytes are processed at a time.
    if !bytes.iter().fold(false, |found, byte| found | (*byte < b' ')) {
        return Ok(());
    }
    let at = bytes.iter().position(|byte| *byte < b' ').unwrap_or_default();
    let message = "this is not JSON: a string contains a control character".into();
    let hint =
        "write a line break as `\\n` and a tab as `\\t`, or add a missing closing quote";
    Err(problem_at(span.part(at, at + 1), message, Some(hint.into())))
}

fn span_of(file: FileId, range: Range) -> Span {
    Span::new(file, range.start, range.end)
}

fn problem(file: &File, error: &ParseError) -> Problem {
    let span = span_of(file.id(), error.range());
    let hint = match error.kind() {
        ParseErrorKind::NestingDepthExceeded => return too_deep(span),
        ParseErrorKind::TrailingCommasNotAllowed => Some("remove the last comma"),
        ParseErrorKind::SingleQuotedStringsNotAllowed => Some("use double quotes"),
        ParseErrorKind::CommentsNotAllowed => Some("remove the comment"),
        ParseErrorKind::ExpectedComma => Some("insert a comma before it"),
        ParseErrorKind::UnterminatedArray => Some("add a closing `]`"),
        ParseErrorKind::UnterminatedObject => Some("add a closing `}`"),
        _ => None,
    };
    let text = error.kind().to_string();
    let mut message = text.clone();
    if let Some(first) = text.chars().next() {
        message.replace_range(..first.len_utf8(), &first.to_lowercase().to_string());
    }
    problem_at(span, format!("this is not JSON: {message}"), hint.map(Into::into))
}

fn problem_at(span: Span, message: String, hint: Option<String>) -> Problem {
    Problem { kind: ProblemKind::JsonSyntax, span, message, hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;

    fn read_text(text: &str) -> Result<String, Problem> {
        let file = Files::new().add("a.json", text);
        read(&file).map(|node| format!("{:?}", node.kind))
    }

    #[test]
    fn every_value_has_its_place() {
        let mut files = Files::new();
        let file = files.add("a.json", r#"{"key": ["té\n", 1.50, null]}"#);
        let document = read(&file).unwrap();
        let list = document.get("key").unwrap();
        assert_eq!(files.text(document.entries()[0].key_span), "key");
        assert_eq!(files.text(list.span), r#"["té\n", 1.50, null]"#);
        assert_eq!(list.items()[0].as_str(), Some("té\n"));
        assert_eq!(list.items()[1].kind, Kind::Number("1.50".into()));
        assert_eq!(files.text(list.items()[1].span), "1.50");
    }

    #[test]
    fn only_json_is_json() {
        for text in [
            "{a: 1}",
            "[1,]",
            "['a']",
            "[0x1]",
            "[1] // c",
            "[+1]",
            "[.5]",
            "[1 2]",
            "[\"a\nb\"]",
            "{\"a\tb\": 1}",
            "[NaN]",
        ] {
            let problem = read_text(text).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::JsonSyntax, "{text}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        let deep = "[".repeat(10_000_000);
        assert_eq!(read_text(&deep).unwrap_err().kind, ProblemKind::TooLarge);
        let closed = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(read_text(&closed).unwrap_err().kind, ProblemKind::TooLarge);
    }

    #[test]
    fn the_last_of_duplicate_keys_counts() {
        let file = Files::new().add("a.json", r#"{"a": 1, "a": 2}"#);
        let document = read(&file).unwrap();
        assert_eq!(document.get("a").unwrap().kind, Kind::Number("2".into()));
        assert_eq!(document.entries().len(), 2);
    }
}

//! JSON as a value: numbers keep all their digits, objects their order, copies are cheap.

use std::fmt::{self, Write};
use std::sync::Arc;

use indexmap::IndexMap;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Decimal, MAX_DIGITS, Number, Text, Value};

/// The entries of a JSON object, in order.
pub type JsonObject = IndexMap<Text, Json>;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Decimal(Decimal),
    /// A string.
    String(Text),
    /// A list.
    Array(Arc<Vec<Json>>),
    /// An object.
    Object(Arc<JsonObject>),
}

/// How deep JSON may be nested.
///
/// Dropping, comparing and printing [`Json`] recurse, so that this bounds their stack.
/// [`Json::parse`] and the conversion [`to_json`](crate::value::to_json) refuse what is
/// deeper. Whoever builds JSON out of JSON in a run makes sure with
/// [`Json::is_within_depth`]; out of constants no check is needed.
pub const MAX_JSON_DEPTH: usize = 128;

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJson {
    /// What was found, in lower case.
    pub message: String,
    /// Where, in bytes from the start of the text.
    pub at: usize,
}

impl fmt::Display for NotJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not JSON: {} at byte {}", self.message, self.at)
    }
}

impl std::error::Error for NotJson {}

impl Json {
    /// Reads JSON text, at most [`MAX_JSON_DEPTH`] deep. Of a key that comes twice the last
    /// value counts. A number that exceeds a decimal is an error, for any other value would
    /// be a wrong one.
    pub fn parse(text: &str) -> Result<Self, NotJson> {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &strict());
        let value = parsed.map_err(|error| syntax_error(&error))?.value;
        let nothing =
            || NotJson { message: "the text holds no value".into(), at: text.len() };
        from_tree(value.ok_or_else(nothing)?, 0)
    }

    /// A list of these items.
    pub fn array(items: impl IntoIterator<Item = Json>) -> Self {
        Self::Array(Arc::new(items.into_iter().collect()))
    }

    /// An object of these entries.
    pub fn object(entries: impl IntoIterator<Item = (Text, Json)>) -> Self {
        Self::Object(Arc::new(entries.into_iter().collect()))
    }

    /// The value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The value of a key of an object, or of an index of a list.
    pub fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(entries) => entries.get(name),
            Self::Array(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// Whether lists and objects are nested at most so deep: `[1]` is one deep. Looks no
    /// deeper than that itself.
    pub fn is_within_depth(&self, depth: usize) -> bool {
        let inner = depth.checked_sub(1);
        let fits = |item: &Json| inner.is_some_and(|inner| item.is_within_depth(inner));
        match self {
            Self::Array(items) => inner.is_some() && items.iter().all(fits),
            Self::Object(entries) => inner.is_some() && entries.values().all(fits),
            _ => true,
        }
    }

    /// Appends the compact JSON text.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => out.push_str(itoa::Buffer::new().format(*value)),
            Self::Decimal(value) => value.write_json(out),
            Self::String(text) => write_json_string(text, out),
            Self::Array(items) => {
                write_json_list(['[', ']'], items.as_ref(), out, Self::write);
            }
            Self::Object(entries) => {
                write_json_list(
                    ['{', '}'],
                    entries.as_ref(),
                    out,
                    |(key, value), out| {
                        write_json_string(key, out);
                        out.push(':');
                        value.write(out);
                    },
                );
            }
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

impl From<Json> for Value {
    /// Scalars become values of their own type; `null` is NOT_SET; lists and objects stay
    /// JSON.
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::NOT_SET,
            Json::Boolean(value) => Self::Boolean(value),
            Json::Integer(value) => Self::Integer(value),
            Json::Decimal(value) => Self::Decimal(value),
            Json::String(text) => Self::String(text),
            other => Self::Json(other),
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

/// JSON and nothing else: the parser is lenient unless told otherwise.
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

fn syntax_error(error: &ParseError) -> NotJson {
    let mut message = error.kind().to_string();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    NotJson { message, at: error.range().start }
}

/// The parser itself goes no deeper than 512, so that its tree is safe to drop.
fn from_tree(value: ast::Value<'_>, depth: usize) -> Result<Json, NotJson> {
    let at = value.range().start;
    if depth > MAX_JSON_DEPTH {
        return Err(NotJson {
            message: format!("nested deeper than {MAX_JSON_DEPTH}"),
            at,
        });
    }
    Ok(match value {
        ast::Value::NullKeyword(_) => Json::Null,
        ast::Value::BooleanLit(literal) => Json::Boolean(literal.value),
        ast::Value::StringLit(literal) => Json::String(literal.value.as_ref().into()),
        ast::Value::NumberLit(literal) => {
            let message = || format!("a number of more than {MAX_DIGITS} digits");
            let number = Number::parse_json(literal.value);
            number.ok_or_else(|| NotJson { message: message(), at })?.into()
        }
        ast::Value::Array(array) => {
            let items = array.elements.into_iter().map(|item| from_tree(item, depth + 1));
            Json::Array(Arc::new(items.collect::<Result<_, _>>()?))
        }
        ast::Value::Object(object) => {
            let mut entries = JsonObject::with_capacity(object.properties.len());
            for property in object.properties {
                let key = Text::from(property.name.as_str());
                entries.insert(key, from_tree(property.value, depth + 1)?);
            }
            Json::Object(Arc::new(entries))
        }
    })
}

/// Appends items with commas between the brackets.
pub(super) fn write_json_list<Item>(
    brackets: [char; 2],
    items: impl IntoIterator<Item = Item>,
    out: &mut String,
    write: impl Fn(Item, &mut String),
) {
    out.push(brackets[0]);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(brackets[1]);
}

/// Appends a JSON string with its quotes.
pub(crate) fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escape);
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

//! JSON as a value: numbers keep all their digits, objects keep their order, and copies
//! are cheap.

use std::fmt::{self, Write};
use std::sync::Arc;

use indexmap::IndexMap;
use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::decimal::MAX_FRACTION_DIGITS;
use super::{Decimal, MAX_DIGITS, Number, Text, Value};

/// The entries of a JSON object, in order. The hash has a random seed, as that of the
/// standard library, because keys come from outside; it takes a fraction of the time.
pub type JsonObject = IndexMap<Text, Json, foldhash::fast::RandomState>;

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

/// The maximum nesting of JSON.
///
/// Dropping, comparing and printing [`Json`] recurse, so this limit bounds their stack.
/// [`Json::parse`] and the conversion [`to_json`](crate::value::to_json) refuse deeper
/// JSON. Code that builds JSON from JSON during a run must check
/// [`Json::is_within_depth`]. Code that builds it from constants needs no check.
pub const MAX_JSON_DEPTH: usize = 128;

/// A syntax error in JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// The finding, in lower case.
    pub message: String,
    /// The place, in bytes from the start of the text.
    pub at: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not JSON: {} at byte {}", self.message, self.at)
    }
}

impl std::error::Error for JsonError {}

impl Json {
    /// Parses JSON text, nested at most [`MAX_JSON_DEPTH`] levels deep. The last of
    /// duplicate keys counts. A number that does not fit a decimal is an error, because any
    /// other value would be wrong.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &strict());
        let value = parsed.map_err(|error| syntax_error(&error))?.value;
        let nothing =
            || JsonError { message: "the text contains no value".into(), at: text.len() };
        Reader { text }.read(value.ok_or_else(nothing)?, 0)
    }

    /// Creates a list of these items.
    pub fn array(items: impl IntoIterator<Item = Json>) -> Self {
        Self::Array(Arc::new(items.into_iter().collect()))
    }

    /// Creates an object with these entries.
    pub fn object(entries: impl IntoIterator<Item = (Text, Json)>) -> Self {
        Self::Object(Arc::new(entries.into_iter().collect()))
    }

    /// The value of a key. Returns `None` if this is not an object with that key.
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

    /// Whether lists and objects are nested at most `depth` levels deep: `[1]` has one
    /// level. The check itself recurses no deeper.
    pub fn is_within_depth(&self, depth: usize) -> bool {
        let inner = depth.checked_sub(1);
        let fits = |item: &Json| inner.is_some_and(|inner| item.is_within_depth(inner));
        match self {
            Self::Array(items) => inner.is_some() && items.iter().all(fits),
            Self::Object(entries) => inner.is_some() && entries.values().all(fits),
            _ => true,
        }
    }

    /// Appends compact JSON text.
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
    /// Scalars become values of the corresponding type; `null` becomes NOT_SET; lists and
    /// objects stay JSON.
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

/// The options for strict parsing; the parser is lenient by default.
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

fn syntax_error(error: &ParseError) -> JsonError {
    let mut message = error.kind().to_string();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    JsonError { message, at: error.range().start }
}

/// Converts the parser's tree to [`Json`]. The tree is at most 512 levels deep, so it is
/// safe to drop.
struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn read(&self, value: ast::Value<'_>, depth: usize) -> Result<Json, JsonError> {
        let range = value.range();
        let fail = |message: String| Err(JsonError { message, at: range.start });
        let is_container = matches!(value, ast::Value::Array(_) | ast::Value::Object(_));
        if is_container && depth >= MAX_JSON_DEPTH {
            return fail(format!("nested deeper than {MAX_JSON_DEPTH}"));
        }
        Ok(match value {
            ast::Value::NullKeyword(_) => Json::Null,
            ast::Value::BooleanLit(literal) => Json::Boolean(literal.value),
            ast::Value::StringLit(literal) => {
                Json::String(self.string(&literal.value, range)?)
            }
            ast::Value::NumberLit(literal) => match Number::parse_json(literal.value) {
                Some(number) => number.into(),
                None => return fail(number_problem(literal.value)),
            },
            ast::Value::Array(array) => {
                let items =
                    array.elements.into_iter().map(|item| self.read(item, depth + 1));
                Json::Array(Arc::new(items.collect::<Result<_, _>>()?))
            }
            ast::Value::Object(object) => {
                let mut entries = JsonObject::with_capacity_and_hasher(
                    object.properties.len(),
                    Default::default(),
                );
                for property in object.properties {
                    let key =
                        self.string(property.name.as_str(), property.name.range())?;
                    entries.insert(key, self.read(property.value, depth + 1)?);
                }
                Json::Object(Arc::new(entries))
            }
        })
    }

    /// Rejects control characters in strings. JSON requires escapes for them; the parser
    /// does not.
    fn string(&self, value: &str, range: Range) -> Result<Text, JsonError> {
        let written = &self.text.as_bytes()[range.start..range.end];
        match written.iter().position(|byte| *byte < b' ') {
            Some(offset) => {
                let message = "a control character in a string".into();
                Err(JsonError { message, at: range.start + offset })
            }
            None => Ok(value.into()),
        }
    }
}

/// Returns the reason why a number of JSON is not a decimal.
fn number_problem(text: &str) -> String {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, ""));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let is_fraction = mantissa.starts_with("0.") || mantissa.starts_with("-0.");
    let is_small = exponent.starts_with('-') || (exponent.is_empty() && is_fraction);
    if digits.trim_matches('0').len() > MAX_DIGITS {
        format!("a number of more than {MAX_DIGITS} digits")
    } else if is_small {
        format!("a number of more than {MAX_FRACTION_DIGITS} digits after the point")
    } else {
        format!("a number that is too large, beyond 10 to the power of {MAX_DIGITS}")
    }
}

/// Appends items in brackets, separated by commas.
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
    write_json_string_after("\"", text, out);
}

/// Appends `start`, which ends with the opening quote of a JSON string, and the rest of the
/// string. It is faster than to append the quote separately.
#[inline]
pub(crate) fn write_json_string_after(start: &str, text: &str, out: &mut String) {
    write_json_string_between(start, text, "\"", out);
}

/// Like [`write_json_string_after`]; `end` begins with the closing quote.
#[inline]
pub(crate) fn write_json_string_between(
    start: &str,
    text: &str,
    end: &str,
    out: &mut String,
) {
    let needs_escape = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    let has_escapes = match text.len() {
        0..16 => has_any(text.as_bytes(), needs_escape),
        // Without an early exit, so that many bytes are processed at a time.
        _ => text.bytes().fold(false, |found, byte| found | needs_escape(byte)),
    };
    out.push_str(start);
    match has_escapes {
        true => write_escaped(text, out),
        false => out.push_str(text),
    }
    out.push_str(end);
}

/// Like `Iterator::any`, which is not inlined.
#[inline(always)]
fn has_any(bytes: &[u8], is_found: impl Fn(u8) -> bool) -> bool {
    for &byte in bytes {
        if is_found(byte) {
            return true;
        }
    }
    false
}

fn write_escaped(text: &str, out: &mut String) {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_json_requires() {
        for (text, written) in [
            ("", r#""""#),
            ("a\"b\\c/", r#""a\"b\\c/""#),
            ("\n\r\t\u{8}\u{c}\0\u{1f}", r#""\n\r\t\u0008\u000c\u0000\u001f""#),
            ("\u{2028}é😀\u{7f}", "\"\u{2028}é😀\u{7f}\""),
        ] {
            assert_eq!(Json::from(text).to_string(), written);
            assert_eq!(Json::parse(written), Ok(Json::from(text)));
        }
        assert_eq!(Json::parse(r#""\ud83d\ude00\u0041""#), Ok(Json::from("😀A")));
    }

    #[test]
    fn order_and_digits_are_kept() {
        let text =
            r#"{"z":1,"a":[true,false,null,-0.1,1.0,12345678901234567890.5],"":{}}"#;
        let json = Json::parse(text).unwrap();
        assert_eq!(json.to_string(), text);
        assert_eq!(json.get("a").unwrap().member("3").unwrap().to_string(), "-0.1");
        assert_eq!(json.get("a").unwrap().member("9"), None);
        assert_eq!(json.get("b"), None);
        assert_eq!(
            Json::parse(r#" {"a":1, "b":2, "a":3} "#).unwrap().to_string(),
            r#"{"a":3,"b":2}"#
        );
    }

    #[test]
    fn numbers_that_are_not_decimals() {
        for (text, message) in [
            (
                "[1e400]",
                "not JSON: a number that is too large, beyond 10 to the power of 40 at byte 1",
            ),
            (
                "-12345678901234567890123456789012345678901",
                "not JSON: a number of more than 40 digits at byte 0",
            ),
            (
                "1e-500",
                "not JSON: a number of more than 400 digits after the point at byte 0",
            ),
        ] {
            assert_eq!(Json::parse(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn invalid_json() {
        for (text, message) in [
            ("", "not JSON: the text contains no value at byte 0"),
            ("  ", "not JSON: the text contains no value at byte 2"),
        ] {
            assert_eq!(Json::parse(text).unwrap_err().to_string(), message, "{text}");
        }
        for text in [
            "{a: 1}",
            "[1,]",
            "['a']",
            "[0x1]",
            "[1] // c",
            "[+1]",
            "[.5]",
            "[1.]",
            "[01]",
            "[1 2]",
            "NaN",
            "{\"a\" 1}",
            "[",
            "\"",
            "nul",
            "[\"\u{1}",
            "1 1",
            "\u{feff}1",
            "[\"\n\"]",
            r#""\x""#,
            r#""\ud83d""#,
        ] {
            assert!(Json::parse(text).is_err(), "{text} was read");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let deepest = Json::parse(&nested(MAX_JSON_DEPTH)).unwrap();
        assert!(deepest.is_within_depth(MAX_JSON_DEPTH));
        assert!(!deepest.is_within_depth(MAX_JSON_DEPTH - 1));
        for depth in [MAX_JSON_DEPTH + 1, 1000, 1_000_000] {
            Json::parse(&nested(depth)).unwrap_err();
            Json::parse(&"{\"a\":".repeat(depth)).unwrap_err();
        }
        assert!(Json::Null.is_within_depth(0));
        assert!(!Json::array([]).is_within_depth(0));
    }
}

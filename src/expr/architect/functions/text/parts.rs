//! Parts of a String, and its length.

use std::sync::Arc;

use crate::value::{Collection, Kind, Text, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;

/// The characters that count as white space. *Source: the descriptions of the trim
/// functions.*
pub(in crate::expr::architect) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

pub(super) fn length(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Integer(characters(arguments.text(0)?)))
}

/// The length of a String.
pub(super) fn measure(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => Some(characters(text)),
        _ => None,
    }
}

fn characters(text: &str) -> i64 {
    let count = if text.is_ascii() { text.len() } else { text.chars().count() };
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn left(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    Ok(part(text, first(text, amount(arguments, 1)?)))
}

pub(super) fn right(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    Ok(part(text, last(text, amount(arguments, 1)?)))
}

pub(super) fn substring(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    let skipped = first(text, amount(arguments, 1)?).len();
    Ok(part(text, first(&text[skipped..], amount(arguments, 2)?)))
}

pub(super) fn trim(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    Ok(part(text, text.trim_matches(BLANKS)))
}

pub(super) fn trim_left(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    Ok(part(text, text.trim_start_matches(BLANKS)))
}

pub(super) fn trim_right(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    Ok(part(text, text.trim_end_matches(BLANKS)))
}

/// Splits a String. Undocumented: an empty String has one part, itself, whatever the
/// delimiter.
pub(super) fn split(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (text, delimiter) = (arguments.text(0)?, arguments.text(1)?);
    let items = if text.is_empty() {
        vec![Value::String(text.clone())]
    } else if delimiter.is_empty() {
        text.chars().map(|character| Value::string(Text::from(character))).collect()
    } else {
        text.split(delimiter.as_str()).map(Value::from).collect()
    };
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::String, items })))
}

/// Reads a number of characters. A number that exceeds `usize` means all characters.
fn amount(arguments: &Arguments<'_>, place: usize) -> Result<usize, Failure> {
    Ok(usize::try_from(arguments.integer(place)?.max(0)).unwrap_or(usize::MAX))
}

/// Returns a part of a String as a value. The whole String is shared instead of copied.
fn part(text: &Text, part: &str) -> Value {
    Value::String(if part.len() == text.len() { text.clone() } else { part.into() })
}

/// The first `count` characters.
fn first(text: &str, count: usize) -> &str {
    match text.as_bytes().get(..count) {
        None => text,
        Some(bytes) if bytes.is_ascii() => &text[..count],
        Some(_) => {
            let end = text.char_indices().nth(count);
            end.map_or(text, |(end, _)| &text[..end])
        }
    }
}

/// The last `count` characters.
fn last(text: &str, count: usize) -> &str {
    let Some(start) = text.len().checked_sub(count) else { return text };
    if text.as_bytes()[start..].is_ascii() {
        return &text[start..];
    }
    let start = text.char_indices().nth_back(count - 1);
    start.map_or(text, |(start, _)| &text[start..])
}

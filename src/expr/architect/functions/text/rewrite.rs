//! Functions that create Strings from others.

use crate::value::{Text, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::require_length;

pub(super) fn append(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut bytes = 0;
    for place in 0..arguments.values().len() {
        bytes += arguments.optional_text(place)?.map_or(0, |text| text.len());
    }
    require_length(arguments, bytes)?;
    let mut joined = Text::with_capacity(bytes);
    for value in arguments.values() {
        if let Value::String(text) = value {
            joined.push_str(text);
        }
    }
    Ok(Value::String(joined))
}

/// Undocumented: letters without a single capital become several, as `ß` becomes `SS`.
pub(super) fn upper(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    if !text.is_ascii() {
        return rewritten(arguments, &text.as_str().to_uppercase());
    }
    let mut upper = text.clone();
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        upper.make_mut().make_ascii_uppercase();
    }
    Ok(Value::String(upper))
}

pub(super) fn lower(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.text(0)?;
    if !text.is_ascii() {
        return rewritten(arguments, &text.as_str().to_lowercase());
    }
    let mut lower = text.clone();
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        lower.make_mut().make_ascii_lowercase();
    }
    Ok(Value::String(lower))
}

/// Undocumented: the function reverses code points, so combining accents move to other
/// letters.
pub(super) fn reverse(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let reversed = arguments.text(0)?.chars().rev().collect::<Text>();
    Ok(Value::String(reversed))
}

pub(super) fn replace(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (text, wanted) = (arguments.text(0)?, arguments.text(1)?);
    let new = arguments.optional_text(2)?.map_or("", |text| text.as_str());
    let count = if wanted.is_empty() { 0 } else { text.matches(wanted.as_str()).count() };
    if count == 0 {
        return Ok(Value::String(text.clone()));
    }
    let bytes = (text.len() - count * wanted.len())
        .saturating_add(count.saturating_mul(new.len()));
    require_length(arguments, bytes)?;
    let mut replaced = Text::with_capacity(bytes);
    let mut from = 0;
    for (at, _) in text.match_indices(wanted.as_str()) {
        replaced.push_str(&text[from..at]);
        replaced.push_str(new);
        from = at + wanted.len();
    }
    replaced.push_str(&text[from..]);
    Ok(Value::String(replaced))
}

/// Returns a string that may have become slightly longer.
fn rewritten(arguments: &Arguments<'_>, text: &str) -> Result<Value, Failure> {
    require_length(arguments, text.len())?;
    Ok(Value::from(text))
}

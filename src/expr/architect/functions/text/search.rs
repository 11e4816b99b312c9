//! Searches in Strings.

use std::cmp::Ordering;

use crate::value::{Value, compare_culturally};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;

/// The maximum length in bytes of a search string that is compared in place when ignoring
/// case.
const SHORT: usize = 32;

pub(super) fn compare(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (left, right) = (arguments.optional_text(0)?, arguments.optional_text(1)?);
    let ignores_case = arguments.optional(2, Arguments::boolean)?.unwrap_or(false);
    let order = match (left, right) {
        (Some(left), Some(right)) => compare_culturally(left, right, ignores_case),
        (left, right) => left.is_some().cmp(&right.is_some()),
    };
    Ok(Value::Integer(match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }))
}

pub(super) fn contains(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (text, wanted) = (arguments.text(0)?, arguments.text(1)?);
    let ignores_case = arguments.optional(2, Arguments::boolean)?.unwrap_or(false);
    Ok(Value::Boolean(if !ignores_case {
        text.contains(wanted.as_str())
    } else if wanted.len() <= SHORT && text.is_ascii() && wanted.is_ascii() {
        contains_ascii(text.as_bytes(), wanted.as_bytes())
    } else {
        folded(text).contains(&folded(wanted))
    }))
}

/// Detects the language of a String. A blank String has none.
pub(super) fn detect_language(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.optional_text(0)?.filter(|text| !text.trim().is_empty());
    let directory = arguments.environment().directory();
    let found = text.and_then(|text| directory.detect_language(text));
    let default = || arguments.optional_text(1).map(|default| default.cloned());
    let language = found.map_or_else(default, |language| Ok(Some(language)))?;
    Ok(language.map_or_else(|| arguments.not_set(), Value::String))
}

pub(super) fn find(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(place(arguments.text(0)?, arguments.text(1)?, 1))
}

pub(super) fn find_ignoring_case(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (text, wanted) = (arguments.text(0)?, arguments.text(1)?);
    Ok(if arguments.boolean(2)? {
        place(&folded(text), &folded(wanted), 1)
    } else {
        place(text, wanted, 1)
    })
}

pub(super) fn find_occurrence(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (text, wanted) = (arguments.text(0)?, arguments.text(1)?);
    let occurrence = arguments.integer(2)?;
    let ignores_case = arguments.optional(3, Arguments::boolean)?.unwrap_or(false);
    Ok(if ignores_case {
        place(&folded(text), &folded(wanted), occurrence)
    } else {
        place(text, wanted, occurrence)
    })
}

/// The index of an occurrence, counted in characters. An empty search string occurs only
/// at the beginning: the catalogue's examples find it at 0, its descriptions at -1.
///
/// Undocumented: occurrences do not overlap, as in `Replace` and `Split`.
fn place(text: &str, wanted: &str, occurrence: i64) -> Value {
    let skipped = usize::try_from(occurrence.saturating_sub(1)).unwrap_or(usize::MAX);
    let found = if wanted.is_empty() {
        (skipped == 0).then_some(0)
    } else {
        text.match_indices(wanted).nth(skipped).map(|(at, _)| text[..at].chars().count())
    };
    Value::Integer(found.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1))
}

/// Removes differences of case, character by character, so that indexes stay the same.
/// Letters become capitals first, because some small letters share a capital: `ς` and
/// `σ`.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(fold).collect()
}

/// Removes the case of a character.
pub(in crate::expr::architect) fn fold(letter: char) -> char {
    let capital = sole(letter.to_uppercase(), letter);
    sole(capital.to_lowercase(), capital)
}

/// Returns the only character of an iterator, or `other` if there are more or none.
fn sole(mut letters: impl Iterator<Item = char>, other: char) -> char {
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter,
        _ => other,
    }
}

fn contains_ascii(text: &[u8], wanted: &[u8]) -> bool {
    wanted.is_empty()
        || text.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

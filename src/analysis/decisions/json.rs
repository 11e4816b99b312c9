//! Lenient access to JSON from external sources: invalid entries are treated as missing.

use crate::value::Json;

pub(in crate::analysis) fn member<'j>(json: &'j Json, key: &str) -> &'j Json {
    json.get(key).unwrap_or(&Json::Null)
}

pub(in crate::analysis) fn text<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

pub(in crate::analysis) fn integer(json: &Json, key: &str) -> i64 {
    match json.get(key) {
        Some(Json::Integer(number)) => *number,
        _ => 0,
    }
}

pub(in crate::analysis) fn count(json: &Json, key: &str) -> u64 {
    u64::try_from(integer(json, key)).unwrap_or(0)
}

pub(in crate::analysis) fn items(json: Option<&Json>) -> impl Iterator<Item = &Json> {
    let items = match json {
        Some(Json::Array(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter()
}

/// Returns a number as a float.
pub(super) fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Integer(_) | Json::Decimal(_) => json.to_string().parse().ok(),
        _ => None,
    }
}

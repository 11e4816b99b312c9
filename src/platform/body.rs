//! Parsing of service responses.

use super::failure::Failure;
use crate::value::{Json, Text};

/// Parses the JSON of a response.
pub(super) fn parse(request: &str, body: &str) -> Result<Json, Failure> {
    // Some files that the platform stores begin with a byte order mark.
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    Json::parse(body).map_err(|problem| {
        let reason = format!("is {problem} of {}", body.len());
        Failure::Unexpected { request: request.to_owned(), reason }
    })
}

/// Returns the string of a required key.
pub(super) fn required(request: &str, json: &Json, key: &str) -> Result<Text, Failure> {
    text(json, key).ok_or_else(|| {
        let reason = format!("has no string `{key}`");
        Failure::Unexpected { request: request.to_owned(), reason }
    })
}

/// Returns the string of a key; `None` if it is missing or empty.
pub(super) fn text(json: &Json, key: &str) -> Option<Text> {
    match json.get(key)? {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Returns the entries of a list; empty if the list is missing.
pub(super) fn entities(json: &Json) -> &[Json] {
    match json.get("entities") {
        Some(Json::Array(items)) => items,
        _ => &[],
    }
}

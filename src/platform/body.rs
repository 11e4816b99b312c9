//! Reading what the service says.

use super::failure::Failure;
use crate::value::{Json, Text};

/// The JSON of an answer.
pub(super) fn parse(request: &str, body: &str) -> Result<Json, Failure> {
    // Some of the files that the platform stores begin with a byte order mark.
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    Json::parse(body).map_err(|problem| {
        let reason = format!("is {problem}, of {}", body.len());
        Failure::Unexpected { request: request.to_owned(), reason }
    })
}

/// The text of a key that has to be there.
pub(super) fn required(request: &str, json: &Json, key: &str) -> Result<Text, Failure> {
    text(json, key).ok_or_else(|| {
        let reason = format!("has no text `{key}`");
        Failure::Unexpected { request: request.to_owned(), reason }
    })
}

/// The text of a key.
pub(super) fn text(json: &Json, key: &str) -> Option<Text> {
    match json.get(key)? {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// The entries of a list; none if it is missing.
pub(super) fn entities(json: &Json) -> &[Json] {
    match json.get("entities") {
        Some(Json::Array(items)) => items,
        _ => &[],
    }
}

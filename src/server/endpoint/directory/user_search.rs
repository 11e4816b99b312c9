//! Searching users. *Source: the SDKs' `UserSearchRequest`.*

use serde_json::Value;

use super::people::{show, users};
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, Body, EndpointResult};
use crate::server::http::request::{ApiRequest, Object, describe};
use crate::server::state::State;

/// The types of criteria that flowsim applies, and the others of the platform. *Source: the
/// SDKs' `UserSearchCriteria.type`.*
const APPLIED: [&str; 7] =
    ["EXACT", "STARTS_WITH", "CONTAINS", "TERM", "TERMS", "QUERY_STRING", "MATCH_ALL"];
const NOT_APPLIED: [&str; 7] = [
    "REGEX",
    "REQUIRED_FIELDS",
    "RANGE",
    "LESS_THAN",
    "LESS_THAN_EQUAL_TO",
    "GREATER_THAN",
    "GREATER_THAN_EQUAL_TO",
];

/// Finds users by name, e-mail address or id.
pub(in crate::server) fn search(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let page = Page::of_body(asked, &body)?;
    let mut all = users(state);
    for criterion in body.list("query")? {
        let Value::Object(criterion) = criterion else {
            let found = describe(criterion);
            let message = format!("a criterion must be an object, found {found}");
            return Err(ApiError::bad(message));
        };
        retain(&mut all, &Object(criterion.clone()))?;
    }
    let expand = body.strings("expand")?;
    all.iter_mut().for_each(|user| show(user, &expand));
    let mut reply = listing(asked, page, &all, Value::clone)?;
    if let Body::Json(found) = &mut reply.body {
        found["results"] = found["entities"].take();
        found.as_object_mut().map(|it| it.remove("entities"));
    }
    Ok(reply)
}

/// Keeps the users that satisfy a criterion.
fn retain(users: &mut Vec<Value>, criterion: &Object) -> Result<(), ApiError> {
    let kind = kind_of(criterion)?;
    if kind == "MATCH_ALL" {
        return Ok(());
    }
    let fields = criterion.strings("fields")?;
    let mut values = criterion.strings("values")?;
    values.extend(criterion.text("value")?.filter(|_| values.is_empty()));
    users.retain(|user| {
        let mut texts = fields.iter().filter_map(|it| user[*it].as_str());
        texts.any(|text| values.iter().any(|it| fits(kind, text, it)))
    });
    Ok(())
}

/// Returns the type of a criterion.
fn kind_of(criterion: &Object) -> Result<&str, ApiError> {
    let kind = criterion.text("type")?.unwrap_or("EXACT");
    if APPLIED.contains(&kind) {
        return Ok(kind);
    }
    if NOT_APPLIED.contains(&kind) {
        let message = format!("flowsim does not apply criteria of the type `{kind}`");
        return Err(ApiError::new(501, "not.implemented", message));
    }
    let known =
        APPLIED.iter().chain(&NOT_APPLIED).copied().collect::<Vec<_>>().join(", ");
    Err(ApiError::bad(format!("`type` must be one of {known}, found `{kind}`")))
}

/// Returns `true` if a string fits a criterion of a search, ignoring case.
fn fits(kind: &str, text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
    match kind {
        "STARTS_WITH" => text.starts_with(&wanted),
        "CONTAINS" | "TERM" | "TERMS" | "QUERY_STRING" => text.contains(&wanted),
        _ => text == wanted,
    }
}

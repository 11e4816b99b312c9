//! Filters of lists by query parameters, as the platform documents them for single lists.
//! Those of all lists are in [`list`](super::list).

use serde_json::Value;

use super::matches;
use crate::server::http::reply::ApiError;
use crate::server::http::request::ApiRequest;

/// Returns `true` if the text contains the part, or matches a pattern with `*`, ignoring case.
pub(in crate::server::endpoint) fn contains(text: &str, part: &str) -> bool {
    let pattern = if part.contains('*') { part.into() } else { format!("*{part}*") };
    matches(&pattern, text)
}

/// Filters entities by `description` and `nameOrDescription`.
pub(in crate::server::endpoint) fn by_description(
    asked: &ApiRequest,
    found: &mut Vec<Value>,
) {
    for (parameter, keys) in [
        ("description", &["description"][..]),
        ("nameOrDescription", &["name", "description"]),
    ] {
        if let Some(part) = asked.query(parameter) {
            let says = |it: &Value, key: &str| {
                it[key].as_str().is_some_and(|text| contains(text, part))
            };
            found.retain(|it| keys.iter().any(|key| says(it, key)));
        }
    }
}

/// Filters entities by a parameter with several values: keeps an entity if `is` accepts one
/// of the values for it. Keeps all without a value.
pub(in crate::server::endpoint) fn by_any(
    asked: &ApiRequest,
    parameter: &str,
    found: &mut Vec<Value>,
    is: impl Fn(&Value, &str) -> bool,
) {
    let values = asked.query_all(parameter);
    if !values.is_empty() {
        found.retain(|it| values.iter().any(|value| is(it, value)));
    }
}

/// Reads a parameter that is true or false.
///
/// # Errors
/// 400 if it has another value.
pub(in crate::server::endpoint) fn flag(
    asked: &ApiRequest,
    parameter: &str,
) -> Result<Option<bool>, ApiError> {
    match asked.query(parameter).map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(one_of(asked, parameter, &["true", "false"])),
    }
}

/// Returns the error about a parameter whose value is not one of the known ones.
pub(in crate::server::endpoint) fn one_of(
    asked: &ApiRequest,
    parameter: &str,
    known: &[&str],
) -> ApiError {
    let found = asked.query(parameter).unwrap_or_default();
    let help = match crate::diagnostic::nearest(found, known.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    let known = known.join(", ");
    ApiError::bad(format!("`{parameter}` must be one of {known}, found `{found}`{help}"))
}

/// Checks `state` of a list whose objects are all active. Returns `false` if it selects
/// other states.
///
/// # Errors
/// 400 if it is not a state.
pub(in crate::server::endpoint) fn includes_active(
    asked: &ApiRequest,
) -> Result<bool, ApiError> {
    match asked.query("state").map(str::to_lowercase).as_deref() {
        None | Some("active" | "any") => Ok(true),
        Some("inactive" | "deleted") => Ok(false),
        Some(_) => Err(one_of(asked, "state", &["active", "inactive", "deleted", "any"])),
    }
}

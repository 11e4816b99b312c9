//! Indices: creating, finding and deleting them.

use serde_json::json;

use super::parameters::allow;
use super::problem::{EndpointResult, Problem};
use crate::server::http::reply::{Body, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::server::state::indices::{Index, MAX_INDICES};

/// Maximum length of an index name, in bytes.
const MAX_NAME_BYTES: usize = 255;

/// `PUT /INDEX`. Mappings and settings are accepted but have no effect.
pub(super) fn create(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    allow(asked, &[])?;
    check_name(name)?;
    let body = asked.object_or_empty().map_err(Problem::of)?;
    let known = ["mappings", "settings"];
    if let Some(key) = body.0.keys().find(|key| !known.contains(&key.as_str())) {
        let reason = format!("[{key}] of a new index is not supported by flowsim");
        return Err(Problem::illegal(reason));
    }
    let mut state = server.state();
    if state.indices.get(name).is_some() {
        let reason = format!("index [{name}] already exists");
        let kind = "resource_already_exists_exception";
        return Err(Problem::new(400, kind, reason).about(name));
    }
    if state.indices.names().count() >= MAX_INDICES {
        let reason = format!("the server holds at most {MAX_INDICES} indices");
        return Err(Problem::illegal(reason));
    }
    let index = name.to_owned();
    state.commit(Event::IndexMade { index }).map_err(Problem::of)?;
    let body =
        json!({ "acknowledged": true, "shards_acknowledged": true, "index": name });
    Ok(Reply::ok(body))
}

/// `HEAD /INDEX`
pub(super) fn exists(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    allow(asked, &["allow_no_indices", "expand_wildcards", "ignore_unavailable"])?;
    check_name(name)?;
    let is_there = server.state().indices.get(name).is_some();
    let status = if is_there { 200 } else { 404 };
    Ok(Reply { status, body: Body::Empty, ..Reply::no_content() })
}

/// `DELETE /INDEX`
pub(super) fn delete(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    let known = ["allow_no_indices", "expand_wildcards", "ignore_unavailable"];
    allow(asked, &known)?;
    check_name(name)?;
    let mut state = server.state();
    if state.indices.get(name).is_none() {
        if asked.query("ignore_unavailable") == Some("true") {
            return Ok(Reply::ok(json!({ "acknowledged": true })));
        }
        return Err(Problem::no_index(name));
    }
    let (index, decided) = (name.to_owned(), state.decided());
    state.commit(Event::IndexDeleted { index, decided }).map_err(Problem::of)?;
    Ok(Reply::ok(json!({ "acknowledged": true })))
}

/// `POST /INDEX/_refresh`, or `POST /_refresh`. It has no effect, as all documents are
/// searchable at once.
pub(super) fn refresh(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    allow(asked, &["allow_no_indices", "expand_wildcards", "ignore_unavailable"])?;
    if !name.is_empty() {
        find(&server.state(), name)?;
    }
    Ok(Reply::ok(json!({ "_shards": shards() })))
}

/// Returns the index with a name.
pub(super) fn find<'s>(state: &'s State, name: &str) -> Result<&'s Index, Problem> {
    check_name(name)?;
    state.indices.get(name).ok_or_else(|| Problem::no_index(name))
}

/// Refuses invalid index names. Patterns that match several indices are not supported.
pub(super) fn check_name(name: &str) -> Result<(), Problem> {
    if name == "_all" || name.contains([',', '*']) {
        let reason = format!("[{name}] names several indices; flowsim supports only one");
        return Err(Problem::illegal(reason));
    }
    let fault = if name.is_empty() || matches!(name, "." | "..") {
        "must not be empty, '.' or '..'"
    } else if name.len() > MAX_NAME_BYTES {
        "is too long"
    } else if name.starts_with(['_', '-', '+']) {
        "must not start with '_', '-', or '+'"
    } else if name.chars().any(char::is_uppercase) {
        "must be lowercase"
    } else if name.contains(|c: char| {
        c.is_whitespace() || c.is_control() || r#"\/?"<>|#:"#.contains(c)
    }) {
        r#"must not contain [ , ", *, \, <, |, ,, >, /, ?, #, :]"#
    } else {
        return Ok(());
    };
    let reason = format!("Invalid index name [{name}], {fault}");
    Err(Problem::new(400, "invalid_index_name_exception", reason).about(name))
}

/// Returns the shards part of an answer: one shard, which succeeded.
pub(super) fn shards() -> serde_json::Value {
    json!({ "total": 1, "successful": 1, "failed": 0 })
}

//! Changes of objects by clients. They are merged over the fixtures, so that the next call
//! finds them.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::section::{Entry, Section, entities};
use crate::diagnostic::Severity;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::Event;
use crate::server::state::flow::details;
use crate::server::state::{MAX_DOCUMENTS, State};
use crate::source::{Files, read_json};
use crate::world::Fixtures;

/// Keys that the server sets, and that stay if a request does not give them.
const OWN: [&str; 5] = ["id", "name", "selfUri", "division", "version"];

/// Merges documents over the fixtures, in order.
///
/// # Errors
/// 400 with all findings if a document has a mistake, 429 if there are too many documents.
/// In both cases nothing is changed.
pub(in crate::server::endpoint) fn merge(
    state: &mut State,
    documents: Vec<String>,
    what: &str,
) -> Result<(), ApiError> {
    let mut fixtures = (*state.fixtures()).clone();
    for document in &documents {
        fixtures = merged(&fixtures, document, what)?;
    }
    if state.documents.len() + documents.len() > MAX_DOCUMENTS {
        return Err(ApiError::full("changes of objects; replace them", MAX_DOCUMENTS));
    }
    state.commit(Event::ObjectsWritten { documents })
}

/// Returns the fixtures with a document merged over them.
///
/// # Errors
/// 400 with all findings if the document has a mistake.
pub(in crate::server::endpoint) fn merged(
    fixtures: &Fixtures,
    document: &str,
    what: &str,
) -> Result<Fixtures, ApiError> {
    let mut files = Files::new();
    let file = files.add("body.json", document);
    let node = read_json(&file).map_err(|problem| ApiError::bad(problem.message))?;
    let (merged, mut diagnostics) = fixtures.merged(&node, Path::new(""));
    diagnostics.retain(|it| it.severity == Severity::Error);
    let Some(first) = diagnostics.first() else { return Ok(merged) };
    let message = format!("{what} is invalid: {}", first.message);
    Err(ApiError::bad(message).with_details(details(&diagnostics, &files)))
}

/// Merges an entry of a section over the fixtures.
///
/// # Errors
/// As [`merge`].
pub(in crate::server::endpoint) fn write(
    state: &mut State,
    section: &Section,
    entry: Entry,
    what: &str,
) -> Result<(), ApiError> {
    let document = json!({ section.key: [entry] });
    merge(state, vec![document.to_string()], what)
}

/// Removes an entry of a section.
///
/// # Errors
/// 429 if there are too many documents.
pub(in crate::server::endpoint) fn remove(
    state: &mut State,
    section: &Section,
    id: &str,
    what: &str,
) -> EndpointResult {
    let document = json!({ section.key: { id: null } });
    merge(state, vec![document.to_string()], what)?;
    Ok(Reply::no_content().with_reason("deleted"))
}

/// Returns the entry of a section with an id.
///
/// # Errors
/// 404 if it does not exist.
pub(in crate::server::endpoint) fn existing(
    state: &State,
    section: &Section,
    id: &str,
    what: &str,
) -> Result<Value, ApiError> {
    let found = entities(state, section).into_iter().find(|it| it["id"] == id);
    found.ok_or_else(|| ApiError::not_found(what, id))
}

/// Returns the name that a body gives to an object.
///
/// # Errors
/// 400 if it has none, 409 if another object of the section has it.
pub(in crate::server::endpoint) fn free_name(
    state: &State,
    section: &Section,
    body: &Object,
    id: Option<&str>,
) -> Result<String, ApiError> {
    let name = body.required("name")?.to_owned();
    // Flows find objects by names in any case.
    let folded = name.to_lowercase();
    let is_taken = |it: &Value| {
        let known = it["name"].as_str().unwrap_or_default().to_lowercase();
        known == folded && id.is_none_or(|id| it["id"] != id)
    };
    if entities(state, section).iter().any(is_taken) {
        return Err(ApiError::conflict(format!("the name `{name}` is already in use")));
    }
    Ok(name)
}

/// Creates an object whose body has the form of a fixtures entry. Returns its id.
///
/// # Errors
/// 400 if the body is invalid, 409 if its name is in use.
pub(super) fn create(
    state: &mut State,
    section: &Section,
    asked: &ApiRequest,
    [what, required]: [&str; 2],
) -> Result<String, ApiError> {
    let body = asked.object()?;
    let name = free_name(state, section, &body, None)?;
    needs(&body, required)?;
    let id = state.fresh_id(section.key).to_string();
    let mut entry = given(body);
    entry.insert("id".into(), id.as_str().into());
    entry.insert("name".into(), name.into());
    entry.insert("version".into(), 1.into());
    write(state, section, entry, what)?;
    Ok(id)
}

/// Replaces an object by a body that has the form of a fixtures entry: keys that it does
/// not give are removed.
///
/// # Errors
/// 404 if there is no such object, 400 if the body is invalid, 409 if its name is in use or
/// its `version` is not the current one.
pub(super) fn replace(
    state: &mut State,
    section: &Section,
    asked: &ApiRequest,
    id: &str,
    [what, required]: [&str; 2],
) -> Result<(), ApiError> {
    let current = existing(state, section, id, what)?;
    let body = asked.object()?;
    let name = free_name(state, section, &body, Some(id))?;
    needs(&body, required)?;
    let version = checked_version(&current, &body, what)?;
    let mut entry: Entry = Map::new();
    let members = current.as_object().into_iter().flatten();
    for (key, _) in members.filter(|(key, _)| !OWN.contains(&key.as_str())) {
        entry.insert(key.clone(), Value::Null);
    }
    entry.extend(given(body));
    entry.insert("id".into(), id.into());
    entry.insert("name".into(), name.into());
    entry.insert("version".into(), (version + 1).into());
    write(state, section, entry, what)
}

/// Returns the version of an object.
///
/// # Errors
/// 409 if the body has another one.
pub(in crate::server::endpoint) fn checked_version(
    current: &Value,
    body: &Object,
    what: &str,
) -> Result<u64, ApiError> {
    let version = current["version"].as_u64().unwrap_or(1);
    if let Some(known) = body.whole("version", 0..=u64::from(u32::MAX))?
        && known != version
    {
        let message = format!("{what} has version {version}, the request {known}");
        return Err(ApiError::conflict(message));
    }
    Ok(version)
}

fn given(body: Object) -> Entry {
    let mut entry = body.0;
    entry.remove("selfUri");
    entry
}

/// Checks that a body has the keys, which are separated by blanks.
fn needs(body: &Object, keys: &str) -> Result<(), ApiError> {
    keys.split_whitespace().try_for_each(|key| body.required(key).map(drop))
}

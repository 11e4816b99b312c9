//! The directory of the organisation: entities of the fixtures, and those that clients
//! created.

pub(in crate::server) mod calendar;
mod changes;
pub(in crate::server::endpoint) mod filter;
pub(in crate::server) mod organization;
pub(in crate::server) mod people;
pub(in crate::server) mod prompt_audio;
pub(in crate::server) mod prompt_changes;
pub(in crate::server) mod prompts;
pub(in crate::server) mod queue_changes;
pub(in crate::server) mod routing;
pub(in crate::server) mod routing_changes;
pub(in crate::server) mod scripts;
mod section;
pub(in crate::server) mod user_search;

use serde_json::Value;

use crate::server::endpoint::flow_actions::operation;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::Event;
use crate::server::state::{MAX_ENTITIES, State};
use crate::value::Json;

pub(super) use calendar::emergencies;
pub(super) use calendar::group_reference;
pub(super) use changes::{checked_version, merge, merged, remove as remove_object};
pub(super) use people::{user_named, users};
pub(super) use routing::{
    codes_for, flow_named, queue_named, queue_references, wrapup_codes,
};
pub(super) use section::{Entry, Section, encoded, entities, home_division, id_of};

const OUTCOMES: &str = "outcomes";
const MILESTONES: &str = "milestones";

/// Answers with a page of entities: those that the filters of the query select, in the
/// requested order. `name` is a part of a name, or a pattern with `*`; `name`, `id` and
/// `divisionId` may be repeated. Lists are sorted by `sortBy`, and reversed by `sortOrder`.
///
/// # Errors
/// 400 if the page or the order is invalid.
pub(super) fn list(asked: &ApiRequest, mut found: Vec<Value>) -> EndpointResult {
    let names = asked.query_each("name");
    found.retain(|it| {
        let own = it["name"].as_str().unwrap_or_default();
        names.is_empty() || names.iter().any(|name| filter::contains(own, name))
    });
    let ids = asked.query_all("id");
    found.retain(|it| {
        ids.is_empty() || it["id"].as_str().is_some_and(|id| ids.contains(&id))
    });
    let divisions = asked.query_all("divisionId");
    found.retain(|it| {
        let own = it["division"]["id"].as_str();
        divisions.is_empty() || own.is_none_or(|own| divisions.contains(&own))
    });
    order(asked, &mut found)?;
    listing(asked, Page::of(asked)?, &found, Value::clone)
}

/// Sorts entities by the key `sortBy`, ignoring case, in the direction `sortOrder`.
///
/// # Errors
/// 400 if `sortOrder` is not a direction.
pub(super) fn order(asked: &ApiRequest, found: &mut [Value]) -> Result<(), ApiError> {
    let text = |value: &Value| value.as_str().map(str::to_lowercase);
    let compare = |one: &Value, other: &Value| match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        _ => text(one).cmp(&text(other)),
    };
    let is_reversed = is_descending(asked)?;
    if let Some(key) = asked.query("sortBy") {
        found.sort_by(|one, other| compare(&one[key], &other[key]));
    }
    if is_reversed {
        found.reverse();
    }
    Ok(())
}

/// Reads `sortOrder`.
///
/// # Errors
/// 400 if it is not a direction.
pub(super) fn is_descending(asked: &ApiRequest) -> Result<bool, ApiError> {
    match asked.query("sortOrder").map(str::to_lowercase).as_deref() {
        None | Some("asc" | "ascending") => Ok(false),
        Some("desc" | "descending") => Ok(true),
        Some(other) => {
            let message = format!("`sortOrder` must be `asc` or `desc`, found `{other}`");
            Err(ApiError::bad(message))
        }
    }
}

/// Returns `true` if a name matches a pattern, ignoring case; `*` matches any characters.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(last)
}

/// Returns the entity with an id.
pub(super) fn one(all: Vec<Value>, what: &str, id: &str) -> EndpointResult {
    let found = all.into_iter().find(|entity| entity["id"] == id);
    found.map(Reply::ok).ok_or_else(|| ApiError::not_found(what, id))
}

/// Lists the outcomes that were created.
pub(in crate::server) fn outcomes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut found = created(state, OUTCOMES);
    filter::by_description(asked, &mut found);
    list(asked, found)
}

/// Returns an outcome.
pub(in crate::server) fn outcome(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(created(state, OUTCOMES), "the outcome", asked.parameter("flowOutcomeId"))
}

/// Creates an outcome.
pub(in crate::server) fn create_outcome(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    make(state, asked, [OUTCOMES, "/api/v2/flows/outcomes"], Entry::new())
}

/// Lists the milestones that were created.
pub(in crate::server) fn milestones(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut found = created(state, MILESTONES);
    filter::by_description(asked, &mut found);
    list(asked, found)
}

/// Returns a milestone.
pub(in crate::server) fn milestone(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(created(state, MILESTONES), "the milestone", asked.parameter("milestoneId"))
}

/// Creates a milestone.
pub(in crate::server) fn create_milestone(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    make(state, asked, [MILESTONES, "/api/v2/flows/milestones"], Entry::new())
}

/// Replaces an outcome. The answer is an operation that is complete. *Source: the SDKs'
/// `put_flows_outcome`.*
pub(in crate::server) fn replace_outcome(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    outcome(state, asked)?;
    let path = "/api/v2/flows/outcomes";
    let id = asked.parameter("flowOutcomeId");
    let done = operation(state, "UPDATE");
    replace(state, asked, [OUTCOMES, path], id, Entry::new())?;
    Ok(Reply::ok(done).with_reason("replaced"))
}

/// Replaces a milestone.
pub(in crate::server) fn replace_milestone(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    milestone(state, asked)?;
    let path = "/api/v2/flows/milestones";
    let id = asked.parameter("milestoneId");
    replace(state, asked, [MILESTONES, path], id, Entry::new())
}

/// Deletes a milestone.
pub(in crate::server) fn delete_milestone(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    milestone(state, asked)?;
    remove(state, MILESTONES, asked.parameter("milestoneId"))
}

/// Returns the entities of a collection that clients created.
pub(super) fn created(state: &State, collection: &str) -> Vec<Value> {
    state.entities(collection).map(|(_, entity)| entity.clone()).collect()
}

/// Creates an entity of a collection with the body of the request, and with the keys `own`
/// that the server sets.
///
/// # Errors
/// 409 if the name is in use, 429 if the collection is full.
pub(super) fn make(
    state: &mut State,
    asked: &ApiRequest,
    [collection, path]: [&str; 2],
    own: Entry,
) -> EndpointResult {
    let body = asked.object()?;
    if state.entity_count(collection) >= MAX_ENTITIES {
        return Err(ApiError::full(collection, MAX_ENTITIES));
    }
    let id = state.fresh_id(collection).to_string();
    save(state, [collection, path], id, (body, own), "created")
}

/// Replaces an entity of a collection with the body of the request, and with the keys `own`
/// that the server sets.
///
/// # Errors
/// 409 if the name is in use.
pub(super) fn replace(
    state: &mut State,
    asked: &ApiRequest,
    [collection, path]: [&str; 2],
    id: &str,
    own: Entry,
) -> EndpointResult {
    let content = (asked.object()?, own);
    save(state, [collection, path], id.to_owned(), content, "replaced")
}

fn save(
    state: &mut State,
    [collection, path]: [&str; 2],
    id: String,
    (body, own): (Object, Entry),
    why: &str,
) -> EndpointResult {
    let name = body.required("name")?;
    let is_other = |(known, it): (&str, &Value)| known != id && it["name"] == name;
    if state.entities(collection).any(is_other) {
        return Err(ApiError::conflict(format!("the name `{name}` is already in use")));
    }
    let mut entity = body.0;
    if !entity.get("division").is_some_and(Value::is_object) {
        entity.insert("division".into(), home_division());
    }
    entity.extend(own);
    entity.insert("id".into(), id.as_str().into());
    entity.insert("selfUri".into(), format!("{path}/{id}").into());
    let document = Value::Object(entity);
    let collection = collection.to_owned();
    state.commit(Event::EntitySaved { collection, id, document: document.clone() })?;
    Ok(Reply::ok(document).with_reason(why))
}

/// Deletes an entity of a collection.
pub(super) fn remove(state: &mut State, collection: &str, id: &str) -> EndpointResult {
    let (collection, id) = (collection.to_owned(), id.to_owned());
    state.commit(Event::EntityDeleted { collection, id })?;
    Ok(Reply::no_content().with_reason("deleted"))
}

/// Returns the string of a key.
pub(super) fn text<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        for (pattern, name, fits) in [
            ("main", "Main", true),
            ("main", "Main menu", false),
            ("main*", "Main menu", true),
            ("*menu", "Main menu", true),
            ("m*n*u", "Main menu", true),
            ("*x*", "Main menu", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}

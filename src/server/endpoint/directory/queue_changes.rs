//! Changes of queues and of their members.

use serde_json::{Map, Value, json};

use super::changes::{self, existing, free_name};
use super::routing::{IN_QUEUE_FLOWS, QUEUES, queue};
use super::section::Entry;
use super::{one, people, routing, routing_changes};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::Event;
use crate::server::state::{NOT_JOINED, QUEUE_SETTINGS, State};

const QUEUE: &str = "the queue";

/// Keys of a queue that are not settings.
const NOT_SETTINGS: [&str; 12] = [
    "id",
    "name",
    "division",
    "selfUri",
    "memberCount",
    "userMemberCount",
    "joinedMemberCount",
    "queueFlow",
    "emailInQueueFlow",
    "messageInQueueFlow",
    "sourceQueueId",
    "members",
];

/// Returns the settings that a client gave a queue.
pub(super) fn settings<'s>(state: &'s State, queue: &str) -> Option<&'s Value> {
    state.entity(QUEUE_SETTINGS, queue)
}

/// Creates a queue without members and wrap-up codes.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let name = free_name(state, &QUEUES, &body, None)?;
    let id = state.fresh_id(QUEUES.key).to_string();
    save(state, &body, &id, &name)?;
    routing_changes::assign(state, id.clone(), Vec::new())?;
    one(routing::queues(state), QUEUE, &id)
}

/// Replaces the name, the in-queue flows and the settings of a queue. Its members stay.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("queueId");
    existing(state, &QUEUES, id, QUEUE)?;
    let body = asked.object()?;
    let name = free_name(state, &QUEUES, &body, Some(id))?;
    save(state, &body, id, &name)?;
    queue(state, asked)
}

/// Deletes a queue.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("queueId");
    existing(state, &QUEUES, id, QUEUE)?;
    let _ = asked.query("forceDelete");
    changes::remove(state, &QUEUES, id, QUEUE)
}

/// Settings of a queue that are one of some words. *Source: `Queue` of the platform's SDKs.*
const WORDS: [(&str, &[&str]); 3] = [
    ("skillEvaluationMethod", &["NONE", "BEST", "ALL"]),
    ("scoringMethod", &["TimestampAndPriority", "PriorityOnly"]),
    ("lastAgentRoutingMode", &["Disabled", "QueueMembersOnly", "AnyAgent"]),
];

/// Rejects settings with an unknown word.
fn refuse_unknown_words(body: &Object) -> Result<(), ApiError> {
    for (key, known) in WORDS {
        let Some(word) = body.text(key)? else { continue };
        if !known.iter().any(|it| it.eq_ignore_ascii_case(word)) {
            let known = known.join(", ");
            let message = format!("`{key}` must be one of {known}, found `{word}`");
            return Err(ApiError::bad(message));
        }
    }
    Ok(())
}

fn save(state: &mut State, body: &Object, id: &str, name: &str) -> Result<(), ApiError> {
    refuse_unknown_words(body)?;
    let mut entry: Entry = Map::new();
    entry.insert("id".into(), id.into());
    entry.insert("name".into(), name.into());
    for (key, flow) in IN_QUEUE_FLOWS {
        let found = match body.object(key)?.text("id")? {
            Some(id) => Some(state.flow(id)?.name.to_string()),
            None => body.object(key)?.text("name")?.map(str::to_owned),
        };
        entry.insert(flow.into(), found.into());
    }
    changes::write(state, &QUEUES, entry, QUEUE)?;
    let given = body.0.iter().filter(|(key, _)| !NOT_SETTINGS.contains(&key.as_str()));
    let settings: Entry = given.map(|(key, it)| (key.clone(), it.clone())).collect();
    if settings.is_empty() && self::settings(state, id).is_none() {
        return Ok(());
    }
    let document = Value::Object(settings);
    let (collection, id) = (QUEUE_SETTINGS.to_owned(), id.to_owned());
    state.commit(Event::EntitySaved { collection, id, document })
}

/// Adds the members of the body, or removes them with `delete=true`.
pub(in crate::server) fn change_members(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let ids = ids_of(asked)?;
    let is_removal = asked.query("delete").is_some_and(|it| it == "true");
    let mut agents = agents(state, asked)?;
    for id in &ids {
        let user = people::found(state, id)?;
        agents.retain(|agent| !is_user(agent, &user));
        if !is_removal {
            agents.push(agent(state, &user));
        }
    }
    set_agents(state, asked, agents)?;
    Ok(Reply::no_content().with_reason("the members were changed"))
}

/// Returns whether a member of a queue is joined.
pub(super) fn is_joined(state: &State, queue: &str, user: &str) -> bool {
    let known = state.entity(NOT_JOINED, &format!("{queue}/{user}"));
    known.is_none_or(|it| it["joined"] != false)
}

/// Joins members, or takes them out of the distribution without removing them:
/// `[{"id": "…", "joined": false}]`.
pub(in crate::server) fn join_members(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let ids = ids_of(asked)?;
    let items = asked.json()?;
    let joined: Vec<bool> = items
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| it["joined"].as_bool().unwrap_or(true))
        .collect();
    for id in &ids {
        member_with(state, asked, id)?;
    }
    for (id, joined) in ids.iter().zip(joined) {
        join(state, asked, id, joined)?;
    }
    super::routing::queue_members(state, asked)
}

/// Joins a member, or takes the member out of the distribution: `{"joined": false}`.
pub(in crate::server) fn join_member(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("memberId").to_owned();
    member_with(state, asked, &id)?;
    let body = asked.object()?;
    let joined = body.get("joined").map_or(Some(true), Value::as_bool);
    let joined = joined.ok_or_else(|| ApiError::bad("`joined` must be true or false"))?;
    join(state, asked, &id, joined)?;
    Ok(Reply::of(202, json!({})).with_reason("the member was changed"))
}

fn join(
    state: &mut State,
    asked: &ApiRequest,
    user: &str,
    joined: bool,
) -> Result<(), ApiError> {
    let collection = NOT_JOINED.to_owned();
    let id = format!("{}/{user}", asked.parameter("queueId"));
    let document = json!({ "joined": joined });
    state.commit(match joined {
        true => Event::EntityDeleted { collection, id },
        false => Event::EntitySaved { collection, id, document },
    })
}

/// Removes a member.
pub(in crate::server) fn remove_member(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let user = member(state, asked)?;
    let mut agents = agents(state, asked)?;
    agents.retain(|agent| !is_user(agent, &user));
    set_agents(state, asked, agents)?;
    Ok(Reply::no_content().with_reason("the member was removed"))
}

/// Returns the user of the path, who is a member of the queue.
fn member(state: &mut State, asked: &ApiRequest) -> Result<Value, ApiError> {
    member_with(state, asked, asked.parameter("memberId"))
}

/// Returns the user with an id, who is a member of the queue of the path.
fn member_with(
    state: &mut State,
    asked: &ApiRequest,
    id: &str,
) -> Result<Value, ApiError> {
    let user = people::found(state, id)?;
    let agents = agents(state, asked)?;
    match agents.iter().any(|agent| is_user(agent, &user)) {
        true => Ok(user),
        false => Err(ApiError::not_found("the member", id)),
    }
}

/// Returns the ids of the users in the body, which is a list.
pub(super) fn ids_of(asked: &ApiRequest) -> Result<Vec<String>, ApiError> {
    let body = asked.json()?;
    let wrong = || ApiError::bad("the body must be a list of objects with `id`");
    let items = body.as_array().ok_or_else(wrong)?.iter();
    items.map(|it| it["id"].as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

/// Returns the agents of the queue of the path, as they are written.
fn agents(state: &State, asked: &ApiRequest) -> Result<Vec<Value>, ApiError> {
    let queue = existing(state, &QUEUES, asked.parameter("queueId"), QUEUE)?;
    Ok(queue["agents"].as_array().cloned().unwrap_or_default())
}

/// Returns whether an agent is a user: it has the id, or the name.
fn is_user(agent: &Value, user: &Value) -> bool {
    match agent["id"].as_str() {
        Some(id) => user["id"] == id,
        None => {
            let name = agent["name"].as_str().or(agent.as_str()).unwrap_or_default();
            user["name"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name))
        }
    }
}

/// Returns a user as an agent, with the user's skills.
fn agent(state: &State, user: &Value) -> Value {
    let mut agent = json!({ "id": user["id"], "name": user["name"] });
    let skills = people::skills_of(state, user["id"].as_str().unwrap_or_default());
    if !skills.is_empty() {
        agent["skills"] = skills.into();
    }
    agent
}

fn set_agents(
    state: &mut State,
    asked: &ApiRequest,
    agents: Vec<Value>,
) -> Result<(), ApiError> {
    let mut entry: Entry = Map::new();
    entry.insert("id".into(), asked.parameter("queueId").into());
    entry.insert("agents".into(), agents.into());
    changes::write(state, &QUEUES, entry, QUEUE)
}

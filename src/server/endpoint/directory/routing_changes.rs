//! Changes of wrap-up codes, of the codes that queues have, and of skills and languages.
//!
//! *Source: `RoutingApi` of the platform's SDKs.*

use serde_json::{Value, json};

use super::changes::{self, existing, free_name};
use super::one;
use super::queue_changes::ids_of;
use super::routing::{
    LANGUAGES, QUEUES, SKILLS, WRAPUP_CODES, language, skill, wrapup_code,
};
use super::section::{Entry, Section, entities};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::event::Event;
use crate::server::state::{QUEUE_CODES, State};

const CODE: &str = "the wrap-up code";
const SKILL: &str = "the skill";
const LANGUAGE: &str = "the language";

/// Maximum number of codes that one request adds to a queue. *Source: the SDKs'
/// `post_routing_queue_wrapupcodes`.*
const MAX_ADDED: usize = 100;

/// Creates a wrap-up code. No queue that has its own codes gets it.
pub(in crate::server) fn create_wrapup_code(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = create(state, asked, &WRAPUP_CODES, CODE)?;
    one(entities(state, &WRAPUP_CODES), CODE, &id)
}

/// Changes the name of a wrap-up code.
pub(in crate::server) fn replace_wrapup_code(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("codeId");
    existing(state, &WRAPUP_CODES, id, CODE)?;
    let name = free_name(state, &WRAPUP_CODES, &asked.object()?, Some(id))?;
    changes::write(state, &WRAPUP_CODES, named(id, &name), CODE)?;
    wrapup_code(state, asked)
}

/// Deletes a wrap-up code, also from its queues.
pub(in crate::server) fn delete_wrapup_code(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    wrapup_code(state, asked)?;
    changes::remove(state, &WRAPUP_CODES, asked.parameter("codeId"), CODE)
}

/// Creates a skill.
pub(in crate::server) fn create_skill(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = create(state, asked, &SKILLS, SKILL)?;
    one(super::routing::active(entities(state, &SKILLS)), SKILL, &id)
}

/// Deletes a skill.
pub(in crate::server) fn delete_skill(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    skill(state, asked)?;
    changes::remove(state, &SKILLS, asked.parameter("skillId"), SKILL)
}

/// Creates a language.
pub(in crate::server) fn create_language(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = create(state, asked, &LANGUAGES, LANGUAGE)?;
    one(super::routing::active(entities(state, &LANGUAGES)), LANGUAGE, &id)
}

/// Deletes a language.
pub(in crate::server) fn delete_language(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    language(state, asked)?;
    changes::remove(state, &LANGUAGES, asked.parameter("languageId"), LANGUAGE)
}

/// Creates an entry that has only a name. Returns its id.
fn create(
    state: &mut State,
    asked: &ApiRequest,
    section: &Section,
    what: &str,
) -> Result<String, ApiError> {
    let name = free_name(state, section, &asked.object()?, None)?;
    let id = state.fresh_id(section.key).to_string();
    changes::write(state, section, named(&id, &name), what)?;
    Ok(id)
}

fn named(id: &str, name: &str) -> Entry {
    Entry::from_iter([("id".to_owned(), id.into()), ("name".to_owned(), name.into())])
}

/// Returns the wrap-up codes of the queue with an id: those that clients assigned to it.
/// A queue of the fixtures to which none was assigned has all codes.
pub(super) fn codes_of(state: &State, queue: &str) -> Vec<Value> {
    let mut all = entities(state, &WRAPUP_CODES);
    if let Some(assigned) = state.entity(QUEUE_CODES, queue) {
        let assigned = assigned["codes"].as_array().map_or(&[][..], Vec::as_slice);
        all.retain(|code| assigned.contains(&code["id"]));
    }
    all
}

/// Assigns wrap-up codes to a queue: `[{"id": "…"}]`. Returns the assigned codes.
pub(in crate::server) fn add_codes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let queue = asked.parameter("queueId").to_owned();
    existing(state, &QUEUES, &queue, "the queue")?;
    let ids = ids_of(asked)?;
    if ids.len() > MAX_ADDED {
        let message = format!("at most {MAX_ADDED} wrap-up codes can be added at once");
        return Err(ApiError::bad(message));
    }
    let mut added = Vec::new();
    for id in &ids {
        added.push(existing(state, &WRAPUP_CODES, id, CODE)?);
    }
    let own = codes_of(state, &queue);
    let mut codes: Vec<Value> = own.iter().map(|code| code["id"].clone()).collect();
    for code in &added {
        if !codes.contains(&code["id"]) {
            codes.push(code["id"].clone());
        }
    }
    assign(state, queue, codes)?;
    Ok(Reply::ok(added.into()).with_reason("the codes were assigned to the queue"))
}

/// Removes a wrap-up code from a queue. The organisation keeps it.
pub(in crate::server) fn remove_code(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let queue = asked.parameter("queueId").to_owned();
    existing(state, &QUEUES, &queue, "the queue")?;
    let id = asked.parameter("codeId");
    let own = codes_of(state, &queue);
    if own.iter().all(|code| code["id"] != id) {
        return Err(ApiError::not_found("the wrap-up code of the queue", id));
    }
    let codes = own.iter().map(|code| code["id"].clone()).filter(|it| it != id);
    let codes: Vec<Value> = codes.collect();
    assign(state, queue, codes)?;
    Ok(Reply::no_content().with_reason("the code was removed from the queue"))
}

/// Stores the codes of a queue.
pub(super) fn assign(
    state: &mut State,
    queue: String,
    codes: Vec<Value>,
) -> Result<(), ApiError> {
    let document = json!({ "codes": codes });
    state.commit(Event::EntitySaved {
        collection: QUEUE_CODES.to_owned(),
        id: queue,
        document,
    })
}

//! The directory of the organisation: entities of the fixtures, and those that clients
//! created.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::conversations::IVRS;
use crate::expr::architect::Directory;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::event::Event;
use crate::server::state::{MAX_ENTITIES, State};
use crate::value::{Json, Kind, Value as FlowValue, derived_id};

const OUTCOMES: &str = "outcomes";
const MILESTONES: &str = "milestones";

/// A section of fixtures documents, and the path that serves it.
struct Section {
    key: &'static str,
    /// Together with the name, the seed of the ids of entries that have none.
    family: &'static str,
    kind: Option<Kind>,
    path: &'static str,
}

const SCHEDULES: Section = Section {
    key: "schedules",
    family: "Schedule",
    kind: Some(Kind::Schedule),
    path: "/api/v2/architect/schedules",
};
const SCHEDULE_GROUPS: Section = Section {
    key: "scheduleGroups",
    family: "ScheduleGroup",
    kind: Some(Kind::ScheduleGroup),
    path: "/api/v2/architect/schedulegroups",
};
const EMERGENCY_GROUPS: Section = Section {
    key: "emergencyGroups",
    family: "EmergencyGroup",
    kind: Some(Kind::EmergencyGroup),
    path: "/api/v2/architect/emergencygroups",
};
const PROMPTS: Section = Section {
    key: "prompts",
    family: "Prompt",
    kind: None,
    path: "/api/v2/architect/prompts",
};
const SYSTEM_PROMPTS: Section = Section {
    key: "systemPrompts",
    family: "PromptSystem",
    kind: None,
    path: "/api/v2/architect/systemprompts",
};

/// Returns the entries of a section in all documents, by name. Later entries replace
/// earlier ones with the same name.
fn entries(state: &State, key: &str) -> IndexMap<String, Map<String, Value>> {
    let mut all = IndexMap::new();
    for document in &state.documents {
        match &document[key] {
            Value::Array(items) => {
                for item in items {
                    let entry = match item {
                        Value::Object(entry) => entry.clone(),
                        Value::String(name) => named(name),
                        _ => continue,
                    };
                    let name = entry.get("name").or(entry.get("id"));
                    if let Some(name) = name.and_then(Value::as_str).map(str::to_owned) {
                        all.insert(name, entry);
                    }
                }
            }
            Value::Object(items) => {
                for (name, item) in items {
                    let mut entry = named(name);
                    entry.extend(item.as_object().cloned().unwrap_or_default());
                    all.insert(name.clone(), entry);
                }
            }
            _ => {}
        }
    }
    all
}

fn named(name: &str) -> Map<String, Value> {
    Map::from_iter([("name".to_owned(), Value::from(name))])
}

/// Returns the entities of a section in the form of the platform.
fn entities(state: &mut State, section: &Section) -> Vec<Value> {
    let fixtures = state.fixtures();
    let id_of = |name: &str| match fixtures.by_name(section.kind?, name)? {
        FlowValue::Object(object) => match object.properties.get("id") {
            Some(FlowValue::String(id)) => Some(id.to_string()),
            _ => None,
        },
        _ => None,
    };
    let entity = |(name, mut entry): (String, Map<String, Value>)| {
        let given = entry.get("id").and_then(Value::as_str).map(str::to_owned);
        let id = given.or_else(|| id_of(&name)).unwrap_or_else(|| {
            derived_id(&format!("{}:{}", section.family, name.to_lowercase())).to_string()
        });
        entry.entry("name").or_insert_with(|| name.into());
        entry.insert("selfUri".into(), format!("{}/{id}", section.path).into());
        entry.insert("id".into(), id.into());
        Value::Object(entry)
    };
    entries(state, section.key).into_iter().map(entity).collect()
}

fn list(asked: &ApiRequest, all: Vec<Value>) -> EndpointResult {
    let wanted = asked.query("name").map(|name| name.replace('*', "").to_lowercase());
    let is_wanted = |entity: &Value| {
        let name = entity["name"].as_str().unwrap_or_default().to_lowercase();
        wanted.as_deref().is_none_or(|wanted| name.contains(wanted))
    };
    let found: Vec<Value> = all.into_iter().filter(is_wanted).collect();
    listing(asked, Page::of(asked)?, &found, Value::clone)
}

fn one(all: Vec<Value>, what: &str, id: &str) -> EndpointResult {
    let found = all.into_iter().find(|entity| entity["id"] == id);
    found.map(Reply::ok).ok_or_else(|| ApiError::not_found(what, id))
}

/// Lists schedules.
pub(in crate::server) fn schedules(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, entities(state, &SCHEDULES))
}

/// Returns a schedule.
pub(in crate::server) fn schedule(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(entities(state, &SCHEDULES), "the schedule", asked.parameter("scheduleId"))
}

/// Lists schedule groups.
pub(in crate::server) fn schedule_groups(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, groups(state))
}

/// Returns a schedule group.
pub(in crate::server) fn schedule_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(groups(state), "the schedule group", asked.parameter("scheduleGroupId"))
}

/// Returns the schedule groups, with references to their schedules.
fn groups(state: &mut State) -> Vec<Value> {
    let schedules = entities(state, &SCHEDULES);
    let reference = |written: &Value| {
        let name = written.as_str().or_else(|| written["id"].as_str());
        let name = name.or_else(|| written["name"].as_str()).unwrap_or_default();
        let found = schedules.iter().find(|it| it["id"] == name || it["name"] == name);
        match found {
            Some(it) => {
                json!({ "id": it["id"], "name": it["name"], "selfUri": it["selfUri"] })
            }
            None => json!({ "name": name }),
        }
    };
    let mut groups = entities(state, &SCHEDULE_GROUPS);
    for group in &mut groups {
        for key in ["openSchedules", "closedSchedules", "holidaySchedules"] {
            if let Value::Array(listed) = &group[key] {
                group[key] = listed.iter().map(reference).collect();
            }
        }
    }
    groups
}

/// Lists emergency groups.
pub(in crate::server) fn emergency_groups(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, emergencies(state))
}

/// Returns an emergency group.
pub(in crate::server) fn emergency_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("emergencyGroupId");
    one(emergencies(state), "the emergency group", id)
}

fn emergencies(state: &mut State) -> Vec<Value> {
    let mut groups = entities(state, &EMERGENCY_GROUPS);
    for group in &mut groups {
        let is_active = group.get("enabled").or_else(|| group.get("active"));
        group["enabled"] = is_active.cloned().unwrap_or(Value::Bool(false));
    }
    groups
}

/// Lists user prompts.
pub(in crate::server) fn prompts(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, with_resources(entities(state, &PROMPTS)))
}

/// Returns a user prompt.
pub(in crate::server) fn prompt(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let all = with_resources(entities(state, &PROMPTS));
    one(all, "the prompt", asked.parameter("promptId"))
}

/// Lists system prompts.
pub(in crate::server) fn system_prompts(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, with_resources(entities(state, &SYSTEM_PROMPTS)))
}

/// Returns a system prompt.
pub(in crate::server) fn system_prompt(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let all = with_resources(entities(state, &SYSTEM_PROMPTS));
    one(all, "the system prompt", asked.parameter("promptId"))
}

/// Adds the resources of prompts, one for each language.
fn with_resources(mut prompts: Vec<Value>) -> Vec<Value> {
    for prompt in &mut prompts {
        let mut resources = Vec::new();
        if let Value::Object(texts) = &prompt["tts"] {
            for (language, text) in texts {
                let resource = json!({ "language": language, "ttsString": text, "promptId": prompt["id"] });
                resources.push(resource);
            }
        } else if let Value::String(text) = &prompt["tts"] {
            resources.push(json!({ "ttsString": text, "promptId": prompt["id"] }));
        }
        prompt["resources"] = resources.into();
    }
    prompts
}

/// Lists the call routes that were created.
pub(in crate::server) fn ivrs(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    list(asked, created(state, IVRS))
}

/// Returns a call route.
pub(in crate::server) fn ivr(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    one(created(state, IVRS), "the call route", asked.parameter("ivrId"))
}

/// Creates a call route: calls to one of its `dnis` start its `openHoursFlow`.
pub(in crate::server) fn create_ivr(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    body.strings("dnis")?;
    for key in ["openHoursFlow", "closedHoursFlow", "holidayHoursFlow"] {
        if let Some(id) = body.object(key)?.text("id")? {
            state.flow(id)?;
        }
    }
    make(state, asked, IVRS, "/api/v2/architect/ivrs")
}

/// Lists the outcomes that were created.
pub(in crate::server) fn outcomes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, created(state, OUTCOMES))
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
    make(state, asked, OUTCOMES, "/api/v2/flows/outcomes")
}

/// Lists the milestones that were created.
pub(in crate::server) fn milestones(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, created(state, MILESTONES))
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
    make(state, asked, MILESTONES, "/api/v2/flows/milestones")
}

fn created(state: &State, collection: &str) -> Vec<Value> {
    state.entities(collection).map(|(_, entity)| entity.clone()).collect()
}

fn make(
    state: &mut State,
    asked: &ApiRequest,
    collection: &str,
    path: &str,
) -> EndpointResult {
    let body = asked.object()?;
    let name = body.required("name")?;
    if state.entities(collection).count() >= MAX_ENTITIES {
        return Err(ApiError::full(collection, MAX_ENTITIES));
    }
    if state.entities(collection).any(|(_, entity)| entity["name"] == name) {
        return Err(ApiError::conflict(format!("the name `{name}` is already in use")));
    }
    let id = state.fresh_id(collection).to_string();
    let mut entity = body.0.clone();
    entity.insert("id".into(), id.as_str().into());
    entity.insert("selfUri".into(), format!("{path}/{id}").into());
    let document = Value::Object(entity);
    let collection = collection.to_owned();
    state.commit(Event::EntitySaved { collection, id, document: document.clone() })?;
    Ok(Reply::ok(document).with_reason("created"))
}

/// Returns the string of a key.
pub(super) fn text<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

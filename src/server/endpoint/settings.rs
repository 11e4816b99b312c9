//! Log levels of execution documents: the default, and those of single flows.
//!
//! The settings are stored and answered as on the platform, but have no effect on the
//! documents: these always contain everything, which tests need.

use serde_json::{Map, Value, json};

use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::Event;
use crate::server::state::flow::StoredFlow;
use crate::server::state::instance::moment;
use crate::server::state::{MAX_ENTITIES, State};

/// The collection of the log levels of single flows, by flow id.
const OF_FLOWS: &str = "logLevels";
/// The collection of the settings for all flows.
const OF_ALL: &str = "executionDataSettings";
/// The settings for all flows: the default log level, and whether execution documents are
/// recorded.
const DEFAULT: &str = "default";
const EXECUTION_DATA: &str = "executiondata";

/// The log levels. Each includes everything of the levels before it. *Source:
/// `FlowLogLevel` of the platform's SDKs.*
const LEVELS: [&str; 5] = ["Disabled", "Base", "Notes", "VerboseNotes", "All"];

/// The characteristics, and the lowest level that includes each. *Source:
/// `FlowCharacteristics` of the platform's SDKs, and the help page on historical
/// execution data for the levels. That the lowest level includes names is flowsim's
/// choice.*
const CHARACTERISTICS: [(&str, usize); 8] = [
    ("executionItems", 1),
    ("eventError", 1),
    ("eventWarning", 1),
    ("eventOther", 1),
    ("names", 1),
    ("variables", 2),
    ("communications", 3),
    ("executionInputOutputs", 4),
];

/// Returns a level with its characteristics.
fn level(index: usize) -> Value {
    let included =
        CHARACTERISTICS.map(|(name, least)| (name.to_owned(), (index >= least).into()));
    let included: Map<String, Value> = included.into_iter().collect();
    json!({ "level": LEVELS.get(index), "characteristics": included })
}

/// Lists the levels and characteristics.
pub(in crate::server) fn characteristics(
    _: &mut State,
    _: &ApiRequest,
) -> EndpointResult {
    let definition = |(name, least): (&str, usize)| json!({ "id": name, "minimumLevel": LEVELS.get(least) });
    let body = json!({
        "logLevels": (0..LEVELS.len()).map(level).collect::<Vec<_>>(),
        "characteristics": CHARACTERISTICS.map(definition),
    });
    Ok(Reply::ok(body))
}

/// Reads the level in a body. Characteristics in the body override those of the level.
fn wanted(asked: &ApiRequest) -> Result<Value, ApiError> {
    let wanted = asked.object()?.object("logLevelCharacteristics")?;
    let name = wanted.required("level")?;
    let Some(index) = LEVELS.iter().position(|level| level.eq_ignore_ascii_case(name))
    else {
        let known = LEVELS.join(", ");
        return Err(ApiError::bad(format!(
            "unknown level `{name}`; expected one of {known}"
        )));
    };
    let mut level = level(index);
    let Object(own) = wanted.object("characteristics")?;
    for (name, value) in own {
        if !CHARACTERISTICS.iter().any(|(known, _)| *known == name) {
            return Err(ApiError::bad(format!("unknown characteristic `{name}`")));
        }
        match value {
            Value::Bool(_) => level["characteristics"][name] = value,
            Value::Null => {}
            _ => {
                let message = format!("`{name}` must be true or false");
                return Err(ApiError::bad(message));
            }
        }
    }
    Ok(level)
}

fn save(
    state: &mut State,
    collection: &str,
    id: &str,
    document: Value,
) -> Result<(), ApiError> {
    let is_new = state.entity(collection, id).is_none();
    if is_new && state.entity_count(collection) >= MAX_ENTITIES {
        return Err(ApiError::full("settings", MAX_ENTITIES));
    }
    let (collection, id) = (collection.to_owned(), id.to_owned());
    state.commit(Event::EntitySaved { collection, id, document })
}

fn forget(state: &mut State, collection: &str, id: &str) -> EndpointResult {
    let (collection, id) = (collection.to_owned(), id.to_owned());
    state.commit(Event::EntityDeleted { collection, id })?;
    Ok(Reply::no_content())
}

/// Returns the level to store, with the time of the change.
fn setting(state: &State, asked: &ApiRequest) -> Result<Value, ApiError> {
    let date = moment(state.clock);
    Ok(json!({ "dateModified": date, "logLevelCharacteristics": wanted(asked)? }))
}

fn of_flow(flow: &StoredFlow, setting: &Value) -> Value {
    let mut body = setting.clone();
    body["id"] = flow.id.as_str().into();
    body["name"] = flow.name.as_str().into();
    body["type"] = flow.platform_type().to_lowercase().into();
    let uri = format!("/api/v2/flows/{}/instances/settings/loglevels", flow.id);
    body["selfUri"] = uri.into();
    body
}

/// Lists the flows that have their own level.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let all = state.entities(OF_FLOWS);
    let all =
        all.filter_map(|(id, setting)| Some(of_flow(state.flows.get(id)?, setting)));
    listing(asked, Page::of(asked)?, &all.collect::<Vec<_>>(), Value::clone)
}

/// Returns the level of a flow that has its own.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let flow = state.flow(asked.parameter("flowId"))?;
    let found = state.entity(OF_FLOWS, &flow.id);
    let found = found.map(|setting| Reply::ok(of_flow(flow, setting)));
    found.ok_or_else(|| ApiError::not_found("a log level of the flow", &flow.id))
}

/// Sets the level of a flow.
pub(in crate::server) fn set(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = state.flow(asked.parameter("flowId"))?.id.to_string();
    let setting = setting(state, asked)?;
    save(state, OF_FLOWS, &id, setting)?;
    get(state, asked)
}

/// Removes the level of a flow, to which the default then applies.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    get(state, asked)?;
    forget(state, OF_FLOWS, asked.parameter("flowId"))
}

/// Returns the default level.
pub(in crate::server) fn default(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let found = state.entity(OF_ALL, DEFAULT).cloned();
    let all = || json!({ "logLevelCharacteristics": level(LEVELS.len() - 1) });
    let mut body = found.unwrap_or_else(all);
    body["id"] = DEFAULT.into();
    body["selfUri"] = asked.path.as_str().into();
    Ok(Reply::ok(body))
}

/// Sets the default level.
pub(in crate::server) fn set_default(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let setting = setting(state, asked)?;
    save(state, OF_ALL, DEFAULT, setting)?;
    default(state, asked)
}

/// Resets the default level to the one that includes everything.
pub(in crate::server) fn delete_default(
    state: &mut State,
    _: &ApiRequest,
) -> EndpointResult {
    forget(state, OF_ALL, DEFAULT)
}

/// Returns whether execution documents are recorded.
pub(in crate::server) fn execution_data(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let found = state.entity(OF_ALL, EXECUTION_DATA).cloned();
    let mut body = found.unwrap_or_else(|| json!({ "enabled": true }));
    body["id"] = EXECUTION_DATA.into();
    body["selfUri"] = asked.path.as_str().into();
    Ok(Reply::ok(body))
}

/// Sets whether execution documents are recorded.
pub(in crate::server) fn set_execution_data(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let Some(Value::Bool(enabled)) = body.get("enabled") else {
        return Err(ApiError::bad("`enabled` must be true or false"));
    };
    let setting = json!({ "enabled": enabled, "dateModified": moment(state.clock) });
    save(state, OF_ALL, EXECUTION_DATA, setting)?;
    execution_data(state, asked)
}

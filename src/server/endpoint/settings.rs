//! What execution documents are to say: for all flows, and for single ones.
//!
//! The settings are kept and answered as the platform does. The documents themselves say
//! everything all the same: who tests wants to see it.

use serde_json::{Map, Value, json};

use crate::server::http::answer::{Answered, Refusal, Reply};
use crate::server::http::asked::{Asked, Object};
use crate::server::http::page::{Page, listing};
use crate::server::state::event::Event;
use crate::server::state::flow::StoredFlow;
use crate::server::state::instance::moment;
use crate::server::state::{MAX_ENTITIES, State};

/// The collection of the levels of single flows, by the id of the flow.
const OF_FLOWS: &str = "logLevels";
/// The collection of what is set for all flows.
const OF_ALL: &str = "executionDataSettings";
/// What is set for all flows: which level flows without one of their own have, and whether
/// there are execution documents at all.
const DEFAULT: &str = "default";
const EXECUTION_DATA: &str = "executiondata";

/// The levels, each of which says what those before it say. *Source: `FlowLogLevel` of the
/// platform's SDKs.*
const LEVELS: [&str; 5] = ["Disabled", "Base", "Notes", "VerboseNotes", "All"];

/// What can be said, and from which level on it is. *Source: `FlowCharacteristics` of the
/// platform's SDKs, and the help page on historical execution data for the levels; that the
/// lowest one says names is decided here.*
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

/// A level with what it says.
fn level(index: usize) -> Value {
    let says =
        CHARACTERISTICS.map(|(name, least)| (name.to_owned(), (index >= least).into()));
    let says: Map<String, Value> = says.into_iter().collect();
    json!({ "level": LEVELS.get(index), "characteristics": says })
}

/// What levels and characteristics there are.
pub(in crate::server) fn characteristics(_: &mut State, _: &Asked) -> Answered {
    let definition = |(name, least): (&str, usize)| json!({ "id": name, "minimumLevel": LEVELS.get(least) });
    let body = json!({
        "logLevels": (0..LEVELS.len()).map(level).collect::<Vec<_>>(),
        "characteristics": CHARACTERISTICS.map(definition),
    });
    Ok(Reply::ok(body))
}

/// The level that a body asks for. What it says of characteristics goes before what the
/// level says of them.
fn wanted(asked: &Asked) -> Result<Value, Refusal> {
    let wanted = asked.object()?.object("logLevelCharacteristics")?;
    let name = wanted.needed("level")?;
    let Some(index) = LEVELS.iter().position(|level| level.eq_ignore_ascii_case(name))
    else {
        let known = LEVELS.join(", ");
        return Err(Refusal::bad(format!("there is no level `{name}`, only {known}")));
    };
    let mut level = level(index);
    let Object(own) = wanted.object("characteristics")?;
    for (name, value) in own {
        if !CHARACTERISTICS.iter().any(|(known, _)| *known == name) {
            return Err(Refusal::bad(format!("there is no characteristic `{name}`")));
        }
        match value {
            Value::Bool(_) => level["characteristics"][name] = value,
            Value::Null => {}
            _ => {
                let message = format!("`{name}` must be true or false");
                return Err(Refusal::bad(message));
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
) -> Result<(), Refusal> {
    let is_new = state.entity(collection, id).is_none();
    if is_new && state.entities(collection).count() >= MAX_ENTITIES {
        return Err(Refusal::full("settings", MAX_ENTITIES));
    }
    let (collection, id) = (collection.to_owned(), id.to_owned());
    state.commit(Event::EntitySaved { collection, id, document })
}

fn forget(state: &mut State, collection: &str, id: &str) -> Answered {
    let (collection, id) = (collection.to_owned(), id.to_owned());
    state.commit(Event::EntityDeleted { collection, id })?;
    Ok(Reply::nothing())
}

/// A level and when it was set, to be kept.
fn setting(state: &State, asked: &Asked) -> Result<Value, Refusal> {
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

/// The levels of those flows that have one of their own.
pub(in crate::server) fn list(state: &mut State, asked: &Asked) -> Answered {
    let all = state.entities(OF_FLOWS);
    let all =
        all.filter_map(|(id, setting)| Some(of_flow(state.flows.get(id)?, setting)));
    listing(asked, Page::of(asked)?, &all.collect::<Vec<_>>(), Value::clone)
}

/// The level of a flow that has one of its own.
pub(in crate::server) fn get(state: &mut State, asked: &Asked) -> Answered {
    let flow = state.flow(asked.parameter("flowId"))?;
    let found = state.entity(OF_FLOWS, &flow.id);
    let found = found.map(|setting| Reply::ok(of_flow(flow, setting)));
    found.ok_or_else(|| Refusal::not_found("a log level of the flow", &flow.id))
}

/// Sets the level of a flow.
pub(in crate::server) fn set(state: &mut State, asked: &Asked) -> Answered {
    let id = state.flow(asked.parameter("flowId"))?.id.to_string();
    let setting = setting(state, asked)?;
    save(state, OF_FLOWS, &id, setting)?;
    get(state, asked)
}

/// Takes the level of a flow back: the default counts again.
pub(in crate::server) fn delete(state: &mut State, asked: &Asked) -> Answered {
    get(state, asked)?;
    forget(state, OF_FLOWS, asked.parameter("flowId"))
}

/// The level of flows that have none of their own.
pub(in crate::server) fn default(state: &mut State, asked: &Asked) -> Answered {
    let found = state.entity(OF_ALL, DEFAULT).cloned();
    let all = || json!({ "logLevelCharacteristics": level(LEVELS.len() - 1) });
    let mut body = found.unwrap_or_else(all);
    body["id"] = DEFAULT.into();
    body["selfUri"] = asked.path.as_str().into();
    Ok(Reply::ok(body))
}

/// Sets that level.
pub(in crate::server) fn set_default(state: &mut State, asked: &Asked) -> Answered {
    let setting = setting(state, asked)?;
    save(state, OF_ALL, DEFAULT, setting)?;
    default(state, asked)
}

/// Back to the level that says everything.
pub(in crate::server) fn delete_default(state: &mut State, _: &Asked) -> Answered {
    forget(state, OF_ALL, DEFAULT)
}

/// Whether there are execution documents.
pub(in crate::server) fn execution_data(state: &mut State, asked: &Asked) -> Answered {
    let found = state.entity(OF_ALL, EXECUTION_DATA).cloned();
    let mut body = found.unwrap_or_else(|| json!({ "enabled": true }));
    body["id"] = EXECUTION_DATA.into();
    body["selfUri"] = asked.path.as_str().into();
    Ok(Reply::ok(body))
}

/// Sets whether there are.
pub(in crate::server) fn set_execution_data(
    state: &mut State,
    asked: &Asked,
) -> Answered {
    let body = asked.object()?;
    let Some(Value::Bool(enabled)) = body.get("enabled") else {
        return Err(Refusal::bad("the body needs `enabled`, true or false"));
    };
    let setting = json!({ "enabled": enabled, "dateModified": moment(state.clock) });
    save(state, OF_ALL, EXECUTION_DATA, setting)?;
    execution_data(state, asked)
}

//! Schedules, schedule groups and emergency groups.

use serde_json::{Value, json};

use super::section::{Section, entities, named_in, reference};
use super::{changes, filter, list, one};
use crate::server::endpoint::call_routes::user_of_group;
use crate::server::http::reply::{ApiError, EndpointResult};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;

const SCHEDULES: Section =
    Section::merged("schedules", "Schedule", "/api/v2/architect/schedules");
const SCHEDULE_GROUPS: Section = Section::merged(
    "scheduleGroups",
    "ScheduleGroup",
    "/api/v2/architect/schedulegroups",
);
const EMERGENCY_GROUPS: Section = Section::merged(
    "emergencyGroups",
    "EmergencyGroup",
    "/api/v2/architect/emergencygroups",
);

/// Lists schedules.
pub(in crate::server) fn schedules(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, versioned(state, &SCHEDULES))
}

/// Returns a schedule.
pub(in crate::server) fn schedule(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(versioned(state, &SCHEDULES), "the schedule", asked.parameter("scheduleId"))
}

/// Returns the objects of a section. Those of the fixtures have the version 1.
fn versioned(state: &State, section: &Section) -> Vec<Value> {
    let mut all = entities(state, section);
    for object in &mut all {
        if object["version"].is_null() {
            object["version"] = 1.into();
        }
    }
    all
}

/// The object in messages, and the keys that a body must have.
const SCHEDULE: [&str; 2] = ["the schedule", "start end"];
const SCHEDULE_GROUP: [&str; 2] = ["the schedule group", ""];
const EMERGENCY_GROUP: [&str; 2] = ["the emergency group", ""];

/// Creates a schedule.
pub(in crate::server) fn create_schedule(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = changes::create(state, &SCHEDULES, asked, SCHEDULE)?;
    one(versioned(state, &SCHEDULES), SCHEDULE[0], &id)
}

/// Replaces a schedule.
pub(in crate::server) fn replace_schedule(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    changes::replace(state, &SCHEDULES, asked, asked.parameter("scheduleId"), SCHEDULE)?;
    schedule(state, asked)
}

/// Deletes a schedule that no schedule group names.
pub(in crate::server) fn delete_schedule(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    schedule(state, asked)?;
    let id = asked.parameter("scheduleId");
    let all = groups(state);
    let names_it = |group: &&Value| {
        let lists = LISTS.iter().filter_map(|key| group[*key].as_array());
        lists.flatten().any(|it| it["id"] == id)
    };
    if let Some(group) = all.iter().find(names_it) {
        let name = group["name"].as_str().unwrap_or_default();
        let message = format!("the schedule group `{name}` uses the schedule `{id}`");
        return Err(ApiError::conflict(message));
    }
    changes::remove(state, &SCHEDULES, id, SCHEDULE[0])
}

/// Lists schedule groups: with `scheduleIds`, those with one of these schedules.
pub(in crate::server) fn schedule_groups(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut found = groups(state);
    let names_it = |group: &Value, id: &str| {
        let lists = LISTS.iter().filter_map(|key| group[*key].as_array());
        lists.flatten().any(|it| it["id"] == id)
    };
    filter::by_any(asked, "scheduleIds", &mut found, names_it);
    list(asked, found)
}

/// Returns a schedule group.
pub(in crate::server) fn schedule_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(groups(state), "the schedule group", asked.parameter("scheduleGroupId"))
}

/// The keys of a schedule group with its schedules.
const LISTS: [&str; 3] = ["openSchedules", "closedSchedules", "holidaySchedules"];

/// Creates a schedule group.
pub(in crate::server) fn create_schedule_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = changes::create(state, &SCHEDULE_GROUPS, asked, SCHEDULE_GROUP)?;
    one(groups(state), SCHEDULE_GROUP[0], &id)
}

/// Replaces a schedule group.
pub(in crate::server) fn replace_schedule_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("scheduleGroupId");
    changes::replace(state, &SCHEDULE_GROUPS, asked, id, SCHEDULE_GROUP)?;
    schedule_group(state, asked)
}

/// Deletes a schedule group that no call route names.
pub(in crate::server) fn delete_schedule_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    schedule_group(state, asked)?;
    let id = asked.parameter("scheduleGroupId");
    if let Some(user) = user_of_group(state, id) {
        let message = format!("the schedule group `{id}` is used by {user}");
        return Err(ApiError::conflict(message));
    }
    changes::remove(state, &SCHEDULE_GROUPS, id, SCHEDULE_GROUP[0])
}

/// Returns a reference to the schedule group with a name or an id.
pub(in crate::server::endpoint) fn group_reference(state: &State, name: &str) -> Value {
    match named_in(&entities(state, &SCHEDULE_GROUPS), name) {
        Some(group) => reference(group),
        None => json!({ "name": name }),
    }
}

/// Returns the schedule groups, with references to their schedules.
fn groups(state: &State) -> Vec<Value> {
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
    let mut groups = versioned(state, &SCHEDULE_GROUPS);
    for group in &mut groups {
        for key in LISTS {
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

/// Returns the emergency groups, each with `enabled`.
pub(in crate::server::endpoint) fn emergencies(state: &State) -> Vec<Value> {
    let mut groups = versioned(state, &EMERGENCY_GROUPS);
    for group in &mut groups {
        let is_active = group.get("enabled").or_else(|| group.get("active"));
        group["enabled"] = is_active.cloned().unwrap_or(Value::Bool(false));
    }
    groups
}

/// Creates an emergency group.
pub(in crate::server) fn create_emergency_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    check_flows(state, asked)?;
    let id = changes::create(state, &EMERGENCY_GROUPS, asked, EMERGENCY_GROUP)?;
    one(emergencies(state), EMERGENCY_GROUP[0], &id)
}

/// Replaces an emergency group. `enabled` declares the emergency, or ends it.
pub(in crate::server) fn replace_emergency_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    check_flows(state, asked)?;
    let id = asked.parameter("emergencyGroupId");
    changes::replace(state, &EMERGENCY_GROUPS, asked, id, EMERGENCY_GROUP)?;
    emergency_group(state, asked)
}

/// Deletes an emergency group.
pub(in crate::server) fn delete_emergency_group(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    emergency_group(state, asked)?;
    let id = asked.parameter("emergencyGroupId");
    changes::remove(state, &EMERGENCY_GROUPS, id, EMERGENCY_GROUP[0])
}

/// Checks that the flows of an emergency group exist.
fn check_flows(state: &State, asked: &ApiRequest) -> Result<(), ApiError> {
    let body = asked.object()?;
    for call_flow in body.list("emergencyCallFlows")? {
        if let Some(id) = call_flow["emergencyFlow"]["id"].as_str() {
            state.flow(id)?;
        }
    }
    Ok(())
}

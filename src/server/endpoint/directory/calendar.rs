//! Schedules, schedule groups and emergency groups.

use serde_json::{Value, json};

use super::section::{Section, entities};
use super::{list, one};
use crate::server::http::reply::EndpointResult;
use crate::server::http::request::ApiRequest;
use crate::server::state::State;

const SCHEDULES: Section =
    Section::named("schedules", "Schedule", "/api/v2/architect/schedules");
const SCHEDULE_GROUPS: Section =
    Section::named("scheduleGroups", "ScheduleGroup", "/api/v2/architect/schedulegroups");
const EMERGENCY_GROUPS: Section = Section::named(
    "emergencyGroups",
    "EmergencyGroup",
    "/api/v2/architect/emergencygroups",
);

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

/// Returns the emergency groups, each with `enabled`.
pub(in crate::server::endpoint) fn emergencies(state: &State) -> Vec<Value> {
    let mut groups = entities(state, &EMERGENCY_GROUPS);
    for group in &mut groups {
        let is_active = group.get("enabled").or_else(|| group.get("active"));
        group["enabled"] = is_active.cloned().unwrap_or(Value::Bool(false));
    }
    groups
}

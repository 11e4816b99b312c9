//! Schedules, schedule groups, emergency groups and IVR routes.

use serde_json::{Value as Json, json};

use super::{Organisation, Sections, blocks, named, put, string, strings};
use crate::terraform::instances::Resource;

pub(super) fn add(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let schedules = organisation.all("genesyscloud_architect_schedules").into_iter();
    let schedules = schedules.map(|(resource, name)| {
        let mut schedule = named(&name);
        put(&mut schedule, "start", json!(local_time(string(&resource.values, "start"))));
        put(&mut schedule, "end", json!(local_time(string(&resource.values, "end"))));
        put(&mut schedule, "rrule", json!(string(&resource.values, "rrule")));
        (Json::Object(schedule), resource)
    });
    organisation.add_list(sections, "schedules", schedules.collect());
    add_groups(organisation, sections);
    add_emergencies(organisation, sections);
    if organisation.flow_names.is_some() {
        add_routes(organisation, sections);
    }
}

fn add_groups(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let groups = organisation.all("genesyscloud_architect_schedulegroups").into_iter();
    let groups = groups
        .map(|(resource, name)| {
            let mut group = named(&name);
            put(&mut group, "timeZone", json!(string(&resource.values, "time_zone")));
            for (key, attribute) in [
                ("openSchedules", "open_schedules_id"),
                ("closedSchedules", "closed_schedules_id"),
                ("holidaySchedules", "holiday_schedules_id"),
            ] {
                put(&mut group, key, json!(organisation.names_of(resource, attribute)));
            }
            (Json::Object(group), resource)
        })
        .collect();
    organisation.add_list(sections, "scheduleGroups", groups);
}

fn add_emergencies(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let emergencies =
        organisation.all("genesyscloud_architect_emergencygroup").into_iter();
    let emergencies = emergencies
        .map(|(resource, name)| {
            let mut group = named(&name);
            let is_enabled =
                string(&resource.values, "enabled").as_deref() == Some("true");
            group.insert("enabled".into(), json!(is_enabled));
            let call_flows = call_flows(organisation, resource);
            put(&mut group, "emergencyCallFlows", json!(call_flows));
            (Json::Object(group), resource)
        })
        .collect();
    organisation.add_list(sections, "emergencyGroups", emergencies);
}

/// Returns the flows of an emergency group, and the IVR routes whose calls they answer.
fn call_flows(organisation: &mut Organisation<'_>, group: &Resource) -> Vec<Json> {
    let mut call_flows = Vec::new();
    if organisation.flow_names.is_none() {
        return call_flows;
    }
    for block in blocks(&group.values, "emergency_call_flows") {
        let mut known = |attribute: &str| -> Vec<String> {
            let address = format!("emergency_call_flows.{attribute}");
            let ids = strings(block, attribute);
            ids.iter().filter_map(|id| organisation.known(group, &address, id)).collect()
        };
        let flow = known("emergency_flow_id").into_iter().next();
        let routes = known("ivr_ids");
        if let Some(flow) = flow {
            call_flows.push(json!({"emergencyFlow": flow, "ivrs": routes}));
        }
    }
    call_flows
}

/// Adds the routes of dialled numbers.
fn add_routes(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let routes = organisation.all("genesyscloud_architect_ivr").into_iter();
    let routes = routes
        .filter(|(resource, _)| !resource.is_data)
        .map(|(resource, name)| {
            let mut route = named(&name);
            put(&mut route, "numbers", json!(strings(&resource.values, "dnis")));
            for (key, attribute) in [
                ("openFlow", "open_hours_flow_id"),
                ("closedFlow", "closed_hours_flow_id"),
                ("holidayFlow", "holiday_hours_flow_id"),
                ("scheduleGroup", "schedule_group_id"),
            ] {
                let names = organisation.names_of(resource, attribute);
                put(&mut route, key, json!(names.into_iter().next()));
            }
            (Json::Object(route), resource)
        })
        .collect();
    organisation.add_list(sections, "ivrRoutes", routes);
}

/// Removes the fraction of a second and the zone: `2026-01-05T09:00:00.000000` becomes
/// `2026-01-05T09:00:00`.
fn local_time(text: Option<String>) -> Option<String> {
    let text = text?;
    let end = text.find(['.', 'Z']).unwrap_or(text.len());
    Some(text[..end].to_owned())
}

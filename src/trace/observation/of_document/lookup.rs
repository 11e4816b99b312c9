//! Lookups of an event: rows of data tables, schedules, contacts.

use super::setting::{
    entries, input, name_of_action, named, shown_parameters, string, warns,
};
use crate::trace::execution::{Event, shown};
use crate::trace::observation::exchange::{
    Gap, GroupState, GroupStateKind, Reply, RowLookup, RowResult, ScheduleCheck,
};
use crate::value::{DateTime, Json, Text};
use crate::world::Answer;

/// Returns the lookup of a row; `None` if the event does not name the table.
pub(super) fn row(event: &Event) -> Option<RowLookup> {
    let text = |key| string(input(event, key));
    let id = text("dataTableId");
    let table = text("dataTableName").or_else(|| id.clone())?;
    let result = match event.output_path_id.as_deref() {
        Some("__FOUND__")
            if event.outputs().iter().any(|it| shown(&it.value).is_none()) =>
        {
            Some(RowResult::Hidden)
        }
        Some("__FOUND__") => {
            let cells = shown_parameters(event.outputs());
            let cells = cells.filter(|(_, value)| *value != Json::Null);
            Some(RowResult::Found(cells.collect()))
        }
        Some("__NOT_FOUND__") => Some(RowResult::NotFound),
        _ => None,
    };
    let table_id = id.filter(|_| !warns(event, "DATA_TABLE_NOT_FOUND"));
    Some(RowLookup { table, table_id, key: text("lookupValue"), result })
}

/// Returns the evaluation of schedules.
pub(super) fn schedules(event: &Event) -> ScheduleCheck {
    let names = |key: &str| input(event, key).map(named);
    let given = string(input(event, "evaluationDateTime"))
        .and_then(|text| DateTime::parse(&text));
    let path = event.output_path_id.as_deref().unwrap_or_default();
    let is_emergency = matches!(path, "__EMERGENCY__" | "__ACTIVE__");
    ScheduleCheck {
        at: given.or(event.began_at()),
        is_unchecked: warns(event, "SCHEDULE_NOT_CHECKED"),
        emergency: names("emergencyGroup").map(|name| (name, is_emergency)),
        schedule: names("schedule").map(|name| (name, path == "__ACTIVE__")),
        group: names("scheduleGroup").map(|name| (name, group_state(event, path))),
    }
}

fn group_state(event: &Event, path: &str) -> GroupState {
    let kind = match path {
        "__OPEN__" => GroupStateKind::Open,
        "__HOLIDAY__" => GroupStateKind::Holiday,
        _ => GroupStateKind::Closed,
    };
    let active = event.output_data.as_ref().and_then(|it| it.get("inServiceSchedules"));
    let active = match active {
        Some(Json::Array(names)) => {
            names.iter().filter_map(|name| string(Some(name))).collect()
        }
        _ => Vec::new(),
    };
    GroupState { kind, active }
}

/// Returns the lookup of an external contact; `None` if it has no key.
pub(super) fn contact(event: &Event) -> Option<Reply> {
    let key = input(event, "externalId").or_else(|| input(event, "searchTerm"));
    let key = string(key).filter(|key| !key.trim().is_empty())?;
    let data = event.output_data.as_ref();
    let contact = |found: &Json| contact_of(found, &key);
    let answer = match data.and_then(|data| data.get("externalResults")) {
        Some(Json::Array(contacts)) if contacts.len() > 1 => {
            Answer::Contacts(contacts.iter().map(contact).collect())
        }
        Some(Json::Array(contacts)) => Answer::Contact(contacts.first().map(contact)),
        _ => {
            let found = data.and_then(|data| data.get("externalResult"));
            Answer::Contact(found.map(contact))
        }
    };
    let results = ["externalResults", "externalResult"];
    let mut results = results.iter().filter_map(|key| data?.get(key));
    let gap = results.any(is_hidden).then_some(Gap::Whole);
    let node = name_of_action(event);
    Some(Reply { node, name: Some(key), inputs: None, answer, gap })
}

/// Returns whether a contact, or one of several, is hidden.
fn is_hidden(found: &Json) -> bool {
    match found {
        Json::Array(contacts) => contacts.iter().any(is_hidden),
        found => shown(found).is_none(),
    }
}

/// Converts a contact to the form of answers, with all keys.
fn contact_of(found: &Json, key: &Text) -> Json {
    let text = |key: &str| found.get(key).cloned().unwrap_or_default();
    let mut attributes = entries(found);
    attributes.retain(|key, value| {
        !matches!(key.as_str(), "id" | "name" | "email") && *value != Json::Null
    });
    let id = match text("id") {
        Json::Null if !key.contains(['@', '+']) => Json::String(key.clone()),
        id => id,
    };
    Json::object([
        ("id".into(), id),
        ("name".into(), text("name")),
        ("email".into(), text("email")),
        ("attributes".into(), Json::object(attributes)),
    ])
}

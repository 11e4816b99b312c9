//! Lookups in a document: rows of data tables, schedules, contacts.

use super::document::{Deriver, action_name, input, warns};
use super::{RecordedAnswer, Subject};
use crate::trace::execution::{Event, shown};
use crate::value::{DateTime, Json, JsonObject, Text};
use crate::world::Answer;

impl Deriver {
    pub(super) fn table(&mut self, event: &Event) {
        let text = |key| match input(event, key) {
            Some(Json::String(text)) => Some(text),
            _ => None,
        };
        let id = text("dataTableId");
        let Some(table) = text("dataTableName").or(id) else { return };
        if id.is_some() && !warns(event, "DATA_TABLE_NOT_FOUND") {
            self.world.table(table, id);
        }
        let Some(key) = text("lookupValue") else { return };
        self.derived.lookups.push((table.clone(), key.clone()));
        let row = match event.output_path_id.as_deref() {
            Some("__FOUND__") => Some(
                event
                    .outputs()
                    .into_iter()
                    .filter(|cell| shown(&cell.value).is_some_and(|it| *it != Json::Null))
                    .map(|cell| (cell.name, cell.value))
                    .collect(),
            ),
            Some("__NOT_FOUND__") => None,
            _ => return,
        };
        self.world.row(table, key, row);
    }

    pub(super) fn schedule(&mut self, event: &Event) {
        let names = |key: &str| {
            let value = input(event, key)?;
            let text = |key: &str| match value.get(key) {
                Some(Json::String(text)) => Some(text.clone()),
                _ => None,
            };
            Some((text("id"), text("name")))
        };
        let given = match input(event, "evaluationDateTime") {
            Some(Json::String(text)) => DateTime::parse(text),
            _ => None,
        };
        let path = event.output_path_id.as_deref().unwrap_or_default();
        if let Some((id, name)) = names("emergencyGroup") {
            let is_active = matches!(path, "__EMERGENCY__" | "__ACTIVE__");
            let enabled = [("enabled", Json::Boolean(is_active))];
            self.world.thing("emergencyGroups", id.as_ref(), name.as_ref(), enabled);
        }
        let Some(at) = given.or(event.began_at()) else { return };
        let is_unchecked = warns(event, "SCHEDULE_NOT_CHECKED");
        self.derived.ignores_schedules |= is_unchecked;
        if let Some((id, name)) = names("schedule").filter(|_| !is_unchecked) {
            self.world.schedule(id.as_ref(), name.as_ref(), at, path == "__ACTIVE__");
        }
        if let Some((id, name)) = names("scheduleGroup").filter(|_| !is_unchecked) {
            self.group(event, at, [id.as_ref(), name.as_ref()], path);
        }
    }

    /// Records a group of schedules that are active, or of one that is not.
    fn group(
        &mut self,
        event: &Event,
        at: DateTime,
        [id, name]: [Option<&Text>; 2],
        path: &str,
    ) {
        let key = match path {
            "__OPEN__" => "openSchedules",
            "__HOLIDAY__" => "holidaySchedules",
            _ => "closedSchedules",
        };
        let active =
            event.output_data.as_ref().and_then(|it| it.get("inServiceSchedules"));
        let mut active: Vec<Text> = match active {
            Some(Json::Array(names)) => names
                .iter()
                .filter_map(|name| match name {
                    Json::String(name) => Some(name.clone()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let is_active = !active.is_empty() || matches!(path, "__OPEN__" | "__HOLIDAY__");
        if active.is_empty() {
            let of = name.or(id).map_or("", |name| name.as_str());
            active.push(format!("{of} (recorded)").into());
        }
        for name in &active {
            self.world.schedule(None, Some(name), at, is_active);
        }
        let names = Json::array(active.into_iter().map(Json::String));
        self.world.thing("scheduleGroups", id, name, [(key, names)]);
    }

    pub(super) fn contact(&mut self, event: &Event) {
        let key = input(event, "externalId").or_else(|| input(event, "searchTerm"));
        let key = match key {
            Some(Json::String(key)) if !key.trim().is_empty() => key.clone(),
            _ => return,
        };
        let data = event.output_data.as_ref();
        let found = data.and_then(|data| match data.get("externalResults") {
            Some(Json::Array(contacts)) => contacts.first().cloned(),
            _ => data.get("externalResult").cloned(),
        });
        let contact = found.as_ref().map(|found| contact_of(found, &key));
        if let Some(Json::Object(contact)) = &contact {
            self.world.contact(&key, listed(contact, &key));
        }
        let answer = Answer::Contact(contact);
        let asked = RecordedAnswer::new(Subject::Contact, action_name(event), answer);
        self.derived.answers.push(RecordedAnswer { name: Some(key), ..asked });
    }
}

/// Converts a contact to the form of answers, with all keys.
fn contact_of(found: &Json, key: &Text) -> Json {
    let text = |key: &str| found.get(key).cloned().unwrap_or_default();
    let mut attributes = match found {
        Json::Object(entries) => entries.as_ref().clone(),
        _ => JsonObject::new(),
    };
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

/// Converts a contact to the form of fixtures, with the key by which it was found.
pub(in crate::recording) fn listed(contact: &JsonObject, key: &Text) -> JsonObject {
    let mut listed = contact.clone();
    listed.retain(|_, value| *value != Json::Null);
    let of_key = match () {
        () if key.contains('@') => "email",
        () if key.starts_with('+') => "phone",
        () => "id",
    };
    listed.entry(of_key.into()).or_insert_with(|| Json::String(key.clone()));
    listed
}

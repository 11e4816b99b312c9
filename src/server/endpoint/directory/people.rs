//! Users with their presence, and groups.

use serde_json::{Value, json};

use super::routing;
use super::section::{Section, encoded, entities, id_of, named_in, reference};
use super::{filter, list, one};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::server::state::instance::moment;
use crate::value::derived_id;

const USERS: Section = Section::by_id("users", "User", "/api/v2/users");
const GROUPS: Section = Section::named("groups", "Group", "/api/v2/groups");
/// The collections of what clients have set for users.
const PRESENCES: &str = "presences";
const ROUTING_STATUSES: &str = "routingStatuses";

/// The presences of the system, and their labels. *Source: the SDKs'
/// `OrganizationPresenceDefinition.systemPresence`.*
const SYSTEM_PRESENCES: [(&str, &str); 10] = [
    ("Available", "Available"),
    ("Away", "Away"),
    ("Break", "Break"),
    ("Busy", "Busy"),
    ("Idle", "Idle"),
    ("Meal", "Meal"),
    ("Meeting", "Meeting"),
    ("Offline", "Offline"),
    ("OnQueue", "On Queue"),
    ("Training", "Training"),
];
/// The routing statuses that can be set. *Source: the SDKs' `RoutingStatus.status`.*
const STATUSES: [&str; 6] =
    ["OFF_QUEUE", "IDLE", "INTERACTING", "NOT_RESPONDING", "COMMUNICATING", "ALERTING"];

/// Returns the users: those of the fixtures, and the agents of queues that are not among
/// them.
pub(in crate::server::endpoint) fn users(state: &State) -> Vec<Value> {
    let mut all: Vec<Value> =
        entities(state, &USERS).into_iter().map(|it| user_json(state, &it)).collect();
    for agent in routing::agents(state) {
        let name = agent["name"].as_str().or(agent.as_str());
        let id = agent["id"].as_str();
        let names = [id, name].into_iter().flatten();
        let Some(any) = names.clone().next() else { continue };
        if names.clone().any(|name| named_in(&all, name).is_some()) {
            continue;
        }
        let id = id.map_or_else(|| id_of(USERS.family, any), str::to_owned);
        let uri = format!("{}/{}", USERS.path, encoded(&id));
        let division = super::section::home_division();
        let written = json!({
            "id": id, "name": name.unwrap_or(any), "division": division,
            "selfUri": uri, "skills": agent["skills"],
        });
        all.push(user_json(state, &written));
    }
    all
}

/// Returns a reference to the user with an id or a name. One that the fixtures do not list
/// has the id that users with this name get.
pub(in crate::server::endpoint) fn user_named(all: &[Value], wanted: &str) -> Value {
    if let Some(found) = named_in(all, wanted) {
        return reference(found);
    }
    let id = match crate::value::is_uuid(wanted) {
        true => wanted.to_owned(),
        false => id_of(USERS.family, wanted),
    };
    let uri = format!("{}/{}", USERS.path, encoded(&id));
    json!({ "id": id, "name": wanted, "selfUri": uri })
}

/// Returns a user in the form of the platform.
fn user_json(state: &State, written: &Value) -> Value {
    let email = written["email"].as_str();
    let mut contacts = Vec::new();
    if let Some(email) = email {
        contacts
            .push(json!({ "address": email, "mediaType": "EMAIL", "type": "PRIMARY" }));
    }
    let addresses: Vec<Value> = written["extension"]
        .as_str()
        .map(|it| json!({ "extension": it, "mediaType": "PHONE", "type": "WORK" }))
        .into_iter()
        .collect();
    let names = written["skills"].as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(Value::as_str).collect();
    let [skills, languages] = routing::skills_named(state, &names);
    json!({
        "id": written["id"],
        "name": written["name"],
        "division": written["division"],
        "email": email,
        "username": email,
        "state": "active",
        "version": 1,
        "primaryContactInfo": contacts,
        "addresses": addresses,
        "skills": skills,
        "languages": languages,
        "acdAutoAnswer": false,
        "selfUri": written["selfUri"],
    })
}

/// Returns the names of the skills of a user, as the fixtures list them.
pub(super) fn skills_of(state: &State, id: &str) -> Vec<Value> {
    let all = entities(state, &USERS).into_iter();
    let user = all.into_iter().find(|user| user["id"] == id);
    user.and_then(|it| it["skills"].as_array().cloned()).unwrap_or_default()
}

/// Returns the user with an id.
pub(super) fn found(state: &State, id: &str) -> Result<Value, ApiError> {
    let mut all = users(state).into_iter();
    all.find(|it| it["id"] == id).ok_or_else(|| ApiError::not_found("the user", id))
}

/// Filters members of a queue by their skills, languages, routing status and presence. No
/// user has profile skills.
pub(super) fn filter_members(
    state: &State,
    asked: &ApiRequest,
    members: &mut Vec<Value>,
) {
    let users = users(state);
    let user = |member: &Value| users.iter().find(|it| it["id"] == member["id"]);
    for key in ["skills", "languages", "profileSkills"] {
        filter::by_any(asked, key, members, |member, wanted| {
            let all = user(member).and_then(|it| it[key].as_array());
            let names = all.into_iter().flatten().filter_map(|it| it["name"].as_str());
            names.into_iter().any(|name| filter::contains(name, wanted))
        });
    }
    let is = |value: &Value, wanted: &str| {
        let own = value.as_str().unwrap_or_default().replace([' ', '_'], "");
        own.eq_ignore_ascii_case(&wanted.replace([' ', '_'], ""))
    };
    filter::by_any(asked, "routingStatus", members, |member, wanted| {
        is(&member["routingStatus"]["status"], wanted)
    });
    let presence = |member: &Value| {
        let id = member["id"].as_str().unwrap_or_default();
        presence_of(state, id)["presenceDefinition"].take()
    };
    filter::by_any(asked, "presence", members, |member, wanted| {
        let presence = presence(member);
        is(&presence["systemPresence"], wanted) || presence["id"] == wanted
    });
    if asked.query_all("expand").contains(&"presence") {
        for member in members {
            let id = member["id"].as_str().unwrap_or_default().to_owned();
            member["user"]["presence"] = presence_of(state, &id);
        }
    }
}

/// Lists users: those with the state `state`, which is `active` for all. `expand` adds
/// presence and routing status.
pub(in crate::server) fn list_users(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut found = users(state);
    if !filter::includes_active(asked)? {
        found.clear();
    }
    for user in &mut found {
        expand(state, asked, user);
    }
    list(asked, found)
}

/// Returns a user. `expand` adds presence and routing status.
pub(in crate::server) fn user(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("userId");
    let mut user = found(state, id)?;
    if !filter::includes_active(asked)? {
        return Err(ApiError::not_found("the user in this state", id));
    }
    expand(state, asked, &mut user);
    Ok(Reply::ok(user))
}

/// Returns the user of the token. Tokens of flowsim belong to clients, so this is the
/// first user.
pub(in crate::server) fn me(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let first = users(state).into_iter().next();
    let mut user = first
        .ok_or_else(|| ApiError::new(404, "not.found", "the fixtures have no users"))?;
    expand(state, asked, &mut user);
    Ok(Reply::ok(user).with_reason("the first user of the fixtures"))
}

/// Adds what `expand` names, and removes the skills and languages that it does not name.
/// *Source: the values of `expand` of the platform's `getUsers`.*
fn expand(state: &State, asked: &ApiRequest, user: &mut Value) {
    let wanted = asked.query_all("expand");
    show(user, &wanted);
    let id = user["id"].as_str().unwrap_or_default().to_owned();
    if wanted.contains(&"presence") {
        user["presence"] = presence_of(state, &id);
    }
    if wanted.contains(&"routingStatus") {
        user["routingStatus"] = status_of(state, &id);
    }
}

/// Removes the skills and languages of a user, unless they are wanted.
pub(super) fn show(user: &mut Value, wanted: &[&str]) {
    if let Value::Object(user) = user {
        let is_shown =
            |key: &str| !["skills", "languages"].contains(&key) || wanted.contains(&key);
        user.retain(|key, _| is_shown(key));
    }
}

/// Lists the skills of a user.
pub(in crate::server) fn skills(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let user = found(state, asked.parameter("userId"))?;
    list(asked, user["skills"].as_array().cloned().unwrap_or_default())
}

/// Lists the languages of a user.
pub(in crate::server) fn languages(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let user = found(state, asked.parameter("userId"))?;
    list(asked, user["languages"].as_array().cloned().unwrap_or_default())
}

/// Returns the routing status of a user.
pub(in crate::server) fn routing_status(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("userId");
    found(state, id)?;
    Ok(Reply::ok(status_of(state, id)))
}

pub(super) fn status_of(state: &State, id: &str) -> Value {
    let set = state.entity(ROUTING_STATUSES, id).cloned();
    set.unwrap_or_else(|| json!({ "userId": id, "status": "OFF_QUEUE" }))
}

/// Sets the routing status of a user.
pub(in crate::server) fn set_routing_status(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("userId");
    found(state, id)?;
    let body = asked.object()?;
    let status = body.required("status")?;
    if !STATUSES.contains(&status) {
        let known = STATUSES.join(", ");
        return Err(ApiError::bad(format!(
            "unknown status `{status}`; expected {known}"
        )));
    }
    let document =
        json!({ "userId": id, "status": status, "startTime": moment(state.clock) });
    save(state, ROUTING_STATUSES, id, document)
}

/// Returns the presence of a user.
pub(in crate::server) fn presence(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("userId");
    found(state, id)?;
    Ok(Reply::ok(presence_of(state, id)))
}

fn presence_of(state: &State, id: &str) -> Value {
    let set = state.entity(PRESENCES, id).cloned();
    set.unwrap_or_else(|| {
        let offline = definitions().into_iter().find(|it| it["name"] == "Offline");
        presence_json(id, &offline.unwrap_or_default(), "", None)
    })
}

fn presence_json(
    id: &str,
    definition: &Value,
    message: &str,
    modified: Option<Value>,
) -> Value {
    json!({
        "id": derived_id(&format!("Presence:{id}")).as_str(),
        "userId": id,
        "source": "PURECLOUD",
        "primary": true,
        "presenceDefinition": {
            "id": definition["id"],
            "systemPresence": definition["name"],
            "selfUri": definition["selfUri"],
        },
        "message": message,
        "modifiedDate": modified,
        "selfUri": format!("{}/{}/presences/purecloud", USERS.path, encoded(id)),
    })
}

/// Sets the presence of a user, by the id or the name of its definition. The name may be
/// spelled `On Queue`, `OnQueue` or `ON_QUEUE`.
pub(in crate::server) fn set_presence(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("userId");
    found(state, id)?;
    let body = asked.object()?;
    let wanted = body.object("presenceDefinition")?;
    let wanted =
        wanted.text("id")?.or(wanted.text("systemPresence")?).unwrap_or_default();
    let definitions = definitions();
    let letters = |text: &str| text.to_lowercase().replace(['_', ' '], "");
    let is_wanted = |it: &&Value| {
        it["systemPresence"].as_str().is_some_and(|it| letters(it) == letters(wanted))
    };
    let definition = named_in(&definitions, wanted);
    let definition = definition.or_else(|| definitions.iter().find(is_wanted));
    let definition = definition.ok_or_else(|| {
        ApiError::bad(format!("unknown presence definition `{wanted}`"))
    })?;
    let message = body.text("message")?.unwrap_or_default();
    let modified = Some(moment(state.clock));
    save(state, PRESENCES, id, presence_json(id, definition, message, modified))
}

fn save(
    state: &mut State,
    collection: &str,
    id: &str,
    document: Value,
) -> EndpointResult {
    match collection {
        PRESENCES => state.touched.user(id, "presence", document.clone()),
        // *Source: the SDKs' `UserRoutingStatusUserRoutingStatus`.*
        _ => {
            let status = json!({
                "status": document["status"], "startTime": document["startTime"],
            });
            let body = json!({ "id": id, "routingStatus": status });
            state.touched.user(id, "routingStatus", body);
        }
    }
    let (collection, id) = (collection.to_owned(), id.to_owned());
    state.commit(Event::EntitySaved { collection, id, document: document.clone() })?;
    Ok(Reply::ok(document).with_reason("changed"))
}

/// Returns the definitions of presences: those of the system.
fn definitions() -> Vec<Value> {
    let definition = |(presence, name): (&str, &str)| {
        let id = id_of("PresenceDefinition", name);
        let uri = format!("/api/v2/presence/definitions/{id}");
        json!({
            "id": id, "name": name, "type": "System", "deactivated": false,
            "systemPresence": presence, "languageLabels": { "en_US": name }, "selfUri": uri,
        })
    };
    SYSTEM_PRESENCES.map(definition).into()
}

/// Lists the definitions of presences.
pub(in crate::server) fn presence_definitions(
    _: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, definitions())
}

/// Returns a definition of a presence.
pub(in crate::server) fn presence_definition(
    _: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(definitions(), "the presence definition", asked.parameter("definitionId"))
}

/// Lists the presences of the system, without pages.
pub(in crate::server) fn system_presences(
    _: &mut State,
    _: &ApiRequest,
) -> EndpointResult {
    Ok(Reply::ok(definitions().into()))
}

fn groups(state: &State) -> Vec<Value> {
    let mut all = entities(state, &GROUPS);
    for group in &mut all {
        for (key, value) in [
            ("type", json!("official")),
            ("state", json!("active")),
            ("visibility", json!("public")),
            ("rulesVisible", json!(true)),
            ("memberCount", json!(0)),
        ] {
            group[key] = value;
        }
    }
    all
}

/// Lists groups.
pub(in crate::server) fn list_groups(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, groups(state))
}

/// Returns a group.
pub(in crate::server) fn group(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    one(groups(state), "the group", asked.parameter("groupId"))
}

/// Lists the members of a group: none, as the fixtures assign no users to groups.
pub(in crate::server) fn group_members(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    group(state, asked)?;
    list(asked, Vec::new())
}

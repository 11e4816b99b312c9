//! External contacts: those of the fixtures, and those created here, which flows find too.

use serde_json::{Map, Value, json};

use super::directory::text;
use crate::server::http::answer::{Answered, Refusal, Reply};
use crate::server::http::asked::Asked;
use crate::server::http::page::{Page, listing};
use crate::server::state::event::Event;
use crate::server::state::{CONTACTS, MAX_ENTITIES, State, instance};
use crate::value::{Json, derived_id};
use crate::world::{Answer, Country, Question, Replies, e164, unreadable};

/// Finds the contact of a telephone number, an e-mail address or an id.
pub(in crate::server) fn reverse_lookup(state: &mut State, asked: &Asked) -> Answered {
    let key = asked.query("lookupVal");
    let key = key.ok_or_else(|| Refusal::bad("the query needs `lookupVal`"))?;
    let found: Vec<Value> = find(state, key)?.into_iter().collect();
    let why = format!("{} contacts have `{key}`", found.len());
    let body = json!({ "contacts": found, "externalOrganizations": [] });
    Ok(Reply::ok(body).because(why))
}

/// Finds the contact of an identifier: `{type: Phone | Email | …, value}`.
pub(in crate::server) fn identifier_lookup(state: &mut State, asked: &Asked) -> Answered {
    let body = asked.object()?;
    let key = body.needed("value")?;
    let found = find(state, key)?;
    found.map(Reply::ok).ok_or_else(|| Refusal::not_found("a contact with", key))
}

/// The contact that flows would find, too.
fn find(state: &mut State, key: &str) -> Result<Option<Value>, Refusal> {
    let fixtures = state.fixtures();
    match fixtures.answer(&Question::Contact { key }, &mut Replies::default()) {
        Answer::Contact(contact) => Ok(contact.map(|contact| {
            let id = text(&contact, "id").unwrap_or_default();
            let created = state.entity(CONTACTS, id).cloned();
            created.unwrap_or_else(|| of_answer(&contact, Some(key)))
        })),
        _ => Err(Refusal::not_kept("the contacts cannot be read")),
    }
}

/// A contact as flows are answered it, as the platform writes it.
fn of_answer(contact: &Json, key: Option<&str>) -> Value {
    let given = text(contact, "name").unwrap_or_default();
    let (first, last) = given.rsplit_once(' ').unwrap_or((given, ""));
    let email = text(contact, "email");
    let seed = || format!("Contact:{given}:{}", email.unwrap_or_default());
    let id = text(contact, "id").map(str::to_owned);
    let id = id.unwrap_or_else(|| derived_id(&seed()).to_string());
    let number = key.and_then(|key| e164(key, Country::default()));
    let phone = number.map(|number| json!({ "display": number, "e164": number }));
    let attributes = contact.get("attributes").map(crate::server::document);
    json!({
        "id": id,
        "firstName": first,
        "lastName": last,
        "workEmail": email,
        "workPhone": phone,
        "customFields": attributes.unwrap_or_else(|| json!({})),
        "selfUri": uri(&id),
    })
}

fn uri(id: &str) -> String {
    format!("/api/v2/externalcontacts/contacts/{id}")
}

/// Lists the contacts that were created and those that stand in fixtures documents; contacts
/// of files are found by lookup alone. `q` is a part of a name, number or address.
pub(in crate::server) fn list(state: &mut State, asked: &Asked) -> Answered {
    let mut all: Vec<Value> =
        state.entities(CONTACTS).map(|(_, it)| it.clone()).collect();
    let listed = listed(state);
    let is_new = |it: &Value| !all.iter().any(|known| known["id"] == it["id"]);
    let more: Vec<Value> = listed.into_iter().filter(is_new).collect();
    all.extend(more);
    if let Some(part) = asked.query("q").map(str::to_lowercase) {
        all.retain(|contact| contact.to_string().to_lowercase().contains(&part));
    }
    listing(asked, Page::of(asked)?, &all, Value::clone)
}

/// The contacts that stand in fixtures documents.
fn listed(state: &State) -> Vec<Value> {
    let mut all = Vec::new();
    for document in &state.documents {
        for contact in document[CONTACTS].as_array().into_iter().flatten() {
            if contact.get("file").is_some() {
                continue;
            }
            let phone =
                contact["phone"].as_str().or_else(|| contact["phones"][0].as_str());
            let json = Json::parse(&contact.to_string()).unwrap_or_default();
            all.push(of_answer(&json, phone));
        }
    }
    all
}

/// A contact.
pub(in crate::server) fn get(state: &mut State, asked: &Asked) -> Answered {
    let id = asked.parameter("contactId");
    if let Some(contact) = state.entity(CONTACTS, id) {
        return Ok(Reply::ok(contact.clone()));
    }
    let found = find(state, id)?.filter(|contact| contact["id"] == id);
    found.map(Reply::ok).ok_or_else(|| Refusal::not_found("the contact", id))
}

/// Creates a contact.
pub(in crate::server) fn create(state: &mut State, asked: &Asked) -> Answered {
    if state.entities(CONTACTS).count() >= MAX_ENTITIES {
        return Err(Refusal::full("contacts", MAX_ENTITIES));
    }
    let body = asked.object()?;
    let given = body.text("id")?.filter(|id| !id.is_empty()).map(str::to_owned);
    let id = given.unwrap_or_else(|| state.fresh_id("Contact").to_string());
    if state.entity(CONTACTS, &id).is_some() {
        return Err(Refusal::conflict(format!("there is a contact with the id `{id}`")));
    }
    save(state, id, body.0, "created")
}

/// Replaces a contact, also one of the fixtures.
pub(in crate::server) fn replace(state: &mut State, asked: &Asked) -> Answered {
    let id = asked.parameter("contactId").to_owned();
    get(state, asked)?;
    save(state, id, asked.object()?.0, "replaced")
}

fn save(
    state: &mut State,
    id: String,
    mut contact: Map<String, Value>,
    why: &str,
) -> Answered {
    for key in ["workPhone", "cellPhone", "homePhone", "otherPhone"] {
        let Some(phone) = contact.get_mut(key).filter(|phone| !phone.is_null()) else {
            continue;
        };
        let written = phone["e164"].as_str().or_else(|| phone["display"].as_str());
        let Some(written) = written.map(str::to_owned) else {
            return Err(Refusal::bad(format!("`{key}` needs `display` or `e164`")));
        };
        let Some(number) = e164(&written, Country::default()) else {
            return Err(Refusal::bad(unreadable(&written)));
        };
        phone["e164"] = number.as_ref().into();
        if phone.get("display").is_none_or(Value::is_null) {
            phone["display"] = number.as_ref().into();
        }
    }
    for key in ["firstName", "lastName", "workEmail", "personalEmail", "otherEmail"] {
        if contact.get(key).is_some_and(|it| !it.is_string() && !it.is_null()) {
            return Err(Refusal::bad(format!("`{key}` must be a string")));
        }
    }
    contact.insert("id".into(), id.as_str().into());
    contact.entry("createDate").or_insert_with(|| instance::moment(state.clock));
    contact.insert("modifyDate".into(), instance::moment(state.clock));
    contact.insert("selfUri".into(), uri(&id).into());
    let document = Value::Object(contact);
    let collection = CONTACTS.to_owned();
    state.commit(Event::EntitySaved { collection, id, document: document.clone() })?;
    Ok(Reply::ok(document).because(why))
}

/// Deletes a contact that was created here.
pub(in crate::server) fn delete(state: &mut State, asked: &Asked) -> Answered {
    let id = asked.parameter("contactId").to_owned();
    if state.entity(CONTACTS, &id).is_none() {
        return Err(Refusal::not_found("a contact that was created here", &id));
    }
    let collection = CONTACTS.to_owned();
    state.commit(Event::EntityDeleted { collection, id })?;
    Ok(Reply::ok(json!({})).because("deleted"))
}

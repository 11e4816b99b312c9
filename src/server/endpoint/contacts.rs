//! External contacts: those of the fixtures and those that clients created. Flows find
//! both.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::directory::text;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::event::Event;
use crate::server::state::{CONTACTS, MAX_ENTITIES, State, instance};
use crate::value::{Json, derived_id};
use crate::world::{
    Answer, AnswerProgress, Country, Fixtures, Question, e164, unreadable,
};

/// The keys of a contact with its telephone numbers, and with its e-mail addresses.
const PHONES: [&str; 4] = ["workPhone", "cellPhone", "homePhone", "otherPhone"];
const EMAILS: [&str; 3] = ["workEmail", "personalEmail", "otherEmail"];

/// The types of identifiers. *Source: the SDKs' `ContactIdentifier.type`.*
const IDENTIFIERS: [&str; 12] = [
    "SocialLine",
    "SocialFacebook",
    "SocialTwitter",
    "SocialWhatsapp",
    "SocialInstagram",
    "SocialWhatsappBsuid",
    "AppleOpaqueId",
    "Email",
    "Phone",
    "Cookie",
    "ExternalId",
    "SocialInstagramHandle",
];

/// Finds the contact with a telephone number, an e-mail address or an id.
pub(in crate::server) fn reverse_lookup(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let key = asked.query("lookupVal");
    let key = key.ok_or_else(|| ApiError::bad("the query must contain `lookupVal`"))?;
    let found: Vec<Value> = find(state, key)?.into_iter().collect();
    let why = format!("{} contacts have `{key}`", found.len());
    let body = json!({ "contacts": found, "externalOrganizations": [] });
    Ok(Reply::ok(body).with_reason(why))
}

/// Finds the contact with an identifier: `{type: Phone | Email | …, value}`.
pub(in crate::server) fn identifier_lookup(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    if let Some(kind) = body.text("type")?
        && !IDENTIFIERS.contains(&kind)
    {
        let known = IDENTIFIERS.join(", ");
        return Err(ApiError::bad(format!(
            "`type` must be one of {known}, found `{kind}`"
        )));
    }
    let key = body.required("value")?;
    let found = find(state, key)?;
    found.map(Reply::ok).ok_or_else(|| ApiError::not_found("a contact with", key))
}

/// Finds a contact in the same way as flows do.
fn find(state: &mut State, key: &str) -> Result<Option<Value>, ApiError> {
    let fixtures = state.fixtures();
    match fixtures.answer(
        &Question::Contact { key, is_search: false },
        &mut AnswerProgress::default(),
    ) {
        Answer::Contact(contact) => Ok(contact.map(|contact| {
            let id = text(&contact, "id").unwrap_or_default();
            let created = state.entity(CONTACTS, id).cloned();
            created.unwrap_or_else(|| {
                of_answer(&contact, &numbers_of(&fixtures, &contact, key))
            })
        })),
        _ => Err(ApiError::not_stored("the contacts cannot be read")),
    }
}

/// Returns the telephone numbers of a contact of the fixtures that was found by a key.
fn numbers_of(fixtures: &Fixtures, contact: &Json, key: &str) -> Vec<String> {
    match text(contact, "id").or_else(|| text(contact, "email")) {
        Some(own) => fixtures.contact_numbers(own),
        None => e164(key, fixtures.country())
            .map_or_else(Vec::new, |number| fixtures.contact_numbers(&number)),
    }
}

/// Converts a contact in the form that flows receive to the form of the platform.
fn of_answer(contact: &Json, numbers: &[String]) -> Value {
    let given = text(contact, "name").unwrap_or_default();
    let (first, last) = given.rsplit_once(' ').unwrap_or((given, ""));
    let email = text(contact, "email");
    let seed = || format!("Contact:{given}:{}", email.unwrap_or_default());
    let id = text(contact, "id").map(str::to_owned);
    let id = id.unwrap_or_else(|| derived_id(&seed()).to_string());
    let attributes = contact.get("attributes").map(Value::from);
    let mut body = json!({
        "id": id,
        "firstName": first,
        "lastName": last,
        "workEmail": email,
        "workPhone": null,
        "customFields": attributes.unwrap_or_else(|| json!({})),
        "selfUri": uri(&id),
    });
    for (key, number) in PHONES.into_iter().zip(numbers) {
        body[key] = json!({ "display": number, "e164": number });
    }
    body
}

fn uri(id: &str) -> String {
    format!("/api/v2/externalcontacts/contacts/{id}")
}

/// Lists the created contacts and those written in fixtures documents. Contacts in files
/// can only be looked up. `q` has words of a name or an address, or a number.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let mut all: Vec<Value> =
        state.entities(CONTACTS).map(|(_, it)| it.clone()).collect();
    let listed = listed(state);
    let is_new = |it: &Value| !all.iter().any(|known| known["id"] == it["id"]);
    let more: Vec<Value> = listed.into_iter().filter(is_new).collect();
    all.extend(more);
    if let Some(wanted) = asked.query("q") {
        let country = state.fixtures().country();
        all.retain(|contact| is_found(contact, wanted, country));
    }
    listing(asked, Page::of(asked)?, &all, Value::clone)
}

/// Returns whether a contact has all words of a search, ignoring case, or its number, which
/// may be in a national format. *Source: the SDKs' `get_externalcontacts_contacts`: `q` are
/// keywords.*
fn is_found(contact: &Value, wanted: &str, country: Country) -> bool {
    let numbers = PHONES.into_iter().map(|key| &contact[key]);
    let numbers = numbers.flat_map(|it| [&it["e164"], &it["display"]]);
    let mut numbers = numbers.filter_map(Value::as_str);
    let digits =
        |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_dialled = |c: char| c.is_ascii_digit() || " +-.()/".contains(c);
    let part = digits(wanted);
    if !part.is_empty() && wanted.chars().all(is_dialled) {
        let whole = e164(wanted, country);
        return numbers
            .any(|it| whole.as_deref() == Some(it) || digits(it).contains(&part));
    }
    let names = ["firstName", "middleName", "lastName"].into_iter();
    let texts = names.chain(EMAILS).filter_map(|key| contact[key].as_str());
    let texts: Vec<String> = texts.map(str::to_lowercase).collect();
    let words = wanted.to_lowercase();
    words.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// Returns the contacts that are written in fixtures documents.
fn listed(state: &mut State) -> Vec<Value> {
    let mut all = Vec::new();
    let fixtures = state.fixtures();
    for document in &state.documents {
        let country = document["defaultCountry"].as_str().and_then(Country::from_code);
        let country = country.unwrap_or_else(|| fixtures.country());
        for contact in document[CONTACTS].as_array().into_iter().flatten() {
            if contact.get("file").is_some() {
                continue;
            }
            let more = contact["phones"].as_array().into_iter().flatten();
            let phones = std::iter::once(&contact["phone"]).chain(more);
            let numbers =
                phones.filter_map(Value::as_str).filter_map(|it| e164(it, country));
            let numbers: Vec<String> = numbers.map(Cow::into_owned).collect();
            all.push(of_answer(&contact.into(), &numbers));
        }
    }
    all
}

/// Returns a contact.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("contactId");
    if let Some(contact) = state.entity(CONTACTS, id) {
        return Ok(Reply::ok(contact.clone()));
    }
    let found = find(state, id)?.filter(|contact| contact["id"] == id);
    // The fixtures need not give a contact an id.
    let found = found.or_else(|| listed(state).into_iter().find(|it| it["id"] == id));
    found.map(Reply::ok).ok_or_else(|| ApiError::not_found("the contact", id))
}

/// Creates a contact.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    if state.entity_count(CONTACTS) >= MAX_ENTITIES {
        return Err(ApiError::full("contacts", MAX_ENTITIES));
    }
    let body = asked.object()?;
    let given = body.text("id")?.filter(|id| !id.is_empty()).map(str::to_owned);
    let id = given.unwrap_or_else(|| state.fresh_id("Contact").to_string());
    if state.entity(CONTACTS, &id).is_some() {
        return Err(ApiError::conflict(format!(
            "a contact with the id `{id}` already exists"
        )));
    }
    save(state, id, body.0, "created")
}

/// Replaces a contact, which may be one of the fixtures.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("contactId").to_owned();
    get(state, asked)?;
    save(state, id, asked.object()?.0, "replaced")
}

fn save(
    state: &mut State,
    id: String,
    mut contact: Map<String, Value>,
    why: &str,
) -> EndpointResult {
    let country = state.fixtures().country();
    for key in PHONES {
        let Some(phone) = contact.get_mut(key).filter(|phone| !phone.is_null()) else {
            continue;
        };
        let written = phone["e164"].as_str().or_else(|| phone["display"].as_str());
        let Some(written) = written.map(str::to_owned) else {
            return Err(ApiError::bad(format!(
                "`{key}` must contain `display` or `e164`"
            )));
        };
        let Some(number) = e164(&written, country) else {
            return Err(ApiError::bad(unreadable(&written)));
        };
        phone["e164"] = number.as_ref().into();
        if phone.get("display").is_none_or(Value::is_null) {
            phone["display"] = number.as_ref().into();
        }
    }
    for key in ["firstName", "lastName"].into_iter().chain(EMAILS) {
        if contact.get(key).is_some_and(|it| !it.is_string() && !it.is_null()) {
            return Err(ApiError::bad(format!("`{key}` must be a string")));
        }
    }
    contact.insert("id".into(), id.as_str().into());
    contact.entry("createDate").or_insert_with(|| instance::moment(state.clock));
    contact.insert("modifyDate".into(), instance::moment(state.clock));
    contact.insert("selfUri".into(), uri(&id).into());
    let document = Value::Object(contact);
    let collection = CONTACTS.to_owned();
    state.commit(Event::EntitySaved { collection, id, document: document.clone() })?;
    Ok(Reply::ok(document).with_reason(why))
}

/// Deletes a contact that a client created.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("contactId").to_owned();
    if state.entity(CONTACTS, &id).is_none() {
        return Err(ApiError::not_found("a created contact", &id));
    }
    let collection = CONTACTS.to_owned();
    state.commit(Event::EntityDeleted { collection, id })?;
    Ok(Reply::ok(json!({})).with_reason("deleted"))
}

//! External contacts.

use std::sync::Arc;

use super::super::outcome::{Outcome, by_output};
use super::super::values::{output, text_input};
use crate::diagnostic::Code;
use crate::engine::effect::Waiting;
use crate::engine::state::State;
use crate::program::architect::ContactLookup;
use crate::program::{Program, Step};
use crate::trace::{Failure, Field};
use crate::value::{Collection, Json, Kind, Object, Text, Type, Value, properties_of};
use crate::world::{Answer, Country, e164};

/// Output indexes, in the order of the labels: of a lookup by id, then of a search.
const FOUND: u16 = 0;
const NOT_FOUND: u16 = 1;
const MATCH_EXACT: u16 = 0;
const MATCH_MULTIPLE: u16 = 1;
const NO_MATCH: u16 = 2;

/// Requests a contact. Without a search key, the output is "not found".
pub(super) fn ask(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &ContactLookup,
    field: Field,
    not_found: u16,
) -> Outcome {
    let key = text_input(state, program, &lookup.key, field)?.map(|key| unquoted(&key));
    match key.filter(|key| !key.trim().is_empty()) {
        Some(key) => Ok(state.ask(Waiting::Contact { key })),
        None => Ok(by_output(step, not_found)),
    }
}

/// Removes the quotation marks around a search term. *Source: Genesys' help on Search
/// External Contacts, in which a quoted term must match as a whole, as every term does
/// here.*
fn unquoted(term: &Text) -> Text {
    let inner = term.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| term.clone(), Text::from)
}

/// Handles the answer of `getExternalContact`, an action that finds contacts only by id.
pub(super) fn got(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &ContactLookup,
    key: &str,
    answer: Answer,
) -> Outcome {
    let is_meant = |contact: &Json| match contact.get("id") {
        Some(Json::String(id)) => id.trim().eq_ignore_ascii_case(key.trim()),
        _ => false,
    };
    let Some(contact) = contact_of(answer)?.filter(is_meant) else {
        return Ok(by_output(step, NOT_FOUND));
    };
    let contact = external_contact(&contact);
    output(state, program, Field::ExternalResult, lookup.result, contact)?;
    Ok(by_output(step, FOUND))
}

/// Handles the answer of `searchExternalContacts`. *Source: Genesys' help on Search
/// External Contacts.*
pub(super) fn searched(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &ContactLookup,
    answer: Answer,
) -> Outcome {
    let contacts = match answer {
        Answer::Contacts(contacts) => contacts,
        other => contact_of(other)?.into_iter().collect(),
    };
    let index = match contacts.len() {
        0 => return Ok(by_output(step, NO_MATCH)),
        1 => MATCH_EXACT,
        _ => MATCH_MULTIPLE,
    };
    let items = contacts.iter().map(external_contact).collect();
    let found = Collection { kind: Kind::ExternalContact, items };
    let found = Value::Collection(Arc::new(found));
    output(state, program, Field::ExternalResults, lookup.result, found)?;
    Ok(by_output(step, index))
}

fn contact_of(answer: Answer) -> Result<Option<Json>, Box<Failure>> {
    match answer {
        Answer::Contact(found) => Ok(found),
        _ => {
            let message = "the external contacts cannot be read";
            Err(Failure::new(Code::CONTACTS_UNREADABLE, message))
        }
    }
}

/// Converts a contact of the fixtures, `{id, name, email, attributes}`, to Architect's
/// form.
///
/// An attribute with the name of a property sets this property. If the attributes lack a
/// name, `name` is split into first and last name. If they lack an address, `email` is
/// the work address. Values that do not have the type of their property are left out.
fn external_contact(contact: &Json) -> Value {
    let text = |name: &str| match contact.get(name) {
        Some(Json::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let attribute = |name: &str| match contact.get("attributes") {
        Some(Json::Object(attributes)) => {
            let mut entries = attributes.iter();
            let same = entries.find(|(key, _)| key.eq_ignore_ascii_case(name));
            same.map(|(_, value)| value.clone())
        }
        _ => None,
    };
    let has_any = |names: &[&str]| names.iter().any(|name| attribute(name).is_some());
    let name = text("name").filter(|_| !has_any(&["firstName", "lastName"]));
    let (first, last) = name.map_or((None, None), |name| {
        match name.trim().rsplit_once(char::is_whitespace) {
            Some((first, last)) => (Some(first.trim_end()), Some(last)),
            None => (Some(name.trim()), None),
        }
    });
    let is_addressed = has_any(&["workEmail", "personalEmail", "otherEmail"]);
    let email = text("email").filter(|_| !is_addressed);
    let properties = properties_of(Kind::ExternalContact).iter().map(|(name, holds)| {
        let own = match *name {
            "id" => text("id"),
            "firstName" => first,
            "lastName" => last,
            "workEmail" => email,
            _ => None,
        };
        let own = own.map(|text| Json::String(text.into()));
        let given = own.or_else(|| attribute(name));
        let value = given.and_then(|json| property(&json, *holds));
        (Text::from(*name), value.unwrap_or_else(|| Value::unset(*holds)))
    });
    let properties = properties.collect();
    Value::Object(Arc::new(Object { kind: Kind::ExternalContact, properties }))
}

/// Converts a property. A telephone number may be a plain string.
fn property(json: &Json, holds: Type) -> Option<Value> {
    let number = match json {
        Json::String(text) if holds.kind == Kind::ExternalPhoneNumber => {
            let written = Json::String(text.clone());
            let e164 = e164(text, Country::default());
            let e164 = e164.map_or(Json::Null, |number| Json::String((*number).into()));
            Some(Json::object([
                ("display".into(), written.clone()),
                ("userInput".into(), written),
                ("e164".into(), e164),
            ]))
        }
        _ => None,
    };
    Value::decode(number.as_ref().unwrap_or(json), holds).ok()
}

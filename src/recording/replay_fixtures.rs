//! Fixtures from the requests and answers of a replayed call. The replay supplies names
//! that a recording may lack.

use super::derive::{Subject, answer_entry, listed};
use super::replay::Exchange;
use crate::value::{Json, JsonObject, Text};
use crate::world::{Answer, QueueAnswer};

/// Returns a fixtures document with the answers of a call.
pub(super) fn with(world: &Json, exchanges: &[Exchange]) -> Json {
    let mut document = match world {
        Json::Object(document) => document.as_ref().clone(),
        _ => JsonObject::default(),
    };
    for name in ["dataActions", "webhooks", "actions"] {
        if !exchanges.is_empty() {
            document.shift_remove(name);
        }
        let of_section = of_section(name, exchanges);
        if !of_section.is_empty() {
            document.insert(name.into(), Json::object(of_section));
        }
    }
    for exchange in exchanges {
        if let Answer::Contacts(contacts) = &exchange.answer {
            for contact in contacts {
                add(&mut document, "contacts", contact_of(contact, &exchange.name));
            }
        }
        if let Some((section, object)) = object(exchange) {
            add(&mut document, section, object);
        }
    }
    Json::object(document)
}

/// Returns the answers of a section, by name of the service.
fn of_section(name: &str, exchanges: &[Exchange]) -> JsonObject {
    let all = || exchanges.iter().filter(|it| section(it) == Some(name));
    let mut of_section = JsonObject::default();
    for exchange in all() {
        if !of_section.contains_key(&exchange.name) {
            let same: Vec<_> = all().filter(|it| it.name == exchange.name).collect();
            of_section.insert(exchange.name.clone(), answers(&same));
        }
    }
    of_section
}

/// Returns the directory object in an answer.
fn object(exchange: &Exchange) -> Option<(&'static str, JsonObject)> {
    match (&exchange.answer, exchange.about) {
        (Answer::Contact(Some(contact)), _) => {
            Some(("contacts", contact_of(contact, &exchange.name)))
        }
        (Answer::Statistics(Some(statistics)), Subject::QueueStatistics) => {
            Some(("queues", queue_with(&exchange.name, statistics)))
        }
        (Answer::Queue(QueueAnswer::Accepted { id, name }), _) => {
            let named = [("id", id), ("name", name)];
            let named = named.into_iter().filter_map(|(key, text)| {
                Some((Text::from(key), Json::String(text.clone()?)))
            });
            Some(("queues", named.collect()))
        }
        _ => None,
    }
}

fn section(exchange: &Exchange) -> Option<&'static str> {
    match (&exchange.answer, exchange.about) {
        (Answer::Response(_), Subject::DataAction) => Some("dataActions"),
        (Answer::Response(_), Subject::Webhook) => Some("webhooks"),
        (Answer::Action(_), _) => Some("actions"),
        _ => None,
    }
}

/// Formats the answers of a service: distinguished by their inputs if possible, otherwise
/// in order.
fn answers(same: &[&Exchange]) -> Json {
    let differ = same.iter().enumerate().all(|(index, one)| {
        matches!(&one.inputs, Json::Object(inputs) if !inputs.is_empty())
            && !same.iter().take(index).any(|other| other.inputs == one.inputs)
    });
    Json::array(same.iter().map(|one| {
        let mut answer = JsonObject::default();
        if differ && one.about != Subject::Action {
            answer.insert("when".into(), one.inputs.clone());
        }
        answer.extend(answer_entry(&one.answer));
        Json::object(answer)
    }))
}

/// Converts a contact to the form of fixtures, with the key by which it was found.
fn contact_of(contact: &Json, key: &Text) -> JsonObject {
    match contact {
        Json::Object(contact) => listed(contact, key),
        _ => JsonObject::default(),
    }
}

fn queue_with(name: &Text, statistics: &Json) -> JsonObject {
    [
        (Text::from("id"), Json::String(name.clone())),
        ("statistics".into(), statistics.clone()),
    ]
    .into_iter()
    .collect()
}

/// Adds an object to a section, or merges it with the one with the same id or name.
fn add(document: &mut JsonObject, section: &str, object: JsonObject) {
    let mut list = match document.get(section) {
        Some(Json::Array(list)) => list.as_ref().clone(),
        _ => Vec::new(),
    };
    let is_same = |known: &Json| {
        ["id", "name"].iter().any(|key| match (known.get(key), object.get(*key)) {
            (Some(Json::String(known)), Some(Json::String(own))) => {
                known.eq_ignore_ascii_case(own)
            }
            _ => false,
        })
    };
    match list.iter_mut().find(|it| is_same(it)) {
        Some(Json::Object(known)) => {
            let mut wider = known.as_ref().clone();
            for (key, value) in object {
                wider.entry(key).or_insert(value);
            }
            *known = wider.into();
        }
        _ => list.push(Json::object(object)),
    }
    document.insert(section.into(), Json::array(list));
}

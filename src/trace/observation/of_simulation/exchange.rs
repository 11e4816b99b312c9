//! Exchanges of a step of a simulation response.

use super::Keyed;
use crate::trace::observation::exchange::{
    Exchange, ObservedName, ObservedObject, Reply,
};
use crate::value::{Json, JsonObject, Kind, Text};
use crate::world::{Answer, Input, QueueAnswer, Response};

/// Latency that exceeds all timeouts, in milliseconds: a hundred days, the maximum in
/// fixtures.
const NEVER_MS: i64 = 8_640_000_000;

/// Status of a failure without one.
const FAILED: u16 = 500;

/// Keys of a result that do not belong to the answer.
const NOT_ANSWERED: [&str; 3] = ["error", "answer", "cutOff"];

/// Party that a step exchanges data with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    Caller,
    Contacts,
    DataAction,
    Webhook,
    QueueStatistics,
    Queue,
}

/// Names of node types with an exchange. *Source: the tutorials.*
const ASKING: [(&[&str], Party); 7] = [
    (&["gather", "collect", "collectinput"], Party::Caller),
    (&["menu"], Party::Caller),
    (&["getexternalcontactaction", "getexternalcontact"], Party::Contacts),
    (&["dataaction", "calldataaction"], Party::DataAction),
    (&["webhook", "callwebhook"], Party::Webhook),
    (&["getqueuestats", "queuestats"], Party::QueueStatistics),
    (&["route", "transfertoqueue", "transfertoacd", "queue"], Party::Queue),
];

/// Returns the exchange of a step. `node` is its id or name, and `kind` the type of the
/// node.
pub(super) fn exchange(node: &Text, kind: &str, step: &impl Keyed) -> Option<Exchange> {
    let is_kind = |name: &&str| name.eq_ignore_ascii_case(kind);
    let (_, party) = ASKING.iter().find(|(names, _)| names.iter().any(is_kind))?;
    let is_object = |json: &&Json| matches!(json, Json::Object(_));
    let result = step.value("result").filter(is_object);
    let result = result.or_else(|| step.value("output").filter(is_object))?;
    let error = result.get("error").and_then(|error| text(error, "code"));
    let error = error.unwrap_or_default();
    let reply = |answer| Reply { node: node.clone(), name: None, inputs: None, answer };
    Some(match party {
        Party::Caller => {
            Exchange::Inputs { node: node.clone(), inputs: vec![input(result, &error)] }
        }
        // No request was made.
        Party::Contacts if error == "LOOKUP_KEY_MISSING" => return None,
        Party::Contacts if error == "CONTACTS_UNREADABLE" => {
            Exchange::Contact(reply(Answer::NotMocked))
        }
        Party::Contacts => {
            let contact = result.get("contact").filter(|it| **it != Json::Null);
            Exchange::Contact(reply(Answer::Contact(contact.cloned())))
        }
        Party::DataAction => Exchange::DataAction(reply(response(result, &error))),
        Party::Webhook => Exchange::Webhook(reply(response(result, &error))),
        Party::QueueStatistics => {
            let statistics = error.is_empty().then(|| Json::object(fields(result)));
            Exchange::QueueStatistics(reply(Answer::Statistics(statistics)))
        }
        Party::Queue => {
            let name = text(result, "queueId").or_else(|| text(result, "queueName"));
            let skills = match result.get("skills") {
                Some(skills @ Json::Array(_)) => {
                    Some([("skills".into(), skills.clone())].into_iter().collect())
                }
                _ => None,
            };
            let answer = Answer::Queue(queue(result, &error));
            Exchange::Queue(Reply { name, inputs: skills, ..reply(answer) })
        }
    })
}

/// Returns the queue that accepted the conversation.
pub(super) fn objects(exchange: Option<&Exchange>) -> Vec<ObservedObject> {
    let answer = match exchange {
        Some(Exchange::Queue(reply)) => Some(&reply.answer),
        _ => None,
    };
    let Some(Answer::Queue(QueueAnswer::Accepted { id, name })) = answer else {
        return Vec::new();
    };
    let name = ObservedName { id: id.clone(), name: name.clone() };
    vec![ObservedObject { kind: Kind::Queue, name }]
}

fn input(result: &Json, error: &str) -> Input {
    if error == "CALLER_HUNG_UP" {
        return Input::HangUp;
    }
    let heard = text(result, "heard").or_else(|| text(result, "digits"));
    match heard.filter(|heard| !heard.is_empty()) {
        Some(heard) => {
            let is_key = |key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D');
            if heard.chars().all(is_key) {
                Input::Keys(heard)
            } else {
                Input::Speech(heard)
            }
        }
        None => Input::Silence,
    }
}

fn response(result: &Json, error: &str) -> Answer {
    if error.ends_with("_NOT_MOCKED") {
        return Answer::NotMocked;
    }
    let output = match result.get("answer") {
        Some(whole) => whole.clone(),
        None => Json::object(fields(result)),
    };
    let is_cut_off = result.get("cutOff") == Some(&Json::Boolean(true));
    let is_late = is_cut_off || error.ends_with("_TIMEOUT");
    let latency_ms = if is_late { NEVER_MS } else { 0 };
    let status = if error.ends_with("_FAILED") { status(result) } else { 200 };
    Answer::Response(Response { status, output, latency_ms })
}

/// Returns the status that the message of an error contains.
fn status(result: &Json) -> u16 {
    let message = result.get("error").and_then(|error| text(error, "message"));
    let message = message.unwrap_or_default();
    let number = message.rsplit("status ").next().and_then(|rest| {
        rest.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
    });
    number.filter(|status| (300..=599).contains(status)).unwrap_or(FAILED)
}

fn queue(result: &Json, error: &str) -> QueueAnswer {
    match error {
        "QUEUE_NOT_FOUND" => QueueAnswer::NotFound,
        "SKILL_MISMATCH" => QueueAnswer::SkillMismatch { id: None, name: None },
        _ => QueueAnswer::Accepted {
            id: text(result, "queueId"),
            name: text(result, "queueName"),
        },
    }
}

/// Returns the fields of a result that belong to the answer.
fn fields(result: &Json) -> JsonObject {
    match result {
        Json::Object(entries) => {
            let mut fields = entries.as_ref().clone();
            fields.retain(|key, _| !NOT_ANSWERED.contains(&key.as_str()));
            fields
        }
        _ => JsonObject::default(),
    }
}

fn text(json: &Json, key: &str) -> Option<Text> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

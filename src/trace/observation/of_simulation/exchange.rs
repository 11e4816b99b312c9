//! Exchanges of a step of a simulation response.

use super::Keyed;
use crate::flow::kinds::{self, LookupKind, Operation};
use crate::trace::observation::exchange::{
    Exchange, Gap, ObservedName, ObservedObject, Reply, RowLookup, RowResult,
};
use crate::value::{Json, JsonObject, Kind, Text};
use crate::world::{ActionAnswer, Answer, Input, QueueAnswer, Response};

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
    of_architect(node, kind, step).or_else(|| of_node(node, kind, step))
}

fn of_node(node: &Text, kind: &str, step: &impl Keyed) -> Option<Exchange> {
    let is_kind = |name: &&str| name.eq_ignore_ascii_case(kind);
    let (_, party) = ASKING.iter().find(|(names, _)| names.iter().any(is_kind))?;
    let is_object = |json: &&Json| matches!(json, Json::Object(_));
    let result = step.value("result").filter(is_object);
    let result = result.or_else(|| step.value("output").filter(is_object))?;
    let error = result.get("error").and_then(|error| text(error, "code"));
    let error = error.unwrap_or_default();
    let reply = |answer| reply_to(node, answer);
    Some(match party {
        Party::Caller => Exchange::Inputs {
            node: node.clone(),
            inputs: vec![Some(input(result, &error))],
        },
        // No request was made.
        Party::Contacts if error == "LOOKUP_KEY_MISSING" => return None,
        Party::Contacts if error == "CONTACTS_UNREADABLE" => {
            Exchange::Contact(reply(Answer::NotMocked))
        }
        Party::Contacts => {
            let contact = result.get("contact").filter(|it| **it != Json::Null);
            Exchange::Contact(reply(Answer::Contact(contact.cloned())))
        }
        Party::DataAction => {
            Exchange::DataAction(asked(step, reply(response(result, &error))))
        }
        Party::Webhook => Exchange::Webhook(reply(response(result, &error))),
        Party::QueueStatistics => {
            let statistics = error.is_empty().then(|| Json::object(fields(result)));
            Exchange::QueueStatistics(reply(Answer::Statistics(statistics)))
        }
        Party::Queue => {
            let answer = Answer::Queue(queue(result, &error));
            Exchange::Queue(of_queue(result, reply(answer)))
        }
    })
}

/// Adds the name and the skills of a request for a queue.
fn of_queue(result: &Json, reply: Reply) -> Reply {
    let name = text(result, "queueId").or_else(|| text(result, "queueName"));
    let skills = match result.get("skills") {
        Some(skills @ Json::Array(_)) => {
            Some([("skills".into(), skills.clone())].into_iter().collect())
        }
        _ => None,
    };
    Reply { name, inputs: skills, ..reply }
}

/// Creates the answer to a request, whose name and inputs are unknown.
fn reply_to(node: &Text, answer: Answer) -> Reply {
    Reply { node: node.clone(), name: None, inputs: None, answer, gap: None }
}

/// Adds the name and the inputs in the request of a step, which imported traces have.
fn asked(step: &impl Keyed, reply: Reply) -> Reply {
    let Some(asked) = step.value("asked") else { return reply };
    let inputs = match asked.get("inputs") {
        Some(Json::Object(inputs)) => Some(inputs.as_ref().clone()),
        _ => None,
    };
    Reply { name: text(asked, "name"), inputs, ..reply }
}

/// Returns the exchange of an Architect action, whose result has its inputs and outputs:
/// a data action, a row of a data table, or a transfer that succeeded.
fn of_architect(node: &Text, kind: &str, step: &impl Keyed) -> Option<Exchange> {
    let operation = kinds::operation_of(kind)?;
    let result = step.value("result").filter(|it| it.get("error").is_none())?;
    match operation {
        Operation::Lookup(LookupKind::DataAction) => {
            data_action(node, result, step.value("next"))
        }
        Operation::Lookup(LookupKind::DataTable) => row(result),
        Operation::Transfer(_) => {
            let is_done = result.get("transfer").is_some();
            let answer = Answer::Action(ActionAnswer {
                path: None,
                outputs: Vec::new(),
                latency_ms: 0,
            });
            let reply = Reply { name: Some(node.clone()), ..reply_to(node, answer) };
            is_done.then_some(Exchange::Action(reply))
        }
        _ => None,
    }
}

/// Returns the answer of a data action. A response does not show whether it succeeded.
fn data_action(node: &Text, result: &Json, next: Option<&Json>) -> Option<Exchange> {
    let Json::Object(inputs) = result.get("inputs")? else { return None };
    let mut inputs = inputs.as_ref().clone();
    let name = match inputs.shift_remove("dataAction")? {
        Json::String(name) => Some(name),
        named => text(&named, "name").or_else(|| text(&named, "id")),
    };
    let next = match next {
        Some(Json::String(id)) => Some(id.clone()),
        _ => None,
    };
    let output = result.get("outputs").cloned().unwrap_or_else(|| Json::object([]));
    let answer = Answer::Response(Response { status: 200, output, latency_ms: 0 });
    let (inputs, gap) = (Some(inputs), Some(Gap::Path(next)));
    Some(Exchange::DataAction(Reply { name, inputs, gap, ..reply_to(node, answer) }))
}

/// Returns a row that was found. A response does not show why there is no row.
fn row(result: &Json) -> Option<Exchange> {
    let inputs = result.get("inputs")?;
    let Json::Object(cells) = result.get("outputs")? else { return None };
    let mut cells = cells.as_ref().clone();
    if cells.contains_key("errorType") || cells.contains_key("errorMessage") {
        return None;
    }
    cells.retain(|_, value| *value != Json::Null);
    Some(Exchange::Row(RowLookup {
        table: text(inputs, "dataTableName").or_else(|| text(inputs, "dataTableId"))?,
        table_id: text(inputs, "dataTableId"),
        key: Some(text(inputs, "lookupValue")?),
        result: Some(RowResult::Found(cells)),
    }))
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

//! Derivation of a call from a simulation: the request, and the steps of the response.

use super::fixtures::FixturesBuilder;
use super::found::listed;
use super::{Derived, RecordedAnswer, Subject, asked_skills};
use crate::engine::Request;
use crate::recording::document::Recording;
use crate::recording::nodes::node;
use crate::value::{DateTime, Json, JsonObject, Text};
use crate::world::{Answer, Input, QueueAnswer, Response};

/// Latency that exceeds all timeouts, in milliseconds: a hundred days, the maximum in
/// fixtures.
const NEVER_MS: i64 = 8_640_000_000;

/// Status of a failure without one.
const FAILED: u16 = 500;

/// Keys of a result that do not belong to the answer.
const NOT_ANSWERED: [&str; 3] = ["error", "answer", "cutOff"];

/// Names of node types that make requests, with their subjects. *Source: the tutorials.*
const ASKING: [(&[&str], Subject); 7] = [
    (&["gather", "collect", "collectinput"], Subject::Input),
    (&["menu"], Subject::Input),
    (&["getexternalcontactaction", "getexternalcontact"], Subject::Contact),
    (&["dataaction", "calldataaction"], Subject::DataAction),
    (&["webhook", "callwebhook"], Subject::Webhook),
    (&["getqueuestats", "queuestats"], Subject::QueueStatistics),
    (&["route", "transfertoqueue", "transfertoacd", "queue"], Subject::Queue),
];

/// Derives the start and environment of a call from a response and its request.
pub(super) fn derive(recording: &Recording) -> Derived {
    let mut derived = Derived {
        at: recording.recorded_at.as_deref().and_then(DateTime::parse),
        ..Derived::default()
    };
    let mut world = FixturesBuilder::default();
    let steps = match recording.response.get("trace") {
        Some(Json::Array(steps)) => steps.as_slice(),
        _ => &[],
    };
    for step in steps {
        let Some(about) = about(step) else { continue };
        derived.answers.extend(answer(step, about, &mut world));
    }
    let asked = recording.request.as_ref().and_then(request);
    begin(&mut derived, recording, asked.as_ref());
    if text(&recording.response, "status").as_deref() == Some("timeout")
        && let Some(Json::Integer(elapsed)) = recording.response.get("elapsedMs")
    {
        derived.timeout_ms = Some(*elapsed);
    }
    derived.fixtures = world.to_json();
    derived
}

/// Sets the start of the call from the request, because the response lacks it.
fn begin(derived: &mut Derived, recording: &Recording, asked: Option<&Request>) {
    if let Some(asked) = asked {
        derived.flow = Some(asked.flow.clone());
        derived.node = asked.node.clone();
        derived.context = asked.context.clone();
        derived.timeout_ms = Some(asked.timeout_ms);
        let mut given = asked.inputs.iter();
        let listened = derived.answers.iter_mut().filter(|it| it.about == Subject::Input);
        for answer in listened {
            let Some(input) = given.next() else { break };
            answer.answer = Answer::Input(input.clone());
        }
        // A menu that listens several times is one step.
        let further = given.map(|input| {
            RecordedAnswer::new(Subject::Input, "", Answer::Input(input.clone()))
        });
        derived.answers.extend(further);
        derived.is_silent_after_inputs = true;
        let language = asked.context.iter().find(|(name, _)| name == "language");
        derived.language = language.map(|(_, value)| value.to_string().into());
    }
    let steps = recording.response.get("trace");
    if let (None, Some(Json::Array(steps))) = (&derived.flow, steps) {
        let first = steps.first().and_then(|step| text(step, "flowId"));
        derived.flow = recording.flow.id.clone().or(first);
    }
    let inputs = derived.answers.iter().filter_map(|answer| match &answer.answer {
        Answer::Input(input) => Some(input.clone()),
        _ => None,
    });
    derived.inputs = inputs.collect();
}

/// Parses a request; `None` if it is invalid.
fn request(json: &Json) -> Option<Request> {
    Request::read(&node(json)).ok()
}

fn about(step: &Json) -> Option<Subject> {
    let kind = text(step, "nodeType")?.to_lowercase();
    ASKING.iter().find(|(names, _)| names.contains(&kind.as_str())).map(|(_, it)| *it)
}

fn answer(
    step: &Json,
    about: Subject,
    world: &mut FixturesBuilder,
) -> Option<RecordedAnswer> {
    let is_object = |json: &&Json| matches!(json, Json::Object(_));
    let result = step.get("result").filter(is_object);
    let result = result.or_else(|| step.get("output").filter(is_object))?;
    let error = result.get("error").and_then(|error| text(error, "code"));
    let error = error.unwrap_or_default();
    let is_cut_off = result.get("cutOff") == Some(&Json::Boolean(true));
    let (mut name, mut inputs) = (None, None);
    let answer = match about {
        Subject::Input => Answer::Input(input(result, &error)),
        // No request was made.
        Subject::Contact if error == "LOOKUP_KEY_MISSING" => return None,
        Subject::Contact if error == "CONTACTS_UNREADABLE" => Answer::NotMocked,
        Subject::Contact => {
            let contact = result.get("contact").filter(|it| **it != Json::Null);
            if let Some(Json::Object(contact)) = contact
                && let Some(id) = contact.get("id").and_then(as_text)
            {
                world.contact(&id, listed(contact, &id));
            }
            Answer::Contact(contact.cloned())
        }
        Subject::DataAction | Subject::Webhook => response(result, &error, is_cut_off),
        Subject::QueueStatistics if error.is_empty() => {
            Answer::Statistics(Some(Json::object(fields(result))))
        }
        Subject::QueueStatistics => Answer::Statistics(None),
        Subject::Queue | Subject::Action => {
            name = text(result, "queueId").or_else(|| text(result, "queueName"));
            if let Some(Json::Array(skills)) = result.get("skills") {
                inputs = Some(asked_skills(skills.as_ref().clone()));
            }
            Answer::Queue(queue(result, &error, world))
        }
    };
    let node = text(step, "nodeId").or_else(|| text(step, "nodeName"))?;
    let asked = RecordedAnswer::new(about, node, answer);
    Some(RecordedAnswer { flow: text(step, "flowId"), name, inputs, ..asked })
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

fn response(result: &Json, error: &str, is_cut_off: bool) -> Answer {
    if error.ends_with("_NOT_MOCKED") {
        return Answer::NotMocked;
    }
    let output = match result.get("answer") {
        Some(whole) => whole.clone(),
        None => Json::object(fields(result)),
    };
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

fn queue(result: &Json, error: &str, world: &mut FixturesBuilder) -> QueueAnswer {
    let (id, name) = (text(result, "queueId"), text(result, "queueName"));
    match error {
        "QUEUE_NOT_FOUND" => QueueAnswer::NotFound,
        "SKILL_MISMATCH" => QueueAnswer::SkillMismatch,
        _ => {
            world.thing("queues", id.as_ref(), name.as_ref(), []);
            QueueAnswer::Accepted { id, name }
        }
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
        _ => JsonObject::new(),
    }
}

fn text(json: &Json, key: &str) -> Option<Text> {
    json.get(key).and_then(as_text)
}

fn as_text(json: &Json) -> Option<Text> {
    match json {
        Json::String(text) => Some(text.clone()),
        _ => None,
    }
}

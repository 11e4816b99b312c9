//! Observations of simulation responses. Responses of other services may have other
//! results; data that never occurs in a response is unknown.

mod exchange;
mod read;

use super::of_trace::add_answer;
use super::{
    Attribute, AttributeKind, AttributeKinds, Observation, ObservedError, ObservedFlow,
    ObservedStep, Place, Source, escaped,
};
use crate::value::{Json, Text};

/// Keys of a result that are not fields of an answer.
const OWN: [&str; 18] = [
    "condition",
    "operands",
    "text",
    "texts",
    "inputs",
    "outputs",
    "heard",
    "digits",
    "queueId",
    "queueName",
    "skills",
    "priority",
    "transfer",
    "answeredAfterMs",
    "variables",
    "endType",
    "error",
    "cutOff",
];

/// Pointers to a result and to those of its keys that need their own.
struct Base {
    at: &'static str,
    text: &'static str,
    texts: &'static str,
    operands: &'static str,
    variables: &'static str,
    transfer: &'static str,
    error_code: &'static str,
}

macro_rules! base {
    ($at:literal) => {
        Base {
            at: $at,
            text: concat!($at, "/text"),
            texts: concat!($at, "/texts"),
            operands: concat!($at, "/operands"),
            variables: concat!($at, "/variables"),
            transfer: concat!($at, "/transfer"),
            error_code: concat!($at, "/error/code"),
        }
    };
}

/// The result in responses of flowsim.
const RESULT: Base = base!("/result");
/// The result in responses of other services.
const OUTPUT: Base = base!("/output");

impl Observation {
    /// Creates the observation of a simulation response, `{status, trace: [{nodeId,
    /// nodeName, nodeType, result, output, …}]}`; returns `None` if it is not one.
    /// *Source: the lookup tutorial; flowsim's own output for the keys within a result.*
    pub fn of_simulation(response: &Json) -> Option<Self> {
        let Json::Array(trace) = response.get("trace")? else { return None };
        Some(Self::of_response(response, trace.iter().map(step).collect()))
    }

    /// Creates the observation of a response with these steps.
    fn of_response(response: &impl Keyed, steps: Vec<ObservedStep>) -> Self {
        let occurring = steps.iter().flat_map(|step| &step.attributes);
        let known: AttributeKinds = occurring.map(|attribute| attribute.kind).collect();
        // The status also shows that there was no error.
        let status = text(response, "status");
        let known = match status.is_some() {
            true => known.with(AttributeKind::Error),
            false => known,
        };
        let knows_ends = steps.iter().any(|step| step.is_end);
        Self {
            source: Source::Simulation,
            flow: flow(response),
            start: None,
            elapsed_ms: integer(response, "elapsedMs"),
            status,
            exit_reason: None,
            error: response.value("error").and_then(error),
            // A call that completed had no error.
            knows_error: response.value("error").is_some()
                || text(response, "status").as_deref() == Some("completed"),
            variables: match response.value("variables") {
                Some(Json::Object(entries)) => Some(
                    entries.iter().map(|(k, v)| (k.clone(), Some(v.clone()))).collect(),
                ),
                _ => None,
            },
            steps,
            known,
            knows_ends,
            is_truncated: false,
            unlogged: Vec::new(),
        }
    }
}

/// An object, or the part of one that an observation needs.
trait Keyed {
    /// Returns the value of a key.
    fn value(&self, key: &str) -> Option<&Json>;
}

impl Keyed for Json {
    fn value(&self, key: &str) -> Option<&Json> {
        self.get(key)
    }
}

impl AttributeKinds {
    fn with(self, aspect: AttributeKind) -> Self {
        Self(self.0 | AttributeKinds::from_iter([aspect]).0)
    }
}

fn flow(response: &impl Keyed) -> ObservedFlow {
    let Some(flow) = response.value("flow") else {
        return ObservedFlow { id: text(response, "flowId"), ..ObservedFlow::default() };
    };
    ObservedFlow {
        id: text(flow, "id"),
        name: text(flow, "name"),
        version: text(flow, "version"),
        flow_type: text(flow, "type"),
    }
}

fn error(error: &Json) -> Option<ObservedError> {
    let message = match error {
        Json::String(message) => Some(message.clone()),
        _ => text(error, "message"),
    };
    let (code, node_id) = (text(error, "code"), text(error, "nodeId"));
    let is_known = code.is_some() || message.is_some();
    is_known.then_some(ObservedError { code, message, node_id })
}

fn text(json: &impl Keyed, key: &str) -> Option<Text> {
    match json.value(key)? {
        Json::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn integer(json: &impl Keyed, key: &str) -> Option<i64> {
    match json.value(key)? {
        Json::Integer(number) => Some(*number),
        _ => None,
    }
}

fn step(json: &impl Keyed) -> ObservedStep {
    let kind = text(json, "nodeType").unwrap_or_default();
    let is_end = ["end", "disconnect"].iter().any(|end| kind.eq_ignore_ascii_case(end));
    let mut found = ObservedStep {
        id: text(json, "nodeId"),
        name: text(json, "nodeName"),
        is_action: true,
        is_end,
        flow: text(json, "flowId"),
        depth: integer(json, "depth").and_then(|depth| u16::try_from(depth).ok()),
        start_ms: integer(json, "startMs"),
        path: text(json, "path").or_else(|| path_of_condition(json)),
        request: asks(&kind).map(Text::from),
        kind,
        ..ObservedStep::default()
    };
    let node = found.id.as_ref().or(found.name.as_ref());
    let exchange = node.and_then(|node| exchange::exchange(node, &found.kind, json));
    found.objects = exchange::objects(exchange.as_ref());
    found.exchange = exchange.map(Box::new);
    let result = json.value("result").map(|result| (result, &RESULT));
    let output = || json.value("output").map(|output| (output, &OUTPUT));
    let is_object = |(json, _): &(&Json, &Base)| matches!(json, Json::Object(_));
    if let Some((Json::Object(entries), base)) = result.filter(is_object).or_else(output)
    {
        for (key, value) in entries.iter() {
            add(&mut found, key, value, base);
        }
        if let Some(answer) = entries.get("answer") {
            found.attributes.retain(|attribute| attribute.kind != AttributeKind::Answer);
            add_answer(&mut found, answer);
        }
    }
    add_asked(&mut found, json);
    found.attributes.sort_by_key(|attribute| attribute.kind);
    found
}

/// Adds the inputs of a request. Imported traces have them, responses do not.
fn add_asked(found: &mut ObservedStep, step: &impl Keyed) {
    let inputs = step.value("asked").and_then(|asked| asked.get("inputs"));
    let Some(Json::Object(inputs)) = inputs else { return };
    found.attributes.extend(inputs.iter().map(|(name, value)| {
        let place = Place::Member("/asked/inputs");
        Attribute::new(AttributeKind::Input, name.clone(), value.clone(), place)
    }));
}

/// Returns the path of a decision whose step only has the condition that it took.
/// *Source: the result of an `If` in flowsim's own responses.*
fn path_of_condition(step: &impl Keyed) -> Option<Text> {
    let taken = [step.value("result"), step.value("output")].into_iter().flatten();
    let condition = taken.into_iter().find_map(|result| result.get("condition"))?;
    match condition {
        Json::Integer(number) => Some(ecow::eco_format!("condition {number}")),
        Json::String(name) => Some(name.clone()),
        _ => None,
    }
}

fn asks(node_type: &str) -> Option<&'static str> {
    const ASKED: [(&[&str], &str); 4] = [
        (&["dataaction", "calldataaction"], "the data action"),
        (&["getexternalcontactaction", "getexternalcontact"], "the external contacts"),
        (&["getqueuestats", "queuestats"], "the statistics of the queue"),
        (&["webhook", "callwebhook"], "the webhook"),
    ];
    let is_it = |name: &&str| name.eq_ignore_ascii_case(node_type);
    ASKED.iter().find(|(names, _)| names.iter().any(is_it)).map(|(_, asked)| *asked)
}

fn add(found: &mut ObservedStep, key: &str, value: &Json, base: &Base) {
    let mut members = |kind, place: &dyn Fn(&Text) -> Place| {
        let Json::Object(entries) = value else { return };
        found.attributes.extend(entries.iter().map(|(name, value)| {
            Attribute::new(kind, name.clone(), value.clone(), place(name))
        }));
    };
    // An input that only a response has may be one that traces do not have.
    let own = |name: &Text| {
        Place::Entry(ecow::eco_format!("{}/{key}/{}", base.at, escaped(name)))
    };
    match key {
        "operands" => members(AttributeKind::Read, &|_| Place::Member(base.operands)),
        "variables" => members(AttributeKind::Set, &|_| Place::Member(base.variables)),
        "inputs" => members(AttributeKind::Input, &own),
        "outputs" => members(AttributeKind::Output, &own),
        "transfer" => members(AttributeKind::Routing, &|_| Place::Member(base.transfer)),
        "texts" => add_prompts(found, value, base),
        _ => found.attributes.extend(single(key, value, base)),
    }
}

/// Adds the prompts of `texts`. The last one is repeated under `text`, so that value is
/// removed.
fn add_prompts(found: &mut ObservedStep, texts: &Json, base: &Base) {
    let Json::Array(items) = texts else { return };
    found.attributes.retain(|attribute| attribute.kind != AttributeKind::Prompt);
    found.attributes.extend(items.iter().enumerate().map(|(index, item)| {
        let place = Place::Element(base.texts, index);
        Attribute::new(AttributeKind::Prompt, "", item.clone(), place)
    }));
}

/// Converts a key of a result with a single value.
fn single(key: &str, value: &Json, base: &Base) -> Option<Attribute> {
    let here = Place::Member(base.at);
    let (kind, name, value, place) = match (key, value) {
        ("queueId" | "queueName" | "skills" | "priority" | "error", Json::Null) => {
            return None;
        }
        ("text", _) => (AttributeKind::Prompt, "", value, Place::Key(base.text)),
        ("digits" | "heard", _) => (AttributeKind::Caller, key, value, here),
        ("queueId" | "queueName" | "skills" | "priority", _) => {
            (AttributeKind::Routing, key, value, here)
        }
        ("endType", _) => (AttributeKind::End, key, value, here),
        ("cutOff", _) => (AttributeKind::Error, key, value, here),
        ("error", _) => match value.get("code") {
            Some(code) => (AttributeKind::Error, key, code, Place::Key(base.error_code)),
            None => (AttributeKind::Error, key, value, here),
        },
        (other, _) if OWN.contains(&other) => return None,
        (other, _) => (AttributeKind::Answer, other, value, here),
    };
    Some(Attribute::new(kind, name, value.clone(), place))
}

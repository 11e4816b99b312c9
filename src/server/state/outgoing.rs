//! Webhook calls that instances wait for.
//!
//! Services are notified of collected keys before the flow continues with them, so that a
//! service can still write the variables that the flow branches on. Whether the keys
//! complete the question is determined by trying them on a copy of the session.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::Session;
use crate::server::webhook::{Webhook, Webhooks};
use crate::trace::{Event, EventKind};
use crate::value::{Json, Text, Value};
use crate::world::{Answer, Input, Response};

/// The environment of a running instance.
#[derive(Debug, Clone)]
pub(in crate::server) struct Context {
    /// The server's clock, in milliseconds since 1970.
    pub(in crate::server) now: i64,
    /// The webhook services.
    pub(in crate::server) webhooks: Arc<Webhooks>,
}

/// A call that an instance waits for.
#[derive(Debug, Clone)]
pub(in crate::server) struct Outgoing {
    /// The call's number within its instance, from 1.
    pub(in crate::server) number: u32,
    /// The reason for the call.
    pub(in crate::server) cause: Cause,
    pub(in crate::server) webhook: Webhook,
    /// The node that made the call.
    pub(in crate::server) node: Text,
    /// The body to send.
    pub(in crate::server) body: Json,
    /// The server's clock when the call began.
    pub(in crate::server) asked_at: i64,
    /// Whether the call has been handed over for sending.
    pub(in crate::server) is_sent: bool,
}

/// The reason for a call.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::server) enum Cause {
    /// A registered service is notified of keys; the flow continues with this input.
    Collected(Input),
    /// A webhook node waits for the answer.
    Node {
        /// Maximum waiting time, in milliseconds.
        timeout_ms: i64,
    },
}

/// The result of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub(in crate::server) enum CallResult {
    /// The service answered; `output` is JSON.
    Answered { status: u16, output: String },
    /// The service did not answer in time.
    TimedOut,
    /// The call failed, or the answer was unusable.
    Failed { reason: String },
}

impl CallResult {
    /// Converts the result to the answer for a node that waited for the given number of
    /// milliseconds.
    pub(super) fn into_answer(self, timeout_ms: i64, waited_ms: i64) -> Answer {
        let response = |status, output, latency_ms| {
            Answer::Response(Response { status, output, latency_ms })
        };
        match self {
            Self::Answered { status, output } => {
                let output = Json::parse(&output).unwrap_or(Json::Null);
                response(status, output, waited_ms)
            }
            Self::TimedOut => {
                let too_long = timeout_ms.saturating_add(1).max(waited_ms);
                response(504, Json::Null, too_long)
            }
            Self::Failed { reason } => Answer::Failed(reason.into()),
        }
    }
}

/// Returns the service to notify of an input, and the body to send. Returns `None` if no
/// service is registered for the flow, or the input does not complete the question.
pub(super) fn of_input(
    session: &Session,
    input: &Input,
    instance: (&str, &str),
    webhooks: &Webhooks,
) -> Option<(Webhook, Json)> {
    let (id, flow) = instance;
    if webhooks.registered().is_empty() {
        return None;
    }
    let program = session.program();
    let symbols = &program.symbols;
    let inner = session.steps().last().map(|step| symbols.node(step.node).flow);
    let flows =
        inner.into_iter().chain(program.flow(flow)).map(|flow| symbols.flow(flow));
    let mut names: Vec<&str> =
        flows.flat_map(|label| [label.id.as_str(), label.name.as_str()]).collect();
    names.push(flow);
    let (_, webhook) = webhooks.of_flow(&names)?;
    let mut trial = session.clone();
    trial.resume(Answer::Input(input.clone()));
    let keys = collected(trial.events().get(session.events().len()..)?.iter())?;
    Some((webhook.clone(), notification(id, Some(keys))))
}

/// Returns the service that a webhook node calls, and the body to send.
pub(super) fn of_node(
    session: &Session,
    node: (Option<&str>, Option<&str>, &Value),
    instance: &str,
    webhooks: &Webhooks,
) -> Option<(Webhook, Json)> {
    let (id, url, body) = node;
    let webhook = webhooks.of_node(id, url)?;
    let standard = notification(instance, collected(session.events().iter().rev()));
    let body = match (body.to_json(), standard) {
        (Json::Null, standard) => standard,
        (Json::Object(own), Json::Object(standard)) => {
            let standard = standard.iter().filter(|(key, _)| own.get(*key).is_none());
            let all = standard.chain(own.iter());
            Json::object(all.map(|(key, value)| (key.clone(), value.clone())))
        }
        (own, _) => own,
    };
    Some((webhook, body))
}

/// Returns the first collected keys among events.
fn collected<'e>(mut events: impl Iterator<Item = &'e Event>) -> Option<&'e Text> {
    events.find_map(|event| match &event.kind {
        EventKind::Collected(keys) => Some(keys),
        _ => None,
    })
}

/// Builds the body that every service receives. *Source: the state-machine tutorial.*
fn notification(instance: &str, keys: Option<&Text>) -> Json {
    let keys = keys.map_or(Json::Null, |keys| Json::String(keys.clone()));
    let object = |key: &str, value: Json| Json::object([(Text::from(key), value)]);
    let participant = object("input", object("dtmf", keys));
    Json::object([
        (Text::from("flowInstanceId"), Json::from(instance)),
        (Text::from("participants"), Json::array([participant])),
    ])
}

/// Returns the id of the node that a session is at.
pub(super) fn node(session: &Session) -> Text {
    let symbols = &session.program().symbols;
    let step = session.steps().last();
    step.map(|step| symbols.node(step.node).id.clone()).unwrap_or_default()
}

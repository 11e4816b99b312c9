//! Calls of webhooks that instances wait for.
//!
//! Keys that were collected are told before the flow goes on with them: a service that is
//! called then can still write the variables by which the flow decides. That the keys will
//! do is found out by trying it with a copy of the session.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use super::flow::Model;
use crate::diagnostic::nearest;
use crate::engine::Session;
use crate::flow::Action;
use crate::server::webhook::{Webhook, Webhooks};
use crate::trace::{Event, Fact};
use crate::value::{Json, Text, Value};
use crate::world::{Answer, Input, Response};

/// What is around an instance when it goes on.
#[derive(Debug, Clone)]
pub(in crate::server) struct Around {
    /// The server's clock, in milliseconds since 1970.
    pub(in crate::server) now: i64,
    /// Who is called.
    pub(in crate::server) webhooks: Arc<Webhooks>,
}

/// A call that an instance waits for.
#[derive(Debug, Clone)]
pub(in crate::server) struct Outgoing {
    /// Its number among those of the instance, from 1.
    pub(in crate::server) number: u32,
    /// What asked for it.
    pub(in crate::server) cause: Cause,
    pub(in crate::server) webhook: Webhook,
    /// The node that asked for it.
    pub(in crate::server) node: Text,
    /// What is sent.
    pub(in crate::server) body: Json,
    /// The server's clock when it began.
    pub(in crate::server) asked_at: i64,
    /// Whether it was handed to whoever makes calls.
    pub(in crate::server) is_sent: bool,
}

/// What asks for a call.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::server) enum Cause {
    /// Keys that a registered service is told of; the flow goes on with this input.
    Collected(Input),
    /// A node that waits for the answer, so many milliseconds at most.
    Node {
        /// In milliseconds.
        timeout_ms: i64,
    },
}

impl State {
    /// What is around every instance now.
    pub(super) fn around(&self) -> Around {
        Around { now: self.clock, webhooks: Arc::clone(&self.webhooks) }
    }

    /// What services can be registered for, with what it is: the ids and names of flows, and
    /// the `webhookId` of their nodes.
    pub(in crate::server) fn callers(&self) -> BTreeMap<&str, &'static str> {
        let mut callers = BTreeMap::new();
        for flow in self.flows.values() {
            let version = flow.published().or_else(|| flow.newest());
            if let Some(Model::Draft(draft)) = version.map(|version| &version.model) {
                let ids = draft.nodes.values().filter_map(|node| match &node.action {
                    Action::Webhook(webhook) => webhook.webhook_id.as_deref(),
                    _ => None,
                });
                callers.extend(ids.map(|id| (id, "webhookId")));
            }
            let own = version.map_or(&flow.name, |version| version.model.name());
            let names = [&flow.id, &flow.name, own];
            callers.extend(names.map(|name| (name.as_str(), "flow")));
        }
        callers
    }

    /// The services that nobody calls as the flows are now, told one by one.
    pub(in crate::server) fn uncalled(&self) -> Vec<String> {
        if self.webhooks.registered().is_empty() {
            return Vec::new();
        }
        let callers = self.callers();
        let names = self.webhooks.registered().keys();
        let unknown = names.filter(|name| !callers.contains_key(name.as_str()));
        let tell = |name: &String| {
            let near = nearest(name, callers.keys().copied());
            let near = near.map(|near| format!("; did you mean `{near}`?"));
            format!(
                "the webhook of `{name}` is called by nobody: no flow has this id or name, and \
                 no node this webhookId{}",
                near.unwrap_or_default()
            )
        };
        unknown.map(tell).collect()
    }

    /// The calls that are to be made now, each with the instance that waits for it.
    pub(in crate::server) fn take_calls(&mut self) -> Vec<(Text, Outgoing)> {
        let mut calls = Vec::new();
        for id in std::mem::take(&mut self.unsent) {
            let instance = self.instances.get_mut(&id);
            let call = instance.and_then(|instance| instance.outgoing.as_mut());
            if let Some(call) = call.filter(|call| !call.is_sent) {
                call.is_sent = true;
                calls.push((id, call.clone()));
            }
        }
        calls
    }
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub(in crate::server) enum CallResult {
    /// An answer; the text is JSON.
    Answered { status: u16, output: String },
    /// No answer in time.
    TimedOut,
    /// No answer that is of use.
    Failed { reason: String },
}

impl CallResult {
    /// As the answer to a node that waited so long, in milliseconds.
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

/// The service that is to be told of an input, and what it is told; nothing if there is none
/// for the flow, or the input does not complete the question.
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
    let legend = &program.legend;
    let inner = session.steps().last().map(|step| legend.node(step.node).flow);
    let flows = inner.into_iter().chain(program.flow(flow)).map(|flow| legend.flow(flow));
    let mut names: Vec<&str> =
        flows.flat_map(|label| [label.id.as_str(), label.name.as_str()]).collect();
    names.push(flow);
    let (_, webhook) = webhooks.of_flow(&names)?;
    let mut trial = session.clone();
    trial.resume(Answer::Input(input.clone()));
    let keys = collected(trial.events().get(session.events().len()..)?.iter())?;
    Some((webhook.clone(), told(id, Some(keys))))
}

/// The service that a node calls, and what it is told.
pub(super) fn of_node(
    session: &Session,
    node: (Option<&str>, Option<&str>, &Value),
    instance: &str,
    webhooks: &Webhooks,
) -> Option<(Webhook, Json)> {
    let (id, url, body) = node;
    let webhook = webhooks.of_node(id, url)?;
    let told = told(instance, collected(session.events().iter().rev()));
    let body = match (body.to_json(), told) {
        (Json::Null, told) => told,
        (Json::Object(own), Json::Object(told)) => {
            let told = told.iter().filter(|(key, _)| own.get(*key).is_none());
            let all = told.chain(own.iter());
            Json::object(all.map(|(key, value)| (key.clone(), value.clone())))
        }
        (own, _) => own,
    };
    Some((webhook, body))
}

/// The first keys that events tell of.
fn collected<'e>(mut events: impl Iterator<Item = &'e Event>) -> Option<&'e Text> {
    events.find_map(|event| match &event.fact {
        Fact::Collected(keys) => Some(keys),
        _ => None,
    })
}

/// What a service is told. *Source: seed 002.*
fn told(instance: &str, keys: Option<&Text>) -> Json {
    let keys = keys.map_or(Json::Null, |keys| Json::String(keys.clone()));
    let object = |key: &str, value: Json| Json::object([(Text::from(key), value)]);
    let participant = object("input", object("dtmf", keys));
    Json::object([
        (Text::from("flowInstanceId"), Json::from(instance)),
        (Text::from("participants"), Json::array([participant])),
    ])
}

/// The node that a session stands at.
pub(super) fn node(session: &Session) -> Text {
    let legend = &session.program().legend;
    let step = session.steps().last();
    step.map(|step| legend.node(step.node).id.clone()).unwrap_or_default()
}

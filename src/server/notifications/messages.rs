//! Messages of clients over their web socket: pings, and changes of their topics.
//!
//! *Source: the platform's help for developers on notifications. The answers about topics
//! are those that clients of the platform read, such as `genesys-notifications`.*

use serde_json::{Value, json};

use super::publish::know;
use super::topics;
use crate::server::http::reply::{ApiError, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;

const METADATA: &str = "channel.metadata";

/// Returns the answer to a message of the client that is connected to a channel.
pub(super) fn answer(server: &Server, channel: &str, text: &str) -> Value {
    let asked = serde_json::from_str::<Value>(text).unwrap_or_default();
    if asked["message"] == "ping" {
        return metadata("pong");
    }
    let change = Change::of(&asked);
    let (status, mut answer) = match change.and_then(|it| it.make(server, channel)) {
        Ok((status, topics)) => {
            (200, json!({ "topics": topics, "result": "200", "status": status }))
        }
        Err(Refusal { status, result, message }) => {
            let result = result.to_string();
            let mut answer = json!({ "topics": [], "result": result, "status": status });
            answer["message"] = message.into();
            (400, answer)
        }
    };
    if let Some(id) = asked.get("correlationId") {
        answer["correlationId"] = id.clone();
    }
    let noted = ApiRequest {
        id: server.next_id(),
        method: "MESSAGE".to_owned(),
        path: format!("/channels/{channel}"),
        body: text.as_bytes().to_vec(),
        ..ApiRequest::default()
    };
    server.note(&noted, &Reply::of(status, answer.clone()));
    answer
}

/// Returns a message about the channel itself.
pub(super) fn metadata(message: &str) -> Value {
    json!({ "topicName": METADATA, "eventBody": { "message": message } })
}

/// A change of the topics of a channel.
struct Change<'m> {
    adds: bool,
    topics: Vec<&'m str>,
}

/// The reason that a change was not made.
struct Refusal {
    status: &'static str,
    result: u16,
    message: String,
}

impl Refusal {
    fn error(message: impl Into<String>) -> Self {
        Self { status: "error", result: 400, message: message.into() }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { status: "failure", result: error.status, message: error.message }
    }
}

impl<'m> Change<'m> {
    fn of(asked: &'m Value) -> Result<Self, Refusal> {
        let Some(message) = asked["message"].as_str() else {
            let message = "a message is JSON such as {\"message\": \"ping\"}";
            return Err(Refusal::error(message));
        };
        let adds = match message {
            "subscribe" => true,
            "unsubscribe" => false,
            other => {
                let message = format!(
                    "flowsim does not know the message `{other}`; \
                     it knows `subscribe`, `unsubscribe` and `ping`"
                );
                return Err(Refusal::error(message));
            }
        };
        let topics = asked["topics"].as_array().into_iter().flatten();
        let topics: Option<Vec<&str>> = topics.map(Value::as_str).collect();
        let topics = topics.filter(|it| !it.is_empty()).ok_or_else(|| {
            Refusal::error(format!("Required data missing from {message} request."))
        })?;
        Ok(Self { adds, topics })
    }

    /// Changes the topics. Returns the status, and the topics that were named.
    fn make(
        &self,
        server: &Server,
        channel: &str,
    ) -> Result<(&'static str, Vec<String>), Refusal> {
        let mut state = server.state();
        let now = state.clock;
        let channel = state.channels.get(channel, now)?;
        let named: Vec<String> =
            self.topics.iter().flat_map(|it| topics::split(it)).collect();
        if !self.adds {
            channel.unsubscribe(&named);
            return Ok(("unsubscribed", named));
        }
        channel.subscribe(&self.topics, now)?;
        know(&mut state, &named);
        Ok(("subscribed", named))
    }
}

//! Conversations and their participants in the forms of the platform.
//!
//! *Source: `Conversation`, `Participant` and `CallConversation` with its relatives, as the
//! platform's SDKs have them.*

use std::cell::OnceCell;

use serde_json::{Map, Value, json};

use crate::server::conversation::participant::Message;
use crate::server::conversation::{Participant, Purpose, Timeline};
use crate::server::endpoint::directory::{
    encoded, home_division, queue_named, queue_references, user_named, users,
};
use crate::server::state::State;
use crate::server::state::instance::moment;
use crate::value::{Text, derived_id};

/// A medium of conversations: its name in requests, the name of its collection in paths and
/// participants, and its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct Medium {
    pub(in crate::server) name: &'static str,
    pub(in crate::server) plural: &'static str,
    provider: &'static str,
}

/// The media.
pub(in crate::server) const MEDIA: [Medium; 5] = [
    Medium { name: "voice", plural: "calls", provider: "Edge" },
    Medium { name: "chat", plural: "chats", provider: "PureCloud Webchat v2" },
    Medium { name: "message", plural: "messages", provider: "PureCloud Messaging" },
    Medium { name: "email", plural: "emails", provider: "PureCloud Email" },
    Medium { name: "callback", plural: "callbacks", provider: "PureCloud Callback" },
];

/// Returns the medium of a conversation. Those that the platform does not have are calls.
pub(in crate::server) fn medium_of(media: &str) -> &'static Medium {
    MEDIA.iter().find(|it| it.name == media).unwrap_or(&MEDIA[0])
}

/// The organisation, as conversations refer to it. Lists are made when they are needed.
pub(in crate::server) struct View<'s> {
    pub(in crate::server) state: &'s State,
    users: OnceCell<Vec<Value>>,
    queues: OnceCell<Vec<Value>>,
}

impl<'s> View<'s> {
    pub(in crate::server) fn of(state: &'s State) -> Self {
        Self { state, users: OnceCell::new(), queues: OnceCell::new() }
    }

    /// Returns a conversation in the form of the tutorials, with the participants of the
    /// platform.
    pub(in crate::server) fn conversation(&self, timeline: &Timeline) -> Value {
        let id = timeline.id.as_str();
        let instance = self.state.instances.get(id);
        let participants = timeline.participants.iter();
        let participants = participants.map(|it| self.participant(timeline, it));
        let user = timeline.answered().and_then(|it| it.user.as_ref());
        let customer = timeline.customer();
        json!({
            "id": id,
            "type": timeline.media.as_str(),
            "state": timeline.state(),
            "startTime": moment(timeline.started_at),
            "endTime": timeline.ended_at.map(moment),
            "address": customer.and_then(|it| it.address.as_deref()),
            "routing": {
                "flowId": instance.map(|it| it.flow.as_str()),
                "queueId": last_queue(timeline).as_deref(),
                "agentId": user.map(|it| self.user(it)["id"].clone()),
            },
            "participants": participants.collect::<Vec<Value>>(),
            "recordingState": "NONE",
            "divisions": [{ "division": home_division(), "entities": [] }],
            "selfUri": format!("/api/v2/conversations/{id}"),
        })
    }

    /// Returns a participant of a conversation, with its communication of the medium.
    pub(in crate::server) fn participant(
        &self,
        timeline: &Timeline,
        participant: &Participant,
    ) -> Value {
        let medium = medium_of(&timeline.media);
        let mut body = self.common(timeline, participant);
        body.insert("participantType".into(), type_of(participant).into());
        if let Some(user) = &participant.user {
            let user = self.user(user);
            body.insert("userId".into(), user["id"].clone());
            body.insert("userUri".into(), user["selfUri"].clone());
            body.insert("name".into(), user["name"].clone());
        }
        if let Some(queue) = self.queue(participant) {
            body.insert("queueId".into(), queue["id"].clone());
            body.insert("queueName".into(), queue["name"].clone());
        }
        let communication =
            Value::Object(self.communication(timeline, participant, medium));
        for other in &MEDIA {
            let own: &[&Value] = if other == medium { &[&communication] } else { &[] };
            body.insert(other.plural.into(), json!(own));
        }
        without_nulls(Value::Object(body))
    }

    /// Returns a conversation of a medium: `GET /api/v2/conversations/calls/{id}`.
    pub(in crate::server) fn of_medium(&self, timeline: &Timeline) -> Value {
        let (id, medium) = (timeline.id.as_str(), medium_of(&timeline.media));
        let participants = timeline.participants.iter();
        let participants =
            participants.map(|it| self.of_medium_participant(timeline, it));
        let mut body = json!({
            "id": id,
            "participants": participants.collect::<Vec<Value>>(),
            "otherMediaUris": [],
            "divisions": [{ "division": home_division(), "entities": [] }],
            "selfUri": format!("/api/v2/conversations/{}/{id}", medium.plural),
        });
        let whole = self.conversation(timeline);
        for key in ["type", "state", "startTime", "endTime", "routing"] {
            body[key] = whole[key].clone();
        }
        if medium.name == "voice" {
            body["recordingState"] = "none".into();
        }
        body
    }

    /// Returns a participant of a conversation of a medium, which has the communication's
    /// fields itself.
    fn of_medium_participant(&self, timeline: &Timeline, of: &Participant) -> Value {
        let medium = medium_of(&timeline.media);
        let mut body = self.communication(timeline, of, medium);
        body.extend(self.common(timeline, of));
        if let Some(user) = &of.user {
            let user = self.user(user);
            body.insert("name".into(), user["name"].clone());
            body.insert("user".into(), user);
        }
        body.insert("queue".into(), self.queue(of).into());
        body.insert("mediaRoles".into(), json!(["full"]));
        without_nulls(Value::Object(body))
    }

    /// Returns the fields that both forms of participants have.
    fn common(&self, timeline: &Timeline, of: &Participant) -> Map<String, Value> {
        let attributes: Map<String, Value> = if of.purpose == Purpose::Customer {
            let all = self.state.attributes(timeline).into_iter();
            all.map(|(name, value)| (name.to_string(), value.as_str().into())).collect()
        } else {
            let all = of.attributes.iter();
            all.map(|(name, value)| (name.clone(), value.as_str().into())).collect()
        };
        let needs_wrapup = of.purpose == Purpose::Agent && of.queue.is_some();
        let body = json!({
            "id": of.id.as_str(),
            "name": of.name.as_deref(),
            "address": of.address.as_deref(),
            "purpose": of.purpose.name(),
            "startTime": moment(of.started_at),
            "connectedTime": of.connected_at.map(moment),
            "endTime": of.ended_at.map(moment),
            "attributes": attributes,
            "wrapupRequired": needs_wrapup && of.wrapup.is_none(),
            "wrapupPrompt": needs_wrapup.then_some("optional"),
            "wrapup": of.wrapup,
            "conversationRoutingData": self.routing_data(of),
        });
        match body {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    }

    fn routing_data(&self, of: &Participant) -> Value {
        if of.purpose != Purpose::Acd {
            return Value::Null;
        }
        let skills = of.skills.iter().map(|name| json!({ "name": name.as_str() }));
        json!({
            "queue": self.queue(of),
            "priority": of.priority.unwrap_or(0),
            "skills": skills.collect::<Vec<Value>>(),
        })
    }

    fn communication(
        &self,
        timeline: &Timeline,
        of: &Participant,
        medium: &Medium,
    ) -> Map<String, Value> {
        let instance = self.state.instances.get(&timeline.id);
        let called = instance.and_then(|it| it.to.as_deref());
        let caller = timeline.customer().and_then(|it| it.address.as_deref());
        let (own, other) = match of.purpose {
            Purpose::Customer => (caller, called),
            _ => (of.address.as_deref().or(called), caller),
        };
        let body = json!({
            "id": derived_id(&format!("Communication:{}", of.id)).as_str(),
            "state": of.state(),
            "direction": "inbound",
            "provider": medium.provider,
            "self": address(own, of.name.as_deref()),
            "other": address(other, None),
            "held": false,
            "muted": false,
            "confined": false,
            "recording": false,
            "recordingState": "none",
            "startAlertingTime": (of.purpose == Purpose::Agent).then(|| moment(of.started_at)),
            "connectedTime": of.connected_at.map(moment),
            "disconnectedTime": of.ended_at.map(moment),
            "disconnectType": of.disconnect,
            "wrapup": of.wrapup,
            "afterCallWorkRequired": false,
        });
        let Value::Object(mut body) = body else { return Map::new() };
        self.add_own(timeline, of, medium, &mut body);
        body.extend(of.settings.clone());
        body
    }

    /// Adds the fields that only the communications of a medium have.
    fn add_own(
        &self,
        timeline: &Timeline,
        of: &Participant,
        medium: &Medium,
        body: &mut Map<String, Value>,
    ) {
        if medium.name == "callback" {
            let own = callback(self.state, timeline).into_iter();
            body.extend(own.map(|(key, value)| (key.to_owned(), value)));
            if timeline.scheduled_at.is_some() {
                body.insert("state".into(), "scheduled".into());
            }
        }
        if medium.name == "message" {
            let uri = format!("/api/v2/conversations/messages/{}/messages", timeline.id);
            let message = |it: &Message| {
                json!({
                    "messageId": it.id.as_str(),
                    "messageURI": format!("{uri}/{}", encoded(&it.id)),
                    "messageStatus": "received",
                    "messageTime": moment(it.at),
                })
            };
            let all: Vec<Value> = of.messages.iter().map(message).collect();
            body.insert("messages".into(), all.into());
        }
    }

    /// Returns a reference to a user by the id or the name.
    pub(in crate::server) fn user(&self, named: &Text) -> Value {
        user_named(self.users.get_or_init(|| users(self.state)), named)
    }

    /// Returns a reference to the queue of a participant.
    pub(in crate::server) fn queue(&self, of: &Participant) -> Option<Value> {
        let queue = of.queue.as_ref()?;
        let queues = self.queues.get_or_init(|| queue_references(self.state));
        let text = |text: &Option<Text>| text.clone().unwrap_or_default();
        Some(queue_named(queues, [&text(&queue.id), &text(&queue.name)]))
    }
}

/// Returns the properties of a callback: its numbers, its scheduled time, and the name of
/// the person to call. *Source: `Callback` of the platform's SDKs.*
pub(in crate::server) fn callback(
    state: &State,
    of: &Timeline,
) -> Vec<(&'static str, Value)> {
    let known = state.conversations.get(&of.id);
    let queued = known.and_then(|it| it.queued.as_ref()).map(|(_, queued)| queued);
    let mut numbers = queued.map(|it| it.numbers.clone()).unwrap_or_default();
    let customer = of.customer();
    if numbers.is_empty() {
        let address = customer.and_then(|it| it.address.as_deref());
        numbers.extend(address.map(Value::from));
    }
    let scheduled_at = queued.and_then(|it| it.scheduled_at);
    let name = customer.and_then(|it| it.name.as_deref());
    let all = [
        ("callbackNumbers", numbers.into()),
        ("callbackScheduledTime", scheduled_at.map_or(Value::Null, moment)),
        ("callbackUserName", name.map_or(Value::Null, Value::from)),
    ];
    all.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// Returns a value without the keys that are null. The SDKs do not accept null where a
/// value is one of a list of words.
pub(in crate::server) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let given = entries.into_iter().filter(|(_, value)| !value.is_null());
            given.map(|(key, value)| (key, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// Returns the queue to which the conversation was routed last, as the flow or the client
/// names it.
fn last_queue(timeline: &Timeline) -> Option<Text> {
    let queue = timeline.participants.iter().rev().find_map(|it| it.queue.as_ref());
    queue.and_then(|it| it.label().cloned())
}

fn type_of(of: &Participant) -> &'static str {
    match of.purpose {
        Purpose::Agent => "Internal",
        _ => "External",
    }
}

fn address(address: Option<&str>, name: Option<&str>) -> Value {
    let normalized = address.map(|it| {
        let is_number =
            it.starts_with('+') && it[1..].bytes().all(|b| b.is_ascii_digit());
        if is_number { format!("tel:{it}") } else { it.to_owned() }
    });
    json!({
        "name": name,
        "nameRaw": name,
        "addressNormalized": normalized,
        "addressRaw": address,
        "addressDisplayable": address,
    })
}

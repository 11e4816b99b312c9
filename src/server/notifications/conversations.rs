//! Messages about conversations: their new state, and the events since the last message.

use serde_json::{Value, json};

use crate::server::conversation::{Participant, Purpose, Timeline};
use crate::server::endpoint::conversations::view::{View, medium_of};
use crate::value::{Text, derived_id};

/// The participants of a conversation, as clients know them.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Known {
    participants: Vec<KnownParticipant>,
}

#[derive(Debug, Clone)]
struct KnownParticipant {
    has_ended: bool,
    wrapup: Option<Value>,
    attributes: Value,
}

/// A topic, and the body of a message.
#[derive(Debug)]
pub(in crate::server) struct Message {
    pub(super) topic: String,
    pub(super) body: Value,
}

impl Known {
    /// Everything that is known about a conversation now.
    pub(in crate::server) fn of(view: &View<'_>, timeline: &Timeline) -> Self {
        let known = |participant: &Participant| KnownParticipant {
            has_ended: !participant.is_present(),
            wrapup: participant.wrapup.clone(),
            attributes: attributes(view, timeline, participant),
        };
        Self { participants: timeline.participants.iter().map(known).collect() }
    }

    /// Returns the messages about what has happened since.
    pub(super) fn news(&self, view: &View<'_>, timeline: &Timeline) -> Vec<Message> {
        let mut news = Vec::new();
        for (index, participant) in timeline.participants.iter().enumerate() {
            let before = self.participants.get(index);
            let of =
                |event: &str, at: i64| event_of(view, timeline, participant, event, at);
            let kind = kind_of(participant.purpose);
            if let Some(kind) = kind.filter(|_| before.is_none()) {
                news.push(of(&format!("{kind}.start"), participant.started_at));
            }
            let given = attributes(view, timeline, participant);
            let had = before.map_or_else(|| json!({}), |it| it.attributes.clone());
            if given != had {
                let mut message = of("attributes", view.state.clock);
                message.body["attributes"] = given;
                news.push(message);
            }
            let had_ended = before.is_some_and(|it| it.has_ended);
            if let Some(at) = participant.ended_at.filter(|_| !had_ended)
                && let Some(kind) = kind
            {
                let mut message = of(&format!("{kind}.end"), at);
                let reason = participant.disconnect.map(str::to_uppercase);
                message.body["disconnectType"] = json!(reason);
                news.push(message);
            }
            if let Some(wrapup) = &participant.wrapup
                && before.is_none_or(|it| it.wrapup.as_ref() != Some(wrapup))
            {
                let mut message = of("wrapup", view.state.clock);
                message.body["wrapupCode"] = wrapup["code"].clone();
                message.body["wrapupNotes"] = wrapup["notes"].clone();
                news.push(message);
            }
        }
        news
    }
}

fn attributes(view: &View<'_>, timeline: &Timeline, of: &Participant) -> Value {
    if of.purpose != Purpose::Customer {
        return json!(of.attributes);
    }
    let all = view.state.attributes(timeline).into_iter();
    all.map(|(name, value)| (name.to_string(), Value::from(value.as_str()))).collect()
}

/// Returns what events call a participant.
fn kind_of(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Customer => Some("customer"),
        Purpose::Ivr | Purpose::Workflow => Some("flow"),
        Purpose::Acd => Some("acd"),
        Purpose::Agent => Some("user"),
        Purpose::Voicemail => Some("voicemail"),
        Purpose::Group | Purpose::External => None,
    }
}

fn event_of(
    view: &View<'_>,
    timeline: &Timeline,
    of: &Participant,
    event: &str,
    at: i64,
) -> Message {
    let instance = view.state.instances.get(&timeline.id);
    let mut body = json!({
        "eventTime": at,
        "conversationId": timeline.id.as_str(),
        "participantId": of.id.as_str(),
        "sessionId": derived_id(&format!("Session:{}", of.id)).as_str(),
        "mediaType": medium_of(&timeline.media).name.to_uppercase(),
        "direction": "INBOUND",
        "ani": timeline.customer().and_then(|it| it.address.as_deref()),
        "dnis": instance.and_then(|it| it.to.as_deref()),
    });
    if let Some(queue) = view.queue(of) {
        body["queueId"] = queue["id"].clone();
    }
    if let Some(user) = &of.user {
        body["userId"] = view.user(user)["id"].clone();
    }
    if let Some(instance) = instance.filter(|_| of.purpose.is_flow()) {
        body["flowId"] = instance.flow.as_str().into();
        body["flowVersion"] = format!("{}.0", instance.version).into();
    }
    let topic = format!("v2.detail.events.conversation.{}.{event}", timeline.id);
    Message { topic, body }
}

/// Returns the messages with the new state of a conversation: those for its users, and
/// those for its queues.
pub(super) fn changed(view: &View<'_>, timeline: &Timeline) -> Vec<Message> {
    let mut subjects: Vec<String> = Vec::new();
    let mut add = |kind: &str, id: &Value| {
        let subject =
            format!("v2.{kind}.{}.conversations", id.as_str().unwrap_or_default());
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    };
    for participant in &timeline.participants {
        if let Some(user) = &participant.user {
            add("users", &view.user(user)["id"]);
        }
        if let Some(queue) = view.queue(participant) {
            add("routing.queues", &queue["id"]);
        }
    }
    let plural = medium_of(&timeline.media).plural;
    let of_subject = |subject: String| {
        let of_medium = format!("{subject}.{plural}");
        [
            Message { topic: subject, body: view.conversation(timeline) },
            Message { topic: of_medium, body: view.of_medium(timeline) },
        ]
    };
    subjects.into_iter().flat_map(of_subject).collect()
}

/// Returns the id of the conversation whose events a topic is about.
pub(super) fn subject_of(topic: &str) -> Option<Text> {
    let rest = topic.strip_prefix("v2.detail.events.conversation.")?;
    let (id, _) = rest.split_once('.')?;
    Some(id.into())
}

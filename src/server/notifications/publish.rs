//! Publishing: after each change, the messages of the topics that connected clients
//! subscribe to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::conversations::{self, Known, Message};
use crate::server::conversation::Timeline;
use crate::server::endpoint::analytics::queues;
use crate::server::endpoint::conversations::view::View;
use crate::server::state::State;
use crate::server::state::instance::{Instance, moment};
use crate::value::Text;

const OBSERVATIONS: (&str, &str) = ("v2.analytics.queues.", ".observations");
const INSTANCES: &str = "v2.flows.instances.flow.";

/// Publishes what has changed since the last call.
pub(in crate::server) fn publish(state: &mut State) {
    state.channels.close_expired(state.clock);
    let touched = state.take_touched();
    if touched.is_empty() {
        return;
    }
    let topics = state.channels.topics();
    if topics.is_empty() {
        state.channels.known.clear();
        return;
    }
    let mut known = std::mem::take(&mut state.channels.known);
    let subjects: BTreeSet<Text> =
        topics.iter().filter_map(|it| conversations::subject_of(it)).collect();
    let mut messages = Vec::new();
    let view = View::of(state);
    for id in &touched.conversations {
        let Some(timeline) = Timeline::of(state, id) else { continue };
        messages.extend(conversations::changed(&view, &timeline));
        if let Some(known) = known.get_mut(id) {
            messages.extend(known.news(&view, &timeline));
            *known = Known::of(&view, &timeline);
        }
    }
    let instances = touched.instances.iter().filter_map(|id| state.instances.get(id));
    messages.extend(instances.map(|it| of_instance(it, state.clock)));
    messages.extend(touched.users);
    messages.extend(observations(state, &topics));
    messages.retain(|message| topics.contains(&message.topic));
    known.retain(|id, _| subjects.contains(id));
    state.channels.known = known;
    for message in messages {
        send(state, &message);
    }
}

/// Records the present state of the conversations whose events topics are about: clients
/// get the events that follow.
pub(in crate::server) fn know(state: &mut State, topics: &[String]) {
    let mut new: Vec<(Text, Known)> = Vec::new();
    let view = View::of(state);
    for id in topics.iter().filter_map(|topic| conversations::subject_of(topic)) {
        if !state.channels.known.contains_key(&id) {
            let timeline = Timeline::of(state, &id);
            let known = timeline.map(|it| Known::of(&view, &it)).unwrap_or_default();
            new.push((id, known));
        }
    }
    state.channels.known.extend(new);
}

fn send(state: &mut State, Message { topic, body }: &Message) {
    if topic.starts_with(OBSERVATIONS.0) {
        let metrics = body["data"][0]["metrics"].clone();
        let before = state.channels.counts.insert(topic.clone(), metrics.clone());
        if before == Some(metrics) {
            return;
        }
    }
    let message = json!({
        "topicName": topic,
        "version": "2",
        "eventBody": body,
        "metadata": { "CorrelationId": state.fresh_id("Notification").as_str() },
    });
    state.channels.send(topic, &message);
}

fn of_instance(instance: &Instance, now: i64) -> Message {
    let ended_at = instance.ended_at(now);
    let body = json!({
        "id": instance.id.as_str(),
        "flowId": instance.flow.as_str(),
        "flowVersion": format!("{}.0", instance.version),
        "conversationId": instance.conversation_id(),
        "state": if ended_at.is_none() { "RUNNING" } else { "COMPLETED" },
        "startDateTime": moment(instance.started_at),
        "endDateTime": ended_at.map(moment),
    });
    Message { topic: format!("{INSTANCES}{}", instance.flow), body }
}

/// Returns the counts of the queues that clients observe. The interval of an observation is
/// a moment.
fn observations(state: &mut State, topics: &BTreeSet<String>) -> Vec<Message> {
    let queue = |topic: &String| {
        let rest = topic.strip_prefix(OBSERVATIONS.0)?.strip_suffix(OBSERVATIONS.1)?;
        Some((topic.clone(), rest.to_owned()))
    };
    let wanted: Vec<(String, String)> = topics.iter().filter_map(queue).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = wanted.iter().map(|(_, queue)| queue.clone()).collect();
    let found = queues::observed(state, &names);
    let now = moment(state.clock);
    let interval = format!("{0}/{0}", now.as_str().unwrap_or_default());
    let message = |((topic, queue), metrics): ((String, String), Option<Vec<Value>>)| {
        let data = json!([{ "interval": interval, "metrics": metrics? }]);
        let group = json!({ "queueId": queue, "mediaType": "voice" });
        Some(Message { topic, body: json!({ "group": group, "data": data }) })
    };
    wanted.into_iter().zip(found).filter_map(message).collect()
}

/// The changes since the last publication.
#[derive(Debug, Default)]
pub(in crate::server) struct Touched {
    pub(in crate::server) conversations: BTreeSet<Text>,
    pub(in crate::server) instances: BTreeSet<Text>,
    pub(super) users: Vec<Message>,
}

impl Touched {
    pub(in crate::server) fn is_empty(&self) -> bool {
        self.conversations.is_empty()
            && self.instances.is_empty()
            && self.users.is_empty()
    }

    /// Records that the status of a user was set: `presence` or `routingStatus`.
    pub(in crate::server) fn user(&mut self, id: &str, what: &str, body: Value) {
        self.users.push(Message { topic: format!("v2.users.{id}.{what}"), body });
    }
}

//! Channels: the topics of a client, and its connection.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use tokio::sync::mpsc;

use super::conversations::Known;
use super::topics;
use crate::server::http::reply::ApiError;
use crate::server::state::instance::moment;
use crate::value::{Text, derived_id};

/// Maximum number of channels. Those without a connection are closed first, then the one
/// that was used least recently. *Source: the platform's limit for a user and an
/// application is 20.*
const MAX_CHANNELS: usize = 20;
/// Maximum number of topics of a channel. *Source: the platform's limit.*
const MAX_TOPICS: usize = 1_000;
/// The lifetime of a channel, in milliseconds. *Source: the platform's help.*
const LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;
/// Maximum number of messages that a client has not received; then its connection is
/// closed.
const MAX_UNSENT: usize = 1_000;

/// The channels of all clients. They are not stored.
#[derive(Debug, Default)]
pub(in crate::server) struct Channels {
    channels: IndexMap<String, Channel>,
    made: u64,
    /// Number of times that a channel was used.
    uses: u64,
    /// The published state of conversations whose events clients subscribe to.
    pub(super) known: BTreeMap<Text, Known>,
    /// The counts of queues that were published last.
    pub(super) counts: BTreeMap<String, Value>,
}

/// A channel of a client.
#[derive(Debug)]
pub(in crate::server) struct Channel {
    pub(in crate::server) id: String,
    /// The server's clock when it ends, in milliseconds since 1970.
    pub(in crate::server) expires_at: i64,
    pub(in crate::server) topics: IndexSet<String>,
    /// The number of its last use.
    used: u64,
    /// The connection of the client.
    messages: Option<mpsc::Sender<String>>,
}

impl Channels {
    /// Opens a channel. Returns its id.
    pub(in crate::server) fn open(&mut self, now: i64) -> String {
        self.made += 1;
        let id = format!("streaming-0-{}", derived_id(&format!("Channel:{}", self.made)));
        self.close_expired(now);
        if self.channels.len() >= MAX_CHANNELS {
            let key = |it: &&Channel| (it.is_connected(), it.used);
            let least = self.channels.values().min_by_key(key).map(|it| it.id.clone());
            self.channels.shift_remove(&least.unwrap_or_default());
        }
        let expires_at = now.saturating_add(LIFETIME_MS);
        let (id_of, topics) = (id.clone(), IndexSet::new());
        let (used, messages) = (self.next_use(), None);
        let channel = Channel { id: id_of, expires_at, topics, used, messages };
        self.channels.insert(id.clone(), channel);
        id
    }

    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }

    /// Removes the channels that have expired, with their connections.
    pub(super) fn close_expired(&mut self, now: i64) {
        self.channels.retain(|_, it| it.expires_at > now);
    }

    /// Returns the channels that have not expired.
    pub(in crate::server) fn all(&self, now: i64) -> impl Iterator<Item = &Channel> {
        self.channels.values().filter(move |it| it.expires_at > now)
    }

    /// Returns a channel.
    ///
    /// # Errors
    /// 404 if it does not exist or has expired.
    pub(in crate::server) fn get(
        &mut self,
        id: &str,
        now: i64,
    ) -> Result<&mut Channel, ApiError> {
        let used = self.next_use();
        let found = self.channels.get_mut(id).filter(|it| it.expires_at > now);
        let found = found.ok_or_else(|| ApiError::not_found("the channel", id))?;
        found.used = used;
        Ok(found)
    }

    /// Connects a client. An earlier connection of the channel is closed.
    pub(super) fn connect(&mut self, id: &str) -> Option<mpsc::Receiver<String>> {
        let channel = self.channels.get_mut(id)?;
        let (sender, receiver) = mpsc::channel(MAX_UNSENT);
        channel.messages = Some(sender);
        Some(receiver)
    }

    /// Returns the topics of connected clients.
    pub(super) fn topics(&self) -> BTreeSet<String> {
        let connected = self.channels.values().filter(|it| it.is_connected());
        connected.flat_map(|it| it.topics.iter().cloned()).collect()
    }

    /// Sends a message to the clients that subscribe to its topic.
    pub(super) fn send(&mut self, topic: &str, message: &Value) {
        let text = message.to_string();
        for channel in self.channels.values_mut() {
            if channel.topics.contains(topic)
                && let Some(messages) = &channel.messages
                && messages.try_send(text.clone()).is_err()
            {
                // The client has left, or does not receive its messages.
                channel.messages = None;
            }
        }
    }
}

impl Channel {
    fn is_connected(&self) -> bool {
        self.messages.as_ref().is_some_and(|messages| !messages.is_closed())
    }

    /// Adds topics. The channel then ends 24 hours after `now`. *Source: the platform's
    /// help: clients subscribe again to keep a channel.*
    ///
    /// # Errors
    /// 400 if flowsim does not serve a topic, or if there are too many. Then none is
    /// added.
    pub(in crate::server) fn subscribe(
        &mut self,
        wanted: &[&str],
        now: i64,
    ) -> Result<(), ApiError> {
        let all: Vec<String> = wanted.iter().flat_map(|it| topics::split(it)).collect();
        if let Some(unknown) = all.iter().find(|it| !topics::is_served(it)) {
            let message = format!(
                "flowsim does not serve the topic `{unknown}`; \
                 GET /api/v2/notifications/availabletopics lists those that it does"
            );
            return Err(ApiError::bad(message));
        }
        let new = all.iter().filter(|it| !self.topics.contains(*it)).count();
        if self.topics.len() + new > MAX_TOPICS {
            let message = format!("a channel has at most {MAX_TOPICS} topics");
            return Err(ApiError::bad(message));
        }
        self.topics.extend(all);
        self.expires_at = now.saturating_add(LIFETIME_MS);
        Ok(())
    }

    /// Removes topics.
    pub(super) fn unsubscribe(&mut self, topics: &[String]) {
        self.topics.retain(|topic| !topics.contains(topic));
    }

    /// Returns the time at which the channel ends.
    pub(in crate::server) fn expires(&self) -> Value {
        moment(self.expires_at)
    }
}

//! Changes of conversations by clients.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::value::Text;

/// A conversation that began in a queue instead of a flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct Queued {
    pub(in crate::server) id: String,
    pub(in crate::server) media: String,
    /// The id or the name of the queue, as the client gave it.
    pub(in crate::server) queue: String,
    /// The name of the queue.
    #[serde(default)]
    pub(in crate::server) queue_name: Option<String>,
    /// The fields of the context, by name.
    pub(in crate::server) context: Map<String, Value>,
    /// The time from which a callback waits in its queue, in milliseconds since 1970; at
    /// once without one.
    #[serde(default)]
    pub(in crate::server) scheduled_at: Option<i64>,
    /// The numbers of a callback.
    #[serde(default)]
    pub(in crate::server) numbers: Vec<Value>,
}

/// A change of a conversation by a client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(in crate::server) enum Change {
    /// The customer hung up.
    HungUp,
    /// Attributes of a participant were written; null removes one.
    Attributes { participant: String, attributes: Map<String, Value> },
    /// The customer wrote a message. A flow that handles it reads it by itself.
    Message { id: String, text: String },
    /// Settings of a participant's communication were written, such as `held`.
    Settings { participant: String, settings: Map<String, Value> },
    /// The work after the conversation was recorded.
    WrapUp { participant: String, wrapup: Value },
    /// An agent who was alerted answered.
    Connected { participant: String },
    /// A participant left.
    Disconnected { participant: String },
    /// The conversation was transferred away from a participant.
    Replaced { participant: String, to: Target },
    /// A waiting conversation was assigned to a user.
    Assigned { user: String },
}

/// The target of a transfer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(in crate::server) enum Target {
    /// The id or the name of a queue, as the client gave it, and its name.
    Queue {
        queue: String,
        #[serde(default)]
        name: Option<String>,
    },
    /// The id or the name of a user.
    User { user: String },
    /// A telephone number or another address.
    External { address: String },
    /// The voice mail of a user or queue.
    Voicemail { owner: String },
}

/// A change, and its time.
#[derive(Debug, Clone)]
pub(in crate::server) struct Changed {
    /// The server's clock, in milliseconds since 1970.
    pub(in crate::server) at: i64,
    pub(in crate::server) change: Change,
    /// The instance of the in-queue flow in which a transfer continues.
    pub(in crate::server) leg: Option<Text>,
}

/// A conversation that began in a queue, or that clients have changed. All others are
/// their instance alone.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Conversation {
    /// The beginning, and its time, of a conversation that began in a queue.
    pub(in crate::server) queued: Option<(i64, Queued)>,
    pub(in crate::server) changes: Vec<Changed>,
}

impl Change {
    /// Returns `true` if the change may take the conversation out of its flow.
    pub(in crate::server) fn moves(&self) -> bool {
        !matches!(
            self,
            Self::Message { .. }
                | Self::Attributes { .. }
                | Self::Settings { .. }
                | Self::WrapUp { .. }
        )
    }
}

impl Conversation {
    /// Adds a change. Attributes that are written one after the other are one change, so
    /// that a client that writes often does not fill the memory.
    pub(in crate::server) fn add(&mut self, changed: Changed) {
        if let Change::Attributes { participant, attributes } = &changed.change
            && let Some(last) = self.changes.last_mut()
            && let Change::Attributes { participant: of, attributes: written } =
                &mut last.change
            && of == participant
        {
            written.extend(attributes.clone());
            return;
        }
        self.changes.push(changed);
    }

    /// Returns the number of messages that the customer wrote.
    pub(in crate::server) fn message_count(&self) -> usize {
        let is_message = |it: &&Changed| matches!(it.change, Change::Message { .. });
        self.changes.iter().filter(is_message).count()
    }

    /// Returns the instances of the in-queue flows in which transfers continued.
    pub(in crate::server) fn legs(&self) -> impl Iterator<Item = &Text> {
        self.changes.iter().filter_map(|changed| changed.leg.as_ref())
    }
}

//! What can happen to the organisation: everything that changes it, as values that can be
//! kept and done again.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::indices::NewDocument;
use super::outgoing::CallResult;
use crate::server::webhook::Webhook;

/// An event, and when it happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::server) struct Entry {
    /// Its number, from 1. Ids are derived from it.
    pub(in crate::server) number: u64,
    /// The server's clock, in milliseconds since 1970.
    pub(in crate::server) at: i64,
    /// What happened.
    pub(in crate::server) event: Event,
}

/// What happened. An event was checked before it is one: doing it cannot fail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(in crate::server) enum Event {
    /// A client logged in.
    TokenGiven { token: String, scopes: Vec<String>, expires_at: i64 },
    /// A flow was made, or its draft replaced.
    FlowSaved(FlowSaved),
    /// The newest version of a flow became the published one.
    FlowPublished { id: String },
    /// Something else was done to a flow.
    FlowChanged { id: String, change: FlowChange },
    /// A flow was removed.
    FlowDeleted { id: String },
    /// A flow was started.
    Called(Called),
    /// The participant of an instance did something, in the notation of inputs.
    Inputs { id: String, inputs: Vec<String> },
    /// Variables of an instance were written.
    VariablesWritten { id: String, variables: Map<String, Value> },
    /// The call of a webhook that an instance waited for is over.
    WebhookCalled { id: String, call: u32, result: CallResult },
    /// Other services are called from now on.
    WebhooksReplaced { webhooks: IndexMap<String, Webhook> },
    /// A conversation was ended from outside.
    Disconnected { id: String },
    /// An entity of a collection was made or replaced.
    EntitySaved { collection: String, id: String, document: Value },
    /// An entity of a collection was removed.
    EntityDeleted { collection: String, id: String },
    /// An index was made.
    IndexMade { index: String },
    /// An index was removed; the decisions of these instances were written before.
    IndexDeleted { index: String, decided: Vec<String> },
    /// Documents were written into an index.
    DocumentsWritten(Written),
    /// The fixtures were replaced by this text, JSON.
    FixturesReplaced { document: String },
    /// The clock went on.
    ClockAdvanced,
}

/// A version of a flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct FlowSaved {
    pub(in crate::server) id: String,
    pub(in crate::server) name: String,
    pub(in crate::server) flow_type: String,
    pub(in crate::server) description: Option<String>,
    /// Whether it was marked as shared.
    pub(in crate::server) is_shared: bool,
    /// What it consists of; nothing of a flow that is still empty.
    pub(in crate::server) content: Option<Content>,
}

/// The text of a flow. The ending of the file name tells its notation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::server) struct Content {
    pub(in crate::server) file: String,
    pub(in crate::server) text: String,
}

/// Documents of an index.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct Written {
    pub(in crate::server) index: String,
    pub(in crate::server) documents: Vec<NewDocument>,
    /// The instances whose decisions these are.
    pub(in crate::server) decided: Vec<String>,
}

/// What can be done to a flow beside saving and publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) enum FlowChange {
    CheckIn,
    CheckOut,
    Unlock,
    Revert,
    Deactivate,
}

/// A call of a flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct Called {
    pub(in crate::server) id: String,
    pub(in crate::server) origin: Origin,
    pub(in crate::server) flow: String,
    /// `chat`, `voice`, `email`, `callback`, `message`: what kind of conversation.
    pub(in crate::server) media: String,
    pub(in crate::server) name: Option<String>,
    /// The fields of the context, by name.
    pub(in crate::server) context: Map<String, Value>,
    /// The variables that the call brings, by name.
    pub(in crate::server) variables: Map<String, Value>,
}

/// What started a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) enum Origin {
    Conversation,
    Execution,
}

impl Event {
    /// What it is about, if this is its number. When that is gone for good, its events need
    /// not be kept.
    pub(super) fn subject(&self, number: u64) -> String {
        match self {
            Self::TokenGiven { token, .. } => subject_of("tokens", token),
            Self::FlowSaved(FlowSaved { id, .. })
            | Self::FlowPublished { id }
            | Self::FlowChanged { id, .. }
            | Self::FlowDeleted { id } => subject_of("flows", id),
            Self::Called(Called { id, .. })
            | Self::Inputs { id, .. }
            | Self::VariablesWritten { id, .. }
            | Self::WebhookCalled { id, .. }
            | Self::Disconnected { id } => subject_of("instances", id),
            Self::EntitySaved { collection, id, .. }
            | Self::EntityDeleted { collection, id } => subject_of(collection, id),
            Self::IndexMade { index } | Self::DocumentsWritten(Written { index, .. }) => {
                subject_of("indices", index)
            }
            // It is needed when those about the index are not any more.
            Self::IndexDeleted { .. } => format!("index deleted {number}"),
            Self::WebhooksReplaced { .. } => "webhooks".to_owned(),
            Self::FixturesReplaced { .. } => "fixtures".to_owned(),
            Self::ClockAdvanced => format!("clock {number}"),
        }
    }
}

/// The subject of events about something in a collection. Clients choose some of the ids.
pub(super) fn subject_of(collection: &str, id: &str) -> String {
    format!("{collection}/{id}")
}

//! Events: all changes of the organisation, as values that can be stored and replayed.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::indices::NewDocument;
use super::outgoing::CallResult;
use crate::server::conversation::{Change, Queued};
use crate::server::webhook::Webhook;

/// An event, and its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::server) struct Entry {
    /// The event's number, from 1. Ids are derived from it.
    pub(in crate::server) number: u64,
    /// The server's clock, in milliseconds since 1970.
    pub(in crate::server) at: i64,
    /// The event.
    pub(in crate::server) event: Event,
}

/// A change of the organisation. Events are created from checked requests, so applying
/// one cannot fail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(in crate::server) enum Event {
    /// A client logged in.
    TokenGiven { token: String, scopes: Vec<String>, expires_at: i64 },
    /// A flow was created, or its draft replaced.
    FlowSaved(FlowSaved),
    /// A version of a flow was published: the one with this number, or else the newest.
    FlowPublished {
        id: String,
        #[serde(default)]
        version: Option<u32>,
    },
    /// A client performed another action on a flow.
    FlowChanged {
        id: String,
        change: FlowChange,
        #[serde(default)]
        client: String,
    },
    /// A flow was deleted.
    FlowDeleted { id: String },
    /// A flow was started.
    Called(Called),
    /// The call of an instance began again, up to the question of the participant with
    /// this number, from 0.
    Branched { id: String, from: String, question: usize },
    /// The participant of an instance gave inputs, in the notation of inputs.
    Inputs { id: String, inputs: Vec<String> },
    /// Variables of an instance were written.
    VariablesWritten { id: String, variables: Map<String, Value> },
    /// The webhook call that an instance waited for has ended.
    WebhookCalled { id: String, call: u32, result: CallResult },
    /// The webhook services were replaced.
    WebhooksReplaced { webhooks: IndexMap<String, Webhook> },
    /// A conversation was ended by a request.
    Disconnected { id: String },
    /// A conversation began in a queue.
    ConversationQueued(Queued),
    /// A client changed a conversation.
    ConversationChanged { id: String, change: Change },
    /// An entity of a collection was created or replaced.
    EntitySaved { collection: String, id: String, document: Value },
    /// An entity of a collection was deleted.
    EntityDeleted { collection: String, id: String },
    /// An index was created.
    IndexMade { index: String },
    /// An index was deleted. The decisions of the given instances had been written to it.
    IndexDeleted { index: String, decided: Vec<String> },
    /// Documents were written into an index.
    DocumentsWritten(DocumentsWritten),
    /// The fixtures were replaced with this JSON document.
    FixturesReplaced { document: String },
    /// This JSON document was merged over the fixtures.
    FixturesMerged { document: String },
    /// Objects of the organisation were written: these JSON documents were merged over the
    /// fixtures, in order.
    ObjectsWritten { documents: Vec<String> },
    /// The clock was advanced.
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
    /// The source of the flow; `None` while the flow is empty.
    pub(in crate::server) content: Option<Content>,
}

/// The source of a flow. The extension of the file name determines its format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::server) struct Content {
    pub(in crate::server) file: String,
    pub(in crate::server) text: String,
}

/// Documents to write to an index.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct DocumentsWritten {
    pub(in crate::server) index: String,
    pub(in crate::server) documents: Vec<NewDocument>,
    /// The instances whose decisions these documents contain.
    pub(in crate::server) decided: Vec<String>,
}

/// An action on a flow other than saving and publishing.
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
    /// The kind of conversation: `chat`, `voice`, `email`, `callback` or `message`.
    pub(in crate::server) media: String,
    pub(in crate::server) name: Option<String>,
    /// The fields of the context, by name.
    pub(in crate::server) context: Map<String, Value>,
    /// The input variables of the call, by name.
    pub(in crate::server) variables: Map<String, Value>,
}

/// The origin of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) enum Origin {
    Conversation,
    Execution,
    /// The in-queue flow in which a transferred conversation continues.
    Transfer,
}

impl Event {
    /// Returns the subject of an event with this number. When the subject is removed
    /// permanently, its events are obsolete.
    pub(super) fn subject(&self, number: u64) -> String {
        match self {
            Self::TokenGiven { token, .. } => subject_of("tokens", token),
            Self::FlowSaved(FlowSaved { id, .. })
            | Self::FlowPublished { id, .. }
            | Self::FlowChanged { id, .. }
            | Self::FlowDeleted { id } => subject_of("flows", id),
            Self::Called(Called { id, .. })
            | Self::Branched { id, .. }
            | Self::Inputs { id, .. }
            | Self::VariablesWritten { id, .. }
            | Self::WebhookCalled { id, .. }
            | Self::ConversationQueued(Queued { id, .. })
            | Self::ConversationChanged { id, .. }
            | Self::Disconnected { id } => subject_of("instances", id),
            Self::EntitySaved { collection, id, .. }
            | Self::EntityDeleted { collection, id } => subject_of(collection, id),
            Self::IndexMade { index }
            | Self::DocumentsWritten(DocumentsWritten { index, .. }) => {
                subject_of("indices", index)
            }
            // Must outlive the events about the index.
            Self::IndexDeleted { .. } => format!("index deleted {number}"),
            Self::WebhooksReplaced { .. } => "webhooks".to_owned(),
            Self::FixturesReplaced { .. }
            | Self::FixturesMerged { .. }
            | Self::ObjectsWritten { .. } => "fixtures".to_owned(),
            Self::ClockAdvanced => format!("clock {number}"),
        }
    }
}

/// Returns the subject for an entity of a collection. Clients choose some of the ids.
pub(super) fn subject_of(collection: &str, id: &str) -> String {
    format!("{collection}/{id}")
}

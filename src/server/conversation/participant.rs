//! Participants of conversations.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::value::{Text, derived_id};

/// The purpose of a participant. *Source: the platform's API, `Participant.purpose`.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Purpose {
    Customer,
    /// A flow that handles a call or a callback.
    Ivr,
    /// A flow that handles a message, a chat or an e-mail.
    Workflow,
    /// A queue.
    Acd,
    Agent,
    Group,
    External,
    Voicemail,
}

impl Purpose {
    /// Returns the name of the platform.
    pub(in crate::server) fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Ivr => "ivr",
            Self::Workflow => "workflow",
            Self::Acd => "acd",
            Self::Agent => "agent",
            Self::Group => "group",
            Self::External => "external",
            Self::Voicemail => "voicemail",
        }
    }

    /// Returns `true` if a flow is this participant.
    pub(in crate::server) fn is_flow(self) -> bool {
        matches!(self, Self::Ivr | Self::Workflow)
    }
}

/// A queue of a participant: as far as they are known, its id and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::server) struct InQueue {
    pub(in crate::server) id: Option<Text>,
    pub(in crate::server) name: Option<Text>,
}

impl InQueue {
    /// Returns the id, or else the name.
    pub(in crate::server) fn label(&self) -> Option<&Text> {
        self.id.as_ref().or(self.name.as_ref())
    }
}

/// A message of the customer.
#[derive(Debug, Clone)]
pub(in crate::server) struct Message {
    pub(in crate::server) id: Text,
    pub(in crate::server) text: Text,
    /// The server's clock when it arrived, in milliseconds since 1970.
    pub(in crate::server) at: i64,
}

/// A participant of a conversation. Times are in milliseconds since 1970.
#[derive(Debug, Clone)]
pub(in crate::server) struct Participant {
    pub(in crate::server) id: Text,
    pub(in crate::server) purpose: Purpose,
    /// The name or the address.
    pub(in crate::server) name: Option<Text>,
    pub(in crate::server) address: Option<Text>,
    /// The id or the name of the user.
    pub(in crate::server) user: Option<Text>,
    pub(in crate::server) queue: Option<InQueue>,
    pub(in crate::server) skills: Vec<Text>,
    pub(in crate::server) priority: Option<i64>,
    pub(in crate::server) started_at: i64,
    /// `None` while the participant is alerted.
    pub(in crate::server) connected_at: Option<i64>,
    pub(in crate::server) ended_at: Option<i64>,
    /// The reason of the end. *Source: the platform's API, `disconnectType`.*
    pub(in crate::server) disconnect: Option<&'static str>,
    /// Attributes; those of the customer are kept by the flow.
    pub(in crate::server) attributes: IndexMap<String, String>,
    /// Settings by clients, such as `held`.
    pub(in crate::server) settings: Map<String, Value>,
    /// The times on hold; the end is `None` while the participant is on hold.
    pub(in crate::server) holds: Vec<(i64, Option<i64>)>,
    pub(in crate::server) wrapup: Option<Value>,
    /// The end of the work after the conversation: the first wrap-up since then.
    pub(in crate::server) wrapped_at: Option<i64>,
    /// The messages that clients sent for the customer.
    pub(in crate::server) messages: Vec<Message>,
}

impl Participant {
    /// Creates a participant who joins at a time. `index` is the number of earlier
    /// participants with the same purpose.
    pub(super) fn new(
        conversation: &str,
        purpose: Purpose,
        index: usize,
        at: i64,
    ) -> Self {
        let name = purpose.name();
        let id = match (purpose, index) {
            (Purpose::Customer, _) => format!("Participant:{conversation}"),
            (_, 0) => format!("Participant:{conversation}:{name}"),
            _ => format!("Participant:{conversation}:{name}:{index}"),
        };
        Self {
            id: derived_id(&id),
            purpose,
            name: None,
            address: None,
            user: None,
            queue: None,
            skills: Vec::new(),
            priority: None,
            started_at: at,
            connected_at: Some(at),
            ended_at: None,
            disconnect: None,
            attributes: IndexMap::new(),
            settings: Map::new(),
            holds: Vec::new(),
            wrapup: None,
            wrapped_at: None,
            messages: Vec::new(),
        }
    }

    /// Puts the participant on hold, or ends the hold.
    pub(super) fn hold(&mut self, is_held: bool, at: i64) {
        let is_connected = self.is_connected();
        let open = self.holds.last_mut().filter(|(_, end)| end.is_none());
        match open {
            Some((_, end)) if !is_held => *end = Some(at),
            None if is_held && is_connected => self.holds.push((at, None)),
            _ => {}
        }
    }

    /// Stores the wrap-up. After the end it completes the work.
    pub(super) fn wrap_up(&mut self, wrapup: &Value, at: i64) {
        self.wrapup = Some(wrapup.clone());
        if self.ended_at.is_some() {
            self.wrapped_at.get_or_insert(at);
        }
    }

    /// Returns the code of the wrap-up.
    pub(in crate::server) fn wrapup_code(&self) -> Option<&str> {
        self.wrapup.as_ref()?["code"].as_str()
    }

    /// Returns `true` if the participant has not left.
    pub(in crate::server) fn is_present(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Returns `true` if the participant is in the conversation and has answered.
    pub(in crate::server) fn is_connected(&self) -> bool {
        self.is_present() && self.connected_at.is_some()
    }

    /// Returns the state of the participant. *Source: the platform's API, `Call.state`.*
    pub(in crate::server) fn state(&self) -> &'static str {
        match (self.is_present(), self.connected_at) {
            (false, _) => "disconnected",
            (true, None) => "alerting",
            (true, Some(_)) => "connected",
        }
    }

    pub(super) fn end(&mut self, at: i64, reason: &'static str) {
        if self.is_present() {
            let at = at.max(self.started_at);
            self.hold(false, at);
            self.ended_at = Some(at);
            self.disconnect = Some(reason);
            self.wrapped_at = self.wrapup.as_ref().map(|_| at);
        }
    }
}

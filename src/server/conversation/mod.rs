//! Conversations: their participants and how these change over time.
//!
//! A conversation begins in a flow or in a queue. Its participants are derived from the
//! events of the flow and from the changes that clients have made, so nothing is stored
//! twice.
//!
//! *Source: the platform's API (`Conversation`, `Participant` and the conversations of
//! each medium).*

pub(super) mod change;
pub(super) mod participant;
pub(super) mod timeline;

pub(super) use change::{Change, Changed, Conversation, Queued, Target};
pub(super) use participant::{Participant, Purpose};
pub(super) use timeline::Timeline;

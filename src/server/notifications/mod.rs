//! Notifications: channels that clients open, the topics that they subscribe to, and the
//! messages about changes of the organisation.
//!
//! *Source: the platform's help for developers on notifications, and `NotificationsApi` of
//! the SDKs.*

pub(super) mod channel;
mod conversations;
mod messages;
mod publish;
mod socket;
mod topics;

pub(super) use channel::Channels;
pub(super) use publish::{Touched, know, publish};
pub(super) use socket::connect;
pub(super) use topics::{TOPICS, Topic};

//! Analytics: statistics of queues, details of conversations, and aggregates.

pub(in crate::server) mod aggregates;
mod call;
pub(in crate::server) mod details;
mod filter;
pub(in crate::server) mod queues;

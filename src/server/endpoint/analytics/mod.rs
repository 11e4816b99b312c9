//! Analytics: statistics of queues, details of conversations, and aggregates.

pub(in crate::server) mod aggregates;
mod call;
pub(in crate::server) mod details;
mod filter;
mod metrics;
pub(in crate::server) mod queues;
mod session;

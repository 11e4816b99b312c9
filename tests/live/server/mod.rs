//! The server from the perspective of its clients, over a real connection, one file for
//! each family of endpoints.

#![cfg(feature = "serve")]
#![expect(clippy::unwrap_used, reason = "a server that does not answer fails the test")]
#![expect(clippy::print_stderr, reason = "a test says that it is skipped")]

mod access;
mod analytics;
mod bots;
#[cfg(unix)]
mod browser;
mod changes;
mod clients;
mod conversations;
mod directory;
mod disk;
mod elasticsearch;
mod filters;
mod flows;
mod histories;
mod hostile;
mod junk;
mod kept;
mod kills;
mod links;
mod live;
mod notifications;
mod organisation;
mod participants;
mod refusals;
mod service;
mod sessions;
mod shipping;
mod simulations;
mod steering;
mod stubs;
mod support;
mod tables;
mod threads;
mod webhooks;
mod wire;
mod workbench;
mod wrapup_codes;

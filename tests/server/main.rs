//! The server as its clients see it: over a real connection, one file a family of endpoints.

#![cfg(feature = "serve")]
#![expect(clippy::unwrap_used, reason = "a server that does not answer fails the test")]
#![expect(clippy::print_stderr, reason = "a test says that it is skipped")]

mod access;
mod clients;
mod conversations;
mod elasticsearch;
mod flows;
mod hostile;
mod kept;
mod organisation;
mod shipping;
mod simulations;
mod steering;
mod support;

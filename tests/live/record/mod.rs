//! Recording live results, against a real server on this machine.

#![cfg(feature = "live")]
#![expect(clippy::unwrap_used, reason = "a server that cannot be run fails the test")]

mod client;
mod command;
mod killed;
#[cfg(feature = "serve")]
mod served;
pub(crate) mod server;

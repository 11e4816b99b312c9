//! Calls of every bundled flow, recorded and replayed on the original flows and on
//! changed ones.

#![expect(clippy::unwrap_used, reason = "a call that cannot be made fails the test")]

#[cfg(feature = "live")]
mod bundled;
#[path = "../recordings/calls.rs"]
mod calls;
mod equalities;
mod mutations;
mod random;
#[cfg(feature = "live")]
#[expect(dead_code, reason = "the tests of `flowsim record` need more of it")]
#[path = "../record/server.rs"]
mod server;
mod stage;

//! Calls of every bundled flow, recorded and replayed on the original flows and on
//! changed ones.

#![expect(clippy::unwrap_used, reason = "a call that cannot be made fails the test")]

#[cfg(feature = "live")]
mod bundled;
mod equalities;
mod mutations;
mod random;
mod stage;

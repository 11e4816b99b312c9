//! Calls of every bundled flow, recorded, and made again on the flows as they are and on
//! flows that somebody has changed.

#![expect(clippy::unwrap_used, reason = "a call that cannot be made fails the test")]

#[cfg(feature = "live")]
mod bundled;
mod equalities;
mod mutations;
mod random;
mod stage;

//! Comparison of calls with their recordings: equality, differences and causes.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

mod documents;
mod equalities;
mod laws;
mod mutations;
mod stage;
mod stories;

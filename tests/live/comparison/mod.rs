//! Calls compared with their recordings: what is told to be equal, what is found, and why.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

mod documents;
mod equalities;
mod laws;
mod mutations;
mod stage;
mod stories;

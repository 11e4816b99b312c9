//! Scenario cases, played and judged through the public API.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod lines;
mod mismatches;
mod parts;
mod play;
mod recorded;
mod scene;
mod script;
mod snapshot;

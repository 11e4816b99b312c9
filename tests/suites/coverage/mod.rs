//! What of the flows calls have come to. `docs/coverage.md` says the same to people.

mod architect;
mod command;
mod documents;
mod draft;
mod laws;
mod lcov;
mod real;
mod stage;

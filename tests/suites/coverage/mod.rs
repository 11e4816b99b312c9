//! Coverage of flows by calls. `docs/coverage.md` describes it for users.

mod architect;
mod cobertura;
mod command;
mod documents;
mod draft;
mod laws;
mod lcov;
mod real;
mod stage;

//! How Architect's flows run, rule by rule, through the public face of the library.
//! `docs/architect.md` says the same to authors of flows.

mod stage;

mod error_handling;
mod transfers;
mod waiting;

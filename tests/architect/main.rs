//! How Architect's flows run, rule by rule, through the public face of the library;
//! `docs/architect.md` says the same to authors of flows.

mod support;

mod attributes;
mod bots;
mod kinds;
mod messages;
mod prepared;
mod recorded;

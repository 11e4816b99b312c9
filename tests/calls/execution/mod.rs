//! The behaviour of draft flows, rule by rule, tested through the public API. The name of
//! a test is the rule; `docs/dialect.md` describes the same for authors of flows.

mod support;

mod calls;
mod command;
mod conditions;
mod contacts;
mod deadlines;
mod documents;
mod errors;
mod examples;
mod gather;
mod limits;
mod manual;
mod nodes;
mod queues;
mod scale;
mod services;
mod sessions;
mod simulation;
mod templates;
mod variables;

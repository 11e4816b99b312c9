//! How draft flows run, rule by rule, through the public face of the library. The name of a
//! test is the rule; `docs/dialect.md` says the same to authors of flows.

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

//! How Architect's flows run, one file a family of actions, through the public face of the
//! library. `docs/architect.md` says the same to authors of flows.

mod support;

mod attributes;
mod bots;
mod error_handling;
mod ids;
mod kinds;
mod listen;
mod lookups;
mod menus;
mod messages;
mod prepared;
mod recorded;
mod schedules;
mod transfers;
mod waiting;

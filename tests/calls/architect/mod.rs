//! The behaviour of Architect flows, one file for each family of actions, tested through
//! the public API. `docs/architect.md` describes the same for authors of flows.

mod support;

mod attributes;
mod bot_events;
mod bots;
mod called_bots;
mod digital_queues;
mod error_handling;
mod ids;
mod kinds;
mod languages;
mod listen;
mod literals;
mod local;
mod lookups;
mod loops;
mod menus;
mod messages;
mod policies;
mod prepared;
mod recorded;
mod schedules;
mod transfers;
mod waiting;
mod whole_call;

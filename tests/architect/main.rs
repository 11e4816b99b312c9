//! How Architect's flows run, one file a family of actions, through the public face of the
//! library. `docs/architect.md` says the same to authors of flows.

mod calls;
mod stage;
mod support;

mod error_handling;
mod listen;
mod lookups;
mod menus;
mod schedules;
mod transfers;
mod waiting;

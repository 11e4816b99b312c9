//! How Architect's flows run, one file a family of actions, through the public face of the
//! library. `docs/architect.md` says the same to authors of flows.

mod calls;
mod support;

mod listen;
mod lookups;
mod menus;
mod schedules;

//! The draft dialect: the JSON of the shared-flow, state-machine and lookup tutorials.

mod actions;
mod document;
mod properties;
mod repeated_keys;

pub use document::{is_flow, read_flow};

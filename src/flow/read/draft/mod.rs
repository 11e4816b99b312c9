//! The draft dialect: the JSON of seeds 001 to 003.

mod actions;
mod document;
mod properties;
mod repeated_keys;

pub use document::{is_flow, read_flow};

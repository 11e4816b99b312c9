//! What happened in a call, step by step, and how that is written down.
//!
//! A trace holds ids and values; a [`Legend`](crate::flow::Legend) turns them into names
//! when somebody reads it.

mod event;
pub mod execution;
mod json;
mod listen;
mod simulation;
mod steps;
mod text;

pub use event::{
    Asked, Entry, Event, Fact, Failure, Field, PathTaken, Phrase, Routing, Status, Step,
    Subject, Trace, Transfer,
};
pub use json::{JsonWriter, diagnostic};
pub use listen::Listen;
pub use simulation::write_simulation;
pub use text::{TextStyle, render_blocks, render_text};

//! Traces of calls, step by step, and their output formats.
//!
//! A trace holds ids and values; [`crate::flow::SymbolTable`] maps ids to names for output.

mod event;
pub mod execution;
mod field;
mod json;
pub mod observation;
mod simulation;
mod steps;
mod text;

pub use event::{
    Connection, Entry, Event, EventKind, Failure, PathTaken, Phrase, Request, Routing,
    Status, Step, Subject, Trace, Transfer,
};
pub use field::Field;
pub(crate) use json::write_transfer;
pub use json::{JsonNames, JsonWriter, diagnostic};
pub use observation::Observation;
pub use simulation::write_simulation;
pub(crate) use text::shortened_to_width;
pub use text::{
    Ink, TextStyle, TextView, TraceLine, TraceLines, Turn, TurnKind, conversation,
    render_blocks, render_text, render_transcript, render_view, steps_of_blocks,
    trace_lines,
};

//! The execution of one call: a session runs a program, asks its host every question
//! about the outside world, and records a trace.
//!
//! A [`Session`] is a value. It does no input or output and has no access to fixtures. It
//! runs until it needs data from outside, returns a [`Question`](crate::world::Question),
//! and continues with the [`Answer`](crate::world::Answer). It can be cloned at every
//! question, and both copies continue in the same way.

mod action;
mod bot;
mod call;
mod context;
mod conversation;
mod deadline;
mod effect;
mod fingerprint;
mod frame;
mod inspect;
mod listening;
mod messages;
mod play;
mod queued;
mod recorder;
mod request;
mod run;
mod scope;
mod sequence;
mod session;
mod size;
mod snapshot;
pub mod start;
mod state;
mod unset;
mod view;

pub use call::{
    ABANDON_AFTER, ANSWER_AFTER, Call, DEFAULT_START, Limits, context_field,
    context_problem,
};
pub(crate) use context::{CONTEXT_FIELDS, misspelt_context_field};
pub use fingerprint::{LiveValue, Relevance};
pub use inspect::{Running, Values};
pub(crate) use messages::has_further_messages;
pub use play::play;
pub use queued::DEFAULT_IN_QUEUE_FLOW;
pub use request::Request;
pub use run::Progress;
pub use session::Session;
pub use snapshot::Snapshot;

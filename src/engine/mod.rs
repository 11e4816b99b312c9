//! One call, executed: a session steps through a program, asks its host every question about
//! the outside world, and leaves a trace.
//!
//! A [`Session`] is a value. It does no input or output and knows no fixtures: it runs until
//! it needs something from outside, gives a [`Question`](crate::world::Question), and goes on
//! with the [`Answer`](crate::world::Answer). It can be cloned at every question, and both
//! copies go on alike.

mod action;
mod call;
mod conversation;
mod deadline;
mod frame;
mod play;
mod recorder;
mod request;
mod scope;
mod sequence;
mod session;
pub mod start;
mod state;
mod view;

pub use call::{Call, DEFAULT_START, Limits, context_problem};
pub use play::play;
pub use request::{DEFAULT_TIMEOUT_MS, Request};
pub use session::{Progress, Session};

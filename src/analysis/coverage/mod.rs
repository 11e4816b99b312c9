//! What of the flows calls have come to, counted from their traces.
//!
//! [`Coverage`] counts while calls are made: it knows a program by its ids. A [`Report`] is
//! what is kept: it knows flows and nodes by name, file and line, is written and read as
//! `flowsim.coverage/1`, and can be put together from the parts of a suite that ran apart.
//! What counts as what stands in `docs/coverage.md`; [`Kind`] has it in short.
//!
//! Threads that make calls each [`clone`](Coverage::clone) an empty `Coverage` of the
//! program, [`add`](Coverage::add) their traces, and [`merge`](Coverage::merge) what they
//! have; the order does not matter. Programs of one run are put together as reports.

mod catalogue;
mod count;
mod document;
mod kind;
mod lcov;
mod minimum;
mod prompts;

mod report;
mod text;

pub use count::{Coverage, OtherProgram};
pub use document::{SCHEMA, read, render_json};
pub use kind::Kind;
pub use lcov::render_lcov;
pub use minimum::{Minimum, Shortfall, judge, parse_minimums};
pub use report::{FlowReport, NodeReport, PartReport, Report, Share};
pub use text::{render_summary, render_uncovered};

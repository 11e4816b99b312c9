//! Coverage: the parts of flows that calls reached, counted from their traces.
//!
//! [`Coverage`] counts during a run and refers to a program by ids. A [`Report`] is the
//! persistent form: it refers to flows and nodes by name, file and line, and is written
//! and read as `flowsim.coverage/1`. Reports of separate runs can be merged. The counted
//! items are described in `docs/coverage.md` and, in short, by [`Kind`].
//!
//! Each thread [`clone`](Coverage::clone)s an empty `Coverage` of the program,
//! [`add`](Coverage::add)s its traces, and [`merge`](Coverage::merge)s its result; the
//! order does not matter. Programs of one run are merged as reports.

mod catalogue;
mod count;
mod document;
mod goals;
mod kind;
mod minimum;
mod prompts;
mod reachable;
mod report;

pub(crate) use count::sum;
pub use count::{Coverage, OtherProgram};
pub use document::{SCHEMA, is_beginning, read, render_json};
pub use goals::{Goal, Goals};
pub use kind::Kind;
pub use minimum::{Minimum, Shortfall, judge, parse_minimums};
pub use reachable::Unreachable;
pub use report::{FlowReport, NodeReport, PartReport, Report, Share};

//! Start and environment of a recorded call.

mod call;
mod derived;
mod fixtures;
mod waiting;

pub use call::{derive, derive_from};
pub(super) use derived::overlaid;
pub use derived::{Derived, RecordedAnswer, Subject, UnknownStart};
pub(super) use fixtures::{answer_entry, listed};

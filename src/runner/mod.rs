//! Suites, run: scenario files become results, told as events in a stable order.
//!
//! What the tests of several files share, flows and fixtures, is loaded and compiled once.
//! Tests run in parallel; their results are told in the order of the files, whatever thread
//! is done first, so that the same suite gives the same bytes at any number of threads.

mod compare;
mod concern;
mod covered;
mod event;
mod load;
mod place;
mod plan;
mod request;
mod run;
mod stream;

pub use compare::{
    About, Against, Compared, Group, Judgement, Stale, Summary, Unreadable, compare_all,
};
pub use concern::Dependencies;
pub use covered::Covered;
pub use event::{CaseId, CasePlace, CaseResult, Ended, Outcome, RunEvent, Tally};
pub use load::{Library, Loaded};
pub use place::{CaseAt, CaseLines};
pub use plan::{Broken, Plan, Planned};
pub use request::{Listed, run_on_request};
pub use run::{Options, now, run};
pub use stream::{Scene, Wanted, run_files};

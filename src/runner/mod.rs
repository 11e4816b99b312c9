//! Test runner: runs scenario files and reports the results as events in a stable order.
//!
//! Flows and fixtures that several files share are loaded and compiled once. Tests run in
//! parallel, but their results are reported in file order. The same suite therefore gives
//! the same bytes with any number of threads.

mod compare;
mod covered;
mod dependencies;
mod event;
mod load;
mod place;
mod plan;
mod project;
mod request;
mod run;
mod stream;

pub use compare::{
    About, CompareContext, Compared, Group, Judged, Judgement, Stale, Summary,
    Unreadable, compare_all, judge,
};
pub use covered::Covered;
pub use dependencies::Dependencies;
pub(crate) use event::quoted;
pub use event::{
    CaseId, CasePlace, CaseResult, Ended, Outcome, Reported, RunEvent, Tally,
};
pub use load::{Library, Loaded, Part, Untested, near_to};
pub use place::{CaseLines, CasePosition};
pub use plan::{Broken, Plan, Planned};
pub use project::ProjectContext;
pub use request::{Listed, run_on_request};
pub use run::{OneByOne, Options, merged_fixtures, now, recording, run};
pub use stream::{LoadedSuite, RunRequest, run_files};

//! Scenario files: test calls and their expectations.
//!
//! A [`SuiteFile`] is read from YAML or JSON. Every row of a table becomes a separate
//! [`Case`]. A case is [prepared](prepare) against a compiled organisation,
//! [played](play()), and [judged](judge()) by its trace. The whole call can be kept as a
//! [snapshot]. A case may also replay a [recorded](Recorded) call. *Source: `docs/scenarios.md` describes the format.*

mod attribute;
mod callable_names;
mod calls;
mod difference;
mod discover;
mod event_index;
mod filter;
mod history;
mod judge;
mod mismatch;
mod origin;
mod path;
mod play;
mod prompts;
mod properties;
mod reach;
mod read;
mod recorded;
mod routing;
mod scenario;
mod script;
mod select;
pub mod snapshot;
mod targets;
mod variable;

pub use crate::analysis::matcher::{
    Range, RoutingMatcher, TextMatcher, ValueMatcher, Wanted,
};
pub use discover::{discover, is_scenario_file};
pub use filter::{Attribute, Filter, Filtered, slashed};
pub(crate) use history::place_of_step;
pub use judge::judge;
pub use mismatch::{Mismatch, Shown};
pub(crate) use path::LEFT;
pub use play::{Played, Prepared, play, prepare};
pub use properties::of_flow;
pub use read::read;
pub(crate) use read::{expectation_schemas, read_call};
pub use recorded::{Recorded, Replay};
pub use scenario::{
    CallExpectation, Case, Expectation, Forbidden, PathMatcher, ProjectDefaults,
    RecordedCall, Replacement, Snapshot, Start, SuiteFile, Turn,
};
pub use select::{Partition, PartitionKind, Selected, Selection};

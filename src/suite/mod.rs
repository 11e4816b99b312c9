//! Scenario files: calls with what is expected of them.
//!
//! A [`SuiteFile`] is read from YAML or JSON; every row of a table is a [`Case`] of its own.
//! A case is [prepared](prepare) against a compiled organisation, [played](play), [judged](judge)
//! by its trace, what is wrong is [explained](explain), and
//! the whole call can be kept as a [snapshot]. A case may be a [recorded](Recorded) call that
//! is made again. *Source:
//! the format is described in `docs/scenarios.md`.*

mod askable;
mod asked;
mod discover;
mod explain;
mod history;
mod judge;
mod matcher;
mod mismatch;
mod path;
mod play;
mod prompts;
mod read;
mod recorded;
mod routing;
mod scenario;
mod script;
mod select;
pub mod snapshot;
mod variable;

pub use discover::{discover, is_scenario_file};
pub use explain::explain;
pub use judge::judge;
pub use matcher::{Range, TextMatcher, ValueMatcher};
pub use mismatch::{Mismatch, Shown};
pub use play::{Played, Prepared, play, prepare};
pub use read::read;
pub use recorded::{Recorded, Remade};
pub use scenario::{
    CallExpectation, Case, Expectation, Flag, PathMatcher, RecordedCall, Replacement,
    RoutingMatcher, Snapshot, Start, SuiteFile, Turn, Wanted,
};
pub use select::{Partition, PartitionKind, Selection};

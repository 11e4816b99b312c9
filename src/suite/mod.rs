//! Scenario files: calls with what is expected of them.
//!
//! A [`SuiteFile`] is read from YAML or JSON; every row of a table is a [`Case`] of its own.
//! A case is [played](Case) against a compiled organisation and judged by its trace. *Source:
//! the format is described in `docs/scenarios.md`.*

mod discover;
mod matcher;
mod mismatch;
mod read;
mod scenario;
mod select;

pub use discover::{discover, is_scenario_file};
pub use matcher::{Range, TextMatcher, ValueMatcher};
pub use mismatch::{Mismatch, Shown};
pub use read::read;
pub use scenario::{
    CallExpectation, Case, Expectation, Flag, PathMatcher, RoutingMatcher, Snapshot,
    Start, SuiteFile, Turn, Wanted,
};
pub use select::{Partition, PartitionKind, Selection};

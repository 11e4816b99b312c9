//! Analyses of flows, programs and traces. [`mod@diff`] shows the changes between two
//! versions of flows. [`coverage`] measures the parts of flows that calls reached.
//! [`comparison`] compares a call with its recording. [`decisions`] extracts the outcomes
//! of the caller's keys, and [`heatmap`] counts them. [`property`] checks
//! rules about the order of events in calls. [`requests`] lists what a call requested from
//! other systems. [`values`] collects the values of variables.

pub mod attributes;
pub mod comparison;
pub mod coverage;
pub mod decisions;
pub mod diff;
pub mod heatmap;
pub mod matcher;
pub mod property;
pub mod requests;
pub mod values;

mod architect;
mod fixtures;
mod missing;

pub use architect::architect_against_fixtures;
pub use fixtures::against_fixtures;
pub use missing::{ATTRIBUTES, CONTEXT, MissingEntry, missing_entries};

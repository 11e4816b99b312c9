//! Questions asked of flows, programs and traces; [`mod@diff`] asks what changed between two
//! versions of flows, [`coverage`] what of them calls came to, [`comparison`] whether a call
//! is still the one that was recorded, [`decisions`] what came of the caller's keys, and
//! [`heatmap`] how often.

pub mod comparison;
pub mod coverage;
pub mod decisions;
pub mod diff;
pub mod heatmap;

mod architect;
mod fixtures;

pub use architect::architect_against_fixtures;
pub use fixtures::against_fixtures;

//! Questions asked of flows, programs and traces.

mod architect;
pub mod coverage;
mod fixtures;

pub use architect::architect_against_fixtures;
pub use fixtures::against_fixtures;

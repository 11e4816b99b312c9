//! Questions asked of programs and traces.

mod fixtures;

pub use fixtures::against_fixtures;

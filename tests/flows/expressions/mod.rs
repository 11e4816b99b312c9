//! Architect's expression language through the public API: Genesys' own examples and trees,
//! the laws of its types, and agreement of the two parsers.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]
#![expect(clippy::print_stderr, reason = "how much holds, and what is skipped, is shown")]

mod cases;
mod catalogue;
mod laws;
mod trees;
mod world;

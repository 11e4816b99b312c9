//! Architect's expression language through the public API: Genesys' own examples and trees,
//! the laws of its types, and agreement of the two parsers.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]

mod cases;
mod catalogue;
mod laws;
mod trees;
mod world;

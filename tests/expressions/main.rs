//! Architect's expression language through the public API: Genesys' own examples and trees,
//! the laws of its types, and agreement of the two parsers.

mod cases;
mod catalogue;
mod laws;
mod trees;
mod world;

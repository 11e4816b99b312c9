//! Tests of the features that are off by default: they need a build with all features,
//! `cargo test --all-features --test features`.

mod columns;
// With these features, contacts are in databases and numbers in national formats.
#[path = "../calls/fixtures.rs"]
mod fixtures;
mod numbers;
mod pictures;

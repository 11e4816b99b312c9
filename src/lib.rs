//! Run, test and compare Genesys Cloud Architect flows offline.

#![forbid(unsafe_code)]

pub mod analysis;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod expr;
pub mod flow;
pub mod program;
pub mod source;
pub mod trace;
pub mod value;
pub mod world;

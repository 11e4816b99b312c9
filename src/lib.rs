//! Run, test and compare Genesys Cloud Architect flows offline.

#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod source;
pub mod value;
pub mod world;

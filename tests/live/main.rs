//! Tests of the server and of recordings: recording, importing, redacting, replaying and
//! comparing calls.

mod batch;
#[path = "../support/browser/mod.rs"]
mod browser;
mod compare;
mod comparison;
mod record;
mod recordings;
mod replays;
mod server;
#[path = "../support/shared.rs"]
mod shared;

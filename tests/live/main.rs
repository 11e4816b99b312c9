//! Tests of the server and of recordings: recording, importing, redacting, replaying and
//! comparing calls.

mod batch;
#[cfg(unix)]
#[path = "../support/browser/mod.rs"]
mod browser;
mod compare;
mod compare_partly;
mod comparison;
#[path = "../support/cpu_time.rs"]
mod cpu_time;
#[cfg(feature = "dap")]
mod dap;
mod debug;
#[cfg(all(unix, feature = "serve"))]
#[path = "../support/browser/hands.rs"]
mod hands;
#[cfg(feature = "lsp")]
mod lsp;
#[cfg(feature = "mcp")]
mod mcp;
mod played_scenarios;
mod record;
mod recordings;
mod replays;
mod server;
#[path = "../support/shared.rs"]
mod shared;
mod unknown_data;

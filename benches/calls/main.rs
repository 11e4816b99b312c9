//! The speed of calls and of loading flows, each compared with a baseline in the same
//! run. `docs/performance.md` explains the figures.
//!
//! The functions that were written by hand make the traces of the engine event by event,
//! and the time of a call excludes the resolution of its names. So the benchmarks of calls
//! use hidden modules of flowsim; `load` uses its API. `reverse` measures the debugger, and
//! fails if it is slower than its promise.

#![expect(clippy::print_stderr, reason = "criterion shows no percentiles")]

mod architect;
mod deep_menu;
mod fixtures;
mod load;
mod long_loop;
mod reverse;
mod shared_flow;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    architect::architect,
    shared_flow::shared_flow,
    deep_menu::deep_menu,
    long_loop::long_loop,
    reverse::reverse,
    load::load
);
criterion_main!(benches);

//! Tests of flows as documents: reading, checking, converting, drawing and comparing them,
//! diagnostics, and the expression language.

mod architect_check;
mod architect_fixtures;
mod archy;
mod check;
mod convert;
#[path = "../support/cpu_time.rs"]
mod cpu_time;
mod diagnostics;
mod diff;
mod eval;
mod exports;
mod expressions;
mod graph;
#[path = "../support/laws.rs"]
mod laws;
mod mistakes;
mod nesting;
mod publishing;
mod readers;
mod same_flow;
#[path = "../support/shared.rs"]
mod shared;

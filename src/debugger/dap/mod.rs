//! The Debug Adapter Protocol over two streams.
//!
//! | file | content |
//! |---|---|
//! | `launch` | attributes of the request `launch` |
//! | `reader` | a thread that reads requests, and counts those that interrupt a call |
//! | `server` | the session: requests in their order, stops |
//! | `points` | breakpoints of all kinds |
//! | `values` | stack, scopes, variables, expressions, answers of the caller |
//!
//! One thread reads requests, and another one answers them in their order. A motion
//! forwards ends early if a request to pause, terminate or disconnect waits.
//!
//! *Source: the Debug Adapter Protocol, version 1.71.*

mod launch;
mod points;
mod reader;
mod server;
mod values;

pub use server::serve;

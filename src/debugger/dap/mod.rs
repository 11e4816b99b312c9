//! The Debug Adapter Protocol over two streams.
//!
//! | file | content |
//! |---|---|
//! | `wire` | messages with their headers |
//! | `launch` | attributes of the request `launch` |
//! | `server` | the session: requests in their order, stops |
//! | `points` | breakpoints of all kinds |
//! | `values` | stack, scopes, variables, expressions, answers of the caller |
//!
//! One thread reads requests and answers them in their order. A motion takes at most the
//! time of one call, so that a request never waits long, and `pause` has nothing to do.
//!
//! *Source: the Debug Adapter Protocol, version 1.71.*

mod launch;
mod points;
mod server;
mod values;
mod wire;

pub use server::serve;

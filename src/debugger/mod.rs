//! The debugger: one call that a person stops, steps forwards and backwards, and changes.
//!
//! | file | content |
//! |---|---|
//! | `launch`, `witness`, `difference` | the call: of a flow, a test, an exploration or a recording |
//! | `machine`, `reverse` | motions forwards and backwards, answers of the caller |
//! | `breakpoint` | conditions under which a motion stops |
//! | `place` | actions and lines of flow files |
//! | `expression`, `draft` | expressions and assignments that a person types, of both dialects |
//! | `inspect` | running flows and tasks, variables and other values |
//! | `answer` | answers of the caller |
//! | `dap` | the Debug Adapter Protocol, for editors (feature `dap`) |
//!
//! `flowsim debug` is the same debugger in a terminal.

mod answer;
mod breakpoint;
#[cfg(feature = "dap")]
pub mod dap;
mod difference;
mod draft;
mod expression;
mod inspect;
mod launch;
mod machine;
mod place;
mod reverse;
mod witness;
mod words;

pub use answer::{Offer, offers, parse};
pub use breakpoint::{Breakpoint, Filters, HitRule, Owner, Wish};
pub use difference::Differing;
pub use inspect::{Level, Scope, ScopeKind, Variable, children, shown};
pub use launch::{Launch, Origin, Problems, Target, load};
pub use machine::{Debugger, Motion, Output, Stop};
pub use place::{Located, nodes_at_line, nodes_named};
pub use words::describe;

//! Architect's expression language. *Source: Genesys' expression catalogue and grammar.*
//!
//! Text becomes a tree the tree gets types and overloads, and what is left
//! is computed over numbered slots: no name and no overload is looked up at run time.

mod arguments;
mod equality;
mod failure;
mod functions;
mod parse;
mod problem;
mod shortcut;
mod signature;
mod surroundings;
mod syntax;
mod tree;

pub use arguments::Arguments;
pub use failure::Failure;
pub use functions::{function, functions};
pub use parse::{MAX_DEPTH, MAX_LENGTH, MAX_NESTING, parse};
pub use problem::Problem;
pub use signature::{Category, Evaluate, Function, Overload, Parameter};
pub use surroundings::{Directory, Policies, Surroundings, UnknownOrganization};
pub use tree::{Form, Operator, Place, Segment, Tree};

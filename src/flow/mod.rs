//! The model of a flow, into which all dialects are read.
//!
//! * [`read`] reads documents into flows, with one module per dialect;
//! * [`architect`] is the model of Architect's own flows, from Archy YAML and exports;
//! * [`check`] finds problems in flows without running them, with one file per finding;
//! * [`write`](mod@write) draws flows as graphs;
//! * [`dependencies`] finds the objects of the organisation that an Architect flow refers
//!   to;
//! * [`SymbolTable`] maps the ids in programs and traces to names.

pub mod architect;
pub mod check;
pub mod read;
pub mod write;

mod action;
pub(crate) mod called_flow;
mod dependency;
mod ids;
pub mod kinds;
mod link;
pub(crate) mod literal;
#[cfg(feature = "lsp")]
pub(crate) mod mention;
mod model;
mod place;
mod property;
mod received;
mod required_type;
mod symbols;
mod type_name;

pub use action::{
    Action, Assignment, CallFlow, DataAction, End, EndType, Gather, GetExternalContact,
    If, NotFound, QueueStatistics, Route, Say, Set, VariableType, Webhook,
};
pub use dependency::{Dependency, DependencyKind, dependencies};
pub use ids::{FlowId, NodeId, ReferenceId, SequenceId, TextId, VariableId};
pub(crate) use link::Links;
pub use model::{Flow, Node, Path, PathKind, Spanned, Target};
pub use received::{
    Received, attributes_read, built_ins_read, context_read, needs_answer, received,
};
pub use symbols::{FlowLabel, NodeLabel, SymbolTable};
#[cfg(feature = "lsp")]
pub(crate) use type_name::type_names;

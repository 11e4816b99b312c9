//! What a flow is: the model that all dialects are read into.
//!
//! * [`read`] turns documents into flows, one module a dialect;
//! * [`architect`] is the model of Architect's own flows, from Archy YAML and exports;
//! * [`check`] finds what is wrong with them without running them, one file a finding;
//! * [`write`](mod@write) draws them as graphs;
//! * [`dependencies`] are what a flow of Architect names of its organisation;
//! * [`Legend`] says what the ids in programs and traces stand for.

pub mod architect;
pub mod check;
pub mod read;
pub mod write;

mod action;
mod dependency;
mod ids;
pub(crate) mod kinds;
mod legend;
mod link;
mod model;
mod needed_type;
mod place;

pub use action::{
    Action, Assignment, CallFlow, DataAction, End, EndType, Gather, GetExternalContact,
    If, NotFound, QueueStatistics, Route, Say, Set, VariableType, Webhook,
};
pub use dependency::{Dependency, Needed, dependencies};
pub use ids::{FlowId, NodeId, ReferenceId, SequenceId, TextId, VariableId};
pub use legend::{FlowLabel, Legend, NodeLabel};
pub(crate) use link::Links;
pub use model::{Flow, Node, Path, PathKind, Target, Written};

//! Flows written down for people: as graphs, and as JSON of what was read.

mod dot;
mod graph;
mod mermaid;
mod model;

pub use dot::render_dot;
pub use graph::{Arrow, Cluster, Graph, Vertex};
pub use mermaid::render_mermaid;
pub use model::model;

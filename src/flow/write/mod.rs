//! Flows written down for people: as graphs.

mod dot;
mod graph;
mod mermaid;

pub use dot::render_dot;
pub use graph::{Arrow, Cluster, Graph, Vertex};
pub use mermaid::render_mermaid;

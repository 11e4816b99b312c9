//! Flows written down for people: as graphs, and as JSON of what was read.

mod dot;
mod graph;
mod heat;
mod mermaid;
mod model;

pub use dot::{render_dot, render_dot_heat};
pub use graph::{Arrow, Cluster, Graph, Vertex};
pub use heat::{Heat, level};
pub use mermaid::{render_mermaid, render_mermaid_heat};
pub use model::model;

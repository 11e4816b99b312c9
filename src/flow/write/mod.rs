//! Output of flows as data: as graphs, and as JSON of the model.

mod graph;
mod model;

pub use graph::{Arrow, Cluster, Graph, Vertex};
pub use model::model;

//! Output of flows as data: as graphs, as outlines, and as JSON of the model.

mod graph;
mod model;
mod outline;

pub use graph::{Arrow, Cluster, Graph, Vertex};
pub use model::model;
pub use outline::Outline;

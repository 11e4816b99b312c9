//! Output of flows for people: as graphs, as drawings of graphs, and as JSON of the
//! model.

mod dot;
mod drawing;
mod graph;
mod heat;
mod mermaid;
mod model;

pub use dot::{render_dot, render_dot_heat};
pub use drawing::{
    Drawing, Line, MOST_BOXES, Marking, Part, Shape, drawing, drawings, parts,
};
pub use graph::{Arrow, Cluster, Graph, Vertex};
pub use heat::{Heat, level};
pub use mermaid::{render_mermaid, render_mermaid_heat};
pub use model::model;

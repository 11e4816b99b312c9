//! Graphs of flows: as text for Graphviz and Mermaid, and as drawings for pages and
//! images.

mod dot;
mod drawing;
mod heat;
mod mermaid;

pub use dot::{render_dot, render_dot_heat};
pub use drawing::{
    Drawing, Line, MOST_BOXES, Marking, Part, Shape, drawing, drawings, parts,
};
pub use heat::level;
pub use mermaid::{render_mermaid, render_mermaid_heat};

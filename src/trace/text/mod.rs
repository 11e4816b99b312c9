//! The trace as a tree that a person reads.

use super::event::Trace;
use crate::flow::Legend;

/// How a text is laid out.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Whether it has colours.
    pub color: bool,
}

/// The trace, a line a step.
pub fn render_text(trace: &Trace, legend: &Legend, _style: TextStyle) -> String {
    trace.path(legend).map(|id| format!("{id}\n")).collect()
}

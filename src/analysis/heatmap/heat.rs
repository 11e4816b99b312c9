//! Counts of calls in a graph.

/// The number of calls that reached each part of a graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heat {
    /// By vertex; `None` for vertices that runs cannot name.
    pub vertices: Vec<Option<u64>>,
    /// By arrow; `None` if unknown.
    pub arrows: Vec<Option<u64>>,
}

impl Heat {
    /// The count of a vertex.
    pub fn vertex(&self, index: usize) -> Option<u64> {
        self.vertices.get(index).copied().flatten()
    }

    /// The count of an arrow.
    pub fn arrow(&self, index: usize) -> Option<u64> {
        self.arrows.get(index).copied().flatten()
    }

    /// The largest count of a vertex.
    pub fn largest(&self) -> u64 {
        self.vertices.iter().flatten().copied().max().unwrap_or(0)
    }
}

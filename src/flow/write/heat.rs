//! Counts of calls in a graph, and the shades of these counts.

use super::drawing::Marking;
use super::graph::Graph;

/// The number of calls that reached each part of a graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heat {
    /// By vertex; `None` for vertices that runs cannot name.
    pub vertices: Vec<Option<u64>>,
    /// By arrow; `None` if unknown.
    pub arrows: Vec<Option<u64>>,
}

/// The number of shades above zero.
const LEVELS: u64 = 4;

/// Returns the shade of a count: 0 for zero, else 1 to 4, in equal parts of the largest
/// count.
pub fn level(count: u64, largest: u64) -> usize {
    if count == 0 || largest == 0 {
        return 0;
    }
    let level = u128::from(count.min(largest)) * u128::from(LEVELS);
    usize::try_from(level.div_ceil(u128::from(largest))).unwrap_or(0)
}

/// Background, text and border colour of each shade, for formats without a dark mode.
pub(super) const COLORS: [(&str, &str, &str); 5] = [
    ("#f4f4f2", "#6a6a66", "#c9c9c4"),
    ("#d3ecab", "#1a2b1a", "#9cc06a"),
    ("#93d4bf", "#0d2b2b", "#4d9f89"),
    ("#2a78b5", "#ffffff", "#1d5683"),
    ("#1b2f80", "#ffffff", "#0e1a4d"),
];

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

    /// The width of an arrow.
    pub(super) fn width(&self, arrow: usize) -> Option<usize> {
        let count = self.arrow(arrow)?;
        (count > 0).then(|| 1 + level(count, self.largest()))
    }
}

/// Marks are shades; `None` for parts without a count.
impl Marking for Heat {
    type Mark = Option<usize>;

    fn of_vertex(&self, _: &Graph, vertex: usize) -> (Option<usize>, Option<u64>) {
        let count = self.vertex(vertex);
        (count.map(|count| level(count, self.largest())), count)
    }

    fn of_arrow(&self, _: &Graph, arrow: usize) -> (Option<usize>, Option<u64>) {
        let count = self.arrow(arrow);
        (count.map(|count| level(count, self.largest())), count)
    }

    fn words(_: Option<usize>) -> &'static str {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn only_nothing_has_no_shade_and_the_largest_has_the_darkest() {
        let levels = [0, 1, 25, 26, 50, 51, 75, 76, 100].map(|count| level(count, 100));
        assert_eq!(levels, [0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!(level(u64::MAX, u64::MAX), 4);
        assert_eq!((level(5, 0), level(1, 1)), (0, 4));
    }
}

//! Shades of the counts in a graph.

use super::drawing::Marking;
use crate::analysis::heatmap::Heat;
use crate::flow::write::Graph;
use crate::report::page::palette::light;

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

/// Border colours of the shades, for formats without a dark mode.
const BORDERS: [&str; 5] = ["#c9c9c4", "#9cc06a", "#4d9f89", "#1d5683", "#0e1a4d"];

/// Returns the background, text and border colour of a shade, for formats without a dark
/// mode.
pub(super) fn colors(shade: usize) -> Option<(&'static str, &'static str, &'static str)> {
    const SHADES: [(&str, &str); 5] =
        [("h0", "soft"), ("h1", "t1"), ("h2", "t2"), ("h3", "t3"), ("h4", "t4")];
    let ((fill, text), border) = SHADES.get(shade).zip(BORDERS.get(shade))?;
    Some((light(fill), light(text), border))
}

/// Returns the width of an arrow; `None` if it was never taken.
pub(super) fn width(heat: &Heat, arrow: usize) -> Option<usize> {
    let count = heat.arrow(arrow)?;
    (count > 0).then(|| 1 + level(count, heat.largest()))
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

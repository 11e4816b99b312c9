//! The positions of the boxes and arrows of a drawing, in layers from top to bottom.

use std::collections::{BTreeMap, BTreeSet};

use rust_sugiyama::configure::{Config, RankingType};
use rust_sugiyama::from_vertices_and_edges;

/// The position of a box or of a bend of an arrow, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// The centre, from the left.
    pub(super) x: f64,
    /// The centre, from the top.
    pub(super) y: f64,
}

/// The layout of a graph.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layout {
    /// The centre of each box.
    pub(super) boxes: Vec<Point>,
    /// For each arrow, the points between its two boxes.
    pub(super) bends: Vec<Vec<Point>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The margin around a drawing.
const MARGIN: f64 = 24.0;

/// The gap between boxes.
const GAP: f64 = 34.0;

/// The width of a gap between boxes through which an arrow can pass.
const PASSAGE: f64 = 6.0;

/// Maximum number of bends in a drawing. If there are more, the longest arrows become
/// straight lines, and the boxes are placed without regard to them.
const MOST_POINTS: usize = 500;

/// The largest number of boxes and bends with the most careful layout. Its time grows
/// much faster than this number.
const FEW: usize = 150;

/// A vertex for the layout library: its number and its size.
type Sized = (u32, (f64, f64));

/// Lays out boxes of these sizes, with arrows between their indexes. The result is
/// deterministic.
pub(super) fn lay_out(sizes: &[(f64, f64)], arrows: &[(usize, usize)]) -> Layout {
    let down = downward(sizes.len(), arrows);
    let layers = layers(sizes.len(), &down);
    // An arrow over several layers gets a point in each of them, so that it avoids the
    // boxes there.
    let mut chains = Chains {
        vertices: (0..).zip(sizes.iter().copied()).collect(),
        edges: BTreeSet::new(),
        chains: vec![Vec::new(); arrows.len()],
    };
    let between = |arrow: &usize| {
        let (from, to) = down[*arrow];
        layers[to].saturating_sub(layers[from] + 1)
    };
    let mut short_first: Vec<usize> = (0..down.len()).collect();
    short_first.sort_by_key(between);
    let mut points_left = MOST_POINTS;
    for arrow in short_first {
        let Some(left) = points_left.checked_sub(between(&arrow)) else { break };
        points_left = left;
        chains.add(arrow, down[arrow], between(&arrow));
    }
    let mut second = placed(&chains.vertices, &chains.edges);
    if is_mirrored(&second, arrows) {
        second.iter_mut().for_each(|point| point.x = -point.x);
    }
    framed(sizes, arrows, &second, &chains.chains)
}

/// Arrows with their bends.
struct Chains {
    vertices: Vec<Sized>,
    edges: BTreeSet<(usize, usize)>,
    /// For each arrow, its bends from top to bottom.
    chains: Vec<Vec<usize>>,
}

impl Chains {
    fn add(&mut self, arrow: usize, (from, to): (usize, usize), between: usize) {
        let mut last = from;
        for _ in 0..between {
            let point = self.vertices.len();
            let number = u32::try_from(point).unwrap_or(u32::MAX);
            self.vertices.push((number, (PASSAGE, 1.0)));
            self.edges.insert((last, point));
            self.chains[arrow].push(point);
            last = point;
        }
        if last != to {
            self.edges.insert((last, to));
        }
    }
}

/// Reverses the arrows that lead back to a box from which they can be reached.
fn downward(count: usize, arrows: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut out = vec![Vec::new(); count];
    for (index, (from, _)) in arrows.iter().enumerate() {
        out[*from].push(index);
    }
    let mut down = arrows.to_vec();
    // The states are 0 for new, 1 for on the current path, 2 for finished.
    let mut states = vec![0_u8; count];
    for start in 0..count {
        let mut path = if states[start] == 0 { vec![(start, 0)] } else { Vec::new() };
        while let Some((vertex, next)) = path.last_mut() {
            states[*vertex] = 1;
            let Some(&arrow) = out[*vertex].get(*next) else {
                states[*vertex] = 2;
                path.pop();
                continue;
            };
            *next += 1;
            let (from, to) = arrows[arrow];
            match states[to] {
                0 => path.push((to, 0)),
                1 => down[arrow] = (to, from),
                _ => {}
            }
        }
    }
    down
}

/// Returns the positions of vertices by index. Connected parts are placed side by side.
fn placed(vertices: &[Sized], edges: &BTreeSet<(usize, usize)>) -> Vec<Point> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let edges: Vec<_> =
        { edges.iter() }.map(|(from, to)| (number(*from), number(*to))).collect();
    let is_small = vertices.len() <= FEW;
    let config = Config {
        vertex_spacing: GAP,
        // Arrows over several layers already have bends.
        dummy_vertices: false,
        ranking_type: if is_small {
            RankingType::MinimizeEdgeLength
        } else {
            RankingType::Up
        },
        transpose: is_small,
        ..Config::default()
    };
    let mut points = vec![Point { x: 0.0, y: 0.0 }; vertices.len()];
    let mut left = 0.0;
    for (part, _, _) in from_vertices_and_edges(vertices, &edges, &config) {
        let half = |index: usize| vertices.get(index).map_or(0.0, |it| it.1.0 / 2.0);
        let ends =
            part.iter().map(|(index, (x, _))| (x - half(*index), x + half(*index)));
        let (least, most) = ends
            .fold((f64::MAX, f64::MIN), |(least, most), (from, to)| {
                (least.min(from), most.max(to))
            });
        for (index, (x, y)) in part {
            if let Some(point) = points.get_mut(index) {
                *point = Point { x: x - least + left, y };
            }
        }
        left += most - least + GAP;
    }
    points
}

/// Returns the layer of each box, from 0: one below the lowest box that leads to it.
fn layers(count: usize, down: &[(usize, usize)]) -> Vec<usize> {
    let mut out = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (from, to) in down.iter().filter(|(from, to)| from != to) {
        out[*from].push(*to);
        waiting[*to] += 1;
    }
    let mut layers = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|it| waiting[*it] == 0).collect();
    while let Some(from) = ready.pop() {
        for to in std::mem::take(&mut out[from]) {
            layers[to] = layers[to].max(layers[from] + 1);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                ready.push(to);
            }
        }
    }
    layers
}

/// Whether most targets of a box are in the reverse order of their arrows. The first
/// arrow is read first, so its target belongs to the left.
fn is_mirrored(points: &[Point], arrows: &[(usize, usize)]) -> bool {
    let mut last: BTreeMap<usize, f64> = BTreeMap::new();
    let mut score = 0;
    for (from, to) in arrows {
        let Some(point) = points.get(*to) else { continue };
        if let Some(before) = last.insert(*from, point.x) {
            score += i32::from(before < point.x) - i32::from(before > point.x);
        }
    }
    score < 0
}

/// Returns the layout with margins.
fn framed(
    sizes: &[(f64, f64)],
    arrows: &[(usize, usize)],
    points: &[Point],
    chains: &[Vec<usize>],
) -> Layout {
    let boxes = points.iter().zip(sizes);
    let left = boxes.clone().map(|(it, size)| it.x - size.0 / 2.0);
    let left = left.chain(points.iter().map(|it| it.x)).fold(f64::MAX, f64::min);
    let top = boxes.clone().map(|(it, size)| it.y - size.1 / 2.0);
    let top = top.fold(f64::MAX, f64::min);
    let moved = |it: &Point| Point {
        x: (it.x - left + MARGIN).round(),
        y: (it.y - top + MARGIN).round(),
    };
    let right = boxes.clone().map(|(it, size)| moved(it).x + size.0 / 2.0);
    let right = right.chain(points.iter().map(|it| moved(it).x)).fold(0.0, f64::max);
    let bottom = boxes.map(|(it, size)| moved(it).y + size.1 / 2.0).fold(0.0, f64::max);
    let bends = chains.iter().zip(arrows).map(|(chain, (from, _))| {
        let points_of: Vec<Point> =
            chain.iter().filter_map(|it| points.get(*it)).map(moved).collect();
        let start = points.get(*from).map(|it| moved(it).y);
        // The bends of a reversed arrow are ordered from bottom to top.
        match points_of.first().zip(start) {
            Some((first, start)) if first.y < start => {
                points_of.into_iter().rev().collect()
            }
            _ => points_of,
        }
    });
    Layout {
        boxes: points.iter().take(sizes.len()).map(moved).collect(),
        bends: bends.collect(),
        width: (right + MARGIN).round(),
        height: (bottom + MARGIN).round(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expr::laws::laws;

    fn overlap(one: Point, other: Point, size: (f64, f64)) -> bool {
        (one.x - other.x).abs() < size.0 && (one.y - other.y).abs() < size.1
    }

    #[test]
    fn targets_are_below() {
        let arrows = [(0, 1), (1, 2), (2, 0), (0, 2), (1, 1)];
        let layout = lay_out(&[(100.0, 40.0); 3], &arrows);
        let heights: Vec<f64> = layout.boxes.iter().map(|it| it.y).collect();
        assert!(heights[0] < heights[1] && heights[1] < heights[2], "{heights:?}");
        // Arrows over a layer avoid the box there; the arrow back runs from bottom to
        // top.
        assert_eq!(layout.bends[2].len(), 1);
        assert_eq!(layout.bends[3].len(), 1);
        assert!((layout.bends[3][0].x - layout.boxes[1].x).abs() > 50.0);
        assert!(layout.bends[0].is_empty() && layout.bends[4].is_empty());
    }

    #[test]
    fn the_first_way_is_left_of_the_others() {
        let layout = lay_out(&[(100.0, 40.0); 4], &[(0, 1), (0, 2), (0, 3)]);
        let places: Vec<f64> = layout.boxes.iter().map(|it| it.x).collect();
        assert!(places[1] < places[2] && places[2] < places[3], "{places:?}");
    }

    #[test]
    fn nothing_and_single_boxes_can_be_laid_out() {
        assert!(lay_out(&[], &[]).boxes.is_empty());
        let layout = lay_out(&[(100.0, 40.0); 2], &[]);
        assert!(!overlap(layout.boxes[0], layout.boxes[1], (100.0, 40.0)));
    }

    laws! {
        part 4;

        #[test]
        fn any_graph_can_be_laid_out(
            count in 1_usize..60,
            arrows in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..120)
        ) {
            let arrows: Vec<_> =
                arrows.iter().map(|(a, b)| (a.index(count), b.index(count))).collect();
            let size = (100.0, 40.0);
            let layout = lay_out(&vec![size; count], &arrows);
            prop_assert_eq!(layout.boxes.len(), count);
            prop_assert_eq!(layout.bends.len(), arrows.len());
            prop_assert_eq!(&layout, &lay_out(&vec![size; count], &arrows));
            for (index, one) in layout.boxes.iter().enumerate() {
                prop_assert!(one.x >= 50.0 && one.x <= layout.width - 50.0, "{:?}", one);
                for other in &layout.boxes[index + 1..] {
                    prop_assert!(!overlap(*one, *other, size), "{:?} {:?}", one, other);
                }
            }
        }
    }
}

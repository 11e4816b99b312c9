//! Graphs as drawings: boxes, arrows, and counts of calls.
//!
//! A drawing consists of shapes and positions only. The page of a test run and the heat
//! map render it.

mod layout;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use crate::flow::write::{Arrow, Cluster, Graph};
use crate::trace::shortened_to_width;
use layout::{Layout, Point, lay_out};

/// The largest number of boxes in a drawing. Larger parts are shown as a list.
pub const MOST_BOXES: usize = 300;

/// The largest number of columns shown of a name and of a label.
const NAME: usize = 26;
const LABEL: usize = 15;

/// The height of a box, and of the line in it that names the target of a jump.
const HEIGHT: f64 = 44.0;
const JUMP: f64 = 16.0;

/// The height added to a box, which leaves space for labels between layers.
const BETWEEN: f64 = 26.0;

/// The appearance of the vertices and arrows of a graph.
pub trait Marking {
    /// The value that determines the appearance of a box or an arrow.
    type Mark: Copy;

    /// Returns the mark of a vertex, and the number of calls that reached it, if counted.
    fn of_vertex(&self, graph: &Graph, vertex: usize) -> (Self::Mark, Option<u64>);

    /// Returns the mark of an arrow, and the number of times that it was taken, if
    /// counted.
    fn of_arrow(&self, graph: &Graph, arrow: usize) -> (Self::Mark, Option<u64>);

    /// The mark in words; empty if the count is sufficient.
    fn words(mark: Self::Mark) -> &'static str;
}

/// A part of a graph with its own drawing: a unit of a flow, or a whole flow without
/// units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of the unit; `None` for a flow without units.
    pub title: Option<String>,
    /// The vertices, by their index in the graph.
    pub vertices: Range<usize>,
}

/// The drawing of a part of a graph, in pixels from its upper left corner.
#[derive(Debug, Serialize)]
pub struct Drawing<M> {
    /// The name of the unit; `None` for a flow without units.
    pub title: Option<String>,
    /// The number of boxes.
    pub count: usize,
    /// Whether there are too many boxes. In that case `boxes` and `arrows` are empty.
    pub is_list: bool,
    /// The width, including margins.
    pub width: f64,
    /// The height, including margins.
    pub height: f64,
    /// The vertices.
    pub boxes: Vec<Shape<M>>,
    /// The arrows between them, without those to other units.
    pub arrows: Vec<Line<M>>,
}

/// A vertex as a box.
#[derive(Debug, Serialize)]
pub struct Shape<M> {
    /// The left side.
    pub x: f64,
    /// The upper side.
    pub y: f64,
    /// The width, which fits the box's text.
    pub width: f64,
    /// The height, which is larger for a jump.
    pub height: f64,
    /// The value that determines the appearance.
    pub mark: M,
    /// Whether a call starts here.
    pub is_start: bool,
    /// The name, truncated if it is long.
    pub name: String,
    /// The kind, truncated if it is long; empty if it equals the name.
    pub kind: String,
    /// The target unit of a jump.
    pub jump: Option<String>,
    /// The number of calls that reached the vertex, if counted.
    pub count: Option<u64>,
    /// The complete text.
    pub title: String,
}

/// An arrow as a curve.
#[derive(Debug, Serialize)]
pub struct Line<M> {
    /// The curve, as the `d` attribute of an SVG path.
    pub path: String,
    /// The value that determines the appearance.
    pub mark: M,
    /// The outcome for which it is taken, truncated if it is long; empty for the ordinary
    /// path.
    pub label: String,
    /// The centre of the label, from the left.
    pub x: f64,
    /// The centre of the label, from the top.
    pub y: f64,
    /// The complete text.
    pub title: String,
}

/// Returns the parts of a graph that are drawn separately.
pub fn parts(graph: &Graph) -> Vec<Part> {
    if graph.clusters.is_empty() {
        return vec![Part { title: None, vertices: 0..graph.vertices.len() }];
    }
    let clusters = graph.clusters.iter();
    let part = |it: &Cluster| Part {
        title: Some(it.name.clone()),
        vertices: it.vertices.clone(),
    };
    clusters.map(part).collect()
}

/// Returns the drawings of all parts of a graph.
pub fn drawings<K: Marking>(graph: &Graph, marks: &K) -> Vec<Drawing<K::Mark>> {
    parts(graph).into_iter().map(|part| drawing(graph, part, marks)).collect()
}

/// Draws a part of a graph. The result is deterministic.
pub fn drawing<K: Marking>(graph: &Graph, part: Part, marks: &K) -> Drawing<K::Mark> {
    let Part { title, vertices: range } = part;
    let count = range.len();
    let is_list = count > MOST_BOXES;
    if is_list {
        let (boxes, arrows) = (Vec::new(), Vec::new());
        return Drawing { title, count, is_list, width: 0.0, height: 0.0, boxes, arrows };
    }
    let mut boxes: Vec<_> =
        range.clone().map(|vertex| shape(graph, vertex, marks)).collect();
    let is_inside = |(_, it): &(usize, &Arrow)| {
        !it.is_jump && range.contains(&it.from) && range.contains(&it.to)
    };
    let arrows: Vec<_> = graph.arrows.iter().enumerate().filter(is_inside).collect();
    let ends = arrows.iter().map(|(_, it)| (it.from - range.start, it.to - range.start));
    let ends: Vec<_> = ends.collect();
    let sizes: Vec<_> = boxes.iter().map(|it| (it.width, it.height + BETWEEN)).collect();
    let layout = lay_out(&sizes, &ends);
    for (shape, place) in boxes.iter_mut().zip(&layout.boxes) {
        (shape.x, shape.y) = (place.x - shape.width / 2.0, place.y - shape.height / 2.0);
    }
    let routes = routes(&boxes, &ends, &layout);
    let lines = arrows.into_iter().zip(&routes);
    let lines = lines.map(|((index, _), route)| line(graph, index, route, marks));
    Drawing {
        title,
        count,
        is_list,
        // The loop of a box to itself extends to its right.
        width: layout.width + 24.0,
        height: layout.height,
        arrows: lines.collect(),
        boxes,
    }
}

fn shape<K: Marking>(graph: &Graph, vertex: usize, marks: &K) -> Shape<K::Mark> {
    let about = &graph.vertices[vertex];
    let jumps = graph.arrows.iter().filter(|it| it.is_jump && it.from == vertex);
    let jumps: Vec<&str> = jumps.map(|it| graph.vertices[it.to].name.as_str()).collect();
    let jump = (!jumps.is_empty()).then(|| format!("⇢ {}", jumps.join(", ")));
    let (mark, count) = marks.of_vertex(graph, vertex);
    let kind = if about.kind == about.name { "" } else { about.kind.as_str() };
    let jump_text = jump.as_deref().unwrap_or_default();
    let name = match about.number {
        Some(number) => format!("{number} {}", about.name),
        None => about.name.clone(),
    };
    let condition = about.condition.as_str();
    let title = titled([&name, kind, condition, jump_text, K::words(mark)], count);
    let name = shortened(&name, NAME);
    let kind = shortened(kind, NAME - 6);
    let jump = jump.map(|it| shortened(&it, NAME));
    let texts = [name.as_str(), jump.as_deref().unwrap_or_default()];
    let widest = texts.into_iter().map(columns).max().unwrap_or_default();
    // The count follows the kind.
    let count_width = count.map_or(0, |it| columns(&it.to_string()) + 2).max(6);
    let widest = widest.max(columns(&kind) + count_width);
    Shape {
        x: 0.0,
        y: 0.0,
        width: (f64::from(widest) * 7.8 + 24.0).max(104.0),
        height: if jump.is_some() { HEIGHT + JUMP } else { HEIGHT },
        mark,
        is_start: about.is_start,
        name,
        kind,
        jump,
        count,
        title,
    }
}

fn line<K: Marking>(
    graph: &Graph,
    index: usize,
    route: &Route,
    marks: &K,
) -> Line<K::Mark> {
    let (mark, count) = marks.of_arrow(graph, index);
    let label = graph.arrows[index].label.as_str();
    let way = if label.is_empty() { "next" } else { label };
    let condition = graph.arrows[index].condition.as_str();
    let title = titled([way, condition, K::words(mark)], count);
    let label = shortened(label, LABEL);
    Line { path: route.path(), mark, label, x: route.middle.x, y: route.middle.y, title }
}

/// Joins the strings and the count.
fn titled<const N: usize>(texts: [&str; N], count: Option<u64>) -> String {
    let texts: Vec<&str> = texts.into_iter().filter(|it| !it.is_empty()).collect();
    let mut title = texts.join(" · ");
    if let Some(count) = count {
        let _ = write!(title, ", {count}×");
    }
    title
}

/// The points of an arrow from box to box.
struct Route {
    points: Vec<Point>,
    /// The position of the label.
    middle: Point,
    is_loop: bool,
}

/// A side of a box: the index of the box, and whether it is the bottom side.
type Port = (usize, bool);

fn routes<M>(boxes: &[Shape<M>], ends: &[(usize, usize)], layout: &Layout) -> Vec<Route> {
    let middle = |index: usize| layout.boxes[index];
    let mut ports: BTreeMap<Port, Vec<(i64, usize, bool)>> = BTreeMap::new();
    for (index, (from, to)) in ends.iter().enumerate().filter(|(_, it)| it.0 != it.1) {
        let is_down = middle(*from).y <= middle(*to).y;
        let bends = &layout.bends[index];
        let toward = |next: Option<&Point>, other: usize| {
            whole(next.map_or(middle(other).x, |it| it.x))
        };
        let start = (toward(bends.first(), *to), index, true);
        let end = (toward(bends.last(), *from), index, false);
        ports.entry((*from, is_down)).or_default().push(start);
        ports.entry((*to, !is_down)).or_default().push(end);
    }
    let mut starts = vec![Point { x: 0.0, y: 0.0 }; ends.len()];
    let mut stops = starts.clone();
    for ((index, is_bottom), mut wanted) in ports {
        wanted.sort_unstable();
        let shape = &boxes[index];
        let y = if is_bottom { shape.y + shape.height } else { shape.y };
        let step = shape.width * 0.8 / (whole_count(wanted.len()) + 1.0);
        for (place, (_, arrow, is_start)) in wanted.iter().enumerate() {
            let x = shape.x + shape.width * 0.1 + step * (whole_count(place) + 1.0);
            let ends = if *is_start { &mut starts } else { &mut stops };
            ends[*arrow] = Point { x: x.round(), y };
        }
    }
    let all = ends.iter().enumerate();
    all.map(|(index, (from, to))| {
        if from == to {
            return around(&boxes[*from]);
        }
        let bends = layout.bends[index].iter().copied();
        let points: Vec<Point> =
            [starts[index]].into_iter().chain(bends).chain([stops[index]]).collect();
        let middle = between(points[0], points[1]);
        Route { points, middle, is_loop: false }
    })
    .collect()
}

/// Returns the arrow of a box to itself, at its right.
fn around<M>(shape: &Shape<M>) -> Route {
    let x = shape.x + shape.width;
    let at = |part: f64| Point { x, y: shape.y + shape.height * part };
    let middle = Point { x: x + 18.0, y: shape.y + shape.height / 2.0 };
    Route { points: vec![at(0.7), at(0.3)], middle, is_loop: true }
}

impl Route {
    /// Returns the SVG path: curves that begin and end vertically, and pass vertically
    /// between the boxes of a layer.
    fn path(&self) -> String {
        let mut path = String::new();
        let Some((first, rest)) = self.points.split_first() else { return path };
        let _ = write!(path, "M{} {}", first.x, first.y);
        if self.is_loop {
            let right = first.x + 26.0;
            for end in rest {
                let (y, to) = (first.y, end.y);
                let _ = write!(path, "C{right} {y} {right} {to} {} {to}", end.x);
            }
            return path;
        }
        let mut at = *first;
        for (index, point) in rest.iter().enumerate() {
            let is_last = index + 1 == rest.len();
            let half = if point.y < at.y { -HEIGHT / 2.0 } else { HEIGHT / 2.0 };
            let enter = if is_last { point.y } else { point.y - half };
            let y = f64::midpoint(at.y, enter);
            let _ = write!(path, "C{} {y} {} {y} {} {enter}", at.x, point.x, point.x);
            if !is_last {
                let _ = write!(path, "V{}", point.y + half);
            }
            at = Point { x: point.x, y: point.y + half };
        }
        path
    }
}

fn between(one: Point, other: Point) -> Point {
    // A long arrow has its label near its start.
    let part = (60.0 / (other.y - one.y).abs().max(1.0)).min(0.5);
    let x = one.x + (other.x - one.x) * part;
    Point { x: x.round(), y: (one.y + (other.y - one.y) * part).round() }
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a drawing are few")]
fn whole(x: f64) -> i64 {
    (x * 8.0) as i64
}

fn whole_count(count: usize) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from)
}

fn columns(text: &str) -> u32 {
    let width = |it: char| u32::try_from(it.width().unwrap_or(1)).unwrap_or(1);
    text.chars().map(width).sum()
}

/// Returns the beginning of a string, at most the given number of columns wide.
fn shortened(text: &str, most: usize) -> String {
    let plain = |it: char| if it.is_control() { ' ' } else { it };
    shortened_to_width(&text.chars().map(plain).collect::<String>(), most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::heatmap::Heat;
    use crate::flow::write::Cluster;

    #[test]
    fn counts_and_shades_are_drawn() {
        let arrows = [(0, 1, "", false), (0, 2, "error", false), (1, 2, "", true)];
        let graph = Graph::sketch(&["a", "b", "c"], &arrows);
        let heat = Heat {
            vertices: vec![Some(1_234_567), Some(0), None],
            arrows: vec![Some(600_000), Some(0), None],
        };
        let drawn = drawings(&graph, &heat);
        let [drawing] = drawn.as_slice() else { panic!("{drawn:?}") };
        let boxes: Vec<_> = drawing.boxes.iter().map(|it| (it.mark, it.count)).collect();
        assert_eq!(boxes, [(Some(4), Some(1_234_567)), (Some(0), Some(0)), (None, None)]);
        assert_eq!(drawing.boxes[0].title, "a · say, 1234567×");
        assert_eq!(drawing.boxes[1].title, "b · say · ⇢ c, 0×");
        // A long count has space after the kind.
        assert!(drawing.boxes[0].width > drawing.boxes[1].width);
        let arrows: Vec<_> = drawing.arrows.iter().map(|it| it.mark).collect();
        assert_eq!(arrows, [Some(2), Some(0)]);
        assert_eq!(drawing.arrows[1].title, "error, 0×");
    }

    #[test]
    fn each_unit_has_a_separate_drawing() {
        let mut graph =
            Graph::sketch(&["a", "b", "c"], &[(0, 1, "", false), (1, 2, "", true)]);
        let cluster = |name: &str, vertices| Cluster { name: name.into(), vertices };
        graph.clusters = vec![cluster("One", 0..2), cluster("Two", 2..3)];
        let drawn = drawings(&graph, &Heat::default());
        let about = |it: &Drawing<_>| (it.title.clone(), it.boxes.len(), it.arrows.len());
        let about: Vec<_> = drawn.iter().map(about).collect();
        assert_eq!(about, [(Some("One".into()), 2, 1), (Some("Two".into()), 1, 0)]);
        assert_eq!(drawn[0].boxes[1].jump.as_deref(), Some("⇢ c"));
    }

    #[test]
    fn too_many_boxes_are_a_list() {
        let names = vec!["a"; MOST_BOXES + 1];
        let drawn = drawings(&Graph::sketch(&names, &[]), &Heat::default());
        assert!(drawn[0].is_list && drawn[0].boxes.is_empty());
        assert_eq!(drawn[0].count, MOST_BOXES + 1);
        let drawn = drawings(&Graph::sketch(&names[1..], &[]), &Heat::default());
        assert_eq!(drawn[0].boxes.len(), MOST_BOXES);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 6), "abcde…");
        assert_eq!(shortened("a\u{1b}b", 6), "a b");
    }
}

//! Graphs of flows as drawings: what stands where, and what calls have come to.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use super::layout::{Layout, Point, lay_out};
use super::marks::{Mark, Marks};
use crate::flow::write::{Arrow, Graph};

/// How many boxes a drawing may have; what has more is a list.
pub(super) const MOST_BOXES: usize = 300;

/// How many columns of a name and of a label are shown.
const NAME: usize = 26;
const LABEL: usize = 15;

/// The height of a box, and of its line that tells where it jumps to.
const HEIGHT: f64 = 44.0;
const JUMP: f64 = 16.0;

/// What is added to a box so that labels have room between layers.
const BETWEEN: f64 = 26.0;

/// A unit of a flow, or all of a flow that has none.
#[derive(Debug, Default, Serialize)]
pub(super) struct Drawing {
    /// The name of the unit; of a flow without units, none.
    title: Option<String>,
    /// How many boxes there are.
    count: usize,
    /// Whether there are too many.
    is_list: bool,
    width: f64,
    height: f64,
    boxes: Vec<Shape>,
    arrows: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Shape {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    mark: Mark,
    is_start: bool,
    name: String,
    kind: String,
    /// The unit that it jumps to.
    jump: Option<String>,
    count: Option<u64>,
    /// All of it, in words.
    title: String,
}

#[derive(Debug, Serialize)]
struct Line {
    path: String,
    mark: Mark,
    label: String,
    x: f64,
    y: f64,
    title: String,
}

/// The drawings of a flow: one a unit, or one of all.
pub(super) fn drawings(graph: &Graph, marks: &Marks<'_>) -> Vec<Drawing> {
    if graph.clusters.is_empty() {
        return vec![drawing(graph, 0..graph.vertices.len(), None, marks)];
    }
    let clusters = graph.clusters.iter();
    let one = clusters
        .map(|it| drawing(graph, it.vertices.clone(), Some(it.name.clone()), marks));
    one.collect()
}

fn drawing(
    graph: &Graph,
    range: std::ops::Range<usize>,
    title: Option<String>,
    marks: &Marks<'_>,
) -> Drawing {
    let count = range.len();
    if count > MOST_BOXES {
        return Drawing { title, count, is_list: true, ..Drawing::default() };
    }
    let mut boxes: Vec<Shape> =
        range.clone().map(|vertex| shape(graph, vertex, marks)).collect();
    let is_inside =
        |it: &&Arrow| !it.is_jump && range.contains(&it.from) && range.contains(&it.to);
    let arrows: Vec<&Arrow> = graph.arrows.iter().filter(is_inside).collect();
    let ends: Vec<_> =
        arrows.iter().map(|it| (it.from - range.start, it.to - range.start)).collect();
    let sizes: Vec<_> = boxes.iter().map(|it| (it.width, it.height + BETWEEN)).collect();
    let layout = lay_out(&sizes, &ends);
    for (shape, place) in boxes.iter_mut().zip(&layout.boxes) {
        (shape.x, shape.y) = (place.x - shape.width / 2.0, place.y - shape.height / 2.0);
    }
    let routes = routes(&boxes, &ends, &layout);
    let lines = arrows.iter().zip(&routes);
    let lines = lines.map(|(arrow, route)| line(graph, arrow, route, marks));
    Drawing {
        title,
        count,
        is_list: false,
        // The loop of a box back to itself stands out at its right.
        width: layout.width + 24.0,
        height: layout.height,
        arrows: lines.collect(),
        boxes,
    }
}

fn shape(graph: &Graph, vertex: usize, marks: &Marks<'_>) -> Shape {
    let about = &graph.vertices[vertex];
    let jumps = graph.arrows.iter().filter(|it| it.is_jump && it.from == vertex);
    let jumps: Vec<&str> = jumps.map(|it| graph.vertices[it.to].name.as_str()).collect();
    let jump = (!jumps.is_empty()).then(|| format!("⇢ {}", jumps.join(", ")));
    let (mark, count) = marks.of_vertex(about);
    let kind = if about.kind == about.name { "" } else { about.kind.as_str() };
    let mut title = about.name.clone();
    for more in [kind, jump.as_deref().unwrap_or_default(), mark.words()] {
        if !more.is_empty() {
            let _ = write!(title, " · {more}");
        }
    }
    if let Some(count) = count {
        let _ = write!(title, ", {count}×");
    }
    let name = shortened(&about.name, NAME);
    let kind = shortened(kind, NAME - 6);
    let jump = jump.map(|it| shortened(&it, NAME));
    let texts = [name.as_str(), jump.as_deref().unwrap_or_default()];
    let widest = texts.into_iter().map(columns).max().unwrap_or_default();
    let widest = widest.max(columns(&kind) + 6);
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

fn line(graph: &Graph, arrow: &Arrow, route: &Route, marks: &Marks<'_>) -> Line {
    let (mark, count) = marks.of_arrow(graph, arrow);
    let way = if arrow.label.is_empty() { "next" } else { arrow.label.as_str() };
    let mut title = format!("{way} · {}", mark.words());
    if let Some(count) = count {
        let _ = write!(title, ", {count}×");
    }
    let label = shortened(&arrow.label, LABEL);
    Line { path: route.path(), mark, label, x: route.middle.x, y: route.middle.y, title }
}

/// The points of an arrow from box to box.
struct Route {
    points: Vec<Point>,
    /// Where the label stands.
    middle: Point,
    is_loop: bool,
}

/// Which side of which box, and what would be best for the arrow that ends there.
type Port = (usize, bool);

fn routes(boxes: &[Shape], ends: &[(usize, usize)], layout: &Layout) -> Vec<Route> {
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

/// The way of a box to itself, at its right.
fn around(shape: &Shape) -> Route {
    let x = shape.x + shape.width;
    let at = |part: f64| Point { x, y: shape.y + shape.height * part };
    let middle = Point { x: x + 18.0, y: shape.y + shape.height / 2.0 };
    Route { points: vec![at(0.7), at(0.3)], middle, is_loop: true }
}

impl Route {
    /// As SVG writes it: curves that begin and end upright, and pass upright by the boxes of
    /// a layer.
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
    // A long way has its label near its beginning.
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

/// The beginning of a text, so many columns wide.
fn shortened(text: &str, most: usize) -> String {
    let mut short = String::new();
    let mut left = most;
    for character in text.chars() {
        let Some(rest) = left.checked_sub(character.width().unwrap_or(1)) else {
            short.pop();
            short.push('…');
            break;
        };
        left = rest;
        short.push(if character.is_control() { ' ' } else { character });
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::coverage::{FlowReport, Kind, NodeReport, PartReport};
    use crate::flow::write::{Cluster, Vertex};

    fn part(kind: Kind, name: &str, text: Option<&str>, count: u64) -> PartReport {
        PartReport { kind, name: name.into(), text: text.map(Into::into), count }
    }

    fn node(id: &str, kind: Kind, count: u64, parts: Vec<PartReport>) -> NodeReport {
        NodeReport { id: id.into(), kind: Some(kind), line: 1, count, parts }
    }

    fn report(nodes: Vec<NodeReport>) -> FlowReport {
        let text = || "f".into();
        let (id, name, flow_type, file) = (text(), text(), text(), text());
        FlowReport { id, name, flow_type, file, line: 1, count: 1, nodes }
    }

    fn graph(names: &[&str], arrows: &[(usize, usize, &str, bool)]) -> Graph {
        let vertex = |name: &&str| Vertex {
            id: Some((*name).into()),
            name: (*name).into(),
            kind: "say".into(),
            is_start: *name == "a",
        };
        let arrow = |&(from, to, label, is_jump): &(usize, usize, &str, bool)| Arrow {
            from,
            to,
            label: label.into(),
            is_jump,
        };
        Graph {
            name: "f".into(),
            vertices: names.iter().map(vertex).collect(),
            clusters: Vec::new(),
            arrows: arrows.iter().map(arrow).collect(),
        }
    }

    #[test]
    fn what_calls_came_to_is_marked() {
        let parts =
            vec![part(Kind::Paths, "next", None, 3), part(Kind::Paths, "error", None, 0)];
        let choices = vec![
            part(Kind::Choices, "a", Some("key 1"), 2),
            part(Kind::Choices, "c", None, 0),
        ];
        let report = report(vec![
            node("a", Kind::Nodes, 3, parts),
            node("b", Kind::Menus, 2, choices),
            node("c", Kind::Nodes, 0, Vec::new()),
        ]);
        let arrows = [
            (0, 1, "", false),
            (0, 2, "error", false),
            (1, 0, "1", false),
            (1, 2, "", false),
            (2, 3, "", false),
        ];
        let graph = graph(&["a", "b", "c", "d"], &arrows);
        let drawn = drawings(&graph, &Marks::of(&report));
        let [drawing] = drawn.as_slice() else { panic!("{drawn:?}") };
        let marks: Vec<_> = drawing.boxes.iter().map(|it| (it.mark, it.count)).collect();
        assert_eq!(
            marks,
            [
                (Mark::Partly, Some(3)),
                (Mark::Partly, Some(2)),
                (Mark::Missed, Some(0)),
                (Mark::Plain, None)
            ]
        );
        let marks: Vec<_> = drawing.arrows.iter().map(|it| it.mark).collect();
        let (covered, missed) = (Mark::Covered, Mark::Missed);
        assert_eq!(marks, [covered, missed, covered, missed, Mark::Plain]);
        assert_eq!(drawing.arrows[1].title, "error · not covered, 0×");
        assert_eq!(drawing.boxes[0].title, "a · say · partly covered, 3×");
    }

    #[test]
    fn a_unit_has_a_drawing_of_its_own() {
        let mut graph = graph(&["a", "b", "c"], &[(0, 1, "", false), (1, 2, "", true)]);
        let cluster = |name: &str, vertices| Cluster { name: name.into(), vertices };
        graph.clusters = vec![cluster("One", 0..2), cluster("Two", 2..3)];
        let report = report(Vec::new());
        let drawn = drawings(&graph, &Marks::of(&report));
        let about = |it: &Drawing| (it.title.clone(), it.boxes.len(), it.arrows.len());
        let about: Vec<_> = drawn.iter().map(about).collect();
        assert_eq!(about, [(Some("One".into()), 2, 1), (Some("Two".into()), 1, 0)]);
        assert_eq!(drawn[0].boxes[1].jump.as_deref(), Some("⇢ c"));
    }

    #[test]
    fn too_many_boxes_are_a_list() {
        let names = vec!["a"; MOST_BOXES + 1];
        let drawn = drawings(&graph(&names, &[]), &Marks::of(&report(Vec::new())));
        assert!(drawn[0].is_list && drawn[0].boxes.is_empty());
        assert_eq!(drawn[0].count, MOST_BOXES + 1);
        let drawn = drawings(&graph(&names[1..], &[]), &Marks::of(&report(Vec::new())));
        assert_eq!(drawn[0].boxes.len(), MOST_BOXES);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 6), "abcde…");
        assert_eq!(shortened("a\u{1b}b", 6), "a b");
    }
}

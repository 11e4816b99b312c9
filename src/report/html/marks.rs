//! Coverage marks for the vertices and arrows of a graph.

use indexmap::IndexMap;
use serde::Serialize;

use crate::analysis::coverage::{FlowReport, Kind, NodeReport, PartReport};
use crate::flow::write::{Arrow, Graph, Vertex};
use crate::report::graph::Marking;

/// Coverage of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// Completely covered.
    Covered,
    /// Partly covered: some path was never taken, some prompt never played.
    Partly,
    /// Not covered.
    Missed,
    /// Not counted.
    Plain,
}

impl Mark {
    fn of_count(count: u64) -> Self {
        if count > 0 { Self::Covered } else { Self::Missed }
    }

    /// Returns the mark of a node.
    pub(super) fn of_node(node: &NodeReport) -> Self {
        let is_missed = node.parts.iter().any(|part| part.count == 0);
        let is_hit = node.count > 0 || node.parts.iter().any(|part| part.count > 0);
        match (is_hit, is_missed) {
            (false, _) => Self::Missed,
            (true, true) => Self::Partly,
            (true, false) => Self::Covered,
        }
    }
}

/// Nodes of a flow by id.
pub(super) struct Marks<'r>(IndexMap<&'r str, &'r NodeReport>);

impl<'r> Marks<'r> {
    pub(super) fn of(flow: &'r FlowReport) -> Self {
        Self(flow.nodes.iter().map(|node| (&*node.id, node)).collect())
    }

    fn node(&self, vertex: &Vertex) -> Option<&'r NodeReport> {
        self.0.get(vertex.id.as_deref()?).copied()
    }
}

impl Marking for Marks<'_> {
    type Mark = Mark;

    fn of_vertex(&self, graph: &Graph, vertex: usize) -> (Mark, Option<u64>) {
        match graph.vertices.get(vertex).and_then(|it| self.node(it)) {
            Some(node) => (Mark::of_node(node), Some(node.count)),
            None => (Mark::Plain, None),
        }
    }

    fn of_arrow(&self, graph: &Graph, arrow: usize) -> (Mark, Option<u64>) {
        let Some(arrow) = graph.arrows.get(arrow) else { return (Mark::Plain, None) };
        let node = |index: usize| graph.vertices.get(index).and_then(|it| self.node(it));
        let target = graph.vertices.get(arrow.to).map(|it| it.name.as_str());
        let count = match (node(arrow.from), node(arrow.to)) {
            (Some(from), _)
                if arrow.label.is_empty() && from.kind == Some(Kind::Nodes) =>
            {
                count_of_rest(from, graph, arrow)
            }
            (Some(from), _) => count_of(from, arrow, target),
            // The task of a choice is not counted; it only leads to its first action.
            (None, to) => to.map(|to| to.count),
        };
        match count {
            Some(count) => (Mark::of_count(count), Some(count)),
            None => (Mark::Plain, None),
        }
    }

    fn words(mark: Mark) -> &'static str {
        match mark {
            Mark::Covered => "covered",
            Mark::Partly => "partly covered",
            Mark::Missed => "not covered",
            Mark::Plain => "not counted",
        }
    }
}

/// Returns the count of an arrow without a label. It is the default path and represents
/// all outputs without their own arrows.
fn count_of_rest(node: &NodeReport, graph: &Graph, arrow: &Arrow) -> Option<u64> {
    let has_own = |part: &&PartReport| {
        let mut others = graph.arrows.iter().filter(|it| it.from == arrow.from);
        others.any(|it| !it.is_jump && *it.label == *part.name)
    };
    let paths = node.parts.iter().filter(|part| part.kind == Kind::Paths);
    let counts = paths.filter(|part| !has_own(part)).map(|part| part.count);
    counts.reduce(u64::saturating_add)
}

/// Returns the count of an arrow; `target` is the name of the vertex that it leads to.
fn count_of(node: &NodeReport, arrow: &Arrow, target: Option<&str>) -> Option<u64> {
    let of_kind = |kind: Kind| node.parts.iter().filter(move |it| it.kind == kind);
    let label = arrow.label.as_str();
    if node.kind == Some(Kind::Menus) {
        let key = format!("key {label}");
        let has_key = |it: &&PartReport| it.text.as_deref() == Some(key.as_str());
        let has_name = |it: &&PartReport| Some(&*it.name) == target;
        let by_key = of_kind(Kind::Choices).find(has_key);
        return by_key
            .or_else(|| of_kind(Kind::Choices).find(has_name))
            .map(|it| it.count);
    }
    // The start of a task leads to its first action and has no outputs.
    if node.kind == Some(Kind::Tasks) {
        return Some(node.count);
    }
    of_kind(Kind::Paths).find(|it| *it.name == *label).map(|it| it.count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::graph::drawings;

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

    #[test]
    fn covered_items_are_marked() {
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
        let graph = Graph::sketch(&["a", "b", "c", "d"], &arrows);
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
}

//! What calls have come to, for the vertices and arrows of a graph.

use indexmap::IndexMap;
use serde::Serialize;

use crate::analysis::coverage::{FlowReport, Kind, NodeReport, PartReport};
use crate::flow::write::{Arrow, Graph, Vertex};

/// How much of something calls have come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// All of it.
    Covered,
    /// A part of it: some way out was never taken, some text never said…
    Partly,
    /// Nothing.
    Missed,
    /// It is not counted.
    Plain,
}

impl Mark {
    /// As it is said.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Partly => "partly covered",
            Self::Missed => "not covered",
            Self::Plain => "not counted",
        }
    }

    fn of_count(count: u64) -> Self {
        if count > 0 { Self::Covered } else { Self::Missed }
    }

    /// Of a node.
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

/// The nodes of a flow by their ids.
pub(super) struct Marks<'r>(IndexMap<&'r str, &'r NodeReport>);

impl<'r> Marks<'r> {
    pub(super) fn of(flow: &'r FlowReport) -> Self {
        Self(flow.nodes.iter().map(|node| (&*node.id, node)).collect())
    }

    fn node(&self, vertex: &Vertex) -> Option<&'r NodeReport> {
        self.0.get(vertex.id.as_deref()?).copied()
    }

    /// What came to a vertex, and how often.
    pub(super) fn of_vertex(&self, vertex: &Vertex) -> (Mark, Option<u64>) {
        match self.node(vertex) {
            Some(node) => (Mark::of_node(node), Some(node.count)),
            None => (Mark::Plain, None),
        }
    }

    /// Whether calls went along an arrow, and how often.
    pub(super) fn of_arrow(&self, graph: &Graph, arrow: &Arrow) -> (Mark, Option<u64>) {
        let node = |index: usize| graph.vertices.get(index).and_then(|it| self.node(it));
        let target = graph.vertices.get(arrow.to).map(|it| it.name.as_str());
        let count = match (node(arrow.from), node(arrow.to)) {
            (Some(from), _)
                if arrow.label.is_empty() && from.kind == Some(Kind::Nodes) =>
            {
                count_of_rest(from, graph, arrow)
            }
            (Some(from), _) => count_of(from, arrow, target),
            // The task of a choice is not counted; it leads to its first action alone.
            (None, to) => to.map(|to| to.count),
        };
        match count {
            Some(count) => (Mark::of_count(count), Some(count)),
            None => (Mark::Plain, None),
        }
    }
}

/// An arrow without a label is the ordinary way, and stands for all outputs that have no
/// arrows of their own.
fn count_of_rest(node: &NodeReport, graph: &Graph, arrow: &Arrow) -> Option<u64> {
    let has_own = |part: &&PartReport| {
        let mut others = graph.arrows.iter().filter(|it| it.from == arrow.from);
        others.any(|it| !it.is_jump && *it.label == *part.name)
    };
    let paths = node.parts.iter().filter(|part| part.kind == Kind::Paths);
    let counts = paths.filter(|part| !has_own(part)).map(|part| part.count);
    counts.reduce(u64::saturating_add)
}

/// `target` is the name of the vertex that the arrow leads to.
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
    // The beginning of a task leads to its first action and has no ways of its own.
    if node.kind == Some(Kind::Tasks) {
        return Some(node.count);
    }
    of_kind(Kind::Paths).find(|it| *it.name == *label).map(|it| it.count)
}

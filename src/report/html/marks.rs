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
        let from = graph.vertices.get(arrow.from);
        let node = from.and_then(|it| self.node(it));
        let name = graph.vertices.get(arrow.to).map(|it| it.name.as_str());
        let count = node.and_then(|node| count_of(node, arrow, name));
        match count {
            Some(count) => (Mark::of_count(count), Some(count)),
            None => (Mark::Plain, None),
        }
    }
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
    let name = if label.is_empty() { "next" } else { label };
    of_kind(Kind::Paths).find(|it| &*it.name == name).map(|it| it.count)
}

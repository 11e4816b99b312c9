//! How often calls came to nodes, and which ways they took from there.

use std::collections::BTreeMap;

use crate::analysis::decisions::json::{count, items, text};
use crate::flow::write::{Graph, Heat};
use crate::value::{Json, Text};

/// Behind the id of a loop: the step that begins a further round of it.
const NEXT_ROUND: &str = ", next round";

/// Counts by flow and node.
#[derive(Debug, Clone, Default)]
pub struct Nodes {
    /// How many calls were counted.
    pub calls: u64,
    /// By the id of the flow.
    pub flows: BTreeMap<Text, FlowHeat>,
}

/// The counts of a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlowHeat {
    /// Its name, as far as it is known.
    pub name: Option<Text>,
    /// By the id of the node.
    pub nodes: BTreeMap<Text, NodeHeat>,
}

/// The counts of a node.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeHeat {
    /// Its name.
    pub name: Text,
    /// Its type, or what of coverage it is.
    pub node_type: Text,
    /// How often a call came there.
    pub count: u64,
    /// The ways that were taken, with the node that they lead to as far as it is known.
    pub ways: BTreeMap<(Text, Option<Text>), u64>,
}

impl NodeHeat {
    /// How often each path was taken, wherever it led to.
    pub fn paths(&self) -> BTreeMap<&str, u64> {
        let mut paths = BTreeMap::new();
        for ((path, _), count) in &self.ways {
            add(paths.entry(path.as_str()).or_default(), *count);
        }
        paths
    }
}

impl Nodes {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.calls == 0
    }

    /// Counts a trace or a simulation response.
    pub(super) fn add_trace(&mut self, document: &Json) {
        add(&mut self.calls, 1);
        if let Some(flow) = document.get("flow")
            && let (Some(id), Some(name)) = (text(flow, "id"), text(flow, "name"))
        {
            self.flows.entry(id.into()).or_default().name = Some(name.into());
        }
        let steps = document.get("steps").or_else(|| document.get("trace"));
        for step in items(steps) {
            let (Some(flow), Some(id)) = (text(step, "flowId"), text(step, "nodeId"))
            else {
                continue;
            };
            let flow = self.flows.entry(flow.into()).or_default();
            let node = flow.nodes.entry(id.into()).or_default();
            add(&mut node.count, 1);
            node.name = text(step, "nodeName").unwrap_or(id).into();
            node.node_type = text(step, "nodeType").unwrap_or_default().into();
            if let Some(path) = text(step, "path") {
                let way = (label(path), text(step, "next").map(Text::from));
                add(node.ways.entry(way).or_default(), 1);
            }
        }
    }

    /// Counts a document of what tests covered, which does not tell where paths lead to.
    pub(super) fn add_coverage(&mut self, document: &Json) {
        add(&mut self.calls, count(document, "calls"));
        for covered in items(document.get("flows")) {
            let Some(id) = text(covered, "id") else { continue };
            let flow = self.flows.entry(id.into()).or_default();
            flow.name = text(covered, "name").map(Text::from);
            for covered in items(covered.get("nodes")) {
                let Some(id) = text(covered, "id") else { continue };
                let node = flow.nodes.entry(id.into()).or_default();
                add(&mut node.count, count(covered, "count"));
                if node.name.is_empty() {
                    node.name = id.into();
                }
                if node.node_type.is_empty() {
                    node.node_type = text(covered, "kind").unwrap_or_default().into();
                }
                let parts = items(covered.get("parts"));
                for part in parts.filter(|part| text(part, "kind") == Some("paths")) {
                    let times = count(part, "count");
                    if let (Some(path), true) = (text(part, "name"), times > 0) {
                        add(node.ways.entry((path.into(), None)).or_default(), times);
                    }
                }
            }
        }
    }

    /// The heat of a flow's graph.
    pub fn heat(&self, flow: &str, graph: &Graph) -> Heat {
        let nothing = FlowHeat::default();
        let flow = self.flows.get(flow).unwrap_or(&nothing);
        let id =
            |vertex: usize| graph.vertices.get(vertex).and_then(|it| it.id.as_deref());
        let vertices = graph.vertices.iter().map(|vertex| {
            let id = vertex.id.as_deref()?;
            Some(flow.nodes.get(id).map_or(0, |node| node.count))
        });
        let arrows = graph.arrows.iter().map(|arrow| {
            let (from, to) = (id(arrow.from)?, id(arrow.to)?);
            let between = |other: &&crate::flow::write::Arrow| {
                (other.from, other.to) == (arrow.from, arrow.to)
            };
            let is_only = graph.arrows.iter().filter(between).count() == 1;
            let round = format!("{from}{NEXT_ROUND}");
            let ways = [from, &round].into_iter().filter_map(|id| flow.nodes.get(id));
            let ways = ways.flat_map(|node| &node.ways);
            let taken = ways.filter(|((path, next), _)| match next {
                Some(next) => {
                    leads_to(next, to) && (is_only || is_path(path, &arrow.label))
                }
                None => is_path(path, &arrow.label),
            });
            Some(taken.fold(0, |sum: u64, (_, count)| sum.saturating_add(*count)))
        });
        Heat { vertices: vertices.collect(), arrows: arrows.collect() }
    }
}

/// Documents may say any number.
fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}

/// Whether the step is the node's, or begins a further round of it.
fn leads_to(next: &str, node: &str) -> bool {
    next == node || next.strip_suffix(NEXT_ROUND) == Some(node)
}

/// The label of a path of Architect's, of which traces have the id: `__NOT_FOUND__` is
/// `notFound`.
fn label(path: &str) -> Text {
    let inner = path.strip_prefix("__").and_then(|path| path.strip_suffix("__"));
    let Some(inner) = inner else { return path.into() };
    let mut label = String::new();
    let mut is_first_of_word = false;
    for character in inner.chars() {
        match character {
            '_' => is_first_of_word = true,
            _ if std::mem::take(&mut is_first_of_word) => label.push(character),
            _ => label.extend(character.to_lowercase()),
        }
    }
    label.into()
}

/// Whether a path is the way of this label: an ordinary way has none.
fn is_path(path: &str, label: &str) -> bool {
    path == if label.is_empty() { "next" } else { label }
}

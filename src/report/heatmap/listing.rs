//! Nodes of flows with their counts, in display order.

use crate::analysis::heatmap::{FlowGraph, Heatmap, NodeHeat};
use crate::flow::write::Graph;

/// A flow with its nodes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) nodes: Vec<Node>,
}

/// A node with its counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) count: u64,
    /// Paths that were taken, with their counts.
    pub(super) paths: Vec<(String, u64)>,
}

/// Types of nodes that begin a part of a flow. As in coverage, they are not counted as
/// nodes.
const UNITS: [&str; 6] = ["task", "menu", "state", "bot", "nextRound", "errorHandling"];

impl Listed {
    /// Returns the number of reached nodes, and the total number of nodes.
    pub(super) fn reached(&self) -> (usize, usize) {
        let nodes = self.nodes.iter().filter(|it| !UNITS.contains(&it.kind.as_str()));
        (nodes.clone().filter(|node| node.count > 0).count(), nodes.count())
    }

    pub(super) fn largest(&self) -> u64 {
        self.nodes.iter().map(|node| node.count).max().unwrap_or(0)
    }
}

/// Lists the flows with a drawing first, with all nodes in document order. Other flows
/// that calls reached follow, with the most visited nodes first.
pub(super) fn listing(heatmap: &Heatmap, drawn: &[FlowGraph]) -> Vec<Listed> {
    if heatmap.nodes.is_empty() {
        return Vec::new();
    }
    let of_graph = drawn.iter().map(|(id, graph)| with_graph(heatmap, id, graph));
    let others = heatmap.nodes.flows.iter();
    let others =
        others.filter(|(id, _)| drawn.iter().all(|(known, _)| known != id.as_str()));
    let others = others.map(|(id, flow)| {
        let nodes = flow.nodes.iter().map(|(id, counts)| node(id, counts));
        let mut nodes: Vec<Node> = nodes.collect();
        nodes.sort_by_key(|node| std::cmp::Reverse(node.count));
        let name = flow.name.as_ref().unwrap_or(id).to_string();
        Listed { id: id.to_string(), name, nodes }
    });
    let mut all: Vec<Listed> = of_graph.chain(others).collect();
    let names: Vec<String> = all.iter().map(|flow| flow.name.clone()).collect();
    for flow in &mut all {
        let count = names.iter().filter(|name| **name == flow.name).count();
        if count > 1 && flow.id != flow.name {
            flow.name = named_by_id(flow);
        }
    }
    all
}

/// Returns the name of a flow with its id. Ids of flows of several types begin with the
/// name.
fn named_by_id(flow: &Listed) -> String {
    match flow.id.starts_with(&flow.name) {
        true => flow.id.clone(),
        false => format!("{} ({})", flow.name, flow.id),
    }
}

fn with_graph(heatmap: &Heatmap, id: &str, graph: &Graph) -> Listed {
    let counted = heatmap.nodes.flows.get(id);
    let vertices = graph.vertices.iter().filter_map(|vertex| {
        let id = vertex.id.as_deref()?;
        let counts = counted.and_then(|flow| flow.nodes.get(id));
        let mut node = node(id, counts.unwrap_or(&NodeHeat::default()));
        node.name.clone_from(&vertex.name);
        node.kind.clone_from(&vertex.kind);
        Some(node)
    });
    Listed { id: id.into(), name: graph.name.clone(), nodes: vertices.collect() }
}

fn node(id: &str, counts: &NodeHeat) -> Node {
    let paths = counts.paths().into_iter();
    Node {
        id: id.into(),
        name: counts.name.to_string(),
        kind: counts.node_type.to_string(),
        count: counts.count,
        paths: paths.map(|(path, count)| (path.to_owned(), count)).collect(),
    }
}

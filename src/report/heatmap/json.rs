//! Heat map as data: `flowsim.heatmap/1`.

use serde::Serialize;

use super::listing::{Listed, Node, listing};
use crate::analysis::heatmap::{FlowGraph, Heatmap, View};

/// Name and version of the format.
const SCHEMA: &str = "flowsim.heatmap/1";

#[derive(Serialize)]
struct Document<'h> {
    schema: &'static str,
    decisions: u64,
    cells: Vec<CountedKeys<'h>>,
    calls: u64,
    flows: Vec<CountedFlow<'h>>,
}

#[derive(Serialize)]
struct CountedKeys<'h> {
    dtmf: &'h str,
    routing_decision: &'h str,
    count: u64,
    queue_occupancy: Option<f64>,
}

#[derive(Serialize)]
struct CountedFlow<'h> {
    id: &'h str,
    name: &'h str,
    nodes: Vec<CountedNode<'h>>,
}

#[derive(Serialize)]
struct CountedNode<'h> {
    id: &'h str,
    name: &'h str,
    #[serde(rename = "type")]
    kind: &'h str,
    count: u64,
    paths: Vec<CountedPath<'h>>,
}

#[derive(Serialize)]
struct CountedPath<'h> {
    path: &'h str,
    count: u64,
}

/// Renders all counts, one per line.
pub fn render_json(heatmap: &Heatmap, drawn: &[FlowGraph]) -> String {
    let view = heatmap.table.view(usize::MAX, usize::MAX);
    let listed = listing(heatmap, drawn);
    let document = Document {
        schema: SCHEMA,
        decisions: heatmap.table.total(),
        cells: cells(&view),
        calls: heatmap.nodes.calls,
        flows: listed.iter().map(flow).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn cells(view: &View) -> Vec<CountedKeys<'_>> {
    let rows = view.rows.iter().zip(&view.cells);
    let cells = rows.flat_map(|(dtmf, cells)| {
        let cells = view.columns.iter().zip(cells).filter(|(_, cell)| cell.count > 0);
        cells.map(move |(decision, cell)| CountedKeys {
            dtmf,
            routing_decision: decision,
            count: cell.count,
            queue_occupancy: cell.occupancy(),
        })
    });
    cells.collect()
}

fn flow(flow: &Listed) -> CountedFlow<'_> {
    let nodes = flow.nodes.iter().map(node).collect();
    CountedFlow { id: &flow.id, name: &flow.name, nodes }
}

fn node(node: &Node) -> CountedNode<'_> {
    let paths = node.paths.iter();
    CountedNode {
        id: &node.id,
        name: &node.name,
        kind: &node.kind,
        count: node.count,
        paths: paths.map(|(path, count)| CountedPath { path, count: *count }).collect(),
    }
}

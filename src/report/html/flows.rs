//! Flows of a run for the page: their coverage and drawings.

use indexmap::IndexMap;
use serde::Serialize;

use super::marks::{Mark, Marks};
use crate::analysis::coverage::{FlowReport, Kind, NodeReport, Share};
use crate::flow::write::Graph;
use crate::report::coverage::merged;
use crate::report::graph::{Drawing, drawings};
use crate::runner::{Covered, LoadedSuite};
use crate::value::Text;

/// A flow.
#[derive(Debug, Serialize)]
pub(super) struct Flow {
    name: String,
    kind: String,
    file: String,
    line: u32,
    /// Number of calls that entered the flow.
    count: u64,
    shares: Vec<Counted>,
    drawings: Vec<Drawing<Mark>>,
    nodes: Vec<Node>,
    /// Coverage of its nodes.
    mark: Mark,
}

/// Coverage of one kind of item.
#[derive(Debug, Serialize)]
pub(super) struct Counted {
    kind: &'static str,
    covered: usize,
    total: usize,
    percent: u8,
}

#[derive(Debug, Serialize)]
struct Node {
    id: String,
    line: u32,
    count: u64,
    mark: Mark,
    /// Parts of the node that no call reached.
    missed: Vec<String>,
}

/// Returns the overall coverage and the flows. If a flow occurs in two versions, the
/// first one is used.
pub(super) fn covered_flows(
    covered: Covered,
    scene: LoadedSuite<'_>,
) -> (Vec<Counted>, Vec<Flow>) {
    let mut graphs: IndexMap<(&Text, &Text), &Graph> = IndexMap::new();
    let all = covered.into_all(scene.library);
    // `--coverage` reports versions that cannot be merged.
    let (report, _) = merged(&all, scene.files);
    for (program, _) in &all {
        let flows = program.symbols.flows.iter().zip(scene.library.graphs(program));
        for (flow, graph) in flows {
            graphs.entry((&flow.id, &flow.flow_type)).or_insert(graph);
        }
    }
    let flow = |it: &FlowReport| {
        Flow::of(report.shown_name(it), it, graphs.get(&(&it.id, &it.flow_type)).copied())
    };
    (counted(&report.shares()), report.flows.iter().map(flow).collect())
}

fn counted(shares: &[Share; Kind::ALL.len()]) -> Vec<Counted> {
    let shares = Kind::ALL.into_iter().zip(shares).filter(|(_, share)| share.total > 0);
    let one = |(kind, share): (Kind, &Share)| Counted {
        kind: heading(kind),
        covered: share.covered,
        total: share.total,
        percent: share.percent(),
    };
    shares.map(one).collect()
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::ErrorHandlers => "error handlers",
        other => other.name(),
    }
}

impl Flow {
    fn of(name: Text, report: &FlowReport, graph: Option<&Graph>) -> Self {
        let marks = Marks::of(report);
        let nodes: Vec<Node> = report.nodes.iter().map(Node::of).collect();
        let has = |mark: Mark| nodes.iter().any(|node| node.mark == mark);
        let mark = match (report.count > 0 || has(Mark::Covered), has(Mark::Missed)) {
            (false, _) => Mark::Missed,
            (true, true) => Mark::Partly,
            (true, false) if has(Mark::Partly) => Mark::Partly,
            (true, false) => Mark::Covered,
        };
        Self {
            name: name.to_string(),
            kind: report.flow_type.to_string(),
            file: report.file.to_string(),
            line: report.line,
            count: report.count,
            shares: counted(&report.shares()),
            drawings: graph.map_or_else(Vec::new, |it| drawings(it, &marks)),
            nodes,
            mark,
        }
    }
}

impl Node {
    fn of(report: &NodeReport) -> Self {
        let missed = report.parts.iter().filter(|part| part.count == 0);
        Self {
            id: report.id.to_string(),
            line: report.line,
            count: report.count,
            mark: Mark::of_node(report),
            missed: missed.map(|part| part.name.to_string()).collect(),
        }
    }
}

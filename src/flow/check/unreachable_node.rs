//! `UNREACHABLE_NODE`: a node that no path from the start leads to. It is a warning,
//! because a run may start at this node.

use super::graph::Graph;
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn find(graph: &Graph<'_>, reached: &[bool], report: &mut Report<'_>) {
    for (index, node) in graph.nodes().filter(|(index, _)| !reached[*index]) {
        report.at(Code::UNREACHABLE_NODE, &node.id, node.span, |diagnostic| {
            let message = match graph.start.map(|start| graph.node(start)) {
                Some(start) => {
                    format!("no path leads from `{}` to `{}`", start.id, node.id)
                }
                None => format!("no path leads to `{}`", node.id),
            };
            let has_targets = !graph.edges.edges(index).is_empty();
            Diagnostic { message, ..diagnostic }.naming_node().help(match has_targets {
                true => {
                    "add a path to it, or delete it and the nodes that only it leads to"
                }
                false => "add a path to it, or delete it",
            })
        });
    }
}

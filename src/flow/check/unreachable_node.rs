//! `UNREACHABLE_NODE`: a node that no path leads to from the start. A warning, for a run
//! may be told to start at it.

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
            let leads_on = !graph.ways.edges(index).is_empty();
            Diagnostic { message, ..diagnostic }.help(match leads_on {
                true => "lead a path to it, or delete it with what only it leads to",
                false => "lead a path to it, or delete it",
            })
        });
    }
}

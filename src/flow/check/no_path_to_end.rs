//! `NO_PATH_TO_END`: nodes that a call can reach but never leave.

use super::adjacency::Adjacency;
use super::graph::ends_without_path;
use super::loaded_flows::LoadedFlows;
use super::report::{Report, names};
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;
use crate::flow::link::Callee;
use crate::flow::model::Node;

/// Reports each cycle without an exit once, at its first node. Nodes that only lead to
/// the cycle are not reported.
pub(super) fn find(
    organisation: &LoadedFlows<'_>,
    index: usize,
    reached: &[bool],
    report: &mut Report<'_>,
) {
    let graph = &organisation.graphs[index];
    let ends = ends(organisation, index);
    let escapes =
        graph.edges.reversed().reachable((0..graph.len()).filter(|node| ends[*node]));
    let is_stuck = |node: usize| reached[node] && !escapes[node];
    if !(0..graph.len()).any(is_stuck) {
        return;
    }
    // All targets of a stuck node are stuck too.
    let stuck = Adjacency::new(graph.len(), |node| {
        let edges = if is_stuck(node) { graph.edges.edges(node) } else { &[] };
        edges.iter().copied()
    });
    let found = stuck.cycles();
    for circle in found.cycles.iter().filter(|circle| !found.has_exit(circle, &stuck)) {
        let node = graph.node(circle[0]);
        report.at(Code::NO_PATH_TO_END, &node.id, node.span, |diagnostic| {
            let ids = names(circle.iter().map(|node| graph.node(*node).id.as_str()));
            let message = match circle.len() {
                1 => format!("{ids} leads only to itself, never to an end of the flow"),
                _ => {
                    format!("{ids} lead only to each other, never to an end of the flow")
                }
            };
            Diagnostic { message, ..diagnostic }
                .naming_node()
                .help("add a path from one of them that leads to an End node")
        });
    }
}

/// Returns which nodes can end the flow, as far as is known.
fn ends(organisation: &LoadedFlows<'_>, index: usize) -> Vec<bool> {
    let graph = &organisation.graphs[index];
    let ends = |(index, node): (usize, &Node)| {
        let is_end = matches!(node.action, Action::End(_) | Action::Unknown);
        let is_lost = || graph.paths(index).any(|(_, target)| target.is_none());
        is_end || ends_without_path(node) || is_lost()
    };
    let mut ends: Vec<bool> = graph.nodes().map(ends).collect();
    for call in &organisation.calls[index] {
        // The called flow may end the conversation.
        ends[call.node] |= match call.callee {
            Callee::Flow(callee) | Callee::NotPublished(callee) => {
                organisation.disconnects[callee]
            }
            Callee::Ambiguous { .. } | Callee::Unknown => true,
        };
    }
    ends
}

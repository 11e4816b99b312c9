//! `NO_PATH_TO_END`: nodes that a call can come to and never leave.

use super::adjacency::Adjacency;
use super::graph::ends_for_want_of_a_way;
use super::organisation::Organisation;
use super::report::{Report, names};
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;
use crate::flow::link::Callee;
use crate::flow::model::Node;

/// Reports each circle that has no way out once, at its first node: of the nodes that only
/// lead there, none is at fault.
pub(super) fn find(
    organisation: &Organisation<'_>,
    index: usize,
    reached: &[bool],
    report: &mut Report<'_>,
) {
    let graph = &organisation.graphs[index];
    let ends = ends(organisation, index);
    let escapes =
        graph.ways.reversed().reachable((0..graph.len()).filter(|node| ends[*node]));
    let is_stuck = |node: usize| reached[node] && !escapes[node];
    if !(0..graph.len()).any(is_stuck) {
        return;
    }
    // Whatever a stuck node leads to is stuck itself.
    let stuck = Adjacency::new(graph.len(), |node| {
        let edges = if is_stuck(node) { graph.ways.edges(node) } else { &[] };
        edges.iter().copied()
    });
    let found = stuck.circles();
    for circle in found.circles.iter().filter(|circle| !found.has_exit(circle, &stuck)) {
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
                .help("lead a path out of them, to an End node in the end")
        });
    }
}

/// The nodes at which a flow can end, as far as is known.
fn ends(organisation: &Organisation<'_>, index: usize) -> Vec<bool> {
    let graph = &organisation.graphs[index];
    let ends = |(index, node): (usize, &Node)| {
        let is_end = matches!(node.action, Action::End(_) | Action::Unknown);
        let is_lost = || graph.paths(index).any(|(_, target)| target.is_none());
        is_end || ends_for_want_of_a_way(node) || is_lost()
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

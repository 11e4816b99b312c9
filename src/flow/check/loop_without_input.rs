//! `LOOP_WITHOUT_INPUT`: a cycle of nodes that never waits for the caller.

use super::adjacency::Adjacency;
use super::loaded_flows::LoadedFlows;
use super::report::{Report, names};
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;
use crate::flow::model::PathKind;

/// Removes the nodes that wait for the caller, and reports the remaining cycles.
pub(super) fn find(
    organisation: &LoadedFlows<'_>,
    index: usize,
    report: &mut Report<'_>,
) {
    let graph = &organisation.graphs[index];
    let waits = &waits(organisation, index);
    let ways = Adjacency::new(graph.len(), |node| {
        // Playing a prompt never fails.
        let is_safe = matches!(graph.node(node).action, Action::Say(_));
        let is_taken = move |kind: &PathKind| !(is_safe && *kind == PathKind::Error);
        let paths = graph.paths(node).filter(move |(path, _)| is_taken(&path.kind));
        let targets = paths.filter_map(|(_, target)| target);
        targets.filter(move |target| !waits[node] && !waits[*target])
    });
    let found = ways.cycles();
    for circle in &found.cycles {
        let node = graph.node(circle[0]);
        report.at(Code::LOOP_WITHOUT_INPUT, &node.id, node.span, |diagnostic| {
            let ids = names(circle.iter().map(|node| graph.node(*node).id.as_str()));
            let message = match circle.len() {
                1 => format!("{ids} leads to itself without waiting for the caller"),
                _ => format!("{ids} form a loop that never waits for the caller"),
            };
            let decides = |node: &usize| matches!(graph.node(*node).action, Action::If(_));
            let is_left = circle.iter().any(decides) && found.has_exit(circle, &graph.edges);
            let help = match is_left {
                true => {
                    "wait for the caller in the loop, for example with a Gather; this is not \
                     needed if a counter ends the loop before the action limit"
                }
                false => {
                    "wait for the caller in the loop, for example with a Gather, or leave it \
                     with an If; now only an error or the action limit ends it"
                }
            };
            Diagnostic { message, ..diagnostic }.naming_node().help(help)
        });
    }
}

/// Returns which nodes wait for the caller, as far as is known.
fn waits(organisation: &LoadedFlows<'_>, index: usize) -> Vec<bool> {
    let nodes = organisation.graphs[index].nodes();
    let waits = |action: &Action| matches!(action, Action::Gather(_) | Action::Unknown);
    let mut waits: Vec<bool> = nodes.map(|(_, node)| waits(&node.action)).collect();
    for call in &organisation.calls[index] {
        let callee = call.callee.flow();
        waits[call.node] = callee.is_none_or(|callee| organisation.takes_input[callee]);
    }
    waits
}

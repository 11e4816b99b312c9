//! `MISSING_ON_ERROR`: a node without an error handler, other than an If or an End.
//! *Source: the shared-flow tutorial requires an error handler on every node, whether or
//! not it can fail.*

use super::graph::{Graph, lacks};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;
use crate::flow::model::PathKind;

pub(super) fn find(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (_, node) in graph.nodes() {
        let needs_none =
            matches!(node.action, Action::If(_) | Action::End(_) | Action::Unknown);
        if needs_none || !lacks(node, &PathKind::Error) {
            continue;
        }
        report.at(Code::MISSING_ON_ERROR, &node.id, node.span, |diagnostic| {
            let consequence = match node.action.can_fail() {
                true => "; a failure there ends the flow in error",
                false => "",
            };
            let message = format!("`{}` has no error target{consequence}", node.id);
            Diagnostic { message, ..diagnostic }
                .naming_node()
                .help("set `onError.nextNode` to the node that handles errors")
        });
    }
}

//! `MISSING_ON_COMPLETE`: a node without a next node, other than an If or an End.

use super::graph::{Graph, ends_without_path};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;

pub(super) fn find(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (_, node) in graph.nodes() {
        if matches!(node.action, Action::If(_)) || !ends_without_path(node) {
            continue;
        }
        report.at(Code::MISSING_ON_COMPLETE, &node.id, node.span, |diagnostic| {
            let message = format!("`{}` has no next node; the flow ends there", node.id);
            Diagnostic { message, ..diagnostic }.naming_node().help(
                "set `onComplete.nextNode` to the next node, for example an End node",
            )
        });
    }
}

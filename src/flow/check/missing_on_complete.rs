//! `MISSING_ON_COMPLETE`: a node that nothing follows, other than an If and an End.

use super::graph::{Graph, ends_for_want_of_a_way};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;

pub(super) fn find(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (_, node) in graph.nodes() {
        if matches!(node.action, Action::If(_)) || !ends_for_want_of_a_way(node) {
            continue;
        }
        report.at(Code::MISSING_ON_COMPLETE, &node.id, node.span, |diagnostic| {
            let message = format!("`{}` has no next node, so that the flow ends there", node.id);
            Diagnostic { message, ..diagnostic }
                .help("name the node that follows in `onComplete.nextNode`, if only an End node")
        });
    }
}

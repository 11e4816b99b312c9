//! `NO_DEFAULT_BRANCH`: an If without a target for the case that no condition is true.

use super::graph::{Graph, ends_without_path};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;

pub(super) fn find(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (_, node) in graph.nodes() {
        if !matches!(node.action, Action::If(_)) || !ends_without_path(node) {
            continue;
        }
        report.at(Code::NO_DEFAULT_BRANCH, &node.id, node.span, |diagnostic| {
            let message = format!(
                "`{}` has no default: the flow ends if no condition is true",
                node.id
            );
            Diagnostic { message, ..diagnostic }
                .naming_node()
                .help("set `defaultNextNode` to the node that follows then")
        });
    }
}

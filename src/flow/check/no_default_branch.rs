//! `NO_DEFAULT_BRANCH`: an If that leads nowhere when no condition is true.

use super::graph::{Graph, ends_for_want_of_a_way};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;

pub(super) fn find(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (_, node) in graph.nodes() {
        if !matches!(node.action, Action::If(_)) || !ends_for_want_of_a_way(node) {
            continue;
        }
        report.at(Code::NO_DEFAULT_BRANCH, &node.id, node.span, |diagnostic| {
            let message = format!(
                "`{}` has no default: the flow ends where no condition is true",
                node.id
            );
            Diagnostic { message, ..diagnostic }
                .help("name the node that follows then in `defaultNextNode`")
        });
    }
}

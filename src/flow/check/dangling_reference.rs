//! `DANGLING_REFERENCE`: a start or a path that names a node which does not exist.

use super::graph::{Dangling, Graph};
use super::report::{Report, names};
use crate::diagnostic::{Code, Diagnostic};

/// The largest number of nodes of a flow whose ids are all listed in the help.
const MAX_LISTED: usize = 6;

pub(super) fn find(graph: &Graph<'_>, report: &mut Report<'_>) {
    for dangling in &graph.dangling {
        report.add(Code::DANGLING_REFERENCE, |code| diagnostic(code, graph, dangling));
    }
}

fn diagnostic(code: Code, graph: &Graph<'_>, dangling: &Dangling<'_>) -> Diagnostic {
    let message = format!("no node is called `{}`", dangling.target.node);
    let ids = graph.flow.nodes.keys().map(|id| id.as_str());
    let help = match dangling.meant {
        Some(meant) => format!("did you mean `{}`?", graph.node(meant).id),
        None if ids.len() == 0 => "the flow has no nodes".into(),
        None if ids.len() <= MAX_LISTED => format!("the flow has {}", names(ids)),
        None => "correct the name, or add the node".into(),
    };
    let diagnostic = Diagnostic::new(code, message)
        .label(dangling.target.span, "this flow has no such node")
        .help(help);
    match dangling.node {
        Some(node) => diagnostic.node(graph.node(node).id.as_str()),
        None => diagnostic,
    }
}

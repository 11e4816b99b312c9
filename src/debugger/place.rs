//! Actions and the lines of flow files.

use crate::flow::NodeId;
use crate::program::Program;
use crate::source::{FileId, Files, Span};

/// Nodes at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The nodes; a loop has two.
    pub nodes: Vec<NodeId>,
    /// The line on which they begin, from 1.
    pub line: u32,
}

/// Returns the nodes of the action that contains a line: the last one that begins on it or
/// before. A line before all actions has the first action. Returns `None` for a file
/// without actions.
pub fn nodes_at_line(
    program: &Program,
    files: &Files,
    file: FileId,
    line: u32,
) -> Option<Located> {
    let begins = (0..program.symbols.nodes.len()).map(NodeId::new).filter_map(|node| {
        let span = span_of(program, node)?;
        (span.file == file).then(|| (files.get(file).position(span.start).line, node))
    });
    let begins: Vec<(u32, NodeId)> = begins.collect();
    let lines = || begins.iter().map(|(line, _)| *line);
    let found = lines().filter(|begin| *begin <= line).max().or_else(|| lines().min())?;
    let nodes = begins.iter().filter(|(line, _)| *line == found);
    Some(Located { nodes: nodes.map(|(_, node)| *node).collect(), line: found })
}

/// Returns the nodes with this name or id, ignoring case; those of actions before those
/// that begin tasks.
pub fn nodes_named(program: &Program, name: &str) -> Vec<NodeId> {
    let is_named = |node: &NodeId| {
        let label = program.symbols.node(*node);
        let key = label.key.as_deref().unwrap_or_default();
        [&*label.name, &*label.id, key].iter().any(|it| it.eq_ignore_ascii_case(name))
    };
    let all = (0..program.symbols.nodes.len()).map(NodeId::new).filter(is_named);
    let all: Vec<NodeId> = all.collect();
    let is_action = |node: &NodeId| !program.steps[node.index()].is_beginning();
    let actions: Vec<NodeId> = all.iter().copied().filter(is_action).collect();
    if actions.is_empty() { all } else { actions }
}

/// Returns the place of a node; `None` if it is not in a file.
pub(super) fn span_of(program: &Program, node: NodeId) -> Option<Span> {
    let span = program.symbols.node(node).span;
    (span.end > span.start).then_some(span)
}

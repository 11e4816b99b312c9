//! A flow as a graph of its nodes by index, built once for all findings.

use super::adjacency::Adjacency;
use super::spelling::Spelling;
use crate::diagnostic::MAX_FINDINGS;
use crate::flow::action::Action;
use crate::flow::model::{Flow, Node, Path, PathKind, Target};

/// A flow and the targets of its nodes. A reference to a node that does not exist leads
/// to the most similar node, so that one typing error causes only one finding.
pub(super) struct Graph<'f> {
    pub(super) flow: &'f Flow,
    /// The node where a call starts, if it is known.
    pub(super) start: Option<usize>,
    /// The edges between the nodes.
    pub(super) edges: Adjacency,
    /// The references to missing nodes, in order.
    pub(super) dangling: Vec<Dangling<'f>>,
    /// By node, the index of its first path in `targets`.
    first: Vec<usize>,
    targets: Vec<Option<usize>>,
}

/// A reference to a node that does not exist.
pub(super) struct Dangling<'f> {
    /// The node that contains the reference; `None` for the start.
    pub(super) node: Option<usize>,
    pub(super) target: &'f Target,
    /// The node that was probably meant.
    pub(super) meant: Option<usize>,
}

impl<'f> Graph<'f> {
    pub(super) fn new(flow: &'f Flow, spelling: &Spelling) -> Self {
        let mut dangling = Vec::new();
        let mut find = |node: Option<usize>, target: &'f Target| {
            let found = flow.nodes.get_index_of(&target.node);
            found.or_else(|| {
                let is_shown = dangling.len() < MAX_FINDINGS;
                let meant = if is_shown { meant(flow, target, spelling) } else { None };
                dangling.push(Dangling { node, target, meant });
                meant
            })
        };
        let start = flow.start.as_ref().and_then(|target| find(None, target));
        let mut first = Vec::with_capacity(flow.nodes.len());
        let mut targets = Vec::with_capacity(2 * flow.nodes.len());
        for (index, node) in flow.nodes.values().enumerate() {
            first.push(targets.len());
            targets.extend(node.paths.iter().map(|path| find(Some(index), &path.target)));
        }
        let ways = Adjacency::new(flow.nodes.len(), |node| {
            let end = first.get(node + 1).copied().unwrap_or(targets.len());
            targets[first[node]..end].iter().copied().flatten()
        });
        Self { flow, start, edges: ways, dangling, first, targets }
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> usize {
        self.flow.nodes.len()
    }

    /// The node with an index.
    pub(super) fn node(&self, index: usize) -> &'f Node {
        &self.flow.nodes[index]
    }

    /// The nodes with their indexes.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &'f Node)> + use<'f> {
        self.flow.nodes.values().enumerate()
    }

    /// The paths of a node with their targets, if known.
    pub(super) fn paths(
        &self,
        index: usize,
    ) -> impl Iterator<Item = (&'f Path, Option<usize>)> {
        let targets = self.targets[self.first[index]..].iter().copied();
        self.node(index).paths.iter().zip(targets)
    }

    /// Returns which nodes a call can reach. Returns `None` if the start is unknown or a
    /// reachable node has an unknown type, because such a node may lead anywhere.
    pub(super) fn reached(&self) -> Option<Vec<bool>> {
        let reached = self.edges.reachable([self.start?]);
        let is_unknown = |(index, node): (usize, &Node)| {
            reached[index] && matches!(node.action, Action::Unknown)
        };
        (!self.nodes().any(is_unknown)).then_some(reached)
    }
}

fn meant(flow: &Flow, target: &Target, spelling: &Spelling) -> Option<usize> {
    let ids = flow.nodes.keys().map(|id| id.as_str());
    let near = spelling.nearest(&target.node, flow.nodes.len(), ids)?;
    flow.nodes.get_index_of(near)
}

/// Whether the flow ends at a node that is not an End, because no path continues: an If
/// without a default, or another node without a next node.
pub(super) fn ends_without_path(node: &Node) -> bool {
    match node.action {
        Action::End(_) | Action::Unknown => false,
        Action::If(_) => lacks(node, &PathKind::Default) && lacks(node, &PathKind::Next),
        _ => lacks(node, &PathKind::Next),
    }
}

/// Whether a node has no path of this kind.
pub(super) fn lacks(node: &Node, kind: &PathKind) -> bool {
    node.target(kind).is_none()
}

//! Folding of repeated steps.

use crate::flow::NodeId;
use crate::trace::steps::Events;
use crate::trace::{EventKind, PathTaken, Step};

/// Maximum number of steps in a cycle.
const MAX_PERIOD: usize = 256;

/// Minimum number of cycles; fewer are shown completely.
const MIN_CYCLES: usize = 6;

/// Number of cycles shown before the omitted ones; one more is shown after them.
const SHOWN_BEFORE: usize = 2;

/// Maximum number of occurrences of a node within a detectable cycle.
const MAX_CANDIDATES: usize = 4;

/// Steps that are omitted because they repeat the preceding ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fold {
    /// First omitted step.
    pub(super) start: usize,
    /// First shown step after the omitted ones.
    pub(super) end: usize,
    /// Number of steps per cycle.
    pub(super) period: usize,
    /// Whether all values are equal, too.
    pub(super) is_exact: bool,
}

/// Properties that are equal if one step repeats another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    node: NodeId,
    depth: u16,
    path: PathTaken,
    next: Option<NodeId>,
    /// Bit set of the kinds of facts.
    kinds: u16,
}

/// Returns the steps that may be omitted: whole cycles of the same nodes, paths and kinds
/// of facts, including all called flows.
pub(super) fn folds(steps: &[(&Step, Events<'_>)]) -> Vec<Fold> {
    let keys: Vec<Key> = steps.iter().map(|(step, events)| key(step, events)).collect();
    let next = next_of_node(&keys);
    let mut folds = Vec::new();
    let mut at = 0;
    while at < keys.len() {
        let Some((period, cycles)) = cycles_at(&keys, &next, at) else {
            at += 1;
            continue;
        };
        let (start, end) = (at + SHOWN_BEFORE * period, at + (cycles - 1) * period);
        let is_exact = (start - period..end - period).all(|index| {
            let (before, after) = (&steps[index].1, &steps[index + period].1);
            before.iter().eq(after.iter())
        });
        folds.push(Fold { start, end, period, is_exact });
        at += cycles * period;
    }
    folds
}

fn key(step: &Step, events: &Events<'_>) -> Key {
    let kinds = events.iter().fold(0, |kinds, fact| kinds | 1 << kind(fact));
    Key { node: step.node, depth: step.depth, path: step.path, next: step.next, kinds }
}

fn kind(fact: &EventKind) -> u16 {
    match fact {
        EventKind::Prompted(_) => 0,
        EventKind::CallerInput(_) => 1,
        EventKind::Collected(_) => 2,
        EventKind::Assigned(..) => 3,
        EventKind::Read(..) => 4,
        EventKind::Requested(_) => 5,
        EventKind::Answered(_) => 6,
        EventKind::Routed(_) | EventKind::Transferred(_) | EventKind::Connected(_) => 7,
        EventKind::Ended(_) => 8,
        EventKind::Failed(_) => 9,
        EventKind::Missing(_) => 10,
        EventKind::Noted(_) | EventKind::Unfilled(..) | EventKind::Warned(_) => 11,
        EventKind::TimedOut => 12,
        EventKind::Input(..) => 13,
        EventKind::Output(..) | EventKind::Entry(_) => 14,
        EventKind::Played(_) => 15,
    }
}

/// Returns for each step the next step of the same node.
fn next_of_node(keys: &[Key]) -> Vec<Option<usize>> {
    let count = keys.iter().map(|key| key.node.index() + 1).max().unwrap_or(0);
    let mut last = vec![None; count];
    let mut next: Vec<Option<usize>> = (0..keys.len())
        .rev()
        .map(|index| last[keys[index].node.index()].replace(index))
        .collect();
    next.reverse();
    next
}

/// Returns the length and number of the cycles that begin at a step, if there are enough.
/// A cycle begins in its uppermost flow, so that the tree stays intact.
fn cycles_at(keys: &[Key], next: &[Option<usize>], at: usize) -> Option<(usize, usize)> {
    let mut candidate = next[at]?;
    for _ in 0..MAX_CANDIDATES {
        let period = candidate - at;
        if period > MAX_PERIOD {
            return None;
        }
        let is_uppermost =
            keys[at..candidate].iter().all(|key| key.depth >= keys[at].depth);
        if is_uppermost {
            let pairs = keys[at..].iter().zip(&keys[candidate..]);
            let same = pairs.take_while(|(before, after)| before == after).count();
            let cycles = 1 + same / period;
            if cycles >= MIN_CYCLES {
                return Some((period, cycles));
            }
        }
        candidate = next[candidate]?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(nodes: &[u32], depths: &[u16]) -> Vec<Key> {
        let key = |(&node, &depth): (&u32, &u16)| Key {
            node: NodeId(node),
            depth,
            path: PathTaken::Next,
            next: None,
            kinds: 0,
        };
        nodes.iter().zip(depths).map(key).collect()
    }

    fn cycles(nodes: &[u32], depths: &[u16], at: usize) -> Option<(usize, usize)> {
        let keys = keys(nodes, depths);
        cycles_at(&keys, &next_of_node(&keys), at)
    }

    #[test]
    fn cycles_are_counted() {
        let nodes = [[7].as_slice(), &[1, 2, 3].repeat(8), &[1, 2]].concat();
        let depths = vec![0; nodes.len()];
        assert_eq!(cycles(&nodes, &depths, 0), None);
        assert_eq!(cycles(&nodes, &depths, 1), Some((3, 8)));
    }

    #[test]
    fn a_node_may_come_twice_in_a_cycle() {
        let nodes = [1, 2, 1, 3].repeat(6);
        assert_eq!(cycles(&nodes, &[0; 24], 0), Some((4, 6)));
    }

    #[test]
    fn a_few_cycles_are_not_folded() {
        assert_eq!(cycles(&[1, 2].repeat(5), &[0; 10], 0), None);
    }

    #[test]
    fn a_cycle_begins_in_its_uppermost_flow() {
        let nodes = [1, 2, 3].repeat(7);
        let depths = [1, 1, 0].repeat(7);
        assert_eq!(cycles(&nodes, &depths, 0), None);
        assert_eq!(cycles(&nodes, &depths, 2), Some((3, 6)));
    }
}

//! Directed graphs by index, and queries on them. Nothing here recurses, and every query
//! takes time proportional to the size of the graph.

/// The edges of a directed graph.
#[derive(Debug, Clone)]
pub(super) struct Adjacency {
    /// The index of the first edge of each node, with one more entry at the end.
    first: Vec<usize>,
    targets: Vec<usize>,
}

/// The strongly connected components of a graph.
pub(super) struct Cycles {
    /// The number of the component that contains each node.
    part: Vec<usize>,
    /// The nodes of every component that has an edge, in order. Components are sorted by
    /// first node.
    pub(super) cycles: Vec<Vec<usize>>,
}

impl Adjacency {
    /// Creates a graph with the given number of nodes and these edges.
    pub(super) fn new<E>(count: usize, mut edges: impl FnMut(usize) -> E) -> Self
    where
        E: IntoIterator<Item = usize>,
    {
        let mut graph =
            Self { first: Vec::with_capacity(count + 1), targets: Vec::new() };
        graph.first.push(0);
        for node in 0..count {
            graph.targets.extend(edges(node));
            graph.first.push(graph.targets.len());
        }
        graph
    }

    /// The number of nodes.
    fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// The targets of the edges of a node.
    pub(super) fn edges(&self, node: usize) -> &[usize] {
        &self.targets[self.first[node]..self.first[node + 1]]
    }

    /// Returns the graph with all edges reversed.
    pub(super) fn reversed(&self) -> Self {
        let mut first = vec![0; self.len() + 1];
        self.targets.iter().for_each(|target| first[target + 1] += 1);
        for node in 0..self.len() {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let mut targets = vec![0; self.targets.len()];
        for node in 0..self.len() {
            for target in self.edges(node) {
                targets[next[*target]] = node;
                next[*target] += 1;
            }
        }
        Self { first, targets }
    }

    /// Returns which nodes can be reached from the given ones, which are included.
    pub(super) fn reachable(&self, starts: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.len()];
        let mut pending: Vec<usize> = starts.into_iter().collect();
        pending.iter().for_each(|start| reached[*start] = true);
        while let Some(node) = pending.pop() {
            for target in self.edges(node) {
                if !reached[*target] {
                    reached[*target] = true;
                    pending.push(*target);
                }
            }
        }
        reached
    }

    /// Returns the cycles, by Tarjan's algorithm for strongly connected components.
    pub(super) fn cycles(&self) -> Cycles {
        let mut search = Search::new(self.len());
        for node in 0..self.len() {
            search.visit(self, node);
        }
        let Search { part, parts, .. } = search;
        let mut sizes = vec![0_usize; parts];
        part.iter().for_each(|number| sizes[*number] += 1);
        let mut place = vec![None; parts];
        let mut circles: Vec<Vec<usize>> = Vec::new();
        for (node, number) in part.iter().enumerate() {
            if sizes[*number] == 1 && !self.edges(node).contains(&node) {
                continue;
            }
            let index = *place[*number].get_or_insert(circles.len());
            if index == circles.len() {
                circles.push(Vec::with_capacity(sizes[*number]));
            }
            circles[index].push(node);
        }
        Cycles { part, cycles: circles }
    }
}

impl Cycles {
    /// Whether an edge leads out of a cycle.
    pub(super) fn has_exit(&self, circle: &[usize], graph: &Adjacency) -> bool {
        let leaves = |node: &usize| {
            graph.edges(*node).iter().any(|target| self.part[*target] != self.part[*node])
        };
        circle.iter().any(leaves)
    }
}

/// The state of Tarjan's algorithm; `path` replaces the usual recursion.
struct Search {
    /// The time at which a node was found, from 1; 0 if it was not found yet.
    found: Vec<usize>,
    /// The earliest node that is known to be reachable from a node.
    low: Vec<usize>,
    part: Vec<usize>,
    parts: usize,
    clock: usize,
    /// Nodes without a component.
    loose: Vec<usize>,
    /// The nodes from the root to the current node, each with the index of its next edge.
    path: Vec<(usize, usize)>,
}

/// Marks a node without a component.
const LOOSE: usize = usize::MAX;

impl Search {
    fn new(count: usize) -> Self {
        Self {
            found: vec![0; count],
            low: vec![0; count],
            part: vec![LOOSE; count],
            parts: 0,
            clock: 0,
            loose: Vec::new(),
            path: Vec::new(),
        }
    }

    fn visit(&mut self, graph: &Adjacency, root: usize) {
        if self.found[root] == 0 {
            self.enter(root);
        }
        while let Some((node, edge)) = self.path.last_mut() {
            let node = *node;
            let Some(target) = graph.edges(node).get(*edge).copied() else {
                self.path.pop();
                self.leave(node);
                continue;
            };
            *edge += 1;
            if self.found[target] == 0 {
                self.enter(target);
            } else if self.part[target] == LOOSE {
                self.low[node] = self.low[node].min(self.found[target]);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.clock += 1;
        self.found[node] = self.clock;
        self.low[node] = self.clock;
        self.loose.push(node);
        self.path.push((node, 0));
    }

    fn leave(&mut self, node: usize) {
        if let Some((before, _)) = self.path.last() {
            self.low[*before] = self.low[*before].min(self.low[node]);
        }
        if self.low[node] < self.found[node] {
            return;
        }
        while let Some(member) = self.loose.pop() {
            self.part[member] = self.parts;
            if member == node {
                break;
            }
        }
        self.parts += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph(edges: &[Vec<usize>]) -> Adjacency {
        Adjacency::new(edges.len(), |node| edges[node].clone())
    }

    #[test]
    fn circles_are_found_with_their_nodes_in_order() {
        // The nodes 3 → 1 → 2 → 3 form a cycle with an exit to 4, which leads to itself;
        // 0 is in no cycle.
        let graph = graph(&[vec![1], vec![2], vec![3], vec![1, 4], vec![4]]);
        let found = graph.cycles();
        assert_eq!(found.cycles, [vec![1, 2, 3], vec![4]]);
        assert!(found.has_exit(&[1, 2, 3], &graph));
        assert!(!found.has_exit(&[4], &graph));
    }

    #[test]
    fn long_chains_and_circles_need_no_stack() {
        const COUNT: usize = 1_000_000;
        let chain = Adjacency::new(COUNT, |node| (node + 1 < COUNT).then_some(node + 1));
        assert!(chain.cycles().cycles.is_empty());
        assert!(chain.reachable([0])[COUNT - 1]);
        let circle = Adjacency::new(COUNT, |node| [(node + 1) % COUNT]);
        assert_eq!(circle.cycles().cycles.len(), 1);
        assert!(circle.reversed().reachable([COUNT - 1])[0]);
    }

    proptest! {
        #[test]
        fn nodes_share_a_circle_if_each_reaches_the_other(
            edges in prop::collection::vec(prop::collection::vec(0_usize..9, 0..4), 9)
        ) {
            let graph = graph(&edges);
            let reached: Vec<Vec<bool>> = (0..9).map(|node| graph.reachable([node])).collect();
            let back: Vec<Vec<bool>> =
                (0..9).map(|node| graph.reversed().reachable([node])).collect();
            let found = graph.cycles();
            for one in 0..9 {
                for other in 0..9 {
                    prop_assert_eq!(reached[one][other], back[other][one]);
                    let together = reached[one][other] && reached[other][one];
                    let both = |circle: &Vec<usize>| {
                        circle.contains(&one) && circle.contains(&other)
                    };
                    if one != other || edges[one].contains(&one) {
                        prop_assert_eq!(found.cycles.iter().any(both), together);
                    }
                }
            }
        }
    }
}

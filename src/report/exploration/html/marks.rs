//! Verdicts for the vertices and arrows of a graph.

use indexmap::IndexMap;
use serde::Serialize;

use crate::explore::{Decided, Verdict};
use crate::flow::SymbolTable;
use crate::flow::write::{Arrow, Graph};
use crate::report::graph::Marking;

/// The appearance of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Mark {
    verdict: Shown,
    /// The number of the call that leads there.
    call: Option<usize>,
}

/// A verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Shown {
    Reachable,
    Undecided,
    Unreachable,
    /// Without a verdict.
    Plain,
}

impl Mark {
    const PLAIN: Self = Self { verdict: Shown::Plain, call: None };

    /// Returns the mark of a goal that a call reaches.
    pub(super) fn of(goal: &Decided, call: Option<usize>) -> Self {
        let verdict = match goal.verdict {
            Verdict::Reachable(_) => Shown::Reachable,
            Verdict::Unreachable(_) => Shown::Unreachable,
            Verdict::Undecided(_) => Shown::Undecided,
        };
        Self { verdict, call }
    }
}

/// The verdicts about an action and its outputs.
#[derive(Default)]
struct Node {
    own: Option<Mark>,
    outputs: Vec<(String, Mark)>,
}

/// The verdicts about a flow, by the ids of its nodes.
pub(super) struct Marks<'m>(IndexMap<&'m str, Node>);

impl<'m> Marks<'m> {
    pub(super) fn of(
        goals: &[&Decided],
        symbols: &'m SymbolTable,
        call: impl Fn(&Decided) -> Option<usize>,
    ) -> Self {
        let mut nodes: IndexMap<&str, Node> = IndexMap::new();
        for goal in goals {
            let node = nodes.entry(&symbols.node(goal.node).id).or_default();
            let mark = Mark::of(goal, call(goal));
            match &goal.output {
                Some(output) => node.outputs.push((output.to_string(), mark)),
                None => node.own = Some(mark),
            }
        }
        Self(nodes)
    }

    fn node(&self, graph: &Graph, vertex: usize) -> Option<&Node> {
        self.0.get(graph.vertices.get(vertex)?.id.as_deref()?)
    }

    fn arrow(&self, graph: &Graph, arrow: &Arrow) -> Option<Mark> {
        // The task of a choice has no verdict; it only leads to its first action.
        let Some(node) = self.node(graph, arrow.from) else {
            return self.node(graph, arrow.to)?.own;
        };
        let target = graph.vertices.get(arrow.to).map(|it| it.name.as_str());
        let named = |name: &str| {
            let mut outputs = node.outputs.iter();
            outputs.find(|(output, _)| output == name).map(|(_, mark)| *mark)
        };
        let own = named(&arrow.label).or_else(|| named(target?));
        match own {
            // The start of a task leads to its first action and has no outputs.
            None if node.outputs.is_empty() => node.own,
            None if arrow.label.is_empty() => node.rest(graph, arrow),
            mark => mark,
        }
    }
}

impl Node {
    /// Returns the mark of the ordinary path, which represents all outputs without their
    /// own arrows.
    fn rest(&self, graph: &Graph, arrow: &Arrow) -> Option<Mark> {
        let has_own = |name: &str| {
            let mut others = graph.arrows.iter().filter(|it| it.from == arrow.from);
            others.any(|it| !it.is_jump && it.label == name)
        };
        let others = self.outputs.iter().filter(|(name, _)| !has_own(name));
        others.map(|(_, mark)| *mark).min_by_key(|mark| mark.verdict)
    }
}

impl Marking for Marks<'_> {
    type Mark = Mark;

    fn of_vertex(&self, graph: &Graph, vertex: usize) -> (Mark, Option<u64>) {
        let own = self.node(graph, vertex).and_then(|node| node.own);
        (own.unwrap_or(Mark::PLAIN), None)
    }

    fn of_arrow(&self, graph: &Graph, arrow: usize) -> (Mark, Option<u64>) {
        let own = graph.arrows.get(arrow).and_then(|it| self.arrow(graph, it));
        (own.unwrap_or(Mark::PLAIN), None)
    }

    fn words(mark: Mark) -> &'static str {
        match mark.verdict {
            Shown::Reachable => "reachable",
            Shown::Undecided => "undecided",
            Shown::Unreachable => "unreachable",
            Shown::Plain => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(verdict: Shown, call: Option<usize>) -> Mark {
        Mark { verdict, call }
    }

    #[test]
    fn arrows_have_the_marks_of_their_outputs() {
        let reachable = |call| mark(Shown::Reachable, Some(call));
        let (undecided, unreachable) =
            (mark(Shown::Undecided, None), mark(Shown::Unreachable, None));
        let node = |own, outputs: &[(&str, Mark)]| {
            let outputs = outputs.iter().map(|(name, mark)| ((*name).to_owned(), *mark));
            Node { own: Some(own), outputs: outputs.collect() }
        };
        let marks = Marks(IndexMap::from([
            ("a", node(reachable(1), &[("next", reachable(2)), ("error", unreachable)])),
            ("b", node(reachable(1), &[("c", undecided)])),
            ("c", node(reachable(3), &[])),
        ]));
        let arrows = [
            (0, 1, "", false),
            (0, 2, "error", false),
            (1, 2, "1", false),
            (2, 3, "", false),
            (3, 0, "", false),
        ];
        let graph = Graph::sketch(&["a", "b", "c", "d"], &arrows);
        let found: Vec<Mark> =
            (0..arrows.len()).map(|arrow| marks.of_arrow(&graph, arrow).0).collect();
        assert_eq!(
            found,
            [reachable(2), unreachable, undecided, reachable(3), reachable(1)]
        );
        assert_eq!(marks.of_vertex(&graph, 2).0, reachable(3));
        assert_eq!(marks.of_vertex(&graph, 3).0, Mark::PLAIN);
    }
}

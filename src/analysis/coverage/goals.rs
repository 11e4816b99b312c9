//! Goals of an exploration: the nodes and outputs that coverage counts.

use std::sync::Arc;

use super::catalogue::{Catalogue, Entry, Item};
use super::count::way;
use super::kind::Kind;
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::{PathTaken, Step};

/// The nodes and outputs of a program that a call can reach, numbered.
#[derive(Debug, Clone)]
pub struct Goals {
    catalogue: Arc<Catalogue>,
}

/// A node, or an output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal<'g> {
    /// The number.
    pub number: usize,
    /// The node.
    pub node: NodeId,
    /// The kind.
    pub kind: Kind,
    /// The name of the output; `None` for the node itself.
    pub output: Option<&'g str>,
}

impl Goals {
    /// Numbers the goals of a program.
    pub fn of(program: &Program) -> Self {
        Self { catalogue: Arc::new(Catalogue::of(program)) }
    }

    /// The largest number of a goal, plus one.
    pub fn count(&self) -> usize {
        self.catalogue.items.len()
    }

    /// The goals, in the order of their nodes.
    pub fn all(&self) -> impl Iterator<Item = Goal<'_>> {
        let items = self.catalogue.items.iter().enumerate();
        items.filter_map(|(number, entry)| goal(number, entry))
    }

    /// Visits the numbers of the goals that these steps reached. A number may be that of
    /// an item that is not a goal.
    pub fn each_reached(&self, steps: &[Step], visit: &mut impl FnMut(usize)) {
        let mut visit = |item: Item| {
            if (item as usize) < self.count() {
                visit(item as usize);
            }
        };
        for step in steps {
            let Some(items) = self.catalogue.nodes.get(step.node.index()) else {
                continue;
            };
            visit(items.own);
            match step.path {
                PathTaken::None => {}
                PathTaken::Next => visit(items.next),
                PathTaken::Error => visit(items.error),
                PathTaken::Default => visit(items.default),
                PathTaken::Condition(number) => {
                    let item = way(&self.catalogue, items, number.wrapping_sub(1));
                    item.into_iter().for_each(&mut visit);
                }
                PathTaken::Output(index) => {
                    visit(way(&self.catalogue, items, index).unwrap_or(items.next));
                }
            }
        }
    }
}

fn goal(number: usize, entry: &Entry) -> Option<Goal<'_>> {
    let (node, kind) = (entry.node?, entry.kind);
    let output = entry.name.as_deref();
    let is_goal = match kind {
        Kind::Nodes | Kind::Tasks | Kind::Menus | Kind::ErrorHandlers => output.is_none(),
        Kind::Paths | Kind::Choices => true,
        Kind::Conditions | Kind::Prompts | Kind::Flows | Kind::Calls => false,
    };
    is_goal.then_some(Goal { number, node, kind, output })
}

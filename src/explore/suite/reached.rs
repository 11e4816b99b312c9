//! Goals that existing tests reach, by name: a test may have compiled the flows itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::coverage::{Goal, Goals};
use crate::program::Program;
use crate::trace::Trace;
use crate::value::Text;

/// A goal: the id of the flow, the id of the node, and the name of the output.
pub type GoalName = (Text, Text, Option<Text>);

/// Collects the goals that calls reach.
#[derive(Debug, Default)]
pub struct Reached(Vec<(Arc<Program>, Goals, Vec<bool>)>);

impl Reached {
    /// Adds a call.
    pub fn add(&mut self, program: &Arc<Program>, trace: &Trace) {
        let known = self.0.iter().position(|(known, ..)| Arc::ptr_eq(known, program));
        let place = known.unwrap_or_else(|| {
            let goals = Goals::of(program);
            let is_reached = vec![false; goals.count()];
            self.0.push((Arc::clone(program), goals, is_reached));
            self.0.len() - 1
        });
        let (_, goals, is_reached) = &mut self.0[place];
        goals.each_reached(&trace.steps, &mut |goal| is_reached[goal] = true);
    }

    /// Returns the names of all goals that were reached.
    pub fn names(&self) -> BTreeSet<GoalName> {
        let of_program =
            |(program, goals, is_reached): &(Arc<Program>, Goals, Vec<_>)| {
                let reached = goals.all().filter(|goal| is_reached[goal.number]);
                reached.map(|goal| name(program, &goal)).collect::<Vec<_>>()
            };
        self.0.iter().flat_map(of_program).collect()
    }
}

/// Returns the name of a goal.
pub(super) fn name(program: &Program, goal: &Goal<'_>) -> GoalName {
    let node = program.symbols.node(goal.node);
    let flow = program.symbols.flow(node.flow).id.clone();
    (flow, node.id.clone(), goal.output.map(Text::from))
}

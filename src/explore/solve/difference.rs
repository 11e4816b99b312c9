//! A call that takes another course in a changed program: the changed expression is solved for
//! values with which it differs from the original.

use crate::engine::Call;
use crate::expr::architect::Expression;
use crate::flow::NodeId;
use crate::value::DateTime;

use crate::explore::analysed::{Analysed, Varied};
use crate::explore::witness::{Player, Witness};

use super::played::Played;
use super::{Aim, MOST_REPAIRS, MOST_TRIALS, requesting};

/// An action with one other expression.
pub(in crate::explore) struct Changed<'c> {
    pub(in crate::explore) node: NodeId,
    /// The expressions before and after the change.
    pub(in crate::explore) expressions: Vec<(&'c Expression, &'c Expression)>,
}

impl Analysed<'_> {
    /// Changes a known call that reaches the action until `differs` holds for the call and
    /// its start time.
    pub(in crate::explore) fn difference(
        &self,
        varied: &Varied<'_>,
        changed: &Changed<'_>,
        (call, at, witness): (Call, Option<DateTime>, &Witness),
        differs: &dyn Fn(Option<DateTime>, &Witness) -> bool,
    ) -> Option<(Option<DateTime>, Witness)> {
        let start = self.start_of(call, at, witness, None);
        let call = requesting(&start);
        let world = self.world_of(varied, (&start, &call));
        let played = Played::witness(&world, witness);
        let aim = Aim {
            node: changed.node,
            solve: &|session| {
                let pairs = changed.expressions.iter();
                pairs
                    .flat_map(|(one, two)| session.solve_difference(0, one, two))
                    .collect()
            },
            is_met: &|start, world, script| {
                let mut witness = Player::new(world).call(script);
                start.give(&mut witness);
                differs(start.at, &witness)
            },
        };
        let mut left = MOST_TRIALS;
        let found =
            self.repair(varied, &aim, (&start, &played), MOST_REPAIRS, &mut left)?;
        let call = requesting(&found.start);
        let world = self.world_of(varied, (&found.start, &call));
        let mut witness = Player::new(&world).call(&found.script);
        found.start.give(&mut witness);
        Some((found.start.at, witness))
    }
}

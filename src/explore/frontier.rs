//! The order of the search: states that wait to be continued, in several queues that take
//! turns.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The number of a state.
pub(super) type StateId = u32;

/// The properties of a new state that decide its place in the queues.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rank {
    /// The number of answers that lead to it.
    pub(super) depth: u32,
    /// Whether no earlier state had the same node and the same calling nodes.
    pub(super) is_new_control: bool,
    /// Whether a variable has a value that it had in no earlier state there.
    pub(super) is_new_value: bool,
    /// Whether no earlier state had such values of the variables that the flow computes.
    pub(super) has_new_cells: bool,
    /// The number of steps to the nearest goal that was not reached yet.
    pub(super) distance: u32,
}

/// States that wait to be continued. Each is taken once.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    shallow: BinaryHeap<Reverse<(u32, StateId)>>,
    new_controls: VecDeque<StateId>,
    new_values: VecDeque<StateId>,
    new_cells: VecDeque<StateId>,
    near: BinaryHeap<Reverse<(u32, StateId)>>,
    is_taken: Vec<bool>,
    turn: usize,
}

impl Frontier {
    /// Adds a state. States are numbered consecutively.
    pub(super) fn add(&mut self, id: StateId, rank: Rank) {
        self.is_taken.resize(id as usize + 1, false);
        self.shallow.push(Reverse((rank.depth, id)));
        if rank.is_new_control {
            self.new_controls.push_back(id);
        } else if rank.is_new_value {
            self.new_values.push_back(id);
        }
        if rank.has_new_cells {
            self.new_cells.push_back(id);
        }
        if rank.distance < u32::MAX {
            self.near.push(Reverse((rank.distance, id)));
        }
    }

    /// Takes the state with the fewest answers.
    pub(super) fn take_shallow(&mut self) -> Option<StateId> {
        self.take(|queues| queues.shallow.pop().map(|Reverse((_, id))| id))
    }

    /// Takes a state from the next queue that has one.
    pub(super) fn take_in_turn(&mut self) -> Option<StateId> {
        for _ in 0..5 {
            self.turn = (self.turn + 1) % 5;
            let taken = match self.turn {
                0 => self.take_shallow(),
                1 => self.take(|queues| queues.new_controls.pop_front()),
                2 => self.take(|queues| queues.new_values.pop_front()),
                3 => self.take(|queues| queues.near.pop().map(|Reverse((_, id))| id)),
                _ => self.take(|queues| queues.new_cells.pop_front()),
            };
            if taken.is_some() {
                return taken;
            }
        }
        None
    }

    fn take(
        &mut self,
        mut next: impl FnMut(&mut Self) -> Option<StateId>,
    ) -> Option<StateId> {
        loop {
            let id = next(self)?;
            if !std::mem::replace(&mut self.is_taken[id as usize], true) {
                return Some(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(depth: u32) -> Rank {
        let [is_new_control, is_new_value, has_new_cells] = [false; 3];
        let distance = u32::MAX;
        Rank { depth, is_new_control, is_new_value, has_new_cells, distance }
    }

    #[test]
    fn every_state_is_taken_once() {
        let mut frontier = Frontier::default();
        for id in 0..6 {
            let is_new_control = id == 5;
            let distance = if id == 4 { 1 } else { u32::MAX };
            frontier.add(id, Rank { is_new_control, distance, ..rank(id) });
        }
        let order: Vec<StateId> =
            std::iter::from_fn(|| frontier.take_in_turn()).collect();
        assert_eq!(order, [5, 4, 0, 1, 2, 3]);
    }

    #[test]
    fn shallow_states_come_first() {
        let mut frontier = Frontier::default();
        for (id, depth) in [(0, 3), (1, 1), (2, 2)] {
            frontier.add(id, rank(depth));
        }
        let order: Vec<StateId> =
            std::iter::from_fn(|| frontier.take_shallow()).collect();
        assert_eq!(order, [1, 2, 0]);
    }
}

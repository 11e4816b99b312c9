//! The number of actions that a call can execute, over all paths between states.

use super::frontier::StateId;

/// The paths between the states of a search.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Pairs of states, with the number of actions between them. A call begins before
    /// state 0.
    edges: Vec<(StateId, StateId, u32)>,
    /// The number of actions before the first state.
    before: u32,
    /// The number of actions from states to the ends of calls.
    ends: Vec<(StateId, u32)>,
}

impl Paths {
    /// Adds a path from a state to the next one, or to the end of the call.
    pub(super) fn add(&mut self, from: StateId, to: Option<StateId>, actions: u32) {
        match to {
            _ if from == StateId::MAX => self.before = actions,
            Some(to) => self.edges.push((from, to, actions)),
            None => self.ends.push((from, actions)),
        }
    }

    /// Returns the states from which no path leads to one of these states, of a number of
    /// states.
    pub(super) fn stuck(
        &self,
        ends: impl Iterator<Item = StateId>,
        count: usize,
    ) -> Vec<StateId> {
        let mut incoming: Vec<Vec<StateId>> = vec![Vec::new(); count];
        for (from, to, _) in &self.edges {
            incoming[*to as usize].push(*from);
        }
        let mut leads_on = vec![false; count];
        let mut open: Vec<StateId> = ends.filter(|it| *it != StateId::MAX).collect();
        while let Some(state) = open.pop() {
            if !std::mem::replace(&mut leads_on[state as usize], true) {
                open.extend(&incoming[state as usize]);
            }
        }
        let states = (0..).zip(leads_on);
        states.filter(|(_, leads_on)| !leads_on).map(|(state, _)| state).collect()
    }

    /// Returns the largest number of actions of a call. Returns `None` if a call can
    /// return to a state that it had before, and so may be endless.
    pub(super) fn most_actions(&self) -> Option<u64> {
        let ids = self.edges.iter().flat_map(|(from, to, _)| [*from, *to]);
        let ids = ids.chain(self.ends.iter().map(|(from, _)| *from));
        let count = ids.max().map_or(1, |most| most as usize + 1);
        let mut outgoing: Vec<Vec<(StateId, u32)>> = vec![Vec::new(); count];
        let mut incoming = vec![0_usize; count];
        for (from, to, actions) in &self.edges {
            outgoing[*from as usize].push((*to, *actions));
            incoming[*to as usize] += 1;
        }
        let mut most = vec![u64::from(self.before); count];
        let mut open: Vec<usize> = (0..count).filter(|id| incoming[*id] == 0).collect();
        let mut visited = 0;
        while let Some(id) = open.pop() {
            visited += 1;
            for (to, actions) in &outgoing[id] {
                let to = *to as usize;
                most[to] = most[to].max(most[id] + u64::from(*actions));
                incoming[to] -= 1;
                if incoming[to] == 0 {
                    open.push(to);
                }
            }
        }
        let ends = self.ends.iter();
        let ends = ends.map(|(from, actions)| most[*from as usize] + u64::from(*actions));
        let longest = ends.chain(most.iter().copied()).max();
        longest.filter(|_| visited == count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_counts() {
        let mut paths = Paths::default();
        paths.add(StateId::MAX, Some(0), 2);
        paths.add(0, Some(1), 3);
        paths.add(0, Some(2), 10);
        paths.add(1, Some(2), 4);
        paths.add(2, None, 1);
        assert_eq!(paths.most_actions(), Some(13));
        paths.add(2, Some(1), 0);
        assert_eq!(paths.most_actions(), None);
    }

    #[test]
    fn states_without_a_path_to_an_end_are_stuck() {
        let mut paths = Paths::default();
        for (from, to) in [(0, 1), (1, 2), (0, 3), (3, 4), (4, 3)] {
            paths.add(from, Some(to), 1);
        }
        assert_eq!(paths.stuck([2].into_iter(), 5), [3, 4]);
        assert_eq!(paths.stuck([StateId::MAX, 4].into_iter(), 5), [1, 2]);
    }

    #[test]
    fn a_call_without_questions_has_one_path() {
        let mut paths = Paths::default();
        paths.add(StateId::MAX, None, 7);
        assert_eq!(paths.most_actions(), Some(7));
    }
}

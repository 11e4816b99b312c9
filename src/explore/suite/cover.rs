//! Choice of calls: a greedy cover, from which redundant calls are dropped.

use super::{Candidate, Witness};

/// Returns the indices of calls that together reach every goal that any of them reaches.
/// Of calls with the same number of new goals, the one with fewer answers and actions is
/// chosen.
pub(super) fn cover(candidates: &[Candidate<'_>], goals: usize) -> Vec<usize> {
    let mut is_covered = vec![false; goals];
    let mut chosen: Vec<usize> = Vec::new();
    while let Some(best) = best(candidates, &is_covered) {
        for goal in &candidates[best].goals {
            is_covered[*goal] = true;
        }
        chosen.push(best);
    }
    drop_redundant(candidates, &mut chosen, goals);
    chosen
}

fn best(candidates: &[Candidate<'_>], is_covered: &[bool]) -> Option<usize> {
    let gain =
        |it: &Candidate<'_>| it.goals.iter().filter(|it| !is_covered[**it]).count();
    let rated = candidates.iter().enumerate().map(|(index, it)| {
        let Witness { fixtures, variables, context, .. } = it.witness;
        let cost = (it.at.is_some(), fixtures.is_some(), variables.len() + context.len());
        let cost = (cost, it.witness.inputs.len(), it.actions, index);
        (gain(it), std::cmp::Reverse(cost))
    });
    let (gain, std::cmp::Reverse((.., index))) = rated.max()?;
    (gain > 0).then_some(index)
}

/// Drops calls whose goals the other calls reach, the last chosen first.
fn drop_redundant(candidates: &[Candidate<'_>], chosen: &mut Vec<usize>, goals: usize) {
    let mut times = vec![0_u32; goals];
    for goal in chosen.iter().flat_map(|index| &candidates[*index].goals) {
        times[*goal] += 1;
    }
    for place in (0..chosen.len()).rev() {
        let own = &candidates[chosen[place]].goals;
        if own.iter().all(|goal| times[*goal] > 1) {
            own.iter().for_each(|goal| times[*goal] -= 1);
            chosen.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::flow::FlowId;

    /// Returns the chosen ones of calls that reach these goals.
    fn chosen(calls: &[Vec<usize>]) -> Vec<usize> {
        let witness = Witness::default();
        let candidates = calls.iter().map(|goals| Candidate {
            start: FlowId::new(0),
            at: None,
            witness: &witness,
            goals: goals.clone(),
            actions: 1,
        });
        cover(&candidates.collect::<Vec<_>>(), 8)
    }

    #[test]
    fn the_call_with_most_goals_comes_first_and_redundant_ones_are_dropped() {
        assert_eq!(chosen(&[vec![0], vec![0, 1], vec![2], vec![]]), [1, 2]);
        // The first choice is redundant after the others were needed.
        let calls = [vec![1, 2, 3, 4], vec![0, 1, 2], vec![3, 4, 5]];
        assert_eq!(chosen(&calls), [1, 2]);
    }

    proptest! {
        #[test]
        fn everything_is_reached_and_no_call_is_redundant(
            calls in prop::collection::vec(prop::collection::btree_set(0..8_usize, 0..5), 0..9)
        ) {
            let calls: Vec<Vec<usize>> =
                calls.into_iter().map(|it| it.into_iter().collect()).collect();
            let chosen = chosen(&calls);
            let reached = |without: Option<usize>| {
                let kept = chosen.iter().filter(|it| Some(**it) != without);
                let mut all: Vec<usize> =
                    kept.flat_map(|it| calls[*it].iter().copied()).collect();
                all.sort_unstable();
                all.dedup();
                all
            };
            let mut all: Vec<usize> = calls.concat();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(reached(None), all.clone());
            for index in &chosen {
                prop_assert_ne!(reached(Some(*index)), all.clone());
            }
        }
    }
}

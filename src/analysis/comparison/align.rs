//! Alignment of the steps of two sides.

use rustc_hash::{FxHashMap, FxHashSet};
use similar::DiffOp;

use crate::trace::observation::ObservedStep;
use crate::value::numbered_differences;

/// A step of one side, or a pair of matching steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Index among the recorded steps.
    pub recorded: Option<usize>,
    /// Index among the local steps.
    pub local: Option<usize>,
    /// Whether the step has another position on the other side. The row is at its
    /// recorded position.
    pub is_moved: bool,
    /// Whether the step has another id on the other side.
    pub is_renamed: bool,
}

/// The strongest identification of a step that both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'s> {
    /// Id, and the kind for events that belong to an action.
    Id(&'s str, &'s str),
    /// Flow, tracking number and kind; tracking numbers are unique per flow.
    Tracking(&'s str, i64, &'s str),
    /// Kind and name.
    Name(&'s str, &'s str),
}

/// Aligns the steps of two sides. Steps match by id if the other side has the id
/// anywhere, else by tracking number, else by kind and name. The longest common
/// subsequence is kept. It may be slightly shorter for very large and very different
/// traces (*source: `similar`'s bounded Myers*). A pair outside this subsequence has
/// moved. The result is symmetric: exchanging the sides gives the same pairs.
pub fn align(recorded: &[ObservedStep], local: &[ObservedStep]) -> Vec<Row> {
    let is_equal = recorded.len() == local.len()
        && recorded.iter().zip(local).all(|(one, two)| is_same(one, two));
    if is_equal {
        return (0..recorded.len()).map(|at| pair(at, at)).collect();
    }
    let [one, two] = keys([recorded, local]);
    let rows = if one.numbers <= two.numbers {
        rows(&one.numbers, &two.numbers)
    } else {
        rows(&two.numbers, &one.numbers).into_iter().map(exchanged).collect()
    };
    let rows = moved(in_order(rows), &one, &two);
    super::rename::renamed(rows, recorded, local)
}

/// Orders the rows between two common steps: recorded ones before local ones.
fn in_order(mut rows: Vec<Row>) -> Vec<Row> {
    let is_common = |row: &Row| row.recorded.is_some() && row.local.is_some();
    for gap in rows.split_mut(is_common) {
        gap.sort_by_key(|row| row.recorded.is_none());
    }
    rows
}

fn pair(recorded: usize, local: usize) -> Row {
    Row {
        recorded: Some(recorded),
        local: Some(local),
        is_moved: false,
        is_renamed: false,
    }
}

fn exchanged(row: Row) -> Row {
    Row { recorded: row.local, local: row.recorded, ..row }
}

/// Returns the kind of an event that belongs to an action. The result is empty for
/// actions, so that an action whose type changed is still the same.
fn role(step: &ObservedStep) -> &str {
    if step.is_action { "" } else { &step.kind }
}

fn is_same(one: &ObservedStep, two: &ObservedStep) -> bool {
    match (&one.id, &two.id) {
        (Some(a), Some(b)) => a == b && role(one) == role(two),
        (None, None) => name_key(one) == name_key(two),
        _ => false,
    }
}

fn id_key(step: &ObservedStep) -> Option<Key<'_>> {
    step.id.as_deref().map(|id| Key::Id(id, role(step)))
}

fn tracking_key(step: &ObservedStep) -> Option<Key<'_>> {
    let number = step.tracking_id?;
    Some(Key::Tracking(step.flow.as_deref().unwrap_or_default(), number, &step.kind))
}

fn name_key(step: &ObservedStep) -> Key<'_> {
    // A step without a name is identified by its id.
    let name = step.name.as_deref().or(step.id.as_deref());
    Key::Name(&step.kind, name.unwrap_or_default())
}

/// Keys of one side, as numbers in the order of the keys.
struct Keys {
    numbers: Vec<u32>,
    /// For each number, whether it identifies a step only by name, so that it may be a
    /// different step.
    is_weak: Vec<bool>,
}

fn keys(sides: [&[ObservedStep]; 2]) -> [Keys; 2] {
    let mut chosen = sides.map(|steps| vec![None; steps.len()]);
    for strength in [id_key, tracking_key] {
        let [one, two] = [0, 1].map(|side| {
            let open = sides[side].iter().zip(&chosen[side]);
            let open = open.filter(|(_, key)| key.is_none());
            open.filter_map(|(step, _)| strength(step)).collect::<FxHashSet<Key<'_>>>()
        });
        for side in [0, 1] {
            for (step, key) in sides[side].iter().zip(&mut chosen[side]) {
                let own =
                    strength(step).filter(|it| one.contains(it) && two.contains(it));
                *key = key.or(own);
            }
        }
    }
    let all = [0, 1].map(|side| -> Vec<Key<'_>> {
        let steps = sides[side].iter().zip(&chosen[side]);
        steps.map(|(step, key)| key.unwrap_or_else(|| name_key(step))).collect()
    });
    let mut sorted: Vec<Key<'_>> = all.iter().flatten().copied().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let is_weak: Vec<bool> =
        sorted.iter().map(|key| matches!(key, Key::Name(..))).collect();
    all.map(|keys| {
        let number = |key: &Key<'_>| sorted.binary_search(key).unwrap_or_default();
        let number = |key| u32::try_from(number(key)).unwrap_or(u32::MAX);
        Keys { numbers: keys.iter().map(number).collect(), is_weak: is_weak.clone() }
    })
}

fn rows(one: &[u32], two: &[u32]) -> Vec<Row> {
    let mut rows = Vec::with_capacity(one.len().max(two.len()));
    let gone = |at: usize| Row {
        recorded: Some(at),
        local: None,
        is_moved: false,
        is_renamed: false,
    };
    let come = |at: usize| Row {
        recorded: None,
        local: Some(at),
        is_moved: false,
        is_renamed: false,
    };
    for operation in numbered_differences(one, two) {
        match operation {
            DiffOp::Equal { old_index, new_index, len } => {
                rows.extend((0..len).map(|at| pair(old_index + at, new_index + at)));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                rows.extend((old_index..old_index + old_len).map(gone));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                rows.extend((new_index..new_index + new_len).map(come));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                rows.extend((old_index..old_index + old_len).map(gone));
                rows.extend((new_index..new_index + new_len).map(come));
            }
        }
    }
    rows
}

/// Joins the unmatched steps of both sides: for each key the first with the first.
fn moved(rows: Vec<Row>, one: &Keys, two: &Keys) -> Vec<Row> {
    let key = |keys: &Keys, at: usize| {
        let number = keys.numbers.get(at).copied()?;
        let is_weak = keys.is_weak.get(number as usize).copied().unwrap_or(true);
        (!is_weak).then_some(number)
    };
    let mut gone: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for row in rows.iter().filter(|row| row.local.is_none()) {
        if let Some((at, number)) = row.recorded.and_then(|at| Some((at, key(one, at)?)))
        {
            gone.entry(number).or_default().push(at);
        }
    }
    let mut taken: FxHashMap<u32, usize> = FxHashMap::default();
    let mut moved_to: FxHashMap<usize, usize> = FxHashMap::default();
    let mut joined: FxHashSet<usize> = FxHashSet::default();
    for row in rows.iter().filter(|row| row.recorded.is_none()) {
        let Some((at, number)) = row.local.and_then(|at| Some((at, key(two, at)?)))
        else {
            continue;
        };
        let next = taken.entry(number).or_default();
        if let Some(old) = gone.get(&number).and_then(|all| all.get(*next)) {
            *next += 1;
            moved_to.insert(*old, at);
            joined.insert(at);
        }
    }
    let is_joined = |row: &Row| {
        row.recorded.is_none() && row.local.is_some_and(|at| joined.contains(&at))
    };
    let found = |row: Row| match (row.recorded, row.local) {
        (Some(at), None) => match moved_to.get(&at) {
            Some(local) => Row { local: Some(*local), is_moved: true, ..row },
            None => row,
        },
        _ => row,
    };
    rows.into_iter().filter(|row| !is_joined(row)).map(found).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steps(ids: &str) -> Vec<ObservedStep> {
        let step = |id: char| ObservedStep {
            id: Some(id.to_string().into()),
            kind: "Say".into(),
            is_action: true,
            ..ObservedStep::default()
        };
        ids.chars().map(step).collect()
    }

    /// Formats the alignment: `a` on both sides, `-b` recorded only, `+c` local only,
    /// `~d` moved.
    fn shown(recorded: &str, local: &str) -> String {
        let id = |text: &str, at: usize| text.chars().nth(at).unwrap().to_string();
        let rows = align(&steps(recorded), &steps(local));
        let row = |row: &Row| match (row.recorded, row.local) {
            (Some(at), Some(_)) if row.is_moved => format!("~{}", id(recorded, at)),
            (Some(at), Some(_)) => id(recorded, at),
            (Some(at), None) => format!("-{}", id(recorded, at)),
            (None, Some(at)) => format!("+{}", id(local, at)),
            (None, None) => "?".into(),
        };
        rows.iter().map(row).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn steps_are_inserted_missing_and_moved() {
        assert_eq!(shown("abc", "abc"), "a b c");
        assert_eq!(shown("abc", "axbc"), "a +x b c");
        assert_eq!(shown("axbc", "abc"), "a -x b c");
        assert_eq!(shown("axz", "ayz"), "a -x +y z");
        assert_eq!(shown("abcdef", "aefbcd"), "a b c d ~e ~f");
        assert_eq!(shown("", "a"), "+a");
    }

    #[test]
    fn without_common_ids_numbers_and_names_decide() {
        let mut one = steps("abc");
        let mut two = steps("xyz");
        for (at, step) in one.iter_mut().chain(&mut two).enumerate() {
            step.name = Some(["One", "Two", "Three"][at % 3].into());
        }
        let all = |rows: Vec<Row>| rows.iter().all(|row| *row == pair_of(row));
        assert!(all(align(&one, &two)));
        for (at, step) in two.iter_mut().enumerate() {
            step.name = None;
            step.tracking_id = i64::try_from(at).ok();
        }
        assert_eq!(align(&one, &two).len(), 6);
        for (at, step) in one.iter_mut().enumerate() {
            step.tracking_id = i64::try_from(at).ok();
        }
        assert!(all(align(&one, &two)));
    }

    fn pair_of(row: &Row) -> Row {
        pair(row.recorded.unwrap_or(usize::MAX), row.recorded.unwrap_or(usize::MAX))
    }

    #[test]
    fn huge_and_different_traces_are_aligned_in_time() {
        let side = |factor: usize| -> Vec<ObservedStep> {
            let step = |at: usize| ObservedStep {
                id: Some((at * factor % 9_973 % 500).to_string().into()),
                is_action: true,
                ..ObservedStep::default()
            };
            (1..20_000).map(step).collect()
        };
        let (one, two) = (side(31), side(57));
        let rows = align(&one, &two);
        assert_eq!(rows.iter().filter(|row| row.recorded.is_some()).count(), one.len());
        assert_eq!(rows.iter().filter(|row| row.local.is_some()).count(), two.len());
    }

    proptest! {
        #[test]
        fn exchanging_the_sides_exchanges_the_pairs(
            one in "[a-e]{0,24}",
            two in "[a-e]{0,24}",
        ) {
            let (one, two) = (steps(&one), steps(&two));
            let sorted = |mut rows: Vec<Row>| {
                rows.sort_by_key(|row| (row.recorded, row.local));
                rows
            };
            let there = sorted(align(&one, &two));
            let back = align(&two, &one).into_iter().map(exchanged).collect();
            prop_assert_eq!(there, sorted(back));
        }

        #[test]
        fn every_step_has_one_row(one in "[a-e]{0,24}", two in "[a-e]{0,24}") {
            let rows = align(&steps(&one), &steps(&two));
            let mut recorded: Vec<_> = rows.iter().filter_map(|row| row.recorded).collect();
            let mut local: Vec<_> = rows.iter().filter_map(|row| row.local).collect();
            prop_assert!(recorded.is_sorted());
            local.sort_unstable();
            recorded.dedup();
            local.dedup();
            prop_assert_eq!((recorded.len(), local.len()), (one.len(), two.len()));
        }
    }
}

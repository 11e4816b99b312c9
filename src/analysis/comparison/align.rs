//! Which step of one side is which step of the other.

use rustc_hash::{FxHashMap, FxHashSet};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::trace::observation::ObservedStep;

/// A step of one side, or the same step of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its index among the recorded steps.
    pub recorded: Option<usize>,
    /// Its index among the local steps.
    pub local: Option<usize>,
    /// Whether it stands elsewhere on the other side. It is placed where it was recorded.
    pub is_moved: bool,
}

/// What a step is recognised by, the strongest that both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'s> {
    /// The id, and of events that belong to an action what they are.
    Id(&'s str, &'s str),
    /// The tracking number, which counts in each flow by itself.
    Tracking(&'s str, i64, &'s str),
    /// What it is, and its name.
    Name(&'s str, &'s str),
}

/// Aligns the steps of two sides. A step is recognised by its id if the other side has the
/// id anywhere, else by its tracking number, else by kind and name. Of all common
/// subsequences a longest is kept (that of very large and very different traces may be a
/// little shorter: *source: `similar`'s bounded Myers*); a step that both sides have besides
/// has moved. The two sides can be exchanged: the pairs are the same.
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
    moved(in_order(rows), &one, &two)
}

/// Between two common steps what was recorded stands before what is local.
fn in_order(mut rows: Vec<Row>) -> Vec<Row> {
    let is_common = |row: &Row| row.recorded.is_some() && row.local.is_some();
    for gap in rows.split_mut(is_common) {
        gap.sort_by_key(|row| row.recorded.is_none());
    }
    rows
}

fn pair(recorded: usize, local: usize) -> Row {
    Row { recorded: Some(recorded), local: Some(local), is_moved: false }
}

fn exchanged(row: Row) -> Row {
    Row { recorded: row.local, local: row.recorded, ..row }
}

/// What an event that belongs to an action is; actions are told apart by their ids alone, so
/// that one whose type was changed is still the same.
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
    // Whatever has no name is known by its id.
    let name = step.name.as_deref().or(step.id.as_deref());
    Key::Name(&step.kind, name.unwrap_or_default())
}

/// The keys of one side as numbers whose order is that of the keys.
struct Keys {
    numbers: Vec<u32>,
    /// By number: whether a step is known by its name only, so that it may be another one.
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
    let gone = |at: usize| Row { recorded: Some(at), local: None, is_moved: false };
    let come = |at: usize| Row { recorded: None, local: Some(at), is_moved: false };
    for operation in capture_diff_slices(Algorithm::Myers, one, two) {
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

/// Joins what is left over on both sides: of each key the first with the first.
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
    let mut elsewhere: FxHashMap<usize, usize> = FxHashMap::default();
    let mut joined: FxHashSet<usize> = FxHashSet::default();
    for row in rows.iter().filter(|row| row.recorded.is_none()) {
        let Some((at, number)) = row.local.and_then(|at| Some((at, key(two, at)?)))
        else {
            continue;
        };
        let next = taken.entry(number).or_default();
        if let Some(old) = gone.get(&number).and_then(|all| all.get(*next)) {
            *next += 1;
            elsewhere.insert(*old, at);
            joined.insert(at);
        }
    }
    let is_joined = |row: &Row| {
        row.recorded.is_none() && row.local.is_some_and(|at| joined.contains(&at))
    };
    let found = |row: Row| match (row.recorded, row.local) {
        (Some(at), None) => match elsewhere.get(&at) {
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

    /// `a` on both sides, `-b` recorded only, `+c` local only, `~d` moved.
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
    fn without_common_ids_numbers_and_names_tell() {
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

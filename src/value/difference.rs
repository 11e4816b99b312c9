//! Differences between two sequences of anything.
//!
//! [`similar`] finds them. It is compiled once, for numbers: an instance for each type of
//! item has 0.1 MB of machine code.

use std::hash::Hash;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Returns the fewest insertions and deletions that lead from `old` to `new`, and the equal
/// parts between them (Myers).
pub(crate) fn differences<T: Hash + Eq>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    let (old, new) = numbered(old, new);
    numbered_differences(&old, &new)
}

/// As [`differences`], for items that are numbers already.
pub(crate) fn numbered_differences(old: &[u32], new: &[u32]) -> Vec<DiffOp> {
    captured(Algorithm::Myers, old, new)
}

/// Returns the differences around the items that both sequences have exactly once
/// (Patience). They are easier to read than the fewest ones.
pub(crate) fn readable_differences<T: Hash + Eq>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    let (old, new) = numbered(old, new);
    captured(Algorithm::Patience, &old, &new)
}

#[inline(never)]
fn captured(algorithm: Algorithm, old: &[u32], new: &[u32]) -> Vec<DiffOp> {
    capture_diff_slices(algorithm, old, new)
}

/// Gives equal items the same number, in the order of their first appearance.
fn numbered<T: Hash + Eq>(old: &[T], new: &[T]) -> (Vec<u32>, Vec<u32>) {
    let mut known: IndexSet<&T, FxBuildHasher> = IndexSet::default();
    let mut number = |item| u32::try_from(known.insert_full(item).0).unwrap_or(u32::MAX);
    let old = old.iter().map(&mut number).collect();
    (old, new.iter().map(&mut number).collect())
}

#[cfg(test)]
mod tests {
    use similar::DiffTag;

    use super::*;

    fn tags(operations: &[DiffOp]) -> Vec<(DiffTag, usize, usize)> {
        let lengths =
            |it: &DiffOp| (it.tag(), it.old_range().len(), it.new_range().len());
        operations.iter().map(lengths).collect()
    }

    #[test]
    fn sequences_differ_where_an_item_is_new() {
        let found = differences(&["a", "b", "c"], &["a", "x", "b", "c"]);
        assert_eq!(
            tags(&found),
            [(DiffTag::Equal, 1, 1), (DiffTag::Insert, 0, 1), (DiffTag::Equal, 2, 2)]
        );
    }

    #[test]
    fn items_are_compared_by_value() {
        let found =
            readable_differences(&["a".to_owned(), "b".to_owned()], &["a".to_owned()]);
        assert_eq!(tags(&found), [(DiffTag::Equal, 1, 1), (DiffTag::Delete, 1, 0)]);
    }
}

//! Summaries of comparisons, which merge exactly.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::call_form::FORM;
use super::digest::CallHash;
use super::recording::Outcome;
use crate::analysis::comparison::Verdict;
use crate::trace::observation::is_other_end;
use crate::value::Text;

/// Counts of comparisons: which calls are treated differently, where, and why.
///
/// The summary of all rows equals the merged summaries of any division of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub(super) counts: Counts,
    pub(super) groups: BTreeMap<Key, Group>,
    /// Number of recordings of each distinct call, if counted.
    pub(super) calls: Option<BTreeMap<CallHash, u64>>,
}

/// Numbers of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) equal: u64,
    pub(super) different: u64,
    pub(super) unreplayable: u64,
    pub(super) errors: u64,
}

impl Counts {
    /// Returns the number of rows; `None` if it is too large.
    pub(super) fn rows(self) -> Option<u64> {
        let Self { equal, different, unreplayable, errors } = self;
        equal.checked_add(different)?.checked_add(unreplayable)?.checked_add(errors)
    }
}

/// Properties that calls of a group share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) from: Text,
    pub(super) to: Option<Text>,
    pub(super) at: Option<Text>,
}

/// Calls that differ from their recordings in the same way at the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Number of calls.
    pub count: u64,
    /// Recording with the smallest id, and the cause of its differences.
    pub example: (Text, Option<Text>),
}

impl Summary {
    /// Name and version of the format.
    pub const SCHEMA: &'static str = "flowsim.batch/1";

    /// Creates the summary of no rows. `is_distinct` is whether distinct calls are
    /// counted.
    pub fn new(is_distinct: bool) -> Self {
        let calls = is_distinct.then(BTreeMap::new);
        Self { counts: Counts::default(), groups: BTreeMap::new(), calls }
    }

    /// Number of rows that are not recordings.
    pub fn errors(&self) -> u64 {
        self.counts.errors
    }

    /// Adds a row that is not a recording.
    pub(super) fn add_error(&mut self) {
        self.counts.errors += 1;
    }

    /// Adds a comparison.
    pub(super) fn add(&mut self, id: &Text, outcome: &Outcome, hash: Option<CallHash>) {
        if let (Some(calls), Some(hash)) = (&mut self.calls, hash) {
            *calls.entry(hash).or_default() += 1;
        }
        match outcome.verdict {
            Verdict::Equal => return self.counts.equal += 1,
            Verdict::Different => self.counts.different += 1,
            Verdict::Unreplayable => self.counts.unreplayable += 1,
        }
        let example = (id, &outcome.cause);
        match self.groups.get_mut(&outcome.key) {
            Some(group) => {
                group.count += 1;
                if example < (&group.example.0, &group.example.1) {
                    group.example = (id.clone(), outcome.cause.clone());
                }
            }
            None => {
                let example = (id.clone(), outcome.cause.clone());
                self.groups.insert(outcome.key.clone(), Group { count: 1, example });
            }
        }
    }

    /// Adds the rows of another summary. Distinct calls are counted if both summaries
    /// count them. Counts that are too large stay at the maximum.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        let Counts { equal, different, unreplayable, errors } = other.counts;
        let own = &mut self.counts;
        own.equal = own.equal.saturating_add(equal);
        own.different = own.different.saturating_add(different);
        own.unreplayable = own.unreplayable.saturating_add(unreplayable);
        own.errors = own.errors.saturating_add(errors);
        for (key, group) in other.groups {
            let Group { count, example } = self
                .groups
                .entry(key)
                .or_insert_with(|| Group { count: 0, example: group.example.clone() });
            *count = count.saturating_add(group.count);
            if group.example < *example {
                *example = group.example;
            }
        }
        self.calls = self.calls.zip(other.calls).map(|(mut calls, others)| {
            for (hash, count) in others {
                let sum = calls.entry(hash).or_default();
                *sum = sum.saturating_add(count);
            }
            calls
        });
        self
    }

    /// Returns the document `flowsim.batch/1` on one line, without a line break.
    pub fn to_json(&self) -> String {
        let is_elsewhere =
            |key: &Key| key.to.as_ref().is_some_and(|to| is_other_end(&key.from, to));
        let groups = || self.groups.iter().map(|(key, group)| GroupEntry::of(key, group));
        let elsewhere = self.groups.iter().filter(|(key, _)| is_elsewhere(key));
        let mut sorted: Vec<_> = groups().collect();
        // Groups of equal size keep the order of their properties.
        sorted.sort_by_key(|it| Reverse(it.count));
        let written = Written {
            schema: Self::SCHEMA,
            rows: self.counts.rows().unwrap_or(u64::MAX),
            equal: self.counts.equal,
            different: self.counts.different,
            unreplayable: self.counts.unreplayable,
            errors: self.counts.errors,
            elsewhere: elsewhere.fold(0, |sum, (_, it)| it.count.saturating_add(sum)),
            groups: sorted,
            distinct: self.calls.as_ref().map(BTreeMap::len),
            call_form: self.calls.as_ref().map(|_| FORM),
            calls: self.calls.as_ref().map(Calls),
        };
        // All keys are strings, so writing into memory cannot fail.
        serde_json::to_string(&written).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Written<'s> {
    schema: &'static str,
    rows: u64,
    equal: u64,
    different: u64,
    unreplayable: u64,
    errors: u64,
    elsewhere: u64,
    groups: Vec<GroupEntry<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distinct: Option<usize>,
    #[serde(rename = "callForm", skip_serializing_if = "Option::is_none")]
    call_form: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<Calls<'s>>,
}

#[derive(Serialize)]
struct GroupEntry<'s> {
    from: &'s str,
    to: Option<&'s str>,
    at: Option<&'s str>,
    count: u64,
    cause: Option<&'s str>,
    example: &'s str,
}

impl<'s> GroupEntry<'s> {
    fn of(key: &'s Key, group: &'s Group) -> Self {
        let (example, cause) = &group.example;
        Self {
            from: &key.from,
            to: key.to.as_deref(),
            at: key.at.as_deref(),
            count: group.count,
            cause: cause.as_deref(),
            example,
        }
    }
}

/// Counts by hash, as an object.
struct Calls<'s>(&'s BTreeMap<CallHash, u64>);

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (hash, count) in self.0 {
            map.serialize_entry(&hash.to_string(), count)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A row: its id, and its outcome with the hash of the call, or a mistake.
    type Handled = (Text, Option<(Outcome, Option<CallHash>)>);

    fn text() -> impl Strategy<Value = Text> {
        "[ab]{0,2}".prop_map(Text::from)
    }

    fn row() -> impl Strategy<Value = Handled> {
        let verdicts = [Verdict::Equal, Verdict::Different, Verdict::Unreplayable];
        let verdict = proptest::sample::select(verdicts.to_vec());
        let key = (text(), proptest::option::of(text()), proptest::option::of(text()));
        let cause = proptest::option::of(text());
        let hash = proptest::option::of(
            (0..4_u8).prop_map(|it| CallHash::parse(&format!("{it:032x}")).unwrap()),
        );
        let outcome =
            (verdict, key, cause, hash).prop_map(|(verdict, key, cause, hash)| {
                let (from, to, at) = key;
                (Outcome::new(verdict, Key { from, to, at }, cause), hash)
            });
        (text(), proptest::option::weighted(0.9, outcome))
    }

    fn summary<'r>(
        is_distinct: bool,
        rows: impl IntoIterator<Item = &'r Handled>,
    ) -> Summary {
        let mut summary = Summary::new(is_distinct);
        for (id, handled) in rows {
            match handled {
                Some((outcome, hash)) => summary.add(id, outcome, *hash),
                None => summary.add_error(),
            }
        }
        summary
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(
            rows in vec((row(), 0..3_usize), 0..60),
            is_distinct: bool,
        ) {
            let whole = summary(is_distinct, rows.iter().map(|(row, _)| row));
            let part = |number| {
                let own = rows.iter().filter(|(_, part)| *part == number);
                summary(is_distinct, own.map(|(row, _)| row))
            };
            let [one, two, three] = [0, 1, 2].map(part);
            let left = one.clone().merged(two.clone()).merged(three.clone());
            prop_assert_eq!(&left, &whole);
            let right = three.clone().merged(two.clone().merged(one.clone()));
            prop_assert_eq!(&right, &whole);
            prop_assert_eq!(left.to_json(), whole.to_json());
            let none = Summary::new(is_distinct);
            prop_assert_eq!(none.merged(one.clone()), one);
        }

        #[test]
        fn a_summary_reads_back_the_same(rows in vec(row(), 0..40), is_distinct: bool) {
            let summary = summary(is_distinct, &rows);
            let file = crate::source::Files::new().add("row", summary.to_json());
            let document = crate::source::read_json(&file).unwrap();
            prop_assert_eq!(Summary::read(&document).unwrap(), summary);
        }
    }

    #[test]
    fn distinct_calls_are_counted_only_if_all_parts_count_them() {
        let (with, without) = (Summary::new(true), Summary::new(false));
        assert_eq!(with.clone().merged(with.clone()), with);
        assert_eq!(with.clone().merged(without.clone()), without);
        assert_eq!(without.clone().merged(with), without);
    }
}

//! Summary of many comparisons: which calls would be handled differently, and why.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;

use super::{Compared, Judgement};
use crate::analysis::comparison::{Comparison, Verdict};
use crate::trace::observation::is_other_end;
use crate::value::Text;

/// Totals of many comparisons.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Number of recordings.
    pub total: usize,
    /// Number of calls equal to their recording.
    pub equal: usize,
    /// Number of calls that differ.
    pub different: usize,
    /// Number of calls that could not be replayed to their end.
    pub unreplayable: usize,
    /// Number of unreadable recordings.
    pub unreadable: usize,
    /// Number of possibly outdated recordings for each [reason](super::Stale::name).
    pub stale: BTreeMap<&'static str, usize>,
    /// Number of equal calls for each kind of data that could not be compared.
    pub unchecked: BTreeMap<&'static str, usize>,
    groups: IndexMap<Key, Group>,
}

/// Properties that calls of a group share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    from: Text,
    to: Option<Text>,
    at: Option<Text>,
}

/// Calls that differ from their recordings in the same way at the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// End of the recorded calls: a queue, or the way they ended.
    pub from: Text,
    /// End of the local calls; `None` if they cannot be replayed to their end.
    pub to: Option<Text>,
    /// Name of the node or action where the paths diverge, if there is one.
    pub at: Option<Text>,
    /// Number of calls.
    pub count: usize,
    /// Cause, taken from the first call.
    pub why: Option<Text>,
    /// Recording of the first call.
    pub example: PathBuf,
}

impl Summary {
    /// Adds a recording.
    pub fn add(&mut self, compared: &Compared) {
        self.total += 1;
        for stale in compared.about.iter().flat_map(|about| &about.stale) {
            *self.stale.entry(stale.name()).or_default() += 1;
        }
        let Ok(judgement) = &compared.result else {
            self.unreadable += 1;
            return;
        };
        match judgement.comparison.verdict {
            Verdict::Equal => {
                for kind in &judgement.comparison.unchecked {
                    *self.unchecked.entry(kind).or_default() += 1;
                }
                return self.equal += 1;
            }
            Verdict::Different => self.different += 1,
            Verdict::Unreplayable => self.unreplayable += 1,
        }
        let Judgement { comparison, recorded_end, local_end, .. } = judgement;
        let key = Key {
            from: recorded_end.clone(),
            to: local_end.clone(),
            at: judgement.place(),
        };
        let group = self.groups.entry(key).or_insert_with_key(|key| Group {
            from: key.from.clone(),
            to: key.to.clone(),
            at: key.at.clone(),
            count: 0,
            why: comparison.cause.as_ref().map(|cause| Text::from(&*cause.text)),
            example: compared.path.clone(),
        });
        group.count += 1;
    }

    /// Returns the groups by descending number of calls, then in the order of the
    /// recordings.
    pub fn groups(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }

    /// Returns the number of calls that end elsewhere.
    pub fn elsewhere(&self) -> usize {
        let groups = self.groups.values().filter(|group| group.is_elsewhere());
        groups.map(|group| group.count).sum()
    }
}

impl Group {
    /// Returns whether the calls end elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        self.to.as_ref().is_some_and(|to| is_other_end(&self.from, to))
    }
}

impl Judgement {
    /// Returns the name of the node or action where the paths diverge, or else of the
    /// first difference.
    pub fn place(&self) -> Option<Text> {
        let Comparison { differences, first_difference, path_diverges_at, .. } =
            &self.comparison;
        let mut steps = differences.iter().filter(|it| it.step.is_some());
        let first =
            steps.find(|it| path_diverges_at.is_none() || it.step == *path_diverges_at);
        let first = first.or(first_difference.as_ref())?;
        let name = first.node_name.as_ref().or(first.node_id.as_ref())?;
        Some(Text::from(&**name))
    }

    /// Returns whether the call ends elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        self.local_end.as_ref().is_some_and(|end| is_other_end(&self.recorded_end, end))
    }
}

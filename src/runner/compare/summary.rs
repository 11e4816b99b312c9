//! What thousands of comparisons come to: who would be treated differently, and why.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;

use super::{Compared, Judgement};
use crate::analysis::comparison::{Comparison, Verdict};
use crate::value::Text;

/// What the comparisons of many recordings come to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// How many recordings there are.
    pub total: usize,
    /// How many calls go as they went.
    pub equal: usize,
    /// How many do not.
    pub different: usize,
    /// How many could not be made to their end.
    pub unreplayable: usize,
    /// How many recordings could not be read.
    pub unreadable: usize,
    /// How many may have had their time, and [why](super::Stale::name).
    pub stale: BTreeMap<&'static str, usize>,
    groups: IndexMap<Key, Group>,
}

/// What calls of one group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    from: Text,
    to: Option<Text>,
    at: Option<Text>,
}

/// Calls that are treated differently in the same way, at the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Where they came to: a queue, or how they ended.
    pub from: Text,
    /// Where they come to now; nothing if they cannot be made to their end.
    pub to: Option<Text>,
    /// The node or action where they part, by name; nothing if it is none.
    pub at: Option<Text>,
    /// How many.
    pub count: usize,
    /// Why, of the first one.
    pub why: Option<Text>,
    /// The first one.
    pub example: PathBuf,
}

impl Summary {
    /// Counts a recording.
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
            Verdict::Equal => return self.equal += 1,
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

    /// The groups, those with most calls first; among equals, in the order of the recordings.
    pub fn groups(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }

    /// How many calls come to another end.
    pub fn elsewhere(&self) -> usize {
        let groups = self.groups.values().filter(|group| group.is_elsewhere());
        groups.map(|group| group.count).sum()
    }
}

impl Group {
    /// Whether its calls come to another end.
    pub fn is_elsewhere(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to != self.from)
    }
}

impl Judgement {
    /// Where the ways part, else the first place that differs: the name of the node or
    /// action.
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

    /// Whether the call comes to another end.
    pub fn is_elsewhere(&self) -> bool {
        self.local_end.as_ref().is_some_and(|end| *end != self.recorded_end)
    }
}

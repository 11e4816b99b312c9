//! Instances whose decisions are written, or still to be written.

use std::collections::BTreeSet;

use crate::value::Text;

/// The instances whose decisions are written, or still to be written.
#[derive(Debug, Default)]
pub(super) struct DecisionLog {
    /// Finished instances whose decisions are not yet written.
    open: Vec<Text>,
    /// Instances whose decisions are written.
    done: BTreeSet<Text>,
}

impl DecisionLog {
    /// Records that an instance is over.
    pub(super) fn over(&mut self, id: &Text) {
        if !self.done.contains(id) {
            self.open.push(id.clone());
        }
    }

    /// Records that an instance has been removed permanently.
    pub(super) fn gone(&mut self, id: &Text) {
        self.done.remove(id);
    }

    /// Takes the finished instances whose decisions are not yet written.
    pub(super) fn take_open(&mut self) -> Vec<Text> {
        std::mem::take(&mut self.open)
    }

    /// Records that the decisions of instances could not be written.
    pub(super) fn reopen(&mut self, ids: Vec<Text>) {
        self.open = ids;
    }

    /// Records that the decisions of instances are written. During a replay, this may
    /// happen before the instances are over.
    pub(super) fn written(&mut self, ids: Vec<String>) {
        let ids: BTreeSet<Text> = ids.into_iter().map(Text::from).collect();
        self.open.retain(|open| !ids.contains(open));
        self.done.extend(ids);
    }

    /// Returns the instances whose decisions are written.
    pub(super) fn done(&self) -> Vec<String> {
        self.done.iter().map(ToString::to_string).collect()
    }

    /// Forgets the instances that no longer exist.
    pub(super) fn keep(&mut self, is_there: impl Fn(&Text) -> bool) {
        self.done.retain(is_there);
    }
}

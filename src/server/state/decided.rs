//! Decisions of flows that run here: documents in the index that seed 002 keeps them in.
//!
//! When an instance is over, its decisions are written as an event of their own. An instance
//! that is done once more at the start must not write them a second time, not even if its
//! decisions were removed since: so the events say whose decisions they are.

use std::collections::BTreeSet;

use super::event::{Event, Written, subject_of};
use super::indices::NewDocument;
use super::instance::Progress;
use super::{MAX_OVER, State};
use crate::analysis::decisions::{self, Decision, INDEX};
use crate::server::http::answer::Refusal;
use crate::value::{Text, derived_id};

/// Whose decisions are written.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Instances that are over, whose decisions are not written.
    open: Vec<Text>,
    /// Those whose decisions were written.
    done: BTreeSet<Text>,
}

impl Decided {
    /// An instance is over.
    pub(super) fn over(&mut self, id: &Text) {
        if !self.done.contains(id) {
            self.open.push(id.clone());
        }
    }

    /// An instance is gone for good.
    pub(super) fn gone(&mut self, id: &Text) {
        self.done.remove(id);
    }

    /// The decisions of instances are written; perhaps they will be over only later, when
    /// everything is done once more.
    pub(super) fn written(&mut self, ids: Vec<String>) {
        let ids: BTreeSet<Text> = ids.into_iter().map(Text::from).collect();
        self.open.retain(|open| !ids.contains(open));
        self.done.extend(ids);
    }

    /// Whose decisions were written.
    pub(super) fn done(&self) -> Vec<String> {
        self.done.iter().map(ToString::to_string).collect()
    }

    /// Forgets whose instance is not there.
    pub(super) fn keep(&mut self, is_there: impl Fn(&Text) -> bool) {
        self.done.retain(is_there);
    }
}

impl State {
    /// Writes the decisions of instances that are over. False if they cannot be kept; they
    /// are tried again with the next event.
    pub(super) fn write_decisions(&mut self) -> bool {
        let open = std::mem::take(&mut self.decided.open);
        if open.is_empty() {
            return true;
        }
        let instances = open.iter().filter_map(|id| self.instances.get(id));
        let mut found = Vec::new();
        for instance in instances {
            if let Progress::Over { trace, program, .. } = &instance.progress {
                let legend = &program.legend;
                found.extend(decisions::of_trace(trace, legend, &instance.id));
            }
        }
        let ids: Vec<String> = open.iter().map(ToString::to_string).collect();
        let is_kept = self.log(&found, ids).is_ok();
        if !is_kept {
            self.decided.open = open;
        }
        is_kept
    }

    /// Writes decisions into their index, as far as there is room. `decided` are the
    /// instances that they are of.
    ///
    /// # Errors
    /// They cannot be kept.
    pub(in crate::server) fn log(
        &mut self,
        found: &[Decision],
        decided: Vec<String>,
    ) -> Result<(), Refusal> {
        let number = self.last_number + 1;
        let document = |(place, decision): (usize, &Decision)| {
            let mut source = String::new();
            decisions::write_line(decision, &mut source);
            source.truncate(source.trim_end().len());
            let id = derived_id(&format!("Decision:{number}:{place}")).to_string();
            NewDocument { id, source }
        };
        let documents: Vec<NewDocument> =
            found.iter().enumerate().map(document).collect();
        let bytes = documents.iter().map(|it| it.source.len()).sum();
        let is_full = self.indices.refuses(INDEX, documents.len(), bytes).is_some();
        if documents.is_empty() || is_full {
            self.decided.written(decided);
            return Ok(());
        }
        let index = INDEX.to_owned();
        self.commit(Event::DocumentsWritten(Written { index, documents, decided }))
    }

    /// The subjects of events that are not needed once this one is kept.
    pub(super) fn obsolete_after(&mut self, event: &Event) -> Vec<String> {
        match event {
            // Every event says when it was: of those that only let time pass the last is
            // enough.
            Event::ClockAdvanced => self.last_clock.take().into_iter().collect(),
            Event::IndexDeleted { index, .. } => {
                let before = self.deleted_indices.remove(index);
                before.into_iter().chain([subject_of("indices", index)]).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn apply_to_index(&mut self, number: u64, event: Event) {
        match event {
            Event::IndexMade { index } => self.indices.make(index),
            Event::IndexDeleted { index, decided } => {
                self.indices.remove(&index);
                self.decided.written(decided);
                self.deleted_indices.insert(index, format!("index deleted {number}"));
            }
            Event::DocumentsWritten(Written { index, documents, decided }) => {
                for document in documents {
                    self.indices.write(index.clone(), document);
                }
                self.decided.written(decided);
            }
            _ => {}
        }
    }

    /// Writes the decisions of instances that are over, and only then forgets the oldest.
    pub(super) fn settle(&mut self) {
        if !self.write_decisions() {
            return;
        }
        while self.over.len() > MAX_OVER
            && let Some(oldest) = self.over.pop_front()
        {
            self.instances.shift_remove(&oldest);
            self.decided.gone(&oldest);
            self.forget(&subject_of("instances", &oldest));
        }
    }

    /// Whose decisions were written, for the event that removes an index.
    pub(in crate::server) fn decided(&self) -> Vec<String> {
        self.decided.done()
    }

    /// An instance is over.
    pub(super) fn note_over(&mut self, id: Text) {
        self.decided.over(&id);
        self.over.push_back(id);
    }
}

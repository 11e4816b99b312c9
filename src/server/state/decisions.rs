//! Decisions of flows that run here: documents in the index in which the state-machine
//! tutorial stores them.
//!
//! When an instance is over, its decisions are written as a separate event. An instance
//! that is replayed at the start must not write them again, even if its decisions have
//! been deleted since. Therefore the events name the instances whose decisions they
//! contain.

use super::event::{DocumentsWritten, Event, subject_of};
use super::indices::NewDocument;
use super::instance::Progress;
use super::{MAX_OVER, State};
use crate::analysis::decisions::{self, Decision, INDEX};
use crate::server::http::reply::ApiError;
use crate::value::derived_id;

/// Size that most documents do not exceed, in bytes.
const DOCUMENT_BYTES: usize = 384;

impl State {
    /// Writes the decisions of instances that are over. Returns `false` if they could not
    /// be stored; they are tried again with the next event.
    pub(super) fn write_decisions(&mut self) -> bool {
        let open = self.decided.take_open();
        if open.is_empty() {
            return true;
        }
        let instances = open.iter().filter_map(|id| self.instances.get(id));
        let mut found = Vec::new();
        for instance in instances {
            if let Progress::Over { trace, program, .. } = &instance.progress {
                let symbols = &program.symbols;
                found.extend(decisions::of_trace(trace, symbols, &instance.id));
            }
        }
        let ids: Vec<String> = open.iter().map(ToString::to_string).collect();
        let is_persistent = self.log(&found, ids).is_ok();
        if !is_persistent {
            self.decided.reopen(open);
        }
        is_persistent
    }

    /// Writes decisions into their index unless that would exceed the limits. `decided`
    /// names the instances that made them.
    ///
    /// # Errors
    /// The decisions could not be stored.
    pub(in crate::server) fn log(
        &mut self,
        found: &[Decision],
        decided: Vec<String>,
    ) -> Result<(), ApiError> {
        if self.indices.refuses(INDEX, found.len(), 0).is_some() {
            self.decided.written(decided);
            return Ok(());
        }
        let number = self.last_number + 1;
        let document = |(place, decision): (usize, &Decision)| {
            let mut source = String::with_capacity(DOCUMENT_BYTES);
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
        self.commit(Event::DocumentsWritten(DocumentsWritten {
            index,
            documents,
            decided,
        }))
    }

    /// Returns the subjects whose events are obsolete once this event is stored.
    pub(super) fn obsolete_after(&mut self, event: &Event) -> Vec<String> {
        match event {
            // Every event contains its time. Of the events that only advance the clock,
            // the last one suffices.
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
            Event::DocumentsWritten(DocumentsWritten { index, documents, decided }) => {
                for document in documents {
                    self.indices.write(index.clone(), document);
                }
                self.decided.written(decided);
            }
            _ => {}
        }
    }

    /// Writes the decisions of instances that are over, and then removes the oldest
    /// instances.
    pub(super) fn settle(&mut self) {
        if !self.write_decisions() {
            return;
        }
        while self.over.len() > MAX_OVER
            && let Some(oldest) = self.over.shift_remove_index(0)
        {
            self.remove_instance(&oldest);
        }
    }

    /// Returns the instances whose decisions are written, for the event that deletes an
    /// index.
    pub(in crate::server) fn decided(&self) -> Vec<String> {
        self.decided.done()
    }
}

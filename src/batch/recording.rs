//! Rows that are recordings, each compared with local flows.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::digest::CallHash;
use super::row::{self, Row, RowError, RowWorker};
use super::summary::{Key, Summary};
use super::verdict_field::VerdictField;
use crate::analysis::comparison::{Rules, Verdict};
use crate::program::Program;
use crate::recording::{Recording, of_file};
use crate::runner::{CompareContext, Judged, judge};
use crate::source::File;
use crate::suite::Recorded;
use crate::value::Text;
use crate::world::Fixtures;

/// Size of the verdicts that are kept for equal calls, in bytes. Further verdicts are not
/// kept: their calls are replayed each time.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Size of a kept verdict without its text, in bytes; rounded up.
const VERDICT_BYTES: usize = 512;

/// Everything that all comparisons of a batch share.
#[derive(Debug)]
pub struct RecordingContext {
    program: Arc<Program>,
    fixtures: Arc<Fixtures>,
    rules: Rules,
    fields: Vec<VerdictField>,
    is_summary: bool,
    distinct: Option<Distinct>,
}

impl RecordingContext {
    /// Creates the context. Each row of output has these properties, in this order; a
    /// property that is named twice is written once.
    pub fn new(
        program: Arc<Program>,
        fixtures: Arc<Fixtures>,
        rules: Rules,
        fields: Vec<VerdictField>,
    ) -> Self {
        let fields = row::distinct(fields);
        Self { program, fixtures, rules, fields, is_summary: false, distinct: None }
    }

    /// Sets whether equal calls are replayed once.
    #[must_use]
    pub fn distinct(mut self, is_distinct: bool) -> Self {
        self.distinct = is_distinct.then(Distinct::default);
        self
    }

    /// Sets whether only the [summary](RecordingWorker::summary) is made, without rows.
    #[must_use]
    pub fn summary(mut self, is_summary: bool) -> Self {
        self.is_summary = is_summary;
        self
    }

    /// Compares a call.
    fn judge(&self, recording: &Recording, recorded: Option<Recorded<'_>>) -> Judged {
        let against = CompareContext {
            program: &self.program,
            fixtures: &self.fixtures,
            rules: &self.rules,
            oldest: None,
            keep_sides: false,
        };
        match recorded {
            Some(recorded) => judge(recording, recorded, against),
            None => Judged::without_call(recording, against),
        }
    }

    fn outcome(&self, recording: &Recording) -> (Option<CallHash>, Arc<Outcome>) {
        let recorded = Recorded::of(recording, &self.rules);
        let shows = |field| self.fields.contains(&field) && !self.is_summary;
        let are_times_compared = self.rules.time_ms.is_some();
        let hash = |has_times| {
            let recorded = recorded.as_ref()?;
            Some(CallHash::of(recording, recorded, &self.program, has_times))
        };
        let is_hashed = self.distinct.is_some() || shows(VerdictField::Call);
        let call = if is_hashed { hash(are_times_compared) } else { None };
        // A comparison counts the times that were not compared.
        let key = match shows(VerdictField::Comparison) && !are_times_compared {
            true if self.distinct.is_some() => hash(true),
            _ => call,
        };
        let outcome = || {
            let judged = self.judge(recording, recorded);
            Arc::new(self.outcome_of(recording, call, &judged))
        };
        let outcome = match (&self.distinct, key) {
            (Some(distinct), Some(key)) => distinct.once(key, outcome),
            _ => outcome(),
        };
        (call, outcome)
    }

    fn outcome_of(
        &self,
        recording: &Recording,
        hash: Option<CallHash>,
        judged: &Judged,
    ) -> Outcome {
        let mut text = String::new();
        for field in self.fields.iter().filter(|_| !self.is_summary) {
            text.push_str(",\"");
            text.push_str(field.name());
            text.push_str("\":");
            field.write(recording, hash, judged, &mut text);
        }
        text.push_str("}\n");
        let judgement = &judged.judgement;
        let cause = judgement.comparison.cause.as_ref();
        Outcome {
            verdict: judgement.comparison.verdict,
            key: Key {
                from: judgement.recorded_end.clone(),
                to: judgement.local_end.clone(),
                at: judgement.place(),
            },
            cause: cause.map(|it| Text::from(&*it.text)),
            text,
        }
    }
}

/// The result for a call, and for all calls that are equal to it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) key: Key,
    pub(super) cause: Option<Text>,
    /// End of the row, after the id.
    text: String,
}

#[cfg(test)]
impl Outcome {
    pub(super) fn new(verdict: Verdict, key: Key, cause: Option<Text>) -> Self {
        Self { verdict, key, cause, text: String::new() }
    }
}

/// Results of distinct calls.
#[derive(Debug, Default)]
struct Distinct(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    outcomes: FxHashMap<CallHash, Arc<OnceLock<Arc<Outcome>>>>,
    bytes: usize,
}

impl Distinct {
    /// Returns the result of a call, which is computed once even if several threads need
    /// it at the same time.
    fn once(
        &self,
        hash: CallHash,
        outcome: impl FnOnce() -> Arc<Outcome>,
    ) -> Arc<Outcome> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = {
            let mut known = known();
            match known.outcomes.get(&hash) {
                Some(cell) => Arc::clone(cell),
                None if known.bytes >= KEPT_BYTES => return outcome(),
                None => Arc::clone(known.outcomes.entry(hash).or_default()),
            }
        };
        let mut is_new = false;
        let found = cell.get_or_init(|| {
            is_new = true;
            outcome()
        });
        if is_new {
            known().bytes += found.text.len() + VERDICT_BYTES;
        }
        Arc::clone(found)
    }
}

/// Compares the recording of each row.
#[derive(Debug)]
pub struct RecordingWorker {
    context: Arc<RecordingContext>,
    summary: Summary,
}

impl RecordingWorker {
    /// Creates a worker.
    pub fn new(context: &Arc<RecordingContext>) -> Self {
        let summary = Summary::new(context.distinct.is_some() && context.is_summary);
        Self { context: Arc::clone(context), summary }
    }

    /// Returns the summary of the rows that this worker has handled.
    pub fn summary(self) -> Summary {
        self.summary
    }

    fn compare(&mut self, row: Row<'_>, out: &mut String) -> Result<(), RowError> {
        let file = row::document(row)?;
        let (recording, diagnostics) = of_file(&file);
        let Some(recording) = recording else {
            return Err(RowError::new(id_of(&file), diagnostics, &file));
        };
        let (hash, outcome) = self.context.outcome(&recording);
        self.summary.add(&recording.id, &outcome, hash);
        if !self.context.is_summary {
            out.push_str("{\"id\":");
            out.push_str(&row::quoted(&recording.id));
            out.push_str(&outcome.text);
        }
        Ok(())
    }
}

impl RowWorker for RecordingWorker {
    fn row(&mut self, row: Row<'_>, out: &mut String) {
        if let Err(error) = self.compare(row, out) {
            self.summary.add_error();
            if !self.context.is_summary {
                error.write(out);
            }
        }
    }
}

/// Returns the id of a row that is not a recording, as far as it has one.
fn id_of(file: &File) -> String {
    let id = row::parse(file).ok().and_then(|node| row::id(&node).ok());
    id.unwrap_or_else(|| row::NO_ID.to_owned())
}

//! Rows that are recordings, each compared with local flows.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::digest::CallHash;
use super::row::{self, Row, RowError, RowWorker};
use super::sketch::{Reads, Sketch};
use super::summary::{Key, Summary};
use super::verdict_field::VerdictField;
use crate::analysis::comparison::{Rules, Verdict};
use crate::engine::context_problem;
use crate::program::Program;
use crate::recording::{CallRecording, Recording, call_of_file};
use crate::runner::{CompareContext, Judged, judge};
use crate::source::File;
use crate::suite::Recorded;
use crate::trace::observation::Observation;
use crate::value::{Text, Value};
use crate::world::Fixtures;

/// Size of the verdicts that are kept for equal calls, in bytes. Further verdicts are not
/// kept: their calls are replayed each time.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Size of a kept verdict without its text, in bytes; rounded up.
const VERDICT_BYTES: usize = 512;

/// Size of a kept sketch with its hash and the pointer to the verdict, in bytes.
const SKETCH_BYTES: usize = 128;

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

    /// The properties of the output.
    pub fn fields(&self) -> &[VerdictField] {
        &self.fields
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

    fn outcome(
        &self,
        recording: &Recording,
        call: Option<Observation>,
    ) -> (Option<CallHash>, Arc<Outcome>) {
        let recorded = call.map(|call| Recorded::of_call(recording, call, &self.rules));
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

    /// Returns the sketch of a row, if equal calls are replayed once, and if rows with
    /// equal sketches have equal output.
    fn sketch<'r>(&self, row: Row<'r>) -> Option<Sketch<'r>> {
        self.distinct.as_ref()?;
        let shows_comparison =
            self.fields.contains(&VerdictField::Comparison) && !self.is_summary;
        let is_exact = self.rules.time_ms.is_none() && !shows_comparison;
        is_exact.then(|| Sketch::of(row.bytes, self))?
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

impl Reads for RecordingContext {
    fn ignores_time(&self) -> bool {
        self.program.is_draft()
    }

    fn ignores_field(&self, name: &str, value: &str) -> bool {
        // The language of the call is derived from its field.
        self.program.is_draft()
            && name != "language"
            && self.program.context(name).is_none()
            && context_problem(name, &Value::from(value)).is_none()
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
    /// The calls and results of rows, by the hashes of their sketches.
    rows: FxHashMap<u128, (CallHash, Arc<Outcome>)>,
    bytes: usize,
}

impl Distinct {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the call and the result of an equal row.
    fn of_row(&self, sketch: &Sketch<'_>) -> Option<(CallHash, Arc<Outcome>)> {
        self.known().rows.get(&sketch.hash).cloned()
    }

    /// Keeps the result of a row.
    fn keep_row(&self, sketch: &Sketch<'_>, call: CallHash, outcome: &Arc<Outcome>) {
        let mut known = self.known();
        if known.bytes < KEPT_BYTES {
            known.bytes += SKETCH_BYTES;
            known.rows.insert(sketch.hash, (call, Arc::clone(outcome)));
        }
    }

    /// Returns the result of a call, which is computed once even if several threads need
    /// it at the same time.
    fn once(
        &self,
        hash: CallHash,
        outcome: impl FnOnce() -> Arc<Outcome>,
    ) -> Arc<Outcome> {
        let cell = {
            let mut known = self.known();
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
            self.known().bytes += found.text.len() + VERDICT_BYTES;
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
        let sketch = self.context.sketch(row);
        let distinct = self.context.distinct.as_ref().zip(sketch);
        if let Some((distinct, sketch)) = distinct
            && let Some((call, outcome)) = distinct.of_row(&sketch)
        {
            self.report(&sketch.id.into(), Some(call), &outcome, out);
            return Ok(());
        }
        let file = row::document(row)?;
        let (recording, diagnostics) = call_of_file(&file);
        let Some(CallRecording { recording, observation }) = recording else {
            return Err(RowError::new(id_of(&file), diagnostics, &file));
        };
        let (call, outcome) = self.context.outcome(&recording, observation);
        if let (Some((distinct, sketch)), Some(call)) = (distinct, call) {
            distinct.keep_row(&sketch, call, &outcome);
        }
        self.report(&recording.id, call, &outcome, out);
        Ok(())
    }

    fn report(
        &mut self,
        id: &Text,
        call: Option<CallHash>,
        outcome: &Outcome,
        out: &mut String,
    ) {
        self.summary.add(id, outcome, call);
        if !self.context.is_summary {
            out.push_str("{\"id\":");
            out.push_str(&row::quoted(id));
            out.push_str(&outcome.text);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::read;
    use crate::source::Files;

    fn context(fields: Vec<VerdictField>, rules: Rules) -> Arc<RecordingContext> {
        let mut files = Files::new();
        let loaded = read::load(&["fixtures/compare/flows".into()], &[], &mut files);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        let fixtures = Arc::new(Fixtures::default());
        let context = RecordingContext::new(Arc::new(program), fixtures, rules, fields);
        Arc::new(context.distinct(true))
    }

    fn row_of(id: &str, campaign: &str) -> String {
        let folder = "fixtures/compare/recordings";
        let path = format!("{folder}/on-its-way.recording.json");
        let text = std::fs::read_to_string(path).unwrap();
        let mut row: serde_json::Value = serde_json::from_str(&text).unwrap();
        row["id"] = id.into();
        row["request"]["context"]["campaign"] = campaign.into();
        row.to_string()
    }

    fn output(worker: &mut RecordingWorker, row: &str) -> String {
        let mut out = String::new();
        worker.row(Row::of(row.as_bytes()), &mut out);
        out
    }

    #[test]
    fn a_repeated_recording_is_not_parsed() {
        let context =
            context(vec![VerdictField::Verdict, VerdictField::Cause], Rules::default());
        let distinct = context.distinct.as_ref().unwrap();
        let mut worker = RecordingWorker::new(&context);
        let first = output(&mut worker, &row_of("a", "spring"));
        // If the call were parsed and judged, it would be kept again.
        distinct.known().outcomes.clear();
        let second = output(&mut worker, &row_of("b", "autumn"));
        assert_eq!(second, first.replacen("\"a\"", "\"b\"", 1));
        assert!(first.contains("\"verdict\":\"") && distinct.known().outcomes.is_empty());
        output(&mut worker, &row_of("\u{e9}", "autumn"));
        assert_eq!(distinct.known().outcomes.len(), 1, "this id is not plain");
        assert_eq!(worker.summary().errors(), 0);
    }

    #[test]
    fn rows_are_parsed_if_the_output_depends_on_more() {
        let times = Rules { time_ms: Some(5), ..Rules::default() };
        for (fields, rules) in [
            (vec![VerdictField::Verdict], times),
            (vec![VerdictField::Comparison], Rules::default()),
        ] {
            let context = context(fields, rules);
            let mut worker = RecordingWorker::new(&context);
            output(&mut worker, &row_of("a", "spring"));
            assert!(context.distinct.as_ref().unwrap().known().rows.is_empty());
        }
    }
}

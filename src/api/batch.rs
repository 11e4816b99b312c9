//! Rows of JSON, each a call or a recording.

use std::fmt;
use std::sync::Arc;

use rayon::ThreadPool;

use super::comparison::CompareOptions;
use super::error::Error;
use super::project::Project;
use super::stop::Stop;
#[cfg(feature = "arrow")]
use crate::batch::ColumnType;
use crate::batch::{
    CallContext, CallField, CallWorker, RecordingContext, RecordingWorker, Row, Summary,
    VerdictField, handle,
};
use crate::diagnostic::nearest;
use crate::source::{Files, read_json};
use crate::threads;

/// Options of a [`Batch`]. Values are checked when the batch is created.
#[derive(Debug, Clone, Default)]
#[must_use = "options do nothing by themselves"]
pub struct BatchOptions {
    select: Vec<String>,
    compare: CompareOptions,
    is_distinct: bool,
    is_summary: bool,
    jobs: usize,
    stop: Stop,
}

impl BatchOptions {
    /// Adds properties of the output, by the names of `flowsim batch --select`. Without
    /// any, rows have the properties that the command writes by default.
    pub fn select<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.select.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets the options of comparisons. Their number of jobs and their condition have no
    /// effect.
    pub fn compare(mut self, options: CompareOptions) -> Self {
        self.compare = options;
        self
    }

    /// Sets whether equal recordings are replayed once. The output is the same.
    pub fn distinct(mut self, is_distinct: bool) -> Self {
        self.is_distinct = is_distinct;
        self
    }

    /// Sets the number of threads. The default, 0, is the number of cores; more than four
    /// per core are not started.
    pub fn jobs(mut self, count: usize) -> Self {
        self.jobs = count;
        self
    }

    /// Sets a condition that ends the batch: the rows after it have no output. It is called
    /// from time to time, on the thread that hands over the rows.
    pub fn stop_when(
        mut self,
        condition: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        self.stop = Stop::when(condition);
        self
    }

    /// Sets whether comparisons yield only a summary, without rows.
    pub fn summary(mut self, is_summary: bool) -> Self {
        self.is_summary = is_summary;
        self
    }
}

/// Calls, or comparisons, that are described by rows of JSON, like those of `flowsim
/// batch`. A clone is cheap.
///
/// ```
/// use flowsim::{BatchOptions, Project};
///
/// let project = Project::builder()
///     .flows("fixtures/shared-flow/flows")
///     .fixtures("fixtures/shared-flow/fixtures.yaml")
///     .load()?;
/// let batch = project.calls(&BatchOptions::default().select(["status", "queueName"]))?;
/// let output = batch.rows(&[r#"{"id": 7, "flow": "Inbound_Flow_A", "input": ["1"]}"#]);
/// let expected = r#"{"id":7,"status":"completed","queueName":"Support"}"#;
/// assert_eq!(output.rows(), [expected]);
/// # Ok::<(), flowsim::Error>(())
/// ```
#[derive(Clone)]
pub struct Batch {
    kind: Kind,
    /// Threads of this batch alone: a process that is forked can make its own.
    pool: Arc<ThreadPool>,
    pub(super) stop: Stop,
}

/// Number of rows for each thread after which a batch may be stopped.
const ROWS_PER_THREAD: usize = 128;

#[derive(Clone)]
enum Kind {
    Calls(Arc<CallContext>),
    Comparisons(Arc<RecordingContext>),
}

impl Project {
    /// Returns a batch whose rows are calls.
    ///
    /// # Errors
    /// A property is unknown, or threads cannot be started.
    pub fn calls(&self, options: &BatchOptions) -> Result<Batch, Error> {
        let fields =
            selected(options, &CallField::ALL, &CallField::DEFAULT, CallField::name)?;
        let (program, fixtures) = (Arc::clone(self.program()), self.fixtures());
        let context =
            CallContext::new(program, Arc::clone(fixtures), fields, self.files());
        Batch::new(Kind::Calls(Arc::new(context)), options)
    }

    /// Returns a batch whose rows are recordings, which are compared with these flows.
    ///
    /// # Errors
    /// A property is unknown, an option is invalid, or threads cannot be started.
    pub fn comparisons(&self, options: &BatchOptions) -> Result<Batch, Error> {
        let default = &VerdictField::DEFAULT;
        let fields = selected(options, &VerdictField::ALL, default, VerdictField::name)?;
        let rules = options.compare.rules()?;
        let (program, fixtures) = (Arc::clone(self.program()), self.fixtures());
        let context = RecordingContext::new(program, Arc::clone(fixtures), rules, fields)
            .distinct(options.is_distinct)
            .summary(options.is_summary);
        Batch::new(Kind::Comparisons(Arc::new(context)), options)
    }
}

/// Returns the selected properties, or the default ones.
fn selected<T: Copy>(
    options: &BatchOptions,
    all: &[T],
    default: &[T],
    name: fn(T) -> &'static str,
) -> Result<Vec<T>, Error> {
    let mut chosen = Vec::new();
    for wanted in &options.select {
        let found = all.iter().find(|it| name(**it) == wanted);
        let Some(found) = found else {
            let names = all.iter().map(|it| name(*it)).collect::<Vec<_>>();
            let near = nearest(wanted, names.iter().copied());
            let advice = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the properties are {}", names.join(", ")),
            };
            let message = format!("unknown property `{wanted}`; {advice}");
            return Err(Error::invalid(message));
        };
        chosen.push(*found);
    }
    if chosen.is_empty() {
        chosen.extend(default);
    }
    Ok(chosen)
}

impl Batch {
    fn new(kind: Kind, options: &BatchOptions) -> Result<Self, Error> {
        let pool = threads::pool(options.jobs, usize::MAX);
        let pool = pool.map_err(|problem| {
            Error::system(format!("cannot start threads: {problem}"))
        })?;
        Ok(Self { kind, pool: Arc::new(pool), stop: options.stop.clone() })
    }

    /// The names of the properties of the output, in order. Each row also has an `id`.
    pub fn properties(&self) -> Vec<&'static str> {
        match &self.kind {
            Kind::Calls(context) => context.fields().iter().map(|it| it.name()).collect(),
            Kind::Comparisons(context) => {
                context.fields().iter().map(|it| it.name()).collect()
            }
        }
    }

    /// Returns the properties of the output with their types.
    #[cfg(feature = "arrow")]
    pub(super) fn columns(&self) -> Vec<(&'static str, ColumnType)> {
        match &self.kind {
            Kind::Calls(context) => {
                context.fields().iter().map(|it| (it.name(), it.column())).collect()
            }
            Kind::Comparisons(context) => {
                context.fields().iter().map(|it| (it.name(), it.column())).collect()
            }
        }
    }

    /// Handles rows in parallel. Each row yields one row of output, in the same order; a
    /// row with mistakes yields an object with `id` and `error`.
    pub fn rows<R: AsRef<[u8]> + Sync>(&self, rows: &[R]) -> BatchOutput {
        let rows: Vec<Row<'_>> = rows.iter().map(|row| Row::of(row.as_ref())).collect();
        self.handled(&rows)
    }

    pub(super) fn handled(&self, rows: &[Row<'_>]) -> BatchOutput {
        if !self.stop.is_set() {
            return self.pool.install(|| self.handled_here(rows));
        }
        let length = self.pool.current_num_threads() * ROWS_PER_THREAD;
        let (first, rest) = rows.split_at(length.min(rows.len()));
        let mut output = self.pool.install(|| self.handled_here(first));
        for part in rest.chunks(length) {
            if self.stop.is_due() {
                break;
            }
            output.append(self.pool.install(|| self.handled_here(part)));
        }
        output
    }

    /// Handles rows on the threads of the current pool.
    fn handled_here(&self, rows: &[Row<'_>]) -> BatchOutput {
        match &self.kind {
            Kind::Calls(context) => {
                let (rows, workers) = handle(rows, || CallWorker::new(context));
                let errors = workers.iter().map(|worker| worker.errors).sum();
                BatchOutput { rows, errors, summary: None }
            }
            Kind::Comparisons(context) => {
                let (rows, workers) = handle(rows, || RecordingWorker::new(context));
                let start = RecordingWorker::new(context).summary();
                let summaries = workers.into_iter().map(RecordingWorker::summary);
                let summary = summaries.fold(start, Summary::merged);
                let errors = summary.errors();
                BatchOutput { rows, errors, summary: Some(BatchSummary(summary)) }
            }
        }
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let properties = self.properties();
        formatter
            .debug_struct("Batch")
            .field("properties", &properties)
            .finish_non_exhaustive()
    }
}

/// The output for rows.
#[derive(Debug, Clone)]
pub struct BatchOutput {
    rows: Vec<String>,
    errors: u64,
    summary: Option<BatchSummary>,
}

impl BatchOutput {
    /// The rows as JSON, in the order of the input; empty strings if only a summary is
    /// made.
    pub fn rows(&self) -> &[String] {
        &self.rows
    }

    fn append(&mut self, next: Self) {
        self.rows.extend(next.rows);
        self.errors += next.errors;
        self.summary = merged(self.summary.take(), next.summary);
    }

    /// Returns the rows.
    pub fn into_rows(self) -> Vec<String> {
        self.rows
    }

    /// The number of rows with mistakes.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// Returns the summary of comparisons.
    #[cfg(feature = "arrow")]
    pub(super) fn into_summary(self) -> Option<BatchSummary> {
        self.summary
    }

    /// The summary of comparisons; `None` for calls.
    pub fn summary(&self) -> Option<&BatchSummary> {
        self.summary.as_ref()
    }
}

/// A summary of comparisons, `flowsim.batch/1`. The summaries of parts merge to that of
/// the whole, in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSummary(Summary);

/// Merges the summaries of two parts.
pub(super) fn merged(
    first: Option<BatchSummary>,
    second: Option<BatchSummary>,
) -> Option<BatchSummary> {
    match (first, second) {
        (Some(first), Some(second)) => Some(first.merged(second)),
        (first, second) => first.or(second),
    }
}

impl BatchSummary {
    /// Reads a summary that was written by [`to_json`](Self::to_json) or by `flowsim batch
    /// compare --summary`.
    ///
    /// # Errors
    /// The document is not a summary, or its counts contradict each other.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let mut files = Files::new();
        let file = files.add("summary", text);
        let read = match read_json(&file) {
            Ok(document) => Summary::read(&document),
            Err(problem) => Err(vec![problem.into()]),
        };
        read.map(Self).map_err(|mistakes| Error::document(mistakes, files))
    }

    /// Merges two summaries.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self(self.0.merged(other.0))
    }

    /// The number of rows that are not recordings.
    pub fn errors(&self) -> u64 {
        self.0.errors()
    }

    /// Returns the summary on one line.
    pub fn to_json(&self) -> String {
        self.0.to_json()
    }
}

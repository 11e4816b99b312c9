//! Parallel execution of tests, with results in order.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError};

use super::event::{CaseResult, Ended, Outcome, RunEvent};
use super::load::ReadSuite;
use super::plan::{Plan, Planned};
use super::project::ProjectContext;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Session;
use crate::program::Program;
use crate::recording::Recording;
use crate::source::File;
use crate::suite::snapshot::{self, SnapshotMode, SnapshotResult};
use crate::suite::{self, Case, Mismatch, ProjectDefaults};
use crate::threads;
use crate::trace::Trace;
use crate::value::Text;
use crate::world::Fixtures;

/// Time without a result after which the run reports that it waits.
const MOMENT: Duration = Duration::from_millis(5);

/// Options of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Number of parallel tests; 0 means one per core.
    pub jobs: usize,
    /// Number of failures after which the run stops; `None` for no limit.
    pub max_failures: Option<usize>,
    /// Number of runs of each test. A result that differs from the first is a bug in
    /// flowsim.
    pub repeat: u32,
    /// Whether every call ends at a transfer to a queue, whatever the tests say.
    pub stop_at_queue: bool,
    /// Handling of snapshots that differ from their calls.
    pub snapshots: SnapshotMode,
    /// Whether the trace of a passed test is dropped at once, which saves time if it is
    /// not needed.
    pub drops_passed_traces: bool,
    /// Flags with which a test has the same result again, each after a blank.
    pub flags: &'static str,
    /// Sign that the run should end without the remaining tests.
    pub stop: Option<&'static AtomicBool>,
}

impl Options {
    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// Runs tests. Calls `report` with every event. Except for [`RunEvent::Waiting`], the
/// order does not depend on which test finishes first.
///
/// # Errors
/// The thread pool cannot be created.
pub fn run(
    plan: &Plan<'_>,
    options: Options,
    report: &mut dyn FnMut(&RunEvent<'_>),
) -> Result<Ended, ThreadPoolBuildError> {
    let mut run = Run::new(options)?;
    report(&RunEvent::Started);
    run.add(plan, &[], true, report);
    Ok(run.end(report))
}

/// A run that receives its tests plan by plan.
pub(super) struct Run {
    options: Options,
    /// Threads that run the tests.
    pub(super) pool: Arc<ThreadPool>,
    began: Instant,
    ended: Ended,
    selected: usize,
    /// The project of the scenario files.
    pub(super) project: Arc<ProjectContext>,
}

impl Run {
    pub(super) fn new(options: Options) -> Result<Self, ThreadPoolBuildError> {
        let pool = Arc::new(threads::pool(options.jobs, usize::MAX)?);
        let (began, ended, project) = (now(), Ended::default(), Arc::default());
        Ok(Self { options, pool, began, ended, selected: 0, project })
    }

    /// Parses scenario files in parallel.
    pub(super) fn read(&self, texts: &[Arc<File>]) -> Vec<ReadSuite> {
        let project = &self.project.defaults;
        let read =
            || texts.par_iter().map(|text| ReadSuite::new(text, project)).collect();
        self.pool.install(read)
    }

    /// Runs the tests of a plan. Threads without remaining tests parse the next scenario
    /// files.
    pub(super) fn add(
        &mut self,
        plan: &Plan<'_>,
        ahead: &[Arc<File>],
        is_all: bool,
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) -> Vec<ReadSuite> {
        self.selected += plan.cases.len() + plan.broken.len();
        self.count(plan, is_all, report);
        if self.is_over() {
            return self.read(ahead);
        }
        self.play(plan, ahead, report)
    }

    /// Counts the tests of a plan that were found, without running any.
    pub(super) fn count(
        &mut self,
        plan: &Plan<'_>,
        is_all: bool,
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) {
        self.ended.found += plan.found + plan.broken.len();
        self.ended.files += plan.files + plan.broken.len();
        let (diagnostics, selected) = (plan.diagnostics, self.selected);
        let Ended { found, files, .. } = self.ended;
        report(&RunEvent::Read { diagnostics, selected, found, files, is_last: is_all });
    }

    /// Runs a test that was requested: a plan that holds it alone.
    pub(super) fn add_requested(
        &mut self,
        plan: &Plan<'_>,
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) {
        self.selected += plan.cases.len() + plan.broken.len();
        self.play(plan, &[], report);
    }

    fn play(
        &mut self,
        plan: &Plan<'_>,
        ahead: &[Arc<File>],
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) -> Vec<ReadSuite> {
        let (sender, results) = mpsc::channel();
        let project = Arc::clone(&self.project);
        let project = &project.defaults;
        let failures = self.ended.tally.failed;
        let part = Part::new(&plan.cases, ahead, self.options, failures, project);
        std::thread::scope(|scope| {
            let (pool, part) = (Arc::clone(&self.pool), &part);
            scope.spawn(move || pool.broadcast(|_| part.work(&sender)));
            self.take(plan, results, report);
            part.is_stopped.store(true, Ordering::Relaxed);
        });
        part.read.into_iter().filter_map(OnceLock::into_inner).collect()
    }

    /// Reports results in order until the run is over.
    fn take(
        &mut self,
        plan: &Plan<'_>,
        results: mpsc::Receiver<(usize, CaseResult)>,
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) {
        let mut broken = plan.broken.iter().peekable();
        let mut results = InOrder { results, waiting: BTreeMap::new(), next: 0 };
        let mut index = 0;
        while let Some(mut result) = results.next(&mut || report(&RunEvent::Waiting)) {
            while let Some(file) = broken.next_if(|it| it.before <= index) {
                if self.finished_file(&file.result, report) {
                    return;
                }
            }
            settle(&mut result, self.options.snapshots);
            if self.finished(&result, report) {
                return;
            }
            index += 1;
        }
        for file in broken {
            if self.finished_file(&file.result, report) {
                return;
            }
        }
    }

    /// Reports a scenario file that does not load. Returns whether the run is over.
    fn finished_file(
        &mut self,
        result: &CaseResult,
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) -> bool {
        let flags = self.options.flags.into();
        self.finished(&CaseResult { flags, ..result.clone() }, report)
    }

    /// Reports a result. Returns whether the run is over.
    fn finished(
        &mut self,
        result: &CaseResult,
        report: &mut dyn FnMut(&RunEvent<'_>),
    ) -> bool {
        self.ended.tally.add(&result.outcome);
        report(&RunEvent::Finished(result));
        self.is_over()
    }

    /// Returns whether the maximum number of failures is reached or the run is stopped.
    fn is_over(&self) -> bool {
        let is_over = |most| self.ended.tally.failed >= most;
        self.options.is_stopped() || self.options.max_failures.is_some_and(is_over)
    }

    /// Ends the run.
    pub(super) fn end(mut self, report: &mut dyn FnMut(&RunEvent<'_>)) -> Ended {
        self.ended.tally.not_run = self.selected - self.ended.tally.total();
        self.ended.took = self.began.elapsed();
        report(&RunEvent::Ended(self.ended));
        self.ended
    }
}

/// Work shared by the threads: the tests of a plan, then the files of the next one.
struct Part<'p> {
    cases: &'p [Planned<'p>],
    ahead: &'p [Arc<File>],
    project: &'p ProjectDefaults,
    options: Options,
    next_case: AtomicUsize,
    next_file: AtomicUsize,
    /// Number of failed tests, including those of earlier plans.
    failures: AtomicUsize,
    is_stopped: AtomicBool,
    read: Vec<OnceLock<ReadSuite>>,
}

impl<'p> Part<'p> {
    fn new(
        cases: &'p [Planned<'p>],
        ahead: &'p [Arc<File>],
        options: Options,
        failures: usize,
        project: &'p ProjectDefaults,
    ) -> Self {
        Self {
            cases,
            ahead,
            project,
            options,
            next_case: AtomicUsize::new(0),
            next_file: AtomicUsize::new(0),
            failures: AtomicUsize::new(failures),
            is_stopped: AtomicBool::new(false),
            read: ahead.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Runs one thread. Every thread takes the next test, so that tests finish roughly in
    /// order and results are reported early.
    fn work(&self, results: &mpsc::Sender<(usize, CaseResult)>) {
        let mut worker = Worker::default();
        while !self.is_over()
            && let Some((index, planned)) = take_next(&self.next_case, self.cases)
        {
            let result = worker.run(planned, self.options);
            if result.outcome.is_failure() {
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
            // The receiver is closed if the run was stopped.
            let _ = results.send((index, result));
        }
        while let Some((index, text)) = take_next(&self.next_file, self.ahead) {
            self.read[index].get_or_init(|| ReadSuite::new(text, self.project));
        }
    }

    /// Returns whether no more tests are needed. Tests are taken in order; if enough of
    /// them failed, later ones cannot matter.
    fn is_over(&self) -> bool {
        let failures = self.failures.load(Ordering::Relaxed);
        self.is_stopped.load(Ordering::Relaxed)
            || self.options.is_stopped()
            || self.options.max_failures.is_some_and(|most| failures >= most)
    }
}

/// Takes the next item, with its index.
fn take_next<'i, T>(next: &AtomicUsize, items: &'i [T]) -> Option<(usize, &'i T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

/// Results in the order of their indices, which start at 0 without gaps.
struct InOrder {
    results: mpsc::Receiver<(usize, CaseResult)>,
    waiting: BTreeMap<usize, CaseResult>,
    next: usize,
}

impl InOrder {
    /// Returns the next result. Calls `wait` once if none arrives within a moment.
    fn next(&mut self, wait: &mut dyn FnMut()) -> Option<CaseResult> {
        let mut has_waited = false;
        loop {
            if let Some(result) = self.waiting.remove(&self.next) {
                self.next += 1;
                return Some(result);
            }
            let received = match self.results.recv_timeout(MOMENT) {
                Err(RecvTimeoutError::Timeout) => {
                    if !has_waited {
                        wait();
                        has_waited = true;
                    }
                    self.results.recv().ok()
                }
                received => received.ok(),
            };
            let (index, result) = received?;
            self.waiting.insert(index, result);
        }
    }
}

/// Returns the names of the properties that are about the call of a test.
fn checked_properties(planned: &Planned<'_>, trace: Option<&Trace>) -> Vec<Text> {
    let (Ok(program), Some(trace)) = (&planned.program, trace) else {
        return Vec::new();
    };
    let all = planned.case.properties.iter();
    let own = all.filter(|property| suite::of_flow(property, program, trace.flow).0);
    own.map(|property| property.name.clone()).collect()
}

/// Result of a test, the trace of its call, and its snapshot.
type Judged = (Outcome, Option<Trace>, Option<SnapshotResult>);

/// Runs tests one after the other on this thread, for callers that decide after each test
/// whether they need the next one.
#[derive(Default)]
pub struct OneByOne {
    worker: Worker,
}

impl OneByOne {
    /// Runs a test. Nothing is written, whatever its snapshot is.
    pub fn run(&mut self, planned: &Planned<'_>) -> CaseResult {
        self.worker.run(planned, Options::default())
    }
}

/// State that a thread keeps between tests: the session of the program that it ran last.
#[derive(Default)]
struct Worker {
    session: Option<(Arc<Program>, Session)>,
}

impl Worker {
    fn run(&mut self, planned: &Planned<'_>, options: Options) -> CaseResult {
        let began = now();
        let played = catch_unwind(AssertUnwindSafe(|| self.play(planned, options)));
        let (outcome, mut trace, snapshot) = played.unwrap_or_else(|panic| {
            self.session = None;
            (Outcome::Panicked(message(&*panic).into()), None, None)
        });
        let properties = checked_properties(planned, trace.as_ref());
        // If its snapshot cannot be written, the test will still fail and needs its
        // trace.
        if options.drops_passed_traces && outcome == Outcome::Passed && snapshot.is_none()
        {
            // Dropped on this thread because freeing memory on another thread slows both.
            trace = None;
        }
        CaseResult {
            id: planned.id.clone(),
            tags: planned.case.tags.clone(),
            outcome,
            program: planned.program.as_ref().ok().cloned(),
            trace,
            snapshot,
            properties,
            took: began.elapsed(),
            is_file_result: false,
            flags: options.flags.into(),
            reported: None,
        }
    }

    fn play(&mut self, planned: &Planned<'_>, options: Options) -> Judged {
        if let Some(reason) = &planned.case.skip {
            return (Outcome::Skipped(reason.clone()), None, None);
        }
        match self.judged(planned, options) {
            Ok(judged) => judged,
            Err(diagnostics) => (Outcome::Broken(diagnostics), None, None),
        }
    }

    fn judged(
        &mut self,
        planned: &Planned<'_>,
        options: Options,
    ) -> Result<Judged, Vec<Diagnostic>> {
        let program = planned.program.as_ref().map_err(|them| them.to_vec())?;
        let fixtures = merged_fixtures(planned)?;
        let recording = recording(planned)?;
        let mut prepared =
            suite::prepare(planned.case, recording.as_deref(), program, &fixtures)?;
        if options.stop_at_queue {
            prepared = prepared.stopping_at_queue();
        }
        let session = match self.session.take() {
            Some((known, session)) if Arc::ptr_eq(&known, program) => session,
            _ => Session::start(Arc::clone(program), prepared.call()),
        };
        let (_, session) = self.session.insert((Arc::clone(program), session));
        let played = suite::play(&prepared, session);
        for _ in 1..options.repeat {
            if options.is_stopped() {
                break;
            }
            let repeated = suite::play(&prepared, session);
            if repeated.trace != played.trace {
                let message = "a repeated call had a different result; this is a bug \
                               in flowsim";
                return Ok((Outcome::Panicked(message.into()), Some(played.trace), None));
            }
        }
        let mut mismatches = suite::judge(planned.case, &played, program);
        let (suite, case, mode) = (planned.suite, planned.case, options.snapshots);
        // A call that did not run to its end has no meaningful snapshot.
        let compared = match played.is_whole() {
            true => snapshot::compare(suite, case, &played.trace, program, mode),
            false => None,
        };
        let (snapshot, mismatch) = compared.unzip();
        mismatches.extend(mismatch.flatten());
        Ok((outcome(mismatches, planned.case), Some(played.trace), snapshot))
    }
}

fn outcome(mismatches: Vec<Mismatch>, case: &Case) -> Outcome {
    match (&case.expect_failure, mismatches.is_empty()) {
        (None, true) => Outcome::Passed,
        (None, false) => Outcome::Failed(mismatches),
        (Some(reason), false) => {
            Outcome::ExpectedFailure { reason: reason.value.clone(), mismatches }
        }
        (Some(reason), true) => {
            let mismatch = Mismatch::unexpected_success(reason.span, &reason.value);
            Outcome::Failed(vec![mismatch])
        }
    }
}

/// Writes a snapshot when its test is reported. If the run is stopped, the set of written
/// snapshots therefore does not depend on the machine.
fn settle(result: &mut CaseResult, mode: SnapshotMode) {
    let Some(snapshot) = &result.snapshot else { return };
    let mut none = Vec::new();
    match &mut result.outcome {
        Outcome::Failed(mismatches) => snapshot.settle(mode, mismatches),
        Outcome::ExpectedFailure { mismatches, .. } if mode == SnapshotMode::Pending => {
            snapshot.settle(mode, mismatches);
        }
        other => {
            snapshot.settle(mode, &mut none);
            if !none.is_empty() {
                *other = Outcome::Failed(none);
            }
        }
    }
}

/// Returns the fixtures of the file with those of the test merged over them.
///
/// # Errors
/// Diagnostics of the fixtures.
pub fn merged_fixtures(planned: &Planned<'_>) -> Result<Arc<Fixtures>, Vec<Diagnostic>> {
    let fixtures = planned.fixtures.as_ref().map_err(|them| them.to_vec())?;
    let Some(own) = &planned.case.fixtures else { return Ok(Arc::clone(fixtures)) };
    let folder = planned.id.file.parent().unwrap_or(Path::new(""));
    let (fixtures, mut diagnostics) = fixtures.merged(own, folder);
    diagnostics.retain(|it| it.severity == Severity::Error);
    if diagnostics.is_empty() { Ok(Arc::new(fixtures)) } else { Err(diagnostics) }
}

/// Returns the recording of the test. Diagnostics without a position are placed where the
/// test names the recording.
///
/// # Errors
/// Diagnostics of the recording.
pub fn recording(
    planned: &Planned<'_>,
) -> Result<Option<Arc<Recording>>, Vec<Diagnostic>> {
    let (Some(loaded), Some(named)) = (&planned.recording, &planned.case.recording)
    else {
        return Ok(None);
    };
    let placed = |problem: &Diagnostic| match problem.labels.is_empty() {
        true => problem.clone().at(named.span),
        false => problem.clone(),
    };
    let loaded =
        loaded.as_ref().map_err(|them| them.iter().map(placed).collect::<Vec<_>>())?;
    Ok(Some(Arc::clone(loaded)))
}

/// Reads the clock of the machine. It only measures durations; no result depends on it.
#[expect(clippy::disallowed_methods, reason = "see above")]
pub fn now() -> Instant {
    Instant::now()
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "flowsim panicked".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(line: u32) -> CaseResult {
        CaseResult::sample(line, Outcome::Passed)
    }

    #[test]
    fn results_come_in_order_and_a_pause_is_reported_once() {
        let (sender, results) = mpsc::channel();
        let mut results = InOrder { results, waiting: BTreeMap::new(), next: 0 };
        for index in [1_u8, 0, 2] {
            sender.send((usize::from(index), result(u32::from(index)))).unwrap();
        }
        let mut lines = Vec::new();
        for _ in 0..3 {
            let next = results.next(&mut || panic!("all of them are there")).unwrap();
            lines.push(next.id.line);
        }
        assert_eq!(lines, [0, 1, 2]);
        let (told, pauses) = mpsc::channel();
        let other = std::thread::spawn(move || {
            pauses.recv().unwrap();
            sender.send((4, result(4))).unwrap();
            std::thread::sleep(4 * MOMENT);
            sender.send((3, result(3))).unwrap();
            pauses
        });
        assert_eq!(results.next(&mut || told.send(()).unwrap()).unwrap().id.line, 3);
        assert_eq!(results.next(&mut || ()).unwrap().id.line, 4);
        assert!(results.next(&mut || ()).is_none());
        assert!(other.join().unwrap().try_recv().is_err(), "a pause was told twice");
    }
}

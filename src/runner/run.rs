//! Tests, run in parallel and told in order.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Instant;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::event::{CaseResult, Outcome, RunEvent, Tally};
use super::plan::{Plan, Planned};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Session;
use crate::program::Program;
use crate::suite::{self, Played};
use crate::world::Fixtures;

/// How tests are run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// How many run at the same time; 0 is as many as the machine has cores.
    pub jobs: usize,
    /// After how many failures the run stops; nothing for none.
    pub max_failures: Option<usize>,
    /// How often each test is run; a result that differs from the first is a bug of ours.
    pub repeat: u32,
}

/// Runs tests. Every event is told to `tell`, in an order that does not depend on which
/// test was done first; it says whether the run goes on.
///
/// # Errors
/// The threads cannot be made.
pub fn run(
    plan: &Plan<'_>,
    options: Options,
    tell: &mut dyn FnMut(&RunEvent<'_>),
) -> Result<Tally, rayon::ThreadPoolBuildError> {
    let began = Instant::now();
    let (selected, found, files) = (plan.cases.len(), plan.found, plan.files);
    tell(&RunEvent::Started { selected, found, files });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs).build()?;
    let (sender, results) = mpsc::channel::<(usize, CaseResult)>();
    let is_stopped = AtomicBool::new(false);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let sender = sender;
            pool.install(|| {
                plan.cases.par_iter().enumerate().with_max_len(1).for_each_init(
                    || (Worker::default(), sender.clone()),
                    |(worker, sender), (index, planned)| {
                        if !is_stopped.load(Ordering::Relaxed) {
                            // Nobody listens any more if the run was stopped.
                            let _ = sender.send((index, worker.run(planned, options)));
                        }
                    },
                );
            });
        });
        in_order(results, |result| {
            tally.add(&result.outcome);
            tell(&RunEvent::Finished(&result));
            let is_over = options.max_failures.is_some_and(|most| tally.failed >= most);
            is_stopped.store(is_over, Ordering::Relaxed);
            !is_over
        });
    });
    tally.not_run = selected - tally.total();
    tell(&RunEvent::Ended { tally, took: began.elapsed() });
    Ok(tally)
}

/// Hands results on by their numbers, from 0 without a gap, until `take` wants no more.
fn in_order(
    results: mpsc::Receiver<(usize, CaseResult)>,
    mut take: impl FnMut(CaseResult) -> bool,
) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (index, result) in results {
        waiting.insert(index, result);
        while let Some(result) = waiting.remove(&next) {
            next += 1;
            if !take(result) {
                return;
            }
        }
    }
}

/// What a thread keeps from test to test: the session of the program that it ran last.
#[derive(Default)]
struct Worker {
    session: Option<(Arc<Program>, Session)>,
}

impl Worker {
    fn run(&mut self, planned: &Planned<'_>, options: Options) -> CaseResult {
        let began = Instant::now();
        let played = catch_unwind(AssertUnwindSafe(|| self.play(planned, options)));
        let (outcome, trace) = played.unwrap_or_else(|panic| {
            self.session = None;
            (Outcome::Panicked(message(&*panic).into()), None)
        });
        CaseResult {
            id: planned.id.clone(),
            outcome,
            program: planned.program.as_ref().ok().cloned(),
            trace,
            took: began.elapsed(),
            command: planned.command.clone(),
        }
    }

    fn play(
        &mut self,
        planned: &Planned<'_>,
        options: Options,
    ) -> (Outcome, Option<crate::trace::Trace>) {
        if let Some(reason) = &planned.case.skip {
            return (Outcome::Skipped(reason.clone()), None);
        }
        match self.judged(planned, options) {
            Ok((outcome, played)) => (outcome, Some(played.trace)),
            Err(diagnostics) => (Outcome::Broken(diagnostics), None),
        }
    }

    fn judged(
        &mut self,
        planned: &Planned<'_>,
        options: Options,
    ) -> Result<(Outcome, Played), Vec<Diagnostic>> {
        let program = planned.program.as_ref().map_err(|them| them.to_vec())?;
        let fixtures = laid(planned)?;
        let prepared = suite::prepare(planned.case, program, &fixtures)?;
        let session = match self.session.take() {
            Some((known, session)) if Arc::ptr_eq(&known, program) => session,
            _ => Session::start(Arc::clone(program), prepared.call()),
        };
        let (_, session) = self.session.insert((Arc::clone(program), session));
        let played = suite::play(&prepared, session);
        for _ in 1..options.repeat {
            let again = suite::play(&prepared, session);
            if again.trace != played.trace {
                let message = "the same call had another result when it was made again; \
                               this is a bug of flowsim";
                return Ok((Outcome::Panicked(message.into()), played));
            }
        }
        let mismatches = suite::judge(planned.case, &played, program);
        let outcome = if mismatches.is_empty() {
            Outcome::Passed
        } else {
            Outcome::Failed(mismatches)
        };
        Ok((outcome, played))
    }
}

/// The fixtures of the file with those of the test laid over them.
fn laid(planned: &Planned<'_>) -> Result<Arc<Fixtures>, Vec<Diagnostic>> {
    let fixtures = planned.fixtures.as_ref().map_err(|them| them.to_vec())?;
    let Some(own) = &planned.case.fixtures else { return Ok(Arc::clone(fixtures)) };
    let folder = planned.id.file.parent().unwrap_or(Path::new(""));
    let (fixtures, mut diagnostics) = fixtures.overlaid(own, folder);
    diagnostics.retain(|it| it.severity == Severity::Error);
    if diagnostics.is_empty() { Ok(Arc::new(fixtures)) } else { Err(diagnostics) }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "flowsim panicked".into())
}

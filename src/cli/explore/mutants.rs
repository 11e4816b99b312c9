//! `flowsim explore --mutants`: changes of the flows that the tests do not notice.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::cache::Cache;
use super::digest::Key;
use super::judge::{Found, Judge, Judged};
use super::keys::{NamedFiles, TestKeys};
use super::suite::Explored;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::explore::mutants::{Detection, Detector, Mutant, mutants};
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::report::exploration::{MutantSummary, Survivor};
use crate::runner::{Options, Outcome, Plan, Planned, RunEvent, run};
use crate::source::Files;
use crate::suite::Selection;
use crate::threads;

/// A test that passes.
pub(super) struct Test<'l> {
    pub(super) planned: Planned<'l>,
    /// The nodes that its call executes.
    pub(super) nodes: BTreeSet<NodeId>,
    /// The key of its results; `None` if they are not remembered.
    pub(super) key: Option<Key>,
}

impl Explored<'_> {
    /// Runs the tests of the folder and of the project in every mutant.
    pub(super) fn mutants(
        &self,
        cache: &mut Cache,
    ) -> io::Result<Result<MutantSummary, Exit>> {
        let mut files = Files::new();
        let searched = self.existing(self.arguments.suite.as_deref());
        let library = match self.library(&searched, &mut files) {
            Ok(library) => library,
            Err(exit) => return Ok(Err(exit)),
        };
        let plan = Plan::new(&library, &Selection::default(), &[], &files);
        let mut keys = { self.keys.as_ref() }
            .map(|keys| TestKeys::new(keys, &library.project, &files));
        let of_tests: Vec<Option<Key>> =
            plan.cases.iter().map(|it| keys.as_mut()?.of(it)).collect();
        let tests = self.passing(plan, of_tests)?;
        if tests.is_empty() {
            let help = "name the folder of the tests with --suite DIR; it writes those \
                        that are missing";
            output::message("error", &format!("no test passes\n\n{help}"));
            return Ok(Err(Exit::Nothing));
        }
        let named = keys.map(TestKeys::into_named);
        self.judge(&tests, named.as_ref(), cache).map(Ok)
    }

    /// Returns the tests that pass with the flows of the exploration.
    fn passing<'l>(
        &self,
        plan: Plan<'l>,
        keys: Vec<Option<Key>>,
    ) -> io::Result<Vec<Test<'l>>> {
        let plan = Plan { cases: with_program(plan.cases, self.program), ..plan };
        let mut calls: Vec<Option<(FlowId, BTreeSet<NodeId>)>> = Vec::new();
        let options = Options { jobs: self.jobs(), ..Options::default() };
        run(&plan, options, &mut |event| {
            if let RunEvent::Finished(result) = event {
                let is_passed = matches!(result.outcome, Outcome::Passed);
                let trace = result.trace.as_ref().filter(|_| is_passed);
                calls.push(trace.map(|trace| {
                    (trace.flow, trace.steps.iter().map(|it| it.node).collect())
                }));
            }
        })
        .map_err(|error| io::Error::other(error.to_string()))?;
        let cases = plan.cases.into_iter().zip(keys).zip(calls);
        let passed = cases.filter_map(|((planned, key), call)| {
            let (start, nodes) = call?;
            let keys = self.keys.as_ref();
            let key = keys.zip(key).map(|(keys, key)| keys.of_call(key, start));
            Some(Test { planned, nodes, key })
        });
        Ok(passed.collect())
    }

    /// Runs the tests that execute the node of each mutant, and adds the results to the
    /// cache.
    fn judge(
        &self,
        tests: &[Test<'_>],
        named: Option<&NamedFiles>,
        cache: &mut Cache,
    ) -> io::Result<MutantSummary> {
        let Self { program, calls, fixtures, exploration, .. } = *self;
        let is_fixed = self.arguments.fixed;
        let detector = Detector::new(program, calls, fixtures, exploration, is_fixed);
        let searches = self.keys.as_ref().map(|keys| keys.searches(&detector));
        let judge = Judge { program, tests, detector, searches, cache };
        let selected = self.selected();
        let pool = threads::pool(self.jobs(), selected.len());
        let pool = pool.map_err(|error| io::Error::other(error.to_string()))?;
        let all: Vec<Judged> = pool.install(|| {
            let all = selected.par_iter();
            all.map(|(mutant, key)| judge.judged(mutant, *key)).collect()
        });
        let partition = self.arguments.partition;
        let mut summary = MutantSummary { partition, ..MutantSummary::default() };
        for ((mutant, _), judged) in selected.into_iter().zip(all) {
            cache.add(judged.used);
            add(&mut summary, mutant, judged.found, judged.tests);
        }
        // A file that changed while calls played may belong to either result.
        let mut keys = self.keys.iter().filter(|keys| keys.are_unchanged());
        if keys.next().is_some() && named.is_none_or(NamedFiles::are_unchanged) {
            cache.write();
        }
        Ok(summary)
    }

    /// Returns the mutants of the share, with their keys.
    fn selected(&self) -> Vec<(Mutant, Option<Key>)> {
        let symbols = &self.program.symbols;
        let name = |it: &Mutant| {
            let node = symbols.node(it.node);
            let flow = &symbols.flow(node.flow).name;
            format!("{flow}\n{}\n{}\n{}", node.id, it.kind, it.change)
        };
        let mut all = mutants(self.program);
        all.retain(|it| self.is_explored(it));
        let keys = self.keys.as_ref().map(|keys| keys.mutants(self.program, &all));
        let key = |index: usize| keys.as_ref()?.get(index).copied();
        let numbered = all.into_iter().enumerate();
        let mut numbered: Vec<_> =
            numbered.map(|(index, it)| (it, key(index), index as u64)).collect();
        if let Some(partition) = self.arguments.partition {
            numbered.retain(|(it, _, index)| partition.has(*index, || name(it)));
        }
        numbered.into_iter().map(|(mutant, key, _)| (mutant, key)).collect()
    }

    /// Whether the exploration says something about the node, so that its calls enter it.
    fn is_explored(&self, mutant: &Mutant) -> bool {
        self.exploration.goals.iter().any(|goal| goal.node == mutant.node)
    }

    fn jobs(&self) -> usize {
        self.arguments.jobs.map_or(0, usize::from)
    }
}

/// Counts a mutant, and lists it if all tests passed.
fn add(summary: &mut MutantSummary, mutant: Mutant, found: Found, tests: usize) {
    let detection = match found {
        Found::Killed => {
            summary.killed += 1;
            return;
        }
        Found::Timeout => {
            summary.timeouts += 1;
            return;
        }
        Found::Survived(detection) => detection,
    };
    match detection {
        Detection::Unreachable | Detection::Equivalent => summary.equivalent += 1,
        _ => summary.survived += 1,
    }
    let Mutant { node, kind, change, .. } = mutant;
    summary.list.push(Survivor { node, kind, change, tests, detection });
}

pub(super) fn with_program<'l>(
    cases: Vec<Planned<'l>>,
    program: &Arc<Program>,
) -> Vec<Planned<'l>> {
    let with = |planned| Planned { program: Ok(Arc::clone(program)), ..planned };
    cases.into_iter().map(with).collect()
}

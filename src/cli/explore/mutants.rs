//! `flowsim explore --mutants`: changes of the flows that the tests do not notice.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use super::suite::Explored;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::Code;
use crate::explore::mutants::{Detection, Detector, Mutant, mutants};
use crate::flow::NodeId;
use crate::program::Program;
use crate::report::exploration::{MutantSummary, Survivor};
use crate::runner::{Options, Outcome, Plan, Planned, RunEvent, run};
use crate::source::Files;
use crate::suite::Selection;
use crate::trace::Trace;

/// A test that passes, and the nodes that its call executes.
struct Test<'l> {
    planned: Planned<'l>,
    nodes: BTreeSet<NodeId>,
}

/// The result of the tests in a mutant.
enum Found {
    Killed,
    Timeout,
    Survived,
}

impl Explored<'_> {
    /// Runs the tests of the folder and of the project in every mutant.
    pub(super) fn mutants(&self) -> io::Result<Result<MutantSummary, Exit>> {
        let mut files = Files::new();
        let searched = self.existing(self.arguments.suite.as_deref());
        let library = match self.library(&searched, &mut files) {
            Ok(library) => library,
            Err(exit) => return Ok(Err(exit)),
        };
        let plan = Plan::new(&library, &Selection::default(), &[], &files);
        let tests = self.passing(plan)?;
        if tests.is_empty() {
            let help = "name the folder of the tests with --suite DIR; it writes those \
                        that are missing";
            output::message("error", &format!("no test passes\n\n{help}"));
            return Ok(Err(Exit::Nothing));
        }
        self.judge(&tests).map(Ok)
    }

    /// Returns the tests that pass with the flows of the exploration.
    fn passing<'l>(&self, plan: Plan<'l>) -> io::Result<Vec<Test<'l>>> {
        let plan = Plan { cases: with_program(plan.cases, self.program), ..plan };
        let mut nodes = Vec::new();
        let jobs = self.arguments.jobs.map_or(0, usize::from);
        let options = Options { jobs, ..Options::default() };
        run_tests(&plan, options, &mut |outcome, trace| {
            let is_passed = matches!(outcome, Outcome::Passed);
            let steps = trace.filter(|_| is_passed).map(|trace| &trace.steps);
            nodes.push(steps.map(|them| them.iter().map(|it| it.node).collect()));
        })?;
        let cases = plan.cases.into_iter().zip(nodes);
        let passed =
            cases.filter_map(|(planned, nodes)| Some(Test { planned, nodes: nodes? }));
        Ok(passed.collect())
    }

    /// Runs the tests that execute the node of each mutant.
    fn judge(&self, tests: &[Test<'_>]) -> io::Result<MutantSummary> {
        let Self { program, calls, fixtures, exploration, .. } = *self;
        let detector = Detector::new(program, calls, fixtures, exploration);
        let partition = self.arguments.partition;
        let mut summary = MutantSummary { partition, ..MutantSummary::default() };
        for mutant in self.selected() {
            let changed = mutant.program(program);
            let near = tests.iter().filter(|test| test.nodes.contains(&mutant.node));
            let near: Vec<Planned<'_>> = near.map(|test| test.planned.clone()).collect();
            let count = near.len();
            match run_in(&changed, near)? {
                Found::Killed => summary.killed += 1,
                Found::Timeout => summary.timeouts += 1,
                Found::Survived => {
                    let detection = detector.detect(&mutant, &changed);
                    match detection {
                        Detection::Unreachable | Detection::Equivalent => {
                            summary.equivalent += 1;
                        }
                        _ => summary.survived += 1,
                    }
                    let (node, tests) = (mutant.node, count);
                    let (kind, change) = (mutant.kind, mutant.change);
                    summary.list.push(Survivor { node, kind, change, tests, detection });
                }
            }
        }
        Ok(summary)
    }

    /// Returns the mutants of the share.
    fn selected(&self) -> Vec<Mutant> {
        let symbols = &self.program.symbols;
        let name = |it: &Mutant| {
            let node = symbols.node(it.node);
            let flow = &symbols.flow(node.flow).name;
            format!("{flow}\n{}\n{}\n{}", node.id, it.kind, it.change)
        };
        let all = mutants(self.program).into_iter().filter(|it| self.is_explored(it));
        let mut numbered = all.zip(0..).collect::<Vec<_>>();
        if let Some(partition) = self.arguments.partition {
            numbered.retain(|(mutant, index)| partition.has(*index, || name(mutant)));
        }
        numbered.into_iter().map(|(mutant, _)| mutant).collect()
    }

    /// Whether the exploration says something about the node, so that its calls enter it.
    fn is_explored(&self, mutant: &Mutant) -> bool {
        self.exploration.goals.iter().any(|goal| goal.node == mutant.node)
    }
}

fn with_program<'l>(cases: Vec<Planned<'l>>, program: &Arc<Program>) -> Vec<Planned<'l>> {
    let with = |planned| Planned { program: Ok(Arc::clone(program)), ..planned };
    cases.into_iter().map(with).collect()
}

/// Runs tests in a mutant until one fails.
fn run_in(program: &Arc<Program>, cases: Vec<Planned<'_>>) -> io::Result<Found> {
    if cases.is_empty() {
        return Ok(Found::Survived);
    }
    let plan = Plan { cases: with_program(cases, program), ..Plan::default() };
    let options = Options { jobs: 1, max_failures: Some(1), ..Options::default() };
    let mut found = Found::Survived;
    run_tests(&plan, options, &mut |outcome, trace| {
        if !outcome.is_failure() || !matches!(found, Found::Survived) {
            return;
        }
        let failure = trace.and_then(|trace| trace.failure.as_ref());
        let is_limit = failure.is_some_and(|it| it.code == Code::ACTION_LIMIT_EXCEEDED);
        found = if is_limit { Found::Timeout } else { Found::Killed };
    })?;
    Ok(found)
}

fn run_tests(
    plan: &Plan<'_>,
    options: Options,
    visit: &mut dyn FnMut(&Outcome, Option<&Trace>),
) -> io::Result<()> {
    run(plan, options, &mut |event| {
        if let RunEvent::Finished(result) = event {
            visit(&result.outcome, result.trace.as_ref());
        }
    })
    .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(())
}

//! Executes the actions of a flow with cells instead of values. Where a cell leaves an
//! outcome open, every outcome is followed.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashSet;
use twox_hash::XxHash64;

use crate::engine::Relevance;
use crate::expr::architect::Range;
use crate::flow::{NodeId, SequenceId, VariableId};
use crate::program::architect::{Action, Call, Source, Statement, Switch, Variables};
use crate::program::{Program, Step, StepAction};

use super::super::graph::Graph;
use super::super::liveness::Liveness;
use super::super::patience::Patience;
use super::cells::{ANY, Cells};

/// The largest number of calls that continue after one action.
const MOST_SPLITS: usize = 512;

/// The number of steps after which the host is asked whether to continue.
const STEPS_PER_LOOK: u64 = 1_024;

/// A set of calls at the same place: the values of each variable are those of a cell.
#[derive(Debug, Clone)]
struct Calls {
    node: NodeId,
    /// The actions that called the running tasks.
    callers: Vec<NodeId>,
    cells: Vec<u16>,
}

/// The nodes and outputs that calls may reach.
#[derive(Debug)]
pub(super) struct Reached {
    /// Whether they may execute each node.
    pub(super) nodes: Vec<bool>,
    /// The outputs that they may take.
    pub(super) outputs: FxHashSet<(NodeId, u16)>,
}

/// The flow and its variables.
pub(super) struct Machine<'m> {
    pub(super) program: &'m Program,
    pub(super) graph: &'m Graph,
    pub(super) patience: &'m Patience<'m>,
    /// The variables with cells, in the order of a set of calls.
    pub(super) tracked: Vec<(u32, Cells)>,
    /// The place of a variable among them, by slot.
    pub(super) places: Vec<Option<usize>>,
    /// Steps at which equal sets are continued once, with the places of the variables that
    /// are read later.
    pub(super) stops: Vec<Option<Vec<usize>>>,
}

/// The progress of a machine.
struct Run {
    open: Vec<Calls>,
    known: FxHashSet<(u64, u64)>,
    reached: Reached,
    /// The number of further cells that each variable had after assignments.
    splits: Vec<u64>,
    /// Handlers of errors that no variable influences, and that were begun.
    begun: FxHashSet<NodeId>,
}

impl Machine<'_> {
    /// Executes all calls. `inputs` may have any value at the start. Returns how often each
    /// variable was split if this needs more steps than `limit`.
    pub(super) fn run(
        &self,
        begin: NodeId,
        variables: &Variables,
        inputs: &[VariableId],
        limit: u64,
    ) -> Result<Reached, Vec<u64>> {
        let count = self.program.steps.len();
        let nodes = vec![false; count];
        let mut run = Run {
            open: Vec::new(),
            known: FxHashSet::default(),
            reached: Reached { nodes, outputs: FxHashSet::default() },
            splits: vec![0; self.tracked.len()],
            begun: FxHashSet::default(),
        };
        let cells = vec![ANY; self.tracked.len()];
        let first = vec![Calls { node: begin, callers: Vec::new(), cells }];
        let mut first = self.initialised(&mut run, first, variables);
        for input in inputs {
            first = self.assigned(&mut run, first, *input, |_| Range::Any);
        }
        run.open = first;
        let mut steps: u64 = 0;
        while let Some(calls) = run.open.pop() {
            steps += 1;
            let is_due = steps.is_multiple_of(STEPS_PER_LOOK);
            if steps > limit || (is_due && self.patience.is_over()) {
                return Err(run.splits);
            }
            if self.is_new(&mut run, &calls) {
                run.reached.nodes[calls.node.index()] = true;
                self.step(&mut run, calls);
            }
        }
        Ok(run.reached)
    }

    /// Whether no equal set was continued at this step.
    fn is_new(&self, run: &mut Run, calls: &Calls) -> bool {
        let Some(read) = &self.stops[calls.node.index()] else { return true };
        let hash = |seed| {
            let mut hasher = XxHash64::with_seed(seed);
            calls.node.0.hash(&mut hasher);
            calls.callers.iter().for_each(|node| node.0.hash(&mut hasher));
            read.iter().for_each(|place| calls.cells[*place].hash(&mut hasher));
            hasher.finish()
        };
        run.known.insert((hash(1), hash(2)))
    }

    fn step(&self, run: &mut Run, calls: Calls) {
        let node = calls.node;
        let step = &self.program.steps[node.index()];
        let StepAction::Architect(action) = &step.action else { return };
        self.fail(run, &calls, action);
        match &**action {
            Action::BeginFlow(_) => {
                let part = self.program.unit(step.flow).architect.as_deref();
                if let Some(start) = part.and_then(|part| part.start) {
                    self.enter(run, vec![calls], start);
                }
            }
            Action::UpdateData(statements) => {
                let after = self.update(run, calls, statements);
                after.into_iter().for_each(|it| self.go(run, it, step.next));
            }
            Action::Decision(decision) => {
                let truth = self.range(&calls, &decision.condition.source);
                self.decide(run, calls, step, truth);
            }
            Action::Switch(switch) => self.switch(run, calls, step, switch),
            Action::CallTask(call) => {
                let Ok(sequence) = call.target else { return };
                let mut after = self.with_inputs(run, calls, sequence, &call.inputs);
                after.iter_mut().for_each(|it| it.callers.push(node));
                self.begin(run, after, sequence);
            }
            Action::Jump(jump) => {
                let Ok(sequence) = jump.target else { return };
                let after = self.with_inputs(run, calls, sequence, &jump.inputs);
                self.begin(run, after, sequence);
            }
            Action::CollectInput(collect) => self.collect(run, calls, step, collect.data),
            Action::EndTask(path) => self.end_task(run, calls, path.as_ref()),
            Action::End(_) => {}
            // The actions without an influence on variables.
            _ => self.take_all(run, calls, step),
        }
    }

    /// Every action may fail. What it sets is then unknown.
    fn fail(&self, run: &mut Run, calls: &Calls, action: &Action) {
        for handler in &self.graph.failed[calls.node.index()] {
            let read = self.stops[handler.index()].as_deref();
            if read.is_some_and(<[usize]>::is_empty) && !run.begun.insert(*handler) {
                continue;
            }
            let mut failed = calls.clone();
            failed.node = *handler;
            failed.callers.clear();
            if let Action::UpdateData(statements) = action {
                for variable in
                    statements.iter().filter_map(|it| it.variable.as_ref().ok())
                {
                    if let Some(place) = self.place(*variable) {
                        failed.cells[place] = ANY;
                    }
                }
            }
            run.open.push(failed);
        }
    }

    fn decide(&self, run: &mut Run, calls: Calls, step: &Step, truth: Range) {
        match truth {
            Range::Truth(truth) => self.take(run, calls, step, u16::from(!truth)),
            Range::NotSet => self.take(run, calls, step, 1),
            _ => {
                self.take(run, calls.clone(), step, 0);
                self.take(run, calls, step, 1);
            }
        }
    }

    /// An entry may be any string.
    fn collect(
        &self,
        run: &mut Run,
        calls: Calls,
        step: &Step,
        data: Option<VariableId>,
    ) {
        let mut all = vec![calls];
        if let Some(data) = data {
            all = self.assigned(run, all, data, |_| Range::Any);
        }
        all.into_iter().for_each(|calls| self.take_all(run, calls, step));
    }

    fn switch(&self, run: &mut Run, calls: Calls, step: &Step, switch: &Switch) {
        let value = switch.value.as_ref().map(|value| self.range(&calls, &value.source));
        let mut outputs = 0..u16::MAX;
        for (case, output) in switch.cases.iter().zip(&mut outputs) {
            let case = self.range(&calls, &case.source);
            let fits = match value {
                Some(value) => value.equals(case),
                None => case,
            };
            match fits {
                Range::Truth(true) => return self.take(run, calls, step, output),
                Range::Truth(false) | Range::NotSet => {}
                _ => self.take(run, calls.clone(), step, output),
            }
        }
        let default = u16::try_from(switch.cases.len()).unwrap_or(u16::MAX);
        self.take(run, calls, step, default);
    }

    fn update(
        &self,
        run: &mut Run,
        calls: Calls,
        statements: &[Statement],
    ) -> Vec<Calls> {
        let mut all = vec![calls];
        for Statement { variable, value } in statements {
            if let Ok(variable) = variable {
                all =
                    self.assigned(run, all, *variable, |calls| self.range(calls, value));
            }
        }
        all
    }

    /// Takes an output of a step.
    fn take(&self, run: &mut Run, calls: Calls, step: &Step, output: u16) {
        run.reached.outputs.insert((calls.node, output));
        let target = step.targets.get(usize::from(output)).copied();
        self.go(run, calls, target.unwrap_or(step.next));
    }

    /// Takes every output of a step.
    fn take_all(&self, run: &mut Run, calls: Calls, step: &Step) {
        for output in 0..u16::try_from(step.targets.len()).unwrap_or(u16::MAX) {
            self.take(run, calls.clone(), step, output);
        }
        self.go(run, calls, step.next);
    }

    /// Continues at a step, or after the task.
    fn go(&self, run: &mut Run, mut calls: Calls, next: Option<NodeId>) {
        match next {
            Some(next) => {
                calls.node = next;
                run.open.push(calls);
            }
            None => self.end_task(run, calls, None),
        }
    }

    /// Ends a task by one of its output paths.
    fn end_task(
        &self,
        run: &mut Run,
        mut calls: Calls,
        path: Option<&crate::value::Text>,
    ) {
        let Some(caller) = calls.callers.pop() else { return };
        calls.node = caller;
        let step = &self.program.steps[caller.index()];
        let StepAction::Architect(action) = &step.action else { return };
        let Action::CallTask(call) = &**action else { return };
        for calls in self.with_outputs(run, calls, call) {
            self.take(run, calls, step, call.output_of(path));
        }
    }

    fn with_outputs(&self, run: &mut Run, calls: Calls, call: &Call) -> Vec<Calls> {
        let before = calls.clone();
        let mut all = vec![calls];
        for (theirs, own) in &call.outputs {
            let range = self.range_of(&before, theirs.0);
            all = self.assigned(run, all, *own, |_| range);
        }
        all
    }

    /// Gives the variables of a task their initial values and then the inputs.
    fn with_inputs(
        &self,
        run: &mut Run,
        calls: Calls,
        sequence: SequenceId,
        inputs: &[(VariableId, Source)],
    ) -> Vec<Calls> {
        let ranges: Vec<Range> =
            inputs.iter().map(|(_, source)| self.range(&calls, source)).collect();
        let variables = &self.program.sequence(sequence).variables;
        let mut all = self.initialised(run, vec![calls], variables);
        for ((variable, _), range) in inputs.iter().zip(ranges) {
            all = self.assigned(run, all, *variable, |_| range);
        }
        all
    }

    fn enter(&self, run: &mut Run, calls: Vec<Calls>, sequence: SequenceId) {
        let variables = &self.program.sequence(sequence).variables;
        let calls = self.initialised(run, calls, variables);
        self.begin(run, calls, sequence);
    }

    fn begin(&self, run: &mut Run, calls: Vec<Calls>, sequence: SequenceId) {
        let begin = self.program.sequence(sequence).begin;
        calls.into_iter().for_each(|calls| self.go(run, calls, Some(begin)));
    }

    fn initialised(
        &self,
        run: &mut Run,
        mut all: Vec<Calls>,
        variables: &Variables,
    ) -> Vec<Calls> {
        for variable in &variables.list {
            // An initial value that cannot be computed is NOT_SET.
            let range = |calls: &Calls| match &variable.initial {
                Source::Constant(value) => Range::of(value),
                source => self.range(calls, source).or(Range::NotSet),
            };
            all = self.assigned(run, all, variable.id, range);
        }
        all
    }

    /// Assigns a range to a variable. The calls are split if it has several cells.
    fn assigned(
        &self,
        run: &mut Run,
        mut all: Vec<Calls>,
        variable: VariableId,
        range: impl Fn(&Calls) -> Range,
    ) -> Vec<Calls> {
        let Some(place) = self.place(variable) else { return all };
        let mut further = Vec::new();
        let count = all.len();
        for calls in &mut all {
            let range = range(calls);
            let cells = self.tracked[place].1.of(range);
            // The values of an answer are few, those of a counter have no end.
            if range != Range::Any {
                run.splits[place] += cells.len() as u64 - 1;
            }
            if count * cells.len() > MOST_SPLITS {
                calls.cells[place] = ANY;
                continue;
            }
            let Some((first, others)) = cells.split_first() else { continue };
            calls.cells[place] = *first;
            for other in others {
                let mut other_calls = calls.clone();
                other_calls.cells[place] = *other;
                further.push(other_calls);
            }
        }
        all.extend(further);
        all
    }

    fn place(&self, variable: VariableId) -> Option<usize> {
        self.places.get(variable.index()).copied().flatten()
    }

    fn range_of(&self, calls: &Calls, slot: u32) -> Range {
        match self.places.get(slot as usize).copied().flatten() {
            Some(place) => self.tracked[place].1.range(calls.cells[place]),
            None => Range::Any,
        }
    }

    fn range(&self, calls: &Calls, source: &Source) -> Range {
        match source {
            Source::Constant(value) => Range::of(value),
            Source::Expression(expression) => {
                expression.range(&|slot| self.range_of(calls, slot))
            }
            _ => Range::Any,
        }
    }
}

/// Returns the steps at which equal sets of calls are continued once: those that follow
/// several others, and those after the beginning of a task. With the places of the tracked
/// variables that are read later.
pub(super) fn stops(
    program: &Program,
    graph: &Graph,
    liveness: &Liveness,
    tracked: &[(u32, Cells)],
) -> Vec<Option<Vec<usize>>> {
    let callers = graph.callers();
    let read = |node: NodeId| {
        let is_read = |slot: &u32| liveness.is_read_from(node, VariableId(*slot));
        let places = tracked.iter().enumerate();
        places.filter(|(_, (slot, _))| is_read(slot)).map(|(place, _)| place).collect()
    };
    let stop = |(index, step): (usize, &Step)| {
        let node = NodeId::new(index);
        let before = &callers[index];
        let begins = |node: &NodeId| program.steps[node.index()].is_beginning();
        // At the beginning of a task, the values of its inputs do not count as read.
        let is_stop =
            !step.is_beginning() && (before.len() > 1 || before.iter().any(begins));
        is_stop.then(|| read(node))
    };
    program.steps.iter().enumerate().map(stop).collect()
}

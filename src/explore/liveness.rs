//! Liveness: the variables that a call may still read, at every step.
//!
//! A variable is live at a step if a path without regard to values leads from there to a
//! read before the variable is set. A value that only becomes part of another value is
//! read if that other variable is live. Prompts do not count as reads: audio has no effect
//! on the path of a call. Where evaluating such an ignored expression might fail, the step
//! is listed in [`Liveness::assumed`].

use crate::analysis::property::Observed;
use crate::engine::Relevance;
use crate::expr::architect::{BUILT_INS, Varying};
use crate::expr::draft::{Form, Template};
use crate::flow::{NodeId, VariableId, VariableType};
use crate::program::architect::{
    Action, AttributeList, Attributes, Change, Lookup, Round, Source, Statement, Variable,
};
use crate::program::{Assignment, Operand, Place, Program, Step, StepAction};
use crate::value::Json;

use super::graph::Graph;
use super::random::random_steps;

/// The live variables at every step.
#[derive(Debug)]
pub(super) struct Liveness {
    /// Variables at the beginning of each step.
    live: Vec<Bits>,
    /// Variables after each step, without its failure.
    after: Vec<Bits>,
    /// Variables after each step, or after its failure.
    resumed: Vec<Bits>,
    /// Variables that a call returns, which are live everywhere.
    always: Bits,
    clock: usize,
    attributes: usize,
    answers_are_free: bool,
    /// Values that are also read from outside.
    pub(super) observed: Observed,
    /// Steps with an expression whose value does not matter, but whose failure might.
    pub(super) assumed: Vec<NodeId>,
    /// Steps that use a random number.
    pub(super) random: Vec<NodeId>,
}

impl Relevance for Liveness {
    fn is_read_from(&self, node: NodeId, variable: VariableId) -> bool {
        self.live[node.index()].has(variable.index())
    }

    fn is_read_after(&self, node: NodeId, variable: VariableId) -> bool {
        self.resumed[node.index()].has(variable.index())
    }

    fn reads_clock_from(&self, node: NodeId) -> bool {
        self.live[node.index()].has(self.clock)
    }

    fn reads_attributes_from(&self, node: NodeId) -> bool {
        self.live[node.index()].has(self.attributes)
    }

    fn reads_inputs_of_data_actions(&self) -> bool {
        !self.answers_are_free
    }
}

impl Liveness {
    /// Analyses a program. `answers_are_free` means that the answers of data actions do not
    /// depend on their inputs.
    pub(super) fn of(program: &Program, graph: &Graph, answers_are_free: bool) -> Self {
        Self::observed(program, graph, answers_are_free, &Observed::default())
    }

    /// Analyses a program whose values are also read from outside.
    pub(super) fn observed(
        program: &Program,
        graph: &Graph,
        answers_are_free: bool,
        observed: &Observed,
    ) -> Self {
        let clock = program.symbols.variables.len().max(largest_slot(program));
        let attributes = clock + 1;
        let count = program.steps.len();
        let empty = || vec![Bits::new(attributes + 1); count];
        let (live, after) = (empty(), empty());
        let mut found = Self {
            live,
            after,
            resumed: Vec::new(),
            always: always(program, observed, attributes),
            clock,
            attributes,
            answers_are_free,
            observed: observed.clone(),
            assumed: Vec::new(),
            random: random_steps(program),
        };
        let callers = graph.callers();
        let mut is_open = vec![true; count];
        let mut open: Vec<NodeId> = (0..count).map(NodeId::new).collect();
        while let Some(node) = open.pop() {
            is_open[node.index()] = false;
            if !found.update(program, graph, node) {
                continue;
            }
            for caller in &callers[node.index()] {
                if !std::mem::replace(&mut is_open[caller.index()], true) {
                    open.push(*caller);
                }
            }
        }
        found.assume(program);
        found.resumed = found.after.clone();
        for (resumed, failed) in found.resumed.iter_mut().zip(&graph.failed) {
            failed.iter().for_each(|handler| resumed.add(&found.live[handler.index()]));
        }
        found
    }

    /// Whether a step after this one, or the handling of its failure, reads the clock.
    pub(super) fn reads_clock_after(&self, node: NodeId) -> bool {
        self.resumed[node.index()].has(self.clock)
    }

    /// Recomputes a step from the steps that may follow. Returns whether it changed.
    fn update(&mut self, program: &Program, graph: &Graph, node: NodeId) -> bool {
        let index = node.index();
        let mut after = self.after[index].clone();
        after.add(&self.always);
        for next in &graph.next[index] {
            after.add(&self.live[next.index()]);
        }
        let mut reads = self.reads(program, node, after.clone());
        reads.step(&program.steps[index]);
        let mut live = reads.live;
        live.add(&self.always);
        for handler in &graph.failed[index] {
            live.add(&self.live[handler.index()]);
        }
        self.after[index] = after;
        let is_changed = live != self.live[index];
        self.live[index] = live;
        is_changed
    }

    /// Lists the steps with ignored expressions that may fail.
    fn assume(&mut self, program: &Program) {
        for (index, step) in program.steps.iter().enumerate() {
            let node = NodeId::new(index);
            let mut reads = self.reads(program, node, self.after[index].clone());
            reads.step(step);
            if reads.may_fail {
                self.assumed.push(node);
            }
        }
    }

    fn reads<'p>(&self, program: &'p Program, node: NodeId, live: Bits) -> Reads<'p> {
        Reads {
            program,
            node,
            live,
            clock: self.clock,
            attributes: self.attributes,
            answers_are_free: self.answers_are_free,
            hears_prompts: self.observed.prompts,
            may_fail: false,
        }
    }
}

/// Returns the variables of called tasks and flows that their callers read at the end, and
/// the values that are read from outside. `attributes` is the place of all
/// attributes.
fn always(program: &Program, observed: &Observed, attributes: usize) -> Bits {
    let mut always = Bits::new(attributes + 1);
    observed.variables.iter().for_each(|it| always.insert(it.index()));
    if !observed.attributes.is_empty() {
        always.insert(attributes);
    }
    for step in &program.steps {
        let mut add = |variable: &VariableId| always.insert(variable.index());
        match &step.action {
            StepAction::CallFlow(call) => {
                let outputs = call.isolation.iter().flat_map(|it| &it.outputs);
                outputs.for_each(|(_, theirs)| add(theirs));
            }
            StepAction::Architect(action) => match &**action {
                Action::CallTask(call) => call.outputs.iter().for_each(|(it, _)| add(it)),
                Action::CallFlow(call) => call.outputs.iter().for_each(|(it, _)| add(it)),
                Action::CallCommonModule(module) => {
                    module.outputs.iter().filter_map(|it| it.1.as_ref()).for_each(add);
                }
                _ => {}
            },
            _ => {}
        }
    }
    always
}

/// Returns the largest slot that an expression may name, plus one.
fn largest_slot(program: &Program) -> usize {
    let built_ins = BUILT_INS.len();
    program.built_in_first as usize + built_ins + 1
}

/// Computes the live variables before a step from those after it.
struct Reads<'p> {
    program: &'p Program,
    node: NodeId,
    live: Bits,
    clock: usize,
    attributes: usize,
    answers_are_free: bool,
    hears_prompts: bool,
    /// Whether an ignored expression may fail.
    may_fail: bool,
}

impl<'p> Reads<'p> {
    fn step(&mut self, step: &Step) {
        let StepAction::Architect(action) = &step.action else {
            return self.draft(step);
        };
        match &**action {
            Action::UpdateData(statements) => self.statements(statements),
            Action::PlayAudio(audio) => self.ignore(audio),
            Action::BeginFlow(_) => {
                let part = self.program.unit(step.flow).architect.as_deref();
                let hold = part.and_then(|part| part.hold_prompt.as_ref());
                self.begin(part.map_or(&[][..], |part| part.variables.list.as_slice()));
                let code = part.and_then(|part| part.wrapup_code.as_ref());
                hold.into_iter().chain(code).for_each(|source| self.read(source));
                self.read_all(action);
            }
            Action::BeginSequence => self.begin(self.own_variables()),
            Action::Loop(rounds) => {
                self.live.remove(rounds.rounds.index());
                self.live.remove(rounds.rounds.index() + 1);
                self.read_all(action);
            }
            Action::NextRound(rounds) => {
                self.read_all(action);
                self.live.insert(rounds.rounds.index());
                self.live.insert(rounds.rounds.index() + 1);
            }
            Action::Ask(ask) => self.question(action, ask.round),
            Action::Attributes(attributes) => self.attributes(action, attributes),
            Action::Lookup(lookup) => self.lookup(action, lookup),
            // Only an output for failures depends on the message.
            Action::Send(send) if step.targets.len() <= 1 => {
                self.read_except(action, &[&send.message]);
                self.ignore(&send.message);
            }
            action => self.with_audio(action),
        }
    }

    /// A question, which counts the rounds of a loop if it begins them.
    fn question(&mut self, action: &Action, round: Option<Round>) {
        if let Some(round) = round {
            self.live.remove(round.number.index());
        }
        self.with_audio(action);
        if let Some(round) = round.filter(|round| !round.is_first) {
            self.live.insert(round.number.index());
        }
    }

    /// Actions with audio or notes, which are not read.
    fn with_audio(&mut self, action: &Action) {
        let ignored: Vec<&Source> = match action {
            Action::CollectInput(collect) => {
                if let Some(data) = collect.data {
                    self.live.remove(data.index());
                }
                vec![&collect.audio, &collect.verification_audio]
            }
            Action::Menu(menu) => {
                // Its variables have their initial values while it waits.
                let own = self.own_variables();
                own.iter().for_each(|variable| self.read(&variable.initial));
                vec![&menu.audio]
            }
            Action::Recorded(recorded) => match recorded.change {
                Change::Nothing | Change::EndFlow => {
                    recorded.inputs.iter().map(|(_, source)| source).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        self.read_except(action, &ignored);
        ignored.into_iter().for_each(|source| self.ignore(source));
    }

    fn read_all(&mut self, action: &Action) {
        action.each_source(&mut |source| self.read(source));
    }

    fn statements(&mut self, statements: &[Statement]) {
        for Statement { variable, value } in statements.iter().rev() {
            match variable {
                Ok(id) if self.is_dead(*id) => self.ignore(value),
                Ok(id) => {
                    self.live.remove(id.index());
                    self.read(value);
                }
                Err(_) => self.read(value),
            }
        }
    }

    /// Whether a variable is not read again. Built-in variables count as read.
    fn is_dead(&self, variable: VariableId) -> bool {
        !self.program.is_built_in(variable) && !self.live.has(variable.index())
    }

    /// Returns the variables of the task or menu that begins here.
    fn own_variables(&self) -> &'p [Variable] {
        let mut sequences = self.program.sequences.iter();
        let own = sequences.find(|sequence| sequence.begin == self.node);
        own.map_or(&[][..], |sequence| sequence.variables.list.as_slice())
    }

    /// Variables get their initial values.
    fn begin(&mut self, variables: &[Variable]) {
        variables.iter().for_each(|variable| self.live.remove(variable.id.index()));
        variables.iter().for_each(|variable| self.read(&variable.initial));
    }

    fn attributes(&mut self, action: &Action, attributes: &Attributes) {
        let is_read = self.live.has(self.attributes);
        match &attributes.list {
            AttributeList::Set(list) if !is_read => {
                let given: Vec<&Source> =
                    list.iter().flat_map(|(name, value)| [name, value]).collect();
                self.read_except(action, &given);
                given.into_iter().for_each(|source| self.ignore(source));
            }
            AttributeList::Set(_) => self.read_all(action),
            AttributeList::Get(_) => {
                self.read_all(action);
                self.live.insert(self.attributes);
            }
        }
    }

    fn lookup(&mut self, action: &Action, lookup: &Lookup) {
        match lookup {
            Lookup::DataAction(call) if self.answers_are_free => {
                let inputs: Vec<&Source> =
                    call.inputs.iter().map(|(_, source)| source).collect();
                self.read_except(action, &inputs);
                inputs.into_iter().for_each(|source| self.ignore(source));
            }
            // A flow has a maximum running time.
            Lookup::Wait(_) => {
                self.live.insert(self.clock);
                self.read_all(action);
            }
            Lookup::Schedule(schedule) if schedule.at.is_none() => {
                self.live.insert(self.clock);
                self.read_all(action);
            }
            // Without a group it is always closed.
            Lookup::ScheduleGroup(it)
                if it.group.is_unset() && it.emergency.is_unset() =>
            {
                self.read_all(action);
            }
            Lookup::ScheduleGroup(group) if group.at.is_none() => {
                self.live.insert(self.clock);
                self.read_all(action);
            }
            _ => self.read_all(action),
        }
    }

    /// Reads the sources of an action, except some of them.
    fn read_except(&mut self, action: &Action, ignored: &[&Source]) {
        action.each_source(&mut |source| {
            if !ignored.iter().any(|it| std::ptr::eq(*it, source)) {
                self.read(source);
            }
        });
    }

    fn read(&mut self, source: &Source) {
        let (live, clock) = (&mut self.live, self.clock);
        source.each_expression(&mut |expression| {
            for slot in expression.variables() {
                live.insert(slot as usize);
            }
            for varying in [Varying::Clock, Varying::Random] {
                if expression.varies_with(varying) {
                    live.insert(clock);
                }
            }
        });
    }

    fn ignore(&mut self, source: &Source) {
        if self.hears_prompts {
            return self.read(source);
        }
        source.each_expression(&mut |_| self.may_fail = true);
    }

    fn draft(&mut self, step: &Step) {
        match &step.action {
            StepAction::Say(_) | StepAction::Gather(_) if !self.hears_prompts => {}
            StepAction::Set(assignments) => {
                for assignment in assignments.iter().rev() {
                    self.assignment(assignment);
                }
            }
            action => action.each_operand(&mut |operand| self.read_operand(operand)),
        }
    }

    fn assignment(&mut self, assignment: &Assignment) {
        let variable = assignment.variable.index();
        match &assignment.value {
            _ if assignment.variable_type == VariableType::Increment => {
                self.live.insert(variable);
            }
            // A context field is read as long as a variable has no value.
            Form::Constant(Json::Null) | Form::Template(Template::Whole(_)) => {}
            _ => self.live.remove(variable),
        }
        assignment.value.each_reference(&mut |operand| self.read_operand(operand));
    }

    fn read_operand(&mut self, operand: &Operand) {
        if let Place::Variable(variable, _) = operand.place {
            self.live.insert(variable.index());
        }
    }
}

/// A set of small numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bits(Box<[u64]>);

impl Bits {
    fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)].into())
    }

    fn has(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    fn insert(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    fn remove(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&*other.0) {
            *word |= more;
        }
    }
}

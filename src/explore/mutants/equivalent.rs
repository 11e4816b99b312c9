//! Mutants that no test can notice: the changed condition or value has the same result for
//! all values that variables can have, or nothing reads the changed value.

use crate::engine::Call;
use crate::expr::architect::Directory;
use crate::flow::kinds::FlowKind;
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::architect::{Action, Source, Statement, Switch, Traced};
use crate::program::{Program, StepAction};
use crate::value::{Value, equal};

use crate::explore::possible::{Given, PossibleValues, declared, declared_in};

use super::{Mutant, Mutation};

/// Proofs that mutants are equivalent to the program in some calls.
pub(super) struct Equivalence<'e> {
    program: &'e Program,
    directory: &'e (dyn Directory + Sync),
    possible: PossibleValues,
    /// Whether an effect of the calls may depend on each variable.
    is_read: Vec<bool>,
}

impl<'e> Equivalence<'e> {
    /// Analyses the calls. The directory has the policies of the organisation.
    pub(super) fn of(
        program: &'e Program,
        calls: &[Call],
        directory: &'e (dyn Directory + Sync),
    ) -> Self {
        let possible = PossibleValues::of(program, calls);
        let starts: Vec<FlowId> = calls.iter().map(Call::flow).collect();
        let is_read = read_variables(program, &starts);
        Self { program, directory, possible, is_read }
    }

    /// Whether no call can distinguish the mutant from the program. `false` if there is no
    /// proof.
    pub(super) fn holds(&self, mutant: &Mutant) -> bool {
        let step = &self.program.steps[mutant.node.index()];
        let StepAction::Architect(action) = &step.action else { return false };
        match (&mutant.mutation, &**action) {
            (Mutation::Swap(one, other), Action::Switch(switch)) => {
                !self.may_take(switch, *one) && !self.may_take(switch, *other)
            }
            (Mutation::Action(changed), action) => match &**changed {
                StepAction::Architect(changed) => self.same_action(action, changed),
                _ => false,
            },
            _ => false,
        }
    }

    fn same_action(&self, one: &Action, other: &Action) -> bool {
        match (one, other) {
            (Action::Decision(one), Action::Decision(other)) => {
                self.same(&one.condition.source, &other.condition.source)
            }
            (Action::Switch(one), Action::Switch(other)) => {
                let all = |switch: &'_ Switch| -> Vec<Source> {
                    let traced = switch.value.iter().chain(&switch.cases);
                    traced.map(|Traced { source, .. }| source.clone()).collect()
                };
                let (one, other) = (all(one), all(other));
                one.len() == other.len()
                    && one.iter().zip(&other).all(|(one, other)| self.same(one, other))
            }
            (Action::UpdateData(one), Action::UpdateData(other)) => {
                let mut pairs = one.iter().zip(other);
                pairs.all(|(one, other)| self.same_statement(one, other))
            }
            _ => false,
        }
    }

    /// Whether two assignments to the same variable have the same effect.
    fn same_statement(&self, one: &Statement, other: &Statement) -> bool {
        let is_read =
            |it: &VariableId| self.is_read.get(it.index()).copied().unwrap_or(true);
        match (&one.value, &other.value, &one.variable) {
            (Source::Constant(_), Source::Constant(_), Ok(variable))
                if !is_read(variable) =>
            {
                true
            }
            (one, other, _) => self.same(one, other),
        }
    }

    /// Whether two sources have the same value, or fail in the same way, for all values of
    /// their variables.
    fn same(&self, one: &Source, other: &Source) -> bool {
        if format!("{one:?}") == format!("{other:?}") {
            return true;
        }
        let Some(combinations) = self.possible.combinations(&[one, other]) else {
            return false;
        };
        combinations.into_iter().all(|values| {
            let given = Given { values, directory: self.directory };
            match (given.value(one), given.value(other)) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            }
        })
    }

    /// Whether a call may take an output of a switch.
    fn may_take(&self, switch: &Switch, output: usize) -> bool {
        let Some(case) = switch.cases.get(output) else { return true };
        let value = switch.value.as_ref().map(|value| &value.source);
        let sources: Vec<&Source> = value.into_iter().chain([&case.source]).collect();
        let Some(combinations) = self.possible.combinations(&sources) else {
            return true;
        };
        combinations.into_iter().any(|values| {
            let given = Given { values, directory: self.directory };
            match (value.map(|it| given.value(it)), given.value(&case.source)) {
                (None, Some(Ok(Value::Boolean(truth)))) => truth,
                (Some(Some(Ok(value))), Some(Ok(case))) => equal(&value, &case),
                (None | Some(Some(_)), Some(_)) => false,
                _ => true,
            }
        })
    }
}

/// Returns for each variable whether an effect of a call may depend on it: an expression
/// reads it, it becomes part of such a variable, or the result of the call shows it.
fn read_variables(program: &Program, starts: &[FlowId]) -> Vec<bool> {
    let mut reads = Reads {
        is_read: vec![true; program.symbols.variables.len()],
        copies: Vec::new(),
    };
    declared(program).for_each(|variable| reads.is_read[variable.id.index()] = false);
    for (index, unit) in program.units.iter().enumerate() {
        let flow = FlowId::new(index);
        let Some(part) = unit.architect.as_deref() else { continue };
        // The result of a call has the variables of its flow.
        let is_shown = part.nature != FlowKind::CommonModule || starts.contains(&flow);
        let own = part.variables.list.iter().filter(|_| is_shown);
        own.for_each(|variable| reads.read(variable.id));
        if part.bot_events.is_some() {
            declared_in(program, flow).for_each(|variable| reads.read(variable.id));
        }
        let given = part.hold_prompt.iter().chain(&part.wrapup_code);
        given.for_each(|source| reads.source(source, None));
    }
    for variable in declared(program) {
        reads.source(&variable.initial, Some(variable.id));
    }
    for (index, step) in program.steps.iter().enumerate() {
        if let StepAction::Architect(action) = &step.action {
            reads.action(program, NodeId::new(index), action);
        }
    }
    reads.finish()
}

struct Reads {
    is_read: Vec<bool>,
    /// Pairs of a variable and another one that receives its value.
    copies: Vec<(VariableId, VariableId)>,
}

impl Reads {
    fn read(&mut self, variable: VariableId) {
        if let Some(is_read) = self.is_read.get_mut(variable.index()) {
            *is_read = true;
        }
    }

    /// A source is evaluated, and may be assigned to a variable.
    fn source(&mut self, source: &Source, to: Option<VariableId>) {
        let copy = match source {
            Source::Expression(expression) if expression.is_variable() => to,
            _ => None,
        };
        source.each_expression(&mut |expression| {
            for from in expression.variables().into_iter().map(VariableId) {
                match copy {
                    Some(to) => self.copies.push((from, to)),
                    None => self.read(from),
                }
            }
        });
    }

    fn action(&mut self, program: &Program, node: NodeId, action: &Action) {
        match action {
            Action::UpdateData(statements) => {
                for Statement { variable, value } in statements {
                    self.source(value, variable.as_ref().ok().copied());
                }
            }
            Action::CallTask(call) => {
                call.inputs.iter().for_each(|(to, it)| self.source(it, Some(*to)));
                self.copies.extend(&call.outputs);
            }
            Action::Jump(jump) => {
                jump.inputs.iter().for_each(|(to, it)| self.source(it, Some(*to)));
            }
            Action::CallCommonModule(module) => {
                module.inputs.iter().for_each(|(_, to, it)| self.source(it, *to));
                for (_, theirs, own) in &module.outputs {
                    self.copies.extend(theirs.map(|theirs| (theirs, *own)));
                }
            }
            Action::CallFlow(call) => {
                call.outputs.iter().for_each(|(theirs, _)| self.read(*theirs));
                action.each_source(&mut |source| self.source(source, None));
            }
            Action::Ask(_) => {
                let flow = program.steps[node.index()].flow;
                declared_in(program, flow).for_each(|variable| self.read(variable.id));
                action.each_source(&mut |source| self.source(source, None));
            }
            action => action.each_source(&mut |source| self.source(source, None)),
        }
    }

    fn finish(mut self) -> Vec<bool> {
        loop {
            let is_read =
                |it: VariableId| self.is_read.get(it.index()).copied().unwrap_or(true);
            let new =
                { self.copies.iter() }.find(|(from, to)| is_read(*to) && !is_read(*from));
            let Some((from, _)) = new.copied() else { return self.is_read };
            self.read(from);
        }
    }
}

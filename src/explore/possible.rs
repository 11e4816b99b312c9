//! The values that a variable can have in any call, if only constants of the flows and
//! copies of such variables are assigned to it.
//!
//! The order of actions does not matter here, so that no path is overlooked: a variable has
//! NOT_SET, and everything that any action of any flow assigns to it.

use std::collections::BTreeMap;

use crate::engine::{Call, DEFAULT_START};
use crate::expr::architect::{Directory, Environment, Failure, Scope, Varying};
use crate::flow::kinds::FlowKind;
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::architect::{Action, LocalTask, Source, Variable};
use crate::program::{Program, StepAction};
use crate::value::{DateTime, Value};

/// The largest number of values of a variable.
const MOST_VALUES: usize = 32;

/// The largest number of combinations of values that are tried.
const MOST_COMBINATIONS: usize = 4_096;

/// The possible values of all variables.
#[derive(Debug)]
pub(super) struct PossibleValues {
    /// The values by slot; `None` if a variable can have others.
    of: Vec<Option<Vec<Value>>>,
}

/// A value that an action assigns to a variable.
enum Assigned<'p> {
    Constant(&'p Value),
    /// The value of another variable.
    Copy(u32),
    Other,
}

impl PossibleValues {
    /// Finds the values of the variables in these calls.
    pub(super) fn of(program: &Program, calls: &[Call]) -> Self {
        let mut of = vec![None; program.symbols.variables.len()];
        let starts: Vec<FlowId> = calls.iter().map(Call::flow).collect();
        let mut assignments = Assignments { program, found: Vec::new() };
        for variable in declared(program) {
            if let Some(values) = of.get_mut(variable.id.index()) {
                *values = Some(vec![Value::unset(variable.value_type)]);
            }
            assignments.source(variable.id, &variable.initial);
        }
        assignments.inputs(&starts);
        for (variable, _) in calls.iter().flat_map(Call::given_variables) {
            assignments.other(*variable);
        }
        for (index, step) in program.steps.iter().enumerate() {
            if let StepAction::Architect(action) = &step.action {
                assignments.action(NodeId::new(index), step.flow, action);
            }
        }
        let mut possible = Self { of };
        while assignments.found.iter().any(|(slot, it)| possible.add(*slot, it)) {
            for (slot, assigned) in &assignments.found {
                possible.add(*slot, assigned);
            }
        }
        possible
    }

    /// Returns the values of a variable; `None` if it can have others.
    pub(super) fn get(&self, slot: u32) -> Option<&[Value]> {
        self.of.get(slot as usize)?.as_deref()
    }

    /// Returns every combination of the values of the variables that sources read. Returns
    /// `None` if there are too many, or if the sources depend on something else.
    pub(super) fn combinations(
        &self,
        sources: &[&Source],
    ) -> Option<Vec<BTreeMap<u32, Value>>> {
        let mut slots: Vec<u32> = Vec::new();
        for source in sources {
            match source {
                Source::Constant(_) => {}
                Source::Expression(expression) => {
                    let varies = [Varying::Clock, Varying::Random];
                    let varies = varies.into_iter().any(|it| expression.varies_with(it));
                    if varies || expression.reads_organisation() {
                        return None;
                    }
                    slots.extend(expression.variables());
                }
                _ => return None,
            }
        }
        slots.sort_unstable();
        slots.dedup();
        let mut combinations = vec![BTreeMap::new()];
        for slot in slots {
            let values = self.get(slot)?;
            if combinations.len() * values.len() > MOST_COMBINATIONS {
                return None;
            }
            let with = |known: &BTreeMap<u32, Value>| {
                let known = known.clone();
                values.iter().map(move |value| {
                    let mut longer = known.clone();
                    longer.insert(slot, value.clone());
                    longer
                })
            };
            combinations = combinations.iter().flat_map(with).collect();
        }
        Some(combinations)
    }

    /// Adds values to those of a variable. Returns whether there are new ones.
    fn add(&mut self, slot: u32, assigned: &Assigned<'_>) -> bool {
        let new: Option<Vec<Value>> = match assigned {
            Assigned::Constant(value) => Some(vec![(*value).clone()]),
            Assigned::Copy(from) => self.get(*from).map(<[Value]>::to_vec),
            Assigned::Other => None,
        };
        let Some(known) = self.of.get_mut(slot as usize) else { return false };
        let Some(values) = known else { return false };
        let before = values.len();
        for value in new.iter().flatten() {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        let is_longer = values.len() > before;
        if new.is_none() || values.len() > MOST_VALUES {
            *known = None;
            return true;
        }
        is_longer
    }
}

/// Returns the variables of all Architect flows and of their tasks.
pub(super) fn declared(program: &Program) -> impl Iterator<Item = &Variable> {
    let parts = program.units.iter().filter_map(|unit| unit.architect.as_deref());
    let of_flows = parts.flat_map(|part| &part.variables.list);
    of_flows.chain(program.sequences.iter().flat_map(|it| &it.variables.list))
}

/// Returns the variables of a flow and of its tasks.
pub(super) fn declared_in(
    program: &Program,
    flow: FlowId,
) -> impl Iterator<Item = &Variable> {
    let part = program.unit(flow).architect.as_deref();
    let of_flow = part.into_iter().flat_map(|part| &part.variables.list);
    let own = program.sequences.iter().filter(move |it| it.flow == flow);
    of_flow.chain(own.flat_map(|it| &it.variables.list))
}

/// Everything that is assigned to variables.
struct Assignments<'p> {
    program: &'p Program,
    found: Vec<(u32, Assigned<'p>)>,
}

impl<'p> Assignments<'p> {
    fn source(&mut self, variable: VariableId, source: &'p Source) {
        let assigned = match source {
            Source::Constant(value) => Assigned::Constant(value),
            Source::Expression(expression) if expression.is_variable() => {
                let copied = expression.variables().first().copied();
                copied.map_or(Assigned::Other, Assigned::Copy)
            }
            _ => Assigned::Other,
        };
        self.found.push((variable.0, assigned));
    }

    fn other(&mut self, variable: VariableId) {
        self.found.push((variable.0, Assigned::Other));
    }

    fn copy(&mut self, from: VariableId, to: VariableId) {
        self.found.push((to.0, Assigned::Copy(from.0)));
    }

    /// Inputs of flows that the platform or a flow without a place here may start. The
    /// inputs of a common module come from the actions that call it.
    fn inputs(&mut self, starts: &[FlowId]) {
        for (index, unit) in self.program.units.iter().enumerate() {
            let Some(part) = unit.architect.as_deref() else { continue };
            let is_called = part.nature == FlowKind::CommonModule
                && !starts.contains(&FlowId::new(index));
            let inputs = part.variables.list.iter().filter(|it| it.is_input);
            inputs.filter(|_| !is_called).for_each(|it| self.other(it.id));
        }
    }

    fn action(&mut self, node: NodeId, flow: FlowId, action: &'p Action) {
        match action {
            Action::UpdateData(statements) => {
                for statement in statements {
                    if let Ok(variable) = statement.variable {
                        self.source(variable, &statement.value);
                    }
                }
            }
            Action::CallTask(call) => {
                call.inputs.iter().for_each(|(to, source)| self.source(*to, source));
                call.outputs.iter().for_each(|(theirs, own)| self.copy(*theirs, *own));
            }
            Action::Jump(jump) => {
                jump.inputs.iter().for_each(|(to, source)| self.source(*to, source));
            }
            Action::CallCommonModule(module) => {
                for (_, to, source) in &module.inputs {
                    to.iter().for_each(|to| self.source(*to, source));
                }
                for (_, theirs, own) in &module.outputs {
                    match theirs {
                        Some(theirs) => self.copy(*theirs, *own),
                        None => self.other(*own),
                    }
                }
            }
            action => self.results(node, flow, action),
        }
    }

    /// The variables that receive results of an action.
    fn results(&mut self, node: NodeId, flow: FlowId, action: &Action) {
        match action {
            Action::Loop(rounds) | Action::NextRound(rounds) => {
                let hidden = [rounds.rounds, VariableId(rounds.rounds.0 + 1)];
                hidden.into_iter().chain(rounds.index).for_each(|it| self.other(it));
            }
            // A question may fill every slot.
            Action::Ask(_) | Action::ClearSlots(_) => {
                declared_in(self.program, flow).for_each(|it| self.other(it.id));
            }
            Action::DialByExtension(dial) => {
                dial.extension.into_iter().for_each(|it| self.other(it));
            }
            Action::Local(local) => {
                let (LocalTask::Silence { repeats: result, .. }
                | LocalTask::Encrypt(_, result)
                | LocalTask::Decrypt(_, result)) = &local.task;
                result.iter().for_each(|it| self.other(*it));
                local.other.outputs.iter().for_each(|(_, it)| self.other(*it));
            }
            Action::CallFlow(call) => {
                call.inputs.iter().for_each(|(_, theirs)| self.other(*theirs));
                call.other.outputs.iter().for_each(|(_, own)| self.other(*own));
            }
            _ => {}
        }
        let program = self.program;
        let declared = declared(program).map(|variable| variable.id);
        let set = declared.filter(|it| program.may_set(node, *it));
        set.for_each(|it| self.other(it));
    }
}

/// Values of variables, in which an expression is evaluated.
pub(super) struct Given<'g> {
    pub(super) values: BTreeMap<u32, Value>,
    pub(super) directory: &'g dyn Directory,
}

impl Given<'_> {
    /// Returns the value of a source, or its failure. Returns `None` for other sources than
    /// constants and expressions.
    pub(super) fn value(&self, source: &Source) -> Option<Result<Value, Failure>> {
        match source {
            Source::Constant(value) => Some(Ok(value.clone())),
            Source::Expression(expression) => Some(expression.evaluate(self)),
            _ => None,
        }
    }
}

impl Scope for Given<'_> {
    fn variable(&self, slot: u32) -> &Value {
        self.values.get(&slot).unwrap_or(&Value::NOT_SET)
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

/// Expressions that depend on the clock or on random numbers are not evaluated here.
impl Environment for Given<'_> {
    fn directory(&self) -> &dyn Directory {
        self.directory
    }

    fn now(&self) -> DateTime {
        DEFAULT_START
    }

    fn random(&self) -> u64 {
        0
    }
}

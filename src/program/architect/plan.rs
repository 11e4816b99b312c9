//! Assigns ids to flows, variables and tasks, before any action is compiled.

use super::digital::slot_variables;
use super::names::Scope;
use super::source::Source;
use super::{Sequence, Variable, Variables};
use crate::flow::architect::{self, ArchitectFlow, Unit};
use crate::flow::kinds::Operation;
use crate::flow::{FlowId, FlowLabel, NodeId, SequenceId, VariableId};
use crate::program::Program;
use crate::program::layout::{Layout, LayoutId};
use crate::program::step;
use crate::value::{Kind, Text, Type};

/// The ids of everything in a flow that has a name, known before its actions are
/// compiled.
pub(super) struct Plan {
    pub(super) id: FlowId,
    pub(super) scope: Scope,
    pub(super) variables: Variables,
    pub(super) units: Vec<UnitPlan>,
}

pub(super) struct UnitPlan {
    pub(super) sequence: SequenceId,
    pub(super) scope: Scope,
    pub(super) variables: Variables,
    /// The id of the first hidden variable.
    pub(super) hidden: u32,
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Assigns ids to a flow, its variables, its tasks, and the variables of the tasks.
pub(super) fn plan(program: &mut Program, flow: &ArchitectFlow) -> Plan {
    let id = FlowId::new(program.units.len());
    program.symbols.flows.push(FlowLabel {
        id: flow.id.clone().unwrap_or_else(|| flow.name.value.clone()),
        name: flow.name.value.clone(),
        flow_type: flow.flow_type.clone(),
        version: flow.version.clone(),
    });
    let mut scope = Scope::default();
    let slots = slot_variables(flow);
    let declared = flow.variables.iter().chain(&slots);
    let variables = declare(program, declared, &mut scope);
    let names = variables.list.iter().map(|variable| variable.id.index());
    let names = names.map(|index| program.symbols.variables[index].clone());
    let layout = Layout::of(variables.first, names);
    program.layouts.push(layout);
    program.units.push(step::Unit {
        outputs: Box::default(),
        start: None,
        layout: LayoutId(number(program.layouts.len() - 1)),
        output_count: 0,
        is_published: true,
        architect: None,
    });
    program.nodes.push(indexmap::IndexMap::new());
    let units = flow.units.iter().map(|unit| plan_unit(program, id, unit)).collect();
    Plan { id, scope, variables, units }
}

fn plan_unit(program: &mut Program, flow: FlowId, unit: &Unit) -> UnitPlan {
    let sequence = SequenceId::new(program.sequences.len());
    let mut scope = Scope::default();
    let of_choices = architect::variables_of_choices(unit);
    let declared = unit.variables.iter().chain(&of_choices);
    let mut variables = declare(program, declared, &mut scope);
    let hidden = number(program.symbols.variables.len());
    let mut loops = 0;
    unit.each_action(&mut |action| {
        loops += usize::from(action.operation().is_some_and(Operation::repeats));
    });
    for _ in 0..loops * 2 {
        let integer = Type::one(Kind::Integer);
        variables.list.push(variable(program, Text::new(), integer, None));
    }
    program.sequences.push(Sequence {
        flow,
        kind: unit.kind,
        key: unit.key.clone(),
        name: unit.name.clone(),
        begin: NodeId(0),
        variables: Variables::default(),
    });
    UnitPlan { sequence, scope, variables, hidden }
}

fn declare<'v>(
    program: &mut Program,
    declared: impl Iterator<Item = &'v architect::Variable>,
    scope: &mut Scope,
) -> Variables {
    let first = number(program.symbols.variables.len());
    let mut list = Vec::new();
    for item in declared {
        let name = item.name.value.clone();
        // A variable that is declared twice is one variable; `flowsim check` reports it.
        if scope.declared(&name).is_some() {
            continue;
        }
        let new = variable(program, name.clone(), item.value_type, Some(item));
        scope.declare(&name, &new);
        if let Some(key) = &item.key {
            program.symbols.variable_keys.insert(new.id, key.clone());
        }
        list.push(new);
    }
    Variables { first, list }
}

fn variable(
    program: &mut Program,
    name: Text,
    holds: Type,
    declared: Option<&architect::Variable>,
) -> Variable {
    let id = VariableId(number(program.symbols.variables.len()));
    program.symbols.variables.push(name);
    Variable {
        id,
        value_type: holds,
        initial: Source::unset(holds),
        is_input: declared.is_some_and(|variable| variable.is_input),
        is_output: declared.is_some_and(|variable| variable.is_output),
    }
}

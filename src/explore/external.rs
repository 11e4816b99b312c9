//! Steps that depend on data from outside the flow: answers of other systems, objects of
//! the organisation, the time of the call, and values that a call brings along.

use std::collections::BTreeSet;

use crate::engine::is_set_by_context;
use crate::expr::architect::{BUILT_INS, Varying};
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::architect::{Action, AttributeList, Lookup, Source};
use crate::program::{Place, Program, Step, StepAction};

/// Returns the steps that depend on external data in a call that starts in a flow.
pub(super) fn external_reads(program: &Program, start: FlowId) -> Vec<NodeId> {
    let given = given_variables(program, start);
    let steps = program.steps.iter().enumerate();
    let steps = steps.filter(|(_, step)| is_external(step) || reads(step, &given));
    steps.map(|(index, _)| NodeId::new(index)).collect()
}

/// Whether the outcome of a step depends on an answer from outside.
fn is_external(step: &Step) -> bool {
    match &step.action {
        StepAction::Route(_)
        | StepAction::GetExternalContact(_)
        | StepAction::QueueStatistics(_)
        | StepAction::Webhook(_) => true,
        // All outcomes of a data action are tried.
        StepAction::DataAction(_)
        | StepAction::Say(_)
        | StepAction::Gather(_)
        | StepAction::Set(_)
        | StepAction::If(_)
        | StepAction::CallFlow(_)
        | StepAction::End(_) => false,
        StepAction::Architect(action) => match &**action {
            Action::Attributes(attributes) => {
                matches!(attributes.list, AttributeList::Get(_))
            }
            Action::Lookup(lookup) => !matches!(lookup, Lookup::DataAction(_)),
            Action::Transfer(_)
            | Action::CallFlow(_)
            | Action::CreateCallback(_)
            | Action::DialByExtension(_)
            | Action::Local(_)
            | Action::HoldMusic(_)
            | Action::Ask(_) => true,
            Action::CallCommonModule(module) => module.flow.is_none(),
            _ => false,
        },
    }
}

/// Returns the variables that a call may bring along.
fn given_variables(program: &Program, start: FlowId) -> BTreeSet<u32> {
    let mut given = BTreeSet::new();
    for (index, built_in) in (program.built_in_first..).zip(BUILT_INS) {
        if is_set_by_context(built_in.name) {
            given.insert(index);
        }
    }
    let unit = program.unit(start);
    if let Some(part) = unit.architect.as_deref() {
        let inputs = part.variables.list.iter().filter(|variable| variable.is_input);
        given.extend(inputs.map(|variable| variable.id.0));
        return given;
    }
    let layout = &program.layouts[unit.layout.index()];
    let all = (layout.first..).take(layout.len());
    let set = assigned(program);
    given.extend(all.filter(|variable| !set.contains(variable)));
    given
}

/// Returns the variables that draft flows set themselves.
fn assigned(program: &Program) -> BTreeSet<u32> {
    let mut set = BTreeSet::new();
    for step in &program.steps {
        match &step.action {
            StepAction::Set(assignments) => {
                set.extend(assignments.iter().map(|it| it.variable.0));
            }
            StepAction::CallFlow(call) => {
                let isolation = call.isolation.as_ref();
                let outputs = isolation.into_iter().flat_map(|it| &it.outputs);
                set.extend(outputs.map(|(VariableId(own), _)| *own));
            }
            _ => {}
        }
    }
    set
}

/// Whether a step reads one of these variables, the clock or the organisation.
fn reads(step: &Step, given: &BTreeSet<u32>) -> bool {
    let mut is_read = false;
    match &step.action {
        StepAction::Say(_) | StepAction::Gather(_) => {}
        StepAction::Architect(action) => {
            if matches!(**action, Action::PlayAudio(_)) {
                return false;
            }
            action.each_source(&mut |source| is_read |= source_reads(source, given));
        }
        action => action.each_operand(&mut |operand| {
            if let Place::Variable(variable, _) = operand.place {
                is_read |= given.contains(&variable.0);
            }
        }),
    }
    is_read
}

fn source_reads(source: &Source, given: &BTreeSet<u32>) -> bool {
    let mut is_read = false;
    source.each_expression(&mut |expression| {
        is_read |= expression.variables().iter().any(|slot| given.contains(slot))
            || expression.varies_with(Varying::Clock)
            || expression.reads_organisation();
    });
    is_read
}

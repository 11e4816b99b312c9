//! Steps that depend on data from outside the flow: answers of other systems, objects of
//! the organisation, the time of the call, and the context and variables of the call.

use std::collections::BTreeSet;

use super::liveness::Liveness;
use super::outcomes::has_free_outcome;
use crate::engine::Relevance;
use crate::expr::architect::{BUILT_INS, Varying};
use crate::flow::{FlowId, NodeId, NodeLabel, VariableId};
use crate::program::architect::{
    Action, Ask, AttributeList, ExpectedAnswer, Lookup, Source, Variable,
};
use crate::program::{Place, Program, Step, StepAction};
use crate::value::{Text, Value};
use crate::world::Organisation;

/// Values of a call whose classes are all tried.
#[derive(Debug, Default)]
pub(super) struct Decidable {
    /// Inputs and built-in variables.
    pub(super) slots: BTreeSet<u32>,
    /// Attributes of the participant, by name.
    pub(super) attributes: BTreeSet<Text>,
    /// Whether all random numbers that make a difference are tried.
    pub(super) is_random: bool,
}

impl Decidable {
    /// Returns the steps that use a random number, unless all numbers are tried.
    pub(super) fn untried<'r>(&self, random: &'r [NodeId]) -> &'r [NodeId] {
        if self.is_random { &[] } else { random }
    }
}

/// Returns the steps that depend on external data in a call that starts in a flow, except
/// the values whose classes are all tried.
pub(super) fn external_reads(
    program: &Program,
    liveness: &Liveness,
    organisation: &dyn Organisation,
    start: FlowId,
    decidable: &Decidable,
) -> Vec<NodeId> {
    let mut given = given_variables(program, liveness, start);
    given.retain(|slot| !decidable.slots.contains(slot));
    let steps = program.steps.iter().enumerate();
    let is_read = |index: usize, step: &Step| {
        let label = program.symbols.node(NodeId::new(index));
        is_external(step, &label.outputs, organisation, decidable)
            || is_prepared(program, step, label, organisation)
            || reads(step, &given)
            || begins(program, NodeId::new(index), step)
                .iter()
                .any(|variable| source_reads(&variable.initial, &given))
    };
    let steps = steps.filter(|(index, step)| is_read(*index, step));
    steps.map(|(index, _)| NodeId::new(index)).collect()
}

/// Returns the variables that the platform, the context or the host may set and that steps
/// read. `is_near` marks the steps that a call may reach. Draft flows do not declare their
/// inputs: a variable that a draft flow sets itself, such as a counter, is not one.
pub(super) fn given_reads(
    program: &Program,
    liveness: &Liveness,
    is_near: &[bool],
    start: FlowId,
) -> BTreeSet<u32> {
    let given = given_variables(program, liveness, start);
    let mut read = BTreeSet::new();
    let mut note = |slot: u32| {
        if given.contains(&slot) {
            read.insert(slot);
        }
    };
    let steps = program.steps.iter().zip(is_near).enumerate();
    for (index, (step, _)) in steps.filter(|(_, (_, is_near))| **is_near) {
        each_read(step, &mut note);
        for variable in begins(program, NodeId::new(index), step) {
            each_mentioned(&variable.initial, &mut note);
        }
    }
    if program.unit(start).architect.is_none() {
        let own = set_variables(program, &read);
        read.retain(|slot| !own.contains(slot));
    }
    read
}

/// Returns those of some variables that a step of the program may set.
fn set_variables(program: &Program, wanted: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut own = BTreeSet::new();
    for (index, step) in program.steps.iter().enumerate() {
        match &step.action {
            StepAction::Set(assignments) => {
                own.extend(assignments.iter().map(|it| it.variable.0));
            }
            StepAction::Architect(_) => {
                let is_set =
                    |slot: &&u32| program.may_set(NodeId::new(index), VariableId(**slot));
                own.extend(wanted.iter().filter(is_set));
            }
            _ => {}
        }
    }
    own
}

/// Whether the outcome of a step depends on an answer from outside.
fn is_external(
    step: &Step,
    labels: &[Text],
    organisation: &dyn Organisation,
    decidable: &Decidable,
) -> bool {
    if has_free_outcome(step, organisation) {
        return false;
    }
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
            Action::Attributes(attributes) => match &attributes.list {
                AttributeList::Get(list) => {
                    attributes.owner.is_some()
                        || !list.iter().all(|(name, _)| decidable.has_attribute(name))
                }
                AttributeList::Set(_) => false,
            },
            Action::Lookup(lookup) => {
                !matches!(lookup, Lookup::DataAction(_) | Lookup::Wait(_))
            }
            Action::Transfer(_)
            | Action::CallFlow(_)
            | Action::CreateCallback(_)
            | Action::DialByExtension(_)
            | Action::Local(_)
            | Action::HoldMusic(_) => true,
            Action::Ask(ask) => !is_decided_by_words(ask, labels),
            Action::CallCommonModule(module) => module.flow.is_none(),
            _ => false,
        },
    }
}

impl Decidable {
    fn has_attribute(&self, name: &Source) -> bool {
        match name {
            Source::Constant(Value::String(name)) => self.attributes.contains(name),
            _ => false,
        }
    }
}

/// Whether the fixtures answer a question of a bot in the place of the participant.
fn is_prepared(
    program: &Program,
    step: &Step,
    label: &NodeLabel,
    organisation: &dyn Organisation,
) -> bool {
    let flow = &program.symbols.flow(label.flow).name;
    let is_question = match &step.action {
        StepAction::Architect(action) => matches!(**action, Action::Ask(_)),
        _ => false,
    };
    is_question && organisation.prepares_action(flow, &label.node_type, &label.name)
}

/// Whether the words of the participant can lead to every output of a question. Only
/// fixtures lead to outputs that flowsim does not know.
fn is_decided_by_words(ask: &Ask, labels: &[Text]) -> bool {
    let policies = [&ask.no_input, &ask.no_match, &ask.confirmation.rejected];
    let is_known = |(index, label): (usize, &Text)| {
        let is_output = |output: u16| usize::from(output) == index;
        is_output(ask.success)
            || label.starts_with("max")
            || policies.iter().any(|policy| policy.output.is_some_and(is_output))
            || match &ask.wanted {
                ExpectedAnswer::Choice => true,
                ExpectedAnswer::Boolean => index < 2,
                _ => false,
            }
    };
    labels.iter().enumerate().all(is_known)
}

/// Built-in variables that only the flow itself sets; the call sets all others.
const OF_FLOW: &str = "Menu.";

/// Returns the variables that the platform, the context or the host may set.
pub(super) fn given_variables(
    program: &Program,
    liveness: &Liveness,
    start: FlowId,
) -> BTreeSet<u32> {
    let mut given = BTreeSet::new();
    for (index, built_in) in (program.built_in_first..).zip(BUILT_INS) {
        if !built_in.name.starts_with(OF_FLOW) {
            given.insert(index);
        }
    }
    let unit = program.unit(start);
    if let Some(part) = unit.architect.as_deref() {
        let inputs = part.variables.list.iter().filter(|variable| variable.is_input);
        given.extend(inputs.map(|variable| variable.id.0));
        return given;
    }
    // A draft flow may read a variable from the context unless it has set it before.
    let layout = &program.layouts[unit.layout.index()];
    let all = (layout.first..).take(layout.len());
    let is_read = |variable: &u32| {
        let variable = VariableId(*variable);
        unit.start.is_some_and(|start| liveness.is_read_from(start, variable))
    };
    given.extend(all.filter(is_read));
    given
}

/// Returns the variables that get their initial values at a step.
pub(super) fn begins<'p>(
    program: &'p Program,
    node: NodeId,
    step: &Step,
) -> &'p [Variable] {
    let part = program.unit(step.flow).architect.as_deref();
    if let Some(part) = part.filter(|part| part.begin == node) {
        return &part.variables.list;
    }
    let mut sequences = program.sequences.iter();
    let own = sequences.find(|sequence| sequence.begin == node);
    own.map_or(&[], |sequence| &sequence.variables.list)
}

/// Calls `note` for each variable that a step reads, apart from audio.
fn each_read(step: &Step, note: &mut dyn FnMut(u32)) {
    match &step.action {
        StepAction::Say(_) | StepAction::Gather(_) => {}
        StepAction::Architect(action) if matches!(**action, Action::PlayAudio(_)) => {}
        StepAction::Architect(action) => {
            action.each_source(&mut |source| each_mentioned(source, note));
        }
        action => action.each_operand(&mut |operand| {
            if let Place::Variable(variable, _) = operand.place {
                note(variable.0);
            }
        }),
    }
}

/// Whether a step reads one of these variables or another varying value, apart from audio.
fn reads(step: &Step, given: &BTreeSet<u32>) -> bool {
    let mut is_read = false;
    each_read(step, &mut |slot| is_read |= given.contains(&slot));
    if let StepAction::Architect(action) = &step.action
        && !matches!(**action, Action::PlayAudio(_))
    {
        action.each_source(&mut |source| is_read |= varies(source));
    }
    is_read
}

/// Whether a source depends on the clock or on the organisation.
fn varies(source: &Source) -> bool {
    let mut varies = false;
    source.each_expression(&mut |expression| {
        varies |=
            expression.varies_with(Varying::Clock) || expression.reads_organisation();
    });
    varies
}

fn source_reads(source: &Source, given: &BTreeSet<u32>) -> bool {
    let mut is_read = varies(source);
    each_mentioned(source, &mut |slot| is_read |= given.contains(&slot));
    is_read
}

/// Calls `note` for each variable that a source reads.
fn each_mentioned(source: &Source, note: &mut dyn FnMut(u32)) {
    source.each_expression(&mut |expression| {
        expression.variables().iter().copied().for_each(&mut *note);
    });
}

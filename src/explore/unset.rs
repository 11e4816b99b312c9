//! Variables that a call reads before an action sets them.

use std::collections::BTreeSet;

use crate::flow::{NodeId, VariableId};
use crate::program::architect::{Action, AttributeList, Lookup, Source, Variable};
use crate::program::{Program, StepAction};
use crate::trace::{EventKind, Trace};

use super::external::begins;

/// Variables without an initial value that an action may set, and that no caller of the
/// flow or task sets.
#[derive(Debug)]
pub(super) struct Settable(BTreeSet<u32>);

impl Settable {
    pub(super) fn of(program: &Program) -> Self {
        let parts = program.units.iter().filter_map(|unit| unit.architect.as_deref());
        let of_flows = parts.flat_map(|part| &part.variables.list);
        let of_tasks = program.sequences.iter().flat_map(|it| &it.variables.list);
        let is_open = |variable: &&Variable| {
            !variable.is_input
                && variable.initial.is_unset()
                && !variable.value_type.is_collection
        };
        let open = of_flows.chain(of_tasks).filter(is_open).map(|it| it.id);
        let is_set = |variable: &VariableId| {
            let mut nodes = (0..program.steps.len()).map(NodeId::new);
            nodes.any(|node| program.may_set(node, *variable))
        };
        Self(open.filter(is_set).map(|variable| variable.0).collect())
    }
}

/// Returns the nodes of a call that read such a variable before it was set, each with the
/// variable.
pub(super) fn unset_reads(
    program: &Program,
    settable: &Settable,
    trace: &Trace,
) -> Vec<(NodeId, VariableId)> {
    let mut reads = Vec::new();
    let mut set: BTreeSet<u32> = BTreeSet::new();
    let mut events = trace.events.iter().peekable();
    for (index, step) in trace.steps.iter().enumerate() {
        let is_earlier = |of: u32| (of as usize) < index;
        while let Some(event) = events.next_if(|event| is_earlier(event.step)) {
            if let EventKind::Assigned(variable, _) = &event.kind {
                set.insert(variable.0);
            }
        }
        // Variables of a flow or task that begins have their initial values.
        let node = step.node;
        let begun = begins(program, node, &program.steps[node.index()]);
        if !begun.is_empty() {
            while events.next_if(|event| event.step as usize == index).is_some() {}
            begun.iter().for_each(|variable| {
                set.remove(&variable.id.0);
            });
        }
        if let StepAction::Architect(action) = &program.steps[node.index()].action {
            each_read(action, &mut |slot| {
                if settable.0.contains(&slot) && !set.contains(&slot) {
                    reads.push((node, VariableId(slot)));
                }
            });
        }
    }
    reads
}

/// Visits the variables that an action reads where NOT_SET makes a difference: not those
/// whose value it tests, and not those that it only records. A data action gets NOT_SET as a
/// missing input, which authors use for answers that do not exist yet.
fn each_read(action: &Action, visit: &mut dyn FnMut(u32)) {
    let of_source =
        |source: &Source, without: &BTreeSet<u32>, visit: &mut dyn FnMut(u32)| {
            source.each_expression(&mut |expression| {
                let slots = expression.variables().into_iter();
                let needed =
                    slots.filter(|it| !expression.tests(*it) && !without.contains(it));
                needed.for_each(&mut *visit);
            });
        };
    let mut earlier = BTreeSet::new();
    match action {
        Action::UpdateData(statements) => {
            for statement in statements {
                // A value that is extended, such as a list of what happened, begins empty.
                if let Ok(variable) = statement.variable {
                    earlier.insert(variable.0);
                }
                of_source(&statement.value, &earlier, visit);
            }
        }
        Action::Attributes(attributes)
            if matches!(attributes.list, AttributeList::Set(_)) => {}
        Action::Recorded(_) | Action::Lookup(Lookup::DataAction(_)) => {}
        action => action.each_source(&mut |source| of_source(source, &earlier, visit)),
    }
}

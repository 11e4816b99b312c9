//! Attributes of the participant that flows set.

use crate::flow::NodeId;
use crate::program::architect::Action;
use crate::program::{Program, StepAction};
use crate::trace::{EventKind, Field, Trace};
use crate::value::{Text, Value};

/// Returns the attribute of the call's participant that an event of a node sets, as the
/// string that the platform stores. NOT_SET removes the attribute.
pub fn attribute_set<'e>(
    program: &Program,
    node: NodeId,
    kind: &'e EventKind,
) -> Option<(&'e Text, Value)> {
    let EventKind::Entry(entry) = kind else { return None };
    if entry.of != Field::Attributes || !is_own(program, node) {
        return None;
    }
    let value = match &entry.value {
        unset if unset.is_unset() => Value::NOT_SET,
        Value::String(text) => Value::String(text.clone()),
        other => Value::String(other.to_string().into()),
    };
    Some((&entry.name, value))
}

/// Returns the attributes that a call sets, with their last values, in the order in which
/// they were first set.
pub fn attributes_set(program: &Program, trace: &Trace) -> Vec<(Text, Value)> {
    let mut found: Vec<(Text, Value)> = Vec::new();
    for event in &trace.events {
        let Some(step) = trace.steps.get(event.step as usize) else { continue };
        let set = attribute_set(program, step.node, &event.kind);
        let Some((name, value)) = set else { continue };
        match found.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => found.push((name.clone(), value)),
        }
    }
    found
}

/// Whether a node sets attributes of the participant of the call.
fn is_own(program: &Program, node: NodeId) -> bool {
    match &program.steps[node.index()].action {
        StepAction::Architect(action) => match &**action {
            Action::Attributes(attributes) => attributes.owner.is_none(),
            _ => false,
        },
        _ => false,
    }
}

//! The variables that a node may set.

use super::architect::{Action, AttributeList, Binding, Lookup};
use super::{Program, StepAction};
use crate::flow::{NodeId, VariableId};

impl Program {
    /// Returns whether a node may set a variable.
    pub fn may_set(&self, node: NodeId, id: VariableId) -> bool {
        match &self.steps[node.index()].action {
            StepAction::Set(assignments) => {
                assignments.iter().any(|it| it.variable == id)
            }
            StepAction::Architect(action) => sets(action, id),
            _ => false,
        }
    }
}

fn sets(action: &Action, id: VariableId) -> bool {
    let is_it = |variable: &Option<VariableId>| *variable == Some(id);
    let bound = |bindings: &[Binding]| bindings.iter().any(|it| is_it(&it.variable));
    match action {
        Action::UpdateData(statements) => {
            statements.iter().any(|it| it.variable.as_ref() == Ok(&id))
        }
        Action::Lookup(lookup) => match lookup {
            Lookup::DataAction(call) => bound(&call.success) || bound(&call.failure),
            Lookup::DataTable(lookup) => bound(&lookup.found) || bound(&lookup.failure),
            Lookup::Object(lookup) | Lookup::Users(lookup) => is_it(&lookup.result),
            Lookup::Contact(lookup) | Lookup::ContactSearch(lookup) => {
                is_it(&lookup.result)
            }
            Lookup::ScheduleGroup(evaluation) => is_it(&evaluation.active),
            Lookup::Schedule(_) | Lookup::Wait(_) => false,
        },
        Action::CollectInput(listen) => is_it(&listen.data),
        Action::Ask(ask) => {
            is_it(&ask.result) || ask.round.is_some_and(|round| is_it(&round.index))
        }
        Action::Attributes(attributes) => match &attributes.list {
            AttributeList::Get(list) => list.iter().any(|(_, it)| is_it(it)),
            AttributeList::Set(_) => false,
        },
        Action::Transfer(transfer) => {
            is_it(&transfer.error_type) || is_it(&transfer.error_message)
        }
        Action::CallTask(call) => call.outputs.iter().any(|(_, own)| *own == id),
        Action::CallCommonModule(module) => {
            module.outputs.iter().any(|(_, _, own)| *own == id)
        }
        Action::CallFlow(call) => {
            call.outputs.iter().any(|(_, own)| *own == id)
                || is_it(&call.exit_reason)
                || is_it(&call.intent)
        }
        Action::Other(other) => other.outputs.iter().any(|(_, own)| *own == id),
        _ => false,
    }
}

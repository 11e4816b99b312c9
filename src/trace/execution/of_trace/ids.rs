//! Ids of a document: those of the export, else ids derived from the objects that they
//! identify. Derived ids are the same in every run of the same call.

use crate::expr::architect::BUILT_INS;
use crate::flow::{FlowId, NodeId, SymbolTable, VariableId};
use crate::trace::Trace;
use crate::value::{Text, derived_id, is_uuid};

/// Ids of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids<'t> {
    pub(super) symbols: &'t SymbolTable,
    pub(super) trace: &'t Trace,
}

impl Ids<'_> {
    /// Returns the id of a flow.
    pub(super) fn flow(&self, id: FlowId) -> Text {
        flow_id(self.symbols, id)
    }

    /// Returns the id of an action, or of the task, menu or state that begins with the
    /// node.
    pub(super) fn node(&self, id: NodeId) -> Text {
        node_id(self.symbols, id)
    }

    /// Returns the id of an output path that has its own id.
    pub(super) fn path(&self, node: NodeId, index: usize, label: &str) -> Text {
        let given = self.symbols.node(node).output_keys.get(index);
        match given.and_then(Option::as_ref) {
            Some(key) => key.clone(),
            None => derived_id(&format!("{}/{label}", self.node(node))),
        }
    }

    /// Returns the id of a variable of this flow, or of its unit that begins with the
    /// given node.
    pub(super) fn variable(
        &self,
        id: VariableId,
        flow: FlowId,
        unit: Option<NodeId>,
    ) -> Text {
        let name = self.symbols.variable(id);
        if let Some(known) = BUILT_INS.iter().find(|known| known.name == name) {
            return known.id.into();
        }
        if let Some(key) = self.symbols.variable_keys.get(&id) {
            return key.clone();
        }
        let is_of_unit = name.starts_with("Task.") || name.starts_with("State.");
        let owner = match unit.filter(|_| is_of_unit) {
            Some(unit) => self.node(unit),
            None => self.flow(flow),
        };
        derived_id(&format!("{owner}/{name}"))
    }

    /// Returns the id of the run with this content.
    pub(super) fn run(&self, content: &str) -> Text {
        let hash = twox_hash::XxHash64::oneshot(0, content.as_bytes());
        derived_id(&format!("{}/{hash:016x}", self.run_seed()))
    }

    /// Returns the id of a step of the run.
    pub(super) fn step(&self, index: usize) -> Text {
        derived_id(&format!("{}/{index}", self.run_seed()))
    }

    fn run_seed(&self) -> String {
        format!("{}@{}", self.flow(self.trace.flow), self.trace.start)
    }
}

/// Returns the id in execution documents of an action, or of the task, menu or state that
/// begins with the node.
pub fn node_id(symbols: &SymbolTable, id: NodeId) -> Text {
    let label = symbols.node(id);
    let known = label.key.as_ref().unwrap_or(&label.id);
    given_or_derived(known, &flow_id(symbols, label.flow))
}

fn flow_id(symbols: &SymbolTable, id: FlowId) -> Text {
    given_or_derived(&symbols.flow(id).id, "flow")
}

fn given_or_derived(known: &Text, owner: &str) -> Text {
    if is_uuid(known) { known.clone() } else { derived_id(&format!("{owner}/{known}")) }
}

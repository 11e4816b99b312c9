//! The compiled organisation: flows as steps over ids and slots.
//!
//! After compilation nobody looks at names: nodes, variables, outputs, context fields and
//! constant texts are numbers, calls between flows are linked, templates and conditions
//! read slots. [`Program::legend`] says what the numbers stand for.

mod action;
pub mod architect;
mod compile;
mod layout;
mod names;
mod step;

pub use layout::{ContextId, Layout, LayoutId};
pub use step::{
    Assignment, Branch, CallFlow, Contact, DataAction, Gather, If, Isolation, Operand,
    OutputId, Place, Read, Response, Route, Speech, Statistics, Step, StepAction, Unit,
    Webhook,
};

use indexmap::IndexMap;

use crate::expr::architect::{BUILT_INS, BuiltIn, BuiltInId};
use crate::flow::{FlowId, Legend, NodeId, SequenceId, VariableId};
use crate::value::{Text, Type};

/// Flows compiled together; they call each other.
#[derive(Debug, Clone)]
pub struct Program {
    /// What the ids stand for.
    pub legend: Legend,
    /// The flows, by [`FlowId`].
    pub units: Vec<Unit>,
    /// The nodes of all flows, by [`NodeId`].
    pub steps: Vec<Step>,
    /// The groups of flows that share variables, by [`LayoutId`].
    pub layouts: Vec<Layout>,
    /// The tasks, menus and states of Architect's flows, by [`SequenceId`].
    pub sequences: Vec<architect::Sequence>,
    /// The id of the first of the variables that Architect brings along; the others follow
    /// in the order of [`BUILT_INS`].
    pub built_in_first: u32,
    /// Every name that could be a context field.
    contexts: IndexMap<Text, ContextId>,
    /// The node ids of each flow.
    nodes: Vec<IndexMap<Text, NodeId>>,
}

impl Program {
    /// The flow of this id or, failing that, of this name.
    pub fn flow(&self, id_or_name: &str) -> Option<FlowId> {
        let labels = &self.legend.flows;
        let index = labels
            .iter()
            .position(|label| label.id == id_or_name)
            .or_else(|| labels.iter().position(|label| label.name == id_or_name))?;
        Some(FlowId::new(index))
    }

    /// A compiled flow.
    pub fn unit(&self, flow: FlowId) -> &Unit {
        &self.units[flow.index()]
    }

    /// A task, menu or state.
    pub fn sequence(&self, id: SequenceId) -> &architect::Sequence {
        &self.sequences[id.index()]
    }

    /// The task, menu or state of Architect that a node belongs to.
    pub fn sequence_of(&self, node: NodeId) -> Option<SequenceId> {
        let flow = self.steps.get(node.index())?.flow;
        let is_before = |sequence: &architect::Sequence| {
            sequence.flow == flow && sequence.begin <= node
        };
        self.sequences.iter().rposition(is_before).map(SequenceId::new)
    }

    /// The node of a flow.
    pub fn node(&self, flow: FlowId, node: &str) -> Option<NodeId> {
        self.nodes[flow.index()].get(node).copied()
    }

    /// The ids of the nodes of a flow, in the order of the document.
    pub fn node_names(&self, flow: FlowId) -> impl Iterator<Item = &Text> {
        self.nodes[flow.index()].keys()
    }

    /// The number of a context field, if any flow can ask for it.
    pub fn context(&self, name: &str) -> Option<ContextId> {
        self.contexts.get(name).copied()
    }

    /// How many context fields there can be.
    pub fn context_count(&self) -> usize {
        self.contexts.len()
    }

    /// The variable of this name among those of a flow, if any flow that shares them
    /// mentions it.
    pub fn variable(&self, flow: FlowId, name: &str) -> Option<VariableId> {
        let unit = self.unit(flow);
        let layout = &self.layouts[unit.layout.index()];
        if unit.architect.is_none() {
            return layout.variable(name);
        }
        // Case does not matter to Architect.
        let declared = layout.names().position(|known| known.eq_ignore_ascii_case(name));
        let id = |first: u32, index: usize| {
            Some(VariableId(first + u32::try_from(index).ok()?))
        };
        declared.and_then(|index| id(layout.first, index)).or_else(|| {
            let is_named = |known: &BuiltIn| known.name.eq_ignore_ascii_case(name);
            id(self.built_in_first, BUILT_INS.iter().position(is_named)?)
        })
    }

    /// The names of the variables of a flow, those that Architect brings along behind them.
    pub fn variable_names(&self, flow: FlowId) -> impl Iterator<Item = &str> {
        let unit = self.unit(flow);
        let own = self.layouts[unit.layout.index()].names().map(Text::as_str);
        let built_ins = BUILT_INS.iter().filter(|_| unit.architect.is_some());
        own.chain(built_ins.map(|known| known.name))
    }

    /// The variable that Architect brings along.
    pub fn built_in(&self, variable: BuiltInId) -> VariableId {
        VariableId(self.built_in_first + variable.0)
    }

    /// What a variable of a flow of Architect holds, or one that Architect brings along;
    /// nothing for those of other flows, which hold whatever is assigned.
    pub fn holds(&self, flow: FlowId, variable: VariableId) -> Option<Type> {
        let part = self.unit(flow).architect.as_deref()?;
        let declared = part.variables.get(variable).map(|variable| variable.holds);
        declared.or_else(|| {
            let index = variable.0.checked_sub(self.built_in_first)?;
            BUILT_INS.get(index as usize).map(|known| known.holds)
        })
    }

    /// The flows that a call may begin with: those that no other flow calls or transfers to.
    /// A common module is one only where there are no others.
    pub fn entry_flows(&self) -> Vec<FlowId> {
        let mut is_called = vec![false; self.units.len()];
        for step in &self.steps {
            if let Some(target) = step.flow_called().filter(|target| *target != step.flow)
            {
                is_called[target.index()] = true;
            }
        }
        let all = (0..self.units.len()).map(FlowId::new);
        let mut entries: Vec<FlowId> =
            all.filter(|flow| !is_called[flow.index()]).collect();
        let is_module = |flow: &FlowId| {
            let part = self.unit(*flow).architect.as_deref();
            part.is_some_and(|part| part.nature == architect::Nature::CommonModule)
        };
        if entries.iter().any(|flow| !is_module(flow)) {
            entries.retain(|flow| !is_module(flow));
        }
        entries
    }
}

//! The compiled organisation: flows as steps over ids and slots.
//!
//! After compilation, names no longer matter. Nodes, variables, outputs, context fields
//! and constant strings are numbers, calls between flows are linked, and templates and
//! conditions read slots. The symbol table, `Program::symbols`, maps the numbers back to
//! names.

mod action;
pub mod architect;
mod assigns;
mod compile;
mod layout;
mod names;
mod reach;
mod reads;
mod reference;
mod step;

pub use layout::{ContextId, Layout, LayoutId};
pub use reach::FlowCalls;
pub use reference::Referent;
pub use step::{
    AsciiSet, Assignment, Branch, CallFlow, Contact, DataAction, Gather, If, Isolation,
    Operand, OutputId, Place, Read, Response, Route, Speech, Statistics, Step,
    StepAction, Unit, Webhook,
};

use indexmap::IndexMap;

use crate::expr::architect::{BUILT_INS, BuiltIn, BuiltInId};
use crate::flow::kinds::FlowKind;
use crate::flow::{
    FlowId, FlowLabel, NodeId, NodeLabel, SequenceId, SymbolTable, VariableId,
};
use crate::value::{Text, Type};

/// Flows compiled together, which may call each other.
#[derive(Debug, Clone)]
pub struct Program {
    /// The symbol table: names by id.
    pub symbols: SymbolTable,
    /// The flows, by [`FlowId`].
    pub units: Vec<Unit>,
    /// The nodes of all flows, by [`NodeId`].
    pub steps: Vec<Step>,
    /// The groups of flows that share variables, by [`LayoutId`].
    pub layouts: Vec<Layout>,
    /// The tasks, menus and states of Architect flows, by [`SequenceId`].
    pub sequences: Vec<architect::Sequence>,
    /// The id of the first built-in variable of Architect; the others follow in the order
    /// of [`BUILT_INS`].
    pub built_in_first: u32,
    /// The in-queue flows for calls.
    pub in_queue_flows: Vec<FlowId>,
    /// All names that could be a context field.
    contexts: IndexMap<Text, ContextId>,
    /// The node ids of each flow.
    nodes: Vec<IndexMap<Text, NodeId>>,
}

impl Program {
    /// Returns the flow with this id, or else with this name, or else with this name and
    /// type: `Main (workflow)`.
    pub fn flow(&self, id_or_name: &str) -> Option<FlowId> {
        let labels = &self.symbols.flows;
        let index = labels
            .iter()
            .position(|label| label.id == id_or_name)
            .or_else(|| labels.iter().position(|label| label.name == id_or_name))
            .or_else(|| {
                let (name, flow_type) = name_and_type(id_or_name)?;
                labels.iter().position(|label| {
                    label.name == name && label.flow_type.eq_ignore_ascii_case(flow_type)
                })
            })?;
        Some(FlowId::new(index))
    }

    /// Returns all flows that a user may mean by an id, a name, or a name and type:
    /// `Main (workflow)`. A flow without an id has its name as id, so the flow of another
    /// type with this name is as near.
    pub fn flows_named(&self, reference: &str) -> Vec<FlowId> {
        let labels = &self.symbols.flows;
        let all = |is_it: &dyn Fn(&FlowLabel) -> bool| -> Vec<FlowId> {
            let found = labels.iter().enumerate().filter(|(_, label)| is_it(label));
            found.map(|(index, _)| FlowId::new(index)).collect()
        };
        let by_id = all(&|label| label.id == reference);
        let found = all(&|label| label.id == reference || label.name == reference);
        if let ([only], [first, ..]) = (by_id.as_slice(), found.as_slice()) {
            let flow_type = &labels[first.index()].flow_type;
            let has_own_id = labels[only.index()].name != reference;
            let is_of_type = |flow: &FlowId| labels[flow.index()].flow_type == *flow_type;
            if has_own_id || found.iter().all(is_of_type) {
                return by_id;
            }
        }
        match name_and_type(reference).filter(|_| found.is_empty()) {
            Some((name, flow_type)) => all(&|label| {
                label.name == name && label.flow_type.eq_ignore_ascii_case(flow_type)
            }),
            None => found,
        }
    }

    /// A compiled flow.
    #[inline]
    pub fn unit(&self, flow: FlowId) -> &Unit {
        &self.units[flow.index()]
    }

    /// Returns the in-queue flow of this type with this name or id.
    pub fn in_queue_flow(&self, name: &str, flow_type: &str) -> Option<FlowId> {
        let mut flows = self.in_queue_flows.iter();
        let is_it = |flow: &&FlowId| {
            let label = self.symbols.flow(**flow);
            label.flow_type.eq_ignore_ascii_case(flow_type)
                && (label.name.eq_ignore_ascii_case(name) || label.id == name)
        };
        flows.find(is_it).copied()
    }

    /// A task, menu or state.
    #[inline]
    pub fn sequence(&self, id: SequenceId) -> &architect::Sequence {
        &self.sequences[id.index()]
    }

    /// Returns the task, menu or state of Architect that contains a node.
    pub fn sequence_of(&self, node: NodeId) -> Option<SequenceId> {
        let flow = self.steps.get(node.index())?.flow;
        let is_before = |sequence: &architect::Sequence| {
            sequence.flow == flow && sequence.begin <= node
        };
        self.sequences.iter().rposition(is_before).map(SequenceId::new)
    }

    /// Returns the node of a flow, by its id or its key.
    pub fn node(&self, flow: FlowId, node: &str) -> Option<NodeId> {
        self.nodes[flow.index()].get(node).copied().or_else(|| {
            // Only nodes of Architect flows have keys.
            self.unit(flow).architect.as_ref()?;
            let mut labels = self.symbols.nodes.iter();
            let is_key = |label: &NodeLabel| {
                label.flow == flow && label.key.as_deref() == Some(node)
            };
            Some(NodeId::new(labels.position(is_key)?))
        })
    }

    /// The ids of the nodes of a flow, in the order of the document.
    pub fn node_names(&self, flow: FlowId) -> impl Iterator<Item = &Text> {
        self.nodes[flow.index()].keys()
    }

    /// Returns the id of a context field, if any flow can read it.
    pub fn context(&self, name: &str) -> Option<ContextId> {
        self.contexts.get(name).copied()
    }

    /// The number of context fields.
    pub fn context_count(&self) -> usize {
        self.contexts.len()
    }

    /// Returns the variable with this name among those of a flow, if any flow that shares
    /// them mentions it.
    pub fn variable(&self, flow: FlowId, name: &str) -> Option<VariableId> {
        let unit = self.unit(flow);
        let layout = &self.layouts[unit.layout.index()];
        if unit.architect.is_none() {
            return layout.variable(name);
        }
        // Architect ignores case.
        let declared = layout.names().position(|known| known.eq_ignore_ascii_case(name));
        let id = |first: u32, index: usize| {
            Some(VariableId(first + u32::try_from(index).ok()?))
        };
        declared.and_then(|index| id(layout.first, index)).or_else(|| {
            let is_named = |known: &BuiltIn| known.name.eq_ignore_ascii_case(name);
            id(self.built_in_first, BUILT_INS.iter().position(is_named)?)
        })
    }

    /// Returns whether a flow declares the variable with this name as an input.
    pub fn is_input(&self, flow: FlowId, name: &str) -> bool {
        let part = self.unit(flow).architect.as_deref();
        let declared = part.zip(self.variable(flow, name)).and_then(|(part, id)| {
            part.variables.list.iter().find(|variable| variable.id == id)
        });
        declared.is_some_and(|variable| variable.is_input)
    }

    /// The names of the variables of a flow, followed by Architect's built-in variables
    /// if it is an Architect flow.
    pub fn variable_names(&self, flow: FlowId) -> impl Iterator<Item = &str> {
        let unit = self.unit(flow);
        let own = self.layouts[unit.layout.index()].names().map(Text::as_str);
        let built_ins = BUILT_INS.iter().filter(|_| unit.architect.is_some());
        own.chain(built_ins.map(|known| known.name))
    }

    /// Returns the id of a built-in variable of Architect.
    #[inline]
    pub fn built_in(&self, variable: BuiltInId) -> VariableId {
        VariableId(self.built_in_first + variable.0)
    }

    /// Whether a variable is a built-in variable of Architect.
    pub fn is_built_in(&self, variable: VariableId) -> bool {
        let index = variable.0.checked_sub(self.built_in_first);
        index.is_some_and(|index| (index as usize) < BUILT_INS.len())
    }

    /// Returns the type of a variable of an Architect flow, or of a built-in variable of
    /// Architect. Returns `None` for variables of other flows, which hold values of any
    /// type.
    pub fn value_type(&self, flow: FlowId, variable: VariableId) -> Option<Type> {
        let part = self.unit(flow).architect.as_deref()?;
        let declared = part.variables.get(variable).map(|variable| variable.value_type);
        declared.or_else(|| {
            let index = variable.0.checked_sub(self.built_in_first)?;
            BUILT_INS.get(index as usize).map(|known| known.value_type)
        })
    }

    /// Returns whether all flows are draft flows, which have no clock and read only the
    /// fields of the context that they name.
    pub fn is_draft(&self) -> bool {
        self.units.iter().all(|unit| unit.architect.is_none())
    }

    /// Returns the flows that a call may begin with: those that no other flow calls or
    /// transfers to. Common modules and in-queue flows are included only if there are no
    /// others.
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
        for continuing in [FlowKind::CommonModule, FlowKind::InQueue] {
            let is_continuing = |flow: &FlowId| {
                let part = self.unit(*flow).architect.as_deref();
                part.is_some_and(|part| part.nature == continuing)
            };
            if entries.iter().any(|flow| !is_continuing(flow)) {
                entries.retain(|flow| !is_continuing(flow));
            }
        }
        entries
    }
}

/// Splits a name and a type in parentheses: `Main (workflow)`.
fn name_and_type(reference: &str) -> Option<(&str, &str)> {
    reference.strip_suffix(')')?.rsplit_once(" (")
}

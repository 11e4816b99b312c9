//! The symbol table of a program: the names of all ids, which a trace needs to be
//! readable.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::ids::{FlowId, NodeId, ReferenceId, TextId, VariableId};
use crate::source::Span;
use crate::value::Text;

/// The symbol table: names by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SymbolTable {
    /// The flows, by [`FlowId`].
    pub flows: Vec<FlowLabel>,
    /// The nodes, by [`NodeId`].
    pub nodes: Vec<NodeLabel>,
    /// The variables, by [`VariableId`].
    pub variables: Vec<Text>,
    /// The ids that an export gives to variables.
    pub variable_keys: IndexMap<VariableId, Text, FxBuildHasher>,
    /// The constant strings, by [`TextId`].
    pub strings: Vec<Text>,
    /// The references, by [`ReferenceId`], as written, without braces.
    pub references: Vec<Text>,
}

/// The names of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowLabel {
    /// The id; the name if the flow has no id.
    pub id: Text,
    /// The name.
    pub name: Text,
    /// The type as written, `inbound` or `inboundCall`.
    pub flow_type: Text,
    /// The version, if the document states one.
    pub version: Option<Text>,
}

/// The names of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeLabel {
    /// The flow that contains the node.
    pub flow: FlowId,
    /// The id.
    pub id: Text,
    /// The name; the id if the node has no name.
    pub name: Text,
    /// The type as written.
    pub node_type: Text,
    /// The position of the node.
    pub span: Span,
    /// The conditions of the node, as written. Those of an Architect action are at the
    /// index of their output; an output without a condition has an empty text, or none.
    pub conditions: Vec<Text>,
    /// The names of the outputs of an Architect action, as Archy writes them.
    pub outputs: Vec<Text>,
    /// The ids that an export gives to these outputs. Outputs that every action of the
    /// kind has get no id.
    pub output_keys: Vec<Option<Text>>,
    /// The key of an Architect action, task, menu or state: the id in an export or
    /// Archy's `refId`.
    pub key: Option<Text>,
    /// The number that Architect shows for an action.
    pub tracking_id: Option<i64>,
}

impl NodeLabel {
    /// Returns whether this is the id, the name or the key of the node. Start-up tasks of
    /// Archy, which have no name in a document, have the key `startUp`.
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name || self.name == name || self.key.as_deref() == Some(name)
    }

    /// Returns the condition of an output of an Architect action. If the output has none,
    /// and the action has only one, returns that one: it was not true.
    pub fn condition_of(&self, output: u16) -> Option<(&Text, bool)> {
        let own = self.conditions.get(usize::from(output));
        if let Some(own) = own.filter(|text| !text.is_empty()) {
            return Some((own, true));
        }
        let mut all = self.conditions.iter().filter(|text| !text.is_empty());
        let only = all.next().filter(|_| all.next().is_none());
        only.map(|only| (only, false))
    }
}

impl SymbolTable {
    /// Returns the names of a flow.
    #[inline]
    pub fn flow(&self, id: FlowId) -> &FlowLabel {
        &self.flows[id.index()]
    }

    /// Returns a reference that names only this flow: its name, else its name and type,
    /// such as `Main (workflow)`, else its id.
    pub fn flow_reference(&self, id: FlowId) -> Text {
        let own = self.flow(id);
        if self.is_single(|it| it.name == own.name || it.id == own.name) {
            return own.name.clone();
        }
        if self.is_single(|it| it.name == own.name && it.flow_type == own.flow_type) {
            return ecow::eco_format!("{} ({})", own.name, own.flow_type);
        }
        own.id.clone()
    }

    /// Returns the id of a flow. Returns its [reference](Self::flow_reference) if another
    /// flow has the same id or name.
    pub fn flow_key(&self, id: FlowId) -> Text {
        let own = &self.flow(id).id;
        match self.is_single(|it| it.id == *own || it.name == *own) {
            true => own.clone(),
            false => self.flow_reference(id),
        }
    }

    /// Returns whether a condition is true for exactly one flow.
    fn is_single(&self, is_it: impl Fn(&FlowLabel) -> bool) -> bool {
        self.flows.iter().filter(|label| is_it(label)).take(2).count() == 1
    }

    /// Returns the names of a node.
    #[inline]
    pub fn node(&self, id: NodeId) -> &NodeLabel {
        &self.nodes[id.index()]
    }

    /// Returns the name of a variable.
    #[inline]
    pub fn variable(&self, id: VariableId) -> &Text {
        &self.variables[id.index()]
    }

    /// Returns a constant string.
    #[inline]
    pub fn text(&self, id: TextId) -> &Text {
        &self.strings[id.index()]
    }

    /// Returns a reference, without braces.
    #[inline]
    pub fn reference(&self, id: ReferenceId) -> &Text {
        &self.references[id.index()]
    }
}

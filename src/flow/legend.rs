//! What the ids of a program stand for: everything that a reader of a trace needs to know.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::ids::{FlowId, NodeId, ReferenceId, TextId, VariableId};
use crate::source::Span;
use crate::value::Text;

/// The names behind the ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Legend {
    /// By [`FlowId`].
    pub flows: Vec<FlowLabel>,
    /// By [`NodeId`].
    pub nodes: Vec<NodeLabel>,
    /// By [`VariableId`].
    pub variables: Vec<Text>,
    /// The ids that an export gives to variables.
    pub variable_keys: IndexMap<VariableId, Text, FxBuildHasher>,
    /// By [`TextId`].
    pub texts: Vec<Text>,
    /// By [`ReferenceId`]: as written, without braces.
    pub references: Vec<Text>,
}

/// What a flow is called.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowLabel {
    /// The id; a flow without one is known by its name.
    pub id: Text,
    /// The name.
    pub name: Text,
    /// The type as written, `inbound` or `inboundCall`.
    pub flow_type: Text,
    /// The version, if the document states one.
    pub version: Option<Text>,
}

/// What a node is called.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeLabel {
    /// The flow that it belongs to.
    pub flow: FlowId,
    /// The id.
    pub id: Text,
    /// The name; without one, the id.
    pub name: Text,
    /// The type as written.
    pub node_type: Text,
    /// Where it stands.
    pub span: Span,
    /// The conditions as written, of a node that has any.
    pub conditions: Vec<Text>,
    /// The names of the outputs of one of Architect's actions, as Archy writes them.
    pub outputs: Vec<Text>,
    /// The ids that an export gives to these outputs; it has none for those that every action
    /// of the kind has.
    pub output_keys: Vec<Option<Text>>,
    /// What one of Architect's actions, tasks, menus or states is known by: the id of an
    /// export, Archy's `refId`.
    pub key: Option<Text>,
    /// The number that Architect shows beside an action.
    pub tracking_id: Option<i64>,
}

impl Legend {
    /// What a flow is called.
    pub fn flow(&self, id: FlowId) -> &FlowLabel {
        &self.flows[id.index()]
    }

    /// What a node is called.
    pub fn node(&self, id: NodeId) -> &NodeLabel {
        &self.nodes[id.index()]
    }

    /// The name of a variable.
    pub fn variable(&self, id: VariableId) -> &Text {
        &self.variables[id.index()]
    }

    /// A constant text.
    pub fn text(&self, id: TextId) -> &Text {
        &self.texts[id.index()]
    }

    /// A reference, without braces.
    pub fn reference(&self, id: ReferenceId) -> &Text {
        &self.references[id.index()]
    }
}

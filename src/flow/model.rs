//! Flows and their nodes, as authored.

use indexmap::IndexMap;

use super::action::Action;
use crate::source::Span;
use crate::value::{Json, Text};

/// A value of a document with its position.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its position.
    pub span: Span,
}

/// A flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The id, if the document has one.
    pub id: Option<Text>,
    /// The name; the id if there is no name.
    pub name: Text,
    /// The type, as written.
    pub flow_type: Text,
    /// The version, if the document states one.
    pub version: Option<Text>,
    /// Whether other flows may call it.
    pub is_published: bool,
    /// The position of the flow.
    pub span: Span,
    /// The node that a call starts at.
    pub start: Option<Target>,
    /// The nodes, in the order of the document, by id.
    pub nodes: IndexMap<Text, Node>,
    /// All other content of the document, kept so that nothing is lost.
    pub other: IndexMap<Text, Json>,
}

impl Flow {
    /// The id; the name if the flow has no id.
    pub fn key(&self) -> &Text {
        self.id.as_ref().unwrap_or(&self.name)
    }
}

/// A node: its action, and the nodes that can follow it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The id, unique within its flow.
    pub id: Text,
    /// The name, if it has one.
    pub name: Option<Text>,
    /// The type, as written.
    pub node_type: Text,
    /// The position of the node's id, for messages about the node as a whole.
    pub span: Span,
    /// The action.
    pub action: Action,
    /// The paths to other nodes.
    pub paths: Vec<Path>,
    /// Properties that the action does not have, and properties that do not affect a
    /// call, such as the language of a prompt.
    pub other_properties: IndexMap<Text, Json>,
    /// All other content of the node, kept so that nothing is lost.
    pub other: IndexMap<Text, Json>,
}

impl Node {
    /// Returns the target of a path, if the node has it.
    pub fn target(&self, kind: &PathKind) -> Option<&Target> {
        self.paths.iter().find(|path| path.kind == *kind).map(|path| &path.target)
    }
}

/// A path from a node to another node.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The condition under which it is taken.
    pub kind: PathKind,
    /// The target.
    pub target: Target,
}

/// The condition under which a path is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathKind {
    /// The node succeeded.
    Next,
    /// The node failed.
    Error,
    /// The condition with this number, from 1, is the first that is true.
    Condition(u16),
    /// No condition is true.
    Default,
}

/// A reference to a node, by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The id.
    pub node: Text,
    /// The position of the reference.
    pub span: Span,
}

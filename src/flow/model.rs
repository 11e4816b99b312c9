//! Flows and their nodes, as authored.

use indexmap::IndexMap;

use super::action::Action;
use crate::source::Span;
use crate::value::{Json, Text};

/// A value of a document and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// A flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The id, if the document has one.
    pub id: Option<Text>,
    /// The name; without one, the id.
    pub name: Text,
    /// The type, as written.
    pub flow_type: Text,
    /// The version, if the document states one.
    pub version: Option<Text>,
    /// Whether other flows may call it.
    pub is_published: bool,
    /// Where the flow stands.
    pub span: Span,
    /// The node that a call starts at.
    pub start: Option<Target>,
    /// The nodes, in the order of the document, by id.
    pub nodes: IndexMap<Text, Node>,
    /// What the document holds beyond all this, so that nothing is lost.
    pub other: IndexMap<Text, Json>,
}

impl Flow {
    /// The id; a flow without one is known by its name.
    pub fn key(&self) -> &Text {
        self.id.as_ref().unwrap_or(&self.name)
    }
}

/// A node: what is done, and where the call goes from there.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The id, unique within its flow.
    pub id: Text,
    /// The name, if it has one.
    pub name: Option<Text>,
    /// The type, as written.
    pub node_type: Text,
    /// Where the node stands; for messages about it as a whole, its id.
    pub span: Span,
    /// What it does.
    pub action: Action,
    /// Where the call may go from here.
    pub paths: Vec<Path>,
    /// The properties that its action does not have, or that do not change what a call does,
    /// such as the language of a text.
    pub other_properties: IndexMap<Text, Json>,
    /// What the node holds beyond all this, so that nothing is lost.
    pub other: IndexMap<Text, Json>,
}

impl Node {
    /// The target of a path, if the node has it.
    pub fn target(&self, kind: &PathKind) -> Option<&Target> {
        self.paths.iter().find(|path| path.kind == *kind).map(|path| &path.target)
    }
}

/// One way on from a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// When it is taken.
    pub kind: PathKind,
    /// Where it leads.
    pub target: Target,
}

/// When a path is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathKind {
    /// The node is done.
    Next,
    /// The node failed.
    Error,
    /// The condition of this number, from 1, is the first that is true.
    Condition(u16),
    /// No condition is true.
    Default,
}

/// The node that something refers to, by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The id.
    pub node: Text,
    /// Where the reference stands.
    pub span: Span,
}

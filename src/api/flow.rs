//! Loaded flows.

use std::fmt;

use crate::flow::{FlowId, FlowLabel};
use crate::program::Program;
use crate::value::Text;

/// A loaded flow.
#[derive(Clone, Copy)]
pub struct Flow<'p> {
    program: &'p Program,
    id: FlowId,
}

impl<'p> Flow<'p> {
    /// Returns all flows of a program, in the order in which they were loaded.
    pub(super) fn all(program: &'p Program) -> impl Iterator<Item = Self> {
        (0..program.units.len())
            .map(move |index| Self { program, id: FlowId::new(index) })
    }

    fn label(&self) -> &'p FlowLabel {
        self.program.symbols.flow(self.id)
    }

    /// The id; the name if the flow has no id.
    pub fn id(&self) -> &'p str {
        &self.label().id
    }

    /// The name.
    pub fn name(&self) -> &'p str {
        &self.label().name
    }

    /// The type as written: `inbound` or `inboundCall`.
    pub fn flow_type(&self) -> &'p str {
        &self.label().flow_type
    }

    /// The version, if the document states one.
    pub fn version(&self) -> Option<&'p str> {
        self.label().version.as_deref()
    }

    /// The ids of the nodes, in the order of the document.
    pub fn nodes(&self) -> impl Iterator<Item = &'p str> {
        self.program.node_names(self.id).map(Text::as_str)
    }
}

impl fmt::Debug for Flow<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Flow").field(&self.name()).finish()
    }
}

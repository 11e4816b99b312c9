//! Requests that a recording cannot answer.

use crate::flow::{NodeId, SymbolTable};
use crate::value::{Json, Text};

/// Subject of a menu choice that several keys make. Its inputs are the keys.
pub(super) const AMBIGUOUS_KEY: &str = "key of the choice";

/// A request of the flow that cannot be answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// Name of the flow.
    pub flow: Text,
    /// Name of the node or action.
    pub node: Text,
    /// Subject of the request: `data action`, `input`, `row of the data table`…
    pub what: &'static str,
    /// Name or id of the data action, table or queue.
    pub name: Text,
    /// Inputs of the request; `null` if there are none.
    pub with: Json,
    /// Whether the recording has an answer, and hides it.
    pub is_hidden: bool,
}

impl Missing {
    /// Creates a request of a node that the recording has no answer to.
    pub(super) fn of(
        symbols: &SymbolTable,
        node: NodeId,
        what: &'static str,
        name: Text,
        with: Json,
    ) -> Self {
        let label = symbols.node(node);
        Self {
            flow: symbols.flow(label.flow).name.clone(),
            node: label.name.clone(),
            what,
            name,
            with,
            is_hidden: false,
        }
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { flow, node, what, name, with, is_hidden } = self;
        write!(formatter, "`{node}` of `{flow}` requests the {what}")?;
        if !name.is_empty() {
            write!(formatter, " `{name}`")?;
        }
        if let (&AMBIGUOUS_KEY, Json::String(keys)) = (what, with) {
            return write!(
                formatter,
                ", but the recording does not show which of several: {keys}"
            );
        }
        if *with != Json::Null {
            write!(formatter, " with {with}")?;
        }
        formatter.write_str(match *what {
            _ if *is_hidden => ", which the recording hides",
            "input" => ", but the recording has no further keys",
            _ => ", which the recording does not have",
        })
    }
}

//! Heat map: outcomes of callers' keys, and visits of nodes.
//!
//! A [`Heatmap`] adds items one by one and keeps only counts, so that a log may have any
//! length.

mod heat;
mod local;
mod nodes;
mod table;

pub use heat::Heat;
pub use local::LocalFlows;
pub use nodes::{FlowGraph, FlowHeat, NodeHeat, Nodes};
pub use table::{Cell, Table, View};

use super::decisions::json::text as text_of;
use super::decisions::{Item, of_document, of_observation};
use crate::trace::observation::Observation;
use crate::value::{DateTime, Json};

/// Counted decisions, and counted visits of nodes.
#[derive(Debug, Clone, Default)]
pub struct Heatmap {
    /// Keys by decision.
    pub table: Table,
    /// Nodes and the paths from them.
    pub nodes: Nodes,
}

impl Heatmap {
    /// Adds an item of a file.
    ///
    /// # Errors
    /// The document cannot be part of a heat map.
    pub fn add(&mut self, found: Item) -> Result<(), String> {
        let document = match found {
            Item::Decision(decision) => {
                self.table.add(&decision);
                return Ok(());
            }
            Item::Document(document) => document,
        };
        match text_of(&document, "schema") {
            Some("flowsim.trace/1") => self.add_trace(&document),
            Some("flowsim.coverage/1") => self.nodes.add_coverage(&document),
            Some("flowsim.run/1") => {
                return Err(
                    "a test report contains no traces; use the files that `flowsim test \
                            --decisions FILE --coverage-out FILE` writes"
                        .into(),
                );
            }
            None if matches!(document.get("trace"), Some(Json::Array(_))) => {
                self.add_trace(&document);
            }
            Some(other) => {
                return Err(format!("documents of type `{other}` are not supported"));
            }
            None => {
                return Err("expected a decision with `dtmf` and \
                            `routing_decision`, or a trace"
                    .into());
            }
        }
        Ok(())
    }

    /// Adds the nodes and decisions of a trace or a simulation response.
    fn add_trace(&mut self, document: &Json) {
        self.nodes.add_trace(document);
        // Counts do not depend on the time and id of the call.
        for decision in of_document(document, DateTime::MIN, "") {
            self.table.add(&decision);
        }
    }

    /// Adds the nodes and decisions of a call that was observed elsewhere.
    pub fn add_observation(&mut self, call: &Observation) {
        self.nodes.add_observation(call);
        for decision in of_observation(call, "") {
            self.table.add(&decision);
        }
    }

    /// Returns whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.table.total() == 0 && self.nodes.is_empty()
    }
}

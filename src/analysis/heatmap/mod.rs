//! How often callers' keys led where, and how often calls came to a node.
//!
//! A [`Heatmap`] counts what it is given one by one and keeps only counts, so that a log may
//! be of any length.

mod flows;
mod html;
mod json;
mod listing;
mod nodes;
mod png;
mod svg;
mod table;
mod text;

pub use html::render_html;
pub use json::render_json;
pub use listing::Drawn;
pub use nodes::{FlowHeat, NodeHeat, Nodes};
pub use png::{NoPicture, render_png};
pub use svg::render_svg;
pub use table::{Cell, Table, View};
pub use text::render_text;

use super::decisions::json::text as text_of;
use super::decisions::{Found, of_document, of_observation};
use crate::trace::observation::Observation;
use crate::value::{DateTime, Json};

/// As much of the table is shown to people; the rest of it is put together.
const MAX_ROWS: usize = 40;
const MAX_COLUMNS: usize = 12;

/// Decisions, and the nodes that calls came to.
#[derive(Debug, Clone, Default)]
pub struct Heatmap {
    /// Keys by decision.
    pub table: Table,
    /// Nodes and the ways from them.
    pub nodes: Nodes,
}

impl Heatmap {
    /// Counts what a file holds.
    ///
    /// # Errors
    /// It is none of the documents that a heat map can be made of.
    pub fn add(&mut self, found: Found) -> Result<(), String> {
        let document = match found {
            Found::Decision(decision) => {
                self.table.add(&decision);
                return Ok(());
            }
            Found::Document(document) => document,
        };
        match text_of(&document, "schema") {
            Some("flowsim.trace/1") => self.add_trace(&document),
            Some("flowsim.coverage/1") => self.nodes.add_coverage(&document),
            Some("flowsim.run/1") => {
                return Err(
                    "a report of tests holds no traces; `flowsim test --decisions \
                            FILE --coverage-out FILE` writes what can be counted"
                        .into(),
                );
            }
            None if matches!(document.get("trace"), Some(Json::Array(_))) => {
                self.add_trace(&document);
            }
            Some(other) => {
                return Err(format!("a document `{other}` cannot be counted"));
            }
            None => {
                return Err("this is no decision, which has `dtmf` and \
                            `routing_decision`, and no trace"
                    .into());
            }
        }
        Ok(())
    }

    /// Counts a trace or a simulation response: its nodes, and its decisions.
    fn add_trace(&mut self, document: &Json) {
        self.nodes.add_trace(document);
        // Neither when nor which call matters to counts.
        for decision in of_document(document, DateTime::MIN, "") {
            self.table.add(&decision);
        }
    }

    /// Counts a call that was seen elsewhere: its nodes, and its decisions.
    pub fn add_observation(&mut self, call: &Observation) {
        self.nodes.add_observation(call);
        for decision in of_observation(call, "") {
            self.table.add(&decision);
        }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.table.total() == 0 && self.nodes.is_empty()
    }
}

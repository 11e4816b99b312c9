//! Reads documents into the model, with one module per dialect.

pub mod archy;
pub mod config;
mod document;
pub mod draft;
mod files;

use document::MAX_VALUE_DEPTH;
pub use document::{json, node};
pub use files::{Loaded, Placeholders, is_meant_as_flow, load, load_text, load_with};

use super::model::Flow;
use crate::diagnostic::{Code, Diagnostic, Tally};
use crate::source::{Entry, Kind, Node};

/// Whether a document has one of the forms of a flow, in any dialect.
pub fn is_flow(document: &Node<'_>) -> bool {
    match &document.kind {
        Kind::Object(_) => document.get("flows").is_some() || draft::is_flow(document),
        Kind::Array(items) => !items.is_empty() && items.iter().all(draft::is_flow),
        _ => false,
    }
}

/// Reads all flows of a document: one flow, a list of flows, or an object whose `flows`
/// is such a list. Problems go to `diagnostics`, and everything readable is read.
pub fn read(document: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Flow> {
    let items = match (&document.kind, document.get("flows")) {
        (Kind::Array(items), _) => items.as_slice(),
        (Kind::Object(_), Some(flows)) if matches!(flows.kind, Kind::Array(_)) => {
            flows.items()
        }
        _ => std::slice::from_ref(document),
    };
    let mut flows = Vec::new();
    let mut tally = Tally::default();
    for item in items {
        if draft::is_flow(item) {
            flows.push(draft::read_flow(item, diagnostics));
        } else {
            tally.add(not_a_flow(item), diagnostics);
        }
    }
    tally.finish(diagnostics);
    if items.is_empty() {
        let message = "the list of flows is empty";
        diagnostics.push(Diagnostic::new(Code::NO_FLOWS, message).at(document.span));
    }
    flows
}

/// Returns the diagnostic of a key that occurs twice in its object.
fn repeated_key([first, second]: [&Entry<'_>; 2]) -> Diagnostic {
    let message = format!("duplicate key `{}`; the last one counts", second.key);
    Diagnostic::new(Code::REPEATED_KEY, message)
        .at(second.key_span)
        .label(first.key_span, "the first one")
        .help("remove one of them")
}

fn not_a_flow(node: &Node<'_>) -> Diagnostic {
    let message = format!("expected a flow, found {}", node.describe());
    let message = match &node.kind {
        Kind::Object(_) => format!("{message} without `draft` and without `nodes`"),
        _ => message,
    };
    let help = "a flow is an object with `name`, `type` and `draft: {startNode, nodes}`";
    Diagnostic::new(Code::NOT_A_FLOW, message).at(node.span).help(help)
}

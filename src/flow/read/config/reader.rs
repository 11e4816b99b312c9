//! Shared by all parts of this reader: the units that references can have as targets, and
//! reporting.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Severity, Tally};
use crate::flow::architect::UnitReference;
use crate::source::{Node, Span};
use crate::value::Text;

/// Reads one flow.
pub(super) struct Reader<'d, 'a> {
    flow: String,
    node: Option<String>,
    units: BTreeSet<&'d str>,
    tally: Tally,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'d, 'a> Reader<'d, 'a> {
    /// Creates a reader for the flow with this name and these ids of units.
    pub(super) fn new(
        flow: &str,
        units: BTreeSet<&'d str>,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let tally = Tally::default();
        Self { flow: flow.into(), node: None, units, tally, diagnostics }
    }

    /// Sets the action or unit that the following messages are about.
    pub(super) fn enter(&mut self, node: &str) {
        self.node = Some(node.into());
    }

    /// Makes the following messages about the flow as a whole.
    pub(super) fn leave(&mut self) {
        self.node = None;
    }

    /// Reports a diagnostic.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let mut diagnostic = diagnostic.flow(self.flow.clone());
        diagnostic.node = diagnostic.node.or_else(|| self.node.clone());
        self.tally.add(diagnostic, self.diagnostics);
    }

    /// Reports an invalid property.
    pub(super) fn invalid(&mut self, span: Span, message: String, help: &str) {
        self.report(invalid(span, message, help));
    }

    /// Reports a harmless oddity as a warning.
    pub(super) fn warn(&mut self, span: Span, message: String, help: &str) {
        let mut diagnostic = invalid(span, message, help);
        diagnostic.severity = Severity::Warning;
        self.report(diagnostic);
    }

    /// Reports an id that does not exist in the flow.
    pub(super) fn dangling(&mut self, span: Span, message: String) {
        let help = "export the flow again; every id must belong to something in the flow";
        let diagnostic = Diagnostic::new(Code::DANGLING_REFERENCE, message);
        self.report(diagnostic.at(span).help(help));
    }

    /// Resolves the id of a unit. An empty string refers to no unit.
    pub(super) fn unit(&mut self, node: &Node<'_>) -> Option<UnitReference> {
        if node.is_null() {
            return None;
        }
        let Some(id) = node.as_str() else {
            let message = format!("a reference must be an id, found {}", node.describe());
            self.invalid(node.span, message, "refer to a task, menu or state by its id");
            return None;
        };
        if id.is_empty() {
            return None;
        }
        let is_known = self.units.contains(id);
        if !is_known {
            let message = format!("no task, menu or state has the id `{id}`");
            self.dangling(node.span, message);
        }
        let text = Text::from(id);
        let unit = is_known.then(|| text.clone());
        Some(UnitReference { text, unit, span: node.span })
    }

    /// Reports the number of messages that were left out.
    pub(super) fn finish(self) {
        self.tally.finish(self.diagnostics);
    }
}

fn invalid(span: Span, message: String, help: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message).at(span);
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
}

/// Returns the string under a key, if it is not empty.
pub(super) fn text_of(node: &Node<'_>, key: &str) -> Option<Text> {
    node.get(key)?.as_str().filter(|text| !text.is_empty()).map(Text::from)
}

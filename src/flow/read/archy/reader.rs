//! Shared by all parts of the Archy YAML reader: reporting, the units of the flow, and
//! plain values for fields of the model.

use super::references::Places;
use crate::diagnostic::{Code, Diagnostic, Severity, Tally, nearest};
use crate::flow::architect::UnitReference;
use crate::flow::model::Spanned;
use crate::flow::property::unknown;
use crate::source::{Entry, Kind, Node, Span};
use crate::value::Text;

/// Collects the problems of a flow, and keeps track of the unit that is being read.
pub(super) struct Reader<'r> {
    flow: &'r str,
    unit: Option<Text>,
    tally: Tally,
    diagnostics: &'r mut Vec<Diagnostic>,
    pub(super) places: Places,
    /// The nesting of the value that is being read.
    pub(super) depth: usize,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        flow: &'r str,
        places: Places,
        diagnostics: &'r mut Vec<Diagnostic>,
    ) -> Self {
        Self { flow, unit: None, tally: Tally::default(), diagnostics, places, depth: 0 }
    }

    /// Sets the unit that the following messages are about.
    pub(super) fn enter(&mut self, unit: &Text) {
        self.unit = Some(unit.clone());
    }

    /// Returns the key of a menu among the choices of the current menu.
    pub(super) fn sub_menu(&self, entry: &Entry<'_>) -> Option<Text> {
        self.places.sub_menu(self.unit.as_deref()?, entry)
    }

    /// Makes the following messages about the flow as a whole.
    pub(super) fn leave(&mut self) {
        self.unit = None;
    }

    /// Reports the number of messages that were left out.
    pub(super) fn finish(self) {
        self.tally.finish(self.diagnostics);
    }

    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.flow = Some(self.flow.to_owned());
        diagnostic.node = self.unit.as_ref().map(ToString::to_string);
        self.tally.add(diagnostic, self.diagnostics);
    }

    /// Whether another message about an invalid property would be kept, so that a
    /// suggestion is worth computing. A message that would not be kept is counted.
    pub(super) fn wants_more(&mut self) -> bool {
        self.tally.wants(Code::INVALID_PROPERTY, Code::INVALID_PROPERTY.severity())
    }

    pub(super) fn invalid(&mut self, span: Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message).at(span);
        self.report(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Reports a property with an unexpected value.
    pub(super) fn wrong(&mut self, name: &str, expected: &str, found: &Node<'_>) {
        let found_text = found.describe();
        let message = format!("`{name}` must be {expected}, found {found_text}");
        self.invalid(found.span, message, "");
    }

    /// Returns the string value of a property. Returns `None` for `null` and `{noValue:
    /// true}`.
    pub(super) fn text_of(
        &mut self,
        body: &Node<'_>,
        name: &str,
    ) -> Option<Spanned<Text>> {
        let node = body.get(name)?;
        let content = unwrapped(node);
        let text = plain_text(content);
        if text.is_none() && !is_absent(content) {
            self.wrong(name, "a string", node);
        }
        text.map(|value| Spanned { value, span: content.span })
    }

    /// Returns the Boolean value of a property; `false` if it is missing.
    pub(super) fn flag(&mut self, body: &Node<'_>, name: &str) -> bool {
        let Some(node) = body.get(name) else { return false };
        let content = unwrapped(node);
        match content.kind {
            Kind::Boolean(value) => value,
            _ if is_absent(content) => false,
            _ => {
                self.wrong(name, "`true` or `false`", node);
                false
            }
        }
    }

    /// Reports the keys of an object that are not among its known keys. The reader ignores
    /// them.
    pub(super) fn known_keys(&mut self, body: &Node<'_>, owner: &str, known: &[&str]) {
        for entry in body.entries().iter().filter(|it| !known.contains(&&*it.key)) {
            let severity = Severity::Error;
            if self.tally.wants(Code::UNKNOWN_PROPERTY, severity) {
                let near = nearest(&entry.key, known.iter().copied());
                self.report(unknown(owner, &entry.key, entry.key_span, near));
            }
        }
    }

    /// Returns the items of a list that may be missing.
    pub(super) fn list<'n, 's>(
        &mut self,
        node: Option<&'n Node<'s>>,
        name: &str,
    ) -> &'n [Node<'s>] {
        let Some(node) = node else { return &[] };
        if !matches!(node.kind, Kind::Array(_)) && !is_absent(node) {
            self.wrong(name, "a list", node);
        }
        node.items()
    }

    /// Resolves a reference, and reports it if its target does not exist.
    pub(super) fn reference(&mut self, text: &str, span: Span) -> UnitReference {
        let menu = self.unit.clone();
        let unit = match self.places.resolve(text, menu.as_deref()) {
            Ok(unit) => unit,
            Err(problem) => {
                let diagnostic =
                    Diagnostic::new(Code::DANGLING_REFERENCE, problem.message).at(span);
                self.report(diagnostic.help(problem.help));
                None
            }
        };
        UnitReference { text: Text::from(text), unit, span }
    }
}

/// Returns a string; a number or Boolean as it is written.
pub(super) fn plain_text(node: &Node<'_>) -> Option<Text> {
    match &node.kind {
        Kind::String(text) | Kind::Number(text) => Some(Text::from(&**text)),
        Kind::Boolean(value) => Some(Text::from(if *value { "true" } else { "false" })),
        Kind::Null | Kind::Array(_) | Kind::Object(_) => None,
    }
}

/// Returns the content of `{lit: …}`; any other node unchanged.
fn unwrapped<'n, 's>(node: &'n Node<'s>) -> &'n Node<'s> {
    match node.entries() {
        [entry] if entry.key == "lit" => &entry.value,
        _ => node,
    }
}

/// Whether a node is `null`, `{noValue: true}` or `{none: true}`.
pub(super) fn is_absent(node: &Node<'_>) -> bool {
    match node.entries() {
        [entry] => {
            (entry.key == "noValue" || entry.key == "none")
                && entry.value.kind == Kind::Boolean(true)
        }
        _ => node.is_null(),
    }
}

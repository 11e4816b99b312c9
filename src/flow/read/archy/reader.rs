//! What all parts of the reader of Archy YAML share: where messages go, where units are,
//! and the plain values that fields of the model need.

use super::references::Places;
use crate::diagnostic::{Code, Diagnostic, Tally};
use crate::flow::architect::UnitReference;
use crate::flow::model::Written;
use crate::source::{Entry, Kind, Node, Span};
use crate::value::Text;

/// Collects what is wrong with a flow, and knows which unit is being read.
pub(super) struct Reader<'r> {
    flow: &'r str,
    unit: Option<Text>,
    tally: Tally,
    diagnostics: &'r mut Vec<Diagnostic>,
    pub(super) places: Places,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        flow: &'r str,
        places: Places,
        diagnostics: &'r mut Vec<Diagnostic>,
    ) -> Self {
        Self { flow, unit: None, tally: Tally::default(), diagnostics, places }
    }

    /// From now on, messages are about this unit.
    pub(super) fn enter(&mut self, unit: &Text) {
        self.unit = Some(unit.clone());
    }

    /// The key of a menu that stands among the choices of the menu that is being read.
    pub(super) fn sub_menu(&self, entry: &Entry<'_>) -> Option<Text> {
        self.places.sub_menu(self.unit.as_deref()?, entry)
    }

    /// From now on, messages are about the flow as a whole.
    pub(super) fn leave(&mut self) {
        self.unit = None;
    }

    /// Says how many messages were left out, where there were too many.
    pub(super) fn finish(self) {
        self.tally.finish(self.diagnostics);
    }

    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.flow = Some(self.flow.to_owned());
        diagnostic.node = self.unit.as_ref().map(ToString::to_string);
        self.tally.add(diagnostic, self.diagnostics);
    }

    /// Whether another message about a wrong property would still be kept, so that it is
    /// worth looking for what was meant. One that is not is counted.
    pub(super) fn wants_more(&mut self) -> bool {
        self.tally.wants(Code::INVALID_PROPERTY, Code::INVALID_PROPERTY.severity())
    }

    pub(super) fn invalid(&mut self, span: Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message).at(span);
        self.report(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Says that a property holds something else than expected.
    pub(super) fn wrong(&mut self, name: &str, expected: &str, found: &Node<'_>) {
        let found_text = found.describe();
        let message = format!("`{name}` must be {expected}, found {found_text}");
        self.invalid(found.span, message, "");
    }

    /// The text of a property, if it has one; `null` and `{noValue: true}` are none.
    pub(super) fn text_of(
        &mut self,
        body: &Node<'_>,
        name: &str,
    ) -> Option<Written<Text>> {
        let node = body.get(name)?;
        let content = unwrapped(node);
        let text = plain_text(content);
        if text.is_none() && !is_nothing(content) {
            self.wrong(name, "a string", node);
        }
        text.map(|value| Written { value, span: content.span })
    }

    /// A property that is true or false, false without it.
    pub(super) fn flag(&mut self, body: &Node<'_>, name: &str) -> bool {
        let Some(node) = body.get(name) else { return false };
        let content = unwrapped(node);
        match content.kind {
            Kind::Boolean(value) => value,
            _ if is_nothing(content) => false,
            _ => {
                self.wrong(name, "`true` or `false`", node);
                false
            }
        }
    }

    /// The items of a list that may be absent.
    pub(super) fn list<'n, 's>(
        &mut self,
        node: Option<&'n Node<'s>>,
        name: &str,
    ) -> &'n [Node<'s>] {
        let Some(node) = node else { return &[] };
        if !matches!(node.kind, Kind::Array(_)) && !is_nothing(node) {
            self.wrong(name, "a list", node);
        }
        node.items()
    }

    /// A reference; one that leads nowhere is reported.
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

/// A string, or a number or boolean as it is written.
pub(super) fn plain_text(node: &Node<'_>) -> Option<Text> {
    match &node.kind {
        Kind::String(text) | Kind::Number(text) => Some(Text::from(&**text)),
        Kind::Boolean(value) => Some(Text::from(if *value { "true" } else { "false" })),
        Kind::Null | Kind::Array(_) | Kind::Object(_) => None,
    }
}

/// What stands within `{lit: …}`; of anything else, itself.
fn unwrapped<'n, 's>(node: &'n Node<'s>) -> &'n Node<'s> {
    match node.entries() {
        [entry] if entry.key == "lit" => &entry.value,
        _ => node,
    }
}

/// `null`, `{noValue: true}` or `{none: true}`.
pub(super) fn is_nothing(node: &Node<'_>) -> bool {
    match node.entries() {
        [entry] => {
            (entry.key == "noValue" || entry.key == "none")
                && entry.value.kind == Kind::Boolean(true)
        }
        _ => node.is_null(),
    }
}

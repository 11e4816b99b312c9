//! The properties of a node, read by name and type. Properties that are not read are
//! unknown.

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, Tally, nearest};
use crate::expr::SyntaxError;
use crate::expr::draft::{
    Condition, Form, Reference, Template, parse_condition, parse_template,
};
use crate::flow::model::Spanned;
use crate::flow::read::json;
use crate::source::{Kind, Node as Document, Span};
use crate::value::{Json, Number, Text};

/// The longest duration of a property, in seconds: ten years.
const MAX_SECONDS: i64 = 10 * 366 * 24 * 3600;

/// Collects the problems of a flow, and keeps track of the node that is being read.
pub(super) struct Reader<'r> {
    flow: &'r str,
    node: Option<Text>,
    tally: Tally,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(flow: &'r str, diagnostics: &'r mut Vec<Diagnostic>) -> Self {
        Self { flow, node: None, tally: Tally::default(), diagnostics }
    }

    /// Sets the node that the following messages are about.
    pub(super) fn enter(&mut self, node: &Text) {
        self.node = Some(node.clone());
    }

    /// Makes the following messages about the flow as a whole.
    pub(super) fn leave(&mut self) {
        self.node = None;
    }

    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.flow = Some(self.flow.to_owned());
        if diagnostic.node.is_none() {
            diagnostic.node = self.node.as_ref().map(ToString::to_string);
        }
        self.tally.add(diagnostic, self.diagnostics);
    }

    /// Reports the number of messages that were left out.
    pub(super) fn finish(self) {
        self.tally.finish(self.diagnostics);
    }

    pub(super) fn invalid(&mut self, span: Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message).at(span);
        self.report(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    fn syntax(&mut self, error: SyntaxError) {
        let diagnostic =
            Diagnostic::new(Code::EXPRESSION_SYNTAX, error.message).at(error.span);
        self.report(Diagnostic { help: error.help, ..diagnostic });
    }

    /// Parses a template. An invalid template is reported and used as plain text.
    pub(super) fn template(&mut self, text: &str, span: Span) -> Template<Reference> {
        parse_template(text, span).unwrap_or_else(|error| {
            self.syntax(error);
            Template::Text(text.into())
        })
    }

    /// Parses a condition. An invalid condition is reported.
    pub(super) fn condition(
        &mut self,
        text: &str,
        span: Span,
    ) -> Option<Condition<Reference>> {
        parse_condition(text, span).map_err(|error| self.syntax(error)).ok()
    }

    /// Reads a value that may contain templates at any depth.
    pub(super) fn form(&mut self, node: &Document<'_>) -> Form<Reference> {
        match &node.kind {
            Kind::String(text) => match self.template(text, node.span) {
                Template::Text(text) => Form::Constant(Json::String(text)),
                template => Form::Template(template),
            },
            Kind::Array(items) => {
                Form::Array(items.iter().map(|item| self.form(item)).collect())
            }
            Kind::Object(entries) => {
                let entry = |(key, value)| (Text::from(key), self.form(value));
                let entries = entries.iter().map(|entry| (&*entry.key, &entry.value));
                Form::Object(entries.map(entry).collect())
            }
            _ => Form::Constant(json(node)),
        }
    }
}

/// The `properties` of one node.
pub(super) struct Properties<'d, 's, 'a, 'r> {
    document: Option<&'d Document<'s>>,
    /// The position of the node, for messages about missing properties.
    pub(super) span: Span,
    known: Vec<&'static str>,
    ignored: Vec<&'static str>,
    pub(super) reader: &'a mut Reader<'r>,
}

impl<'d, 's, 'a, 'r> Properties<'d, 's, 'a, 'r> {
    pub(super) fn new(
        node: &'d Document<'s>,
        span: Span,
        reader: &'a mut Reader<'r>,
    ) -> Self {
        let document = node.get("properties");
        if let Some(document) = document
            && !matches!(document.kind, Kind::Object(_) | Kind::Null)
        {
            let message =
                format!("`properties` must be an object, found {}", document.describe());
            reader.invalid(document.span, message, "");
        }
        Self { document, span, known: Vec::new(), ignored: Vec::new(), reader }
    }

    /// Returns the value of a property; `null` counts as absent.
    pub(super) fn get(&mut self, name: &'static str) -> Option<&'d Document<'s>> {
        self.known.push(name);
        self.document?.get(name).filter(|node| !node.is_null())
    }

    /// Marks properties that the dialect has, but that do not affect a call.
    pub(super) fn ignore(&mut self, names: &[&'static str]) {
        self.known.extend_from_slice(names);
        self.ignored.extend_from_slice(names);
    }

    /// Reports unknown properties. Returns all properties that are unknown or do not
    /// affect a call.
    pub(super) fn finish(self) -> IndexMap<Text, Json> {
        let mut others = IndexMap::new();
        for entry in self.document.map_or(&[][..], |document| document.entries()) {
            let is_among = |names: &[&str]| names.iter().any(|name| *name == entry.key);
            let is_known = is_among(&self.known);
            let earlier = (!is_known || is_among(&self.ignored))
                .then(|| others.insert(Text::from(&*entry.key), json(&entry.value)));
            // A doubled key is reported as such.
            if is_known || earlier.flatten().is_some() {
                continue;
            }
            let message = format!("this type of node has no property `{}`", entry.key);
            let help = match nearest(&entry.key, self.known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("its properties are {}", list(&self.known)),
            };
            let diagnostic = Diagnostic::new(Code::UNKNOWN_PROPERTY, message);
            self.reader.report(diagnostic.at(entry.key_span).help(help));
        }
        others
    }

    fn wrong(&mut self, name: &str, expected: &str, found: &Document<'_>) {
        let message = match &found.kind {
            Kind::Number(number) => {
                format!("`{name}` must be {expected}, found {number}")
            }
            _ => format!("`{name}` must be {expected}, found {}", found.describe()),
        };
        self.reader.invalid(found.span, message, "");
    }

    pub(super) fn missing(&mut self, message: &str, help: &str) {
        self.reader.invalid(self.span, message.into(), help);
    }

    /// Returns a non-empty string.
    pub(super) fn text(&mut self, name: &'static str) -> Option<Spanned<Text>> {
        let node = self.get(name)?;
        let Some(text) = node.as_str() else {
            self.wrong(name, "a string", node);
            return None;
        };
        if text.is_empty() {
            return None;
        }
        self.placeholder(name, text, node.span);
        Some(Spanned { value: Text::from(text), span: node.span })
    }

    /// Returns a non-empty template.
    pub(super) fn phrase(&mut self, name: &'static str) -> Option<Template<Reference>> {
        let text = self.text(name)?;
        Some(self.reader.template(&text.value, text.span))
    }

    /// Returns a whole number within bounds.
    pub(super) fn count(
        &mut self,
        name: &'static str,
        range: (i64, i64),
        default: i64,
    ) -> i64 {
        let Some(node) = self.get(name) else { return default };
        let (least, most) = range;
        let number = match &node.kind {
            Kind::Number(text) => Number::parse_json(text),
            _ => None,
        };
        match number {
            Some(Number::Integer(number)) if (least..=most).contains(&number) => number,
            _ => {
                let expected = format!("a whole number from {least} to {most}");
                self.wrong(name, &expected, node);
                default
            }
        }
    }

    /// Reads a number of seconds, and returns it in milliseconds.
    pub(super) fn seconds(&mut self, name: &'static str) -> Option<i64> {
        let node = self.get(name)?;
        let number = match &node.kind {
            Kind::Number(text) => Number::parse_json(text),
            _ => None,
        };
        let milliseconds = number.and_then(|number| match number {
            Number::Integer(seconds) => seconds.checked_mul(1000),
            Number::Decimal(seconds) => seconds.checked_mul(&1000.into())?.truncate(),
        });
        let limits = 0..=MAX_SECONDS * 1000;
        let found = milliseconds.filter(|milliseconds| limits.contains(milliseconds));
        if found.is_none() {
            self.wrong(name, "a non-negative number of seconds", node);
        }
        found
    }

    fn placeholder(&mut self, name: &str, text: &str, span: Span) {
        if !is_placeholder(text) {
            return;
        }
        let message = format!("`{name}` is still the placeholder `{text}`");
        let diagnostic = Diagnostic::new(Code::PLACEHOLDER_VALUE, message);
        self.reader.report(diagnostic.at(span).help("replace it with the real value"));
    }
}

/// Whether a value is a placeholder: `YOUR_QUEUE_ID_HERE`, `<queue id>`, `REPLACE_ME`,
/// `TODO`.
fn is_placeholder(text: &str) -> bool {
    let is_upper_case =
        text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let is_marker = is_upper_case
        && (text.starts_with("YOUR_")
            || text.ends_with("_HERE")
            || ["REPLACE_ME", "CHANGE_ME", "CHANGEME", "TODO", "TBD"].contains(&text));
    is_marker || (text.starts_with('<') && text.ends_with('>') && !text.contains('/'))
}

/// Formats names for a sentence: `a`, `b` and `c`.
fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "none".into(),
    }
}

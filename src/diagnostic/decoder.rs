//! Reads the values of a document and collects all errors.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use twox_hash::XxHash64;

use super::{Code, Diagnostic, Label, Severity, Tally, nearest};
use crate::source::{Entry, Kind, Node, Span};
use crate::value::{Json, JsonObject, Number, Text};

/// The errors found so far.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// The code of all errors.
    code: Code,
    diagnostics: Vec<Diagnostic>,
    tally: Tally,
    count: usize,
    /// Places of reported errors, with a hash of each message. The same part of a
    /// document is read again for each row of a table, and its errors are reported once.
    seen: FxHashSet<(Span, u64)>,
    /// The last diagnostic, which may still receive a help.
    last: Option<Diagnostic>,
    /// The names referred to, with their places. A later document may define them.
    references: Vec<(Text, Span)>,
}

impl Decoder {
    /// Creates a decoder that reports errors under this code.
    pub(crate) fn new(code: Code) -> Self {
        let (diagnostics, references) = (Vec::new(), Vec::new());
        let tally = Tally::default();
        let seen = FxHashSet::default();
        Self { code, diagnostics, tally, count: 0, seen, last: None, references }
    }

    /// All errors. Of a large number, only the first ones are kept and the rest is
    /// counted.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.keep_last();
        self.tally.finish(&mut self.diagnostics);
        self.diagnostics
    }

    /// Records a reference to a name. The name must exist once every document is read.
    pub(crate) fn refer_to(&mut self, name: Text, span: Span) {
        self.references.push((name, span));
    }

    /// Removes and returns the references recorded so far.
    pub(crate) fn take_references(&mut self) -> Vec<(Text, Span)> {
        std::mem::take(&mut self.references)
    }

    /// Adds an error. The caller can add a help to the returned diagnostic.
    pub(crate) fn error(&mut self, span: Span, message: String) -> &mut Diagnostic {
        self.keep_last();
        self.count += 1;
        self.last.insert(Diagnostic::new(self.code, message).at(span))
    }

    /// The number of errors and warnings so far.
    pub(crate) fn diagnostic_count(&self) -> usize {
        self.count
    }

    /// Reports every duplicate key in the objects of the document as an error.
    pub(crate) fn unique_keys(&mut self, document: &Node<'_>) {
        for [first, second] in document.repeated_keys() {
            let message = format!("duplicate key `{}`", second.key);
            let diagnostic = self.error(second.key_span, message);
            let label = Label { span: first.key_span, text: "the first one".into() };
            diagnostic.labels.push(label);
            diagnostic.help = Some("remove one of them".into());
        }
    }

    /// Adds a diagnostic from elsewhere, under the code of this decoder.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        self.keep_last();
        self.count += 1;
        self.last = Some(Diagnostic { code: self.code, ..diagnostic });
    }

    fn keep_last(&mut self) {
        let Some(last) = self.last.take() else { return };
        let is_new = last.labels.first().is_none_or(|label| {
            let message = XxHash64::oneshot(0, last.message.as_bytes());
            self.seen.insert((label.span, message))
        });
        if is_new {
            self.tally.add(last, &mut self.diagnostics);
        }
    }

    /// Adds a warning.
    pub(crate) fn warning(&mut self, span: Span, message: String, help: &str) {
        let diagnostic = self.error(span, message);
        diagnostic.severity = Severity::Warning;
        diagnostic.help = Some(help.into());
    }

    /// Reports a value of the wrong type.
    pub(crate) fn unexpected(&mut self, what: &str, node: &Node<'_>, expected: &str) {
        let found = match &node.kind {
            // The type is right here, and the value is wrong.
            Kind::Number(number) if expected.starts_with("a number") => number,
            _ => node.describe(),
        };
        self.error(node.span, format!("{what} is {found}, expected {expected}"));
    }

    /// Returns the node if it is an object, and reports its unknown keys.
    pub(crate) fn object<'n, 's>(
        &mut self,
        what: &str,
        node: &'n Node<'s>,
        keys: &[&str],
    ) -> Option<&'n Node<'s>> {
        if !matches!(node.kind, Kind::Object(_)) {
            self.unexpected(what, node, "an object");
            return None;
        }
        for entry in node.entries() {
            if !keys.contains(&&*entry.key) {
                self.unknown_key(what, entry, keys);
            }
        }
        Some(node)
    }

    fn unknown_key(&mut self, what: &str, entry: &Entry<'_>, keys: &[&str]) {
        let message = format!("{what} has no key `{}`", entry.key);
        let help = match nearest(&entry.key, keys.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if keys.is_empty() => "remove it".into(),
            None => format!("use {}", listed(keys)),
        };
        self.error(entry.key_span, message).help = Some(help);
    }

    /// Returns a string, or the text of a number: ids and telephone numbers are often
    /// written without quotes. Returns `None` if it is missing, `null` or empty.
    pub(crate) fn text(&mut self, object: &Node<'_>, key: &str) -> Option<Text> {
        self.text_of(key, object.get(key)?)
    }

    /// Returns the string value of a key, by the rules of [`Self::text`].
    pub(crate) fn text_of(&mut self, key: &str, node: &Node<'_>) -> Option<Text> {
        match &node.kind {
            Kind::String(text) if text.trim().is_empty() => None,
            Kind::String(text) | Kind::Number(text) => Some(Text::from(text.trim())),
            Kind::Null => None,
            _ => {
                self.unexpected(&format!("`{key}`"), node, "a string");
                None
            }
        }
    }

    /// Returns a list of strings. A single string counts as a list of one.
    pub(crate) fn strings(&mut self, object: &Node<'_>, key: &str) -> Vec<Text> {
        let Some(node) = object.get(key) else { return Vec::new() };
        let items = match &node.kind {
            Kind::Array(items) => items.as_slice(),
            Kind::Null => &[],
            _ => std::slice::from_ref(node),
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                Kind::String(text) | Kind::Number(text) => texts.push(text.trim().into()),
                _ => self.unexpected(&format!("`{key}`"), item, "a list of strings"),
            }
        }
        texts
    }

    /// Returns a whole number within the range, which may be written as 5.0. Returns the
    /// default if it is missing or wrong.
    pub(crate) fn whole(
        &mut self,
        object: &Node<'_>,
        key: &str,
        range: RangeInclusive<i64>,
        default: i64,
    ) -> i64 {
        let Some(node) = object.get(key).filter(|node| !node.is_null()) else {
            return default;
        };
        if let Kind::Number(text) = &node.kind
            && let Some(number) = Number::parse_json(text).and_then(|it| it.to_whole())
            && range.contains(&number)
        {
            return number;
        }
        let expected =
            format!("a whole number from {} to {}", range.start(), range.end());
        let found = match &node.kind {
            Kind::Number(text) => text.as_ref(),
            _ => node.describe(),
        };
        self.error(node.span, format!("`{key}` is {found}, expected {expected}"));
        default
    }

    /// Converts any value to JSON. A number too large for JSON becomes `null`, with an
    /// error.
    pub(crate) fn json(&mut self, node: &Node<'_>) -> Json {
        match &node.kind {
            Kind::Null => Json::Null,
            Kind::Boolean(value) => Json::Boolean(*value),
            Kind::Number(text) => Number::parse_json(text).map_or_else(
                || {
                    self.error(node.span, format!("the number {text} is too large"));
                    Json::Null
                },
                Json::from,
            ),
            Kind::String(text) => Json::String(text.as_ref().into()),
            Kind::Array(items) => {
                Json::Array(Arc::new(items.iter().map(|item| self.json(item)).collect()))
            }
            Kind::Object(entries) => Json::Object(Arc::new(self.json_object(entries))),
        }
    }

    fn json_object(&mut self, entries: &[Entry<'_>]) -> JsonObject {
        let pairs = entries
            .iter()
            .map(|entry| (Text::from(entry.key.as_ref()), self.json(&entry.value)));
        pairs.collect()
    }
}

/// Formats keys as "`a`, `b` or `c`".
fn listed(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

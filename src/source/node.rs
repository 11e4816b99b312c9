//! The tree of a JSON or YAML document, with a place for every value.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::span::Span;

/// One value of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'s> {
    /// The place.
    pub span: Span,
    /// The content.
    pub kind: Kind<'s>,
}

/// The content of a [`Node`].
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number, as written, in JSON's notation.
    Number(Cow<'s, str>),
    /// A string, with escapes resolved.
    String(Cow<'s, str>),
    /// A list.
    Array(Vec<Node<'s>>),
    /// An object. The keys are in the order of the document, including duplicates.
    Object(Vec<Entry<'s>>),
}

/// A key of an object and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'s> {
    /// The key, with escapes resolved.
    pub key: Cow<'s, str>,
    /// The place of the key, without its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Node<'s>,
}

impl<'s> Node<'s> {
    /// The value of a key. Returns `None` if this is not an object with that key. The
    /// last of duplicate keys counts, as in every JSON reader.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key. The last of duplicate keys counts.
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The entries of an object. Empty for other values.
    pub fn entries(&self) -> &[Entry<'s>] {
        match &self.kind {
            Kind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list. Empty for other values.
    pub fn items(&self) -> &[Node<'s>] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The duplicate keys in the objects of this document, in the order of the document,
    /// each with its previous occurrence.
    pub fn repeated_keys(&self) -> Vec<[&Entry<'s>; 2]> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            // A value that aliases repeat is in the text only once.
            let repeated = repeated(node.entries());
            found.extend(
                repeated.into_iter().filter(|pair| seen.insert(pair[1].key_span)),
            );
            let nested = |value: &&Self| value.values().next().is_some();
            open.extend(node.values().rev().filter(nested));
        }
        found
    }

    /// The content of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The type of the value with its article, for messages: `a string`, `an object`…
    pub fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Boolean(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

/// Drops the values of a document without recursion, because they may be nested deep.
/// Lists and objects that contain only scalars are dropped where they are.
impl Drop for Node<'_> {
    fn drop(&mut self) {
        let mut open = Vec::new();
        self.take_nested(&mut open);
        while let Some(mut node) = open.pop() {
            node.take_nested(&mut open);
        }
    }
}

impl<'s> Node<'s> {
    /// Moves the values that contain lists or objects to `open`.
    fn take_nested(&mut self, open: &mut Vec<Self>) {
        let mut take = |node: &mut Self| {
            if node.values().any(|value| value.values().next().is_some()) {
                let kind = std::mem::replace(&mut node.kind, Kind::Null);
                open.push(Node { span: node.span, kind });
            }
        };
        match &mut self.kind {
            Kind::Array(items) => items.iter_mut().for_each(take),
            Kind::Object(entries) => {
                entries.iter_mut().for_each(|entry| take(&mut entry.value));
            }
            _ => {}
        }
    }

    /// The items of a list, or the values of an object.
    fn values(&self) -> impl DoubleEndedIterator<Item = &Self> {
        self.items().iter().chain(self.entries().iter().map(|entry| &entry.value))
    }
}

impl Node<'_> {
    /// Copies the value, so that it no longer borrows from the text of the document.
    pub fn to_static(&self) -> Node<'static> {
        let kind = match &self.kind {
            Kind::Null => Kind::Null,
            Kind::Boolean(truth) => Kind::Boolean(*truth),
            Kind::Number(text) => Kind::Number(text.to_string().into()),
            Kind::String(text) => Kind::String(text.to_string().into()),
            Kind::Array(items) => {
                Kind::Array(items.iter().map(Node::to_static).collect())
            }
            Kind::Object(entries) => {
                Kind::Object(entries.iter().map(Entry::to_static).collect())
            }
        };
        Node { span: self.span, kind }
    }

    /// Moves the value and all its parts to another place.
    #[must_use]
    pub fn placed(mut self, span: Span) -> Self {
        self.span = span;
        self.kind = match std::mem::replace(&mut self.kind, Kind::Null) {
            Kind::Array(items) => {
                Kind::Array(items.into_iter().map(|item| item.placed(span)).collect())
            }
            Kind::Object(entries) => {
                Kind::Object(entries.into_iter().map(|it| it.placed(span)).collect())
            }
            other => other,
        };
        self
    }
}

impl Entry<'_> {
    /// Copies the entry, so that it no longer borrows from the text of the document.
    pub fn to_static(&self) -> Entry<'static> {
        Entry {
            key: self.key.to_string().into(),
            key_span: self.key_span,
            value: self.value.to_static(),
        }
    }

    /// Moves the entry to another place.
    #[must_use]
    pub fn placed(self, span: Span) -> Self {
        Self { key_span: span, value: self.value.placed(span), ..self }
    }
}

/// The maximum number of keys that are compared pairwise, without allocating memory.
const MAX_PAIRWISE: usize = 12;

/// The duplicate keys of one object, each with its previous occurrence.
pub fn repeated<'n, 's>(entries: &'n [Entry<'s>]) -> Vec<[&'n Entry<'s>; 2]> {
    let is_before = |(index, entry): (usize, &Entry<'_>)| {
        entries.iter().take(index).any(|earlier| earlier.key == entry.key)
    };
    if entries.len() <= MAX_PAIRWISE && !entries.iter().enumerate().any(is_before) {
        return Vec::new();
    }
    let mut seen: BTreeMap<&str, &Entry<'s>> = BTreeMap::new();
    let pair = |entry: &'n Entry<'s>| {
        seen.insert(&entry.key, entry).map(|earlier| [earlier, entry])
    };
    entries.iter().filter_map(pair).collect()
}

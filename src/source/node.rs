//! The tree of a JSON or YAML document, every value with its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::span::Span;

/// One value of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'s> {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind<'s>,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number, as written, in JSON's notation.
    Number(Cow<'s, str>),
    /// A string, escapes resolved.
    String(Cow<'s, str>),
    /// A list.
    Array(Vec<Node<'s>>),
    /// An object; keys in the order of the document, repeated ones kept.
    Object(Vec<Entry<'s>>),
}

/// A key of an object and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'s> {
    /// The key, escapes resolved.
    pub key: Cow<'s, str>,
    /// Where the key stands, without its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Node<'s>,
}

impl<'s> Node<'s> {
    /// The value of a key, if this is an object that has it. Of repeated keys the last
    /// one counts, as in every JSON reader.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key; the last one if it is there several times.
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The entries of an object; of anything else, none.
    pub fn entries(&self) -> &[Entry<'s>] {
        match &self.kind {
            Kind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; of anything else, none.
    pub fn items(&self) -> &[Node<'s>] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The keys that stand in an object of this document for a second time, each behind the
    /// one before it. As deep as a document may be.
    pub fn repeated_keys(&self) -> Vec<[&Entry<'s>; 2]> {
        let mut found = Vec::new();
        let mut told = BTreeSet::new();
        // What an alias repeats stands in the text once.
        self.each_repeated_key(&mut |first, second| {
            if told.insert(second.key_span) {
                found.push([first, second]);
            }
        });
        found
    }

    fn each_repeated_key<'n>(
        &'n self,
        tell: &mut impl FnMut(&'n Entry<'s>, &'n Entry<'s>),
    ) {
        for item in self.items() {
            item.each_repeated_key(tell);
        }
        for [first, second] in repeated(self.entries()) {
            tell(first, second);
        }
        for entry in self.entries() {
            entry.value.each_repeated_key(tell);
        }
    }

    /// The text of a string.
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

    /// What it is, in a reader's words, with its article: `a string`, `an object`…
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

/// Up to so many keys are compared one by one, which takes no memory.
const FEW: usize = 12;

/// The entries of one object whose key stands there for a second time, each behind the one
/// before it.
pub fn repeated<'n, 's>(entries: &'n [Entry<'s>]) -> Vec<[&'n Entry<'s>; 2]> {
    let is_before = |(index, entry): (usize, &Entry<'_>)| {
        entries.iter().take(index).any(|earlier| earlier.key == entry.key)
    };
    if entries.len() <= FEW && !entries.iter().enumerate().any(is_before) {
        return Vec::new();
    }
    let mut seen: BTreeMap<&str, &Entry<'s>> = BTreeMap::new();
    let pair = |entry: &'n Entry<'s>| {
        seen.insert(&entry.key, entry).map(|earlier| [earlier, entry])
    };
    entries.iter().filter_map(pair).collect()
}

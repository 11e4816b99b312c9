//! Digests of everything that decides a result, as keys of a cache.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::source::{Kind, Node, open};

/// The beginning of a SHA-256 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(u128);

/// Hashes parts. Each part has its length in front, so that different parts never have the
/// same bytes.
pub(super) struct Digest(Sha256);

impl Key {
    /// Returns the key of its displayed form.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_form = text.len() == 32 && text.bytes().all(|it| it.is_ascii_hexdigit());
        is_form.then(|| u128::from_str_radix(text, 16).ok().map(Self))?
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl Digest {
    /// Begins a key. The name of its kind is its first part.
    pub(super) fn new(kind: &str) -> Self {
        let mut digest = Self(Sha256::new());
        digest.text(kind);
        digest
    }

    /// Adds a string.
    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text.as_bytes());
    }

    /// Adds the debug form of a value.
    pub(super) fn debug(&mut self, value: &impl fmt::Debug) {
        self.text(&format!("{value:?}"));
    }

    /// Adds a number.
    pub(super) fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_le_bytes());
    }

    /// Adds a key.
    pub(super) fn key(&mut self, key: Key) {
        self.0.update(key.0.to_le_bytes());
    }

    /// Adds a document without the positions of its values.
    pub(super) fn node(&mut self, node: &Node<'_>) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            self.text(node.describe());
            match &node.kind {
                Kind::Null => {}
                Kind::Boolean(truth) => self.number(usize::from(*truth)),
                Kind::Number(text) | Kind::String(text) => self.text(text),
                Kind::Array(items) => {
                    self.number(items.len());
                    open.extend(items);
                }
                Kind::Object(entries) => {
                    self.number(entries.len());
                    for entry in entries {
                        self.text(&entry.key);
                        open.push(&entry.value);
                    }
                }
            }
        }
    }

    /// Returns the key of all parts.
    pub(super) fn finish(self) -> Key {
        let hash = self.0.finalize();
        Key(hash.iter().take(16).fold(0, |key, byte| (key << 8) | u128::from(*byte)))
    }
}

/// Returns the key of the content of a file, or of the reason why it cannot be read.
pub(super) fn of_file(path: &Path) -> Key {
    let mut digest = Digest::new("file");
    if let Err(error) = read_into(&mut digest.0, path) {
        digest.text(&error.kind().to_string());
    }
    digest.finish()
}

fn read_into(hash: &mut Sha256, path: &Path) -> io::Result<()> {
    let mut file = open(path)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|it| !it.is_empty()) else {
            return Ok(());
        };
        hash.update(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_yaml};

    fn key(text: &str) -> Key {
        let file = Files::new().add("a.yaml", text);
        let mut digest = Digest::new("document");
        digest.node(&read_yaml(&file).unwrap());
        digest.finish()
    }

    /// Every difference of two documents that a reader can notice is one of their keys.
    #[test]
    fn documents_with_different_values_have_different_keys() {
        let documents = [
            "{a: 1}",
            "{a: '1'}",
            "{a: 1.0}",
            "{b: 1}",
            "{a: [1]}",
            "{a: [[1]]}",
            "{a: [1, []]}",
            "{a: [[], 1]}",
            "{a: {b: 1}}",
            "{a: null}",
            "{a: true}",
            "{a: false}",
            "{a: '', b: ''}",
            "{a: '', b: '', c: ''}",
            "{ab: ''}",
            "{a: b}",
            "[{a: 1}, {b: 2}]",
            "[{a: 1, b: 2}]",
            "[{a: 2}, {b: 1}]",
        ];
        let mut keys: Vec<Key> = documents.into_iter().map(key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), documents.len());
    }

    #[test]
    fn positions_and_notation_make_no_difference() {
        assert_eq!(key("a: [1, x]\n"), key("# first\n\n{\"a\":\n   [1, \"x\"]}"));
    }

    #[test]
    fn a_key_is_read_as_it_is_displayed() {
        let own = key("a: 1");
        assert_eq!(Key::parse(&own.to_string()), Some(own));
        for text in ["", "+1", "0", "g".repeat(32).as_str(), "0".repeat(33).as_str()] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_missing_file_has_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let missing = of_file(&path);
        std::fs::write(&path, "").unwrap();
        let empty = of_file(&path);
        std::fs::write(&path, "a").unwrap();
        assert!(missing != empty && empty != of_file(&path));
    }
}

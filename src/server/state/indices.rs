//! Documents in indices, as clients of Elasticsearch store them.

use std::cell::LazyCell;

use serde::{Deserialize, Serialize};

use super::map::Map;
use crate::value::Json;

/// Maximum number of indices.
pub(in crate::server) const MAX_INDICES: usize = 100;
/// Maximum number of documents in all indices.
pub(in crate::server) const MAX_DOCUMENTS: usize = 100_000;
/// Maximum size of all documents, in bytes of JSON.
pub(in crate::server) const MAX_BYTES: usize = 256 * 1024 * 1024;

/// All indices, by name.
#[derive(Debug, Default)]
pub(in crate::server) struct Indices {
    indices: Map<String, Index>,
    documents: usize,
    bytes: usize,
}

/// Documents by id, in the order in which they were first written.
#[derive(Debug, Default)]
pub(in crate::server) struct Index {
    pub(in crate::server) documents: Map<String, Document>,
    /// Number of writes to the index so far.
    written: u64,
}

/// JSON that is parsed when it is first read.
type LazyJson = LazyCell<Json, Box<dyn FnOnce() -> Json + Send>>;

/// A document.
#[derive(Debug)]
pub(in crate::server) struct Document {
    /// The content. It is parsed when it is first read, because many documents never are.
    pub(in crate::server) source: LazyJson,
    /// Number of times the document was written, from 1.
    pub(in crate::server) version: u64,
    /// The sequence number of the last write, unique in its index, from 0.
    pub(in crate::server) sequence: u64,
    /// The size of the JSON, in bytes.
    bytes: usize,
}

/// A document to write.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::server) struct NewDocument {
    /// The document's id.
    pub(in crate::server) id: String,
    /// The JSON object as the client sent it.
    pub(in crate::server) source: String,
}

impl Indices {
    /// Returns the index with a name.
    pub(in crate::server) fn get(&self, name: &str) -> Option<&Index> {
        self.indices.get(name)
    }

    /// Returns the names, in the order of creation.
    pub(in crate::server) fn names(&self) -> impl Iterator<Item = &str> {
        self.indices.keys().map(String::as_str)
    }

    /// Returns the reason for which documents may not be written, if any. Documents with
    /// known ids count as new ones.
    pub(in crate::server) fn refuses(
        &self,
        index: &str,
        count: usize,
        bytes: usize,
    ) -> Option<String> {
        if !self.indices.contains_key(index) && self.indices.len() >= MAX_INDICES {
            return Some(format!("the server holds at most {MAX_INDICES} indices"));
        }
        if self.documents.saturating_add(count) > MAX_DOCUMENTS {
            return Some(format!("the server holds at most {MAX_DOCUMENTS} documents"));
        }
        let is_large = self.bytes.saturating_add(bytes) > MAX_BYTES;
        is_large
            .then(|| format!("the server holds at most {MAX_BYTES} bytes of documents"))
    }

    /// Creates an index unless it exists.
    pub(super) fn make(&mut self, name: String) {
        self.indices.entry(name).or_default();
    }

    /// Removes an index with its documents.
    pub(super) fn remove(&mut self, name: &str) {
        if let Some(index) = self.indices.shift_remove(name) {
            self.documents -= index.documents.len();
            self.bytes -= index.documents.values().map(|it| it.bytes).sum::<usize>();
        }
    }

    /// Writes a document, replacing one with the same id. The document has been checked
    /// to be valid JSON.
    pub(super) fn write(&mut self, index: String, document: NewDocument) {
        let NewDocument { id, source: text } = document;
        let index = self.indices.entry(index).or_default();
        let old = index.documents.get(&id);
        let (version, old_bytes) = old.map_or((0, 0), |it| (it.version, it.bytes));
        if old.is_none() {
            self.documents += 1;
        }
        let bytes = text.len();
        self.bytes = self.bytes - old_bytes + bytes;
        let parse = move || Json::parse(&text).unwrap_or_default();
        let source: LazyJson = LazyCell::new(Box::new(parse));
        let (version, sequence) = (version + 1, index.written);
        index.written += 1;
        let document = Document { source, version, sequence, bytes };
        index.documents.insert(id, document);
    }
}

//! The entries of fixtures, and the files that a scenario file names.

use std::path::{Path, PathBuf};

use lsp_types::Range;

use super::name::is_section;
use crate::lsp::text::Text;
use crate::source::{File, Kind, Node, Span};
use crate::suite::SuiteFile;

/// The names that a document defines or refers to.
#[derive(Debug, Clone, Default)]
pub(in crate::lsp) struct Outline {
    /// Entries of fixtures.
    pub(super) entries: Vec<Entry>,
    /// Flow files and folders that a scenario file names.
    pub(super) flows: Vec<PathBuf>,
    /// Fixtures files and folders that a scenario file names.
    pub(in crate::lsp) fixtures: Vec<PathBuf>,
}

/// An entry of fixtures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lsp) struct Entry {
    /// The section: `queues`, `dataActions`.
    pub(in crate::lsp) section: String,
    pub(in crate::lsp) name: String,
    /// The place of the name in the document.
    pub(in crate::lsp) range: Range,
}

impl Outline {
    pub(in crate::lsp) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the outline of fixtures.
    pub(super) fn of_fixtures(document: &Node<'_>, file: &File) -> Self {
        let mut outline = Self::default();
        outline.add(document, &Text::new(file.text()));
        outline
    }

    /// Returns the outline of a scenario file. Its tests may have fixtures too.
    pub(super) fn of_scenario(
        document: &Node<'_>,
        suite: &SuiteFile,
        file: &File,
    ) -> Self {
        let found = |paths: &[PathBuf]| paths.iter().map(|it| resolved(it)).collect();
        let mut outline = Self {
            entries: Vec::new(),
            flows: found(&suite.flows),
            fixtures: found(&suite.fixtures),
        };
        let text = Text::new(file.text());
        let tests = document.get("tests").map(Node::items).unwrap_or_default();
        for test in tests.iter().chain(document.get("defaults")) {
            if let Some(fixtures) = test.get("fixtures") {
                outline.add(fixtures, &text);
            }
        }
        outline
    }

    fn add(&mut self, fixtures: &Node<'_>, text: &Text) {
        each_entry(fixtures, &mut |section, name, span, _| {
            let range = text.range(span.start as usize, span.end as usize);
            let (section, name) = (section.to_owned(), name.to_owned());
            self.entries.push(Entry { section, name, range });
        });
    }
}

/// Receives an entry: its section, its name, the place of the name, and that of the whole
/// entry.
type Visit<'v> = dyn FnMut(&str, &str, Span, Span) + 'v;

/// Calls `visit` with the entries of fixtures.
pub(in crate::lsp) fn each_entry(fixtures: &Node<'_>, visit: &mut Visit<'_>) {
    for section in fixtures.entries().iter().filter(|it| is_section(&it.key)) {
        let mut visit = |name: &str, span: Span, entry: Span| {
            visit(&section.key, name, span, entry);
        };
        for entry in section.value.entries() {
            let whole = entry.value.span;
            visit(&entry.key, entry.key_span, whole);
            each_name(&entry.value, &["name"], &mut |name, span| {
                visit(name, span, whole);
            });
        }
        for item in section.value.items() {
            let whole = item.span;
            match &item.kind {
                Kind::String(name) => visit(name, whole, whole),
                _ => each_name(item, &["name", "id", "url"], &mut |name, span| {
                    visit(name, span, whole);
                }),
            }
        }
    }
}

/// Calls `visit` with the values of some keys.
fn each_name(entry: &Node<'_>, keys: &[&str], visit: &mut dyn FnMut(&str, Span)) {
    for value in keys.iter().filter_map(|key| entry.get(key)) {
        if let Some(name) = value.as_str() {
            visit(name, value.span);
        }
    }
}

/// The path without links and dots, if the file exists.
pub(super) fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

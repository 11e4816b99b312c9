//! Places in files that consist of one long line, such as exports: the names of the
//! objects around the place, in place of a line and a column.

use std::collections::BTreeMap;

use crate::source::{FileId, Files, Node, Span, read_json};

/// Longer lines, in characters, are not written by hand. Columns do not help
/// there.
const LONG: u32 = 2_000;

/// Finds paths of names. Every file is parsed once.
pub(super) struct NamedPaths<'f> {
    files: &'f Files,
    documents: BTreeMap<FileId, Option<Node<'f>>>,
}

impl<'f> NamedPaths<'f> {
    pub(super) fn new(files: &'f Files) -> Self {
        Self { files, documents: BTreeMap::new() }
    }

    /// Returns the names of the objects that contain a place as text, outermost first.
    /// Returns `None` if its line is not long, or if no object has a name.
    pub(super) fn of(&mut self, span: Span) -> Option<String> {
        let names = self.names(span)?;
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        Some(names.join(" › "))
    }

    /// Returns these names.
    pub(super) fn names(&mut self, span: Span) -> Option<Vec<String>> {
        let file = self.files.get(span.file);
        let line = file.line(file.position(span.start).line);
        if line.end - line.start < LONG || !file.text().starts_with('{') {
            return None;
        }
        let document =
            self.documents.entry(span.file).or_insert_with(|| read_json(file).ok());
        let mut names: Vec<&str> = Vec::new();
        let mut open = document.as_ref();
        while let Some(node) = open {
            names.extend(node.get("name").and_then(Node::as_str));
            let contains = |node: &&Node<'_>| {
                node.span.start <= span.start && span.start < node.span.end
            };
            let values = node.entries().iter().map(|entry| &entry.value);
            open = values.chain(node.items()).find(contains);
        }
        names.dedup();
        (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;

    #[test]
    fn the_names_around_a_place_are_its_path() {
        let unit = r#"{"name": "Main", "actions": [{"name": "Hello", "text": 5}]}"#;
        let text = |padding: usize| {
            format!(
                r#"{{"name": "F", "pad": "{}", "units": [{unit}]}}"#,
                "x".repeat(padding)
            )
        };
        let path = |text: &str| {
            let mut files = Files::new();
            let file = files.add("flow.json", text);
            let at = text.find("5}").unwrap();
            NamedPaths::new(&files).of(Span::new(file.id(), at, at + 1))
        };
        assert_eq!(path(&text(3_000)).as_deref(), Some("`F` › `Main` › `Hello`"));
        assert_eq!(path(&text(10)), None);
        assert_eq!(path(&text(3_000).replace("name", "nome")), None);
        assert_eq!(path(&(text(3_000) + "]")), None, "not JSON");
    }
}

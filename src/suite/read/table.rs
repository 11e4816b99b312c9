//! Tables: `each` creates a test from every row and replaces `${name}` by its values.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::csv;
use crate::diagnostic::{Decoder, Label, nearest};
use crate::source::{Kind, Node, Span};

/// Maximum number of rows of a table, and maximum length in bytes of a string after
/// placeholders are replaced.
pub(super) const MAX_ROWS: usize = 100_000;
const MAX_TEXT: usize = 64 * 1024;

/// Returns the rows of a table: a list, or the rows of a CSV file, whose path is added to
/// `files`.
pub(super) fn rows<'t, 's>(
    table: &'t Node<'s>,
    folder: &Path,
    files: &mut Vec<PathBuf>,
    decoder: &mut Decoder,
) -> Cow<'t, [Node<'s>]> {
    let reported = decoder.diagnostic_count();
    let items: Cow<'t, [Node<'s>]> = match &table.kind {
        Kind::Array(items) => items.into(),
        Kind::String(name) => {
            let path = super::joined(folder, &**name);
            let rows = csv::read(&path, table.span, decoder);
            files.push(path);
            rows.into()
        }
        _ => {
            let expected = "a list of rows, each an object, or the path of a CSV file";
            decoder.unexpected("`each`", table, expected);
            return Cow::default();
        }
    };
    if decoder.diagnostic_count() > reported {
        return Cow::default();
    }
    if items.is_empty() || items.len() > MAX_ROWS {
        let message =
            format!("`each` has {} rows, expected 1 to {MAX_ROWS}", items.len());
        decoder.error(table.span, message);
        return Cow::default();
    }
    items
}

/// A test with a table. The common parts are stored once; placeholders are filled row by
/// row.
pub(super) struct Template<'s> {
    test: Node<'s>,
    holes: Vec<Placeholder<'s>>,
}

/// A string with `${name}` in it.
struct Placeholder<'s> {
    /// Indices of the entries and items that lead to it from the test.
    path: Vec<usize>,
    /// Whether it is the key of the last of these entries, instead of its value.
    is_key: bool,
    /// String as written.
    text: Cow<'s, str>,
    /// Position in the scenario file.
    span: Span,
}

impl<'s> Template<'s> {
    pub(super) fn new(test: Node<'s>) -> Self {
        let mut holes = Vec::new();
        for (index, entry) in test.entries().iter().enumerate() {
            find_holes(&entry.value, &mut vec![index], &mut holes);
        }
        Self { test, holes }
    }

    /// Returns the test, filled with the values of the last row.
    pub(super) fn test(&self) -> &Node<'s> {
        &self.test
    }

    /// Returns whether the node at this path is the same in all rows.
    pub(super) fn is_alike(&self, path: &[usize]) -> bool {
        !self.holes.iter().any(|hole| hole.path.starts_with(path))
    }

    /// Fills the test with the values of a row; `None` if the row lacks one.
    pub(super) fn of_row(
        &mut self,
        row: &Node<'s>,
        decoder: &mut Decoder,
    ) -> Option<&Node<'s>> {
        if !matches!(row.kind, Kind::Object(_)) {
            decoder.unexpected("a row of `each`", row, "an object of names and values");
            return None;
        }
        let reported = decoder.diagnostic_count();
        for hole in &self.holes {
            hole.fill(&mut self.test, row, decoder);
        }
        // Suppresses follow-on errors of unfilled placeholders.
        (decoder.diagnostic_count() == reported).then_some(&self.test)
    }
}

fn find_holes<'s>(
    node: &Node<'s>,
    path: &mut Vec<usize>,
    holes: &mut Vec<Placeholder<'s>>,
) {
    let span = node.span;
    match &node.kind {
        Kind::String(text) if text.contains("${") => {
            holes.push(Placeholder {
                path: path.clone(),
                is_key: false,
                text: text.clone(),
                span,
            });
        }
        Kind::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index);
                find_holes(item, path, holes);
                path.pop();
            }
        }
        Kind::Object(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                path.push(index);
                if entry.key.contains("${") {
                    let (text, span) = (entry.key.clone(), entry.key_span);
                    holes.push(Placeholder {
                        path: path.clone(),
                        is_key: true,
                        text,
                        span,
                    });
                }
                find_holes(&entry.value, path, holes);
                path.pop();
            }
        }
        _ => {}
    }
}

impl<'s> Placeholder<'s> {
    fn fill(&self, test: &mut Node<'s>, row: &Node<'s>, decoder: &mut Decoder) {
        let Some((&last, path)) = self.path.split_last() else { return };
        let parent = path.iter().try_fold(test, |node, &index| below(node, index));
        let Some(parent) = parent else { return };
        match &mut parent.kind {
            Kind::Object(entries) if self.is_key => {
                entries[last].key = self.replaced(row, decoder).into();
            }
            _ => {
                let Some(node) = below(parent, last) else { return };
                node.kind = self.value(row, decoder);
            }
        }
    }

    /// Returns the value of the hole. A string that is only one placeholder takes the
    /// value unchanged: a number stays a number, and `null` stays `null`.
    fn value(&self, row: &Node<'s>, decoder: &mut Decoder) -> Kind<'s> {
        let whole = self.text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        if let Some(name) = whole.filter(|name| !name.contains(['{', '}']))
            && let Some(value) = row.get(name.trim())
        {
            return value.kind.clone();
        }
        Kind::String(self.replaced(row, decoder).into())
    }

    fn replaced(&self, row: &Node<'_>, decoder: &mut Decoder) -> String {
        let mut out = String::new();
        let mut rest = &*self.text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            match row.get(name.trim()) {
                Some(value) => out.push_str(&printed(value)),
                None => self.unknown(name.trim(), row, decoder),
            }
            rest = tail;
            if out.len() > MAX_TEXT {
                let message = format!("the string becomes longer than {MAX_TEXT} bytes");
                decoder.error(self.span, message);
                return String::new();
            }
        }
        out.push_str(rest);
        out
    }

    fn unknown(&self, name: &str, row: &Node<'_>, decoder: &mut Decoder) {
        let names: Vec<&str> = row.entries().iter().map(|entry| &*entry.key).collect();
        let help = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `${{{near}}}`?"),
            None => format!("the row has {}", names.join(", ")),
        };
        let message = format!("the row of `each` has no `{name}`");
        let diagnostic = decoder.error(self.span, message);
        diagnostic.help = Some(help);
        diagnostic.labels.push(Label { span: row.span, text: "this row".into() });
    }
}

/// Returns an item or the value of an entry, by its index.
fn below<'n, 's>(node: &'n mut Node<'s>, index: usize) -> Option<&'n mut Node<'s>> {
    match &mut node.kind {
        Kind::Array(items) => items.get_mut(index),
        Kind::Object(entries) => entries.get_mut(index).map(|entry| &mut entry.value),
        _ => None,
    }
}

fn printed<'n>(value: &'n Node<'_>) -> Cow<'n, str> {
    match &value.kind {
        Kind::String(text) | Kind::Number(text) => (&**text).into(),
        Kind::Boolean(truth) => truth.to_string().into(),
        Kind::Null => "null".into(),
        _ => crate::flow::read::json(value).to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Files, read_document};

    /// Returns the test of a document filled with every row of its table, and the
    /// diagnostics.
    fn rows_of(text: &str) -> (Vec<String>, Vec<String>) {
        let file = Files::new().add("a.yaml", text);
        let document = read_document(&file).unwrap();
        let mut decoder = Decoder::new(Code::INVALID_SCENARIO);
        let mut template = Template::new(document.get("test").unwrap().clone());
        let rows = document.get("each").unwrap().items().iter();
        let tests = rows.filter_map(|row| {
            template.of_row(row, &mut decoder).map(crate::flow::read::json)
        });
        let tests = tests.map(|test| test.to_string()).collect();
        let wrong = decoder.into_diagnostics().into_iter().map(|it| it.message);
        (tests, wrong.collect())
    }

    #[test]
    fn rows_do_not_affect_each_other() {
        let (tests, wrong) = rows_of(
            "test: {a: '${x}', b: ['${x} and ${y}', {'${y}': '${x}'}], c: as it is}\n\
             each: [{x: 1, y: p}, {x: [1, '${y}'], y: q}, {x: null, y: true}]\n",
        );
        assert_eq!(
            tests,
            [
                r#"{"a":1,"b":["1 and p",{"p":1}],"c":"as it is"}"#,
                r#"{"a":[1,"${y}"],"b":["[1,\"${y}\"] and q",{"q":[1,"${y}"]}],"c":"as it is"}"#,
                r#"{"a":null,"b":["null and true",{"true":null}],"c":"as it is"}"#,
            ]
        );
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn a_row_that_lacks_a_name_is_reported_and_the_next_is_kept() {
        let (tests, wrong) =
            rows_of("test: {a: 'is ${x}'}\neach: [{x: 1}, {z: 2}, 3, {x: 4}]\n");
        assert_eq!(tests, [r#"{"a":"is 1"}"#, r#"{"a":"is 4"}"#]);
        assert_eq!(
            wrong,
            [
                "the row of `each` has no `x`",
                "a row of `each` is a number, expected an object of names and values",
            ]
        );
    }

    #[test]
    fn nodes_without_placeholders_are_alike_in_all_rows() {
        let file = Files::new().add("a.yaml", "e: {a: [1, '${x}'], b: [2], '${x}': 3}");
        let template = Template::new(read_document(&file).unwrap());
        let alike = [[0, 0], [0, 1], [0, 2]].map(|way| template.is_alike(&way));
        assert_eq!(alike, [false, true, false]);
    }
}

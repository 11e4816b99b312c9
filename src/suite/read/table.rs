//! Tables: `each` makes a test of every row, with its values in place of `${name}`.

use std::borrow::Cow;

use crate::diagnostic::{Decoder, Label, nearest};
use crate::source::{Kind, Node, Span};

/// How many rows a table may have, and how large texts may become with what stands in it.
const MAX_ROWS: usize = 100_000;
const MAX_TEXT: usize = 64 * 1024;

/// The rows of a table.
pub(super) fn rows<'t, 's>(table: &'t Node<'s>, decoder: &mut Decoder) -> &'t [Node<'s>] {
    let Kind::Array(items) = &table.kind else {
        decoder.unexpected("`each`", table, "a list of rows, each an object");
        return &[];
    };
    if items.is_empty() || items.len() > MAX_ROWS {
        let message =
            format!("`each` has {} rows, expected 1 to {MAX_ROWS}", items.len());
        decoder.wrong(table.span, message);
        return &[];
    }
    items
}

/// A test with a table. What all rows have in common is there once, the rest is put in row
/// by row.
pub(super) struct Template<'s> {
    test: Node<'s>,
    holes: Vec<Hole<'s>>,
}

/// A text with `${name}` in it.
struct Hole<'s> {
    /// The numbers of the entries and items that lead to it from the test.
    way: Vec<usize>,
    /// Whether it is the key of the last of these entries, and not its value.
    is_key: bool,
    /// As it is written.
    text: Cow<'s, str>,
    /// Where it stands.
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

    /// The test, as the last row that was put in has it.
    pub(super) fn test(&self) -> &Node<'s> {
        &self.test
    }

    /// Whether what these numbers of entries and items lead to is the same in all rows.
    pub(super) fn is_alike(&self, way: &[usize]) -> bool {
        !self.holes.iter().any(|hole| hole.way.starts_with(way))
    }

    /// The test as one row has it; nothing if the row lacks something.
    pub(super) fn of_row(
        &mut self,
        row: &Node<'s>,
        decoder: &mut Decoder,
    ) -> Option<&Node<'s>> {
        if !matches!(row.kind, Kind::Object(_)) {
            decoder.unexpected("a row of `each`", row, "an object of names and values");
            return None;
        }
        let told = decoder.told();
        for hole in &self.holes {
            hole.fill(&mut self.test, row, decoder);
        }
        // What would be read of a test with a gap is no mistake of its own.
        (decoder.told() == told).then_some(&self.test)
    }
}

fn find_holes<'s>(node: &Node<'s>, way: &mut Vec<usize>, holes: &mut Vec<Hole<'s>>) {
    let span = node.span;
    match &node.kind {
        Kind::String(text) if text.contains("${") => {
            holes.push(Hole {
                way: way.clone(),
                is_key: false,
                text: text.clone(),
                span,
            });
        }
        Kind::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                way.push(index);
                find_holes(item, way, holes);
                way.pop();
            }
        }
        Kind::Object(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                way.push(index);
                if entry.key.contains("${") {
                    let (text, span) = (entry.key.clone(), entry.key_span);
                    holes.push(Hole { way: way.clone(), is_key: true, text, span });
                }
                find_holes(&entry.value, way, holes);
                way.pop();
            }
        }
        _ => {}
    }
}

impl<'s> Hole<'s> {
    fn fill(&self, test: &mut Node<'s>, row: &Node<'s>, decoder: &mut Decoder) {
        let Some((&last, way)) = self.way.split_last() else { return };
        let around = way.iter().try_fold(test, |node, &index| below(node, index));
        let Some(around) = around else { return };
        match &mut around.kind {
            Kind::Object(entries) if self.is_key => {
                entries[last].key = self.replaced(row, decoder).into();
            }
            _ => {
                let Some(node) = below(around, last) else { return };
                node.kind = self.value(row, decoder);
            }
        }
    }

    /// A text that is one placeholder and nothing else takes the value as it is: a number
    /// stays a number, `null` stays `null`.
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
            let Some((name, behind)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            match row.get(name.trim()) {
                Some(value) => out.push_str(&printed(value)),
                None => self.unknown(name.trim(), row, decoder),
            }
            rest = behind;
            if out.len() > MAX_TEXT {
                let message = format!("the text becomes longer than {MAX_TEXT} bytes");
                decoder.wrong(self.span, message);
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
        let diagnostic = decoder.wrong(self.span, message);
        diagnostic.help = Some(help);
        diagnostic.labels.push(Label { span: row.span, text: "this row".into() });
    }
}

/// An item or the value of an entry, by its number.
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

    /// The test of a document as every row of its table has it, and what is wrong.
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
    fn no_row_leaves_anything_to_the_next() {
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
    fn a_row_that_lacks_a_name_is_wrong_and_the_next_is_not() {
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
    fn what_holds_no_placeholder_is_alike_in_all_rows() {
        let file = Files::new().add("a.yaml", "e: {a: [1, '${x}'], b: [2], '${x}': 3}");
        let template = Template::new(read_document(&file).unwrap());
        let alike = [[0, 0], [0, 1], [0, 2]].map(|way| template.is_alike(&way));
        assert_eq!(alike, [false, true, false]);
    }
}

//! Rows with `NaN` or `Infinity`, which are not JSON, but which Python and tables of Arrow
//! write. Such a row is a mistake with its id and the name of the value.

use std::fmt::Write;

use super::row::{self, RowError};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{File, Files, Node, Span, read_json};

/// The words for numbers that JSON lacks. The longest one comes first.
const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// The largest number of places that are reported: each is looked up in the whole row.
const MOST_PLACES: usize = 10;

const HELP: &str = "use a number, or null for a missing value";

/// Returns the error of a row that is JSON except for such numbers. Returns `None` for any
/// other row.
pub(super) fn error(row: &File) -> Option<RowError> {
    let (text, places) = without_words(row.text());
    if places.is_empty() {
        return None;
    }
    let file = Files::new().add("row", text);
    let document = read_json(&file).ok()?;
    let id = document.get("id");
    let has_id = id.is_some_and(|id| places.iter().all(|(at, _)| !is_at(id, *at)));
    let id = has_id.then(|| row::id(&document).ok()).flatten();
    let mistakes = places.iter().take(MOST_PLACES).map(|(at, word)| {
        let message =
            format!("{} is {word}, which JSON does not have", name(&document, *at));
        let span = Span::new(file.id(), *at, at + word.len());
        Diagnostic::new(Code::INVALID_REQUEST, message).at(span).help(HELP)
    });
    let id = id.unwrap_or_else(|| row::NO_ID.to_owned());
    Some(RowError::new(id, mistakes.collect(), &file))
}

/// Returns the text with a string of the same length in place of each of the words, and
/// their places.
fn without_words(text: &str) -> (String, Vec<(usize, &'static str)>) {
    let (mut out, mut places) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(word) = WORDS.into_iter().find(|word| rest.starts_with(word)) {
            places.push((out.len(), word));
            write!(out, "\"{}\"", "x".repeat(word.len() - 2)).ok();
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        let length = if next == '"' { string_length(rest) } else { next.len_utf8() };
        out.push_str(rest.get(..length).unwrap_or(rest));
        rest = rest.get(length..).unwrap_or_default();
    }
    (out, places)
}

/// Returns the length of the string with which the text begins, with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = true;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' if !is_escaped => is_escaped = true,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// Returns the keys that lead to a place, such as `variables.Flow.total`.
fn name(document: &Node<'_>, at: usize) -> String {
    let (mut node, mut path) = (document, String::new());
    loop {
        if let Some(entry) = node.entries().iter().find(|it| is_at(&it.value, at)) {
            let separator = if path.is_empty() { "" } else { "." };
            write!(path, "{separator}{}", entry.key).ok();
            node = &entry.value;
            continue;
        }
        let mut items = (0..).zip(node.items());
        let Some((index, item)) = items.find(|(_, item)| is_at(item, at)) else { break };
        write!(path, "[{index}]").ok();
        node = item;
    }
    if path.is_empty() { "the row".to_owned() } else { format!("`{path}`") }
}

fn is_at(node: &Node<'_>, at: usize) -> bool {
    (node.span.start as usize..node.span.end as usize).contains(&at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        let file = Files::new().add("row", text);
        let mut out = String::new();
        error(&file)?.write(&mut out);
        Some(out)
    }

    #[test]
    fn the_id_stays_and_the_value_is_named() {
        let row = r#"{"id": "é", "variables": {"a": [1, NaN], "s": "NaN \" Infinity"},
            "seed": -Infinity}"#;
        let expected = concat!(
            r#"{"id":"é","error":{"code":"INVALID_REQUEST","#,
            r#""message":"`variables.a[1]` is NaN, which JSON does not have","#,
            r#""help":"use a number, or null for a missing value","column":36,"#,
            r#""more":[{"code":"INVALID_REQUEST","#,
            r#""message":"`seed` is -Infinity, which JSON does not have","#,
            r#""help":"use a number, or null for a missing value","column":21}]}}"#,
            "\n"
        );
        assert_eq!(written(row).unwrap(), expected);
        let found = written(r#"{"seed": 1, "id": NaN}"#).unwrap();
        assert!(found.starts_with(r#"{"id":null,"error":"#), "{found}");
        assert!(found.contains("`id` is NaN"), "{found}");
        assert!(written("NaN").unwrap().contains("the row is NaN"));
    }

    /// A list of a hundred thousand such numbers would otherwise take minutes.
    #[test]
    fn the_first_of_many_places_are_reported() {
        let row = format!(
            "{{\"id\": 1, \"variables\": {{\"a\": [{}1]}}}}",
            "NaN, ".repeat(100_000)
        );
        let found = written(&row).unwrap();
        assert_eq!(found.matches("is NaN").count(), MOST_PLACES);
        assert!(found.starts_with("{\"id\":1,"), "{found}");
    }

    #[test]
    fn other_mistakes_are_not_about_numbers() {
        for text in
            ["{", r#"{"a": "NaN"}"#, r#"{"a": "\\", "b": nan}"#, "{\"a\": NaN", "\"\\"]
        {
            assert_eq!(written(text), None, "{text}");
        }
    }
}

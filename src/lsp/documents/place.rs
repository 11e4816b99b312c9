//! The place of the cursor in a scenario file or in fixtures, from the indentation of the
//! lines above and the brackets of the line. This works while the document is not valid
//! YAML.

use super::schema::ITEM;
use crate::lsp::text::{Text, indentation, key};

/// The role of a word in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The key of an object.
    Key,
    /// A value, or an item of a list in brackets.
    Value,
    /// A key without its colon, or the only word of a list item.
    Open,
}

/// A word of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// The text, without quotes.
    pub(super) text: &'t str,
    /// The byte of the line at which the text begins.
    pub(super) start: usize,
    /// Whether the document has it in quotes.
    pub(super) is_quoted: bool,
    pub(super) role: Role,
    /// The keys and lists that enclose it, outermost first.
    pub(super) path: Vec<String>,
}

/// Returns the word that ends at the cursor. It may be empty.
pub(super) fn typed<'t>(text: &Text, line: usize, before: &'t str) -> Option<Word<'t>> {
    let mut words = words(before)?;
    let last = words.pop()?;
    Some(placed(last, text, line, before))
}

/// Returns the word around a byte of a line.
pub(super) fn word_at(text: &Text, line: usize, column: usize) -> Option<Word<'_>> {
    let content = text.line(line);
    let holds = |it: &Word<'_>| it.start <= column && column <= it.start + it.text.len();
    let mut found = words(content)?.into_iter().find(holds)?;
    found.text = found.text.trim_end();
    (!found.text.is_empty()).then(|| placed(found, text, line, content))
}

/// Returns the value of another key of the object in which a line is.
pub(super) fn sibling<'t>(text: &'t Text, line: usize, name: &str) -> Option<&'t str> {
    let of_line = |number: usize| {
        let is_it = |it: &Word<'_>| {
            it.role == Role::Value && it.path.last().is_some_and(|key| key == name)
        };
        let value = words(text.line(number))?.into_iter().find(is_it)?;
        Some(value.text.trim_end()).filter(|it| !it.is_empty())
    };
    let depth = indentation(text.line(line));
    let is_in = |number: &usize| {
        let content = text.line(*number);
        content.trim().is_empty() || indentation(content) >= depth
    };
    let is_own = |number: usize| indentation(text.line(number)) == depth;
    // A dash begins the object.
    let begins = |number: usize| is_own(number) && has_dash(text.line(number));
    let first = (0..=line).rev().take_while(is_in).find(|it| begins(*it));
    let first = first.unwrap_or_default();
    let after = (line + 1..text.lines()).take_while(is_in);
    let after = after.take_while(|number| !begins(*number));
    let before = (first..=line).rev().take_while(is_in);
    before.chain(after).filter(|it| is_own(*it)).find_map(of_line)
}

/// Adds the keys of the lines above.
fn placed<'t>(word: Word<'t>, text: &Text, line: usize, content: &str) -> Word<'t> {
    let mut path = lines_above(text, line, content);
    path.extend(word.path);
    Word { path, ..word }
}

/// Returns the keys and lists that enclose a line, outermost first.
fn lines_above(text: &Text, line: usize, content: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut depth = indentation(content);
    let mut is_item = has_dash(content);
    for number in (0..line).rev() {
        let content = text.line(number);
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        let own = indentation(content);
        if own == depth {
            is_item |= has_dash(content);
        } else if own < depth
            && let Some(key) = key(content)
        {
            if is_item {
                path.push(ITEM.to_owned());
            }
            path.push(key.to_owned());
            (depth, is_item) = (own, has_dash(content));
        }
    }
    path.reverse();
    path
}

fn has_dash(line: &str) -> bool {
    let content = line.trim_start();
    content == "-" || content.starts_with("- ")
}

/// A bracket that is open, and the key whose value comes next.
enum Open {
    /// Without brackets, or in braces.
    Object(Option<String>),
    List,
}

/// Returns the words of a line, each with the keys of its line. The last one may be empty:
/// the place after a space or a bracket. `None` in a comment.
fn words(line: &str) -> Option<Vec<Word<'_>>> {
    let mut open = vec![Open::Object(None)];
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut at = indentation(line);
    let mut is_complete = false;
    while let Some(first) = line[at..].chars().next() {
        let after = at + first.len_utf8();
        if matches!(first, ' ' | '\t') {
            at = after;
            continue;
        }
        if first == '#' && (at == 0 || line[..at].ends_with(' ')) {
            return None;
        }
        let is_colon = first == ':' && is_colon(&line[after..]);
        if is_colon || bracket(first, &mut open) {
            (at, is_complete) = (after, true);
            continue;
        }
        let (word, end) = word(line, at, &open);
        at = end;
        is_complete = word.is_quoted && end > word.start + word.text.len();
        if word.role == Role::Key
            && let Some(Open::Object(key)) = open.last_mut()
        {
            *key = Some(word.text.trim_end().to_owned());
        }
        words.push(word);
    }
    let reaches_end = |it: &Word<'_>| it.start + it.text.len() == line.len();
    if is_complete || !words.last().is_some_and(reaches_end) {
        let role = role(&open);
        let path = path(&open);
        words.push(Word { text: "", start: line.len(), is_quoted: false, role, path });
    }
    Some(words)
}

/// Opens or closes brackets, or ends an entry in them. Returns `false` for a character of a
/// word.
fn bracket(character: char, open: &mut Vec<Open>) -> bool {
    match character {
        '{' => open.push(Open::Object(None)),
        '[' => open.push(Open::List),
        '}' | ']' if open.len() > 1 => drop(open.pop()),
        ',' if open.len() > 1 => {
            if let Some(Open::Object(key)) = open.last_mut() {
                *key = None;
            }
        }
        _ => return false,
    }
    true
}

/// Reads the word that begins at a byte. Returns it with the byte after it.
fn word<'t>(line: &'t str, at: usize, open: &[Open]) -> (Word<'t>, usize) {
    let rest = &line[at..];
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
    let (start, length, end) = match quote {
        Some(quote) => {
            let length = rest[1..].find(quote);
            let end = length.map_or(rest.len(), |length| length + 2);
            (at + 1, length.unwrap_or(rest.len() - 1), at + end)
        }
        None => {
            let length = plain_length(rest, open.len() > 1);
            (at, length, at + length)
        }
    };
    let after = line[end..].trim_start();
    let is_key = after.strip_prefix(':').is_some_and(is_colon);
    let role = if is_key { Role::Key } else { role(open) };
    let text = &line[start..start + length];
    (Word { text, start, is_quoted: quote.is_some(), role, path: path(open) }, end)
}

/// The length of a word without quotes.
fn plain_length(rest: &str, is_in_brackets: bool) -> usize {
    let ends = |(at, character): &(usize, char)| match character {
        ',' | '[' | ']' | '{' | '}' => is_in_brackets,
        ':' => is_colon(&rest[at + 1..]),
        '#' => rest[..*at].ends_with(' '),
        _ => false,
    };
    rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at)
}

/// Whether a colon before this text separates a key from its value.
fn is_colon(after: &str) -> bool {
    after.is_empty() || after.starts_with([' ', '\t'])
}

fn role(open: &[Open]) -> Role {
    match open {
        [.., Open::Object(Some(_)) | Open::List] => Role::Value,
        [Open::Object(None)] | [] => Role::Open,
        [.., Open::Object(None)] => Role::Key,
    }
}

fn path(open: &[Open]) -> Vec<String> {
    let steps = open.iter().filter_map(|it| match it {
        Open::Object(key) => key.clone(),
        Open::List => Some(ITEM.to_owned()),
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = "\
flows: desk.yaml
tests:
- name: One
  # a comment
  expect: {status: completed, path: {contains: [Hello, \"Good bye\"]}}
- name: Two
  expect:
    path:
      - Hello
      - Wh
    routing: {queueName: Main office}
";

    /// The word that ends at the end of a part of the text.
    fn at(until: &str) -> (String, Role, String) {
        let text = Text::new(SCENARIO);
        let end = SCENARIO.find(until).unwrap() + until.len();
        let before = SCENARIO[..end].rsplit('\n').next().unwrap();
        let line = SCENARIO[..end].matches('\n').count();
        let word = typed(&text, line, before).unwrap();
        (word.text.to_owned(), word.role, word.path.join(" "))
    }

    fn word(text: &str, role: Role, path: &str) -> (String, Role, String) {
        (text.to_owned(), role, path.to_owned())
    }

    #[test]
    fn the_place_is_that_of_lines_and_brackets() {
        assert_eq!(at("flows: "), word("", Role::Value, "flows"));
        assert_eq!(at("- na"), word("na", Role::Open, "tests []"));
        assert_eq!(at("expect: {st"), word("st", Role::Key, "tests [] expect"));
        let status = "tests [] expect status";
        assert_eq!(at("status: comp"), word("comp", Role::Value, status));
        assert_eq!(at("completed, "), word("", Role::Key, "tests [] expect"));
        let path = "tests [] expect path contains []";
        assert_eq!(at("contains: ["), word("", Role::Value, path));
        assert_eq!(at("\"Good b"), word("Good b", Role::Value, path));
        assert_eq!(at("- Wh"), word("Wh", Role::Open, "tests [] expect path []"));
        let queue = "tests [] expect routing queueName";
        assert_eq!(at("queueName: Main "), word("Main ", Role::Value, queue));
    }

    #[test]
    fn a_word_is_found_around_the_cursor() {
        let text = Text::new(SCENARIO);
        let found = |line: usize, needle: &str| {
            let column = text.line(line).find(needle).unwrap() + 1;
            word_at(&text, line, column).map(|it| (it.text.to_owned(), it.role))
        };
        assert_eq!(found(4, "ood bye"), Some(("Good bye".into(), Role::Value)));
        assert_eq!(found(4, "status"), Some(("status".into(), Role::Key)));
        assert_eq!(found(8, "Hello"), Some(("Hello".into(), Role::Open)));
        assert_eq!(found(3, "comment"), None);
        assert_eq!(sibling(&text, 6, "name"), Some("Two"));
        assert_eq!(sibling(&text, 5, "expect"), None, "an object is not a word");
        assert_eq!(sibling(&text, 6, "flows"), None);
    }
}

//! The text of a document, with the positions of the protocol: lines from 0, and columns
//! in UTF-16 code units.

use lsp_types::{Position, Range, TextDocumentContentChangeEvent};

/// The text of an open document.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    text: String,
    line_starts: Vec<usize>,
}

impl Text {
    pub(super) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts =
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { text, line_starts }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The number of lines; an empty text has one.
    pub(super) fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// Returns a line without its break. A line that does not exist is empty.
    pub(super) fn line(&self, number: usize) -> &str {
        let Some(&start) = self.line_starts.get(number) else { return "" };
        let end = self.line_starts.get(number + 1).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// Converts a position to a byte offset. A column after the end of the line counts as
    /// its end, as the protocol requires.
    pub(super) fn offset(&self, position: Position) -> usize {
        let number = position.line as usize;
        let Some(&start) = self.line_starts.get(number) else { return self.text.len() };
        let mut units = 0;
        let line = self.line(number);
        for (at, character) in line.char_indices() {
            if units >= position.character {
                return start + at;
            }
            units += width(character);
        }
        start + line.len()
    }

    /// Converts a byte offset to a position. An offset inside a character counts as its
    /// start.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|&start| start <= offset).max(1) - 1;
        let before = &self.text[self.line_starts[line]..offset];
        let character = before.chars().map(width).sum();
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character }
    }

    pub(super) fn range(&self, start: usize, end: usize) -> Range {
        Range { start: self.position(start), end: self.position(end) }
    }

    /// Applies the changes of a notification, in their order.
    pub(super) fn apply(&mut self, changes: Vec<TextDocumentContentChangeEvent>) {
        for change in changes {
            let text = match change.range {
                None => change.text,
                Some(range) => {
                    let start = self.offset(range.start);
                    let end = self.offset(range.end).max(start);
                    let mut text = std::mem::take(&mut self.text);
                    text.replace_range(start..end, &change.text);
                    text
                }
            };
            *self = Self::new(text);
        }
    }
}

/// The number of UTF-16 code units of a character: 1 or 2.
fn width(character: char) -> u32 {
    if character.len_utf16() == 2 { 2 } else { 1 }
}

/// The number of spaces before the content of a line. A dash of a list item counts as
/// space, so that `- task:` is as deep as the keys of the item.
pub(super) fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// Returns the key of a line such as `  - task:` or `  name: Main`, without quotes.
pub(super) fn key(line: &str) -> Option<&str> {
    let content = line.trim_start_matches([' ', '-']);
    let (key, rest) = content.split_once(':')?;
    let is_key = rest.is_empty() || rest.starts_with(' ');
    let key = key.trim_matches(['"', '\'']);
    (is_key && !key.is_empty() && !key.starts_with('#')).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_are_utf_16_code_units() {
        let text = Text::new("a😀b\r\nçd");
        let b = text.as_str().find('b').unwrap();
        assert_eq!(text.position(b), at(0, 3));
        assert_eq!(text.offset(at(0, 3)), b);
        assert_eq!(text.offset(at(0, 99)), b + 1, "before the line break");
        assert_eq!(text.offset(at(1, 1)), text.as_str().find('d').unwrap());
        assert_eq!(text.offset(at(9, 0)), text.as_str().len());
        assert_eq!(text.position(999), at(1, 2));
    }

    #[test]
    fn changes_are_applied_in_order() {
        let mut text = Text::new("one\ntwo\n");
        let change = |range, text: &str| TextDocumentContentChangeEvent {
            range,
            range_length: None,
            text: text.into(),
        };
        text.apply(vec![
            change(Some(Range { start: at(0, 3), end: at(1, 0) }), " "),
            change(Some(Range { start: at(0, 0), end: at(0, 3) }), "1"),
        ]);
        assert_eq!(text.as_str(), "1 two\n");
        text.apply(vec![change(None, "all")]);
        assert_eq!((text.as_str(), text.lines()), ("all", 1));
    }

    #[test]
    fn keys_and_their_depth_are_found_in_broken_lines_too() {
        assert_eq!((key("  - task:"), indentation("  - task:")), (Some("task"), 4));
        assert_eq!(key("    name: Main: 1"), Some("name"));
        assert_eq!((key("    nam"), key("  # a: b"), key("")), (None, None, None));
    }
}

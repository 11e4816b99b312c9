//! The text of a document, with the positions of the protocol: lines from 0, and columns
//! in UTF-16 code units.

use std::hash::{DefaultHasher, Hash, Hasher};

use lsp_types::{Position, Range, TextDocumentContentChangeEvent};

/// The text of an open document.
#[derive(Debug, Clone)]
pub(super) struct Text {
    text: String,
    line_starts: Vec<usize>,
    /// Places in the text and the UTF-16 code units before them, about every
    /// [`STRIDE`] bytes. A line may have millions of characters.
    units: Vec<(usize, usize)>,
    /// A digest of each line, so that long lines are compared once.
    digests: Vec<u64>,
}

/// The distance between two places with a known number of code units, in bytes.
const STRIDE: usize = 512;

impl Text {
    pub(super) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts =
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        let units = places(&text);
        let mut text = Self { text, line_starts, units, digests: Vec::new() };
        text.digests = (0..text.lines()).map(|it| digest(text.line(it))).collect();
        text
    }

    /// Whether a line is the same in another text.
    pub(super) fn has_same_line(&self, other: &Self, number: usize) -> bool {
        self.digests.get(number).copied().unwrap_or_else(|| digest(""))
            == other.digests.get(number).copied().unwrap_or_else(|| digest(""))
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
        let end = start + self.line(number).len();
        let wanted = self.units_before(start) + position.character as usize;
        let place = self.units.partition_point(|(_, units)| *units <= wanted);
        let (place, mut units) = self.units[place.max(1) - 1];
        for (at, character) in self.text[place..end.max(place)].char_indices() {
            if units >= wanted {
                return (place + at).max(start);
            }
            units += character.len_utf16();
        }
        end
    }

    /// Returns the position of the end of a line.
    pub(super) fn line_end(&self, number: usize) -> Position {
        let start = self.line_starts.get(number).copied().unwrap_or(self.text.len());
        self.position(start + self.line(number).len())
    }

    /// The UTF-16 code units before a byte offset.
    fn units_before(&self, offset: usize) -> usize {
        let place = self.units.partition_point(|(at, _)| *at <= offset);
        let (place, units) = self.units[place.max(1) - 1];
        units + self.text[place..offset].chars().map(char::len_utf16).sum::<usize>()
    }

    /// Converts a byte offset to a position. An offset inside a character counts as its
    /// start.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|&start| start <= offset).max(1) - 1;
        let start = self.line_starts[line];
        let character = self.units_before(offset) - self.units_before(start);
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(character) }
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

/// Returns places with the number of UTF-16 code units before them.
fn places(text: &str) -> Vec<(usize, usize)> {
    let (mut places, mut units) = (vec![(0, 0)], 0);
    let mut next = STRIDE;
    for (at, character) in text.char_indices() {
        if at >= next {
            places.push((at, units));
            next = at + STRIDE;
        }
        units += character.len_utf16();
    }
    places
}

fn digest(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
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

    fn place(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_are_utf_16_code_units() {
        let text = Text::new("a😀b\r\nçd");
        let b = text.as_str().find('b').unwrap();
        assert_eq!(text.position(b), place(0, 3));
        assert_eq!(text.offset(place(0, 3)), b);
        assert_eq!(text.offset(place(0, 99)), b + 1, "before the line break");
        assert_eq!(text.offset(place(1, 1)), text.as_str().find('d').unwrap());
        assert_eq!(text.offset(place(9, 0)), text.as_str().len());
        assert_eq!(text.position(999), place(1, 2));
    }

    #[test]
    fn columns_of_long_lines_are_utf_16_code_units() {
        let line: String = "aé😀".chars().cycle().take(3 * STRIDE).collect();
        let text = Text::new(format!("{line}\n{line}"));
        let mut units = 0;
        for (at, character) in line.char_indices() {
            for (number, start) in [(0, 0), (1, line.len() + 1)] {
                assert_eq!(text.position(start + at), place(number, units));
                assert_eq!(text.offset(place(number, units)), start + at);
            }
            units += u32::try_from(character.len_utf16()).unwrap();
        }
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
            change(Some(Range { start: place(0, 3), end: place(1, 0) }), " "),
            change(Some(Range { start: place(0, 0), end: place(0, 3) }), "1"),
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

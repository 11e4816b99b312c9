//! Pieces of a line, and their layout on the lines of a terminal.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::preview::MAX_LINES;

/// Role of a piece of text; colours only emphasize it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Ordinary text.
    Plain,
    /// Secondary text: times, types, guide lines of the tree.
    Faint,
    /// Names of flows and nodes.
    Name,
    /// Prompts.
    Speech,
    /// Caller input.
    Caller,
    /// Path of the call.
    Path,
    /// Note.
    Note,
    /// Error.
    Error,
    /// Success.
    Success,
}

impl Ink {
    /// Returns the terminal style.
    pub(super) fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Faint => Style::new().dimmed(),
            Self::Name => Style::new().bold(),
            Self::Speech => color(AnsiColor::Green),
            Self::Caller => color(AnsiColor::Cyan),
            Self::Path => color(AnsiColor::Blue),
            Self::Note => color(AnsiColor::Yellow),
            Self::Error => color(AnsiColor::Red).bold(),
            Self::Success => color(AnsiColor::Green).bold(),
        }
    }
}

/// A part of a line. It is kept on one line if it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) ink: Ink,
    pub(super) text: String,
    /// End of the text, kept even if the text is truncated: a closing quote.
    closing: &'static str,
    /// Whether the piece begins a new line.
    pub(super) is_apart: bool,
}

impl Piece {
    /// Creates a piece that follows the previous one on the same line, if it fits.
    pub(super) fn new(ink: Ink, text: impl Into<String>) -> Self {
        Self { ink, text: text.into(), closing: "", is_apart: false }
    }

    /// Creates quoted words, which stay closed when they are truncated.
    pub(super) fn quote(ink: Ink, before: &str, words: &str) -> Self {
        Self { closing: "”", ..Self::new(ink, format!("{before}“{words}")) }
    }

    /// Returns the complete text.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.text, self.closing)
    }

    /// Returns the width in columns.
    fn width(&self) -> usize {
        width_of(&self.text).saturating_add(width_of(self.closing))
    }

    /// Moves the piece to a new line.
    pub(super) fn apart(self) -> Self {
        Self { is_apart: true, ..self }
    }
}

/// Strings with their inks, in order.
pub(super) type Line = Vec<(Ink, String)>;

/// Width of the gap between two pieces.
const GAP: usize = 2;

/// Minimum space at the end of a line for the beginning of a broken piece.
const MIN_ROOM: usize = 16;

/// Distributes pieces over lines of width `room`; the first line has only `first_room`. A
/// piece that does not fit on a line is broken between words into at most [`MAX_LINES`]
/// lines; the rest is truncated.
pub(super) fn lay_out(pieces: &[Piece], first_room: usize, room: usize) -> Vec<Line> {
    let mut line = Line::new();
    let mut lines = Vec::new();
    let mut left = first_room;
    for (index, piece) in pieces.iter().enumerate() {
        let needed = piece.width().saturating_add(if line.is_empty() { 0 } else { GAP });
        if needed <= left && (index == 0 || !piece.is_apart) {
            if !line.is_empty() {
                line.push((Ink::Plain, " ".repeat(GAP)));
            }
            line.push((piece.ink, piece.text()));
            left -= needed;
            continue;
        }
        if index > 0 || first_room < room.min(MIN_ROOM) {
            lines.push(std::mem::take(&mut line));
            left = room;
        }
        for (number, text) in break_up(piece, left, room).into_iter().enumerate() {
            if number > 0 {
                lines.push(std::mem::take(&mut line));
                left = room;
            }
            left = left.saturating_sub(width_of(&text));
            line.push((piece.ink, text));
        }
    }
    lines.push(line);
    lines
}

/// Breaks a piece into lines; the first line has only `first_room`.
fn break_up(piece: &Piece, first_room: usize, room: usize) -> Vec<String> {
    let closing = width_of(piece.closing);
    let mut parts = Vec::new();
    let mut rest = piece.text.as_str();
    let mut left = first_room;
    while width_of(rest).saturating_add(closing) > left && parts.len() + 1 < MAX_LINES {
        let (head, tail) = rest.split_at(breaking_point(rest, left));
        parts.push(head.trim_end().to_owned());
        rest = tail.trim_start();
        left = room;
    }
    let mut last = shortened_to_width(rest, left.saturating_sub(closing));
    last.push_str(piece.closing);
    parts.push(last);
    parts
}

/// Returns the position at which to break text that is too wide: a space after the
/// first third that does not separate a key from its value, else any position.
fn breaking_point(text: &str, room: usize) -> usize {
    let end = fitting(text, room).max(text.chars().next().map_or(0, char::len_utf8));
    let through = end + usize::from(text[end..].starts_with(' '));
    let mut spaces = text[..through].rmatch_indices(' ').map(|(at, _)| at);
    let space = spaces.find(|&at| !text[..at].ends_with(':'));
    space.filter(|&at| at > end / 3).map_or(end, |at| at + 1)
}

/// Returns the width in columns of text that is safe for the terminal.
pub(super) fn width_of(text: &str) -> usize {
    // Fast path for ASCII, the usual case.
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Returns the number of bytes that fit. Characters of zero width are limited, too, so
/// that text of only such characters ends.
fn fitting(text: &str, room: usize) -> usize {
    if text.is_ascii() {
        return text.len().min(room);
    }
    let mut used: usize = 0;
    for (count, (at, character)) in text.char_indices().enumerate() {
        used += character.width().unwrap_or(0);
        if used > room || count / 4 > room {
            return at;
        }
    }
    text.len()
}

/// Truncates text with `…` if it is too wide.
pub(crate) fn shortened_to_width(text: &str, room: usize) -> String {
    if width_of(text) <= room && fitting(text, room) == text.len() {
        return text.into();
    }
    let end = fitting(text, room.saturating_sub(1));
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strings_of(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| line.iter().map(|(_, text)| text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    fn plain(text: &str) -> Piece {
        Piece::new(Ink::Plain, text)
    }

    #[test]
    fn pieces_share_a_line_while_they_fit() {
        let pieces = [plain("one"), plain("two"), plain("three")];
        assert_eq!(strings_of(&lay_out(&pieces, 99, 99)), ["one  two  three"]);
        assert_eq!(strings_of(&lay_out(&pieces, 8, 8)), ["one  two", "three"]);
        assert_eq!(strings_of(&lay_out(&pieces, 2, 8)), ["", "one  two", "three"]);
    }

    #[test]
    fn a_piece_apart_begins_a_line() {
        let pieces = [plain("one"), plain("note").apart()];
        assert_eq!(strings_of(&lay_out(&pieces, 99, 99)), ["one", "note"]);
        assert_eq!(strings_of(&lay_out(&pieces[1..], 99, 99)), ["note"]);
    }

    #[test]
    fn long_speech_is_broken_between_words_and_cut_inside_its_quotes() {
        let speech = Piece::quote(
            Ink::Speech,
            "",
            "Hello and welcome to us, press one or two or three",
        );
        let lines = lay_out(&[speech, plain("pressed 1")], 12, 12);
        assert_eq!(
            strings_of(&lines),
            ["“Hello and", "welcome to", "us, press…”", "pressed 1"]
        );
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(shortened_to_width("日本語", 6), "日本語");
        assert_eq!(shortened_to_width("日本語", 5), "日本…");
        let lines = lay_out(&[plain("日本語日本語日本語日本語")], 6, 6);
        assert_eq!(strings_of(&lines), ["日本語", "日本語", "日本…"]);
    }

    #[test]
    fn zero_width_characters_are_truncated_too() {
        let marks = format!("a{}", "\u{301}".repeat(1_000));
        assert!(shortened_to_width(&marks, 10).chars().count() < 60);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_limit(
            words in prop::collection::vec("[a-z日é ]{0,30}", 0..6),
            first in 0_usize..40,
            room in 4_usize..40,
        ) {
            let pieces: Vec<Piece> = words.iter().map(|text| plain(text)).collect();
            for (index, line) in strings_of(&lay_out(&pieces, first.min(room), room)).iter().enumerate() {
                let limit = if index == 0 { first.min(room) } else { room };
                prop_assert!(line.width() <= limit, "{line:?} in {limit}");
            }
        }
    }
}

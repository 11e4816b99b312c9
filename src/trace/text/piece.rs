//! Pieces of a line, and how they are put on lines of a screen.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::preview::MAX_LINES;

/// What a piece of a line is about; the colours only stress it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Nothing in particular.
    Plain,
    /// What is seldom looked at: times, types, the lines of the tree.
    Faint,
    /// Names of flows and nodes.
    Name,
    /// What was said.
    Speech,
    /// What the caller did.
    Caller,
    /// Where the call goes.
    Way,
    /// Something worth knowing.
    Note,
    /// Something went wrong.
    Error,
    /// All is well.
    Success,
}

impl Ink {
    /// As the terminal shows it.
    pub(super) fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Faint => Style::new().dimmed(),
            Self::Name => Style::new().bold(),
            Self::Speech => color(AnsiColor::Green),
            Self::Caller => color(AnsiColor::Cyan),
            Self::Way => color(AnsiColor::Blue),
            Self::Note => color(AnsiColor::Yellow),
            Self::Error => color(AnsiColor::Red).bold(),
            Self::Success => color(AnsiColor::Green).bold(),
        }
    }
}

/// A part of what a line says. It is kept together where there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) ink: Ink,
    pub(super) text: String,
    /// What ends the text even if it is cut: a closing quote.
    closing: &'static str,
    /// Whether the piece begins a line of its own.
    pub(super) is_apart: bool,
}

impl Piece {
    /// A piece that stands behind the one before it, if there is room.
    pub(super) fn new(ink: Ink, text: impl Into<String>) -> Self {
        Self { ink, text: text.into(), closing: "", is_apart: false }
    }

    /// Words in quotes, which stay closed when the words are cut.
    pub(super) fn quote(ink: Ink, before: &str, words: &str) -> Self {
        Self { closing: "”", ..Self::new(ink, format!("{before}“{words}")) }
    }

    /// All of it, uncut.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.text, self.closing)
    }

    /// How many columns it takes.
    fn width(&self) -> usize {
        width_of(&self.text).saturating_add(width_of(self.closing))
    }

    /// The same on a line of its own.
    pub(super) fn apart(self) -> Self {
        Self { is_apart: true, ..self }
    }
}

/// Texts with their ink, one behind the other.
pub(super) type Line = Vec<(Ink, String)>;

/// How wide the gap between two pieces is.
const GAP: usize = 2;

/// The least room at the end of a line that a broken piece may begin in.
const MIN_ROOM: usize = 16;

/// Puts the pieces on lines: as many on one as there is room for, the first line of which
/// may have less. A piece that has no room on a line is broken between words and goes on at
/// most [`MAX_LINES`] lines; the rest of it is cut.
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

/// The lines that a piece takes, the first of which may have less room.
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
    let mut last = shortened(rest, left.saturating_sub(closing));
    last.push_str(piece.closing);
    parts.push(last);
    parts
}

/// Where to break a text that is too wide: at a space behind the first third that does not part
/// a key from its value, else anywhere.
fn breaking_point(text: &str, room: usize) -> usize {
    let end = fitting(text, room).max(text.chars().next().map_or(0, char::len_utf8));
    let through = end + usize::from(text[end..].starts_with(' '));
    let mut spaces = text[..through].rmatch_indices(' ').map(|(at, _)| at);
    let space = spaces.find(|&at| !text[..at].ends_with(':'));
    space.filter(|&at| at > end / 3).map_or(end, |at| at + 1)
}

/// How many columns a text takes that is safe for the terminal.
pub(super) fn width_of(text: &str) -> usize {
    // By far the most texts, and much faster.
    if text.is_ascii() { text.len() } else { text.width() }
}

/// How many bytes of a text fit. Characters that take no room are counted too, so that a
/// text made of them alone ends somewhere.
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

/// A text that is cut with `…` if it is too wide.
pub(super) fn shortened(text: &str, room: usize) -> String {
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

    fn texts(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| line.iter().map(|(_, text)| text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    fn plain(text: &str) -> Piece {
        Piece::new(Ink::Plain, text)
    }

    #[test]
    fn pieces_share_a_line_while_there_is_room() {
        let pieces = [plain("one"), plain("two"), plain("three")];
        assert_eq!(texts(&lay_out(&pieces, 99, 99)), ["one  two  three"]);
        assert_eq!(texts(&lay_out(&pieces, 8, 8)), ["one  two", "three"]);
        assert_eq!(texts(&lay_out(&pieces, 2, 8)), ["", "one  two", "three"]);
    }

    #[test]
    fn a_piece_apart_begins_a_line() {
        let pieces = [plain("one"), plain("note").apart()];
        assert_eq!(texts(&lay_out(&pieces, 99, 99)), ["one", "note"]);
        assert_eq!(texts(&lay_out(&pieces[1..], 99, 99)), ["note"]);
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
            texts(&lines),
            ["“Hello and", "welcome to", "us, press…”", "pressed 1"]
        );
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(shortened("日本語", 6), "日本語");
        assert_eq!(shortened("日本語", 5), "日本…");
        let lines = lay_out(&[plain("日本語日本語日本語日本語")], 6, 6);
        assert_eq!(texts(&lines), ["日本語", "日本語", "日本…"]);
    }

    #[test]
    fn what_takes_no_room_is_cut_too() {
        let marks = format!("a{}", "\u{301}".repeat(1_000));
        assert!(shortened(&marks, 10).chars().count() < 60);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room(
            words in prop::collection::vec("[a-z日é ]{0,30}", 0..6),
            first in 0_usize..40,
            room in 4_usize..40,
        ) {
            let pieces: Vec<Piece> = words.iter().map(|text| plain(text)).collect();
            for (index, line) in texts(&lay_out(&pieces, first.min(room), room)).iter().enumerate() {
                let limit = if index == 0 { first.min(room) } else { room };
                prop_assert!(line.width() <= limit, "{line:?} in {limit}");
            }
        }
    }
}

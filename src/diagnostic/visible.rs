//! Makes untrusted strings safe to print. Characters that move the cursor, start a
//! terminal command or are invisible become visible symbols.

use std::fmt::Write;

use crate::value::{Json, shortened};

/// The maximum number of printed characters of a message, label or help.
const MAX_CHARACTERS: usize = 2_000;

/// Replaces every character that has no visible symbol.
const REPLACEMENT: char = '\u{fffd}';

/// Returns the character itself if it is printable, otherwise one symbol in its place.
pub(crate) fn sign(character: char) -> char {
    match character {
        '\0'..='\u{1f}' => {
            char::from_u32(0x2400 + character as u32).unwrap_or(REPLACEMENT)
        }
        '\u{7f}' => '\u{2421}',
        // Terminals interpret C1 controls like escape sequences.
        '\u{80}'..='\u{9f}' => REPLACEMENT,
        // Invisible, or changing the direction of the following text.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' => {
            REPLACEMENT
        }
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => REPLACEMENT,
        '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => REPLACEMENT,
        '\u{fffe}' | '\u{ffff}' => REPLACEMENT,
        other => other,
    }
}

/// Makes a string printable on one line, at most `MAX_CHARACTERS` long.
pub(crate) fn one_line(text: &str) -> String {
    shortened(text, MAX_CHARACTERS).chars().map(sign).collect()
}

/// Like [`one_line`], but keeps line breaks.
pub(crate) fn lines(text: &str) -> String {
    shortened(text, MAX_CHARACTERS).chars().map(sign_in_lines).collect()
}

/// Like [`lines`], but without a limit on the length.
pub(crate) fn all_lines(text: &str) -> String {
    text.chars().map(sign_in_lines).collect()
}

/// Formats JSON on one line. Characters that a terminal would interpret or hide are
/// escaped in YAML's notation; they occur only in strings. YAML reads the result
/// unchanged.
pub(crate) fn json(value: &Json) -> String {
    let mut out = String::new();
    for character in value.to_string().chars() {
        if sign(character) == character {
            out.push(character);
        } else {
            let _ = write!(out, "\\U{:08x}", u32::from(character));
        }
    }
    out
}

fn sign_in_lines(character: char) -> char {
    if character == '\n' { '\n' } else { sign(character) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_controls_are_replaced() {
        let hostile =
            "\u{1b}[31m\u{9b}2J\u{7}\r\u{8}\u{7f}\u{202e}\u{200b}\u{2028}a\tb\nc";
        assert_eq!(one_line(hostile), "␛[31m�2J␇␍␈␡���a␉b␊c");
        assert_eq!(lines("a\r\nb"), "a␍\nb");
    }

    #[test]
    fn other_alphabets_stay() {
        let text = "größe 日本語 😀 👩\u{200d}👧 می\u{200c}خواهم";
        assert_eq!(one_line(text), text);
    }

    #[test]
    fn long_strings_are_cut() {
        assert_eq!(one_line(&"é".repeat(2_000)).chars().count(), 2_000);
        let cut = one_line(&"é".repeat(2_001));
        assert!(cut.ends_with("é…"));
        assert_eq!(cut.chars().count(), 2_001);
    }
}

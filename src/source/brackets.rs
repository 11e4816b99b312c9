//! Brackets of YAML that nothing closes. The parser finds them at a later line, or at the
//! end of the file.

/// Returns the bracket that is open at a byte of a document and that nothing closes, with
/// its place. If a bracket of the other kind closes, the inner one is the result; if nothing
/// closes any of them, the outermost one.
pub(super) fn unclosed(text: &str, at: usize) -> Option<(usize, char)> {
    let mut scanner = Scanner { text, at: 0, open: Vec::new() };
    while let Some(closing) = scanner.next_closing() {
        let Some((start, opening)) = scanner.open.pop() else { continue };
        // Another bracket in its place: the inner one was forgotten.
        if counterpart(opening) != closing {
            if start < at {
                return Some((start, opening));
            }
            while scanner.open.pop().is_some_and(|(_, it)| counterpart(it) != closing) {}
        }
    }
    scanner.open.first().copied().filter(|(start, _)| *start < at)
}

/// Returns the bracket that closes a bracket.
pub(super) fn counterpart(opening: char) -> char {
    if opening == '[' { ']' } else { '}' }
}

/// Reads the tokens of a document that may be broken.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// The open brackets, outermost first.
    open: Vec<(usize, char)>,
}

impl Scanner<'_> {
    /// Moves past the next closing bracket, and returns it. Strings, comments and blocks of
    /// text have no brackets.
    fn next_closing(&mut self) -> Option<char> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            let is_inside = !self.open.is_empty();
            let start = self.at;
            self.at += match first {
                '[' | '{' => {
                    self.open.push((start, first));
                    1
                }
                ']' | '}' | ',' if is_inside => 1,
                '#' if self.text[..start].chars().next_back().is_none_or(is_space) => {
                    line_length(rest)
                }
                '"' | '\'' => quoted_length(rest, first),
                '|' | '>' if !is_inside => self.block_length(),
                '-' | '?' | ':' if rest[1..].chars().next().is_none_or(is_space) => 1,
                '&' | '*' | '!' => {
                    let ends = |it| is_space(it) || is_inside && "[]{},".contains(it);
                    rest.find(ends).unwrap_or(rest.len())
                }
                _ if is_space(first) => first.len_utf8(),
                _ => plain_length(rest, is_inside),
            };
            if is_inside && matches!(first, ']' | '}') {
                return Some(first);
            }
        }
    }

    /// The length of a block of text, with its first line. Its lines are indented more than
    /// its key, or than the dash of its item.
    fn block_length(&self) -> usize {
        let (before, rest) = self.text.split_at(self.at);
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        let mut depth = indentation(&self.text[line..]);
        while let Some(item) = self.text[line + depth..self.at].strip_prefix("- ") {
            let inner = depth + 2 + indentation(item);
            if line + inner >= self.at {
                break;
            }
            depth = inner;
        }
        let mut length = 0;
        for (number, line) in rest.split_inclusive('\n').enumerate() {
            if number > 0 && !line.trim().is_empty() && indentation(line) <= depth {
                break;
            }
            length += line.len();
        }
        length
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of a string with its quotes, or up to the end of the text.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' && quote == '"' {
            is_escaped = true;
        } else if character == quote {
            // Two single quotes in a string are one: the rest is read as another string.
            return at + 1;
        }
    }
    rest.len()
}

/// The length of a word or sentence without quotes: up to its colon, comment or bracket, or
/// the end of the line.
fn plain_length(rest: &str, is_inside: bool) -> usize {
    let ends = |(at, character): &(usize, char)| match character {
        '\n' => true,
        ',' | '[' | ']' | '{' | '}' => is_inside,
        ':' => rest[at + 1..].chars().next().is_none_or(is_space),
        '#' => rest[..*at].ends_with(is_space),
        _ => false,
    };
    let end = rest.char_indices().skip(1).find(ends);
    end.map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{Files, read_yaml};

    /// The text after the bracket that is found at the end of the text.
    fn found(text: &str) -> Option<&str> {
        unclosed(text, text.len()).map(|(at, _)| &text[at..])
    }

    #[test]
    fn the_bracket_without_a_counterpart_is_found() {
        assert_eq!(found("a: [1, 2\nb: 3\n"), Some("[1, 2\nb: 3\n"));
        assert_eq!(found("a: {b: [1}\n"), Some("[1}\n"));
        assert_eq!(found("a: {b: [1]\nc: [2]\n"), Some("{b: [1]\nc: [2]\n"));
        assert_eq!(found("a: [1]\nb: {c: 2}\n"), None);
        assert_eq!(found("a: 1]\n"), None);
        assert_eq!(unclosed("a: [1]\nb: [2\n", 4), None, "it begins after the byte");
    }

    #[test]
    fn brackets_in_strings_comments_and_blocks_do_not_count() {
        for text in [
            "a: \"[\"\n",
            "a: 'it''s [\\'\n",
            "a: \"\\\"[\"\n",
            "a: b [\n",
            "a: 1 # [\n",
            "# [\na: b#[\n",
            "a: |\n  [\n\n  {\nb: >-\n  [\n",
            "- a: |\n    [\n  b: 1\n",
            "- |\n  [\n- 1\n",
            "a: [x y, 'z [', \"]\"]\n",
            "a: &b[ 1\nc: !d 2\n",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
        assert_eq!(found("- a: |\n    {\n  b: [\n"), Some("[\n"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_scanner_fail(text in "[\\[\\]{},:#'\"|>\\- \nabé&!\\\\]{0,60}") {
            let _ = unclosed(&text, text.len());
        }

        #[test]
        fn documents_without_errors_close_their_brackets(
            text in "([a-c]: (\\[[ab, \"]{0,5}\\]|\\{[ab:, ]{0,5}\\}|[a'\\[]{1,4}|\\|\n  \\[)\n){1,4}"
        ) {
            let file = Files::new().add("a.yaml", text.clone());
            prop_assume!(read_yaml(&file).is_ok());
            prop_assert_eq!(unclosed(&text, text.len()), None);
        }
    }
}

//! Words and symbols of an expression, for editors: their kinds, and the expression with
//! regular spaces. The parser does not use them; text that is not an expression has them
//! too.

use super::parse::parse;

/// A word or symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'t> {
    /// The kind.
    pub kind: TokenKind,
    /// The text.
    pub text: &'t str,
    /// The byte at which it starts.
    pub start: usize,
}

/// The kinds of words and symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The name of a function: a word before a parenthesis.
    Function,
    /// A word of a name: `Flow` and `x` of `Flow.x.name`.
    Variable,
    /// A further word of a name: `name` of `Flow.x.name`.
    Property,
    /// `and`, `or`, `true`, `false`, `NOT_SET`.
    Keyword,
    /// A string with its quotes.
    String,
    /// A number.
    Number,
    /// An operator, `?` and `:` included.
    Operator,
    /// A parenthesis, bracket, comma or point.
    Punctuation,
}

const KEYWORDS: [&str; 5] = ["and", "or", "true", "false", "NOT_SET"];
const PAIRS: [&str; 4] = ["==", "!=", "<=", ">="];

/// Returns the words and symbols of an expression, which may be broken.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let length = length_of_next(rest);
        let text = rest.get(..length).unwrap_or(rest);
        if !text.trim().is_empty() {
            let kind = kind_of(text, rest, &tokens);
            tokens.push(Token { kind, text, start });
        }
        start += length;
    }
    tokens
}

fn length_of_next(rest: &str) -> usize {
    let is_inner = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    let count = |is: &dyn Fn(char) -> bool| rest.find(|it| !is(it)).unwrap_or(rest.len());
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '"' => length_of_string(rest),
        _ if first.is_whitespace() => count(&char::is_whitespace),
        '0'..='9' => count(&|it| it.is_ascii_digit() || it == '.'),
        '.' if rest[1..].starts_with(|it: char| it.is_ascii_digit()) => {
            1 + rest[1..].find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len() - 1)
        }
        _ if is_inner(first) => count(&is_inner),
        _ if PAIRS.iter().any(|pair| rest.starts_with(pair)) => 2,
        _ => first.len_utf8(),
    }
}

/// The length of a string with its quotes; to the end of the text if it is not closed.
fn length_of_string(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn kind_of(text: &str, rest: &str, before: &[Token<'_>]) -> TokenKind {
    let first = text.chars().next().unwrap_or_default();
    let is_part = before.last().is_some_and(|it| it.text == ".");
    match first {
        '"' if is_part => property(before),
        '"' => TokenKind::String,
        '(' | ')' | '[' | ']' | ',' => TokenKind::Punctuation,
        '.' if text.len() == 1 => TokenKind::Punctuation,
        '0'..='9' | '.' => TokenKind::Number,
        _ if !(first.is_alphanumeric() || first == '_' || first == '$') => {
            TokenKind::Operator
        }
        _ if is_part => property(before),
        _ if KEYWORDS.iter().any(|it| it.eq_ignore_ascii_case(text)) => {
            TokenKind::Keyword
        }
        _ if rest[text.len()..].trim_start().starts_with('(') => TokenKind::Function,
        _ => TokenKind::Variable,
    }
}

/// The kind of a word after a point: the second word of a name, or a further one.
fn property(before: &[Token<'_>]) -> TokenKind {
    let words = before.iter().rev().skip(1);
    let is_second = match words.clone().next() {
        Some(word) => {
            word.kind == TokenKind::Variable
                && words.clone().nth(1).is_none_or(|it| it.text != ".")
        }
        None => false,
    };
    if is_second { TokenKind::Variable } else { TokenKind::Property }
}

/// Returns the expression with one space around binary operators and after commas, and no
/// others. Words, parentheses and line breaks stay. `None` if the text is not an
/// expression.
pub fn formatted(text: &str) -> Option<String> {
    parse(text).ok()?;
    let tokens = tokens(text);
    let mut written = String::with_capacity(text.len());
    let mut end = 0;
    for (index, token) in tokens.iter().enumerate() {
        let between = text.get(end..token.start).unwrap_or_default();
        if between.contains('\n') {
            written.push_str(between);
        } else if index > 0 && has_space(&tokens[..index], token) {
            written.push(' ');
        }
        written.push_str(token.text);
        end = token.start + token.text.len();
    }
    let is_same = parse(&written).is_ok()
        && self::tokens(&written)
            .iter()
            .map(|it| it.text)
            .eq(tokens.iter().map(|it| it.text));
    is_same.then_some(written)
}

/// Whether a space is written between the last of the tokens and the next one.
fn has_space(before: &[Token<'_>], next: &Token<'_>) -> bool {
    let Some(last) = before.last() else { return false };
    let is_prefix = last.kind == TokenKind::Operator
        && (matches!(last.text, "!" | "~")
            || last.text == "-" && !ends_operand(&before[..before.len() - 1]));
    match (last.text, next.text) {
        _ if is_prefix => false,
        ("(" | "[" | ".", _) | (_, ")" | "]" | "," | ".") => false,
        (",", _) => true,
        (_, "(") => last.kind != TokenKind::Function,
        (_, "[") => !ends_operand(before),
        _ => true,
    }
}

/// Whether an operator after these tokens has a left side.
fn ends_operand(before: &[Token<'_>]) -> bool {
    before.last().is_some_and(|last| match last.kind {
        TokenKind::Operator => false,
        TokenKind::Punctuation => matches!(last.text, ")" | "]"),
        TokenKind::Keyword => {
            !["and", "or"].iter().any(|it| it.eq_ignore_ascii_case(last.text))
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_have_kinds() {
        let found = tokens("Upper(Flow.a.b) == \"x\\\"(\" and 1.5 > .5");
        let kinds: Vec<_> = found.iter().map(|it| (it.text, it.kind)).collect();
        use TokenKind::{
            Function, Keyword, Number, Operator, Property, Punctuation, String, Variable,
        };
        assert_eq!(
            kinds,
            [
                ("Upper", Function),
                ("(", Punctuation),
                ("Flow", Variable),
                (".", Punctuation),
                ("a", Variable),
                (".", Punctuation),
                ("b", Property),
                (")", Punctuation),
                ("==", Operator),
                ("\"x\\\"(\"", String),
                ("and", Keyword),
                ("1.5", Number),
                (">", Operator),
                (".5", Number),
            ]
        );
    }

    #[test]
    fn spaces_become_regular() {
        for (text, expected) in [
            ("a+b", "a + b"),
            ("Upper( Flow.x ,1 )", "Upper(Flow.x, 1)"),
            ("!( a )and -1<b", "!(a) and -1 < b"),
            ("a - -1", "a - -1"),
            ("x?1:2", "x ? 1 : 2"),
            ("Flow.list[ 0 ] .name", "Flow.list[0].name"),
            ("If(a==\"x  y\",1,2)", "If(a == \"x  y\", 1, 2)"),
            ("a or(b)", "a or (b)"),
            ("a\n  +b", "a\n  + b"),
        ] {
            assert_eq!(formatted(text).as_deref(), Some(expected), "{text}");
            assert_eq!(formatted(expected).as_deref(), Some(expected));
        }
        assert_eq!(formatted("1 +"), None);
    }

    proptest! {
        #[test]
        fn any_text_has_tokens(text in "\\PC{0,40}") {
            let all: usize = tokens(&text).iter().map(|it| it.text.len()).sum();
            prop_assert!(all <= text.len());
        }

        #[test]
        fn formatting_keeps_the_words(text in "[abF.()\\[\\],+\\-!<=?:\"1 ]{0,24}") {
            if let Some(written) = formatted(&text) {
                let words = |text: &str| -> String { text.split_whitespace().collect() };
                prop_assert_eq!(words(&written), words(&text));
                prop_assert_eq!(formatted(&written), Some(written));
            }
        }
    }
}

//! Strict JSON, whose tokens `jsonc-parser` scans. The reader does not recurse, because a
//! flow may be nested very deep.

use std::borrow::Cow;

use jsonc_parser::common::Range;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::file::File;
use super::nesting::Levels;
use super::node::{Entry, Kind, Node};
use super::read::{Nested, Problem, ProblemKind};
use super::span::{FileId, Span};

pub(super) fn read<'s>(
    file: &'s File,
    sequences: &'static [&'static str],
) -> Result<Nested<'s>, Problem> {
    let mut reader = Reader {
        file,
        scanner: Scanner::new(file.text(), &strict()),
        levels: Levels::new(sequences),
        open: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
    };
    let Some(mut token) = reader.scan()? else {
        return Err(problem_at(file.span(), "the file contains no value".into(), None));
    };
    loop {
        let mut node = match reader.value(token)? {
            Begun::Value(node) => node,
            Begun::Opened(first) => {
                token = first;
                continue;
            }
        };
        token = loop {
            match reader.add(node)? {
                Added::Next(token) => break token,
                Added::Closed(closed) => node = closed,
                Added::Root(root) => return reader.finish(root),
            }
        };
    }
}

/// The options for strict scanning. The scanner is lenient by default, but a file that
/// only flowsim can read would be a trap.
fn strict() -> ScannerOptions {
    ScannerOptions {
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

struct Reader<'s> {
    file: &'s File,
    scanner: Scanner<'s>,
    levels: Levels,
    /// The lists and objects that are not complete, outermost first.
    open: Vec<Open<'s>>,
    /// The complete items of the lists in `open`. A list takes its items from the end, so
    /// that it allocates its memory once.
    items: Vec<Node<'s>>,
    /// The complete entries of the objects in `open`, likewise.
    entries: Vec<Entry<'s>>,
}

/// A list or object that is not complete.
struct Open<'s> {
    start: usize,
    content: Content<'s>,
}

enum Content<'s> {
    /// The index of the first item.
    Array(usize),
    /// The index of the first entry, and the key whose value is being read.
    Object(usize, (Cow<'s, str>, Span)),
}

/// The result of reading the beginning of a value.
enum Begun<'s> {
    /// The value is complete.
    Value(Node<'s>),
    /// The value is a list or object. This is the first token of its first value.
    Opened(Token<'s>),
}

/// The result of adding a value to the list or object that contains it.
enum Added<'s> {
    /// Another value follows, which begins with this token.
    Next(Token<'s>),
    /// The list or object is complete.
    Closed(Node<'s>),
    /// No list or object contains the value.
    Root(Node<'s>),
}

impl<'s> Reader<'s> {
    fn scan(&mut self) -> Result<Option<Token<'s>>, Problem> {
        let token = self.scanner.scan().map_err(|error| {
            problem(span_of(self.file.id(), error.range()), error.kind())
        })?;
        match token {
            Some(Token::CommentLine(_) | Token::CommentBlock(_)) => {
                Err(self.wrong(&ParseErrorKind::CommentsNotAllowed))
            }
            token => Ok(token),
        }
    }

    /// Reads a value that begins with this token.
    fn value(&mut self, token: Token<'s>) -> Result<Begun<'s>, Problem> {
        let span = self.span();
        let kind = match token {
            Token::OpenBracket => return self.array(span),
            Token::OpenBrace => return self.object(span),
            Token::Null => Kind::Null,
            Token::Boolean(value) => Kind::Boolean(value),
            Token::Number(text) => Kind::Number(text.into()),
            Token::String(text) => {
                refuse_control_characters(self.file, span)?;
                Kind::String(text)
            }
            Token::CloseBracket => {
                return Err(self.wrong(&ParseErrorKind::UnexpectedCloseBracket));
            }
            Token::CloseBrace => {
                return Err(self.wrong(&ParseErrorKind::UnexpectedCloseBrace));
            }
            Token::Comma => return Err(self.wrong(&ParseErrorKind::UnexpectedComma)),
            Token::Colon => return Err(self.wrong(&ParseErrorKind::UnexpectedColon)),
            _ => return Err(self.wrong(&ParseErrorKind::UnexpectedWord)),
        };
        Ok(Begun::Value(Node { span, kind }))
    }

    fn array(&mut self, span: Span) -> Result<Begun<'s>, Problem> {
        self.open_level(span)?;
        let content = Content::Array(self.items.len());
        self.open.push(Open { start: span.start as usize, content });
        match self.scan()? {
            None => Err(self.unterminated()),
            Some(Token::CloseBracket) => Ok(Begun::Value(self.close())),
            Some(token) => Ok(Begun::Opened(token)),
        }
    }

    fn object(&mut self, span: Span) -> Result<Begun<'s>, Problem> {
        self.open_level(span)?;
        let content = Content::Object(self.entries.len(), (Cow::Borrowed(""), span));
        self.open.push(Open { start: span.start as usize, content });
        match self.scan()? {
            Some(Token::CloseBrace) => Ok(Begun::Value(self.close())),
            token => self.key(token).map(Begun::Opened),
        }
    }

    fn open_level(&mut self, span: Span) -> Result<(), Problem> {
        let key = match self.open.last().map(|open| &open.content) {
            Some(Content::Object(_, (key, _))) => Some(&**key),
            _ => None,
        };
        self.levels.open(key, span)
    }

    /// Reads a key and its colon. Returns the first token of its value.
    fn key(&mut self, token: Option<Token<'s>>) -> Result<Token<'s>, Problem> {
        let key = match token {
            Some(Token::String(key)) => key,
            None => return Err(self.unterminated()),
            Some(Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null) => {
                return Err(self.wrong(&ParseErrorKind::ExpectedStringObjectProperty));
            }
            Some(_) => return Err(self.wrong(&ParseErrorKind::UnexpectedTokenInObject)),
        };
        // Without the quotes, so that the span of a key covers only its text.
        let span = self.span();
        let span = Span { start: span.start + 1, end: span.end - 1, ..span };
        refuse_control_characters(self.file, span)?;
        if let Some(Open { content: Content::Object(_, next), .. }) = self.open.last_mut()
        {
            *next = (key, span);
        }
        if self.scan()? != Some(Token::Colon) {
            return Err(self.wrong(&ParseErrorKind::ExpectedColonAfterObjectKey));
        }
        let value = self.scan()?;
        value.ok_or_else(|| self.wrong(&ParseErrorKind::ExpectedObjectValue))
    }

    /// Adds a complete value to the list or object that contains it.
    fn add(&mut self, node: Node<'s>) -> Result<Added<'s>, Problem> {
        let end = self.scanner.token_end();
        let is_array = match self.open.last_mut().map(|open| &mut open.content) {
            None => return Ok(Added::Root(node)),
            Some(Content::Array(_)) => {
                self.items.push(node);
                true
            }
            Some(Content::Object(_, next)) => {
                let (key, key_span) = (std::mem::take(&mut next.0), next.1);
                self.entries.push(Entry { key, key_span, value: node });
                false
            }
        };
        match self.scan()? {
            Some(Token::Comma) => self.after_comma(is_array).map(Added::Next),
            Some(Token::CloseBracket) if is_array => Ok(Added::Closed(self.close())),
            Some(Token::CloseBrace) if !is_array => Ok(Added::Closed(self.close())),
            None => Err(self.unterminated()),
            Some(token) => Err(self.expected_comma(&token, is_array, end)),
        }
    }

    fn after_comma(&mut self, is_array: bool) -> Result<Token<'s>, Problem> {
        let comma = self.span();
        match (self.scan()?, is_array) {
            (Some(Token::CloseBracket), true) | (Some(Token::CloseBrace), false) => {
                Err(problem(comma, &ParseErrorKind::TrailingCommasNotAllowed))
            }
            (token, false) => self.key(token),
            (token, true) => token.ok_or_else(|| self.unterminated()),
        }
    }

    fn expected_comma(&self, token: &Token<'_>, is_array: bool, end: usize) -> Problem {
        let kind = match token {
            Token::CloseBrace if is_array => ParseErrorKind::UnexpectedCloseBrace,
            Token::Colon if is_array => ParseErrorKind::UnexpectedColon,
            Token::Word(_) if is_array => ParseErrorKind::UnexpectedWord,
            Token::OpenBrace
            | Token::OpenBracket
            | Token::CloseBracket
            | Token::Colon
                if !is_array =>
            {
                ParseErrorKind::UnexpectedTokenInObject
            }
            _ => {
                let place = Span::new(self.file.id(), end, end);
                return problem(place, &ParseErrorKind::ExpectedComma);
            }
        };
        self.wrong(&kind)
    }

    /// Completes the innermost list or object, which ends with the current token.
    fn close(&mut self) -> Node<'s> {
        self.levels.close();
        let end = self.scanner.token_end();
        match self.open.pop() {
            Some(Open { start, content }) => {
                let kind = match content {
                    Content::Array(first) => {
                        Kind::Array(self.items.drain(first..).collect())
                    }
                    Content::Object(first, _) => {
                        Kind::Object(self.entries.drain(first..).collect())
                    }
                };
                Node { span: Span::new(self.file.id(), start, end), kind }
            }
            None => Node { span: self.span(), kind: Kind::Null },
        }
    }

    fn finish(&mut self, document: Node<'s>) -> Result<Nested<'s>, Problem> {
        match self.scan()? {
            None => Ok(Nested { document, too_deep: self.levels.too_deep() }),
            Some(_) => Err(self.wrong(&ParseErrorKind::MultipleRootJsonValues)),
        }
    }

    /// The text ends in a list or object.
    fn unterminated(&self) -> Problem {
        let end = self.scanner.token_end();
        let (start, kind) = match self.open.last() {
            Some(Open { start, content: Content::Object(..) }) => {
                (*start, ParseErrorKind::UnterminatedObject)
            }
            open => {
                let start = open.map_or(end, |open| open.start);
                (start, ParseErrorKind::UnterminatedArray)
            }
        };
        problem(Span::new(self.file.id(), start, end), &kind)
    }

    /// The current token is wrong.
    fn wrong(&self, kind: &ParseErrorKind) -> Problem {
        problem(self.span(), kind)
    }

    /// The place of the current token.
    fn span(&self) -> Span {
        let (start, end) = (self.scanner.token_start(), self.scanner.token_end());
        Span::new(self.file.id(), start, end)
    }
}

/// Rejects control characters. JSON requires escapes for line breaks and the like, but
/// the parser accepts them.
fn refuse_control_characters(file: &File, span: Span) -> Result<(), Problem> {
    let range = span.start as usize..span.end as usize;
    let bytes = file.text().as_bytes().get(range).unwrap_or_default();
    // Without an early exit, so that many bytes are processed at a time.
    if !bytes.iter().fold(false, |found, byte| found | (*byte < b' ')) {
        return Ok(());
    }
    let at = bytes.iter().position(|byte| *byte < b' ').unwrap_or_default();
    let message = "this is not JSON: a string contains a control character".into();
    let hint =
        "write a line break as `\\n` and a tab as `\\t`, or add a missing closing quote";
    Err(problem_at(span.part(at, at + 1), message, Some(hint.into())))
}

fn span_of(file: FileId, range: Range) -> Span {
    Span::new(file, range.start, range.end)
}

fn problem(span: Span, kind: &ParseErrorKind) -> Problem {
    let hint = match kind {
        ParseErrorKind::TrailingCommasNotAllowed => Some("remove the last comma"),
        ParseErrorKind::SingleQuotedStringsNotAllowed => Some("use double quotes"),
        ParseErrorKind::CommentsNotAllowed => Some("remove the comment"),
        ParseErrorKind::ExpectedComma => Some("insert a comma before it"),
        ParseErrorKind::UnterminatedArray => Some("add a closing `]`"),
        ParseErrorKind::UnterminatedObject => Some("add a closing `}`"),
        _ => None,
    };
    let text = kind.to_string();
    let mut message = text.clone();
    if let Some(first) = text.chars().next() {
        message.replace_range(..first.len_utf8(), &first.to_lowercase().to_string());
    }
    problem_at(span, format!("this is not JSON: {message}"), hint.map(Into::into))
}

fn problem_at(span: Span, message: String, hint: Option<String>) -> Problem {
    Problem { kind: ProblemKind::JsonSyntax, span, message, hint, other: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;

    fn read_text(text: &str) -> Result<String, Problem> {
        let file = Files::new().add("a.json", text);
        read(&file, &[]).map(|read| format!("{:?}", read.document.kind))
    }

    #[test]
    fn every_value_has_its_place() {
        let mut files = Files::new();
        let file = files.add("a.json", r#"{"key": ["té\n", 1.50, null]}"#);
        let document = read(&file, &[]).unwrap().document;
        let list = document.get("key").unwrap();
        assert_eq!(files.text(document.entries()[0].key_span), "key");
        assert_eq!(files.text(list.span), r#"["té\n", 1.50, null]"#);
        assert_eq!(list.items()[0].as_str(), Some("té\n"));
        assert_eq!(list.items()[1].kind, Kind::Number("1.50".into()));
        assert_eq!(files.text(list.items()[1].span), "1.50");
    }

    #[test]
    fn only_json_is_json() {
        for text in [
            "{a: 1}",
            "[1,]",
            "['a']",
            "[0x1]",
            "[1] // c",
            "[+1]",
            "[.5]",
            "[1 2]",
            "[\"a\nb\"]",
            "{\"a\tb\": 1}",
            "[NaN]",
        ] {
            let problem = read_text(text).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::JsonSyntax, "{text}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        let deep = "[".repeat(10_000_000);
        assert_eq!(read_text(&deep).unwrap_err().kind, ProblemKind::TooLarge);
        let closed = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(read_text(&closed).unwrap_err().kind, ProblemKind::TooLarge);
        let keys = "{\"a\":".repeat(1_000_000);
        assert_eq!(read_text(&keys).unwrap_err().kind, ProblemKind::TooLarge);
    }

    #[test]
    fn sequences_are_nested_deeper_than_values() {
        let read_sequences = |text: &str| {
            let file = Files::new().add("a.json", text);
            read(&file, &["actions"]).map(drop).map_err(|problem| problem.kind)
        };
        let nested = |count: usize| {
            let open = "{\"actions\":[".repeat(count);
            format!("{open}1{}", "]}".repeat(count))
        };
        assert_eq!(read_sequences(&nested(20_000)), Ok(()));
        assert_eq!(read_sequences(&nested(100_000)), Err(ProblemKind::TooLarge));
        let values = nested(5).replace('1', &"[".repeat(200));
        assert_eq!(read_sequences(&values), Err(ProblemKind::TooLarge));
        let unfinished = "{\"actions\":[".repeat(20_000);
        assert_eq!(read_sequences(&unfinished), Err(ProblemKind::JsonSyntax));
    }

    #[test]
    fn every_mistake_has_its_message_and_place() {
        let mut files = Files::new();
        for (text, message, place) in [
            ("[1", "unterminated array", "[1"),
            ("{\"a\": 1", "unterminated object", "{\"a\": 1"),
            ("{\"a\": ", "expected value after colon in object property", ""),
            (
                "{\"a\" 1}",
                "expected colon after the string or word in object property",
                "1",
            ),
            ("{1: 2}", "expected string for object property", "1"),
            ("{[]}", "unexpected token in object", "["),
            ("{\"a\": 1]", "unexpected token in object", "]"),
            ("[1}", "unexpected close brace", "}"),
            ("[1 2]", "expected comma", ""),
            ("[1,,2]", "unexpected comma", ","),
            ("[1,]", "trailing commas are not allowed", ","),
            ("{\"a\": 1,}", "trailing commas are not allowed", ","),
            ("[] []", "text cannot contain more than one JSON value", "["),
        ] {
            let file = files.add("a.json", text).clone();
            let problem = read(&file, &[]).unwrap_err();
            assert_eq!(problem.message, format!("this is not JSON: {message}"), "{text}");
            assert_eq!(files.text(problem.span), place, "{text}");
        }
    }

    #[test]
    fn the_last_of_duplicate_keys_counts() {
        let file = Files::new().add("a.json", r#"{"a": 1, "a": 2}"#);
        let document = read(&file, &[]).unwrap().document;
        assert_eq!(document.get("a").unwrap().kind, Kind::Number("2".into()));
        assert_eq!(document.entries().len(), 2);
    }
}

//! Syntax errors of expressions.

use pest::error::{Error, ErrorVariant, InputLocation};

use crate::diagnostic::Code;

use super::parse::{MAX_DEPTH, MAX_LENGTH, MAX_NESTING, Rule};
use super::problem::Problem;
use super::tree::Place;

/// Rejects an expression that is too large for the parser. Returns how deep parentheses and
/// brackets are nested.
pub(super) fn check_size(text: &str) -> Result<usize, Problem> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression is longer than {MAX_LENGTH} bytes");
        return Err(Problem::new(Code::EXPRESSION_SYNTAX, (0, 0), message));
    }
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        return Err(Problem::new(
            Code::EXPRESSION_SYNTAX,
            (0, 0),
            "the expression is empty",
        ));
    }
    let (mut depth, mut deepest) = (0_usize, 0);
    for (at, bracket) in brackets(text) {
        depth = match bracket {
            b'(' | b'[' => depth + 1,
            _ => depth.saturating_sub(1),
        };
        if depth > MAX_NESTING {
            let message = format!(
                "parentheses and brackets are nested deeper than {MAX_NESTING} levels"
            );
            return Err(Problem::new(Code::EXPRESSION_SYNTAX, byte(at), message));
        }
        deepest = deepest.max(depth);
    }
    Ok(deepest)
}

/// The error for a tree with too many levels.
pub(super) fn too_many_levels(place: Place) -> Problem {
    let message = format!("the expression has more than {MAX_DEPTH} levels");
    Problem::new(Code::EXPRESSION_SYNTAX, place, message)
        .with_help("compute parts of it in separate variables")
}

/// The error for a sequence of operands that ends early. The grammar rules that out.
pub(super) fn too_deep(text: &str) -> Problem {
    Problem::new(
        Code::EXPRESSION_SYNTAX,
        byte(text.len()),
        "the expression is not complete",
    )
}

/// The error for a property or item of a literal.
pub(super) fn nothing_may_follow(word: &str, place: Place) -> Problem {
    Problem::new(
        Code::EXPRESSION_SYNTAX,
        place,
        format!("`{word}` has no properties or items"),
    )
}

/// Converts an error of the parser to a problem, and recognizes common mistakes.
pub(super) fn explain(text: &str, error: &Error<Rule>) -> Problem {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rest = text.get(at..).unwrap_or_default();
    let place = match rest.chars().next() {
        Some(character) => (byte(at).0, byte(at + character.len_utf8()).0),
        None => byte(text.len()),
    };
    if let Some(problem) = usual_mistake(text, at) {
        return problem;
    }
    let found = match rest.chars().next() {
        Some(_) => format!("found `{}`", shown(rest)),
        None => "found the end of the expression".to_owned(),
    };
    let message = format!("{found}, expected {}", expected(text, at, error));
    Problem::new(Code::EXPRESSION_SYNTAX, place, message)
}

fn expected(text: &str, at: usize, error: &Error<Rule>) -> String {
    let has = |rule: Rule| match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.contains(&rule),
        ErrorVariant::CustomError { .. } => false,
    };
    if text[..at].ends_with('.') && has(Rule::identifier) {
        return "the name of a property".to_owned();
    }
    // The parser reports an expression that does not even begin under the rule of the
    // whole.
    let operand_rules = [
        Rule::expression,
        Rule::argument,
        Rule::identifier,
        Rule::string,
        Rule::integer,
        Rule::group,
    ];
    if operand_rules.into_iter().any(has) {
        return "a value: a name, a number, a string in double quotes, or `(`".to_owned();
    }
    let closing: &[&str] = match unclosed(text.get(..at).unwrap_or_default()) {
        _ if has(Rule::otherwise) => &["`:`"],
        Some((_, b'[')) => &["`]`"],
        Some((open, _)) if is_call(text, open) => &["`,`", "`)`"],
        Some(_) => &["`)`"],
        None => &["the end"],
    };
    match closing {
        [one, other] => format!("an operator, {one} or {other}"),
        one => format!("an operator or {}", one.concat()),
    }
}

/// Recognizes syntax of other languages.
fn usual_mistake(text: &str, at: usize) -> Option<Problem> {
    let wrong_text = wrong_text(text).map(|wrong| wrong.into_problem(text));
    wrong_text.or_else(|| foreign_operator(text, at)).or_else(|| foreign_sign(text, at))
}

/// Recognizes operators that do not exist in Architect or have another place.
fn foreign_operator(text: &str, at: usize) -> Option<Problem> {
    let (before, rest) = text.split_at_checked(at)?;
    let no_operator = |start: usize, length: usize, help: &str| {
        let found = &text[start..start + length];
        let message = format!("Architect has no operator `{found}`");
        Some(mistake(start, length, message, help))
    };
    for (first, second, help) in [
        ("&", "&", "write `and`"),
        ("|", "|", "write `or`"),
        ("<", ">", "write `!=`"),
        ("*", "*", "write `^`"),
        ("", "=>", "write `>=`"),
        ("", "=<", "write `<=`"),
    ] {
        if before.ends_with(first) && rest.starts_with(second) {
            return no_operator(at - first.len(), 2, help);
        }
    }
    if word_before(before).eq_ignore_ascii_case("not") {
        return no_operator(before.trim_end().len() - 3, 3, "write `!`");
    }
    if rest.starts_with('=') {
        let (start, length) = match before.ends_with(['=', '!', '<', '>']) {
            true => (at - 1, 2),
            false => (at, 1),
        };
        let help = "write `==` to compare; the action assigns values, not the expression";
        return Some(mistake(start, length, "`=` does not compare", help));
    }
    let is_or = shown(rest).eq_ignore_ascii_case("or");
    is_or.then(|| {
        let message = "a branch of `? :` cannot contain `or` without parentheses";
        mistake(at, 2, message, "put the branch in parentheses")
    })
}

/// Recognizes characters that have no meaning at their place.
fn foreign_sign(text: &str, at: usize) -> Option<Problem> {
    let (before, rest) = text.split_at_checked(at)?;
    let sign = rest.chars().next()?;
    let length = sign.len_utf8();
    match sign {
        '\'' | '‘' | '’' | '“' | '”' | '„' | '`' => {
            Some(mistake(at, length, "use double quotes for strings", "write \"text\""))
        }
        ';' => {
            let is_within_call = matches!(unclosed(before),
                Some((open, b'(')) if is_call(text, open));
            let (message, help) = match is_within_call {
                true => ("a semicolon does not separate arguments", "write a comma"),
                false => ("an expression does not end with a semicolon", "remove it"),
            };
            Some(mistake(at, length, message, help))
        }
        _ if sign.is_whitespace() || sign == '\u{feff}' => {
            let message = "this white space is not a space, tab or line break";
            Some(mistake(at, length, message, "replace it with a space"))
        }
        '.' | '[' if before.trim_end().ends_with([')', '"']) => {
            let message = "only names and calls have properties and items";
            let help =
                "use a function call: nothing may follow a parenthesis or a string";
            Some(mistake(at, length, message, help))
        }
        _ => None,
    }
}

fn mistake(
    start: usize,
    length: usize,
    message: impl Into<String>,
    help: &str,
) -> Problem {
    let place = (byte(start).0, byte(start + length).0);
    Problem::new(Code::EXPRESSION_SYNTAX, place, message).with_help(help)
}

const ESCAPES: &str = "end the string with a double quote; within it write \\\" for a quote, \\\\ for a backslash, \\n, \\r or \\t";

fn word_before(before: &str) -> &str {
    let trimmed = before.trim_end();
    let start = trimmed.rfind(|character: char| !character.is_alphanumeric());
    start.map_or(trimmed, |at| {
        trimmed[at..].trim_start_matches(|c: char| !c.is_alphanumeric())
    })
}

/// The word or character at the start of the text.
fn shown(rest: &str) -> String {
    let word: String = rest
        .chars()
        .take_while(|character| character.is_alphanumeric())
        .take(40)
        .collect();
    if word.is_empty() { rest.chars().take(1).collect() } else { word }
}

/// An error in a quoted string.
enum StringError {
    /// A string without an end, with the place of its start.
    Open(usize),
    /// An unknown escape, with its place and its length in bytes.
    Escape(usize, usize),
}

impl StringError {
    fn into_problem(self, text: &str) -> Problem {
        match self {
            Self::Open(at) => mistake(at, 1, "unclosed string", ESCAPES),
            Self::Escape(at, length) => {
                let message = format!("unknown escape `{}`", &text[at..at + length]);
                mistake(at, length, message, ESCAPES)
            }
        }
    }
}

/// Finds the first error in the quoted strings.
fn wrong_text(text: &str) -> Option<StringError> {
    let mut open = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (character, open) {
            ('"', None) => open = Some(at),
            ('"', Some(_)) => open = None,
            ('\\', Some(start)) => match characters.next() {
                Some((_, '"' | '\\' | 'n' | 'r' | 't')) => {}
                Some((_, other)) => {
                    return Some(StringError::Escape(at, 1 + other.len_utf8()));
                }
                None => return Some(StringError::Open(start)),
            },
            _ => {}
        }
    }
    open.map(StringError::Open)
}

/// The last bracket that is opened and not closed.
fn unclosed(text: &str) -> Option<(usize, u8)> {
    let mut open = Vec::new();
    for (at, bracket) in brackets(text) {
        if matches!(bracket, b'(' | b'[') {
            open.push((at, bracket));
        } else {
            open.pop();
        }
    }
    open.pop()
}

fn is_call(text: &str, open: usize) -> bool {
    let before = text[..open].trim_end();
    before.ends_with(|character: char| character.is_alphanumeric() || character == '_')
}

/// The brackets of an expression, except those in strings.
fn brackets(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.bytes().enumerate().filter(move |(_, byte)| {
        if is_escaped {
            is_escaped = false;
        } else if is_quoted && *byte == b'\\' {
            is_escaped = true;
        } else if *byte == b'"' {
            is_quoted = !is_quoted;
        }
        !is_quoted && matches!(byte, b'(' | b')' | b'[' | b']')
    })
}

fn byte(at: usize) -> Place {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    (at, at)
}

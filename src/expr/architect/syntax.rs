//! What is said of a text that is not an expression.

use pest::error::{Error, ErrorVariant, InputLocation};

use crate::diagnostic::Code;

use super::parse::{MAX_DEPTH, MAX_LENGTH, MAX_NESTING, Rule};
use super::problem::Problem;
use super::tree::Place;

/// Refuses what the parser should not even begin with.
pub(super) fn check_size(text: &str) -> Result<(), Problem> {
    if text.len() > MAX_LENGTH {
        let message = format!(
            "the expression has {} bytes; {MAX_LENGTH} are the limit",
            text.len()
        );
        return Err(Problem::new(Code::EXPRESSION_SYNTAX, (0, 0), message));
    }
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        return Err(Problem::new(
            Code::EXPRESSION_SYNTAX,
            (0, 0),
            "the expression is empty",
        ));
    }
    let mut depth = 0_usize;
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
    }
    Ok(())
}

/// The tree has too many levels.
pub(super) fn too_many_levels(place: Place) -> Problem {
    let message = format!("the expression has more than {MAX_DEPTH} levels");
    Problem::new(Code::EXPRESSION_SYNTAX, place, message)
        .with_help("compute parts of it in variables of their own")
}

/// The sequence of operands ended early. The grammar rules that out.
pub(super) fn too_deep(text: &str) -> Problem {
    Problem::new(
        Code::EXPRESSION_SYNTAX,
        byte(text.len()),
        "the expression is not complete",
    )
}

/// Something follows a literal.
pub(super) fn nothing_may_follow(word: &str, place: Place) -> Problem {
    Problem::new(
        Code::EXPRESSION_SYNTAX,
        place,
        format!("{word} has no properties and no items"),
    )
}

/// Says what the parser found and what it expected, and names the usual mistakes.
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
    let expects_operand = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.iter().any(|rule| {
            matches!(rule, Rule::identifier | Rule::string | Rule::integer | Rule::group)
        }),
        ErrorVariant::CustomError { .. } => false,
    };
    let expected = expected(text, at, error, expects_operand);
    let found = match rest.chars().next() {
        Some(_) => format!("found `{}`", shown(rest)),
        None => "the expression ends".to_owned(),
    };
    Problem::new(
        Code::EXPRESSION_SYNTAX,
        place,
        format!("{found} where {expected} is expected"),
    )
}

fn expected(text: &str, at: usize, error: &Error<Rule>, expects_operand: bool) -> String {
    let has = |rule: Rule| match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.contains(&rule),
        ErrorVariant::CustomError { .. } => false,
    };
    if text[..at].ends_with('.') && has(Rule::identifier) {
        return "the name of a property".to_owned();
    }
    if expects_operand {
        return "a value: a name, a number, a text in double quotes, or `(`".to_owned();
    }
    let mut choices = vec!["an operator"];
    if has(Rule::otherwise) {
        choices.push("`:`");
    }
    match unclosed(text.get(..at).unwrap_or_default()) {
        Some((_, b'[')) => choices.push("`]`"),
        Some((open, _)) if is_call(text, open) => choices.extend(["`,`", "`)`"]),
        Some(_) => choices.push("`)`"),
        None => choices.push("the end"),
    }
    let last = choices.pop().unwrap_or_default();
    if choices.is_empty() {
        last.to_owned()
    } else {
        format!("{} or {last}", choices.join(", "))
    }
}

/// Mistakes of people who know other languages.
fn usual_mistake(text: &str, at: usize) -> Option<Problem> {
    let before = text.get(..at).unwrap_or_default();
    let rest = text.get(at..).unwrap_or_default();
    let say = |start: usize, length: usize, message: &str, help: &str| {
        let place = (byte(start).0, byte(start + length).0);
        Some(Problem::new(Code::EXPRESSION_SYNTAX, place, message).with_help(help))
    };
    if let Some(open) = open_quote(text) {
        return say(open, 1, "a text begins here and does not end", ESCAPES);
    }
    if rest.starts_with('&') && before.ends_with('&') {
        return say(at - 1, 2, "`&&` is no operator of Architect", "write `and`");
    }
    if rest.starts_with('|') && before.ends_with('|') {
        return say(at - 1, 2, "`||` is no operator of Architect", "write `or`");
    }
    if rest.starts_with('>') && before.ends_with('<') {
        return say(at - 1, 2, "`<>` is no operator of Architect", "write `!=`");
    }
    if rest.starts_with('=') {
        let (start, length) = match before.ends_with(['=', '!', '<', '>']) {
            true => (at - 1, 2),
            false => (at, 1),
        };
        let help =
            "write `==` to compare; values are assigned by the action and not here";
        return say(start, length, "an expression assigns nothing", help);
    }
    if rest.starts_with(['\'', '‘', '’', '“', '”', '„', '`']) {
        let length = rest.chars().next().map_or(1, char::len_utf8);
        return say(at, length, "texts stand in double quotes", "write \"text\"");
    }
    if word_before(before).eq_ignore_ascii_case("not") {
        let start = before.trim_end().len() - 3;
        return say(start, 3, "`not` is no operator of Architect", "write `!`");
    }
    if rest.starts_with(';') {
        return say(at, 1, "an expression ends without a semicolon", "remove it");
    }
    None
}

const ESCAPES: &str = "end it with a double quote; within a text write \\\" for a quote and \\\\ for a backslash, and besides these only \\n, \\r and \\t";

fn word_before(before: &str) -> &str {
    let trimmed = before.trim_end();
    let start = trimmed.rfind(|character: char| !character.is_alphanumeric());
    start.map_or(trimmed, |at| {
        trimmed[at..].trim_start_matches(|c: char| !c.is_alphanumeric())
    })
}

/// What stands at a place: the word, or the character.
fn shown(rest: &str) -> String {
    let word: String = rest
        .chars()
        .take_while(|character| character.is_alphanumeric())
        .take(40)
        .collect();
    if word.is_empty() { rest.chars().take(1).collect() } else { word }
}

/// The quote of a text that does not end or has an escape that is none.
fn open_quote(text: &str) -> Option<usize> {
    let mut open = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (byte, open) {
            (b'"', None) => open = Some(at),
            (b'"', Some(_)) => open = None,
            (b'\\', Some(start)) => {
                if !matches!(bytes.next(), Some((_, b'"' | b'\\' | b'n' | b'r' | b't'))) {
                    return Some(start);
                }
            }
            _ => {}
        }
    }
    open
}

/// The bracket that is opened last and not closed.
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

/// The brackets of an expression, those in texts left out.
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

//! The parser: text to tree, by the grammar `grammar/draft.pest`.

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::Pair;

use super::shortcut;
use super::tree::{Comparator, Condition, Operand, Part, Reference, Template};
use crate::expr::{Origin, SyntaxError, unquoted};
use crate::source::Span;
use crate::value::{Number, Text, Value};

mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/draft.pest"]
    pub(super) struct DraftParser;
}

use grammar::{DraftParser, Rule};

/// The maximum nesting of parentheses in a condition. It bounds the recursion of the
/// parser and of everything that walks the tree.
const MAX_NESTING: usize = 64;

/// Parses a template located at `span`.
///
/// # Errors
/// Fails if a brace before a name is not closed.
pub fn parse_template(
    text: &str,
    span: Span,
) -> Result<Template<Reference>, SyntaxError> {
    if !text.contains(['{', '\\']) {
        return Ok(Template::Text(text.into()));
    }
    let origin = Origin::new(text, span);
    match shortcut::template(text, origin) {
        Some(template) => Ok(template),
        None => template_by_grammar(text, origin),
    }
}

pub(super) fn template_by_grammar(
    text: &str,
    origin: Origin,
) -> Result<Template<Reference>, SyntaxError> {
    let mut pairs = DraftParser::parse(Rule::template, text)
        .map_err(|error| template_error(text, origin, &error))?;
    let mut parts: Vec<Part<Reference>> = Vec::new();
    for pair in pairs.next().into_iter().flat_map(Pair::into_inner) {
        match pair.as_rule() {
            Rule::reference => parts.push(Part::Reference(reference(pair, origin))),
            Rule::escape => push_text(&mut parts, &pair.as_str()[1..]),
            Rule::EOI => {}
            _ => push_text(&mut parts, pair.as_str()),
        }
    }
    Ok(match parts.as_slice() {
        [] => Template::Text(Text::new()),
        [Part::Text(text)] => Template::Text(text.clone()),
        [Part::Reference(reference)] => Template::Whole(reference.clone()),
        _ => Template::Mixed(parts.into()),
    })
}

/// Parses a condition located at `span`.
///
/// # Errors
/// Fails if the text is not a condition. The message names the expected input and the
/// place.
pub fn parse_condition(
    text: &str,
    span: Span,
) -> Result<Condition<Reference>, SyntaxError> {
    let origin = Origin::new(text, span);
    match shortcut::condition(text, origin) {
        Some(condition) => Ok(condition),
        None => condition_by_grammar(text, origin),
    }
}

pub(super) fn condition_by_grammar(
    text: &str,
    origin: Origin,
) -> Result<Condition<Reference>, SyntaxError> {
    if let Some(at) = too_deep(text) {
        return Err(SyntaxError {
            span: origin.part(at, at + 1),
            message: format!("parentheses are nested deeper than {MAX_NESTING} levels"),
            help: None,
        });
    }
    let mut pairs = DraftParser::parse(Rule::condition, text)
        .map_err(|error| condition_error(text, origin, &error))?;
    let root = pairs.next().and_then(|pair| pair.into_inner().next());
    match root {
        Some(root) => Ok(any(root, origin)),
        None => Err(unexpected_end(text, origin)),
    }
}

fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, bracket) in parentheses(text) {
        depth = if bracket == '(' { depth + 1 } else { depth.saturating_sub(1) };
        if depth > MAX_NESTING {
            return Some(at);
        }
    }
    None
}

/// The innermost parenthesis that is opened and not closed.
fn unclosed(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    for (at, bracket) in parentheses(text) {
        if bracket == '(' {
            open.push(at);
        } else {
            open.pop();
        }
    }
    open.pop()
}

/// The parentheses of a condition, except those in quotes.
fn parentheses(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut is_escaped = false;
    text.char_indices().filter(move |(_, character)| {
        let is_quoted = quote.is_some();
        if is_escaped {
            is_escaped = false;
        } else if is_quoted && *character == '\\' {
            is_escaped = true;
        } else if quote == Some(*character) {
            quote = None;
        } else if !is_quoted && matches!(character, '\'' | '"') {
            quote = Some(*character);
        }
        !is_quoted && matches!(character, '(' | ')')
    })
}

fn push_text(parts: &mut Vec<Part<Reference>>, text: &str) {
    if let Some(Part::Text(last)) = parts.last_mut() {
        last.push_str(text);
    } else {
        parts.push(Part::Text(text.into()));
    }
}

fn reference(pair: Pair<'_, Rule>, origin: Origin) -> Reference {
    let span = origin.part(pair.as_span().start(), pair.as_span().end());
    let segment = |pair: Pair<'_, Rule>| match pair.as_rule() {
        Rule::quoted => Text::from(&*unquoted(pair.as_str())),
        _ => pair.as_str().into(),
    };
    Reference { segments: pair.into_inner().map(segment).collect(), span }
}

fn any(pair: Pair<'_, Rule>, origin: Origin) -> Condition<Reference> {
    let members = pair.into_inner().filter(|pair| pair.as_rule() == Rule::all);
    single_or(members.map(|pair| all(pair, origin)).collect(), Condition::Any)
}

fn all(pair: Pair<'_, Rule>, origin: Origin) -> Condition<Reference> {
    let members = pair.into_inner().filter(|pair| pair.as_rule() == Rule::negation);
    single_or(members.map(|pair| negation(pair, origin)).collect(), Condition::All)
}

fn single_or(
    mut members: Vec<Condition<Reference>>,
    join: fn(Box<[Condition<Reference>]>) -> Condition<Reference>,
) -> Condition<Reference> {
    match members.pop() {
        Some(only) if members.is_empty() => only,
        Some(last) => {
            members.push(last);
            join(members.into())
        }
        None => join(Box::default()),
    }
}

/// Reads a negation. Any number of `not` in a row is reduced to one or none.
fn negation(pair: Pair<'_, Rule>, origin: Origin) -> Condition<Reference> {
    let mut is_negated = false;
    let mut inner = Condition::Holds(Operand::Null);
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::not => is_negated = !is_negated,
            _ => inner = comparison(pair, origin),
        }
    }
    if is_negated { Condition::Not(Box::new(inner)) } else { inner }
}

fn comparison(pair: Pair<'_, Rule>, origin: Origin) -> Condition<Reference> {
    let mut pairs = pair.into_inner();
    let left = pairs.next().map_or(Operand::Null, |pair| operand(pair, origin));
    let (Some(symbol), Some(right)) = (pairs.next(), pairs.next()) else {
        return match left {
            Operand::Group(condition) => *condition,
            left => Condition::Holds(left),
        };
    };
    let word = symbol.as_str();
    let comparator =
        Comparator::ALL.into_iter().find(|c| c.symbol().eq_ignore_ascii_case(word));
    Condition::Compare(
        comparator.unwrap_or(Comparator::Equal),
        left,
        operand(right, origin),
    )
}

fn operand(pair: Pair<'_, Rule>, origin: Origin) -> Operand<Reference> {
    let text = pair.as_str();
    match pair.as_rule() {
        Rule::reference => Operand::Reference(reference(pair, origin)),
        Rule::string => Operand::Literal(Value::string(unquoted(text).as_ref())),
        Rule::boolean => {
            Operand::Literal(Value::Boolean(text.eq_ignore_ascii_case("true")))
        }
        // A number of more than 40 digits is compared as a string.
        Rule::number => Operand::Literal(
            Number::parse_json(text).map_or_else(|| Value::string(text), Value::from),
        ),
        Rule::group => pair
            .into_inner()
            .next()
            .map_or(Operand::Null, |inner| Operand::Group(Box::new(any(inner, origin)))),
        _ => Operand::Null,
    }
}

fn template_error(text: &str, origin: Origin, error: &Error<Rule>) -> SyntaxError {
    let at = place(error);
    let open = if text[at..].starts_with('{') {
        at
    } else {
        text[..at].rfind('{').unwrap_or(at)
    };
    let stray = stray(&text[open..]).map(|(offset, found)| (open + offset, found));
    let (end, message) = match stray {
        Some((at, found)) => (
            at + found.len_utf8(),
            format!("`{found}` is not allowed in the name of a reference"),
        ),
        None => (text.len(), "unclosed reference: missing `}`".into()),
    };
    let help = "close the name with `}`; write `\\{` for a literal brace";
    SyntaxError { span: origin.part(open, end), message, help: Some(help.into()) }
}

/// The first character after an opening brace that cannot be part of a reference.
fn stray(text: &str) -> Option<(usize, char)> {
    let mut is_quoted = false;
    let mut is_start = true;
    text.char_indices().skip(1).find(|(_, character)| {
        let starts = character.is_alphanumeric() || "_$@".contains(*character);
        let is_stray = match character {
            '\'' => {
                is_quoted = !is_quoted;
                false
            }
            _ if is_quoted => false,
            '.' => is_start,
            ' ' | '\t' | '\r' | '\n' => return false,
            _ if is_start => !starts,
            _ => !starts && !"-:/#".contains(*character),
        };
        is_start = *character == '.';
        is_stray
    })
}

fn condition_error(text: &str, origin: Origin, error: &Error<Rule>) -> SyntaxError {
    let at = place(error);
    let rest = &text[at..];
    let Some(found) = rest.chars().next() else {
        return unexpected_end(text, origin);
    };
    let word =
        rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let width = word.max(found.len_utf8());
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => expected(positives),
        ErrorVariant::CustomError { message } => message.clone(),
    };
    SyntaxError {
        span: origin.part(at, at + width),
        message: format!("found `{}`, expected {expected}", &rest[..width]),
        help: mistake(&rest[..width], rest),
    }
}

fn unexpected_end(text: &str, origin: Origin) -> SyntaxError {
    if let Some(at) = unclosed(text) {
        return SyntaxError {
            span: origin.part(at, at + 1),
            message: "unclosed `(`".into(),
            help: Some("close it with `)`".into()),
        };
    }
    let message = if text.trim().is_empty() {
        "the condition is empty"
    } else {
        "unexpected end of the condition"
    };
    SyntaxError {
        span: origin.part(text.len().saturating_sub(1), text.len()),
        message: message.into(),
        help: Some("write a comparison such as `{Ask.digits} == '1'`".into()),
    }
}

fn place(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    }
}

fn expected(rules: &[Rule]) -> String {
    let wants_operand = rules.iter().any(|rule| {
        matches!(
            rule,
            Rule::reference | Rule::string | Rule::number | Rule::group | Rule::null
        )
    });
    let wants_comparator = rules.contains(&Rule::comparator);
    let wants_joint = rules.iter().any(|rule| matches!(rule, Rule::and | Rule::or));
    let text = match (wants_operand, wants_comparator, wants_joint) {
        (true, ..) => "a `{reference}`, a 'string', a number, true, false or null",
        (_, true, true) => "a comparison such as `==`, `and`, `or`, or the end",
        (_, true, false) => "a comparison such as `==`",
        (_, _, true) => "`and`, `or`, or the end",
        _ => "the rest of the condition",
    };
    text.into()
}

/// The help for syntax of other languages.
fn mistake(word: &str, rest: &str) -> Option<String> {
    if rest.starts_with('=') {
        return Some("write `==` to compare".into());
    }
    if rest.starts_with("<>") {
        return Some("write `!=`".into());
    }
    let names = word.chars().all(|c| c.is_alphanumeric() || c == '_');
    if names && word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return Some(format!(
            "write `{{{word}}}` for a variable, `'{word}'` for a string"
        ));
    }
    rest.starts_with(['\'', '"', '{']).then(|| "close the quote or brace".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    /// The message, and the part of the text that it marks.
    fn fault<T>(
        text: &str,
        parse: fn(&str, Span) -> Result<T, SyntaxError>,
    ) -> (String, &str) {
        let span = Span::new(FileId(0), 0, text.len());
        let error = parse(text, span).err().expect("it is wrong");
        (error.message, &text[error.span.start as usize..error.span.end as usize])
    }

    #[test]
    fn errors_in_templates_have_places() {
        for (text, part, found) in [
            ("{a} and {b, c}", "{b,", "`,`"),
            ("{a} and {b", "{b", "unclosed"),
            ("{a.-b}", "{a.-", "`-`"),
            ("{a..b}", "{a..", "`.`"),
            ("{a 'b", "{a 'b", "unclosed"),
            ("{a .b} {c}", "{a .b}", "`}`"),
        ] {
            let (message, pointed) = fault(text, parse_template);
            assert_eq!(pointed, part, "{text}: {message}");
            assert!(message.contains(found), "{text}: {message}");
        }
    }

    #[test]
    fn errors_in_conditions_have_places() {
        for (text, part, found) in [
            ("({a} == '(' and ({b} > 1)", "(", "unclosed"),
            ("{a} == ", " ", "unexpected end"),
            ("{a} = 1", "=", "found `=`"),
        ] {
            let (message, pointed) = fault(text, parse_condition);
            assert_eq!(pointed, part, "{text}: {message}");
            assert!(message.contains(found), "{text}: {message}");
        }
    }

    #[test]
    fn only_parentheses_outside_of_quotes_are_nested() {
        let span = Span::new(FileId(0), 0, 0);
        let nested =
            |count: usize| format!("{}true{}", "(".repeat(count), ")".repeat(count));
        assert!(parse_condition(&nested(MAX_NESTING), span).is_ok());
        assert!(parse_condition(&nested(MAX_NESTING + 1), span).is_err());
        let quoted = format!("{{a}} == '{}\\'(' and {{b}} == \"(\"", "(".repeat(500));
        assert!(parse_condition(&quoted, span).is_ok());
    }
}

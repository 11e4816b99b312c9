//! The parser of filters, by the grammar `grammar/filter.pest`.

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::Pair;
use regex::Regex;

use super::{Attribute, Expression, Matcher};
use crate::diagnostic::nearest;
use crate::source::wildcards;

mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/filter.pest"]
    pub(super) struct FilterParser;
}

use grammar::{FilterParser, Rule};

/// Maximum length of a filter in bytes, and maximum nesting of parentheses. They bound the
/// recursion of the parser.
const MAX_LENGTH: usize = 16 * 1024;
const MAX_NESTING: usize = 64;

/// Predicates without a value.
const CONSTANTS: [(&str, bool); 2] = [("all", true), ("none", false)];

/// Parses a filter. The message of an error quotes the text and marks the place.
pub(super) fn filter(text: &str) -> Result<Expression, String> {
    check_size(text)?;
    let mut pairs =
        FilterParser::parse(Rule::filter, text).map_err(|error| unread(text, &error))?;
    let root = pairs.next().and_then(|pair| pair.into_inner().next());
    match root {
        Some(root) => any(root, text),
        None => Err(marked(text, (text.len(), text.len()), "the filter is not complete")),
    }
}

fn check_size(text: &str) -> Result<(), String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("the filter is longer than {MAX_LENGTH} bytes"));
    }
    if text.trim().is_empty() {
        return Err(
            "the filter is empty; write tag(night), name(~slow), file(#tests/**) \
                    or flow(Main)"
                .into(),
        );
    }
    // Parentheses of values count too, because only the grammar knows them.
    let mut depth = 0_usize;
    for character in text.bytes() {
        match character {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(format!(
                "parentheses are nested deeper than {MAX_NESTING} levels"
            ));
        }
    }
    Ok(())
}

fn any(pair: Pair<'_, Rule>, text: &str) -> Result<Expression, String> {
    let parts = pair.into_inner().filter(|it| it.as_rule() == Rule::all);
    let parts = parts.map(|pair| all(pair, text)).collect::<Result<_, _>>()?;
    Ok(Expression::Any(parts))
}

fn all(pair: Pair<'_, Rule>, text: &str) -> Result<Expression, String> {
    let parts = pair.into_inner().filter(|it| it.as_rule() == Rule::negation);
    let parts = parts.map(|pair| negation(pair, text)).collect::<Result<_, _>>()?;
    Ok(Expression::Every(parts))
}

/// Reads a negation. Any number of `not` in a row is reduced to one or none.
fn negation(pair: Pair<'_, Rule>, text: &str) -> Result<Expression, String> {
    let (mut is_negated, mut inner) = (false, Expression::Constant(true));
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::not => is_negated = !is_negated,
            Rule::any => inner = any(pair, text)?,
            Rule::predicate => inner = predicate(pair, text)?,
            // The parenthesis that closes a group.
            _ => {}
        }
    }
    Ok(if is_negated { Expression::Not(Box::new(inner)) } else { inner })
}

fn predicate(pair: Pair<'_, Rule>, text: &str) -> Result<Expression, String> {
    let mut parts = pair.into_inner();
    let (Some(word), Some(value)) =
        (parts.next(), parts.find(|it| it.as_rule() == Rule::matcher))
    else {
        return Err(marked(text, (0, 0), "expected a predicate, such as tag(night)"));
    };
    let place = (word.as_span().start(), word.as_span().end());
    let name = word.as_str();
    let is_empty = value.as_str().trim().is_empty();
    if let Some((_, truth)) = CONSTANTS.iter().find(|(known, _)| *known == name) {
        return match is_empty {
            true => Ok(Expression::Constant(*truth)),
            false => Err(marked(text, place, &format!("`{name}` takes no value"))),
        };
    }
    let Some(attribute) = Attribute::ALL.into_iter().find(|it| it.name() == name) else {
        return Err(marked(text, place, &unknown(name)));
    };
    if is_empty {
        let message = format!("`{name}` needs a value, such as {name}(night)");
        return Err(marked(text, place, &message));
    }
    Ok(Expression::Matches(attribute, matcher(value, text)?))
}

fn matcher(pair: Pair<'_, Rule>, whole: &str) -> Result<Matcher, String> {
    let Some(form) = pair.into_inner().next() else {
        return Ok(Matcher::Contains(String::new()));
    };
    let rule = form.as_rule();
    let value = form.into_inner().next();
    let (text, place) = match &value {
        Some(value) => {
            let start = value.as_span().start();
            (value.as_str().trim(), (start, start + value.as_str().trim().len()))
        }
        None => ("", (0, 0)),
    };
    match rule {
        Rule::expression => Regex::new(text).map(Matcher::Pattern).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            let message = format!("invalid regular expression `{text}`: {reason}");
            marked(whole, place, &message)
        }),
        Rule::contains => Ok(Matcher::Contains(unescaped(text).to_lowercase())),
        Rule::wildcards => {
            wildcards(&unescaped(text)).map(Matcher::Wildcards).ok_or_else(|| {
                marked(whole, place, &format!("the wildcards `{text}` are too long"))
            })
        }
        _ => Ok(Matcher::Equals(unescaped(text).into())),
    }
}

/// Removes the backslashes of escaped characters.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            other => out.push(other),
        }
    }
    out
}

fn names() -> impl Iterator<Item = &'static str> {
    let constants = CONSTANTS.into_iter().map(|(name, _)| name);
    Attribute::ALL.into_iter().map(Attribute::name).chain(constants)
}

fn unknown(name: &str) -> String {
    match nearest(name, names()) {
        Some(near) => format!("unknown predicate `{name}`; did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = names().collect();
            format!("unknown predicate `{name}`; expected one of {}", known.join(", "))
        }
    }
}

/// Explains why the filter does not fit the grammar.
fn unread(text: &str, error: &Error<Rule>) -> String {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let expected: &[Rule] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let is_expected = |rule: Rule| expected.contains(&rule);
    if is_expected(Rule::open) {
        let before = text[..at].trim_end();
        let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        let start = before.trim_end_matches(is_letter).len();
        let word = &before[start..];
        let message = match names().find(|name| *name == word) {
            Some(name) => format!("`{name}` needs a value in parentheses"),
            None => {
                format!("`{word}` is not a predicate; write name(~{word}) or tag({word})")
            }
        };
        return marked(text, (start, before.len()), &message);
    }
    let message = match () {
        () if is_expected(Rule::EOI) => "expected `and`, `or` or the end",
        () if is_expected(Rule::close) => "missing `)`",
        () => "expected a predicate, such as tag(night)",
    };
    marked(text, (at, at), message)
}

/// Adds the text with a mark under the place to a message.
fn marked(text: &str, (start, end): (usize, usize), message: &str) -> String {
    let width = |part: &str| part.chars().count();
    let indent = " ".repeat(width(text.get(..start).unwrap_or_default()));
    let mark = "^".repeat(width(text.get(start..end).unwrap_or_default()).max(1));
    let line: String =
        text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    format!("{message}\n  {line}\n  {indent}{mark}")
}

//! A fast parser for the most common templates and conditions. A large flow has thousands
//! of them, and the grammar's parser takes microseconds for each. The result equals that
//! of the grammar, or it is `None` and the grammar parses the text. Property tests check
//! this.

use super::tree::{Comparator, Condition, Operand, Part, Reference, Template};
use crate::expr::Origin;
use crate::value::{Number, Text, Value};

/// Parses a template of plain text and plain references.
pub(super) fn template(text: &str, origin: Origin) -> Option<Template<Reference>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(['{', '\\']).map(|offset| at + offset) {
        let (reference, end) = reference(text, open, origin)?;
        if open == 0 && end == text.len() {
            return Some(Template::Whole(reference));
        }
        if open > at {
            parts.push(Part::Text(Text::from(&text[at..open])));
        }
        parts.push(Part::Reference(reference));
        at = end;
    }
    if parts.is_empty() {
        return Some(Template::Text(Text::from(text)));
    }
    if at < text.len() {
        parts.push(Part::Text(Text::from(&text[at..])));
    }
    Some(Template::Mixed(parts.into()))
}

/// Parses a condition that compares a plain reference with a literal, such as
/// `{Ask.digits} == '1'`.
pub(super) fn condition(text: &str, origin: Origin) -> Option<Condition<Reference>> {
    let start = text.len() - trim_start(text).len();
    let (reference, end) = reference(text, start, origin)?;
    let rest = trim_start(&text[end..]);
    let symbols = [
        Comparator::Equal,
        Comparator::NotEqual,
        Comparator::LessOrEqual,
        Comparator::GreaterOrEqual,
        Comparator::Less,
        Comparator::Greater,
    ];
    let comparator =
        symbols.into_iter().find(|symbol| rest.starts_with(symbol.symbol()))?;
    let rest = rest[comparator.symbol().len()..].trim_matches(SPACE);
    let right = Operand::Literal(literal(rest)?);
    Some(Condition::Compare(comparator, Operand::Reference(reference), right))
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(SPACE)
}

/// Parses a quoted string without escapes, or a number.
fn literal(text: &str) -> Option<Value> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(quote) = quote else {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        return is_number.then(|| Number::parse_json(text))?.map(Value::from);
    };
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(['\\', quote])).then(|| Value::string(inner))
}

/// Parses the reference whose brace is at `open`. Returns its end, too.
fn reference(text: &str, open: usize, origin: Origin) -> Option<(Reference, usize)> {
    let body = text[open..].strip_prefix('{')?;
    let end = body.find('}')?;
    let body = &body[..end];
    if !body.split('.').all(is_plain) {
        return None;
    }
    let segments = body.split('.').map(Text::from).collect();
    let end = open + end + 2;
    Some((Reference { segments, span: origin.part(open, end) }, end))
}

fn is_plain(segment: &str) -> bool {
    let first =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@');
    let inner = |byte: u8| first(byte) || matches!(byte, b'-' | b':' | b'/' | b'#');
    segment.bytes().next().is_some_and(first) && segment.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse::{condition_by_grammar, template_by_grammar};
    use super::*;
    use crate::source::{FileId, Span};

    fn origin(text: &str) -> Origin {
        Origin::new(text, Span::new(FileId(0), 0, text.len()))
    }

    #[test]
    fn common_inputs_need_no_grammar() {
        for text in ["{a}", "{Ask.digits}", "Hello {contact.name}, you pressed {k}."] {
            assert!(template(text, origin(text)).is_some(), "{text}");
        }
        for text in ["{a} == '1'", " {a.b}<= 12 ", "{x}!=\"it's\"", "{n} > -3"] {
            assert!(condition(text, origin(text)).is_some(), "{text}");
        }
        for text in ["{a} == '1' and {b} == '2'", "{a}", "{a} = '1'", "{a} == 1x"] {
            assert!(condition(text, origin(text)).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn templates_equal_those_of_the_grammar(text in "[a{}.\\\\ '1_é-]{0,14}") {
            if let Some(template) = template(&text, origin(&text)) {
                prop_assert_eq!(Ok(template), template_by_grammar(&text, origin(&text)));
            }
        }

        #[test]
        fn conditions_equal_those_of_the_grammar(
            text in "[ ]?\\{[a.1]{1,3}\\}[ ]?(==|!=|<|>|<=|>=|=)[ ]?['\"a1.\\\\-]{1,5}[ x]?"
        ) {
            if let Some(condition) = condition(&text, origin(&text)) {
                prop_assert_eq!(Ok(condition), condition_by_grammar(&text, origin(&text)));
            }
        }
    }
}

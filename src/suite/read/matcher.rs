//! Matchers for strings and values, as written in scenario files.

use crate::analysis::matcher::{Range, TextMatcher, ValueMatcher};
use crate::diagnostic::Decoder;
use crate::source::{Entry, Kind, Node};
use crate::value::{Number, Text};

const TEXT_KEYS: [&str; 4] = ["contains", "matches", "similar", "min"];

/// Default minimum similarity.
const DEFAULT_SIMILARITY: f64 = 0.8;

/// Maximum size of a compiled regular expression, in bytes.
const MAX_EXPRESSION: usize = 1024 * 1024;

/// Reads a string, `{contains}`, `{matches}` or `{similar, min}`.
pub(super) fn text(node: &Node<'_>, decoder: &mut Decoder) -> Option<TextMatcher> {
    match &node.kind {
        Kind::String(text) | Kind::Number(text) => {
            Some(TextMatcher::Equals((&**text).into()))
        }
        Kind::Boolean(truth) => Some(TextMatcher::Equals(truth.to_string().into())),
        Kind::Object(_) => {
            decoder.object("a string matcher", node, &TEXT_KEYS)?;
            check_combination(node, decoder)?;
            match (given(node, "contains"), given(node, "matches")) {
                (Some(_), _) => decoder.text(node, "contains").map(TextMatcher::Contains),
                (None, Some(written)) => {
                    expression(written, decoder).map(TextMatcher::Matches)
                }
                (None, None) => similar(node, decoder),
            }
        }
        _ => {
            let expected = "a string, `{contains}`, `{matches}` or `{similar, min}`";
            decoder.unexpected("the expected string", node, expected);
            None
        }
    }
}

/// Returns the value of a key, unless it is empty.
fn given<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Node<'s>> {
    node.get(key).filter(|given| match &given.kind {
        Kind::String(text) => !text.trim().is_empty(),
        kind => !matches!(kind, Kind::Null),
    })
}

/// Checks that only one kind of string matcher is given.
fn check_combination(node: &Node<'_>, decoder: &mut Decoder) -> Option<()> {
    let kinds = ["contains", "matches", "similar"];
    if kinds.into_iter().filter(|kind| node.get(kind).is_some()).count() > 1 {
        let message =
            "a string matcher takes only one of `contains`, `matches` and `similar`"
                .to_owned();
        decoder.error(node.span, message).help =
            Some("write each condition as a separate list entry".into());
        return None;
    }
    if let Some(min) = node.get("min").filter(|_| node.get("similar").is_none()) {
        decoder.error(min.span, "`min` requires `similar`".into());
        return None;
    }
    Some(())
}

/// Reads a regular expression; blanks at its ends are significant.
pub(super) fn expression(
    written: &Node<'_>,
    decoder: &mut Decoder,
) -> Option<regex::Regex> {
    decoder.text_of("matches", written)?;
    let (Kind::String(text) | Kind::Number(text)) = &written.kind else { return None };
    let expression = regex::RegexBuilder::new(text).size_limit(MAX_EXPRESSION).build();
    match expression {
        Ok(expression) => Some(expression),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            let message = format!("invalid regular expression `{text}`: {reason}");
            decoder.error(written.span, message);
            None
        }
    }
}

fn similar(node: &Node<'_>, decoder: &mut Decoder) -> Option<TextMatcher> {
    if given(node, "similar").is_none() {
        let message =
            "a string matcher needs `contains`, `matches` or `similar`".to_owned();
        decoder.error(node.span, message);
        return None;
    }
    let text = decoder.text(node, "similar")?;
    let min = match node.get("min").map(|min| (min, &min.kind)) {
        None => DEFAULT_SIMILARITY,
        Some((min, Kind::Number(number))) => match number.parse::<f64>() {
            Ok(value) if (0.0..=1.0).contains(&value) => value,
            _ => {
                decoder.unexpected("`min`", min, "a number from 0 to 1");
                return None;
            }
        },
        Some((min, _)) => {
            decoder.unexpected("`min`", min, "a number from 0 to 1");
            return None;
        }
    };
    Some(TextMatcher::Similar { text, min })
}

/// Reads a plain value or a matcher: one of those for strings, `{isSet}`, `{min, max}` or
/// `{members: …}`.
pub(super) fn value(node: &Node<'_>, decoder: &mut Decoder) -> Option<ValueMatcher> {
    let is_matcher = |keys: &[&str]| {
        let entries = node.entries();
        !entries.is_empty() && entries.iter().all(|entry| keys.contains(&&*entry.key))
    };
    if is_matcher(&["isSet"]) {
        let Some(Kind::Boolean(truth)) = node.get("isSet").map(|node| &node.kind) else {
            decoder.unexpected("`isSet`", node, "true or false");
            return None;
        };
        return Some(ValueMatcher::IsSet(*truth));
    }
    if is_matcher(&["members"]) {
        return members("`members`", node.get("members")?, decoder)
            .map(ValueMatcher::Members);
    }
    if is_matcher(&["min", "max"]) {
        return bounds(node, number, decoder).map(ValueMatcher::Number);
    }
    if is_matcher(&TEXT_KEYS) {
        return text(node, decoder).map(ValueMatcher::Text);
    }
    Some(ValueMatcher::Equals(decoder.json(node)))
}

/// Reads matchers by name.
pub(super) fn members(
    what: &str,
    node: &Node<'_>,
    decoder: &mut Decoder,
) -> Option<Vec<(Text, ValueMatcher)>> {
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected(what, node, "an object of names and values");
        return None;
    }
    let read = |entry: &Entry<'_>| {
        Some((Text::from(&*entry.key), value(&entry.value, decoder)?))
    };
    node.entries().iter().map(read).collect()
}

/// Reads `{min, max}`, or a single number.
pub(super) fn range(node: &Node<'_>, decoder: &mut Decoder) -> Option<Range> {
    if let Kind::Number(number) = &node.kind {
        let Ok(number) = number.parse::<i64>() else {
            decoder.unexpected("a range", node, "a whole number");
            return None;
        };
        return Some(Range { min: Some(number), max: Some(number) });
    }
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected("a range", node, "a whole number, or `{min, max}`");
        return None;
    }
    decoder.object("a range", node, &["min", "max"])?;
    let range = bounds(node, whole, decoder)?;
    let end = |number: Option<Number>| number.and_then(|it| it.to_whole());
    Some(Range { min: end(range.min), max: end(range.max) })
}

/// Reads a number of a key; `None` after an error.
type ReadNumber = fn(&Node<'_>, &str, &mut Decoder) -> Option<Number>;

/// Reads the ends of a range.
fn bounds(
    node: &Node<'_>,
    read: ReadNumber,
    decoder: &mut Decoder,
) -> Option<Range<Number>> {
    let mut end = |key: &str| match node.get(key).is_none_or(Node::is_null) {
        true => Some(None),
        false => read(node, key, decoder).map(Some),
    };
    let (min, max) = (end("min"), end("max"));
    let range = Range { min: min?, max: max? };
    if let (Some(min), Some(max)) = (&range.min, &range.max)
        && min.compare(max).is_gt()
    {
        let message = format!("`min` is {min}, which is greater than `max`, {max}");
        decoder.error(node.span, message).help =
            Some("write a `min` that is at most `max`".into());
        return None;
    }
    Some(range)
}

fn whole(node: &Node<'_>, key: &str, decoder: &mut Decoder) -> Option<Number> {
    let before = decoder.diagnostic_count();
    let number = decoder.whole(node, key, i64::MIN..=i64::MAX, 0);
    (decoder.diagnostic_count() == before).then(|| number.into())
}

fn number(node: &Node<'_>, key: &str, decoder: &mut Decoder) -> Option<Number> {
    let node = node.get(key)?;
    let number = match &node.kind {
        Kind::Number(text) => Number::parse_json(text),
        _ => None,
    };
    if number.is_none() {
        decoder.unexpected(&format!("`{key}`"), node, "a number");
    }
    number
}

//! Matchers for strings, values and routings, as scenario files have them.

use std::borrow::Cow;
use std::fmt;
use std::hash::Hash;

use similar::DiffTag;

use crate::flow::{Spanned, SymbolTable};
use crate::trace::{Phrase, Routing};
use crate::value::{
    Json, Number, Text, Value, differences, has_same_structure, write_json_string,
};

/// A string matcher. White space is folded before comparing.
#[derive(Debug, Clone)]
pub enum TextMatcher {
    /// Equal.
    Equals(Text),
    /// Contains this substring.
    Contains(Text),
    /// Matches this regular expression anywhere.
    Matches(regex::Regex),
    /// Similar to a string; 1 is equal, 0 has nothing in common.
    Similar {
        /// Expected string.
        text: Text,
        /// Minimum similarity.
        min: f64,
    },
}

/// A value matcher.
#[derive(Debug, Clone)]
pub enum ValueMatcher {
    /// Equal; numbers are compared by value, objects regardless of key order.
    Equals(Json),
    /// A string that matches.
    Text(TextMatcher),
    /// An object with these matching members; it may have others.
    Members(Vec<(Text, ValueMatcher)>),
    /// A number in this range.
    Number(Range<Number>),
    /// Set, or NOT_SET if `false`.
    IsSet(bool),
}

/// A range of numbers, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range<T = i64> {
    /// Minimum.
    pub min: Option<T>,
    /// Maximum.
    pub max: Option<T>,
}

/// Expected routing of a call. A field that is `None` is not checked.
#[derive(Debug, Clone, Default)]
pub struct RoutingMatcher {
    /// Id of the queue; `Some(None)` requires an unknown id.
    pub queue_id: Option<Spanned<Wanted<TextMatcher>>>,
    /// Name of the queue.
    pub queue_name: Option<Spanned<Wanted<TextMatcher>>>,
    /// Skills, in any order.
    pub skills: Option<Spanned<Vec<Text>>>,
    /// Priority.
    pub priority: Option<Spanned<Wanted<i64>>>,
    /// Agent who answered; `Some(None)` if no agent must have answered, or an unknown one.
    pub agent: Option<Spanned<Wanted<TextMatcher>>>,
    /// Time in the queue until the agent answered, in milliseconds; `Some(None)` if no
    /// agent must have answered.
    pub answered_after_ms: Option<Spanned<Wanted<Range>>>,
}

/// An expected value, or `None` if the value must be absent.
pub type Wanted<T> = Option<T>;

impl RoutingMatcher {
    /// Returns whether a routing has the expected queue, skills and priority. The answer of
    /// an agent is not part of a routing.
    pub(crate) fn matches(&self, routing: &Routing, symbols: &SymbolTable) -> bool {
        let is_queue = |wanted: &Option<Spanned<Wanted<TextMatcher>>>,
                        found: &Option<Phrase>| {
            let found = found.as_ref().map(|phrase| phrase.text(symbols));
            let wanted = wanted.as_ref().map(|wanted| wanted.value.as_ref());
            wanted.is_none_or(|wanted| match (wanted, found) {
                (None, None) => true,
                (Some(matcher), Some(found)) => matcher.matches(found),
                _ => false,
            })
        };
        let sorted = |skills: &[Text]| {
            let mut skills = skills.to_vec();
            skills.sort();
            skills
        };
        let has_skills = |wanted: &Spanned<Vec<Text>>| {
            sorted(&wanted.value) == sorted(&routing.skills)
        };
        is_queue(&self.queue_id, &routing.queue_id)
            && is_queue(&self.queue_name, &routing.queue_name)
            && self.skills.as_ref().is_none_or(has_skills)
            && self.priority.as_ref().is_none_or(|it| it.value == routing.priority)
    }
}

/// Strings with more characters are compared word by word.
const MAX_CHARACTERS: usize = 2_000;

/// Maximum number of words compared; the rest is ignored.
const MAX_WORDS: usize = 5_000;

impl TextMatcher {
    /// Returns whether a string matches.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Equals(wanted) => {
                wanted == text || wanted.split_whitespace().eq(text.split_whitespace())
            }
            Self::Contains(part) => folded(text).contains(&*folded(part)),
            Self::Matches(expression) => expression.is_match(&folded(text)),
            Self::Similar { text: wanted, min } => similarity(wanted, text) >= *min,
        }
    }

    /// Returns the expected string, or `None` for a regular expression.
    pub(crate) fn text(&self) -> Option<&Text> {
        match self {
            Self::Equals(text) | Self::Contains(text) | Self::Similar { text, .. } => {
                Some(text)
            }
            Self::Matches(_) => None,
        }
    }
}

impl fmt::Display for TextMatcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(text) => formatter.write_str(&quoted(text)),
            Self::Contains(part) => {
                write!(formatter, "text containing {}", quoted(part))
            }
            Self::Matches(expression) => {
                write!(formatter, "text matching /{expression}/")
            }
            Self::Similar { text, min } => {
                write!(formatter, "text similar to {} (at least {min})", quoted(text))
            }
        }
    }
}

impl ValueMatcher {
    /// Returns whether a value matches. NOT_SET is `null`, as in traces.
    pub fn matches(&self, value: &Value) -> bool {
        self.fits_json(&value.to_json())
    }

    fn fits_json(&self, json: &Json) -> bool {
        match self {
            Self::Equals(wanted) => has_same_structure(wanted, json),
            Self::Text(matcher) => {
                matches!(json, Json::String(text) if matcher.matches(text))
            }
            Self::Members(members) => {
                let fits = |(name, matcher): &(Text, Self)| {
                    matcher.fits_json(json.get(name).unwrap_or(&Json::Null))
                };
                matches!(json, Json::Object(_)) && members.iter().all(fits)
            }
            Self::Number(range) => range.holds(json),
            Self::IsSet(wanted) => (*json != Json::Null) == *wanted,
        }
    }
}

impl fmt::Display for ValueMatcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(Json::Null) | Self::IsSet(false) => {
                formatter.write_str("not set")
            }
            Self::Equals(json) => write!(formatter, "{json}"),
            Self::Text(matcher) => matcher.fmt(formatter),
            Self::Members(members) => {
                formatter.write_str("an object with {")?;
                for (index, (name, matcher)) in members.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(formatter, "{comma}{name}: {matcher}")?;
                }
                formatter.write_str("}")
            }
            Self::Number(range) => write!(formatter, "a number, {range}"),
            Self::IsSet(true) => formatter.write_str("set"),
        }
    }
}

impl Range {
    /// Returns whether the range contains a number.
    pub fn contains(&self, number: i64) -> bool {
        self.min.is_none_or(|min| min <= number)
            && self.max.is_none_or(|max| number <= max)
    }
}

impl Range<Number> {
    /// Returns whether the range contains a JSON number.
    fn holds(&self, json: &Json) -> bool {
        let number = match json {
            Json::Integer(number) => Number::from(*number),
            Json::Decimal(number) => Number::from(number.clone()),
            _ => return false,
        };
        self.min.as_ref().is_none_or(|min| number.compare(min).is_ge())
            && self.max.as_ref().is_none_or(|max| number.compare(max).is_le())
    }
}

impl<T: fmt::Display + PartialEq> fmt::Display for Range<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) if min == max => write!(formatter, "exactly {min}"),
            (Some(min), Some(max)) => write!(formatter, "{min} to {max}"),
            (Some(min), None) => write!(formatter, "at least {min}"),
            (None, Some(max)) => write!(formatter, "at most {max}"),
            (None, None) => formatter.write_str("any"),
        }
    }
}

/// Quotes a string as in JSON, which makes control characters visible.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_json_string(text, &mut out);
    out
}

/// Replaces each run of white space by one space, and trims the ends.
fn folded(text: &str) -> Cow<'_, str> {
    let mut before = ' ';
    let is_folded = text.chars().all(|character| {
        let is_fine = !character.is_whitespace() || (character == ' ' && before != ' ');
        before = character;
        is_fine
    });
    if is_folded && !text.ends_with(' ') {
        return Cow::Borrowed(text);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    Cow::Owned(words.join(" "))
}

/// Returns the similarity of two strings: twice the number of characters that appear in
/// both in the same order, divided by the total number of characters.
pub(crate) fn similarity(left: &str, right: &str) -> f64 {
    let (left, right) = (folded(left), folded(right));
    if left.chars().count().max(right.chars().count()) > MAX_CHARACTERS {
        let words = |text| str::split(text, ' ').take(MAX_WORDS).collect::<Vec<_>>();
        return in_common(&words(&left), &words(&right));
    }
    in_common(&left.chars().collect::<Vec<_>>(), &right.chars().collect::<Vec<_>>())
}

#[expect(clippy::cast_precision_loss, reason = "at most a few thousand")]
fn in_common<T: Hash + Eq>(left: &[T], right: &[T]) -> f64 {
    let total = left.len() + right.len();
    if total == 0 {
        return 1.0;
    }
    let operations = differences(left, right);
    let same: usize = operations
        .iter()
        .filter(|difference| difference.tag() == DiffTag::Equal)
        .map(|difference| difference.old_range().len())
        .sum();
    (2 * same) as f64 / total as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::{DateTime, Decimal};

    fn matches(expression: &str) -> TextMatcher {
        TextMatcher::Matches(regex::Regex::new(expression).unwrap())
    }

    fn like(text: &str, min: f64) -> TextMatcher {
        TextMatcher::Similar { text: text.into(), min }
    }

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    #[test]
    fn white_space_is_folded_before_comparing() {
        let equals = TextMatcher::Equals(" Press  1\nnow. ".into());
        assert!(equals.matches("Press 1 now."));
        assert!(!equals.matches("Press 1now."));
        assert!(!equals.matches("press 1 now."));
        let contains = TextMatcher::Contains("1 \t now".into());
        assert!(contains.matches("Press 1\n now."));
        assert!(!contains.matches("Press now."));
        assert!(matches("^Press 1 now").matches("  Press\t1 now."));
        assert!(!matches("^now").matches("Press 1 now."));
    }

    #[test]
    fn similarity_is_a_ratio_of_characters() {
        assert!((similarity("abcd", "abxd") - 0.75).abs() < 1e-9);
        assert!((similarity("", " ") - 1.0).abs() < 1e-9);
        assert!(similarity("", "a").abs() < 1e-9);
        assert!(like("Thank you for calling", 0.8).matches("Thanks for calling"));
        assert!(!like("Thank you for calling", 0.8).matches("Something went wrong"));
    }

    #[test]
    fn long_strings_are_compared_by_words() {
        let long = "one two three ".repeat(1_000);
        let other = long.replacen("two", "2", 300);
        let ratio = similarity(&long, &other);
        assert!((ratio - 0.9).abs() < 1e-9, "{ratio}");
        let endless = "a b ".repeat(200_000);
        assert!((similarity(&endless, &endless) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn values_keep_their_type_and_numbers_their_value() {
        let equals = |text: &str| ValueMatcher::Equals(json(text));
        assert!(equals("5").matches(&Value::Decimal(Decimal::parse("5.0").unwrap())));
        assert!(!equals("5").matches(&Value::from("5")));
        assert!(equals("null").matches(&Value::NOT_SET));
        assert!(!equals("\"\"").matches(&Value::NOT_SET));
        let time = DateTime::parse("2026-01-05T09:00:00Z").unwrap();
        assert!(equals("\"2026-01-05T09:00:00Z\"").matches(&Value::DateTime(time)));
        let found = Value::Json(json(r#"{"b": [1, 2.50], "a": null}"#));
        assert!(equals(r#"{"a": null, "b": [1.0, 2.5]}"#).matches(&found));
        assert!(!equals(r#"{"b": [1, 2.5]}"#).matches(&found));
    }

    /// A number between these ends; an empty one is open.
    fn number(min: &str, max: &str) -> ValueMatcher {
        let [min, max] = [min, max].map(Number::parse);
        ValueMatcher::Number(Range { min, max })
    }

    #[test]
    fn members_numbers_strings_and_is_set_match() {
        let found = Value::Json(json(r#"{"a": {"b": 2.5, "c": "x y"}, "d": 1}"#));
        let inner = vec![
            ("b".into(), number("2.4", "3")),
            ("c".into(), ValueMatcher::Text(TextMatcher::Contains("y".into()))),
            ("e".into(), ValueMatcher::IsSet(false)),
        ];
        let members = |inner| ValueMatcher::Members(vec![("a".into(), inner)]);
        assert!(members(ValueMatcher::Members(inner)).matches(&found));
        assert!(!members(ValueMatcher::IsSet(false)).matches(&found));
        assert!(!members(ValueMatcher::IsSet(true)).matches(&Value::from("a")));
        assert!(!number("3", "").matches(&Value::Json(json("2.5"))));
        assert!(!number("", "2").matches(&Value::Json(json("2.5"))));
        assert!(number("2.5", "2.5").matches(&Value::Json(json("2.50"))));
        assert!(!number("2.4", "2.499").matches(&Value::Json(json("2.5"))));
        assert!(!number("", "").matches(&Value::from("2")));
        assert!(number("2", "2").matches(&Value::Integer(2)));
        let text = ValueMatcher::Text(TextMatcher::Equals("1".into()));
        assert!(!text.matches(&Value::Integer(1)));
    }

    #[test]
    fn matchers_describe_themselves() {
        let members = vec![
            ("a".into(), ValueMatcher::Equals(json("[1]"))),
            ("b".into(), ValueMatcher::IsSet(true)),
        ];
        let range = |min, max| Range { min, max };
        for (shown, expected) in [
            (TextMatcher::Equals("a\n".into()).to_string(), r#""a\n""#),
            (TextMatcher::Contains("a".into()).to_string(), r#"text containing "a""#),
            (matches("^a").to_string(), "text matching /^a/"),
            (like("a", 0.8).to_string(), r#"text similar to "a" (at least 0.8)"#),
            (
                ValueMatcher::Members(members).to_string(),
                "an object with {a: [1], b: set}",
            ),
            (ValueMatcher::Equals(Json::Null).to_string(), "not set"),
            (range(Some(1), Some(1)).to_string(), "exactly 1"),
            (range(Some(1), Some(2)).to_string(), "1 to 2"),
            (range(None, Some(2)).to_string(), "at most 2"),
            (range(Some(1), None).to_string(), "at least 1"),
            (number("0.5", "1").to_string(), "a number, 0.5 to 1"),
        ] {
            assert_eq!(shown, expected);
        }
    }

    proptest! {
        #[test]
        fn folding_joins_the_words_with_spaces(text in "[a-c \\t\\n\u{a0}]{0,20}") {
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(folded(&text), words.join(" "));
        }

        #[test]
        fn similarity_is_symmetric_and_between_0_and_1(left in "[a-d ]{0,30}", right in "[a-d ]{0,30}") {
            let ratio = similarity(&left, &right);
            prop_assert!((0.0..=1.0).contains(&ratio));
            prop_assert!((similarity(&right, &left) - ratio).abs() < 1e-9);
            prop_assert!((similarity(&left, &left) - 1.0).abs() < 1e-9);
        }
    }
}

//! Comparison of values under the rules, with the positions of differences.

use super::rules::Rules;
use crate::trace::execution::shown;
use crate::trace::observation::escaped;
use crate::value::{DateTime, Json, JsonObject, Number, Text, Value};

/// Insignificant keys that change with every run, such as times and execution ids.
const VOLATILE: [&str; 4] =
    ["dateTime", "executionId", "flowVersion", "queuedAudioFlushed"];

/// Differences within two values, and counts of ignored values.
#[derive(Debug, Default)]
pub(super) struct Leaves<'v> {
    /// Differences, with pointers relative to the values.
    pub(super) found: Vec<Leaf<'v>>,
    /// Number of values that one side hides or has redacted.
    pub(super) hidden: usize,
    /// Number of values that differ by at most the tolerance.
    pub(super) tolerated: usize,
    /// Number of keys that only one side reports.
    pub(super) one_sided: usize,
}

/// A position within two values where they differ.
#[derive(Debug)]
pub(super) struct Leaf<'v> {
    pub(super) pointer: String,
    pub(super) recorded: Option<&'v Json>,
    pub(super) local: Option<&'v Json>,
}

/// The state of comparing two values.
pub(super) struct Equality<'r, 'v> {
    pub(super) rules: &'r Rules,
    /// Whether an object may lack keys of the other, as settings of actions may.
    pub(super) is_lenient: bool,
    pub(super) leaves: Leaves<'v>,
}

impl<'v> Equality<'_, 'v> {
    /// Compares two values at a pointer.
    pub(super) fn compare(
        &mut self,
        pointer: &str,
        one: Option<&'v Json>,
        two: Option<&'v Json>,
    ) {
        let (first, second) = (set(one), set(two));
        let (Some(a), Some(b)) = (first, second) else {
            let visible = first.or(second).filter(|it| !self.is_hidden(it));
            if visible.is_some() {
                self.differ(pointer, one, two);
            } else if first.is_some() || second.is_some() {
                self.leaves.hidden += 1;
            }
            return;
        };
        if a == b {
            return;
        }
        if self.is_hidden(a) || self.is_hidden(b) {
            self.leaves.hidden += 1;
            return;
        }
        match (a, b) {
            _ if is_same_phone(a, b) => {}
            (Json::Object(a), Json::Object(b)) if is_same_object(a, b) => {}
            (Json::Object(a), Json::Object(b)) => self.objects(pointer, a, b),
            (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
                for (index, (a, b)) in a.iter().zip(b.iter()).enumerate() {
                    self.compare(&format!("{pointer}/{index}"), Some(a), Some(b));
                }
            }
            (Json::String(a), Json::String(b)) if self.is_hidden_within(a, b) => {
                self.leaves.hidden += 1;
            }
            (Json::String(a), Json::String(b)) if self.is_close_in_time(a, b) => {
                self.leaves.tolerated += 1;
            }
            _ => match self.numbers(a, b) {
                Some(true) => {}
                Some(false) => self.leaves.tolerated += 1,
                None => self.differ(pointer, one, two),
            },
        }
    }

    fn differ(&mut self, pointer: &str, one: Option<&'v Json>, two: Option<&'v Json>) {
        let leaf = Leaf { pointer: pointer.into(), recorded: one, local: two };
        self.leaves.found.push(leaf);
    }

    fn objects(&mut self, pointer: &str, one: &'v JsonObject, two: &'v JsonObject) {
        let more = two.keys().filter(|key| !one.contains_key(*key));
        for key in one.keys().chain(more) {
            let (a, b) = (one.get(key), two.get(key));
            if self.is_lenient {
                if VOLATILE.contains(&key.as_str()) || has_same_twin(key, one, two) {
                    continue;
                }
                if a.is_none() || b.is_none() {
                    self.leaves.one_sided += 1;
                    continue;
                }
            }
            self.compare(&format!("{pointer}/{}", escaped(key)), a, b);
        }
    }

    fn is_hidden(&self, value: &Json) -> bool {
        match value {
            Json::String(text) => (self.rules.redacted)(text),
            other => shown(other).is_none(),
        }
    }

    /// Returns whether two strings differ only in redacted words, or in one redacted
    /// part.
    fn is_hidden_within(&self, one: &str, two: &str) -> bool {
        let is_redacted = |part: &str| (self.rules.redacted)(part.trim_end_matches('.'));
        let (ones, twos) = (words(one), words(two));
        let is_same = |(a, b): (&str, &str)| a == b || is_redacted(a) || is_redacted(b);
        if ones.clone().count() == twos.clone().count() && ones.zip(twos).all(is_same) {
            return true;
        }
        let (start, end) = common_ends(one, two);
        let part = |text: &str| {
            let part = text.get(start..text.len().saturating_sub(end));
            part.is_some_and(is_redacted)
        };
        part(one) || part(two)
    }

    fn is_close_in_time(&self, one: &str, two: &str) -> bool {
        let Some(most) = self.rules.time_ms else { return false };
        match (DateTime::parse(one), DateTime::parse(two)) {
            (Some(one), Some(two)) => {
                is_close(one.milliseconds(), two.milliseconds(), most)
            }
            _ => false,
        }
    }

    /// Compares numbers: `Some(true)` if equal, `Some(false)` if within the tolerance,
    /// and otherwise `None`.
    fn numbers(&self, one: &Json, two: &Json) -> Option<bool> {
        let number = |json: &Json| match json {
            Json::Integer(_) | Json::Decimal(_) => Number::of(&Value::Json(json.clone())),
            Json::String(text) if self.rules.text_numbers => Number::parse_json(text),
            _ => None,
        };
        let (one, two) = (number(one)?, number(two)?);
        if one.compare(&two).is_eq() {
            return Some(true);
        }
        let most = self.rules.number.as_ref()?;
        let difference = one.to_decimal().checked_sub(&two.to_decimal())?;
        let difference = match difference.is_negative() {
            true => difference.negate(),
            false => difference,
        };
        (difference <= *most).then_some(false)
    }
}

/// Returns whether two times in milliseconds differ by at most the given amount.
pub(super) fn is_close(one: i64, two: i64, most: i64) -> bool {
    one.abs_diff(two) <= most.unsigned_abs()
}

/// Converts `null` to `None`, because both mean NOT_SET.
fn set(value: Option<&Json>) -> Option<&Json> {
    value.filter(|value| **value != Json::Null)
}

/// Returns whether two references are to the same platform object, by id or by name. An
/// object may have been renamed, or an organisation may know it by name only.
fn is_same_object(one: &JsonObject, two: &JsonObject) -> bool {
    let is_reference = |object: &JsonObject| {
        object.contains_key("id") && object.contains_key("name") && object.len() == 2
    };
    let is_equal = |key| one.get(key) == two.get(key) && set(one.get(key)).is_some();
    is_reference(one) && is_reference(two) && (is_equal("id") || is_equal("name"))
}

/// Returns whether the other half of an id and name is the same.
fn has_same_twin(key: &str, one: &JsonObject, two: &JsonObject) -> bool {
    twin(key).is_some_and(|twin| {
        one.get(&twin) == two.get(&twin) && set(one.get(&twin)).is_some()
    })
}

/// Returns `taskName` for `taskId`, and vice versa.
pub(super) fn twin(key: &str) -> Option<Text> {
    const HALVES: [[&str; 2]; 4] =
        [["Id", "Name"], ["Name", "Id"], ["id", "name"], ["name", "id"]];
    let twin = |[end, other]: [&str; 2]| {
        let start = key.strip_suffix(end)?;
        (start.is_empty() == end.starts_with(char::is_lowercase))
            .then(|| ecow::eco_format!("{start}{other}"))
    };
    HALVES.into_iter().find_map(twin)
}

/// Returns whether two values are the same telephone number, as an object or a string.
fn is_same_phone(one: &Json, two: &Json) -> bool {
    let [a, b] = [one, two].map(forms_of_phone);
    let is_phone = |json: &Json| json.get("e164").is_some();
    let has_scheme =
        |json: &Json| matches!(json, Json::String(text) if text.starts_with("tel:"));
    let one_is = is_phone(one) || is_phone(two) || has_scheme(one) || has_scheme(two);
    one_is && a.iter().flatten().any(|form| b.iter().flatten().any(|other| form == other))
}

fn forms_of_phone(json: &Json) -> [Option<&str>; 3] {
    let forms = match json {
        Json::String(text) => [Some(text.as_str()), None, None],
        other => ["e164", "raw", "uri"].map(|key| form(other.get(key))),
    };
    forms.map(|form| form.map(|text| text.strip_prefix("tel:").unwrap_or(text)))
}

fn form(json: Option<&Json>) -> Option<&str> {
    match json? {
        Json::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Splits a string into words, including numbers and addresses, and the separators
/// between them.
fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    let is_between = |it: char| !it.is_alphanumeric() && !"+-@._".contains(it);
    text.split_inclusive(is_between).flat_map(move |word| {
        let end = word.char_indices().next_back().filter(|(_, last)| is_between(*last));
        let (word, between) = word.split_at(end.map_or(word.len(), |(at, _)| at));
        [word, between]
    })
}

/// Returns the number of bytes that two strings share at the beginning and at the end, in
/// whole words.
fn common_ends(one: &str, two: &str) -> (usize, usize) {
    let is_same = |(a, b): &(char, char)| a == b;
    let length = |(a, _): (char, char)| a.len_utf8();
    let start: usize = one.chars().zip(two.chars()).take_while(is_same).map(length).sum();
    let (common, rest) = one.split_at_checked(start).unwrap_or_default();
    let start = common.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let is_inside = |text: &str| text.len() > start;
    if rest.is_empty() || !is_inside(one) || !is_inside(two) {
        return (start, 0);
    }
    let backwards = one.chars().rev().zip(two.chars().rev());
    let most = one.len().min(two.len()) - start;
    let end: usize = backwards.take_while(is_same).map(length).sum::<usize>().min(most);
    let tail = one.get(one.len() - end..).unwrap_or_default();
    let end = tail.find(|it: char| !it.is_alphanumeric()).map_or(0, |at| end - at);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redacted_parts_of_strings_are_not_compared() {
        let redacted = |text: &str| matches!(text, "X" | "X Y" | "+1X");
        let rules = Rules { redacted, ..Rules::default() };
        let differs = |one: &str, two: &str| {
            let (one, two) = (Json::from(one), Json::from(two));
            let leaves = Leaves::default();
            let mut equality = Equality { rules: &rules, is_lenient: false, leaves };
            equality.compare("", Some(&one), Some(&two));
            !equality.leaves.found.is_empty()
        };
        for (one, two) in [
            ("Hello X. Press 1.", "Hello Ada. Press 1."),
            ("Hello X Y. Press 1.", "Hello dear old caller. Press 1."),
            ("menu:+1X|X", "menu:+123|Ada"),
            ("Hello X", "Hello "),
            ("X", "Ä"),
        ] {
            assert!(!differs(one, two) && !differs(two, one), "{one} {two}");
        }
        for (one, two) in [
            ("Hello X. Press 1.", "Hello Ada. Press 2."),
            ("Hello X. Press 1.", "Good day Ada. Press 1."),
            ("Hello X", "Hello"),
            ("Hello Z.", "Hello Ä."),
            ("Hello ", "Hello Hello "),
        ] {
            assert!(differs(one, two) && differs(two, one), "{one} {two}");
        }
    }
}

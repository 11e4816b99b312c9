//! The fields of documents, and the comparison of their values.

use std::cmp::Ordering;

use crate::value::{DateTime, Json};

/// The suffix of a field name that selects the unanalyzed string. Here no string is
/// analyzed.
const WHOLE: &str = ".keyword";

/// Returns the values of a field: every item of a list, and none for null. A name with
/// dots leads into nested objects.
pub(super) fn values<'j>(source: &'j Json, field: &str) -> Vec<&'j Json> {
    let mut found = Vec::new();
    collect(source, field, &mut found);
    if found.is_empty()
        && let Some(field) = field.strip_suffix(WHOLE)
    {
        collect(source, field, &mut found);
    }
    found
}

fn collect<'j>(value: &'j Json, path: &str, found: &mut Vec<&'j Json>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Json::Object(entries) => {
            if let Some(value) = entries.get(path) {
                return leaves(value, found);
            }
            for (point, _) in path.match_indices('.') {
                let (head, tail) = path.split_at(point);
                if let Some(inner) = entries.get(head) {
                    return collect(inner, tail.trim_start_matches('.'), found);
                }
            }
        }
        _ => {}
    }
}

fn leaves<'j>(value: &'j Json, found: &mut Vec<&'j Json>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Json::Null | Json::Object(_) => {}
        other => found.push(other),
    }
}

/// Returns the value of a number.
pub(super) fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Integer(_) | Json::Decimal(_) => value.to_string().parse().ok(),
        _ => None,
    }
}

/// Returns a value as a string.
pub(super) fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// Returns the time of a string that begins like `2026-01-05`, in milliseconds since
/// 1970.
pub(super) fn time(value: &Json) -> Option<i64> {
    let Json::String(text) = value else { return None };
    let looks_like_time = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let time = if looks_like_time { DateTime::parse(text) } else { None };
    time.map(DateTime::milliseconds)
}

/// Returns `true` if a value equals the wanted one. A number may be written as a string.
pub(super) fn equals(value: &Json, wanted: &Json) -> bool {
    if value == wanted {
        return true;
    }
    match (number(value), number(wanted)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => text(value) == text(wanted),
        (Some(one), None) => text(wanted).trim().parse() == Ok(one),
        (None, Some(_)) => text(value) == text(wanted),
    }
}

/// The sort key of a value: numbers come first, then times, then strings.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// A number.
    Number(f64),
    /// A time, in milliseconds since 1970.
    Time(i64),
    /// Any other string.
    Text(String),
}

impl Key {
    pub(super) fn of(value: &Json) -> Self {
        if let Some(number) = number(value) {
            return Self::Number(number);
        }
        time(value).map_or_else(|| Self::Text(text(value)), Self::Time)
    }

    /// Converts a value for comparison with keys like `other`: a string may represent a
    /// number.
    pub(super) fn like(value: &Json, other: &Self) -> Self {
        match other {
            Self::Number(_) => {
                let number = text(value).trim().parse().ok();
                number.map_or_else(|| Self::of(value), Self::Number)
            }
            Self::Time(_) => Self::of(value),
            Self::Text(_) => Self::Text(text(value)),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Time(_) => 1,
            Self::Text(_) => 2,
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    #[test]
    fn a_field_is_found_in_objects_and_lists() {
        let source = json(
            r#"{"a": {"b": [1, null, [2]]}, "c.d": 3, "l": [{"x": "p"}, {"x": "q"}], "n": null}"#,
        );
        let found = |field: &str| {
            values(&source, field).into_iter().map(text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("a.b"), "1 2");
        assert_eq!(found("c.d"), "3");
        assert_eq!(found("l.x"), "p q");
        assert_eq!(found("l.x.keyword"), "p q");
        for nothing in ["n", "a", "l", "z", "a.b.c", ""] {
            assert_eq!(found(nothing), "", "{nothing}");
        }
    }

    #[test]
    fn numbers_are_equal_in_all_notations() {
        let is = |value: &str, wanted: &str| equals(&json(value), &json(wanted));
        assert!(is("1", "1.0"));
        assert!(is("1", r#""1""#));
        assert!(is(r#""1""#, "1"));
        assert!(is("true", r#""true""#));
        assert!(!is(r#""01""#, "1"));
        assert!(!is(r#""a""#, r#""A""#));
    }

    #[test]
    fn only_strings_that_look_like_times_are_parsed() {
        let day = time(&json(r#""2026-01-05""#));
        assert!(day.is_some());
        assert_eq!(time(&json(r#""2026-01-05T00:00:00.000000""#)), day);
        for text in [r#""20260105""#, r#""1""#, "1", r#""a-b-c""#] {
            assert_eq!(time(&json(text)), None, "{text}");
        }
    }
}

//! The fields of documents, and how their values compare.

use std::cmp::Ordering;

use crate::value::{DateTime, Json};

/// Behind the name of a field: its text, whole. It always is here.
const WHOLE: &str = ".keyword";

/// The values of a field: of a list each, of null none. A name with points leads into
/// objects.
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

/// A number.
pub(super) fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Integer(_) | Json::Decimal(_) => value.to_string().parse().ok(),
        _ => None,
    }
}

/// A value as text.
pub(super) fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// A time, which texts have that begin like `2026-01-05`.
pub(super) fn time(value: &Json) -> Option<i64> {
    let Json::String(text) = value else { return None };
    let is_like_one = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let time = if is_like_one { DateTime::parse(text) } else { None };
    time.map(DateTime::milliseconds)
}

/// Whether a value is the one that is looked for: a number may be written as text.
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

/// Where a value stands among others: numbers, then times, then texts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// A number.
    Number(f64),
    /// A time, in milliseconds since 1970.
    Time(i64),
    /// Any other text.
    Text(String),
}

impl Key {
    pub(super) fn of(value: &Json) -> Self {
        if let Some(number) = number(value) {
            return Self::Number(number);
        }
        time(value).map_or_else(|| Self::Text(text(value)), Self::Time)
    }

    /// The same, to be compared with values like this one: what is asked for as text may be
    /// meant as a number.
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
    fn numbers_are_equal_however_they_are_written() {
        let is = |value: &str, wanted: &str| equals(&json(value), &json(wanted));
        assert!(is("1", "1.0"));
        assert!(is("1", r#""1""#));
        assert!(is(r#""1""#, "1"));
        assert!(is("true", r#""true""#));
        assert!(!is(r#""01""#, "1"));
        assert!(!is(r#""a""#, r#""A""#));
    }

    #[test]
    fn only_what_looks_like_a_time_is_one() {
        let day = time(&json(r#""2026-01-05""#));
        assert!(day.is_some());
        assert_eq!(time(&json(r#""2026-01-05T00:00:00.000000""#)), day);
        for text in [r#""20260105""#, r#""1""#, "1", r#""a-b-c""#] {
            assert_eq!(time(&json(text)), None, "{text}");
        }
    }
}

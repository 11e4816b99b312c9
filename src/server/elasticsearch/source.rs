//! `_source`: the part of a document that an answer contains.

use super::problem::Problem;
use super::query::known;
use crate::server::http::request::ApiRequest;
use crate::value::{Json, Text};

/// The requested part of documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SourceFilter {
    is_nothing: bool,
    /// Patterns of field names; empty for all fields.
    includes: Vec<String>,
    excludes: Vec<String>,
}

impl SourceFilter {
    /// Reads the requested part from the body, or from the query of the request.
    pub(super) fn read(body: Option<&Json>, asked: &ApiRequest) -> Result<Self, Problem> {
        let list = |name| asked.query_all(name).into_iter().map(str::to_owned).collect();
        let mut wanted = match (body, asked.query("_source")) {
            (Some(body), _) => of_body(body)?,
            (None, Some("true") | None) => Self::default(),
            (None, Some("false")) => Self { is_nothing: true, ..Self::default() },
            (None, Some(_)) => Self { includes: list("_source"), ..Self::default() },
        };
        wanted.includes.extend::<Vec<String>>(list("_source_includes"));
        wanted.excludes.extend::<Vec<String>>(list("_source_excludes"));
        Ok(wanted)
    }

    /// Returns the requested part of a document; `None` if it is not requested at all.
    pub(super) fn of(&self, source: &Json) -> Option<Json> {
        if self.is_nothing {
            return None;
        }
        if self.includes.is_empty() && self.excludes.is_empty() {
            return Some(source.clone());
        }
        Some(self.filtered(source, "").unwrap_or_else(|| Json::object([])))
    }

    /// Returns the requested part of a value. `path` is the path of the value, with a
    /// final dot.
    fn filtered(&self, value: &Json, path: &str) -> Option<Json> {
        let entries = match value {
            Json::Object(entries) => entries,
            Json::Array(items) => {
                let items = items.iter().filter_map(|item| self.filtered(item, path));
                return Some(Json::array(items));
            }
            _ => return None,
        };
        let entries = entries.iter().filter_map(|(key, value)| {
            let path = format!("{path}{key}");
            if self.excludes.iter().any(|pattern| is_within(&path, pattern)) {
                return None;
            }
            let is_whole = self.includes.is_empty()
                || self.includes.iter().any(|pattern| is_within(&path, pattern));
            let is_container = matches!(value, Json::Object(_) | Json::Array(_));
            let kept = match is_whole {
                true if self.excludes.is_empty() || !is_container => Some(value.clone()),
                true => self.without_excluded(value, &path),
                false => self.filtered(value, &format!("{path}.")).filter(is_something),
            };
            kept.map(|kept| (key.clone(), kept))
        });
        let entries: Vec<(Text, Json)> = entries.collect();
        (path.is_empty() || !entries.is_empty()).then(|| Json::object(entries))
    }

    /// Returns a requested value without its excluded parts.
    fn without_excluded(&self, value: &Json, path: &str) -> Option<Json> {
        let all = Self { includes: Vec::new(), ..self.clone() };
        match value {
            Json::Object(_) => all.filtered(value, &format!("{path}.")),
            Json::Array(items) => {
                let kept = |item: &Json| {
                    let kept = all.without_excluded(item, path);
                    kept.unwrap_or_else(|| item.clone())
                };
                Some(Json::array(items.iter().map(kept)))
            }
            other => Some(other.clone()),
        }
    }
}

/// Returns `true` unless the value is an empty list.
fn is_something(value: &Json) -> bool {
    match value {
        Json::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// Reads `true`, one field, several fields, or `{includes, excludes}`.
fn of_body(body: &Json) -> Result<SourceFilter, Problem> {
    match body {
        Json::Boolean(is_wanted) => {
            Ok(SourceFilter { is_nothing: !is_wanted, ..SourceFilter::default() })
        }
        Json::Object(_) => {
            known(body, "_source", &["include", "includes", "exclude", "excludes"])?;
            let either = |one, other| patterns(body.get(one).or_else(|| body.get(other)));
            Ok(SourceFilter {
                is_nothing: false,
                includes: either("includes", "include")?,
                excludes: either("excludes", "exclude")?,
            })
        }
        other => Ok(SourceFilter {
            includes: patterns(Some(other))?,
            ..SourceFilter::default()
        }),
    }
}

fn patterns(value: Option<&Json>) -> Result<Vec<String>, Problem> {
    let one = |value: &Json| match value {
        Json::String(text) => Ok(text.to_string()),
        other => {
            Err(Problem::parsing(format!("[_source] must name fields, found [{other}]")))
        }
    };
    match value {
        None => Ok(Vec::new()),
        Some(Json::Array(items)) => items.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}

/// Returns `true` if a pattern matches a path or one of its parents.
fn is_within(path: &str, pattern: &str) -> bool {
    let parents = path.match_indices('.').map(|(point, _)| path.split_at(point).0);
    parents.chain([path]).any(|path| fits(path, pattern))
}

/// Returns `true` if a string matches a pattern, in which `*` matches any characters.
fn fits(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(wanted: &str, source: &str) -> String {
        let json = |text: &str| Json::parse(text).unwrap();
        let wanted =
            SourceFilter::read(Some(&json(wanted)), &ApiRequest::default()).unwrap();
        wanted.of(&json(source)).map_or_else(|| "nothing".to_owned(), |it| it.to_string())
    }

    #[test]
    fn fields_are_chosen() {
        let source = r#"{"b":1,"a":{"x":1,"y":{"z":2}},"l":[{"p":1,"q":2},{"q":3}]}"#;
        for (wanted, expected) in [
            ("true", source),
            ("false", "nothing"),
            (r#""b""#, r#"{"b":1}"#),
            (r#"["b","missing"]"#, r#"{"b":1}"#),
            (r#""a.y""#, r#"{"a":{"y":{"z":2}}}"#),
            (r#""*.z""#, r#"{"a":{"y":{"z":2}}}"#),
            (r#""l.q""#, r#"{"l":[{"q":2},{"q":3}]}"#),
            (r#"{"excludes":["a","l.p"]}"#, r#"{"b":1,"l":[{"q":2},{"q":3}]}"#),
            (r#"{"includes":"a","excludes":"a.y.*"}"#, r#"{"a":{"x":1}}"#),
            (r#""missing""#, "{}"),
        ] {
            assert_eq!(of(wanted, source), expected, "{wanted}");
        }
    }

    #[test]
    fn stars_match_any_characters() {
        assert!(fits("routing_decision", "routing_*"));
        assert!(fits("abc", "a*b*c"));
        assert!(!fits("abd", "a*b*c"));
        assert!(fits("", "*"));
        assert!(!fits("ab", "a"));
    }
}

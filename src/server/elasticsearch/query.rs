//! Queries that select documents.

use std::cmp::Ordering;

use super::field::{Key, equals, time, values};
use super::problem::Problem;
use crate::value::{Json, Text};

/// Maximum nesting depth of queries. *Source: Elasticsearch.*
const MAX_DEPTH: usize = 30;
/// Maximum number of clauses in a query. *Source: Elasticsearch.*
const MAX_CLAUSES: usize = 1_024;
/// Maximum number of values in `terms`.
const MAX_TERMS: usize = 1_024;
/// A day minus one millisecond, from the start of a day to its end.
const REST_OF_DAY: i64 = 24 * 60 * 60 * 1_000 - 1;

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Query {
    /// Every document.
    All,
    /// Documents that have one of the values in the field.
    Terms(Text, Vec<Json>),
    /// Documents with a value of the field within all bounds.
    Range(Text, Vec<(Bound, Json)>),
    /// Documents that match all of `all`, none of `none`, and at least `least` of `some`.
    Bool { all: Vec<Query>, none: Vec<Query>, some: Vec<Query>, least: usize },
}

/// The side of a bound on which a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Above,
    From,
    Below,
    UpTo,
}

impl Query {
    /// Reads a query. A missing query selects all documents.
    pub(super) fn read(query: Option<&Json>) -> Result<Self, Problem> {
        match query {
            None | Some(Json::Null) => Ok(Self::All),
            Some(query) => Reader { clauses: 0 }.read(query, 0),
        }
    }

    /// Returns `true` if the query selects a document.
    pub(super) fn fits(&self, source: &Json) -> bool {
        match self {
            Self::All => true,
            Self::Terms(field, wanted) => {
                let found = values(source, field);
                found.iter().any(|value| wanted.iter().any(|it| equals(value, it)))
            }
            Self::Range(field, bounds) => {
                let found = values(source, field);
                found
                    .iter()
                    .any(|value| bounds.iter().all(|bound| is_within(value, bound)))
            }
            Self::Bool { all, none, some, least } => {
                all.iter().all(|query| query.fits(source))
                    && !none.iter().any(|query| query.fits(source))
                    && (*least == 0
                        || some.iter().filter(|query| query.fits(source)).count()
                            >= *least)
            }
        }
    }
}

fn is_within(value: &Json, (bound, limit): &(Bound, Json)) -> bool {
    let value = Key::of(value);
    let mut key = Key::like(limit, &value);
    // A date without a time means the whole day. *Source: Elasticsearch, missing date
    // components.*
    if let (Key::Time(at), Bound::Above | Bound::UpTo) = (&mut key, bound)
        && matches!(limit, Json::String(text) if text.trim().len() == "2026-01-05".len())
    {
        *at = at.saturating_add(REST_OF_DAY);
    }
    if std::mem::discriminant(&key) != std::mem::discriminant(&value) {
        return false;
    }
    let order = value.compare(&key);
    match bound {
        Bound::Above => order == Ordering::Greater,
        Bound::From => order != Ordering::Less,
        Bound::Below => order == Ordering::Less,
        Bound::UpTo => order != Ordering::Greater,
    }
}

/// Reads queries and counts their clauses.
struct Reader {
    clauses: usize,
}

impl Reader {
    fn read(&mut self, query: &Json, depth: usize) -> Result<Query, Problem> {
        self.clauses += 1;
        if depth > MAX_DEPTH || self.clauses > MAX_CLAUSES {
            let reason = format!(
                "a query may be nested at most {MAX_DEPTH} deep and have at most {MAX_CLAUSES} clauses"
            );
            return Err(Problem::illegal(reason));
        }
        let (kind, body) = single(query, "a query")?;
        match kind.as_str() {
            "match_all" => known(body, "match_all", &["boost"]).map(|()| Query::All),
            "term" => term(body),
            "terms" => terms(body),
            "range" => range(body),
            "bool" => self.bool(body, depth),
            other => {
                let reason = format!(
                    "the query [{other}] is not supported by flowsim; use [match_all], [term], \
                     [terms], [range] or [bool]"
                );
                Err(Problem::parsing(reason))
            }
        }
    }

    fn bool(&mut self, body: &Json, depth: usize) -> Result<Query, Problem> {
        let clauses = ["must", "filter", "must_not", "should"];
        let mut all_known = clauses.to_vec();
        all_known.extend(["minimum_should_match", "boost"]);
        known(body, "bool", &all_known)?;
        let mut read = |name: &str| match body.get(name) {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) => {
                items.iter().map(|item| self.read(item, depth + 1)).collect()
            }
            Some(one) => Ok(vec![self.read(one, depth + 1)?]),
        };
        let [must, filter, none, some] = clauses.map(&mut read);
        let (mut all, none, some) = (must?, none?, some?);
        all.extend(filter?);
        let usual = usize::from(all.is_empty() && !some.is_empty());
        let least = match body.get("minimum_should_match") {
            None => usual,
            Some(Json::Integer(least)) if *least >= 0 => {
                usize::try_from(*least).unwrap_or(usize::MAX)
            }
            Some(other) => {
                let reason =
                    format!("[minimum_should_match] must be a count, found [{other}]");
                return Err(Problem::parsing(reason));
            }
        };
        Ok(Query::Bool { all, none, some, least })
    }
}

/// Reads `{"FIELD": VALUE}` or `{"FIELD": {"value": VALUE}}`.
fn term(body: &Json) -> Result<Query, Problem> {
    let (field, value) = single(body, "[term]")?;
    let value = match value {
        Json::Object(_) => {
            known(value, "term", &["value", "boost"])?;
            value.get("value").unwrap_or(&Json::Null)
        }
        value => value,
    };
    Ok(Query::Terms(field.clone(), vec![scalar(value, "term")?]))
}

/// Reads `{"FIELD": [VALUE, …]}`.
fn terms(body: &Json) -> Result<Query, Problem> {
    let Json::Object(entries) = body else {
        return Err(Problem::parsing("[terms] must be an object"));
    };
    let mut fields = entries.iter().filter(|(key, _)| key.as_str() != "boost");
    match (fields.next(), fields.next()) {
        (Some((field, Json::Array(wanted))), None) if wanted.len() <= MAX_TERMS => {
            let wanted = wanted.iter().map(|value| scalar(value, "terms"));
            Ok(Query::Terms(field.clone(), wanted.collect::<Result<_, _>>()?))
        }
        _ => {
            let reason =
                format!("[terms] takes one field with at most {MAX_TERMS} values");
            Err(Problem::parsing(reason))
        }
    }
}

/// Reads `{"FIELD": {"gte": VALUE, "lt": VALUE}}`.
fn range(body: &Json) -> Result<Query, Problem> {
    let (field, limits) = single(body, "[range]")?;
    known(limits, "range", &["gt", "gte", "lt", "lte", "boost"])?;
    let mut bounds = Vec::new();
    let names = [Bound::Above, Bound::From, Bound::Below, Bound::UpTo];
    for (name, bound) in ["gt", "gte", "lt", "lte"].into_iter().zip(names) {
        let Some(limit) = limits.get(name).filter(|it| **it != Json::Null) else {
            continue;
        };
        let limit = scalar(limit, "range")?;
        let is_relative = |text: &str| text.starts_with("now") || text.contains("||");
        if matches!(&limit, Json::String(text) if is_relative(text))
            && time(&limit).is_none()
        {
            let reason = format!("relative times such as [{limit}] are not supported");
            return Err(Problem::parsing(reason));
        }
        bounds.push((bound, limit));
    }
    Ok(Query::Range(field.clone(), bounds))
}

/// Returns the only entry of an object.
fn single<'j>(json: &'j Json, what: &str) -> Result<(&'j Text, &'j Json), Problem> {
    let entry = match json {
        Json::Object(entries) if entries.len() == 1 => entries.first(),
        _ => None,
    };
    entry
        .ok_or_else(|| Problem::parsing(format!("{what} must be an object with one key")))
}

/// Checks that a value can be the value of a field.
fn scalar(value: &Json, what: &str) -> Result<Json, Problem> {
    match value {
        Json::Null | Json::Array(_) | Json::Object(_) => {
            let reason = format!("[{what}] cannot match [{value}]");
            Err(Problem::parsing(reason))
        }
        other => Ok(other.clone()),
    }
}

/// Refuses keys that are not supported.
pub(super) fn known(body: &Json, what: &str, keys: &[&str]) -> Result<(), Problem> {
    let Json::Object(entries) = body else {
        return Err(Problem::parsing(format!("[{what}] must be an object")));
    };
    match entries.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let reason = format!("[{key}] of [{what}] is not supported by flowsim");
            Err(Problem::parsing(reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    /// Returns the positions of the documents that a query selects.
    fn found(query: &str) -> Vec<usize> {
        let documents = [
            r#"{"dtmf": "1", "agents": 7, "at": "2026-01-05T09:00:00Z"}"#,
            r#"{"dtmf": "2", "agents": 2, "at": "2026-01-05T23:59:59.999"}"#,
            r##"{"dtmf": "#", "agents": null, "at": "2026-01-06"}"##,
        ];
        let query = Query::read(Some(&json(query))).unwrap();
        let fits = |(_, text): &(usize, &str)| query.fits(&json(text));
        let numbers = documents.into_iter().enumerate().filter(fits);
        numbers.map(|(number, _)| number).collect()
    }

    #[test]
    fn documents_are_found() {
        for (query, expected) in [
            (r#"{"match_all": {}}"#, vec![0, 1, 2]),
            (r#"{"term": {"dtmf": "1"}}"#, vec![0]),
            (r#"{"term": {"dtmf.keyword": {"value": "1", "boost": 2}}}"#, vec![0]),
            (r##"{"terms": {"dtmf": ["1", "#"]}}"##, vec![0, 2]),
            (r#"{"range": {"agents": {"gte": 2, "lt": 7}}}"#, vec![1]),
            (r#"{"range": {"agents": {"gt": "2"}}}"#, vec![0]),
            (r#"{"range": {"at": {"lte": "2026-01-05"}}}"#, vec![0, 1]),
            (r#"{"range": {"at": {"gt": "2026-01-05"}}}"#, vec![2]),
            (r#"{"range": {"at": {"gte": "2026-01-05T10:00:00+01:00"}}}"#, vec![0, 1, 2]),
            (r#"{"range": {"missing": {"gte": 0}}}"#, vec![]),
            (
                r#"{"bool": {"filter": {"term": {"dtmf": "1"}}, "should": [{"term": {"dtmf": "2"}}]}}"#,
                vec![0],
            ),
            (r#"{"bool": {"should": [{"term": {"dtmf": "2"}}]}}"#, vec![1]),
            (
                r#"{"bool": {"must": [{"match_all": {}}], "must_not": {"term": {"agents": 7}}}}"#,
                vec![1, 2],
            ),
            (
                r#"{"bool": {"must": [{"match_all": {}}], "should": [{"term": {"dtmf": "2"}}], "minimum_should_match": 1}}"#,
                vec![1],
            ),
            (r#"{"bool": {}}"#, vec![0, 1, 2]),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn unsupported_queries_are_refused() {
        for query in [
            r#"{"match": {"dtmf": "1"}}"#,
            r#"{"match_all": {}, "term": {}}"#,
            r#"{"term": {"dtmf": null}}"#,
            r#"{"term": {"dtmf": {"value": "1", "case_insensitive": true}}}"#,
            r#"{"range": {"at": {"gte": "now-1h"}}}"#,
            r#"{"range": {"at": {"gte": 1, "format": "epoch_millis"}}}"#,
            r#"{"bool": {"must": {"exists": {"field": "dtmf"}}}}"#,
            r#"{"bool": {"should": [], "minimum_should_match": "75%"}}"#,
            "[]",
            "{}",
        ] {
            let problem = Query::read(Some(&json(query))).unwrap_err();
            assert_eq!(problem.status, 400, "{query}");
        }
        let deep = r#"{"bool": {"must": "#.repeat(31) + r#"{"match_all": {}}"#;
        assert!(Query::read(Some(&json(&(deep + &"}".repeat(62))))).is_err());
        let wide = vec![r#"{"match_all": {}}"#; 1_025].join(",");
        let wide = format!(r#"{{"bool": {{"must": [{wide}]}}}}"#);
        assert!(Query::read(Some(&json(&wide))).is_err());
    }
}

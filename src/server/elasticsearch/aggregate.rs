//! Aggregations: documents counted by the values of a field, and averages.

use std::cmp::Ordering;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::field::{Key, number, text, values};
use super::problem::Problem;
use super::query::known;
use crate::value::{Json, Text};

/// Maximum nesting depth of aggregations.
const MAX_DEPTH: usize = 8;
/// Maximum number of aggregations in a request.
const MAX_AGGREGATIONS: usize = 100;
/// Maximum number of buckets in an answer. *Source: Elasticsearch, `search.max_buckets`.*
const MAX_BUCKETS: usize = 65_536;
/// Default number of buckets of an aggregation. *Source: Elasticsearch.*
const DEFAULT_SIZE: usize = 10;

/// An aggregation with its name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aggregation {
    name: Text,
    field: Text,
    kind: Kind,
    inner: Vec<Aggregation>,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// One bucket for each value.
    Terms { size: usize, order: Vec<(By, bool)> },
    /// The average of the numbers.
    Average,
}

/// The sort key of buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Count,
    Key,
}

/// Reads the aggregations of a request.
pub(super) fn read(body: Option<&Json>) -> Result<Vec<Aggregation>, Problem> {
    read_all(body, 0, &mut 0)
}

fn read_all(
    body: Option<&Json>,
    depth: usize,
    count: &mut usize,
) -> Result<Vec<Aggregation>, Problem> {
    let entries = match body {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(Json::Object(entries)) => entries,
        Some(_) => return Err(Problem::parsing("[aggs] must be an object")),
    };
    *count += entries.len();
    if depth >= MAX_DEPTH || *count > MAX_AGGREGATIONS {
        let reason = format!(
            "at most {MAX_AGGREGATIONS} aggregations, nested at most {MAX_DEPTH} deep, are allowed"
        );
        return Err(Problem::illegal(reason));
    }
    entries.iter().map(|(name, body)| read_one(name, body, depth, count)).collect()
}

fn read_one(
    name: &Text,
    body: &Json,
    depth: usize,
    count: &mut usize,
) -> Result<Aggregation, Problem> {
    let Json::Object(entries) = body else {
        return Err(Problem::parsing(format!("[{name}] must be an object")));
    };
    let is_kind = |key: &str| !matches!(key, "aggs" | "aggregations" | "meta");
    let mut kinds = entries.iter().filter(|(key, _)| is_kind(key));
    let (Some((kind, about)), None) = (kinds.next(), kinds.next()) else {
        return Err(Problem::parsing(format!(
            "[{name}] must have exactly one type of aggregation"
        )));
    };
    let inner = entries.get("aggs").or_else(|| entries.get("aggregations"));
    let inner = read_all(inner, depth + 1, count)?;
    let kind = match kind.as_str() {
        "terms" => {
            known(about, "terms", &["field", "size", "order"])?;
            Kind::Terms { size: size(about)?, order: order(about.get("order"))? }
        }
        "avg" if inner.is_empty() => {
            known(about, "avg", &["field"])?;
            Kind::Average
        }
        "avg" => {
            let reason = format!("[{name}] of type [avg] cannot contain aggregations");
            return Err(Problem::parsing(reason));
        }
        other => {
            let reason = format!(
                "the aggregation [{other}] is not supported by flowsim; use [terms] or [avg]"
            );
            return Err(Problem::parsing(reason));
        }
    };
    let Some(Json::String(field)) = about.get("field") else {
        return Err(Problem::parsing(format!("[{name}] has no [field]")));
    };
    Ok(Aggregation { name: name.clone(), field: field.clone(), kind, inner })
}

fn size(about: &Json) -> Result<usize, Problem> {
    match about.get("size") {
        None => Ok(DEFAULT_SIZE),
        Some(Json::Integer(size)) if *size > 0 => {
            Ok(usize::try_from(*size).unwrap_or(usize::MAX).min(MAX_BUCKETS))
        }
        Some(other) => {
            let reason = format!("[size] must be greater than 0, found [{other}]");
            Err(Problem::illegal(reason))
        }
    }
}

/// Reads `{"_count": "desc"}`, `{"_key": "asc"}`, or a list of these.
fn order(order: Option<&Json>) -> Result<Vec<(By, bool)>, Problem> {
    let wrong = |found: &Json| {
        let reason = format!(
            "[order] must be by [_count] or [_key], [asc] or [desc], found [{found}]"
        );
        Problem::parsing(reason)
    };
    let items = match order {
        None => return Ok(vec![(By::Count, true)]),
        Some(Json::Array(items)) => items.to_vec(),
        Some(one) => vec![one.clone()],
    };
    let mut found = Vec::new();
    for item in &items {
        let Json::Object(entries) = item else { return Err(wrong(item)) };
        for (by, direction) in entries.iter() {
            let by = match by.as_str() {
                "_count" => By::Count,
                "_key" => By::Key,
                _ => return Err(wrong(item)),
            };
            match text(direction).as_str() {
                "asc" => found.push((by, false)),
                "desc" => found.push((by, true)),
                _ => return Err(wrong(item)),
            }
        }
    }
    Ok(found)
}

/// Computes aggregations over documents.
pub(super) fn run(
    aggregations: &[Aggregation],
    documents: &[&Json],
) -> Result<Value, Problem> {
    run_all(aggregations, documents, &mut 0)
}

fn run_all(
    aggregations: &[Aggregation],
    documents: &[&Json],
    buckets: &mut usize,
) -> Result<Value, Problem> {
    let mut answered = Map::new();
    for aggregation in aggregations {
        let value = match &aggregation.kind {
            Kind::Average => average(&aggregation.field, documents),
            Kind::Terms { size, order } => {
                terms(aggregation, *size, order, documents, buckets)?
            }
        };
        answered.insert(aggregation.name.to_string(), value);
    }
    Ok(Value::Object(answered))
}

fn average(field: &str, documents: &[&Json]) -> Value {
    let numbers: Vec<f64> = documents
        .iter()
        .flat_map(|document| values(document, field))
        .filter_map(number)
        .collect();
    let average = numbers.iter().sum::<f64>() / numbers.len() as f64;
    json!({ "value": average.is_finite().then_some(average) })
}

/// The documents that have the same value.
struct Bucket<'j> {
    value: &'j Json,
    documents: Vec<&'j Json>,
}

fn terms(
    aggregation: &Aggregation,
    size: usize,
    order: &[(By, bool)],
    documents: &[&Json],
    buckets: &mut usize,
) -> Result<Value, Problem> {
    let mut found: IndexMap<String, Bucket<'_>> = IndexMap::new();
    for document in documents {
        for value in values(document, &aggregation.field) {
            let bucket = found.entry(value.to_string());
            let bucket =
                bucket.or_insert_with(|| Bucket { value, documents: Vec::new() });
            // A document counts once even if it has the value several times.
            if !bucket.documents.last().is_some_and(|last| std::ptr::eq(*last, *document))
            {
                bucket.documents.push(document);
            }
        }
    }
    let mut found: Vec<Bucket<'_>> = found.into_values().collect();
    found.sort_by(|one, other| compare(one, other, order));
    let others = found.iter().skip(size).map(|it| it.documents.len()).sum::<usize>();
    found.truncate(size);
    *buckets += found.len();
    if *buckets > MAX_BUCKETS {
        let reason = format!("an answer has at most {MAX_BUCKETS} buckets");
        return Err(Problem::new(400, "too_many_buckets_exception", reason));
    }
    let mut answered = Vec::with_capacity(found.len());
    for bucket in found {
        let mut value = run_all(&aggregation.inner, &bucket.documents, buckets)?;
        value["doc_count"] = json!(bucket.documents.len());
        match bucket.value {
            Json::Boolean(is_true) => {
                value["key"] = json!(u8::from(*is_true));
                value["key_as_string"] = json!(is_true.to_string());
            }
            other => value["key"] = Value::from(other),
        }
        answered.push(value);
    }
    Ok(json!({
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": others,
        "buckets": answered,
    }))
}

/// Compares buckets by the requested order, then by their value.
fn compare(one: &Bucket<'_>, other: &Bucket<'_>, order: &[(By, bool)]) -> Ordering {
    let by_key = || Key::of(one.value).compare(&Key::of(other.value));
    for (by, is_descending) in order {
        let compared = match by {
            By::Count => one.documents.len().cmp(&other.documents.len()),
            By::Key => by_key(),
        };
        match (compared, is_descending) {
            (Ordering::Equal, _) => {}
            (compared, true) => return compared.reverse(),
            (compared, false) => return compared,
        }
    }
    by_key()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(aggregations: &str) -> Result<Value, Problem> {
        let json = |text: &str| Json::parse(text).unwrap();
        let documents = [
            r#"{"k": "1", "d": "queue", "n": 4}"#,
            r#"{"k": "1", "d": "vm", "n": 1}"#,
            r#"{"k": "2", "d": "queue", "n": 5}"#,
            r#"{"k": "1", "d": "queue"}"#,
            r#"{"k": ["3", "3"], "d": "vm", "n": "9"}"#,
        ]
        .map(json);
        let documents: Vec<&Json> = documents.iter().collect();
        run(&read(Some(&json(aggregations)))?, &documents)
    }

    #[test]
    fn buckets_have_counts_and_averages() {
        let found = answer(
            r#"{"keys": {"terms": {"field": "k.keyword"}, "aggs": {
                "decisions": {"terms": {"field": "d"}},
                "agents": {"avg": {"field": "n"}}}}}"#,
        );
        let found = found.unwrap();
        let buckets = found["keys"]["buckets"].as_array().unwrap();
        let shown = |it: &Value| format!("{} {}", it["key"], it["doc_count"]);
        let all: Vec<String> = buckets.iter().map(shown).collect();
        assert_eq!(all, [r#""1" 3"#, r#""2" 1"#, r#""3" 1"#]);
        let first = buckets[0]["decisions"]["buckets"].as_array().unwrap();
        let all: Vec<String> = first.iter().map(shown).collect();
        assert_eq!(all, [r#""queue" 2"#, r#""vm" 1"#]);
        assert_eq!(buckets[0]["agents"]["value"], 2.5);
        assert_eq!(buckets[2]["agents"]["value"], Value::Null);
    }

    #[test]
    fn buckets_are_sorted_by_count_unless_an_order_is_given() {
        let found = answer(
            r#"{"k": {"terms": {"field": "k", "size": 1, "order": {"_key": "desc"}}}}"#,
        );
        let found = found.unwrap();
        assert_eq!(found["k"]["buckets"][0]["key"], "3");
        assert_eq!(found["k"]["sum_other_doc_count"], 4);
    }

    #[test]
    fn unsupported_aggregations_are_refused() {
        for aggregations in [
            r#"{"a": {"max": {"field": "n"}}}"#,
            r#"{"a": {"terms": {"field": "k", "include": "1"}}}"#,
            r#"{"a": {"terms": {"field": "k", "order": {"agents": "asc"}}}}"#,
            r#"{"a": {"terms": {"size": 3}}}"#,
            r#"{"a": {"terms": {"field": "k", "size": 0}}}"#,
            r#"{"a": {"avg": {"field": "n"}, "terms": {"field": "k"}}}"#,
            r#"{"a": {"avg": {"field": "n"}, "aggs": {"b": {"avg": {"field": "n"}}}}}"#,
            r#"{"a": {}}"#,
            "[]",
        ] {
            assert!(answer(aggregations).is_err(), "{aggregations}");
        }
    }
}

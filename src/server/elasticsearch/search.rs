//! `_search` and `_count`.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::{Value, json};

use super::aggregate::{self, Aggregation};
use super::field::{Key, text, values};
use super::index::{self, shards};
use super::parameters::allow;
use super::problem::{EndpointResult, Problem};
use super::query::{Query, known};
use super::source::SourceFilter;
use crate::server::http::reply::Reply;
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::indices::Document;
use crate::value::{Json, Text};

/// Maximum position of a hit that a page can contain. *Source: Elasticsearch,
/// `index.max_result_window`.*
const MAX_WINDOW: usize = 10_000;
/// Default number of hits on a page. *Source: Elasticsearch.*
const DEFAULT_SIZE: usize = 10;
/// Maximum number of fields to sort by.
const MAX_SORTS: usize = 10;

/// The query parameters of a search, in addition to those that are accepted everywhere.
const PARAMETERS: [&str; 16] = [
    "_source",
    "_source_excludes",
    "_source_includes",
    "allow_no_indices",
    "allow_partial_search_results",
    "batched_reduce_size",
    "ccs_minimize_roundtrips",
    "expand_wildcards",
    "from",
    "max_concurrent_shard_requests",
    "preference",
    "request_cache",
    "size",
    "sort",
    "track_scores",
    "track_total_hits",
];

/// The keys in the body of a search.
const KEYS: [&str; 9] = [
    "_source",
    "aggregations",
    "aggs",
    "from",
    "query",
    "size",
    "sort",
    "timeout",
    "track_total_hits",
];

/// The parameters of a search.
struct Search {
    query: Query,
    from: usize,
    size: usize,
    wanted: SourceFilter,
    sorts: Vec<Sort>,
    aggregations: Vec<Aggregation>,
    /// Whether the answer contains the total number of hits.
    has_total: bool,
}

/// A field that documents are sorted by.
struct Sort {
    field: Text,
    is_descending: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    took: u64,
    timed_out: bool,
    _shards: Value,
    hits: Hits<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregations: Option<Value>,
}

#[derive(Serialize)]
struct Hits<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Value>,
    max_score: Option<f64>,
    hits: Vec<Hit<'a>>,
}

#[derive(Serialize)]
struct Hit<'a> {
    _index: &'a str,
    _id: &'a str,
    _score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    _source: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<Vec<Value>>,
}

/// A selected document, with its id.
type Found<'a> = (&'a str, &'a Document);

/// The sort keys of a document; `None` where it lacks the field.
type Keys = Vec<Option<Key>>;

/// `POST /INDEX/_search`. There are no scores: all hits match equally well.
pub(super) fn search(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    let search = Search::read(asked)?;
    let state = server.state();
    let index = index::find(&state, name)?;
    let documents = index.documents.iter().map(|(id, it)| (id.as_str(), it));
    let mut found: Vec<Found<'_>> =
        documents.filter(|(_, it)| search.query.fits(&it.source)).collect();
    let total = found.len();
    let aggregations = search.aggregated(&found)?;
    let keys = sort(&mut found, &search.sorts);
    let score = search.sorts.is_empty().then_some(1.0);
    let page = found.iter().enumerate().skip(search.from).take(search.size);
    let hits: Vec<Hit<'_>> = page
        .map(|(place, (id, document))| Hit {
            _index: name,
            _id: id,
            _score: score,
            _source: search.wanted.of(&document.source),
            sort: keys.get(place).map(|keys| keys.iter().map(shown).collect()),
        })
        .collect();
    let answer = Answer {
        took: 0,
        timed_out: false,
        _shards: searched(),
        hits: Hits {
            total: search.has_total.then(|| json!({ "value": total, "relation": "eq" })),
            max_score: score.filter(|_| !hits.is_empty()),
            hits,
        },
        aggregations,
    };
    let text = serde_json::to_string(&answer).unwrap_or_default();
    Ok(Reply::serialized(text).with_reason(format!("{total} documents match")))
}

/// `POST /INDEX/_count`
pub(super) fn count(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    allow(asked, &["allow_no_indices", "expand_wildcards"])?;
    let body = body(asked)?;
    known(&body, "count", &["query"])?;
    let query = Query::read(body.get("query"))?;
    let state = server.state();
    let index = index::find(&state, name)?;
    let fitting = index.documents.values().filter(|it| query.fits(&it.source));
    Ok(Reply::ok(json!({ "count": fitting.count(), "_shards": searched() })))
}

fn searched() -> Value {
    let mut shards = shards();
    shards["skipped"] = json!(0);
    shards
}

/// Parses the body, which may be empty.
fn body(asked: &ApiRequest) -> Result<Json, Problem> {
    let text = asked.text().map_err(Problem::of)?;
    if text.trim().is_empty() {
        return Ok(Json::object([]));
    }
    Json::parse(text).map_err(|error| Problem::parsing(error.to_string()))
}

impl Search {
    /// Returns the results of the aggregations, or `None` if the search has none.
    fn aggregated(&self, found: &[Found<'_>]) -> Result<Option<Value>, Problem> {
        if self.aggregations.is_empty() {
            return Ok(None);
        }
        let sources: Vec<&Json> = found.iter().map(|(_, it)| &*it.source).collect();
        aggregate::run(&self.aggregations, &sources).map(Some)
    }

    fn read(asked: &ApiRequest) -> Result<Self, Problem> {
        allow(asked, &PARAMETERS)?;
        let body = body(asked)?;
        known(&body, "search", &KEYS)?;
        let from = count_of(&body, asked, "from")?.unwrap_or(0);
        let size = count_of(&body, asked, "size")?.unwrap_or(DEFAULT_SIZE);
        if from.saturating_add(size) > MAX_WINDOW {
            let reason = format!(
                "Result window is too large, from + size must be less than or equal to: \
                 [{MAX_WINDOW}]"
            );
            return Err(Problem::illegal(reason));
        }
        let aggregations = body.get("aggs").or_else(|| body.get("aggregations"));
        let total = body.get("track_total_hits").map(text);
        let total = total.as_deref().or_else(|| asked.query("track_total_hits"));
        Ok(Self {
            query: Query::read(body.get("query"))?,
            from,
            size,
            wanted: SourceFilter::read(body.get("_source"), asked)?,
            sorts: sorts(&body, asked)?,
            aggregations: aggregate::read(aggregations)?,
            has_total: total != Some("false"),
        })
    }
}

/// Reads a count from the body, or from the query of the request.
fn count_of(
    body: &Json,
    asked: &ApiRequest,
    name: &str,
) -> Result<Option<usize>, Problem> {
    let given = body.get(name).map(text);
    let Some(given) = given.as_deref().or_else(|| asked.query(name)) else {
        return Ok(None);
    };
    let count = given.parse().map(Some);
    count.map_err(|_| {
        Problem::illegal(format!("[{name}] must be a count, found [{given}]"))
    })
}

/// Reads the sort order: `"FIELD"`, `{"FIELD": "desc"}`, `{"FIELD": {"order": "desc"}}`,
/// a list of these, or `sort=FIELD:desc` in the query of the request.
fn sorts(body: &Json, asked: &ApiRequest) -> Result<Vec<Sort>, Problem> {
    let mut found = Vec::new();
    match body.get("sort") {
        None => {
            for part in asked.query_all("sort") {
                let (field, order) = part.split_once(':').unwrap_or((part, "asc"));
                found.push(sort_of(field, order)?);
            }
        }
        Some(Json::Array(items)) => {
            for item in items.iter() {
                read_sort(item, &mut found)?;
            }
        }
        Some(one) => read_sort(one, &mut found)?,
    }
    if found.len() > MAX_SORTS {
        let reason = format!("documents can be sorted by at most {MAX_SORTS} fields");
        return Err(Problem::illegal(reason));
    }
    Ok(found)
}

fn read_sort(item: &Json, found: &mut Vec<Sort>) -> Result<(), Problem> {
    let Json::Object(entries) = item else {
        found.push(sort_of(&text(item), "asc")?);
        return Ok(());
    };
    for (field, order) in entries.iter() {
        let order = match order {
            Json::Object(_) => {
                known(order, "sort", &["order", "unmapped_type", "missing"])?;
                if order.get("missing").is_some_and(|it| text(it) != "_last") {
                    let reason = "[missing] of [sort] can only be [_last]";
                    return Err(Problem::parsing(reason));
                }
                order.get("order").map_or_else(|| "asc".to_owned(), text)
            }
            order => text(order),
        };
        found.push(sort_of(field, &order)?);
    }
    Ok(())
}

fn sort_of(field: &str, order: &str) -> Result<Sort, Problem> {
    if field == "_score" {
        let reason = "sorting by [_score] is not supported by flowsim";
        return Err(Problem::illegal(reason));
    }
    match order {
        "asc" | "desc" => {
            Ok(Sort { field: field.into(), is_descending: order == "desc" })
        }
        other => Err(Problem::parsing(format!(
            "[order] must be [asc] or [desc], found [{other}]"
        ))),
    }
}

/// Sorts documents and returns their sort keys. Documents without the field come last. A
/// field with several values is sorted by the smallest, or in descending order by the
/// largest.
fn sort(found: &mut [Found<'_>], sorts: &[Sort]) -> Vec<Keys> {
    if sorts.is_empty() {
        return Vec::new();
    }
    let key = |document: &Document, sort: &Sort| {
        if sort.field == "_doc" {
            return Some(Key::Number(document.sequence as f64));
        }
        let mut keys: Vec<Key> =
            values(&document.source, &sort.field).into_iter().map(Key::of).collect();
        keys.sort_by(Key::compare);
        if sort.is_descending { keys.pop() } else { keys.into_iter().next() }
    };
    let keys_of = |document: &Document| {
        sorts.iter().map(|sort| key(document, sort)).collect::<Keys>()
    };
    let mut keyed: Vec<(Keys, Found<'_>)> =
        found.iter().map(|it| (keys_of(it.1), *it)).collect();
    keyed.sort_by(|(one, _), (other, _)| {
        let compared = one.iter().zip(other).zip(sorts);
        let compared = compared.map(|((one, other), sort)| compare(one, other, sort));
        compared.fold(Ordering::Equal, Ordering::then)
    });
    let mut keys = Vec::with_capacity(keyed.len());
    for (place, (key, document)) in found.iter_mut().zip(keyed) {
        *place = document;
        keys.push(key);
    }
    keys
}

fn compare(one: &Option<Key>, other: &Option<Key>, sort: &Sort) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if sort.is_descending => other.compare(one),
        (Some(one), Some(other)) => one.compare(other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

/// Converts the sort key of a document for the answer.
fn shown(key: &Option<Key>) -> Value {
    match key {
        None => Value::Null,
        Some(Key::Number(number)) if number.fract() == 0.0 && number.abs() < 1e15 => {
            json!(*number as i64)
        }
        Some(Key::Number(number)) => json!(number),
        Some(Key::Time(time)) => json!(time),
        Some(Key::Text(text)) => json!(text),
    }
}

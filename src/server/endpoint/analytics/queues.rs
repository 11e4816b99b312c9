//! Queue statistics from the fixtures.

use serde_json::{Map, Value, json};

use crate::expr::architect::Directory;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::State;
use crate::value::Kind;
use crate::world::{Answer, AnswerProgress, Fixtures, Question};

/// Answers queue statistics in the form of the state-machine tutorial: `{entities: [{id,
/// availableAgents, occupancy, …}]}`.
pub(in crate::server) fn realtime(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let fixtures = state.fixtures();
    let wanted = body.strings("entityIds")?;
    let queues = if wanted.is_empty() { all(&fixtures) } else { owned(&wanted) };
    let size = body.get("size").and_then(Value::as_u64);
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
    let select = body.strings("select")?;
    let entity = |queue: &String| {
        let statistics = statistics(&fixtures, queue)?;
        let mut entity = Map::new();
        entity.insert("id".into(), queue.as_str().into());
        let is_wanted = |name: &str| select.is_empty() || select.contains(&name);
        entity.extend(statistics.into_iter().filter(|(name, _)| is_wanted(name)));
        Some(Value::Object(entity))
    };
    let entities: Vec<Value> = queues.iter().filter_map(entity).take(size).collect();
    let why = format!("{} of {} queues are known", entities.len(), queues.len());
    Ok(Reply::ok(json!({ "entities": entities })).with_reason(why))
}

/// The supported metrics, and the statistics that they are read from. *Source: the
/// platform's API.*
const METRICS: [(&str, &str); 4] = [
    ("oWaiting", "waiting"),
    ("oOnQueueUsers", "availableAgents"),
    ("oActiveUsers", "availableAgents"),
    ("oInteracting", "occupancy"),
];

/// Answers queue statistics in the form of the SDKs. The filter must name queues by
/// `queueId`.
pub(in crate::server) fn observations(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let filter = body.object("filter")?;
    let fixtures = state.fixtures();
    let mut queues = Vec::new();
    collect(&filter, &mut queues)?;
    if queues.is_empty() {
        return Err(ApiError::bad(
            "`filter` must name queues by the dimension `queueId`",
        ));
    }
    let metrics = body.strings("metrics")?;
    let result = |queue: &String| {
        let statistics = statistics(&fixtures, queue)?;
        let data = METRICS.iter().filter_map(|(metric, statistic)| {
            let is_wanted = metrics.is_empty() || metrics.contains(metric);
            let value = statistics.get(*statistic).filter(|_| is_wanted)?;
            Some(json!({ "metric": metric, "stats": { "count": value } }))
        });
        let data: Vec<Value> = data.collect();
        Some(json!({ "group": { "queueId": queue }, "data": data }))
    };
    let results: Vec<Value> = queues.iter().filter_map(result).collect();
    let why = format!("{} of {} queues are known", results.len(), queues.len());
    Ok(Reply::ok(json!({ "results": results })).with_reason(why))
}

/// Collects the queues that a filter names.
fn collect(filter: &Object, queues: &mut Vec<String>) -> Result<(), ApiError> {
    for predicate in filter.list("predicates")? {
        let is_queue = predicate["dimension"] == "queueId";
        if let Some(queue) = predicate["value"].as_str().filter(|_| is_queue) {
            queues.push(queue.to_owned());
        }
    }
    for clause in filter.list("clauses")? {
        if let Value::Object(clause) = clause {
            collect(&Object(clause.clone()), queues)?;
        }
    }
    Ok(())
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Returns the ids of all queues.
fn all(fixtures: &Fixtures) -> Vec<String> {
    let id = |name: &str| {
        let object = fixtures.by_name(Kind::Queue, name)?;
        object.to_json().get("id").map(|id| match id {
            crate::value::Json::String(id) => id.to_string(),
            other => other.to_string(),
        })
    };
    let names = fixtures.object_names(Kind::Queue).into_iter();
    names.map(|name| id(name).unwrap_or_else(|| name.to_owned())).collect()
}

fn statistics(fixtures: &Fixtures, queue: &str) -> Option<Map<String, Value>> {
    let question = Question::QueueStatistics { queue };
    match fixtures.answer(&question, &mut AnswerProgress::default()) {
        Answer::Statistics(Some(json)) => match Value::from(&json) {
            Value::Object(entries) => Some(entries),
            _ => None,
        },
        _ => None,
    }
}

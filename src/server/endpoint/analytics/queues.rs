//! Queue statistics from the fixtures.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::expr::architect::Directory;
use crate::server::endpoint::directory::{queue_named, queue_references};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::State;
use crate::server::state::queued::QueueCount;
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
    let live = Live::of(state);
    let entity = |queue: &String| {
        let mut statistics = statistics(&fixtures, queue)?;
        let counts = live.count(queue);
        if counts != QueueCount::default() || statistics.contains_key(WAITING) {
            add(&mut statistics, WAITING, counts.waiting);
        }
        if counts != QueueCount::default() || statistics.contains_key(INTERACTING) {
            add(&mut statistics, INTERACTING, counts.interacting);
        }
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
    ("oWaiting", WAITING),
    ("oOnQueueUsers", "availableAgents"),
    ("oActiveUsers", "availableAgents"),
    ("oInteracting", INTERACTING),
];

/// The statistics to which the conversations of the server are added.
const WAITING: &str = "waiting";
const INTERACTING: &str = "interacting";

/// Answers queue statistics in the form of the SDKs. The filter must name queues by
/// `queueId`.
pub(in crate::server) fn observations(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let filter = body.object("filter")?;
    let mut queues = Vec::new();
    collect(&filter, &mut queues)?;
    if queues.is_empty() {
        return Err(ApiError::bad(
            "`filter` must name queues by the dimension `queueId`",
        ));
    }
    let metrics = body.strings("metrics")?;
    let found = observed(state, &queues);
    let is_wanted = |metric: &Value| {
        metrics.is_empty()
            || metric["metric"].as_str().is_some_and(|it| metrics.contains(&it))
    };
    let result = |(queue, data): (&String, Option<Vec<Value>>)| {
        let data: Vec<Value> = data?.into_iter().filter(|it| is_wanted(it)).collect();
        Some(json!({ "group": { "queueId": queue }, "data": data }))
    };
    let results: Vec<Value> = queues.iter().zip(found).filter_map(result).collect();
    let why = format!("{} of {} queues are known", results.len(), queues.len());
    Ok(Reply::ok(json!({ "results": results })).with_reason(why))
}

/// Returns the metrics of queues; `None` for those that are unknown.
pub(in crate::server) fn observed(
    state: &mut State,
    queues: &[String],
) -> Vec<Option<Vec<Value>>> {
    let live = Live::of(state);
    let fixtures = state.base();
    let of_queue = |queue: &String| {
        let mut statistics = statistics(fixtures, queue).or_else(|| {
            let is_known = fixtures.knows(Kind::Queue, queue, queue) == Some(true);
            is_known.then(Map::new)
        })?;
        let counts = live.count(queue);
        add(&mut statistics, WAITING, counts.waiting);
        add(&mut statistics, INTERACTING, counts.interacting);
        let metric = |(metric, statistic): &(&str, &str)| {
            let count = statistics.get(*statistic)?;
            Some(json!({ "metric": metric, "stats": { "count": count } }))
        };
        Some(METRICS.iter().filter_map(metric).collect())
    };
    queues.iter().map(of_queue).collect()
}

/// The conversations of the server in all queues, by the id of the queue.
struct Live {
    queues: Vec<Value>,
    counts: BTreeMap<String, QueueCount>,
}

impl Live {
    fn of(state: &mut State) -> Self {
        let queues = queue_references(state);
        let mut counts: BTreeMap<String, QueueCount> = BTreeMap::new();
        for (queue, found) in state.queue_counts() {
            if *found == QueueCount::default() {
                continue;
            }
            let text =
                |text: &Option<crate::value::Text>| text.clone().unwrap_or_default();
            let queue = queue_named(&queues, [&text(&queue.id), &text(&queue.name)]);
            let id = queue["id"].as_str().unwrap_or_default().to_owned();
            let all = counts.entry(id).or_default();
            all.waiting += found.waiting;
            all.interacting += found.interacting;
        }
        Self { queues, counts }
    }

    /// Returns the number of conversations in a queue, by its id or name.
    fn count(&self, queue: &str) -> QueueCount {
        let queue = queue_named(&self.queues, [queue, ""]);
        let id = queue["id"].as_str().unwrap_or_default();
        self.counts.get(id).copied().unwrap_or_default()
    }
}

/// Adds a number of conversations to a statistic.
fn add(statistics: &mut Map<String, Value>, name: &str, count: i64) {
    let fixed = statistics.get(name).and_then(Value::as_i64);
    statistics.insert(name.to_owned(), fixed.unwrap_or(0).saturating_add(count).into());
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

//! Details of conversations: queries, and jobs whose results are ready at once.

use serde_json::{Value, json};

use super::call::Reported;
use super::filter::{self, Filter};
use crate::server::endpoint::conversations::view::View;
use crate::server::endpoint::flow_jobs::new_job;
use crate::server::http::page::Page;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::instance::moment;
use crate::server::state::{JOBS, State};

/// The keys of the platform that flowsim does not apply. *Source: the SDKs'
/// `ConversationQuery` and `AsyncConversationQuery`.*
const NOT_APPLIED: [&str; 6] = [
    "aggregations",
    "evaluationFilters",
    "surveyFilters",
    "resolutionFilters",
    "limit",
    "startOfDayIntervalMatching",
];

/// The keys of a query.
const KEYS: [&str; 6] =
    ["interval", "order", "orderBy", "paging", "conversationFilters", "segmentFilters"];

const JOB: &str = "/api/v2/analytics/conversations/details/jobs";

/// Maximum number of conversations on a page of results of a job. *Source: the platform's
/// API.*
const MAX_RESULTS: usize = 1_000;

/// Finds conversations in an interval.
pub(in crate::server) fn query(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let page = Page::of_body(asked, &body.object("paging")?)?;
    let found = found(state, &body)?;
    let start = (page.number - 1).saturating_mul(page.size);
    let shown: Vec<&Value> = found.iter().skip(start).take(page.size).collect();
    let why = format!("{} of {} conversations", shown.len(), found.len());
    let mut answer = json!({ "totalHits": found.len() });
    if !shown.is_empty() {
        answer["conversations"] = json!(shown);
    }
    Ok(Reply::ok(answer).with_reason(why))
}

/// Returns the conversations that a query finds, in its order; the oldest first by default.
/// *Source: the SDKs' `ConversationQuery.order`.*
fn found(state: &State, body: &Object) -> Result<Vec<Value>, ApiError> {
    filter::keys(body, &KEYS, &NOT_APPLIED)?;
    let (from, to) = filter::interval(body)?;
    let filters = |key: &str| -> Result<Vec<Filter>, ApiError> {
        let items = body.list(key)?.iter();
        items.map(|item| Filter::of(&filter::object(item, "a filter")?)).collect()
    };
    let of_conversations = filters("conversationFilters")?;
    let of_segments = filters("segmentFilters")?;
    let view = View::of(state);
    let mut calls: Vec<Reported> = Reported::all(&view)
        .filter(|it| it.is_conversation && it.is_within(from, to))
        .filter(|it| of_conversations.iter().all(|filter| filter.holds(it)))
        .filter(|it| of_segments.iter().all(|filter| filter.holds_for_segment(it)))
        .collect();
    match body.text("orderBy")?.unwrap_or("conversationStart") {
        // The first segment is that of the customer.
        "conversationStart" | "segmentStart" => calls.sort_by_key(|it| it.started_at),
        // The last segment ends with the conversation.
        "conversationEnd" | "segmentEnd" => {
            calls.sort_by_key(|it| it.ended_at.unwrap_or(i64::MAX));
        }
        other => {
            let message = format!(
                "`orderBy` must be `conversationStart`, `conversationEnd`, `segmentStart` or \
                 `segmentEnd`, found `{other}`"
            );
            return Err(ApiError::bad(message));
        }
    }
    match body.text("order")?.unwrap_or("asc") {
        "desc" => calls.reverse(),
        "asc" => {}
        other => {
            let message = format!("`order` must be `asc` or `desc`, found `{other}`");
            return Err(ApiError::bad(message));
        }
    }
    Ok(calls.iter().map(Reported::to_json).collect())
}

/// Returns the details of a conversation.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("conversationId");
    let found = one(state, id);
    found.map(Reply::ok).ok_or_else(|| ApiError::not_found("the conversation", id))
}

/// Returns the details of the conversations with the ids of the query.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let ids = asked.query_all("id");
    let found: Vec<Value> = ids.into_iter().filter_map(|id| one(state, id)).collect();
    Ok(Reply::ok(json!({ "conversations": found })))
}

fn one(state: &State, id: &str) -> Option<Value> {
    Some(Reported::conversation(&View::of(state), id)?.to_json())
}

/// Starts a job that finds conversations. Its results are those of this time.
pub(in crate::server) fn start(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let found = found(state, &asked.object()?)?;
    let count = found.len();
    let job = json!({
        "state": "FULFILLED",
        "submissionDate": moment(state.clock),
        "completionDate": moment(state.clock),
        "conversations": found,
    });
    let job = new_job(state, JOB, job)?;
    let reply = Reply::of(202, json!({ "jobId": job["id"] }));
    Ok(reply.with_reason(format!("the job found {count} conversations")))
}

fn job<'s>(state: &'s State, asked: &ApiRequest) -> Result<&'s Value, ApiError> {
    let id = asked.parameter("jobId");
    let job = state.entity(JOBS, id).filter(|job| job.get("submissionDate").is_some());
    job.ok_or_else(|| ApiError::not_found("the job", id))
}

/// Returns the state of a job.
pub(in crate::server) fn job_state(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut job = job(state, asked)?.clone();
    if let Value::Object(entries) = &mut job {
        entries
            .retain(|key, _| key != "conversations" && key != "id" && key != "selfUri");
    }
    Ok(Reply::ok(job))
}

/// Returns a page of the results of a job. `cursor` is that of the page before.
pub(in crate::server) fn results(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let number = |name: &str, default: usize| match asked.query(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| {
            ApiError::bad(format!("`{name}` is `{text}`, expected a whole number"))
        }),
    };
    let size = number("pageSize", MAX_RESULTS)?.clamp(1, MAX_RESULTS);
    let start = number("cursor", 0)?;
    let job = job(state, asked)?;
    let all = job["conversations"].as_array().map(Vec::as_slice).unwrap_or_default();
    let shown: Vec<&Value> = all.iter().skip(start).take(size).collect();
    let end = start.saturating_add(shown.len());
    let mut answer = json!({
        "conversations": shown,
        "dataAvailabilityDate": job["submissionDate"],
    });
    if end < all.len() {
        answer["cursor"] = end.to_string().into();
    }
    Ok(Reply::ok(answer))
}

/// Returns the time up to which data is available: now.
pub(in crate::server) fn availability(
    state: &mut State,
    _: &ApiRequest,
) -> EndpointResult {
    Ok(Reply::ok(json!({ "dataAvailabilityDate": moment(state.clock) })))
}

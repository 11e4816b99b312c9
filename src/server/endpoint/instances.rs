//! Instances of flows: queries, execution documents and variables.

use serde_json::{Value, json};

use super::executions;
use super::flow_jobs::new_job;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::flow::platform_type;
use crate::server::state::instance::{Instance, Progress, moment};
use crate::server::state::outgoing::Cause;
use crate::trace::{JsonWriter, execution};
use crate::value::DateTime;

/// Maximum number of execution documents in one job. *Source: the platform's API.*
const MAX_DOCUMENTS: usize = 100;

/// The criteria of the platform that flowsim compares, which `querycapabilities` lists, and
/// the fields of an instance that hold them. *Source: `CriteriaItem` of the platform's SDKs.*
const CRITERIA: [(&str, &str); 6] = [
    ("FlowId", "flowId"),
    ("FlowType", "flowType"),
    ("FlowStartDateTime", "startDateTime"),
    ("FlowEndDateTime", "endDateTime"),
    ("FlowErrorReason", "flowErrorReason"),
    ("ConversationId", "conversationId"),
];

/// Further criteria of flowsim's own.
const OWN_CRITERIA: [(&str, &str); 5] = [
    ("FlowName", "flowName"),
    ("FlowVersion", "flowVersion"),
    ("InstanceId", "id"),
    ("StartDateTime", "startDateTime"),
    ("EndDateTime", "endDateTime"),
];

/// The comparison operators of the platform. *Source: `CriteriaItem` of the platform's
/// SDKs.*
const OPERATORS: [&str; 8] =
    ["eq", "not", "gt", "gte", "lt", "lte", "begins", "not_null"];

/// Further operators of flowsim's own.
const OWN_OPERATORS: [&str; 3] = ["ne", "contains", "between"];

fn is_time(field: &str) -> bool {
    matches!(field, "startDateTime" | "endDateTime")
}

/// Returns the field of an instance that a criterion compares.
fn field(key: &str) -> Option<&'static str> {
    let mut all = CRITERIA.iter().chain(&OWN_CRITERIA);
    let known = all.find(|(known, _)| known.eq_ignore_ascii_case(key));
    known.map(|(_, field)| *field)
}

/// Writes variables of a running instance, in the form of the state-machine tutorial.
pub(in crate::server) fn write_variables(
    server: &Server,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let id = body.required("flowInstanceId")?.to_owned();
    if body.get("variables").is_none() {
        return Err(ApiError::bad("`variables` is missing"));
    }
    let variables = body.object("variables")?.0;
    let names: Vec<String> = variables.keys().cloned().collect();
    if !server.writers.hold(&id, &asked.id) {
        let message = format!("another request is writing variables of `{id}`");
        return Err(ApiError::conflict(message));
    }
    let mut state = server.state();
    if is_within_step(&state, &id) && !server.calls.is_asking(&id) {
        let message =
            format!("`{id}` is executing a step whose webhook has not been called yet");
        return Err(ApiError::conflict(message));
    }
    executions::write(&mut state, &id, variables.clone())?;
    server.settle(&mut state);
    drop(state);
    let body = json!({ "flowInstanceId": id, "variables": variables });
    Ok(Reply::ok(body).with_reason(format!("wrote {}", names.join(", "))))
}

/// Returns `true` if an instance is in the middle of a step: at a node that waits for a
/// webhook.
fn is_within_step(state: &State, id: &str) -> bool {
    let instance = state.instances.get(id);
    let call = instance.and_then(|instance| instance.outgoing.as_ref());
    call.is_some_and(|call| matches!(call.cause, Cause::Node { .. }))
}

/// Finds instances: `{query: [{and: […]}, {or: […]}, {not: […]}, {criteria: {…}}]}`. All
/// groups must hold.
pub(in crate::server) fn query(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object_or_empty()?;
    let page = Page::of_body(asked, &body)?;
    let groups = body.list("query")?;
    groups.iter().try_for_each(check_group)?;
    let all = state.instances.values();
    let found: Vec<Value> = all
        .map(|instance| result(state, instance))
        .filter(|instance| groups.iter().all(|group| holds_group(group, instance)))
        .collect();
    listing(asked, page, &found, Value::clone)
}

fn parts(group: &Value, key: &str) -> Vec<Value> {
    match &group[key] {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        other => vec![other.clone()],
    }
}

/// Returns the criterion of an item, either its `criteria` or the item itself.
fn criterion(item: &Value) -> &Value {
    item.get("criteria").filter(|it| it.is_object()).unwrap_or(item)
}

fn check_group(group: &Value) -> Result<(), ApiError> {
    let keys = ["and", "or", "not", "criteria"];
    let items = keys.into_iter().flat_map(|key| parts(group, key));
    for item in items {
        let criterion = criterion(&item);
        let Some(key) = criterion["key"].as_str() else {
            return Err(ApiError::bad(
                "a criterion must have `key`, `operator` and `values`",
            ));
        };
        if field(key).is_none() {
            let all = CRITERIA.iter().chain(&OWN_CRITERIA).map(|(key, _)| *key);
            let known = all.collect::<Vec<_>>().join(", ");
            let message = format!("unknown key `{key}`; expected one of {known}");
            return Err(ApiError::bad(message));
        }
        let operator = operator(criterion);
        let mut all = OPERATORS.iter().chain(&OWN_OPERATORS);
        if !all.clone().any(|it| *it == operator) {
            let known = all.by_ref().copied().collect::<Vec<_>>().join(", ");
            let message =
                format!("unknown operator `{operator}`; expected one of {known}");
            return Err(ApiError::bad(message));
        }
    }
    Ok(())
}

/// Returns the operator of a criterion.
fn operator(criterion: &Value) -> String {
    criterion["operator"].as_str().unwrap_or("eq").to_ascii_lowercase()
}

fn holds_group(group: &Value, instance: &Value) -> bool {
    let holds = |item: &Value| holds(criterion(item), instance);
    let any = parts(group, "or");
    parts(group, "and").iter().all(holds)
        && parts(group, "criteria").iter().all(holds)
        && (any.is_empty() || any.iter().any(holds))
        && !parts(group, "not").iter().any(holds)
}

fn holds(criterion: &Value, instance: &Value) -> bool {
    let field = criterion["key"].as_str().and_then(field).unwrap_or("id");
    let comparable = |text: &str| match is_time(field) {
        true => comparable_time(text),
        false => text.to_lowercase(),
    };
    let found = instance[field].as_str().map(comparable).unwrap_or_default();
    let values = criterion["values"].as_array().cloned().unwrap_or_default();
    let one = values.first().or_else(|| criterion.get("value"));
    let first = one.and_then(Value::as_str).map(comparable).unwrap_or_default();
    let is_any =
        values.iter().filter_map(Value::as_str).any(|it| comparable(it) == found);
    let is_same = is_any || (values.is_empty() && first == found);
    match operator(criterion).as_str() {
        "ne" | "not" => !is_same,
        "not_null" => !found.is_empty(),
        "gt" => found > first,
        "gte" => found >= first,
        "lt" => found < first && !found.is_empty(),
        "lte" => found <= first && !found.is_empty(),
        "begins" => found.starts_with(&first),
        "contains" => found.contains(&first),
        "between" => {
            let last = values.get(1).and_then(Value::as_str).map(comparable);
            found >= first && last.is_some_and(|last| found <= last)
        }
        _ => is_same,
    }
}

/// Converts a time to a string that sorts in chronological order, whatever its notation.
fn comparable_time(text: &str) -> String {
    DateTime::parse(text).map_or_else(String::new, |time| {
        format!("{:020}", i128::from(time.milliseconds()) - i128::from(i64::MIN))
    })
}

fn result(state: &State, instance: &Instance) -> Value {
    let flow = state.flows.get(&instance.flow);
    let id = instance.id.as_str();
    let failure = match &instance.progress {
        Progress::Over { trace, .. } => trace.failure.as_ref(),
        Progress::Waiting(_) => None,
    };
    json!({
        "id": id,
        "name": instance.name.as_deref(),
        "startDateTime": moment(instance.started_at),
        "endDateTime": instance.ended_at(state.clock).map(moment),
        "flowId": instance.flow.as_str(),
        "flowVersion": format!("{}.0", instance.version),
        "conversationId": instance.conversation_id(),
        "flowType": flow.map(|flow| platform_type(&flow.flow_type)),
        "flowName": flow.map(|flow| flow.name.as_str()),
        "flowErrorReason": failure.map(|failure| failure.code.name()),
        "selfUri": format!("/api/v2/flows/instances/{id}"),
    })
}

/// Lists the criteria for finding instances.
pub(in crate::server) fn capabilities(
    state: &mut State,
    _: &ApiRequest,
) -> EndpointResult {
    let mut types: Vec<String> =
        state.flows.values().map(|flow| flow.platform_type()).collect();
    types.sort();
    types.dedup();
    let criteria = CRITERIA.map(|(key, field)| {
        let data_type = if is_time(field) { "dateTime" } else { "string" };
        json!({ "criteriaKey": key, "operators": OPERATORS, "dataType": data_type })
    });
    let body = json!({ "criteria": criteria, "flowTypes": types });
    Ok(Reply::ok(body))
}

/// Requests execution documents, which are available immediately.
pub(in crate::server) fn request(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body: Object = asked.object()?;
    let ids = body.strings("ids")?;
    if ids.is_empty() || ids.len() > MAX_DOCUMENTS {
        let message = format!("`ids` must be a list of 1 to {MAX_DOCUMENTS} ids");
        return Err(ApiError::bad(message));
    }
    let entities: Vec<Value> = ids.iter().map(|id| entity(state, asked, id)).collect();
    let job = json!({ "jobState": "Success", "entities": entities });
    let job = new_job(state, "/api/v2/flows/instances/jobs", job)?;
    Ok(Reply::of(202, job).with_reason("the documents are ready"))
}

fn entity(state: &State, asked: &ApiRequest, id: &str) -> Value {
    let status = match state.instances.get(id) {
        None => "NOT_FOUND",
        Some(it) if it.ended_at(state.clock).is_none() => "NOT_COMPLETED",
        Some(_) => "SUCCESS",
    };
    let is_failed = status != "SUCCESS";
    let uri = format!("{}/__flowsim/executions/{id}", asked.origin());
    json!({
        "id": id,
        "downloadUri": (!is_failed).then_some(uri),
        "failed": is_failed,
        "statusCode": status,
    })
}

/// Returns the location of the execution document of an instance.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("instanceId");
    if !state.instances.contains_key(id) {
        return Err(ApiError::not_found("the flow instance", id));
    }
    let body = json!({
        "id": id,
        "jobState": "Success",
        "entities": [entity(state, asked, id)],
        "selfUri": asked.path,
    });
    Ok(Reply::ok(body))
}

/// Returns the execution document of a finished instance. The platform has no such
/// document for draft flows, so their answer is flowsim's own trace.
pub(in crate::server) fn document(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("instanceId");
    let found = state.instances.get(id);
    let instance = found.ok_or_else(|| ApiError::not_found("the flow instance", id))?;
    let Progress::Over { trace, program, .. } = &instance.progress else {
        return Err(ApiError::conflict(format!("the flow instance `{id}` is not over")));
    };
    if program.unit(trace.flow).architect.is_none() {
        let mut text = String::new();
        JsonWriter::new(&program.symbols).write(trace, &mut text);
        return Ok(Reply::serialized(text));
    }
    let mut document = execution::of_trace(trace, &program.symbols);
    document.execution_id = Some(id.into());
    document.conversation_id = Some(id.into());
    Ok(Reply::serialized(document.to_text()))
}

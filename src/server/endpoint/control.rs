//! Control of the server by tests: `/__flowsim/`, which requires no token.

use serde_json::{Value, json};

use super::conversations::give;
use super::messages;
use crate::diagnostic::Diagnostic;
use crate::server::control::{LogFilter, Status};
use crate::server::elasticsearch;
use crate::server::fault::{Fault, MAX_FAULTS};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, describe};
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::server::state::flow::details;
use crate::server::state::instance::{MAX_PENDING, moment};
use crate::source::{Files, Kind, read_json};
use crate::value::DateTime;
use crate::world::{Fixtures, Input, RequestPattern};

/// Restores the initial state.
pub(in crate::server) fn reset(state: &mut State, _: &ApiRequest) -> EndpointResult {
    state.reset()?;
    Ok(Reply::ok(json!({ "reset": true })))
}

/// Sets faults for the next requests of routes: `{"POST /api/v2/flows": [409, 200]}`.
pub(in crate::server) fn set_faults(
    server: &Server,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?.0;
    let mut all = Vec::new();
    for (route, faults) in &body {
        let pattern = fault_pattern(server, route)?;
        let Value::Array(faults) = faults else {
            let message = format!("the faults of `{route}` must be a list");
            return Err(ApiError::bad(message));
        };
        if faults.len() > MAX_FAULTS {
            return Err(ApiError::full("faults for one route", MAX_FAULTS));
        }
        let faults: Result<Vec<Fault>, ApiError> =
            faults.iter().map(Fault::read).collect();
        all.push((pattern, faults?));
    }
    let count = all.len();
    let mut state = server.state();
    let set = &mut state.control.faults;
    all.into_iter().for_each(|(route, faults)| set.set(route, faults));
    drop(state);
    Ok(Reply::ok(json!({ "routes": count })))
}

/// Reads the requests that faults are set for.
fn fault_pattern(server: &Server, route: &str) -> Result<RequestPattern, ApiError> {
    let pattern = RequestPattern::parse(route).map_err(ApiError::bad)?;
    let (method, _) = route.split_once(' ').unwrap_or_default();
    let path = pattern.path();
    if path.starts_with("/__flowsim/") {
        let message = format!("`{route}` controls the server and cannot have faults");
        return Err(ApiError::bad(message));
    }
    let mut routes = server.routes.iter();
    let is_ours = routes.any(|it| it.method == method && fits(it.path, path));
    let is_known = route.contains('*')
        || is_ours
        || elasticsearch::may_have_faults(method, path)
        || server.state().has_stub(method, path);
    if !is_known {
        let message = format!(
            "unknown route `{route}`; a request that flowsim does not serve needs a stub first"
        );
        return Err(ApiError::bad(message));
    }
    Ok(pattern)
}

/// Returns the faults that are still set.
pub(in crate::server) fn faults(state: &mut State, _: &ApiRequest) -> EndpointResult {
    Ok(Reply::ok(state.control.faults.to_json()))
}

/// Replaces the stubs that tests have set: `{"GET /api/v2/users/me": {"body": {}}}`.
/// Those of the fixtures stay.
pub(in crate::server) fn replace_stubs(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let document = Value::Object(asked.object()?.0);
    // A document with only this section, whose keys have the same places.
    let text = format!("{{\"stubs\":{}}}", asked.text()?);
    let (set, _) = super::fixtures::read(&text, "the stubs")?;
    state.control.stubs.set(set, document);
    stubs(state, asked)
}

/// Returns the stubs with the number of requests that each has answered, and those that
/// requests have set as a document.
pub(in crate::server) fn stubs(state: &mut State, _: &ApiRequest) -> EndpointResult {
    Ok(Reply::ok(
        json!({ "stubs": state.stubs_to_json(), "set": state.control.stubs.document() }),
    ))
}

/// Removes the stubs that tests have set.
pub(in crate::server) fn remove_stubs(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    state.control.stubs.set(Fixtures::default(), json!({}));
    stubs(state, asked)
}

/// Returns `true` if a path matches a route.
fn fits(route: &str, path: &str) -> bool {
    let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (route, path) = (parts(route), parts(path));
    route.len() == path.len()
        && route
            .iter()
            .zip(&path)
            .all(|(known, given)| known == given || known.starts_with('{'))
}

/// Adds inputs to a conversation, one for each question, or to the next simulation.
pub(in crate::server) fn give_input(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let keys = ["conversationId", "flowInstanceId", "dtmf", "inputs"];
    body.only("the body", &keys)?;
    let inputs = read_inputs(asked)?;
    let count = inputs.len();
    let id = body.text("conversationId")?.or(body.text("flowInstanceId")?);
    let id = id.map(str::to_owned);
    let Some(id) = id else {
        if state.control.inputs.len() + count > MAX_PENDING {
            return Err(ApiError::full("inputs of a simulation", MAX_PENDING));
        }
        state.control.inputs.extend(inputs);
        let why = "stored for the next simulation";
        return Ok(Reply::ok(json!({ "inputs": count })).with_reason(why));
    };
    if !messages::join(state, &id, &inputs)? {
        give(state, &id, inputs)?;
    }
    let is_running = state.instances.get(id.as_str()).is_some_and(|it| it.is_running());
    let body = json!({ "inputs": count, "conversationId": id, "running": is_running });
    Ok(Reply::ok(body).with_reason("given to the conversation"))
}

/// Reads `dtmf`, in the notation of simulation requests.
fn read_inputs(asked: &ApiRequest) -> Result<Vec<Input>, ApiError> {
    let mut files = Files::new();
    let file = files.add("input.json", asked.text()?);
    let document = read_json(&file).map_err(|problem| ApiError::bad(problem.message))?;
    let listed = document.get("dtmf").or_else(|| document.get("inputs"));
    let Some(listed) = listed.filter(|it| matches!(it.kind, Kind::Array(_))) else {
        let found = asked.json()?.get("dtmf").map_or("nothing", describe);
        return Err(ApiError::bad(format!("`dtmf` must be a list, found {found}")));
    };
    let mut inputs = Vec::new();
    let mut problems: Vec<Diagnostic> = Vec::new();
    for item in listed.items() {
        match Input::read(item) {
            Ok(input) => inputs.push(input),
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(first) = problems.first() {
        let refusal = ApiError::bad(first.message.clone());
        return Err(refusal.with_details(details(&problems, &files)));
    }
    Ok(inputs)
}

/// Returns the time of the server's clock.
pub(in crate::server) fn clock(state: &mut State, _: &ApiRequest) -> EndpointResult {
    let body = json!({
        "now": moment(state.clock),
        "realTime": state.is_real_time(),
        "waiting": state.waiting(),
    });
    Ok(Reply::ok(body))
}

/// Maximum time by which one request can advance the clock: a year, in milliseconds.
const MAX_ADVANCE_MS: u64 = 366 * 86_400_000;

/// Advances the clock, by a duration or to a time. Questions whose timeout elapses
/// continue without input.
pub(in crate::server) fn advance_clock(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    body.only("the body", &["advanceMs", "to"])?;
    if state.is_real_time() {
        return Err(ApiError::conflict(
            "the server follows the wall clock, which cannot be advanced",
        ));
    }
    let before = state.clock;
    state.clock = match (body.whole("advanceMs", 0..=MAX_ADVANCE_MS)?, body.text("to")?) {
        (Some(advance), None) => before.saturating_add_unsigned(advance),
        (None, Some(to)) => time_from(before, to)?,
        _ => {
            let message = "the body needs either `advanceMs` or `to`";
            return Err(ApiError::bad(message));
        }
    };
    if let Err(refusal) = state.commit(Event::ClockAdvanced) {
        state.clock = before;
        return Err(refusal);
    }
    clock(state, asked)
}

/// Reads the time to which the clock is advanced.
fn time_from(now: i64, to: &str) -> Result<i64, ApiError> {
    let time = DateTime::parse(to).ok_or_else(|| {
        let example = moment(now);
        ApiError::bad(format!("`to` must be a time such as {example}, found `{to}`"))
    })?;
    let to = time.milliseconds();
    if to < now {
        let message = format!("the clock cannot go back: it is {} now", moment(now));
        return Err(ApiError::bad(message));
    }
    Ok(to)
}

/// Clears the request log.
pub(in crate::server) fn clear_requests(
    state: &mut State,
    _: &ApiRequest,
) -> EndpointResult {
    Ok(Reply::ok(json!({ "removed": state.control.clear_log() })))
}

/// Lists the newest requests with their answers and the reasons for them, the oldest
/// first. `status` and `before`, the number of a request, filter them.
pub(in crate::server) fn requests(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let number = |name: &str| match asked.query(name) {
        None => Ok(None),
        Some(text) => text.parse::<u64>().map(Some).map_err(|_| {
            ApiError::bad(format!("`{name}` must be a whole number, found `{text}`"))
        }),
    };
    let status = asked.query("status").map(|text| {
        Status::read(text).ok_or_else(|| {
            ApiError::bad(format!(
                "`status` must be a value such as `409` or `4xx`, found `{text}`"
            ))
        })
    });
    let most = number("newest")?.and_then(|most| usize::try_from(most).ok());
    let wanted = LogFilter {
        status: status.transpose()?,
        before: number("before")?,
        most: most.unwrap_or(usize::MAX),
    };
    Ok(Reply::ok(json!({ "requests": state.control.log(&wanted) })))
}

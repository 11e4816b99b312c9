//! Control of the server by tests: `/__flowsim/`, which requires no token.

use serde_json::{Value, json};

use super::conversations::give;
use crate::diagnostic::{Diagnostic, sort};
use crate::server::control::{Fault, LogFilter, MAX_FAULTS, Status};
use crate::server::elasticsearch;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, describe};
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::server::state::flow::{details, has_error};
use crate::server::state::instance::{MAX_PENDING, moment};
use crate::source::{Files, Kind, read_json};
use crate::world::{Fixtures, Input};

/// Restores the initial state.
pub(in crate::server) fn reset(state: &mut State, _: &ApiRequest) -> EndpointResult {
    state.reset()?;
    Ok(Reply::ok(json!({ "reset": true })))
}

/// Replaces the fixtures. The document cannot name files, as it must be complete in
/// itself.
pub(in crate::server) fn replace_fixtures(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let document = asked.object()?.0;
    if let Some(path) = named_file(&document) {
        let message = format!("fixtures in a request cannot name files: `{path}`");
        return Err(ApiError::bad(message));
    }
    let mut files = Files::new();
    let file = files.add("fixtures.json", asked.text()?);
    let node = read_json(&file);
    let node = node.map_err(|problem| ApiError::bad(problem.message))?;
    let (_, mut diagnostics) = Fixtures::read(&node, std::path::Path::new(""));
    sort(&mut diagnostics);
    if has_error(&diagnostics) {
        let message = format!("the fixtures are invalid: {} findings", diagnostics.len());
        return Err(ApiError::bad(message).with_details(details(&diagnostics, &files)));
    }
    state.commit(Event::FixturesReplaced { document: asked.text()?.to_owned() })?;
    let findings = details(&diagnostics, &files);
    Ok(Reply::ok(json!({ "replaced": true, "findings": findings })))
}

/// Returns a file that a fixtures document names, if any.
fn named_file(document: &serde_json::Map<String, Value>) -> Option<String> {
    if let Some(terraform) = document.get("terraform").filter(|it| !it.is_null()) {
        return Some(terraform.to_string());
    }
    let sections = ["contacts", "dataTables"].into_iter();
    let sections = sections.filter_map(|key| document.get(key));
    let own = |section: &Value| section.get("file").filter(|it| !it.is_null()).cloned();
    let entries = |section: &Value| match section {
        Value::Array(items) => items.clone(),
        Value::Object(items) => items.values().cloned().collect(),
        _ => Vec::new(),
    };
    let mut named = sections.flat_map(|section| {
        let mut all: Vec<Value> = own(section).into_iter().collect();
        all.extend(entries(section).iter().filter_map(own));
        all
    });
    named.next().map(|file| file.to_string())
}

/// Sets faults for the next requests of routes: `{"POST /api/v2/flows": [409, 200]}`.
pub(in crate::server) fn set_faults(
    server: &Server,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?.0;
    let mut all = Vec::new();
    for (route, faults) in &body {
        let Some((method, path)) = route.split_once(' ') else {
            let message = format!(
                "`{route}` is not a route; expected a method and a path, such as `POST /api/v2/flows`"
            );
            return Err(ApiError::bad(message));
        };
        if path.starts_with("/__flowsim/") {
            let message = format!("`{route}` controls the server and cannot have faults");
            return Err(ApiError::bad(message));
        }
        let mut routes = server.routes.iter();
        let is_ours = routes.any(|it| it.method == method && fits(it.path, path));
        if !is_ours && !elasticsearch::may_have_faults(method, path) {
            return Err(ApiError::bad(format!("unknown route `{route}`")));
        }
        let Value::Array(faults) = faults else {
            let message = format!("the faults of `{route}` must be a list");
            return Err(ApiError::bad(message));
        };
        if faults.len() > MAX_FAULTS {
            return Err(ApiError::full("faults for one route", MAX_FAULTS));
        }
        let faults: Result<Vec<Fault>, ApiError> =
            faults.iter().map(Fault::read).collect();
        all.push((route.clone(), faults?));
    }
    let count = all.len();
    let mut state = server.state();
    all.into_iter().for_each(|(route, faults)| state.control.set_faults(route, faults));
    drop(state);
    Ok(Reply::ok(json!({ "routes": count })))
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
    give(state, &id, inputs)?;
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
const MAX_ADVANCE_MS: i64 = 366 * 86_400_000;

/// Advances the clock. Questions whose timeout elapses continue without input.
pub(in crate::server) fn advance_clock(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    if state.is_real_time() {
        return Err(ApiError::conflict(
            "the server follows the wall clock, which cannot be advanced",
        ));
    }
    let advance = body.get("advanceMs").and_then(Value::as_i64);
    let advance = advance.filter(|it| (0..=MAX_ADVANCE_MS).contains(it));
    let Some(advance) = advance else {
        let message =
            "`advanceMs` must be a whole number of milliseconds of at most a year";
        return Err(ApiError::bad(message));
    };
    let before = state.clock;
    state.clock = before.saturating_add(advance);
    if let Err(refusal) = state.commit(Event::ClockAdvanced) {
        state.clock = before;
        return Err(refusal);
    }
    clock(state, asked)
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

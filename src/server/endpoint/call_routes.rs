//! Call routes (IVRs): the flows that dialled numbers start.

use serde_json::{Value, json};

use super::directory::{self, Section, filter};
use crate::expr::architect::Directory as _;
use crate::server::http::reply::{ApiError, Body, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::State;
use crate::value::{DateTime, Kind};
use crate::world::ScheduleGroupState;

/// The collection of call routes.
const IVRS: &str = "ivrs";
const PATH: &str = "/api/v2/architect/ivrs";

/// The keys of a route with its flows.
const FLOWS: [&str; 3] = ["openHoursFlow", "closedHoursFlow", "holidayHoursFlow"];

/// The call routes of the fixtures.
const OF_FIXTURES: Section = Section::merged("ivrRoutes", "IvrRoute", PATH);
const ROUTE: &str = "the call route";

/// The type of the flows that a call route starts. *Source: Genesys' help on call routes.*
const CALL_FLOW: &str = "INBOUNDCALL";

/// Lists call routes: those that were created, and those of the fixtures. They are filtered
/// by the number `dnis` and by the id or the name `scheduleGroup`.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let mut found = all(state);
    // A number has no comma.
    filter::by_any(asked, "dnis", &mut found, |route, number| {
        let numbers = route["dnis"].as_array().into_iter().flatten();
        numbers.filter_map(Value::as_str).any(|it| directory::matches(number, it))
    });
    if let Some(group) = asked.query("scheduleGroup") {
        found.retain(|route| {
            let own = &route["scheduleGroup"];
            own["id"] == group || own["name"] == group
        });
    }
    directory::list(asked, found)
}

/// Returns a call route.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    directory::one(all(state), ROUTE, asked.parameter("ivrId"))
}

fn all(state: &State) -> Vec<Value> {
    let of_fixtures = directory::entities(state, &OF_FIXTURES).into_iter();
    let of_fixtures = of_fixtures.map(|written| of_platform(state, &written));
    let created = directory::created(state, IVRS).into_iter();
    created.map(|route| with_names(state, route)).chain(of_fixtures).collect()
}

/// Returns a created route with the names of its flows and of its schedule group.
fn with_names(state: &State, mut route: Value) -> Value {
    for key in FLOWS {
        if let Some(id) = route[key]["id"].as_str() {
            route[key] = directory::flow_named(state, id);
        }
    }
    if let Some(id) = route["scheduleGroup"]["id"].as_str() {
        route["scheduleGroup"] = directory::group_reference(state, id);
    }
    route
}

/// Returns a route of the fixtures in the form of the platform.
fn of_platform(state: &State, written: &Value) -> Value {
    let numbers = match &written["numbers"] {
        Value::Array(numbers) => numbers.clone(),
        Value::Null => Vec::new(),
        number => vec![number.clone()],
    };
    let mut route = json!({
        "id": written["id"],
        "name": written["name"],
        "division": written["division"],
        "dnis": numbers,
        "state": "active",
        "version": 1,
        "selfUri": written["selfUri"],
    });
    for (key, flow) in FLOWS.into_iter().zip(["openFlow", "closedFlow", "holidayFlow"]) {
        if let Some(name) = written[flow].as_str() {
            route[key] = directory::flow_named(state, name);
        }
    }
    if let Some(group) = written["scheduleGroup"].as_str() {
        route["scheduleGroup"] = directory::group_reference(state, group);
    }
    route
}

/// Returns the call route that names a schedule group, as messages name it.
pub(super) fn user_of_group(state: &State, id: &str) -> Option<String> {
    user(state, &["scheduleGroup"], id)
}

/// Returns the call route or the emergency group that names a flow, as messages name it.
pub(super) fn user_of_flow(state: &State, id: &str) -> Option<String> {
    let names_it = |group: &Value| {
        let flows = group["emergencyCallFlows"].as_array().into_iter().flatten();
        flows.into_iter().any(|it| {
            let flow = &it["emergencyFlow"];
            let named = flow["id"].as_str().or(flow.as_str());
            named.is_some_and(|it| directory::flow_named(state, it)["id"] == id)
        })
    };
    user(state, &FLOWS, id).or_else(|| {
        let groups = directory::emergencies(state);
        let group = groups.iter().find(|group| names_it(group))?;
        let name = group["name"].as_str().unwrap_or_default();
        Some(format!("the emergency group `{name}`"))
    })
}

/// Returns the call route that has a reference to an id under one of the keys.
fn user(state: &State, keys: &[&str], id: &str) -> Option<String> {
    let routes = all(state);
    let route = routes.iter().find(|it| keys.iter().any(|key| it[*key]["id"] == id))?;
    Some(format!("{ROUTE} `{}`", route["name"].as_str().unwrap_or_default()))
}

/// Returns whether a route is one of the fixtures.
fn is_of_fixtures(state: &State, id: &str) -> bool {
    !state.entities(IVRS).any(|(known, _)| known == id)
}

/// Creates a call route: calls to one of its `dnis` start the flow for the state of its
/// schedule group.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    check(state, &asked.object()?, None)?;
    let reply = directory::make(state, asked, [IVRS, PATH], own(1))?;
    Ok(named(state, reply))
}

/// Replaces a call route.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    get(state, asked)?;
    let id = asked.parameter("ivrId");
    check(state, &asked.object()?, Some(id))?;
    let body = asked.object()?;
    body.required("name")?;
    let current = all(state).into_iter().find(|route| route["id"] == id);
    let current = current.unwrap_or_default();
    let version = directory::checked_version(&current, &body, ROUTE)?;
    if is_of_fixtures(state, id) {
        directory::remove_object(state, &OF_FIXTURES, id, ROUTE)?;
    }
    let reply = directory::replace(state, asked, [IVRS, PATH], id, own(version + 1))?;
    Ok(named(state, reply))
}

/// Adds names to the route of an answer.
fn named(state: &State, mut reply: Reply) -> Reply {
    if let Body::Json(route) = &mut reply.body {
        *route = with_names(state, route.take());
    }
    reply
}

/// Deletes a call route.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    get(state, asked)?;
    let id = asked.parameter("ivrId");
    if is_of_fixtures(state, id) {
        return directory::remove_object(state, &OF_FIXTURES, id, ROUTE);
    }
    directory::remove(state, IVRS, id)
}

/// Returns the keys of a route that the server sets.
fn own(version: u64) -> directory::Entry {
    let keys = [("state", json!("active")), ("version", json!(version))];
    keys.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

/// Checks the numbers and the references of a route. `id` is that of the replaced route.
fn check(state: &mut State, body: &Object, id: Option<&str>) -> Result<(), ApiError> {
    check_numbers(state, &body.strings("dnis")?, id)?;
    for key in FLOWS {
        if let Some(id) = body.object(key)?.text("id")? {
            let kind = state.flow(id)?.platform_type();
            if kind != CALL_FLOW {
                let message = format!(
                    "`{key}` must be a flow of the type {CALL_FLOW}, found {kind}"
                );
                return Err(ApiError::bad(message));
            }
        }
    }
    let group = body.object("scheduleGroup")?;
    if let Some(id) = group.text("id")?
        && state.fixtures().by_id(Kind::ScheduleGroup, id).is_none()
    {
        return Err(ApiError::not_found("the schedule group", id));
    }
    Ok(())
}

/// Checks that numbers can be dialled, and that other routes do not have them. *Source: the
/// SDKs' `IVR.dnis`: each number must be unique.*
fn check_numbers(
    state: &State,
    numbers: &[&str],
    id: Option<&str>,
) -> Result<(), ApiError> {
    let routes = all(state);
    let others = routes.iter().filter(|route| id.is_none_or(|id| route["id"] != id));
    let mut used: Vec<(String, String)> = Vec::new();
    for route in others {
        let name = route["name"].as_str().unwrap_or_default();
        let taken = route["dnis"].as_array().into_iter().flatten();
        let taken = taken.filter_map(Value::as_str).map(dialled);
        used.extend(taken.map(|number| (number, format!("{ROUTE} `{name}`"))));
    }
    for number in numbers {
        if number.starts_with("sip:") {
            continue;
        }
        let digits = dialled(number);
        let is_plain = |c: char| c.is_ascii_digit() || " +-.()/".contains(c);
        let written = number.strip_prefix("tel:").unwrap_or(number);
        if digits.is_empty() || !written.chars().all(is_plain) {
            return Err(ApiError::bad(format!("`dnis`: `{number}` is not a number")));
        }
        if let Some((_, user)) = used.iter().find(|(known, _)| *known == digits) {
            let message = format!("the number `{number}` is already used by {user}");
            return Err(ApiError::conflict(message));
        }
        used.push((digits, "this call route".to_owned()));
    }
    Ok(())
}

/// Returns the digits of a number.
fn dialled(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Returns the flow that a call to a number starts now: by a route that was created, or
/// by a route of the fixtures. Returns `None` if no route has the number.
///
/// *Source: Genesys' help on call routes, schedule groups and emergency groups.*
///
/// # Errors
/// 400 if the route has no flow for this time: the platform disconnects such a call.
pub(super) fn flow_of_number(
    state: &mut State,
    number: &str,
) -> Result<Option<String>, ApiError> {
    let at = DateTime::from_milliseconds(state.clock);
    let fixtures = state.fixtures();
    let Some(route) = route_of_number(state, number) else {
        let Some(routed) = at.and_then(|at| fixtures.route(number, at)) else {
            return Ok(None);
        };
        let (flow, hours) = (routed.flow, routed.state);
        let flow = flow.ok_or_else(|| no_flow(routed.route, hours))?;
        let program = state.program();
        let found = crate::engine::start::flow(&program, flow);
        let found = found.map_err(|problem| ApiError::bad(problem.message.clone()))?;
        return Ok(Some(program.symbols.flow(found).id.to_string()));
    };
    if let Some(flow) = emergency_flow(state, &route) {
        return Ok(Some(flow));
    }
    let group = route["scheduleGroup"]["id"].as_str();
    let hours = group
        .zip(at)
        .and_then(|(group, at)| fixtures.schedule_group_state(group, None, at))
        .unwrap_or(ScheduleGroupState::Open);
    let flow = |key: &str| route[key]["id"].as_str().map(str::to_owned);
    let [open, closed, holiday] = FLOWS.map(flow);
    let found = match hours {
        ScheduleGroupState::Open => open,
        ScheduleGroupState::Holiday => holiday.or(closed),
        ScheduleGroupState::Closed | ScheduleGroupState::Emergency => closed,
    };
    let name = route["name"].as_str().unwrap_or_default();
    found.map(Some).ok_or_else(|| no_flow(name, hours))
}

fn no_flow(route: &str, hours: ScheduleGroupState) -> ApiError {
    let hours = match hours {
        ScheduleGroupState::Open => "open hours",
        ScheduleGroupState::Holiday => "holidays",
        ScheduleGroupState::Closed | ScheduleGroupState::Emergency => "closed hours",
    };
    ApiError::bad(format!("the call route `{route}` has no flow for {hours}"))
}

/// Returns the created route with this number. Only digits are compared.
fn route_of_number(state: &State, number: &str) -> Option<Value> {
    let wanted = dialled(number);
    let mut routes = state.entities(IVRS).map(|(_, route)| route);
    let found = routes.find(|route| {
        let numbers = route["dnis"].as_array().into_iter().flatten();
        !wanted.is_empty()
            && numbers.filter_map(Value::as_str).any(|number| dialled(number) == wanted)
    });
    found.cloned()
}

/// Returns the flow of the active emergency group that names the route.
fn emergency_flow(state: &mut State, route: &Value) -> Option<String> {
    let groups = directory::emergencies(state);
    let active = groups.iter().filter(|group| group["enabled"] == true);
    let mut flows =
        active.filter_map(|group| group["emergencyCallFlows"].as_array()).flatten();
    let is_route = |it: &Value| {
        it["id"] == route["id"]
            || it.is_string() && [&route["id"], &route["name"]].contains(&it)
    };
    let flow = flows.find(|flow| {
        let routes = flow["ivrs"].as_array();
        routes.is_some_and(|it| it.iter().any(is_route)) || is_route(&flow["ivrs"])
    })?;
    let flow = &flow["emergencyFlow"];
    let flow = flow["id"].as_str().or(flow.as_str())?;
    let found = directory::flow_named(state, flow);
    found["id"].as_str().map(str::to_owned)
}

//! Actions on flows: publishing, checking in and out, unlocking, reverting, deactivating.

use serde_json::{Value, json};

use super::flows::{no_version, refuse_lock, to_json, validated, version_named};
use crate::server::access;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::event::{Event, FlowChange};

/// Publishes the flow in the path.
pub(in crate::server) fn publish_by_path(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    publish_flow(state, asked, asked.parameter("flowId"))
}

/// Publishes the flow in the query.
pub(in crate::server) fn publish(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    publish_flow(state, asked, flow_in_query(asked)?)
}

/// Publishes the version in the query, or else the newest one.
fn publish_flow(state: &mut State, asked: &ApiRequest, id: &str) -> EndpointResult {
    let flow = state.flow(id)?;
    refuse_lock(flow, access::client(asked))?;
    let version = match asked.query("version") {
        Some(wanted) => version_named(flow, wanted)?,
        None => flow.newest().ok_or_else(|| no_version(flow))?,
    };
    validated(state, &flow.id, &version.content, true)?;
    let (id, name) = (flow.id.to_string(), flow.name.clone());
    let version = Some(version.number);
    let operation = operation(state, "PUBLISH");
    state.commit(Event::FlowPublished { id, version })?;
    Ok(Reply::ok(operation).with_reason(format!("`{name}` was published")))
}

/// Returns an operation that is already complete.
pub(super) fn operation(state: &State, action: &str) -> Value {
    json!({
        "id": state.fresh_id("Operation").as_str(),
        "complete": true,
        "actionName": action,
        "actionStatus": "SUCCESS",
    })
}

/// Checks a flow in.
pub(in crate::server) fn check_in(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    refuse_lock(state.flow(flow_in_query(asked)?)?, access::client(asked))?;
    let operation = operation(state, "CHECKIN");
    change(state, asked, FlowChange::CheckIn)?;
    Ok(Reply::ok(operation).with_reason("checked in"))
}

/// Checks a flow out.
pub(in crate::server) fn check_out(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let flow = state.flow(flow_in_query(asked)?)?;
    if flow.locked_by.is_some() {
        return Err(ApiError::conflict(format!(
            "the flow `{}` is already checked out",
            flow.name
        )));
    }
    change(state, asked, FlowChange::CheckOut)
}

/// Unlocks a flow, also one that another client checked out.
pub(in crate::server) fn unlock(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    change(state, asked, FlowChange::Unlock)
}

/// Reverts to the version that was last checked in or published.
pub(in crate::server) fn revert(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    refuse_lock(state.flow(flow_in_query(asked)?)?, access::client(asked))?;
    change(state, asked, FlowChange::Revert)
}

/// Deactivates a flow: conversations can no longer be started in it.
pub(in crate::server) fn deactivate(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    change(state, asked, FlowChange::Deactivate)
}

fn change(state: &mut State, asked: &ApiRequest, change: FlowChange) -> EndpointResult {
    let id = state.flow(flow_in_query(asked)?)?.id.to_string();
    let client = access::client(asked).to_owned();
    state.commit(Event::FlowChanged { id: id.clone(), change, client })?;
    Ok(Reply::ok(to_json(state.flow(&id)?)))
}

fn flow_in_query(asked: &ApiRequest) -> Result<&str, ApiError> {
    asked.query("flow").ok_or_else(|| ApiError::bad("the query must contain `flow`"))
}

//! Actions on flows: publishing, checking in and out, unlocking, reverting, deactivating.

use serde_json::{Value, json};

use super::flows::{no_version, to_json, validated};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::event::{Event, FlowChange};

/// Publishes the flow in the path.
pub(in crate::server) fn publish_by_path(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    publish_flow(state, asked.parameter("flowId"))
}

/// Publishes the flow in the query.
pub(in crate::server) fn publish(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    publish_flow(state, wanted(asked)?)
}

fn publish_flow(state: &mut State, id: &str) -> EndpointResult {
    let flow = state.flow(id)?;
    let newest = flow.newest().ok_or_else(|| no_version(flow))?;
    validated(state, &flow.id, &newest.content, true)?;
    let (id, name) = (flow.id.to_string(), flow.name.clone());
    let operation = operation(state, "PUBLISH");
    state.commit(Event::FlowPublished { id })?;
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
    let operation = operation(state, "CHECKIN");
    change(state, asked, FlowChange::CheckIn)?;
    Ok(Reply::ok(operation).with_reason("checked in"))
}

/// Checks a flow out.
pub(in crate::server) fn check_out(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let flow = state.flow(wanted(asked)?)?;
    if flow.is_locked {
        return Err(ApiError::conflict(format!(
            "the flow `{}` is already checked out",
            flow.name
        )));
    }
    change(state, asked, FlowChange::CheckOut)
}

/// Unlocks a flow.
pub(in crate::server) fn unlock(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    change(state, asked, FlowChange::Unlock)
}

/// Reverts to the version that was last checked in or published.
pub(in crate::server) fn revert(state: &mut State, asked: &ApiRequest) -> EndpointResult {
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
    let id = state.flow(wanted(asked)?)?.id.to_string();
    state.commit(Event::FlowChanged { id: id.clone(), change })?;
    Ok(Reply::ok(to_json(state.flow(&id)?)))
}

fn wanted(asked: &ApiRequest) -> Result<&str, ApiError> {
    asked.query("flow").ok_or_else(|| ApiError::bad("the query must contain `flow`"))
}

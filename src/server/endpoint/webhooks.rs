//! Webhooks: the registered services, and the calls that were made.

use serde_json::{Map, Value, json};

use crate::server::http::reply::{EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::event::Event;

/// Replaces the registered services.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let webhooks = state.webhooks.read(&asked.object()?.0)?;
    state.commit(Event::WebhooksReplaced { webhooks })?;
    let webhooks = registered(state);
    Ok(Reply::ok(json!({ "webhooks": webhooks }))
        .with_reason("the services were replaced"))
}

/// Lists the registered services and the calls that were made, the oldest first.
pub(in crate::server) fn list(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let webhooks = registered(&server.state());
    let mut calls = server.calls.to_json();
    let open = calls.iter().filter(|call| call["outcome"] == "open").count();
    if let Some(id) = asked.query("flowInstanceId") {
        calls.retain(|call| call["flowInstanceId"] == id);
    }
    Ok(Reply::ok(json!({ "webhooks": webhooks, "open": open, "calls": calls })))
}

/// Returns the services by name, with the kind of entity that the name refers to: null if
/// no such entity exists at present.
fn registered(state: &State) -> Map<String, Value> {
    let registered = state.webhooks.registered();
    if registered.is_empty() {
        return Map::new();
    }
    let callers = state.callers();
    let shown = registered.iter().map(|(name, webhook)| {
        let shown = json!({
            "url": webhook.shown(),
            "timeoutMs": webhook.timeout_ms,
            "attempts": webhook.attempts,
            "headers": webhook.headers.keys().collect::<Vec<_>>(),
            "isSigned": webhook.secret.is_some(),
            "matches": callers.get(name.as_str()),
        });
        (name.clone(), shown)
    });
    shown.collect()
}

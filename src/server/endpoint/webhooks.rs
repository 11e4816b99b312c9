//! Webhooks: which services are called, and the calls that were made.

use serde_json::{Map, Value, json};

use crate::server::Server;
use crate::server::http::answer::{Answered, Reply};
use crate::server::http::asked::Asked;
use crate::server::state::State;
use crate::server::state::event::Event;

/// Registers services in place of those that are registered.
pub(in crate::server) fn replace(state: &mut State, asked: &Asked) -> Answered {
    let webhooks = state.webhooks.read(&asked.object()?.0)?;
    state.commit(Event::WebhooksReplaced { webhooks })?;
    let webhooks = registered(state);
    Ok(Reply::ok(json!({ "webhooks": webhooks })).because("other services are called"))
}

/// Which services are registered, and the calls that were made, the oldest first.
pub(in crate::server) fn list(server: &Server, asked: &Asked) -> Answered {
    let webhooks = registered(&server.state());
    let mut calls = server.calls.to_json();
    let open = calls.iter().filter(|call| call["outcome"] == "open").count();
    if let Some(id) = asked.query("flowInstanceId") {
        calls.retain(|call| call["flowInstanceId"] == id);
    }
    Ok(Reply::ok(json!({ "webhooks": webhooks, "open": open, "calls": calls })))
}

/// By name the services, and what of the organisation the name is: null if there is no such
/// thing, or not yet.
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
            "matches": callers.get(name.as_str()),
        });
        (name.clone(), shown)
    });
    shown.collect()
}

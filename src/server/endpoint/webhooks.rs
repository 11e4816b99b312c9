//! Webhooks: which services are called, and the calls that were made.

use serde_json::{Map, Value, json};

use crate::server::Server;
use crate::server::http::answer::{Answered, Reply};
use crate::server::http::asked::Asked;
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::server::webhook::Webhooks;

/// Registers services in place of those that are registered.
pub(in crate::server) fn replace(state: &mut State, asked: &Asked) -> Answered {
    let webhooks = state.webhooks.read(&asked.object()?.0)?;
    state.commit(Event::WebhooksReplaced { webhooks })?;
    let webhooks = registered(&state.webhooks);
    Ok(Reply::ok(json!({ "webhooks": webhooks })).because("other services are called"))
}

/// Which services are registered, and the calls that were made, the oldest first.
pub(in crate::server) fn list(server: &Server, asked: &Asked) -> Answered {
    let webhooks = registered(&server.state().webhooks);
    let mut calls = server.calls.to_json();
    let open = calls.iter().filter(|call| call["outcome"] == "open").count();
    if let Some(id) = asked.query("flowInstanceId") {
        calls.retain(|call| call["flowInstanceId"] == id);
    }
    Ok(Reply::ok(json!({ "webhooks": webhooks, "open": open, "calls": calls })))
}

fn registered(webhooks: &Webhooks) -> Map<String, Value> {
    let shown = webhooks.registered().iter().map(|(name, webhook)| {
        let (timeout, attempts) = (webhook.timeout_ms, webhook.attempts);
        let url = webhook.shown();
        let shown = json!({ "url": url, "timeoutMs": timeout, "attempts": attempts });
        (name.clone(), shown)
    });
    shown.collect()
}

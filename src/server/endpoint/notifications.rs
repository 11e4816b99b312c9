//! Channels of notifications, and their topics. *Source: `NotificationsApi` of the
//! platform's SDKs.*

use serde_json::{Value, json};

use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::notifications::channel::Channel;
use crate::server::notifications::{TOPICS, Topic, know};
use crate::server::state::State;

fn channel_json(asked: &ApiRequest, channel: &Channel) -> Value {
    let origin = asked.origin();
    let host = origin.strip_prefix("http://").unwrap_or(&origin);
    json!({
        "id": channel.id,
        "connectUri": format!("ws://{host}/channels/{}", channel.id),
        "expires": channel.expires(),
    })
}

/// Opens a channel.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let now = state.clock;
    let id = state.channels.open(now);
    let body = channel_json(asked, state.channels.get(&id, now)?);
    Ok(Reply::ok(body).with_reason("the channel was opened"))
}

/// Lists the channels.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let all = state.channels.all(state.clock);
    let all: Vec<Value> = all.map(|it| channel_json(asked, it)).collect();
    Ok(Reply::ok(json!({ "entities": all })))
}

/// Verifies that a channel exists.
pub(in crate::server) fn verify(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    found(state, asked)?;
    Ok(Reply::of(200, json!({})))
}

fn found<'s>(
    state: &'s mut State,
    asked: &ApiRequest,
) -> Result<&'s mut Channel, ApiError> {
    let now = state.clock;
    state.channels.get(asked.parameter("channelId"), now)
}

/// Lists the topics of a channel.
pub(in crate::server) fn subscriptions(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let topics = found(state, asked)?.topics.iter();
    let topics = topics.map(|id| json!({ "id": id, "state": "Permitted" }));
    Ok(Reply::ok(json!({ "entities": topics.collect::<Vec<Value>>() })))
}

/// Adds topics: `[{"id": "v2.users.….conversations"}]`.
pub(in crate::server) fn subscribe(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    change(state, asked, false)
}

/// Replaces the topics.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    change(state, asked, true)
}

fn change(state: &mut State, asked: &ApiRequest, replaces: bool) -> EndpointResult {
    let body = asked.json()?;
    let items = body.as_array().ok_or_else(|| {
        ApiError::bad("the body must be a list of topics such as `{\"id\": \"v2.users.….conversations\"}`")
    })?;
    let name = |item: &'_ Value| item["id"].as_str().or(item.as_str()).map(str::to_owned);
    let wanted: Option<Vec<String>> = items.iter().map(name).collect();
    let wanted = wanted.ok_or_else(|| ApiError::bad("each topic needs `id`"))?;
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let now = state.clock;
    let channel = found(state, asked)?;
    let before = replaces.then(|| std::mem::take(&mut channel.topics));
    if let Err(refusal) = channel.subscribe(&wanted, now) {
        channel.topics = before.unwrap_or_else(|| std::mem::take(&mut channel.topics));
        return Err(refusal);
    }
    let topics: Vec<String> = channel.topics.iter().cloned().collect();
    know(state, &topics);
    let answer = subscriptions(state, asked)?;
    Ok(answer.with_reason(format!("{} topics", topics.len())))
}

/// Removes all topics.
pub(in crate::server) fn unsubscribe(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    found(state, asked)?.topics.clear();
    Ok(Reply::no_content().with_reason("the topics were removed"))
}

/// Lists the topics that can be subscribed to.
pub(in crate::server) fn available(_: &mut State, asked: &ApiRequest) -> EndpointResult {
    let expanded = asked.query_all("expand");
    let topic = |topic: &Topic| {
        let mut body = json!({ "id": topic.name, "description": topic.description });
        let more = [
            ("visibility", json!("Public")),
            ("transports", json!(["Websocket"])),
            ("enforced", json!(true)),
            ("requiresPermissions", json!([])),
            ("topicParameters", json!(["id"])),
        ];
        for (key, value) in more {
            if expanded.contains(&key) {
                body[key] = value;
            }
        }
        body
    };
    let all: Vec<Value> = TOPICS.iter().map(topic).collect();
    Ok(Reply::ok(json!({ "entities": all })))
}

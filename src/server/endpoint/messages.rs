//! Messages and e-mails of the participant: a further one continues its conversation.
//!
//! *Source: the platform's API (open messaging, message routing, inbound messages of
//! e-mail conversations), and Genesys' help on threading timelines.*

use serde_json::{Map, Value, json};

use super::conversations::{begin_with, existing, give, shown};
use super::directory;
use crate::server::conversation::{Change, Timeline};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::Event;
use crate::server::state::instance::moment;
use crate::server::state::{MAX_ENTITIES, State};
use crate::value::{Text, derived_id};
use crate::world::Input;

/// The collection of recipients: integrations, and the flows that handle their messages.
const RECIPIENTS: &str = "messageRecipients";
/// The collection of the newest conversation of each sender with an integration.
const THREADS: &str = "messageThreads";

/// Lists the recipients that have a flow.
pub(in crate::server) fn recipients(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    directory::list(asked, directory::created(state, RECIPIENTS))
}

/// Returns a recipient.
pub(in crate::server) fn recipient(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("recipientId");
    directory::one(directory::created(state, RECIPIENTS), "the recipient", id)
}

/// Sets the flow that handles messages to a recipient: `{"flow": {"id": "…"}}`.
pub(in crate::server) fn set_recipient(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut body = asked.object()?;
    let flow = body.object("flow")?;
    let flow = state.flow(flow.required("id")?)?;
    let flow = json!({
        "id": flow.id.as_str(),
        "name": flow.name.as_str(),
        "selfUri": format!("/api/v2/flows/{}", flow.id),
    });
    let id = asked.parameter("recipientId").to_owned();
    if state.entity_count(RECIPIENTS) >= MAX_ENTITIES {
        return Err(ApiError::full("recipients of messages", MAX_ENTITIES));
    }
    body.0.insert("id".into(), id.as_str().into());
    body.0.insert("flow".into(), flow);
    let path = format!("/api/v2/routing/message/recipients/{id}");
    body.0.insert("selfUri".into(), path.into());
    let document = Value::Object(body.0);
    let collection = RECIPIENTS.to_owned();
    state.commit(Event::EntitySaved { collection, id, document: document.clone() })?;
    Ok(Reply::ok(document).with_reason("the flow was set"))
}

/// Receives an open message. It continues the conversation of its sender with the
/// integration while that is open, else it starts the flow of the integration. In a queue
/// and with an agent, no flow sees the message.
pub(in crate::server) fn receive(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let channel = body.object("channel")?;
    let from = channel.object("from")?;
    let sender = from.required("id")?;
    let words = words(&body, "text")?;
    let integration = asked.parameter("integrationId");
    let thread = format!("{integration}/{sender}");
    let message =
        channel.text("messageId")?.map_or_else(|| fresh_message(state), Text::from);
    let (id, why) = if let Some(open) = open_thread(state, &thread) {
        refuse_too_many(state, &open)?;
        let why = add(state, &open, words)?;
        (open.to_string(), why)
    } else {
        let id = begin_thread(state, integration, &from, words)?;
        let document = json!({ "conversationId": id });
        let collection = THREADS.to_owned();
        state.commit(Event::EntitySaved { collection, id: thread, document })?;
        (id, "the message started a conversation")
    };
    record(state, &id, &message, words)?;
    let mut answer = Map::new();
    answer.insert("id".into(), message.as_str().into());
    answer.insert("channel".into(), Value::Object(channel.0.clone()));
    answer.insert("type".into(), "Text".into());
    answer.insert("text".into(), words.into());
    answer.insert("direction".into(), "Inbound".into());
    if asked.query("prefetchConversationId") == Some("true") {
        answer.insert("conversationId".into(), id.into());
    }
    Ok(Reply::of(202, Value::Object(answer)).with_reason(why))
}

/// Returns the conversation of a thread, unless it has ended for good.
fn open_thread(state: &State, thread: &str) -> Option<Text> {
    let thread = state.entity(THREADS, thread)?;
    let timeline = Timeline::of(state, thread["conversationId"].as_str()?)?;
    let is_open = timeline.ended_at.is_none() || takes_input(state, &timeline);
    is_open.then_some(timeline.id)
}

fn takes_input(state: &State, timeline: &Timeline) -> bool {
    let current = timeline.current.as_ref().and_then(|id| state.instances.get(id));
    current.is_some_and(|it| it.takes_input(state.clock))
}

/// Adds a message to a conversation. Returns what happened.
fn add(state: &mut State, id: &str, words: &str) -> Result<&'static str, ApiError> {
    let timeline = existing(state, id)?;
    if takes_input(state, &timeline) {
        give(state, id, vec![Input::Speech(words.into())])?;
        return Ok("the message continues its conversation");
    }
    match timeline.ended_at {
        None => Ok("the message was added to its conversation, which no flow handles"),
        Some(_) => {
            let message = format!("the conversation `{id}` has ended");
            Err(ApiError::conflict(message))
        }
    }
}

/// Adds messages or e-mails to an open conversation in which no flow reads them: it waits
/// in a queue, or an agent handles it. Returns whether it is one. *Source: Genesys' help on
/// threading timelines: until an agent disconnects, further e-mails belong to the thread.*
pub(super) fn join(
    state: &mut State,
    id: &str,
    inputs: &[Input],
) -> Result<bool, ApiError> {
    let words = inputs.iter().map(|input| match input {
        Input::Speech(words) => Some(words),
        _ => None,
    });
    let Some(words) = words.collect::<Option<Vec<&Text>>>() else { return Ok(false) };
    let is_open = Timeline::of(state, id).is_some_and(|it| {
        let has_messages = matches!(&*it.media, "message" | "email");
        has_messages && it.ended_at.is_none() && !takes_input(state, &it)
    });
    for words in words.iter().filter(|_| is_open) {
        refuse_too_many(state, id)?;
        let message = fresh_message(state);
        record(state, id, &message, words)?;
    }
    Ok(is_open)
}

fn fresh_message(state: &mut State) -> Text {
    derived_id(&format!("Message:{}", state.fresh_id("Message")))
}

/// Maximum number of messages of a conversation.
const MAX_MESSAGES: usize = 1_000;

fn refuse_too_many(state: &State, id: &str) -> Result<(), ApiError> {
    let known = state.conversations.get(id);
    match known.is_some_and(|it| it.message_count() >= MAX_MESSAGES) {
        true => Err(ApiError::full("messages of a conversation", MAX_MESSAGES)),
        false => Ok(()),
    }
}

/// Stores a message in its conversation.
fn record(
    state: &mut State,
    conversation: &str,
    message: &str,
    words: &str,
) -> Result<(), ApiError> {
    let change = Change::Message { id: message.to_owned(), text: words.to_owned() };
    state.commit(Event::ConversationChanged { id: conversation.to_owned(), change })
}

/// Returns a message of the customer. *Source: `MessageData` of the platform's SDKs.*
pub(in crate::server) fn message(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let conversation = of_medium(state, asked, "message")?;
    let timeline = existing(state, &conversation)?;
    let id = asked.parameter("messageId");
    let customer = timeline.customer();
    let mut all = customer.into_iter().flat_map(|it| &it.messages);
    let found = all.find(|it| it.id == id);
    let found = found.ok_or_else(|| ApiError::not_found("the message", id))?;
    let instance = state.instances.get(&timeline.id);
    Ok(Reply::ok(json!({
        "id": found.id.as_str(),
        "conversationId": conversation,
        "direction": "inbound",
        "messengerType": "open",
        "fromAddress": customer.and_then(|it| it.address.as_deref()),
        "toAddress": instance.and_then(|it| it.to.as_deref()),
        // Older SDKs read the text here, newer ones in the normalized message.
        "textBody": found.text.as_str(),
        "normalizedMessage": {
            "id": found.id.as_str(),
            "type": "Text",
            "text": found.text.as_str(),
            "direction": "Inbound",
        },
        "status": "received",
        "timestamp": moment(found.at),
        "selfUri": asked.path,
    })))
}

/// Starts the flow of an integration with the first message of a sender.
fn begin_thread(
    state: &mut State,
    integration: &str,
    from: &Object,
    words: &str,
) -> Result<String, ApiError> {
    if state.entity_count(THREADS) >= MAX_ENTITIES {
        return Err(ApiError::full("senders of messages", MAX_ENTITIES));
    }
    let flow = state.entity(RECIPIENTS, integration);
    let flow = flow.and_then(|it| it["flow"]["id"].as_str()).map(str::to_owned);
    let flow = flow.ok_or_else(|| {
        let set = format!("PUT /api/v2/routing/message/recipients/{integration}");
        let message =
            format!("the integration `{integration}` has no flow; set it with {set}");
        ApiError::new(404, "not.found", message)
    })?;
    let name = match from.text("nickname")? {
        Some(nickname) => nickname.to_owned(),
        None => {
            let names = [from.text("firstName")?, from.text("lastName")?];
            names.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    };
    let mut context = Map::new();
    context.insert("from".into(), from.required("id")?.into());
    context.insert("to".into(), integration.into());
    context.insert("message".into(), words.into());
    if !name.is_empty() {
        context.insert("name".into(), name.into());
    }
    begin_with(state, context, "message", &flow, Map::new())
}

/// Receives a further e-mail of a conversation.
pub(in crate::server) fn receive_email(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = of_medium(state, asked, "email")?;
    let body = asked.object()?;
    let words = words(&body, "textBody")?;
    refuse_too_many(state, &id)?;
    let why = add(state, &id, words)?;
    let message = fresh_message(state);
    record(state, &id, &message, words)?;
    shown(state, &id, why)
}

/// Returns the id of the conversation that a path names, which has this medium.
fn of_medium(
    state: &State,
    asked: &ApiRequest,
    medium: &str,
) -> Result<String, ApiError> {
    let id = asked.parameter("conversationId");
    let found = existing(state, id)?;
    if found.media == medium {
        return Ok(id.to_owned());
    }
    Err(ApiError::not_found(&format!("the conversation ({medium})"), id))
}

/// Returns the text of a message.
fn words<'b>(body: &'b Object, key: &str) -> Result<&'b str, ApiError> {
    let words = body.required(key)?.trim();
    if words.is_empty() {
        return Err(ApiError::bad(format!("`{key}` must not be empty")));
    }
    Ok(words)
}

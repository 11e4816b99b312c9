//! Conversations: each starts in a flow, which runs until it waits for the participant, or
//! in a queue.

pub(in crate::server) mod participants;
pub(in crate::server) mod view;

use serde_json::{Map, Value, json};

use crate::engine::start;
use crate::server::conversation::{Queued, Timeline};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::{Called, Event, Origin};
use crate::server::state::instance::value_of;
use crate::server::state::{MAX_WAITING, State};
use crate::value::{DateTime, derived_id, is_uuid};
use crate::world::Input;
use view::View;

/// Starts a conversation in the form of the launch tutorial.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let media = body.text("type")?.unwrap_or("chat").to_owned();
    let flow = flow_id(&body)?;
    let flow = flow.ok_or_else(|| invalid_flow("`routing.flowId` is missing"))?;
    let id = begin(state, &body, &media, &flow)?;
    shown(state, &id, "the flow was started")
}

/// Starts a call: in the flow that the body names, in the flow of the call route with
/// that number, or in a queue.
pub(in crate::server) fn create_call(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let dialled = body.text("phoneNumber")?;
    let routed = match dialled {
        Some(number) => super::call_routes::flow_of_number(state, number)?,
        None => None,
    };
    let id = begin_or_queue(state, &body, "voice", routed)?;
    let uri = format!("/api/v2/conversations/calls/{id}");
    Ok(Reply::ok(json!({ "id": id, "selfUri": uri })).with_reason("the call was started"))
}

/// Starts a callback, in the flow that the body names or in a queue. With
/// `callbackScheduledTime` it waits in the queue from this time on.
pub(in crate::server) fn create_callback(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let id = begin_or_queue(state, &body, "callback", None)?;
    let conversation = json!({ "id": id, "selfUri": uri(&id) });
    let identifier = derived_id(&format!("Callback:{id}"));
    let identifiers = json!([{ "type": "EXTERNAL", "id": identifier.as_str() }]);
    let mut body =
        json!({ "conversation": conversation, "callbackIdentifiers": identifiers });
    for (key, value) in view::callback(state, &existing(state, &id)?) {
        body[key] = value;
    }
    Ok(Reply::ok(body).with_reason("the callback was started"))
}

/// Starts a chat, in the flow that the body names or in a queue.
pub(in crate::server) fn create_chat(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let id = begin_or_queue(state, &body, "chat", None)?;
    shown(state, &id, "the chat was started")
}

/// Starts an e-mail, in the flow that the body names or in a queue.
pub(in crate::server) fn create_email(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let id = begin_or_queue(state, &body, "email", None)?;
    shown(state, &id, "the e-mail was started")
}

/// Starts a message, in the flow that the body names or in a queue.
pub(in crate::server) fn create_message(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let id = begin_or_queue(state, &body, "message", None)?;
    shown(state, &id, "the message was started")
}

fn flow_id(body: &Object) -> Result<Option<String>, ApiError> {
    let routing = body.object("routing")?;
    let found = routing.text("flowId")?.or(body.text("flowId")?);
    Ok(found.map(str::to_owned))
}

fn begin_or_queue(
    state: &mut State,
    body: &Object,
    media: &str,
    routed: Option<String>,
) -> Result<String, ApiError> {
    if let Some(flow) = flow_id(body)?.or(routed) {
        if scheduled_at(body)?.is_some() {
            let message =
                "`callbackScheduledTime` needs `queueId`: a flow starts at once";
            return Err(ApiError::bad(message));
        }
        return begin(state, body, media, &flow);
    }
    let routing = body.object("routingData")?;
    let queue = body.text("queueId")?.or(body.text("callFromQueueId")?);
    let queue = queue.or(routing.text("queueId")?);
    let Some(queue) = queue else {
        let message = "the body must contain `flowId`, `routing.flowId`, `queueId`, or a number \
                       that belongs to a call route with an open-hours flow";
        return Err(ApiError::bad(message));
    };
    let queue = participants::known_queue(state, queue)?;
    check_capacity(state)?;
    let (id, media) = (state.fresh_id("Conversation").to_string(), media.to_owned());
    let context = context_of(body)?;
    let queue_name = Some(participants::queue_name(state, &queue));
    let scheduled_at = scheduled_at(body)?;
    let numbers = body.list("callbackNumbers")?.to_vec();
    let queued = Queued {
        id: id.clone(),
        media,
        queue,
        queue_name,
        context,
        scheduled_at,
        numbers,
    };
    state.commit(Event::ConversationQueued(queued))?;
    Ok(id)
}

/// Returns the time from which a callback waits in its queue, in milliseconds since 1970.
fn scheduled_at(body: &Object) -> Result<Option<i64>, ApiError> {
    let Some(text) = body.text("callbackScheduledTime")? else { return Ok(None) };
    let time = DateTime::parse(text).map(DateTime::milliseconds);
    time.map(Some).ok_or_else(|| {
        ApiError::bad(format!(
            "`callbackScheduledTime` must be a date and time such as \
             `2026-01-05T18:00:00Z`, found `{text}`"
        ))
    })
}

/// Refuses a further conversation if the server holds the maximum number of open ones.
pub(super) fn check_capacity(state: &State) -> Result<(), ApiError> {
    if state.waiting() + state.open_conversations() < MAX_WAITING {
        return Ok(());
    }
    let what = "waiting instances and open conversations; disconnect some, or reset the \
                server";
    Err(ApiError::full(what, MAX_WAITING))
}

fn begin(
    state: &mut State,
    body: &Object,
    media: &str,
    flow: &str,
) -> Result<String, ApiError> {
    begin_with(state, context_of(body)?, media, flow, Map::new())
}

/// Starts a conversation in a flow with context fields and variables.
///
/// # Errors
/// The same as those of [`start_flow`].
pub(super) fn begin_with(
    state: &mut State,
    mut context: Map<String, Value>,
    media: &str,
    flow: &str,
    variables: Map<String, Value>,
) -> Result<String, ApiError> {
    let id = state.fresh_id("Conversation").to_string();
    for (name, value) in
        [("conversationId", id.as_str()), ("channel", media), ("mediaType", media)]
    {
        context.entry(name).or_insert_with(|| value.into());
    }
    let called = Called {
        id: id.clone(),
        origin: Origin::Conversation,
        flow: flow.to_owned(),
        media: media.to_owned(),
        name: None,
        context,
        variables,
    };
    start_flow(state, called)?;
    Ok(id)
}

/// Context fields, and the keys of a body that hold them. The first key that is present
/// counts.
const OF_BODY: [(&str, &str); 14] = [
    ("from", "from"),
    ("to", "to"),
    ("to", "phoneNumber"),
    ("from", "callerId"),
    ("name", "callerIdName"),
    ("name", "callbackUserName"),
    ("from", "fromAddress"),
    ("to", "toAddress"),
    ("name", "fromName"),
    ("subject", "subject"),
    ("message", "textBody"),
    ("uuiData", "uuiData"),
    ("participantData", "attributes"),
    ("participantData", "data"),
];
/// Context fields, and the keys of a participant that hold them.
const OF_PARTICIPANT: [(&str, &str); 5] = [
    ("name", "name"),
    ("email", "email"),
    ("from", "address"),
    ("from", "phoneNumber"),
    ("from", "phone"),
];

/// Reads the context fields of a body.
fn context_of(body: &Object) -> Result<Map<String, Value>, ApiError> {
    let mut context = Map::new();
    let mut put = |name: &str, value: Option<&Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            context.entry(name).or_insert_with(|| value.clone());
        }
    };
    for (name, key) in OF_BODY {
        put(name, body.get(key));
    }
    put("from", body.list("callbackNumbers")?.first());
    let participants = body.list("participants")?;
    let is_customer = |participant: &&Value| participant["role"] == "customer";
    let customer = participants.iter().find(is_customer).or(participants.first());
    if let Some(customer) = customer {
        if !customer.is_object() {
            return Err(ApiError::bad("`participants` must be a list of objects"));
        }
        for (name, key) in OF_PARTICIPANT {
            put(name, customer.get(key));
        }
    }
    let message = body.list("messages")?.first();
    put("message", message.and_then(|message| message.get("text")));
    Ok(context)
}

/// Starts a flow.
///
/// # Errors
/// 404 if no flow has this id. 400 if the id is not a UUID, if the flow is inactive, or
/// if it has no such variables.
pub(super) fn start_flow(state: &mut State, called: Called) -> Result<(), ApiError> {
    let Some(flow) = state.flows.get(called.flow.as_str()) else {
        if is_uuid(&called.flow) {
            return Err(ApiError::not_found("the flow", &called.flow));
        }
        return Err(invalid_flow(&format!("`{}` is not a flow id", called.flow)));
    };
    if !flow.can_run() {
        return Err(invalid_flow(&format!("the flow `{}` is not active", flow.name)));
    }
    check_capacity(state)?;
    let program = state.program();
    let Some(flow) = program.flow(&called.flow) else {
        return Err(invalid_flow("the flow cannot be run"));
    };
    for (name, value) in &called.variables {
        start::variable(&program, flow, name, &value_of(value))
            .map_err(|problem| ApiError::bad(problem.message.clone()))?;
    }
    for (name, value) in &called.context {
        let problem = crate::engine::context_problem(name, &value_of(value));
        problem.map_or(Ok(()), |message| Err(ApiError::bad(message)))?;
    }
    state.commit(Event::Called(called))
}

/// Creates the error with the message of the launch tutorial, followed by the reason.
fn invalid_flow(why: &str) -> ApiError {
    ApiError::new(400, "bad.request", format!("Invalid flow ID: {why}"))
}

/// Returns a conversation.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    shown(state, asked.parameter("conversationId"), "")
}

pub(super) fn shown(state: &State, id: &str, why: &str) -> EndpointResult {
    let body = View::of(state).conversation(&existing(state, id)?);
    Ok(Reply::ok(body).with_reason(why))
}

/// Returns the participants of a conversation.
///
/// # Errors
/// 404 if there is no such conversation.
pub(super) fn existing(state: &State, id: &str) -> Result<Timeline, ApiError> {
    Timeline::of(state, id).ok_or_else(|| ApiError::not_found("the conversation", id))
}

fn uri(id: &str) -> String {
    format!("/api/v2/conversations/{id}")
}

/// Ends a conversation: the participant hangs up.
pub(in crate::server) fn disconnect(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = existing(state, asked.parameter("conversationId"))?.id.to_string();
    state.commit(Event::Disconnected { id: id.clone() })?;
    shown(state, &id, "the participant hung up")
}

/// Presses keys, all in answer to one question.
pub(in crate::server) fn digits(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("conversationId").to_owned();
    let body = asked.object()?;
    let digits = body.required("digits")?;
    let is_key = |c: char| c.is_ascii_digit() || "*#ABCDabcd".contains(c);
    if !digits.chars().all(is_key) {
        return Err(ApiError::bad("`digits` must consist of 0-9, *, # and A-D"));
    }
    give(state, &id, vec![Input::Keys(digits.to_uppercase().into())])?;
    Ok(Reply::of(202, json!({})).with_reason("the keys were pressed"))
}

/// Adds inputs to an instance that waits, or that a message continues.
///
/// # Errors
/// 409 if the instance takes no input, 429 if too many inputs are pending.
pub(super) fn give(
    state: &mut State,
    id: &str,
    inputs: Vec<Input>,
) -> Result<(), ApiError> {
    let timeline = Timeline::of(state, id);
    let is_known = timeline.is_some();
    let current = timeline.and_then(|it| it.current);
    let id = current.as_deref().unwrap_or(id);
    let Some(instance) = state.instances.get(id) else {
        return Err(match is_known {
            true => ApiError::conflict(format!("the conversation `{id}` has no flow")),
            false => ApiError::not_found("the conversation", id),
        });
    };
    if !instance.takes_input(state.clock) {
        return Err(ApiError::conflict(format!(
            "the conversation `{id}` has left its flow"
        )));
    }
    if inputs.len() > instance.free_inputs() {
        let limit = crate::server::state::instance::MAX_PENDING;
        return Err(ApiError::full("inputs of a conversation", limit));
    }
    let inputs = inputs.iter().map(Input::to_string).collect();
    state.commit(Event::Inputs { id: id.to_owned(), inputs })
}

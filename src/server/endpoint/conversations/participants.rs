//! Conversations of each medium, and what clients do with their participants: answering,
//! hanging up, wrapping up, transferring, and writing attributes.
//!
//! *Source: `ConversationsApi` of the platform's SDKs.*

use serde_json::{Map, Value, json};

use super::view::{MEDIA, View, medium_of};
use super::{existing, shown};
use crate::server::conversation::{Change, Participant, Purpose, Target, Timeline};
use crate::server::endpoint::directory::{
    codes_for, queue_named, queue_references, users, wrapup_codes,
};
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::value::{Kind, Text};

/// Keys of a participant's communication that are stored as they are given.
const SETTINGS: [&str; 5] = ["held", "muted", "confined", "recording", "wrapupSkipped"];
/// Keys of a wrap-up. *Source: the platform's API, `Wrapup`.*
const WRAPUP_KEYS: [&str; 7] =
    ["code", "name", "notes", "tags", "durationSeconds", "endTime", "provisional"];

/// Returns the medium that the path of a request names; `None` for all media.
fn wanted(asked: &ApiRequest) -> Option<&'static str> {
    let segment = asked.path.split('/').nth(4)?;
    MEDIA.iter().find(|it| it.plural == segment).map(|it| it.name)
}

/// Returns the conversation of a path, which has the medium of the path.
fn found(state: &State, asked: &ApiRequest) -> Result<Timeline, ApiError> {
    let id = asked.parameter("conversationId");
    let timeline = existing(state, id)?;
    match wanted(asked) {
        Some(medium) if medium_of(&timeline.media).name != medium => {
            Err(ApiError::not_found(&format!("the conversation ({medium})"), id))
        }
        _ => Ok(timeline),
    }
}

/// Returns the conversation and the participant of a path.
fn member(
    state: &State,
    asked: &ApiRequest,
) -> Result<(Timeline, Participant), ApiError> {
    let timeline = found(state, asked)?;
    let id = asked.parameter("participantId");
    let participant = timeline.participant(id).cloned();
    let participant =
        participant.ok_or_else(|| ApiError::not_found("the participant", id))?;
    Ok((timeline, participant))
}

fn commit(
    state: &mut State,
    timeline: &Timeline,
    change: Change,
) -> Result<(), ApiError> {
    let id = timeline.id.to_string();
    state.commit(Event::ConversationChanged { id, change })
}

fn accepted(why: &str) -> EndpointResult {
    Ok(Reply::of(202, json!({})).with_reason(why))
}

/// Lists the open conversations, those of a medium if the path names one.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let page = Page::of(asked)?;
    let wanted = wanted(asked);
    let ids = state.conversation_ids();
    let all = ids.iter().rev().filter_map(|id| Timeline::of(state, id));
    let is_wanted = |it: &Timeline| {
        it.ended_at.is_none()
            && wanted.is_none_or(|wanted| medium_of(&it.media).name == wanted)
    };
    let mut open: Vec<Timeline> = all.filter(is_wanted).collect();
    if let Some(kind) = asked.query("communicationType") {
        // *Source: the names of `Conversation.participants`, in the singular.*
        let is_kind = |it: &Timeline| {
            medium_of(&it.media).plural.trim_end_matches('s').eq_ignore_ascii_case(kind)
        };
        open.retain(is_kind);
    }
    let view = View::of(state);
    listing(asked, page, &open, |it| match wanted {
        Some(_) => view.of_medium(it),
        None => view.conversation(it),
    })
}

/// Returns a conversation in the form of its medium.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let timeline = found(state, asked)?;
    Ok(Reply::ok(View::of(state).of_medium(&timeline)))
}

/// Ends a conversation: `{"state": "disconnected"}`.
pub(in crate::server) fn end(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let timeline = found(state, asked)?;
    let body = asked.object()?;
    let wanted = body.required("state")?;
    if wanted != "disconnected" {
        let message = format!("`state` must be `disconnected`, found `{wanted}`");
        return Err(ApiError::bad(message));
    }
    state.commit(Event::Disconnected { id: timeline.id.to_string() })?;
    shown(state, &timeline.id, "the conversation was ended")
}

/// Changes a participant: the state, the wrap-up, and settings such as `held`.
pub(in crate::server) fn change(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let (timeline, participant) = member(state, asked)?;
    let body = asked.object()?;
    let wrapup = wrapup_of(state, &body.object("wrapup")?)?;
    let new_state = new_state(&participant, &body)?;
    let id = participant.id.to_string();
    let mut settings = Map::new();
    for key in SETTINGS {
        if let Some(value) = body.get(key) {
            let is_valid = value.is_boolean();
            let wrong = || ApiError::bad(format!("`{key}` must be true or false"));
            settings.insert(
                key.to_owned(),
                is_valid.then(|| value.clone()).ok_or_else(wrong)?,
            );
        }
    }
    let mut done = Vec::new();
    if !settings.is_empty() {
        let participant = id.clone();
        commit(state, &timeline, Change::Settings { participant, settings })?;
        done.push("the settings were stored");
    }
    if let Some(wrapup) = wrapup {
        commit(state, &timeline, Change::WrapUp { participant: id.clone(), wrapup })?;
        done.push("the wrap-up was stored");
    }
    match new_state {
        Some(NewState::Connected) => {
            commit(state, &timeline, Change::Connected { participant: id })?;
            done.push("the participant answered");
        }
        Some(NewState::Disconnected) => {
            leave(state, &timeline, &participant)?;
            done.push("the participant left");
        }
        None => {}
    }
    accepted(&done.join("; "))
}

#[derive(Clone, Copy)]
enum NewState {
    Connected,
    Disconnected,
}

/// Returns the requested state if the participant does not have it yet.
fn new_state(of: &Participant, body: &Object) -> Result<Option<NewState>, ApiError> {
    let Some(wanted) = body.text("state")? else { return Ok(None) };
    match (wanted.to_ascii_lowercase().as_str(), of.state()) {
        (wanted, now) if wanted == now => Ok(None),
        ("disconnected", _) => Ok(Some(NewState::Disconnected)),
        ("connected", "alerting") => Ok(Some(NewState::Connected)),
        ("connected", _) => {
            Err(ApiError::conflict("the participant has left".to_owned()))
        }
        _ => Err(ApiError::bad(format!(
            "`state` must be `connected` or `disconnected`, found `{wanted}`"
        ))),
    }
}

/// A participant leaves. The customer hangs up, which the flow notices.
fn leave(state: &mut State, of: &Timeline, who: &Participant) -> Result<(), ApiError> {
    if who.purpose == Purpose::Customer {
        return state.commit(Event::Disconnected { id: of.id.to_string() });
    }
    commit(state, of, Change::Disconnected { participant: who.id.to_string() })
}

/// Checks a wrap-up. An empty object counts as a missing one.
fn wrapup_of(state: &State, given: &Object) -> Result<Option<Value>, ApiError> {
    if given.0.is_empty() {
        return Ok(None);
    }
    given.only("`wrapup`", &WRAPUP_KEYS)?;
    let mut wrapup = given.0.clone();
    if let Some(code) = given.text("code")? {
        let known = wrapup_codes(state);
        match known.iter().find(|it| it["id"] == code || it["name"] == code) {
            Some(known) => {
                wrapup.entry("name").or_insert_with(|| known["name"].clone());
            }
            None if known.is_empty() => {}
            None => {
                return Err(ApiError::bad(format!("unknown wrap-up code `{code}`")));
            }
        }
    }
    Ok(Some(Value::Object(wrapup)))
}

/// Returns the wrap-up of a participant.
pub(in crate::server) fn wrapup(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let (_, participant) = member(state, asked)?;
    Ok(Reply::ok(participant.wrapup.unwrap_or_else(|| json!({}))))
}

/// Stores the wrap-up of a communication.
pub(in crate::server) fn set_wrapup(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (timeline, participant) = member(state, asked)?;
    let wrapup = wrapup_of(state, &asked.object()?)?.unwrap_or_else(|| json!({}));
    let participant = participant.id.to_string();
    commit(state, &timeline, Change::WrapUp { participant, wrapup })?;
    accepted("the wrap-up was stored")
}

/// Lists the wrap-up codes that a participant may use: those of the queue.
pub(in crate::server) fn participant_wrapup_codes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (_, participant) = member(state, asked)?;
    let queue = participant.queue.as_ref().and_then(|it| it.label());
    Ok(Reply::ok(codes_for(state, queue.map(Text::as_str)).into()))
}

/// Returns the attributes of a participant.
pub(in crate::server) fn attributes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (timeline, participant) = member(state, asked)?;
    let shown = View::of(state).participant(&timeline, &participant);
    Ok(Reply::ok(json!({ "attributes": shown["attributes"] })))
}

/// Writes attributes of a participant: `{"attributes": {"tier": "gold"}}`. Those of the
/// customer can be read by the flow. Null removes one.
pub(in crate::server) fn write_attributes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (timeline, participant) = member(state, asked)?;
    let written = asked.object()?.object("attributes")?.0;
    if written.is_empty() {
        return Err(ApiError::bad("the body needs `attributes` with at least one entry"));
    }
    commit_attributes(state, &timeline, &participant, written)?;
    let answer = attributes(state, asked)?;
    Ok(answer.with_reason("the attributes were written"))
}

/// Writes attributes of the customer of a conversation: `{"tier": "gold"}`. Null removes
/// one.
pub(in crate::server::endpoint) fn write_customer(
    state: &mut State,
    conversation: &str,
    written: Map<String, Value>,
) -> Result<(), ApiError> {
    let timeline = existing(state, conversation)?;
    let customer = timeline.customer().cloned();
    let customer =
        customer.ok_or_else(|| ApiError::not_found("the customer of", conversation))?;
    commit_attributes(state, &timeline, &customer, written)
}

fn commit_attributes(
    state: &mut State,
    timeline: &Timeline,
    of: &Participant,
    attributes: Map<String, Value>,
) -> Result<(), ApiError> {
    let mut all = attributes.iter();
    if let Some((name, _)) = all.find(|(_, it)| !it.is_string() && !it.is_null()) {
        return Err(ApiError::bad(format!("the attribute `{name}` must be a string")));
    }
    let participant = of.id.to_string();
    commit(state, timeline, Change::Attributes { participant, attributes })
}

/// Transfers a conversation away from a participant, to a queue, a user, an address, or
/// voice mail.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (timeline, participant) = member(state, asked)?;
    let to = target(state, &asked.object()?)?;
    if participant.purpose == Purpose::Customer {
        return Err(ApiError::bad("the customer cannot be replaced"));
    }
    if !participant.is_present() {
        return Err(ApiError::conflict("the participant has left".to_owned()));
    }
    let participant = participant.id.to_string();
    commit(state, &timeline, Change::Replaced { participant, to })?;
    accepted("the conversation was transferred")
}

fn target(state: &mut State, body: &Object) -> Result<Target, ApiError> {
    let is_voicemail = body.get("voicemail").and_then(Value::as_bool) == Some(true);
    if let Some(queue) = body.text("queueId")?.or(body.text("queueName")?) {
        let queue = known_queue(state, queue)?;
        let owner = queue.clone();
        return Ok(match is_voicemail {
            true => Target::Voicemail { owner },
            false => Target::Queue { name: Some(queue_name(state, &queue)), queue },
        });
    }
    if let Some(user) = body.text("userId")?.or(body.text("userName")?) {
        let user = known_user(state, user)?;
        let owner = user.clone();
        return Ok(match is_voicemail {
            true => Target::Voicemail { owner },
            false => Target::User { user },
        });
    }
    let address = body.text("address")?.map(str::trim).filter(|it| !it.is_empty());
    let address = address.map(|it| Target::External { address: it.to_owned() });
    address.ok_or_else(|| {
        ApiError::bad("the body must contain `queueId`, `userId` or `address`")
    })
}

/// Returns a queue that the fixtures know, or any if they know none.
pub(super) fn known_queue(state: &mut State, queue: &str) -> Result<String, ApiError> {
    match state.fixtures().knows(Kind::Queue, queue, queue) {
        Some(false) => Err(ApiError::bad(format!("unknown queue `{queue}`"))),
        _ => Ok(queue.to_owned()),
    }
}

/// Returns the name of the queue with an id or a name.
pub(super) fn queue_name(state: &State, queue: &str) -> String {
    let found = queue_named(&queue_references(state), [queue, ""]);
    found["name"].as_str().unwrap_or(queue).to_owned()
}

fn known_user(state: &State, user: &str) -> Result<String, ApiError> {
    let users = users(state);
    let is_known =
        users.iter().any(|it| it["id"] == user || it["name"] == user) || users.is_empty();
    match is_known {
        true => Ok(user.to_owned()),
        false => Err(ApiError::bad(format!("unknown user `{user}`"))),
    }
}

/// Assigns a waiting conversation to a user, who is alerted. A user who is already alerted
/// is not alerted again.
pub(in crate::server) fn assign(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let timeline = found(state, asked)?;
    let user = known_user(state, asked.object()?.required("userId")?)?;
    if timeline.waiting().is_none() {
        let message =
            format!("the conversation `{}` does not wait in a queue", timeline.id);
        return Err(ApiError::conflict(message));
    }
    let view = View::of(state);
    let id = view.user(&user.as_str().into())["id"].clone();
    let is_alerted = timeline.participants.iter().any(|it| {
        let is_same = |user: &Text| view.user(user)["id"] == id;
        it.is_present()
            && it.purpose == Purpose::Agent
            && it.user.as_ref().is_some_and(is_same)
    });
    if is_alerted {
        return accepted("the user is already alerted");
    }
    commit(state, &timeline, Change::Assigned { user })?;
    accepted("the user is alerted")
}

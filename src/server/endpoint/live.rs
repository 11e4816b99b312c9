//! Live instances: listing, starting by hand, watching, hanging up.
//!
//! The status page shows this data, and other clients can watch it too. The wording is
//! that of `flowsim run`; the turns and lines are those of its reports.

use serde_json::{Map, Value, json};

use super::simulations::refused;
use super::{conversations, executions, workbench};
use crate::diagnostic::nearest;
use crate::engine::{Session, start};
use crate::flow::SymbolTable;
use crate::server::conversation::Timeline;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::event::{Event, Origin};
use crate::server::state::instance::{Instance, Progress, moment};
use crate::server::state::outgoing::{Cause, Outgoing};
use crate::trace::{
    Ink, Trace, TraceLine, TraceLines, Turn, TurnKind, conversation, trace_lines,
};
use crate::value::is_uuid;
use crate::world::{Choice, InputQuestion, Question};

/// Maximum length of a string, in characters.
const MAX_TEXT: usize = 2_000;
/// Maximum number of lines of a trace, and of turns of a conversation; the last ones are
/// shown.
const MAX_LINES: usize = 1_000;
/// Maximum number of variables.
const MAX_VARIABLES: usize = 500;

/// Lists instances, the newest first. `state` restricts them to `waiting` or `over`.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let page = Page::of(asked)?;
    let is_waiting = match asked.query("state") {
        None => None,
        Some("waiting") => Some(true),
        Some("over") => Some(false),
        Some(other) => {
            let message = format!("`state` must be `waiting` or `over`, found `{other}`");
            return Err(ApiError::bad(message));
        }
    };
    let all = state.instances.values().rev();
    let wanted = all
        .filter(|it| is_waiting.is_none_or(|wanted| wanted != it.is_over(state.clock)));
    let found: Vec<&Instance> = wanted.collect();
    listing(asked, page, &found, |instance| summary(state, instance))
}

/// The keys in the body of a call.
const KEYS: [&str; 6] = ["flowId", "media", "from", "to", "context", "variables"];
/// The media of conversations.
const MEDIA: [&str; 5] = ["voice", "chat", "message", "email", "callback"];

/// Starts a call of a flow: `{flowId, media, from, to, context, variables}`. `flowId` may
/// also be the name of a flow.
pub(in crate::server) fn call(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    body.only("the body", &KEYS)?;
    let flow = flow_id(state, body.required("flowId")?)?;
    let media = body.text("media")?.unwrap_or("voice").to_owned();
    one_of("medium", &media, &MEDIA)?;
    let mut context = body.object("context")?.0;
    for key in ["from", "to"] {
        if let Some(text) = body.text(key)?.map(str::trim).filter(|it| !it.is_empty()) {
            context.insert(key.to_owned(), text.into());
        }
    }
    let variables = executions::scoped(state, &flow, body.object("variables")?.0);
    let id = conversations::begin_with(state, context, &media, &flow, variables)?;
    details(state, &id, "the flow was called by hand")
}

/// Refuses a value that is not in the list.
fn one_of(what: &str, given: &str, known: &[&str]) -> Result<(), ApiError> {
    if known.contains(&given) {
        return Ok(());
    }
    let near = nearest(given, known.iter().copied());
    let help = near.map_or_else(
        || format!("expected one of {}", known.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(ApiError::bad(format!("unknown {what} `{given}`; {help}")))
}

/// Returns the id of the flow with an id or name.
fn flow_id(state: &mut State, wanted: &str) -> Result<String, ApiError> {
    // Unknown ids and flows that cannot run are reported when the flow is started.
    if state.flows.contains_key(wanted) || is_uuid(wanted) {
        return Ok(wanted.to_owned());
    }
    let program = state.program();
    let flow = start::flow(&program, wanted).map_err(|it| refused(&it))?;
    Ok(program.symbols.flow(flow).id.to_string())
}

/// Returns the trace of an instance so far, and what it waits for.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    details(state, asked.parameter("instanceId"), "")
}

/// Hangs up.
pub(in crate::server) fn disconnect(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = found(state, asked.parameter("instanceId"))?.id.to_string();
    state.commit(Event::Disconnected { id: id.clone() })?;
    details(state, &id, "the caller hung up")
}

pub(super) fn found<'s>(state: &'s State, id: &str) -> Result<&'s Instance, ApiError> {
    let found = state.instances.get(id);
    found.ok_or_else(|| ApiError::not_found("the flow instance", id))
}

pub(super) fn details(state: &State, id: &str, why: &str) -> EndpointResult {
    let instance = found(state, id)?;
    let mut body = summary(state, instance);
    workbench::describe(instance, &mut body);
    match &instance.progress {
        Progress::Over { trace, program, .. } => {
            add_trace(&mut body, instance, trace, &program.symbols);
            if let Some(session) = instance.next_message(state.clock) {
                add_question(state, instance, session, &mut body);
            }
        }
        Progress::Waiting(session) => {
            if let Some(trace) = session.trace_so_far() {
                add_trace(&mut body, instance, &trace, &session.program().symbols);
            }
            if instance.outgoing.is_none() {
                add_question(state, instance, session, &mut body);
            }
        }
    }
    Ok(Reply::ok(body).with_reason(why))
}

/// Returns `true` if an instance waits for the participant.
pub(super) fn asks(state: &State, instance: &Instance) -> bool {
    open_question(instance).is_some() || instance.next_message(state.clock).is_some()
}

/// Adds the question that waits for the participant.
fn add_question(state: &State, instance: &Instance, session: &Session, body: &mut Value) {
    let Some(Question::Input(question)) = session.question() else { return };
    let open_for = state.clock.saturating_sub(instance.waits_since(session));
    body["question"] = question_json(&question);
    body["question"]["openForMs"] = open_for.max(0).into();
    body["question"]["isMessage"] = session.awaits_message().is_some().into();
}

/// Returns the entry of an instance in the list.
fn summary(state: &State, instance: &Instance) -> Value {
    let id = instance.id.as_str();
    let (queue_id, queue_name) = instance.queue().unwrap_or_default();
    let conversation = instance.conversation.as_deref().unwrap_or(id);
    let mut body = json!({
        "id": id,
        "origin": origin_name(instance.origin),
        "name": instance.name.as_deref(),
        "flowId": instance.flow.as_str(),
        "flowName": state.flows.get(&instance.flow).map(|flow| flow.name.as_str()),
        "flowVersion": format!("{}.0", instance.version),
        "media": instance.media.as_str(),
        "state": if instance.is_over(state.clock) { "over" } else { "waiting" },
        "conversationId": conversation,
        "conversationState": Timeline::of(state, conversation).map_or("closed", |it| it.state()),
        "startedAt": moment(instance.started_at),
        "endedAt": instance.ended_at(state.clock).map(moment),
        "queue": queue_name.or(queue_id).as_deref(),
        "selfUri": format!("/__flowsim/instances/{id}"),
    });
    match &instance.progress {
        Progress::Waiting(session) => {
            body["waitingSince"] = moment(instance.waits_since(session));
            if let Some(question) = open_question(instance) {
                body["waitingAt"] = question.node.into();
            }
            if let Some(call) = &instance.outgoing {
                body["waitingSince"] = moment(call.asked_at);
                body["asking"] = asking_json(call);
            }
        }
        // The server's clock has not reached the end of the flow.
        Progress::Over { .. } if !instance.is_over(state.clock) => {}
        Progress::Over { trace, is_disconnected, .. } => {
            body["status"] = trace.status.name().into();
            body["isDisconnected"] = (*is_disconnected).into();
            body["documentUri"] = format!("/__flowsim/executions/{id}").into();
        }
    }
    body
}

fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Conversation => "conversation",
        Origin::Execution => "execution",
        Origin::Transfer => "transfer",
    }
}

/// Returns the question that waits for the caller; `None` while a service is called,
/// including one that is notified of the caller's input.
fn open_question(instance: &Instance) -> Option<InputQuestion<'_>> {
    match (&instance.progress, &instance.outgoing) {
        (Progress::Waiting(session), None) => match session.question()? {
            Question::Input(question) => Some(question),
            _ => None,
        },
        _ => None,
    }
}

/// Describes the service call in progress: its node, and the keys that caused it.
fn asking_json(call: &Outgoing) -> Value {
    let (cause, input) = match &call.cause {
        Cause::Collected(input) => ("keysCollected", Some(input.to_string())),
        Cause::Node { .. } => ("webhookNode", None),
    };
    json!({ "node": call.node.as_str(), "cause": cause, "input": input })
}

fn question_json(question: &InputQuestion<'_>) -> Value {
    let key = |key: Option<char>| key.map(|key| key.to_string());
    let choice = |it: &Choice| json!({ "key": key(it.key), "name": it.name.as_str() });
    json!({
        "node": question.node,
        "minDigits": question.min_digits,
        "maxDigits": question.max_digits,
        "timeoutMs": question.timeout_ms,
        "interDigitTimeoutMs": question.inter_digit_timeout_ms,
        "terminatingKey": key(question.terminating_key),
        "validDigits": question.valid_digits,
        "choices": question.choices.iter().map(choice).collect::<Vec<_>>(),
    })
}

fn add_trace(
    body: &mut Value,
    instance: &Instance,
    trace: &Trace,
    symbols: &SymbolTable,
) {
    let TraceLines { lines, reason, .. } = trace_lines(trace, symbols, MAX_TEXT);
    let mut turns = conversation(trace, symbols, MAX_TEXT);
    turns.splice(0..0, first_message(instance));
    let left_out = |count: usize| count.saturating_sub(MAX_LINES);
    let (lines_before, turns_before) = (left_out(lines.len()), left_out(turns.len()));
    let lines: Vec<Value> = lines.iter().skip(lines_before).map(line_json).collect();
    let turns: Vec<Value> = turns.iter().skip(turns_before).map(turn_json).collect();
    body["elapsedMs"] = trace.elapsed_ms.into();
    body["actions"] = trace.actions.into();
    body["reason"] = reason.into();
    body["turns"] = turns.into();
    body["turnsOmitted"] = turns_before.into();
    body["lines"] = lines.into();
    body["linesOmitted"] = lines_before.into();
    body["variables"] = values(trace, symbols).into();
}

/// Returns the message or e-mail that started the conversation. The trace has only the
/// further ones.
fn first_message(instance: &Instance) -> Option<Turn> {
    let is_written = matches!(&*instance.media, "chat" | "message" | "email");
    let given = instance.start.context.get("message").filter(|_| is_written)?;
    let text: String = given.as_str()?.chars().take(MAX_TEXT).collect();
    let is_empty = text.trim().is_empty();
    (!is_empty).then_some(Turn { kind: TurnKind::Spoke, text, time_ms: Some(0) })
}

/// Returns the variables at this time with their values.
fn values(trace: &Trace, symbols: &SymbolTable) -> Map<String, Value> {
    let known = trace.variables.iter();
    let known = known.map(|(id, value)| (symbols.variable(*id).to_string(), value));
    let others = trace.other_variables.iter();
    let others = others.map(|(name, value)| (name.to_string(), value));
    let all = known.chain(others).take(MAX_VARIABLES);
    all.map(|(name, value)| (name, Value::from(&value.to_json()))).collect()
}

fn turn_json(turn: &Turn) -> Value {
    json!({ "kind": kind_name(turn.kind), "text": turn.text, "timeMs": turn.time_ms })
}

fn line_json(line: &TraceLine) -> Value {
    let piece = |(ink, text): &(Ink, String)| json!([ink_name(*ink), text]);
    json!({
        "step": line.step,
        "level": line.level,
        "timeMs": line.time_ms,
        "tookMs": line.took_ms,
        "label": line.label,
        "name": line.name,
        "type": line.node_type,
        "pieces": line.pieces.iter().map(piece).collect::<Vec<_>>(),
    })
}

fn kind_name(kind: TurnKind) -> &'static str {
    match kind {
        TurnKind::Prompt => "said",
        TurnKind::Pressed => "pressed",
        TurnKind::Spoke => "spoke",
        TurnKind::Silence => "silence",
        TurnKind::Handed => "handed",
        TurnKind::Ended => "ended",
    }
}

/// Returns the kind of a piece of a line.
fn ink_name(ink: Ink) -> &'static str {
    match ink {
        Ink::Plain | Ink::Faint | Ink::Name | Ink::Success => "plain",
        Ink::Speech => "speech",
        Ink::Caller => "caller",
        Ink::Path => "way",
        Ink::Note => "note",
        Ink::Error => "error",
    }
}

//! Transfers: to a queue, a person, a number, a voice mailbox or another flow.

use std::sync::Arc;

use super::outcome::{Outcome, by_output};
use super::speech;
use super::values::{self, note_named};
use crate::diagnostic::Code;
use crate::engine::action::routing::{OnMismatch, accept};
use crate::engine::effect::not_waiting;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::expr::architect::BuiltInId;
use crate::flow::FlowId;
use crate::flow::kinds::TransferKind;
use crate::program::architect::{AcdTarget, Target, Transfer};
use crate::program::{Program, Step};
use crate::trace::{self, EventKind, Failure, Field, PathTaken, Phrase, Routing};
use crate::value::{Collection, Json, Kind, Properties, Text, Value};
use crate::world::{ActionAnswer, Answer, is_derived_id};

const FAILURE: u16 = 0;

const INVOCATION_DATA: BuiltInId = BuiltInId::of("Flow.InvocationData");

/// The reason why a transfer failed: a stable name and a message.
type Problem = (Text, Text);

pub(super) fn begin(
    state: &mut State,
    program: &Program,
    step: &Step,
    transfer: &Transfer,
    may_ask: bool,
) -> Outcome {
    if let Target::Acd(target) = &transfer.target
        && may_ask
        && state.requests_outcome(program)
    {
        let queue = state.value(program, &target.queue)?;
        if !is_empty_target(&queue) {
            let inputs = vec![("targetQueue".into(), queue)];
            return Ok(state.ask(Waiting::Action { inputs }));
        }
    }
    let routing = match &transfer.target {
        Target::Acd(target) => routing(state, program, target)?,
        Target::Object(_) | Target::Flow(..) => None,
    };
    let inputs = values::inputs(state, program, &transfer.inputs)?;
    let is_unset = match &transfer.target {
        Target::Acd(_) => routing.is_none(),
        Target::Object(_) => {
            inputs.first().is_none_or(|(_, value)| is_empty_target(value))
        }
        Target::Flow(_, name, _) => name.is_empty(),
    };
    if is_unset {
        let source = match &transfer.target {
            Target::Acd(target) => Some(&target.queue),
            _ => transfer.inputs.first().map(|(_, source)| source),
        };
        let failure = state.not_set(program, "the target", source);
        let problem = problem(failure.code, &failure.message);
        return fail(state, program, step, transfer, problem);
    }
    speech::say(state, program, &transfer.before)?;
    Ok(match routing {
        Some((routing, language)) => state.ask(Waiting::Queue(routing, language)),
        None => state.ask(Waiting::Action { inputs }),
    })
}

/// A routing, and the language skill, which is the last of its skills.
type Requested = (Box<Routing>, Option<Text>);

/// Returns the routing, or `None` if the queue is NOT_SET.
fn routing(
    state: &mut State,
    program: &Program,
    target: &AcdTarget,
) -> Result<Option<Requested>, Box<Failure>> {
    let queue = state.value(program, &target.queue)?;
    note_named(state, Field::Inputs, "targetQueue", &queue);
    let priority = state.value(program, &target.priority)?;
    let mut routing = Box::new(Routing::default());
    routing.priority = match priority {
        Value::Integer(priority) => {
            note_named(state, Field::Inputs, "priority", &Value::Integer(priority));
            Some(priority)
        }
        _ => state.conversation.queueing.required.priority,
    };
    routing.skills = skills(state, program, target)?;
    let language = language_skill(state, program, target)?;
    routing.skills.extend(language.clone());
    if is_empty_target(&queue) {
        return Ok(None);
    }
    routing.queue_name = name_of(&queue).map(Phrase::Made);
    routing.queue_id = known_id(&queue).map(Phrase::Made);
    Ok(Some((routing, language)))
}

/// Returns the skills that an agent needs: those of the action, with those of the
/// conversation before them if the action appends its own. An action without skills takes
/// those that an earlier action of the call set.
fn skills(
    state: &mut State,
    program: &Program,
    target: &AcdTarget,
) -> Result<Vec<Text>, Box<Failure>> {
    let items = values::list(state, program, &target.skills)?;
    let own: Vec<Text> = items.iter().filter_map(name_of).collect();
    if !items.is_empty() {
        let skills = Collection { kind: Kind::Skill, items };
        let skills = Value::Collection(Arc::new(skills));
        note_named(state, Field::Inputs, "acdSkills", &skills);
    }
    let appends = values::truth(state, program, &target.appends, false)?;
    let queueing = &state.conversation.queueing;
    let mut skills = match (appends, own.is_empty()) {
        (true, _) => queueing.skills().to_vec(),
        (false, true) => queueing.required.skills.clone().unwrap_or_default(),
        (false, false) => Vec::new(),
    };
    for skill in own {
        if !skills.iter().any(|known| known.eq_ignore_ascii_case(&skill)) {
            skills.push(skill);
        }
    }
    Ok(skills)
}

/// Returns the language skill that an agent needs: that of the action, else the one that
/// an earlier action of the call set, else that of the flow for the current language.
fn language_skill(
    state: &mut State,
    program: &Program,
    target: &AcdTarget,
) -> Result<Option<Text>, Box<Failure>> {
    let own = state.value(program, &target.language)?;
    let required = &state.conversation.queueing.required;
    if own.is_unset() && required.language.is_some() {
        return Ok(required.language.clone());
    }
    let current = state.conversation.language();
    let mut defaults = target.default_languages.iter();
    let skill = match defaults.find(|(tag, _)| tag.eq_ignore_ascii_case(&current)) {
        Some((_, skill)) if own.is_unset() => state.value(program, skill)?,
        _ => own,
    };
    let name = name_of(&skill);
    if name.is_some() {
        note_named(state, Field::Inputs, "languageSkill", &skill);
    }
    Ok(name)
}

/// Continues with an answer.
pub(super) fn resume(
    state: &mut State,
    program: &Program,
    step: &Step,
    transfer: &Transfer,
    waiting: Waiting,
    answer: Answer,
) -> Outcome {
    match waiting {
        Waiting::Queue(routing, language) => {
            routed(state, program, step, transfer, (routing, language), answer)
        }
        Waiting::Action { .. } if matches!(transfer.target, Target::Acd(_)) => {
            queue_answered(state, program, step, transfer, &answer)
        }
        Waiting::Action { inputs } => {
            answered(state, program, step, transfer, &inputs, answer)
        }
        _ => Ok(not_waiting()),
    }
}

/// Continues a transfer to a queue with the host's outcome: a failure, or else whatever the
/// queue decides.
fn queue_answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    transfer: &Transfer,
    answer: &Answer,
) -> Outcome {
    let Answer::Action(response) = answer else {
        return begin(state, program, step, transfer, false);
    };
    if let Some(frame) = state.wait(response.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    let Some(problem) = failure_of(response) else {
        return begin(state, program, step, transfer, false);
    };
    speech::say(state, program, &transfer.before)?;
    fail(state, program, step, transfer, problem)
}

/// Continues with the answer about the queue: in its in-queue flow, if that is loaded.
fn routed(
    state: &mut State,
    program: &Program,
    step: &Step,
    transfer: &Transfer,
    (mut routing, language): Requested,
    answer: Answer,
) -> Outcome {
    let on_mismatch = match state.conversation.policies().skill_mismatch_fails {
        true => OnMismatch::Fail,
        false => OnMismatch::Wait,
    };
    let accepted = accept(state, &program.symbols, &mut routing, answer, on_mismatch);
    if let Err(failure) = accepted {
        let problem = problem(failure.code, failure.message);
        return fail(state, program, step, transfer, problem);
    }
    let own_flow = match &transfer.target {
        Target::Acd(target) => target.in_queue_flow,
        Target::Object(_) | Target::Flow(..) => None,
    };
    state.conversation.fault = None;
    Ok(match state.enter_queue(program, routing, language, own_flow) {
        Some(begin) => Effect::Go(PathTaken::Next, Some(begin)),
        None => Effect::EndCall,
    })
}

/// Continues with the outcome of a transfer to a target other than a queue.
fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    transfer: &Transfer,
    inputs: &[(Text, Value)],
    answer: Answer,
) -> Outcome {
    let response = match answer {
        Answer::Action(response) => Some(response),
        _ => None,
    };
    let latency = response.as_ref().map_or(0, |response| response.latency_ms);
    let timeout = match state.value(program, &transfer.connect_timeout)? {
        Value::Duration(timeout) => Some(timeout.milliseconds()),
        _ => None,
    };
    if let Some(frame) = state.wait(timeout.map_or(latency, |most| latency.min(most))) {
        return Ok(Effect::CutOff(frame));
    }
    if let Some(timeout) = timeout.filter(|timeout| latency > *timeout) {
        let message = format!("no answer within {timeout} ms");
        let problem = (Text::from("CONNECT_TIMEOUT"), message.into());
        return fail(state, program, step, transfer, problem);
    }
    let name = inputs.first().and_then(|(_, value)| name_of(value)).unwrap_or_default();
    let id = inputs.first().and_then(|(_, value)| known_id(value));
    let problem = match &response {
        Some(response) => failure_of(response),
        None => unknown(state, transfer, inputs, &name),
    };
    if let Some(problem) = problem {
        return fail(state, program, step, transfer, problem);
    }
    speech::say(state, program, &transfer.greeting)?;
    match transfer.target {
        Target::Flow(kind, _, flow) => {
            hand_on(state, kind, None, name);
            to_flow(state, program, flow, inputs)
        }
        Target::Object(kind) => {
            hand_on(state, kind, id, name);
            Ok(done(state))
        }
        Target::Acd(_) => Ok(done(state)),
    }
}

/// Records that the conversation is transferred to something other than a queue.
pub(super) fn hand_on(
    state: &mut State,
    kind: TransferKind,
    id: Option<Text>,
    name: Text,
) {
    let transfer = trace::Transfer { kind, id, name };
    state.note(|| EventKind::Transferred(Box::new(transfer)));
}

/// Returns the failure that an answer from the fixtures reports.
pub(super) fn failure_of(response: &ActionAnswer) -> Option<Problem> {
    response.path.as_ref().filter(|path| path.eq_ignore_ascii_case("failure"))?;
    let text = |name: &str, usual: &str| {
        let given = response.outputs.iter().find(|(given, _)| given == name);
        match given {
            Some((_, Json::String(text))) => text.clone(),
            _ => usual.into(),
        }
    };
    let kind = text("errorType", "TRANSFER_FAILED");
    Some((kind, text("errorMessage", "the transfer failed")))
}

/// Returns a problem if the organisation lacks the target.
fn unknown(
    state: &State,
    transfer: &Transfer,
    inputs: &[(Text, Value)],
    name: &str,
) -> Option<Problem> {
    if let Target::Flow(_, _, flow) = transfer.target {
        let is_missing = flow.is_none() && state.is_strict;
        let message = format!("the flow `{name}` is not loaded");
        return is_missing.then(|| problem(Code::FLOW_NOT_FOUND, message));
    }
    unknown_object(state, &inputs.first()?.1)
}

/// Returns a problem if the organisation lacks the object, although it has objects of
/// this kind.
pub(super) fn unknown_object(state: &State, value: &Value) -> Option<Problem> {
    let Value::Object(object) = value else { return None };
    let id = id_of(value).map(Text::as_str).unwrap_or_default();
    let name = name_of(value).unwrap_or_default();
    let organisation = &state.conversation.organisation.0;
    if organisation.knows(object.kind, id, &name) != Some(false) {
        return None;
    }
    let kind = object.kind.name();
    let message = format!("the fixtures have no {} `{name}`", kind.to_lowercase());
    Some(match object.kind {
        Kind::Queue => problem(Code::QUEUE_NOT_FOUND, message),
        _ => (format!("{}_NOT_FOUND", kind.to_uppercase()).into(), message.into()),
    })
}

fn to_flow(
    state: &mut State,
    program: &Program,
    flow: Option<FlowId>,
    inputs: &[(Text, Value)],
) -> Outcome {
    let part = flow.and_then(|flow| program.unit(flow).architect.as_deref());
    let (Some(flow), Some(part)) = (flow, part) else { return Ok(done(state)) };
    if let Some((_, data)) = inputs.iter().find(|(name, _)| name == "invocationData") {
        state.conversation.set(INVOCATION_DATA, data.clone());
    }
    state.conversation.fault = None;
    state.replace_flow(program, flow, part);
    Ok(Effect::Go(PathTaken::Next, Some(part.begin)))
}

/// Ends the flow, from any depth, after a transfer. This also ends the error handling.
fn done(state: &mut State) -> Effect {
    state.conversation.fault = None;
    Effect::EndCall
}

fn problem(code: Code, message: impl Into<Text>) -> Problem {
    (code.name().into(), message.into())
}

/// Plays the failure audio and takes the output `failure`, or disconnects the call.
fn fail(
    state: &mut State,
    program: &Program,
    step: &Step,
    transfer: &Transfer,
    (kind, message): Problem,
) -> Outcome {
    speech::say(state, program, &transfer.on_failure)?;
    let outputs = [
        ("errorType", kind, transfer.error_type),
        ("errorMessage", message, transfer.error_message),
    ];
    for (name, text, variable) in outputs {
        let value = Value::String(text);
        note_named(state, Field::Outputs, name, &value);
        if let Some(variable) = variable {
            state.assign(program, variable, &value)?;
        }
    }
    if transfer.disconnects_on_failure {
        return Ok(Effect::EndCall);
    }
    Ok(by_output(step, FAILURE))
}

/// Whether a value is NOT_SET, an empty string, or an object with neither name nor id.
pub(super) fn is_empty_target(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Object(object) => named_in(&object.properties).is_none(),
        other => other.is_unset(),
    }
}

/// Returns the name of a value: the name of an object, else its id. A string or number is
/// its own name.
pub(super) fn name_of(value: &Value) -> Option<Text> {
    let Value::Object(object) = value else {
        return (!is_empty_target(value)).then(|| value.to_string().into());
    };
    named_in(&object.properties).cloned()
}

/// Returns the name in the properties of an object, else the id.
fn named_in(properties: &Properties) -> Option<&Text> {
    let names = ["name", "e164", "raw", "id"];
    names.into_iter().find_map(|name| text_property(properties, name))
}

fn id_of(value: &Value) -> Option<&Text> {
    let Value::Object(object) = value else { return None };
    text_property(&object.properties, "id")
}

/// Returns the id of an object, unless the id was derived from the name.
pub(super) fn known_id(value: &Value) -> Option<Text> {
    let Value::Object(object) = value else { return None };
    let id = id_of(value)?;
    let name = text_property(&object.properties, "name");
    let is_made = |name: &Text| is_derived_id(object.kind, name, id);
    (!name.is_some_and(is_made)).then(|| id.clone())
}

fn text_property<'p>(properties: &'p Properties, name: &str) -> Option<&'p Text> {
    // There are few properties; comparing their names is faster than hashing.
    let mut properties = properties.iter();
    match properties.find(|(known, _)| *known == name).map(|(_, value)| value) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

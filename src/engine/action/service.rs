//! External services: external contacts, data actions, webhooks.

use super::input::Seconds;
use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::flow::NotFound;
use crate::program::{Contact, DataAction, Program, Response, Step, StepAction, Webhook};
use crate::trace::{EventKind, Failure, PathTaken, Request, Subject};
use crate::value::{Json, Text, Value};
use crate::world::{Answer, Question};

pub(super) fn contact(state: &mut State, contact: &Contact) -> Effect {
    let key = state.print(&contact.key);
    if key.is_empty() {
        let message = "the contact's lookup key is not set";
        return Effect::Fail(Failure::new(Code::LOOKUP_KEY_MISSING, message));
    }
    note_asked(state, Subject::Contact, key.clone(), Json::Null);
    state.ask(Waiting::Contact { key })
}

pub(super) fn contact_found(
    state: &mut State,
    step: &Step,
    contact: &Contact,
    key: &str,
    answer: Answer,
) -> Effect {
    let Answer::Contact(found) = answer else {
        let message = "the external contacts cannot be read";
        return Effect::Fail(Failure::new(Code::CONTACTS_UNREADABLE, message));
    };
    if found.is_none() && contact.on_not_found == NotFound::Error {
        let message = format!("no external contact has the key `{key}`");
        return Effect::Fail(Failure::new(Code::CONTACT_NOT_FOUND, message));
    }
    let result = Json::object(found.map(|found| (Text::from("contact"), found)));
    publish(state, &contact.response, result);
    Effect::Go(PathTaken::Next, step.next)
}

pub(super) fn data_action(state: &mut State, call: &DataAction) -> Effect {
    let inputs = call.inputs.iter();
    let inputs: Vec<(Text, Value)> =
        inputs.map(|(name, form)| (name.clone(), state.evaluate(form))).collect();
    let sent =
        Json::object(inputs.iter().map(|(name, value)| (name.clone(), value.to_json())));
    note_asked(state, Subject::DataAction, data_action_name(call), sent);
    state.ask(Waiting::DataAction { inputs })
}

pub(super) fn data_action_answered(
    state: &mut State,
    step: &Step,
    call: &DataAction,
    answer: Answer,
) -> Effect {
    let service = Service {
        what: "data action",
        name: &data_action_name(call),
        timeout_ms: call.timeout_ms,
        timeout: Code::DATA_ACTION_TIMEOUT,
        failed: Code::DATA_ACTION_FAILED,
        not_mocked: Code::DATA_ACTION_NOT_MOCKED,
    };
    answered(state, step, &service, &call.response, answer)
}

fn data_action_name(call: &DataAction) -> Text {
    call.action_id.clone().or_else(|| call.action_name.clone()).unwrap_or_default()
}

pub(super) fn webhook(state: &mut State, program: &Program, webhook: &Webhook) -> Effect {
    let url = webhook.url.as_ref();
    let url = url.map(|url| state.phrase(url).text(&program.symbols).clone());
    let body = state.evaluate(&webhook.body);
    note_asked(
        state,
        Subject::Webhook,
        webhook_name(webhook, url.as_deref()),
        body.to_json(),
    );
    state.ask(Waiting::Webhook(Box::new((url, body))))
}

pub(super) fn webhook_question<'q>(
    action: &'q StepAction,
    url: Option<&'q str>,
    body: &'q Value,
) -> Question<'q> {
    let (id, timeout_ms) = match action {
        StepAction::Webhook(webhook) => {
            (webhook.webhook_id.as_deref(), webhook.timeout_ms)
        }
        _ => (None, 0),
    };
    Question::Webhook { id, url, body, timeout_ms }
}

pub(super) fn webhook_answered(
    state: &mut State,
    step: &Step,
    webhook: &Webhook,
    url: Option<&str>,
    answer: Answer,
) -> Effect {
    let service = Service {
        what: "webhook",
        name: &webhook_name(webhook, url),
        timeout_ms: webhook.timeout_ms,
        timeout: Code::WEBHOOK_TIMEOUT,
        failed: Code::WEBHOOK_FAILED,
        not_mocked: Code::WEBHOOK_NOT_MOCKED,
    };
    answered(state, step, &service, &webhook.response, answer)
}

fn webhook_name(webhook: &Webhook, url: Option<&str>) -> Text {
    webhook.webhook_id.clone().or_else(|| url.map(Text::from)).unwrap_or_default()
}

/// A service that is called, takes time, and may fail.
struct Service<'s> {
    what: &'s str,
    name: &'s str,
    timeout_ms: i64,
    timeout: Code,
    failed: Code,
    not_mocked: Code,
}

fn answered(
    state: &mut State,
    step: &Step,
    service: &Service<'_>,
    fields: &Response,
    answer: Answer,
) -> Effect {
    let Service { what, name, timeout_ms, .. } = *service;
    let response = match answer {
        Answer::Response(response) => response,
        Answer::Failed(why) => {
            let message = format!("{what} `{name}` gave no answer: {why}");
            return Effect::Fail(Failure::new(service.failed, message));
        }
        _ => {
            let message = format!("the fixtures have no answer for {what} `{name}`");
            return Effect::Fail(Failure::new(service.not_mocked, message));
        }
    };
    if let Some(frame) = state.wait(response.latency_ms.min(timeout_ms)) {
        return Effect::CutOff(frame);
    }
    if response.is_later_than(timeout_ms) {
        let message =
            format!("{what} `{name}` did not answer within {}", Seconds(timeout_ms));
        return Effect::Fail(Failure::new(service.timeout, message));
    }
    let is_success = response.is_success();
    publish(state, fields, response.output);
    if !is_success {
        let message = format!("{what} `{name}` answered with status {}", response.status);
        return Effect::Fail(Failure::new(service.failed, message));
    }
    Effect::Go(PathTaken::Next, step.next)
}

fn note_asked(state: &mut State, subject: Subject, name: Text, inputs: Json) {
    state.note(|| EventKind::Requested(Box::new(Request { subject, name, inputs })));
}

/// Records a result and copies the fields that the flow reads into their slots.
pub(super) fn publish(state: &mut State, response: &Response, result: Json) {
    let State { slots, frames, .. } = state;
    if let Some(frame) = frames.last() {
        for (field, slot) in &response.fields {
            let value = result.get(field).cloned().unwrap_or_default();
            slots.set_output(frame, *slot, value.into());
        }
    }
    state.note(|| EventKind::Answered(result));
}

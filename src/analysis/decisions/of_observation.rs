//! Decisions of a call that was observed elsewhere, for example on the platform.

use super::Decision;
use super::of_call::{Log, is_decision_variable, word};
use crate::trace::observation::{Attribute, AttributeKind, Observation, ObservedStep};
use crate::value::{DateTime, Json, Text};

/// Prefix of the target in the names of transfer actions, such as `actionTransferToUser`.
const TRANSFER: &str = "actionTransferTo";

/// Returns the decisions of a call, as far as its document contains them. Execution
/// documents do not contain keys that chose in a menu.
pub(in crate::analysis) fn of_observation(
    call: &Observation,
    instance: &str,
) -> Vec<Decision> {
    let mut log = Log::new(call.start.unwrap_or(DateTime::MIN), instance);
    for step in &call.steps {
        let at = step.start_ms.unwrap_or(0);
        for attribute in &step.attributes {
            match (attribute.kind, &attribute.value) {
                (AttributeKind::Caller, Some(Json::String(keys)))
                    if attribute.name == "keys" =>
                {
                    let node = step.name.as_ref().or(step.id.as_ref());
                    log.entry(keys, node.map_or("", Text::as_str), at);
                }
                (AttributeKind::Set, Some(Json::String(decision)))
                    if is_decision_variable(&attribute.name) =>
                {
                    log.decided(decision, at);
                }
                _ => {}
            }
        }
        if let Some(decision) = routed(step) {
            log.routed(&decision, at);
        }
    }
    let failed = call.error.as_ref().map(|_| "error");
    log.end(failed, call.elapsed_ms.unwrap_or(0))
}

/// Returns the target to which a step sends the conversation.
fn routed(step: &ObservedStep) -> Option<String> {
    let find = |name: &str| {
        let is_it = |attribute: &&Attribute| {
            attribute.kind == AttributeKind::Routing && attribute.name == name
        };
        match step.attributes.iter().find(is_it)?.value.as_ref()? {
            Json::String(text) => Some(text.clone()),
            _ => None,
        }
    };
    if let Some(queue) = find("queueName").or_else(|| find("queueId")) {
        return Some(word("queue", Some(&queue)));
    }
    let target = find("name").or_else(|| find("id"))?;
    let kind = match step.kind.strip_prefix(TRANSFER)? {
        "Acd" => "queue".to_owned(),
        "FlowSecure" | "SecureFlow" => "secureFlow".to_owned(),
        "GroupVoicemail" | "UserVoicemail" | "Voicemail" => "voicemail".to_owned(),
        other => other.to_lowercase(),
    };
    Some(word(&kind, Some(&target)))
}

//! Events that the platform streams after a flow has run. They have the data of an
//! execution document in another form.

use super::document::{Characteristic, ExecutionDocument};
use super::event::Event;
use crate::value::{Json, JsonObject, Text};

/// The kinds of data in a streamed event, which is an outline.
const LOGGED: [Characteristic; 4] = [
    Characteristic::EventError,
    Characteristic::EventOther,
    Characteristic::EventWarning,
    Characteristic::Items,
];

/// Returns whether this is an event that the platform streams after a flow has run.
/// *Source: the models `V2FlowExecutionDataFlowidTopic…` of Genesys' own packages.*
pub fn is_streamed(json: &Json) -> bool {
    json.get("executionId").is_some()
        && json.get("flowId").is_some()
        && matches!(json.get("execution"), Some(Json::Array(_)) | None)
        && (json.get("startDateTime").is_some() || json.get("execution").is_some())
}

fn text(json: &Json, key: &str) -> Option<Text> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

fn truth(json: &Json, key: &str) -> Option<bool> {
    match json.get(key) {
        Some(Json::Boolean(truth)) => Some(*truth),
        _ => None,
    }
}

/// Converts a streamed event to a document with the data that it contains; returns `None`
/// if it is not one.
pub fn of_streamed(json: &Json) -> Option<ExecutionDocument> {
    if !is_streamed(json) {
        return None;
    }
    let items = match json.get("execution") {
        Some(Json::Array(items)) => items.as_slice(),
        _ => &[],
    };
    let mut execution: Vec<Event> = items.iter().map(item).collect();
    if let Some(reason) = json.get("flowExitReason").filter(|it| **it != Json::Null) {
        let ended = Event::new("endedFlow").with("flowExitReason", reason.clone());
        let ended = Event { date_time: text(json, "endDateTime"), ..ended };
        execution.push(ended);
    }
    let document = ExecutionDocument {
        conversation_id: text(json, "conversationId"),
        start: text(json, "startDateTime"),
        end: text(json, "endDateTime"),
        execution_id: text(json, "executionId"),
        flow_id: text(json, "flowId"),
        flow_is_debug: truth(json, "flowIsDebug"),
        flow_name: text(json, "flowName"),
        flow_type: text(json, "flowType"),
        flow_version: text(json, "flowVersion"),
        is_truncated: truth(json, "executionItemsTruncated"),
        execution: Some(execution),
        ..ExecutionDocument::default()
    };
    let document = document.log(&LOGGED);
    Some(match text(json, "divisionId") {
        Some(division) => document.in_division(&division),
        None => document,
    })
}

/// Converts an item to an event of a document: `ACTION_PLAY_AUDIO` becomes
/// `actionPlayAudio`.
fn item(json: &Json) -> Event {
    let kind = text(json, "objectType").unwrap_or_default();
    let mut other = JsonObject::default();
    for key in ["error", "warning", "languageTag"] {
        if let Some(value) = json.get(key).filter(|value| **value != Json::Null) {
            other.insert(key.into(), value.clone());
        }
    }
    Event {
        name: event_name(&kind),
        action_id: text(json, "objectId"),
        date_time: text(json, "startDateTime"),
        execution_id: text(json, "executionId"),
        output_path_id: text(json, "outputPathId"),
        other,
        ..Event::default()
    }
}

fn event_name(kind: &str) -> Text {
    if !kind.contains('_') && kind.chars().any(char::is_lowercase) {
        let mut letters = kind.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        return first.into_iter().chain(letters).collect();
    }
    let mut words = kind.split('_').filter(|word| !word.is_empty());
    let mut name = words.next().unwrap_or_default().to_lowercase();
    for word in words {
        let lower = word.to_lowercase();
        let mut letters = lower.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name.into()
}

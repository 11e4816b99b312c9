//! Events, variables, and the key for comparing events.

use super::audio;
use crate::value::{DateTime, Json, JsonObject, Text};

/// An event: `{"actionDecision": {…}}`.
///
/// A field is `None` if it is missing in the document. Keys without a field here, such as
/// `audio` or `targetTask`, are in [`other`](Self::other). So are `null` values and
/// values that do not have the type of their field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// Event name: `startedTask`, `actionSwitch`, `turn`, … Unknown names are kept.
    pub name: Text,
    /// GUID of the action.
    pub action_id: Option<Text>,
    /// Name of the action.
    pub action_name: Option<Text>,
    /// Number that Architect shows next to the action. Each flow counts separately.
    pub tracking_id: Option<i64>,
    /// GUID of the task that starts.
    pub task_id: Option<Text>,
    /// Name of the task.
    pub task_name: Option<Text>,
    /// Start time, in UTC: `2026-08-10T14:50:33.547Z`. The end time is not recorded.
    pub date_time: Option<Text>,
    /// GUID of this run of the action or task.
    pub execution_id: Option<Text>,
    /// Output path taken: `__YES__`, or the GUID of a case or path of the flow.
    pub output_path_id: Option<Text>,
    /// Name of the output path, if the flow's author gave it one.
    pub output_path_name: Option<Text>,
    /// Initial variables of a flow, task or module.
    pub variables: Option<Vec<Variable>>,
    /// Variables that received outputs.
    pub output_variables: Option<Vec<Variable>>,
    /// Assignments of an Update Data action.
    pub statements: Option<Vec<Variable>>,
    /// Inputs of the action.
    pub input_data: Option<Json>,
    /// Outputs of the action.
    pub output_data: Option<Json>,
    /// Nested events.
    pub execution: Option<Vec<Event>>,
    /// Other keys, in their order.
    pub other: JsonObject,
}

/// A variable and its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variable {
    /// GUID, or a name such as `__CALL_ANI__` for a built-in variable.
    pub id: Option<Text>,
    /// Name with its scope: `Task.Count`.
    pub name: Option<Text>,
    /// Value in the platform's format; `null` is NOT_SET.
    pub value: Option<Json>,
    /// Other keys, in their order.
    pub other: JsonObject,
}

/// A named input or output of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Id, if it has one.
    pub id: Option<Text>,
    /// Name.
    pub name: Text,
    /// Value in the platform's format; `null` is NOT_SET.
    pub value: Json,
}

/// Key that identifies corresponding events in two runs of a flow: the event name, its
/// action or task, and the path taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey<'e> {
    /// Name of the event.
    pub name: &'e str,
    /// The action or task; `None` for events without one, such as `endedFlow`.
    pub identity: Option<Identity<'e>>,
    /// Output path taken.
    pub output_path_id: Option<&'e str>,
}

/// Identity of an action or task, by the most reliable property of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity<'e> {
    /// Id.
    Id(&'e str),
    /// Tracking number.
    TrackingId(i64),
    /// Name.
    Name(&'e str),
}

impl Event {
    /// Returns the key for comparing this event.
    pub fn key(&self) -> EventKey<'_> {
        let id = self.action_id.as_deref().or(self.task_id.as_deref());
        let name = self.action_name.as_deref().or(self.task_name.as_deref());
        let identity = (id.map(Identity::Id))
            .or(self.tracking_id.map(Identity::TrackingId))
            .or(name.map(Identity::Name));
        let output_path_id = self.output_path_id.as_deref();
        EventKey { name: &self.name, identity, output_path_id }
    }

    /// Returns the nested events; empty for most events.
    pub fn nested(&self) -> &[Event] {
        self.execution.as_deref().unwrap_or_default()
    }

    /// Returns the start time, if it is readable.
    pub fn began_at(&self) -> Option<DateTime> {
        self.date_time.as_deref().and_then(DateTime::parse)
    }

    /// Returns the named inputs: attributes, inputs of a module or task, cases of a
    /// switch.
    pub fn inputs(&self) -> Vec<Parameter> {
        parameters(self.input_data.as_ref(), "inputId", "inputName")
    }

    /// Returns the named outputs: attributes, outputs of a module, cells of a data table.
    pub fn outputs(&self) -> Vec<Parameter> {
        parameters(self.output_data.as_ref(), "outputId", "outputName")
    }

    /// Returns the audio that this event played.
    pub fn played(&self) -> Vec<audio::AudioItem> {
        audio::played(&self.other)
    }

    /// Returns the keys that the participant pressed in this event, unless they are
    /// redacted.
    pub fn pressed(&self) -> Option<&str> {
        audio::pressed(&self.other)
    }

    /// Returns whether the document hides the keys that the participant pressed in this
    /// event.
    pub fn hides_keys(&self) -> bool {
        audio::hides_keys(&self.other)
    }
}

impl Variable {
    /// Returns the value, unless the platform hides it because it is too large or secret.
    pub fn shown(&self) -> Option<&Json> {
        let is_redacted = self.other.get("valueIsRedacted") == Some(&Json::Boolean(true));
        self.value.as_ref().filter(|_| !is_redacted).and_then(shown)
    }
}

/// Returns the value, unless it only marks a hidden value: `{"valueIsTooLarge": true}`.
pub fn shown(value: &Json) -> Option<&Json> {
    let hides = |key| value.get(key) == Some(&Json::Boolean(true));
    let is_hidden = hides("valueIsTooLarge") || hides("valueIsRedacted");
    (!is_hidden).then_some(value)
}

/// Returns all named items in the lists of an action's data. Each kind of action uses a
/// different key for the list.
fn parameters(data: Option<&Json>, id: &str, name: &str) -> Vec<Parameter> {
    let Some(Json::Object(data)) = data else { return Vec::new() };
    let lists = data.values().filter_map(|value| match value {
        Json::Array(items) => Some(items.iter()),
        _ => None,
    });
    let text = |item: &Json, key: &str| match item.get(key) {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    };
    lists
        .flatten()
        .filter_map(|item| {
            // A hidden value may be marked next to it.
            let value = match shown(item) {
                Some(item) => item.get("value").cloned().unwrap_or_default(),
                None => item.clone(),
            };
            Some(Parameter { id: text(item, id), name: text(item, name)?, value })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_has_the_strongest_identity() {
        let mut event =
            Event::action("actionDecision", "guid", "Open?").track(4).leave("__NO__");
        let key = event.key();
        assert_eq!(key.name, "actionDecision");
        assert_eq!(key.identity, Some(Identity::Id("guid")));
        assert_eq!(key.output_path_id, Some("__NO__"));
        event.action_id = None;
        assert_eq!(event.key().identity, Some(Identity::TrackingId(4)));
        event.tracking_id = None;
        assert_eq!(event.key().identity, Some(Identity::Name("Open?")));
        assert_eq!(
            Event::task("startedTask", "t", "Start").key().identity,
            Some(Identity::Id("t"))
        );
        assert_eq!(Event::new("endedFlow").key().identity, None);
    }

    #[test]
    fn named_values_are_found_in_any_list() {
        let text = r#"{"style": "x", "cases": [{"inputId": "1", "inputName": "A", "value": true},
            {"inputName": "B"}, 5, {"value": 1}], "inputs": [{"inputName": "C", "value": {"a": 1}}]}"#;
        let event = Event { input_data: Json::parse(text).ok(), ..Event::default() };
        let inputs = event.inputs();
        let shown: Vec<_> = inputs
            .iter()
            .map(|it| (&*it.name, it.id.as_deref(), it.value.to_string()))
            .collect();
        assert_eq!(
            shown,
            [
                ("A", Some("1"), "true".to_owned()),
                ("B", None, "null".to_owned()),
                ("C", None, "{\"a\":1}".to_owned()),
            ]
        );
        assert_eq!(event.outputs(), []);
    }

    #[test]
    fn hidden_values_are_not_returned() {
        let variable = |value: &str, other: &str| {
            let other = match Json::parse(other).unwrap() {
                Json::Object(other) => other.as_ref().clone(),
                _ => JsonObject::default(),
            };
            let value = Json::parse(value).ok();
            Variable { value, other, ..Variable::default() }
        };
        assert_eq!(variable("null", "{}").shown(), Some(&Json::Null));
        assert_eq!(
            variable("\"\"", "{\"valueIsRedacted\":false}").shown(),
            Some(&"".into())
        );
        assert!(variable("{\"valueIsTooLarge\":false}", "{}").shown().is_some());
        assert_eq!(variable("{\"valueIsTooLarge\":true}", "{}").shown(), None);
        assert_eq!(variable("{\"valueIsRedacted\":true}", "{}").shown(), None);
        assert_eq!(variable("1", "{\"valueIsRedacted\":true}").shown(), None);
        assert_eq!(Variable::default().shown(), None);
    }
}

//! One event, its variables, and what two events are compared by.

use super::audio;
use crate::value::{DateTime, Json, JsonObject, Text};

/// Something that happened: `{"actionDecision": {…}}`.
///
/// What is `None` is not in the document. What an event of this name has beyond the fields
/// here, such as `audio` or `targetTask`, is in [`other`](Self::other); so is `null`, and a
/// value of another shape than its field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// What happened: `startedTask`, `actionSwitch`, `turn`… Any name is kept.
    pub name: Text,
    /// The action of the flow, a GUID.
    pub action_id: Option<Text>,
    /// The name of the action.
    pub action_name: Option<Text>,
    /// The number that Architect shows beside the action. It counts in each flow by itself.
    pub tracking_id: Option<i64>,
    /// The task that starts, a GUID.
    pub task_id: Option<Text>,
    /// Its name.
    pub task_name: Option<Text>,
    /// When it began, in UTC: `2026-08-10T14:50:33.547Z`. Nothing says when it ended.
    pub date_time: Option<Text>,
    /// This run of the action or task, a GUID.
    pub execution_id: Option<Text>,
    /// The way that was taken: `__YES__`, or the GUID of a case or path of the flow.
    pub output_path_id: Option<Text>,
    /// The name of that way, where the flow's author gave it one.
    pub output_path_name: Option<Text>,
    /// The variables with which a flow, task or module starts.
    pub variables: Option<Vec<Variable>>,
    /// The variables that got a value as an output.
    pub output_variables: Option<Vec<Variable>>,
    /// The assignments of an Update Data action.
    pub statements: Option<Vec<Variable>>,
    /// What went into the action.
    pub input_data: Option<Json>,
    /// What came out of it.
    pub output_data: Option<Json>,
    /// What happened inside of it.
    pub execution: Option<Vec<Event>>,
    /// The other keys, in their order.
    pub other: JsonObject,
}

/// A variable and its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variable {
    /// A GUID, or a name such as `__CALL_ANI__` for what is built in.
    pub id: Option<Text>,
    /// The name with its scope: `Task.Count`.
    pub name: Option<Text>,
    /// The value in the platform's shape; `null` is NOT_SET.
    pub value: Option<Json>,
    /// The other keys, in their order.
    pub other: JsonObject,
}

/// A named value among the inputs or outputs of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its id, where it has one.
    pub id: Option<Text>,
    /// Its name.
    pub name: Text,
    /// The value in the platform's shape; `null` is NOT_SET.
    pub value: Json,
}

/// What tells an event from others in the same flow, in two runs of it: what it is, whose it
/// is, and which way it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey<'e> {
    /// The name of the event.
    pub name: &'e str,
    /// The action or task; nothing for events that belong to none, such as `endedFlow`.
    pub identity: Option<Identity<'e>>,
    /// The way that was taken.
    pub output_path_id: Option<&'e str>,
}

/// An action or task, by the strongest that an event says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity<'e> {
    /// Its id.
    Id(&'e str),
    /// Its tracking number.
    TrackingId(i64),
    /// Its name.
    Name(&'e str),
}

impl Event {
    /// What this event is compared by.
    pub fn key(&self) -> EventKey<'_> {
        let id = self.action_id.as_deref().or(self.task_id.as_deref());
        let name = self.action_name.as_deref().or(self.task_name.as_deref());
        let identity = (id.map(Identity::Id))
            .or(self.tracking_id.map(Identity::TrackingId))
            .or(name.map(Identity::Name));
        let output_path_id = self.output_path_id.as_deref();
        EventKey { name: &self.name, identity, output_path_id }
    }

    /// What happened inside of it; nothing for most events.
    pub fn nested(&self) -> &[Event] {
        self.execution.as_deref().unwrap_or_default()
    }

    /// When it began, if that can be read.
    pub fn began_at(&self) -> Option<DateTime> {
        self.date_time.as_deref().and_then(DateTime::parse)
    }

    /// The named inputs: attributes, inputs of a module or task, cases of a switch.
    pub fn inputs(&self) -> Vec<Parameter> {
        parameters(self.input_data.as_ref(), "inputId", "inputName")
    }

    /// The named outputs: attributes, outputs of a module, cells of a data table.
    pub fn outputs(&self) -> Vec<Parameter> {
        parameters(self.output_data.as_ref(), "outputId", "outputName")
    }

    /// What the participant was played, if it is said here.
    pub fn played(&self) -> Vec<audio::AudioItem> {
        audio::played(&self.other)
    }

    /// The keys that the participant pressed, if they are said here and not redacted.
    pub fn pressed(&self) -> Option<&str> {
        audio::pressed(&self.other)
    }
}

impl Variable {
    /// The value, unless the platform hides it because it is too large or secret.
    pub fn shown(&self) -> Option<&Json> {
        let is_redacted = self.other.get("valueIsRedacted") == Some(&Json::Boolean(true));
        self.value.as_ref().filter(|_| !is_redacted).and_then(shown)
    }
}

/// A value, unless it only says that the platform hides it: `{"valueIsTooLarge": true}`.
pub fn shown(value: &Json) -> Option<&Json> {
    let hides = |key| value.get(key) == Some(&Json::Boolean(true));
    let is_hidden = hides("valueIsTooLarge") || hides("valueIsRedacted");
    (!is_hidden).then_some(value)
}

/// All items with a name in the lists of an action's data. The list has a different key in
/// every kind of action.
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
            let value = item.get("value").cloned().unwrap_or_default();
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
    fn named_values_are_found_whatever_their_list_is_called() {
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
    fn hidden_values_are_none() {
        let variable = |value: &str, other: &str| {
            let other = match Json::parse(other).unwrap() {
                Json::Object(other) => other.as_ref().clone(),
                _ => JsonObject::new(),
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

//! Converts documents to JSON.

use super::audio::object;
use super::document::ExecutionDocument;
use super::event::{Event, Variable};
use crate::value::{Json, JsonObject, Text};

impl ExecutionDocument {
    /// Returns the document as JSON. The keys of the flow, of events and of variables are
    /// in alphabetical order, as the platform writes them; values are unchanged.
    pub fn to_json(&self) -> Json {
        let mut flow = Keys(self.other.clone());
        flow.text("conversationId", self.conversation_id.as_ref());
        flow.put("division", self.division.clone());
        flow.text("startDateTime", self.start.as_ref());
        flow.text("endDateTime", self.end.as_ref());
        flow.text("executionId", self.execution_id.as_ref());
        flow.put("executionInfo", self.execution_info.clone());
        flow.text("flowId", self.flow_id.as_ref());
        flow.put("flowIsDebug", self.flow_is_debug.map(Json::from));
        flow.text("flowName", self.flow_name.as_ref());
        flow.text("flowType", self.flow_type.as_ref());
        flow.text("flowVersion", self.flow_version.as_ref());
        flow.put("isSecure", self.is_secure.map(Json::from));
        flow.put("isTruncated", self.is_truncated.map(Json::from));
        flow.list("execution", self.execution.as_deref(), Event::to_json);
        let mut document = Keys(self.beside.clone());
        document.put("flow", Some(flow.sorted()));
        document.sorted()
    }

    /// Returns the document as indented JSON with a final line break.
    pub fn to_text(&self) -> String {
        // Writing to memory cannot fail, and all keys are strings.
        serde_json::to_string_pretty(&self.to_json()).unwrap_or_default() + "\n"
    }
}

impl Event {
    /// Returns the event as an object whose only key is its name.
    pub fn to_json(&self) -> Json {
        let mut keys = Keys(self.other.clone());
        keys.text("actionId", self.action_id.as_ref());
        keys.text("actionName", self.action_name.as_ref());
        keys.put("trackingId", self.tracking_id.map(Json::from));
        keys.text("taskId", self.task_id.as_ref());
        keys.text("taskName", self.task_name.as_ref());
        keys.text("dateTime", self.date_time.as_ref());
        keys.text("executionId", self.execution_id.as_ref());
        keys.text("outputPathId", self.output_path_id.as_ref());
        keys.text("outputPathName", self.output_path_name.as_ref());
        keys.list("variables", self.variables.as_deref(), Variable::to_json);
        keys.list("outputVariables", self.output_variables.as_deref(), Variable::to_json);
        keys.list("statements", self.statements.as_deref(), Variable::to_json);
        keys.put("inputData", self.input_data.clone());
        keys.put("outputData", self.output_data.clone());
        keys.list("execution", self.execution.as_deref(), Self::to_json);
        object([(self.name.as_str(), keys.sorted())])
    }
}

impl Variable {
    /// Returns `{"value": …, "variableId": …, "variableName": …}`.
    pub fn to_json(&self) -> Json {
        let mut keys = Keys(self.other.clone());
        keys.put("value", self.value.clone());
        keys.text("variableId", self.id.as_ref());
        keys.text("variableName", self.name.as_ref());
        keys.sorted()
    }
}

/// Keys of an object; fields override other entries with the same key.
struct Keys(JsonObject);

impl Keys {
    fn put(&mut self, key: &str, value: Option<Json>) {
        if let Some(value) = value {
            self.0.insert(key.into(), value);
        }
    }

    fn text(&mut self, key: &str, text: Option<&Text>) {
        self.put(key, text.cloned().map(Json::String));
    }

    fn list<Item>(
        &mut self,
        key: &str,
        items: Option<&[Item]>,
        item: impl Fn(&Item) -> Json,
    ) {
        self.put(key, items.map(|items| Json::array(items.iter().map(item))));
    }

    fn sorted(mut self) -> Json {
        self.0.sort_unstable_keys();
        Json::Object(self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_values_are_not() {
        let value = Json::parse("{\"z\":1,\"a\":2}").unwrap();
        let event = Event::action("actionX", "id", "X")
            .track(3)
            .with("bravo", value.clone())
            .assign([Variable::new("v", "Task.V", value)]);
        assert_eq!(
            event.to_json().to_string(),
            "{\"actionX\":{\"actionId\":\"id\",\"actionName\":\"X\",\"bravo\":{\"z\":1,\"a\":2},\
             \"statements\":[{\"value\":{\"z\":1,\"a\":2},\"variableId\":\"v\",\
             \"variableName\":\"Task.V\"}],\"trackingId\":3}}"
        );
    }

    #[test]
    fn a_field_overrides_other_entries() {
        let event = Event::new("turn").with("dateTime", Json::Null);
        assert_eq!(event.to_json().to_string(), "{\"turn\":{\"dateTime\":null}}");
        let event = event.begin("now");
        assert_eq!(event.to_json().to_string(), "{\"turn\":{\"dateTime\":\"now\"}}");
    }
}

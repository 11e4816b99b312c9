//! Inputs, outputs and warnings of an event.

use crate::trace::execution::{Event, Parameter, shown};
use crate::trace::observation::exchange::ObservedName;
use crate::value::{Json, JsonObject, Text};

/// Returns a visible input of an action.
pub(super) fn input<'e>(event: &'e Event, key: &str) -> Option<&'e Json> {
    event.input_data.as_ref()?.get(key).and_then(shown)
}

/// Returns the string, if the value is one.
pub(super) fn string(json: Option<&Json>) -> Option<Text> {
    match json {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Returns the id and the name in an object.
pub(super) fn named(object: &Json) -> ObservedName {
    ObservedName { id: string(object.get("id")), name: string(object.get("name")) }
}

/// Returns the name of an action, else its id.
pub(super) fn name_of_action(event: &Event) -> Text {
    event.action_name.clone().or_else(|| event.action_id.clone()).unwrap_or_default()
}

/// Returns the visible inputs or outputs.
pub(super) fn shown_parameters(
    parameters: Vec<Parameter>,
) -> impl Iterator<Item = (Text, Json)> {
    let shown = parameters.into_iter().filter(|it| shown(&it.value).is_some());
    shown.map(|it| (it.name, it.value))
}

/// Returns the visible variables that an action set, with their values.
pub(super) fn set_variables(event: &Event) -> Vec<(Text, Json)> {
    let all = event.output_variables.iter().flatten();
    let set = all.filter_map(|variable| {
        let name = variable.name.as_ref().or(variable.id.as_ref())?;
        let value = match variable.value {
            Some(_) => variable.shown()?.clone(),
            None if variable.other.contains_key("valueIsRedacted") => return None,
            None => Json::Null,
        };
        Some((name.clone(), value))
    });
    set.collect()
}

/// Returns whether flowsim noted a warning with this code.
pub(super) fn warns(event: &Event, code: &str) -> bool {
    let warning = event.other.get("warning").and_then(|warning| warning.get("code"));
    string(warning).is_some_and(|known| known == code)
}

/// Returns the entries of an object; empty for other values.
pub(super) fn entries(json: &Json) -> JsonObject {
    match json {
        Json::Object(entries) => entries.as_ref().clone(),
        _ => JsonObject::default(),
    }
}

//! Names in execution documents: events, output paths, turns, lists.

use super::super::event::Event;
use crate::flow::kinds::{self, ActionSpec, LOOP_BODY, Operation, capitalized};
use crate::trace::Field;
use crate::value::{Json, Text};

/// Event names and keys of a task, menu or state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Name of the start event.
    pub(super) started: &'static str,
    /// Name of the end event.
    pub(super) ended: &'static str,
    /// Keys of id and name.
    pub(super) keys: [&'static str; 2],
}

impl Unit {
    /// Creates the start event.
    pub(super) fn start(self, id: Text, name: Text) -> Event {
        let [id_key, name_key] = self.keys;
        if self == TASK {
            return Event::task(self.started, id, name);
        }
        let started = Event::new(self.started).with(id_key, Json::String(id));
        started.with(name_key, Json::String(name))
    }
}

const TASK: Unit =
    Unit { started: "startedTask", ended: "endedTask", keys: ["taskId", "taskName"] };

/// Returns the event names of a task, menu or state. *Source: a real document for tasks,
/// the help pages for `startedBotState`; the others are named by analogy.*
pub(super) fn unit(node_type: &str) -> Option<Unit> {
    let (started, ended, keys) = match node_type {
        "task" => return Some(TASK),
        "menu" => ("startedMenu", "endedMenu", ["menuId", "menuName"]),
        "state" => ("startedState", "endedState", ["stateId", "stateName"]),
        "bot" => ("startedBotState", "endedBotState", ["stateId", "stateName"]),
        _ => return None,
    };
    Some(Unit { started, ended, keys })
}

/// Returns the event name of an action of this kind: `actionPlayAudio`, `menuTask`.
pub(super) fn event_name(kind: &str) -> Text {
    let unknown = || format!("action{}", capitalized(kind));
    kinds::named(kind).map_or_else(unknown, ActionSpec::event_name).into()
}

/// Returns the id of a standard output path: `__NOT_FOUND__` for `notFound`. Returns
/// `None` for cases of a switch and for names given by authors.
pub(super) fn path_id(kind: &str, label: &str) -> Option<Text> {
    let is_named_by_author = match kinds::operation_of(kind) {
        Some(Operation::CallTask | Operation::ChoiceTask) => {
            !label.eq_ignore_ascii_case("default")
        }
        Some(Operation::Switch) => label != "default",
        Some(Operation::LoopUntil) => !matches!(label, LOOP_BODY | "default"),
        _ => !label.chars().all(|letter| letter.is_ascii_alphabetic()),
    };
    if is_named_by_author {
        return None;
    }
    let mut id = String::from("__");
    for letter in label.chars() {
        if letter.is_ascii_uppercase() && id.len() > 2 {
            id.push('_');
        }
        id.push(letter.to_ascii_uppercase());
    }
    Some(Text::from(id + "__"))
}

/// Returns the name of an output path without a standard id: `Case 1` for `case 1`.
pub(super) fn path_name(kind: &str, label: &Text) -> Text {
    match label.strip_prefix("case ") {
        Some(number) if kinds::operation_of(kind) == Some(Operation::Switch) => {
            Text::from(format!("Case {number}"))
        }
        _ => label.clone(),
    }
}

/// Returns the purpose of the kind's turn, and the input that holds its audio.
pub(super) fn turn(kind: &str) -> Option<(&'static str, &'static str)> {
    let kind = kinds::named(kind)?;
    Some((kind.turn?, kind.operation.audio_of_turn()))
}

/// Returns the lists that the inputs of a kind contain even if they are empty.
pub(super) fn input_lists(kind: &str) -> &'static [&'static str] {
    match kinds::operation_of(kind) {
        Some(Operation::Switch) => &["cases"],
        Some(Operation::CallCommonModule) => &["inputs"],
        Some(operation) if takes_task_inputs(operation) => &["taskInputs"],
        _ => &[],
    }
}

/// Returns the list that a named value belongs to; `None` if the value has its own key in
/// the data, like the settings of an action.
pub(super) fn list_of(of: Field, kind: &str) -> Option<Text> {
    if !matches!(of, Field::Inputs | Field::Outputs) {
        return Some(of.name().into());
    }
    match (of, kinds::operation_of(kind)?) {
        (Field::Inputs, operation) if takes_task_inputs(operation) => {
            Some("taskInputs".into())
        }
        (Field::Outputs, Operation::CallTask) => Some("taskOutputs".into()),
        (_, Operation::CallCommonModule) => Some(of.name().into()),
        _ => None,
    }
}

/// Whether actions with this operation pass values to a task.
fn takes_task_inputs(operation: Operation) -> bool {
    matches!(operation, Operation::CallTask | Operation::Jump("targetTaskRef"))
}

/// Returns whether events of this kind always list the variables that they set, even if
/// the list is empty.
pub(super) fn has_results(kind: &str) -> bool {
    kinds::named(kind).is_some_and(|kind| kind.lists_results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_unknown_kinds_are_named_after_them() {
        assert_eq!(event_name("playAudio"), "actionPlayAudio");
        assert_eq!(event_name("Say"), "actionSay");
        assert_eq!(event_name("menus"), "actionMenus");
    }

    #[test]
    fn output_paths_of_a_kind_have_fixed_ids() {
        for (kind, label, id) in [
            ("decision", "yes", "__YES__"),
            ("dataTableLookup", "notFound", "__NOT_FOUND__"),
            ("findUser", "matchExact", "__MATCH_EXACT__"),
            ("switch", "default", "__DEFAULT__"),
            ("callTask", "Default", "__DEFAULT__"),
        ] {
            assert_eq!(path_id(kind, label).as_deref(), Some(id), "{kind} {label}");
        }
        assert_eq!(path_id("switch", "case 2"), None);
        assert_eq!(path_id("callTask", "yes"), None);
        assert_eq!(path_id("digitalMenu", "Opening hours"), None);
        assert_eq!(path_name("switch", &"case 2".into()), "Case 2");
        assert_eq!(path_name("callTask", &"case 2".into()), "case 2");
    }
}

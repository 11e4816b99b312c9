//! Names in execution documents: events, output paths, turns, lists.

use super::super::event::Event;
use crate::flow::kinds::uncapitalized;
use crate::trace::Field;
use crate::value::{Json, Text};

/// Kinds whose event name is not `action` followed by the kind. *Source: a real document
/// for loops, the kinds of Genesys' own query for execution data for the others.*
const RENAMED: &[(&str, &str)] = &[
    ("dialByExtension", "actionDialExtension"),
    ("setIntent", "actionSetActiveIntent"),
    ("setLanguage", "actionSetLocale"),
    ("setScreenPop", "actionScreenPop"),
    ("transferToFlow", "actionTransferFlow"),
    ("transferToFlowSecure", "actionTransferFlowSecure"),
    ("transferToGroup", "actionTransferGroup"),
    ("transferToNumber", "actionTransferExternal"),
    ("transferToUser", "actionTransferUser"),
    ("transferToVoicemail", "actionTransferVoicemail"),
    ("menuDialByExtension", "menuDialExtension"),
    ("menuSubMenu", "menuMenu"),
    ("menuTransferToFlow", "menuTransferFlow"),
    ("menuTransferToFlowSecure", "menuTransferFlowSecure"),
    ("menuTransferToGroup", "menuTransferGroup"),
    ("menuTransferToNumber", "menuTransferExternal"),
    ("menuTransferToUser", "menuTransferUser"),
    ("menuTransferToVoicemail", "menuTransferVoicemail"),
];

/// Kinds that play audio and may listen in a separate turn, with the purpose of the turn
/// and the input that holds the audio. *Source: a real document for `collectInput` and
/// `transferToAcd`; the others are named by analogy.*
const TURNS: &[(&str, &str, &str)] = &[
    ("collectInput", "Get.CollectInput.Action", "inputAudio"),
    ("dialByExtension", "Get.DialExtension.Action", "inputAudio"),
    ("transferToAcd", "PreTransfer.ACD.Transfer.Action", "preTransferAudio"),
    ("transferToFlow", "PreTransfer.Flow.Transfer.Action", "preTransferAudio"),
    (
        "transferToFlowSecure",
        "PreTransfer.SecureFlow.Transfer.Action",
        "preTransferAudio",
    ),
    ("transferToGroup", "PreTransfer.Group.Transfer.Action", "preTransferAudio"),
    ("transferToNumber", "PreTransfer.External.Transfer.Action", "preTransferAudio"),
    ("transferToUser", "PreTransfer.User.Transfer.Action", "preTransferAudio"),
    ("transferToVoicemail", "PreTransfer.Voicemail.Transfer.Action", "preTransferAudio"),
];

/// Kinds whose events list the variables that they set, even if there are none.
const WITH_RESULTS: &[&str] = &[
    "callBotFlow",
    "callCommonModule",
    "callData",
    "callTask",
    "collectInput",
    "dataTableLookup",
    "getParticipantData",
    "loop",
    "setExternalTag",
    "transferToAcd",
];

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
    if let Some((_, name)) = RENAMED.iter().find(|(known, _)| *known == kind) {
        return (*name).into();
    }
    let follows_menu = kind.strip_prefix("menu").and_then(|rest| rest.chars().next());
    if follows_menu.is_some_and(char::is_uppercase) {
        return kind.into();
    }
    let mut letters = kind.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    Text::from(format!(
        "action{}{}",
        first.map(String::from).unwrap_or_default(),
        letters.as_str()
    ))
}

/// Returns the kind of an action or choice from its event name: `playAudio` for
/// `actionPlayAudio`.
pub(crate) fn kind_of_event(event: &str) -> Text {
    if let Some((kind, _)) = RENAMED.iter().find(|(_, name)| *name == event) {
        return (*kind).into();
    }
    event.strip_prefix("action").map_or_else(|| event.into(), uncapitalized)
}

/// Returns the id of a standard output path: `__NOT_FOUND__` for `notFound`. Returns
/// `None` for cases of a switch and for names given by authors.
pub(super) fn path_id(kind: &str, label: &str) -> Option<Text> {
    let is_named_by_author = match kind {
        "callTask" | "menuTask" => !label.eq_ignore_ascii_case("default"),
        "switch" => label != "default",
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
        Some(number) if kind == "switch" => Text::from(format!("Case {number}")),
        _ => label.clone(),
    }
}

/// Returns the purpose of the kind's turn, and the input that holds its audio.
pub(super) fn turn(kind: &str) -> Option<(&'static str, &'static str)> {
    // A menu choice that transfers the call does so like the action.
    let plain = kind.strip_prefix("menuT").map(|rest| format!("t{rest}"));
    let kind = plain.as_deref().unwrap_or(kind);
    let found = TURNS.iter().find(|(known, ..)| *known == kind);
    found.map(|(_, purpose, input)| (*purpose, *input))
}

/// Returns the lists that the inputs of a kind contain even if they are empty.
pub(super) fn input_lists(kind: &str) -> &'static [&'static str] {
    match kind {
        "switch" => &["cases"],
        "callCommonModule" => &["inputs"],
        "jumpToTask" | "menuJumpToTask" | "callTask" => &["taskInputs"],
        _ => &[],
    }
}

/// Returns the list that a named value belongs to; `None` if the value has its own key in
/// the data, like the settings of an action.
pub(super) fn list_of(of: Field, kind: &str) -> Option<Text> {
    match (of, kind) {
        (Field::Inputs, "callTask" | "jumpToTask" | "menuJumpToTask") => {
            Some("taskInputs".into())
        }
        (Field::Outputs, "callTask") => Some("taskOutputs".into()),
        (Field::Inputs | Field::Outputs, "callCommonModule") => Some(of.name().into()),
        (Field::Inputs | Field::Outputs, _) => None,
        (of, _) => Some(of.name().into()),
    }
}

/// Returns whether events of this kind always list the variables that they set, even if
/// the list is empty.
pub(super) fn has_results(kind: &str) -> bool {
    WITH_RESULTS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_after_kinds() {
        for (kind, name) in [
            ("playAudio", "actionPlayAudio"),
            ("loopNext", "actionLoopNext"),
            ("transferToAcd", "actionTransferToAcd"),
            ("transferToNumber", "actionTransferExternal"),
            ("menuTask", "menuTask"),
            ("menuSubMenu", "menuMenu"),
            ("Say", "actionSay"),
            ("menus", "actionMenus"),
        ] {
            assert_eq!(event_name(kind), name);
            if kind != "Say" {
                assert_eq!(kind_of_event(name), kind);
            }
        }
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

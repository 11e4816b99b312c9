//! Rules that Architect checks before it publishes a flow. *Source: Genesys' help on the
//! actions, and the ranges and enumerations of Architect Scripting.*

use super::spec::ActionSpec;
use super::uncapitalized;

/// The most cases of a switch. *Source: Genesys' help on Switch.*
pub(crate) const MOST_CASES: usize = 64;

/// Flow types that are calls. A common module has the actions of the flow types that it
/// is compatible with.
const CALLS: &[&str] = &[
    "inboundCall",
    "inqueueCall",
    "outboundCall",
    "secureCall",
    "voice",
    "voiceSurvey",
    "voicemail",
];

const BOTS: &[&str] = &["bot", "digitalBot"];
const EMAILS: &[&str] = &["emailSend", "inboundEmail", "inqueueEmail"];
const SURVEYS: &[&str] = &["surveyInvite"];
const SECURE: &[&str] = &["secureCall"];
const SURVEY_CALLS: &[&str] = &["voiceSurvey"];
const WORKFLOWS: &[&str] = &["workflow"];
const WORKITEMS: &[&str] = &["workitem"];

/// Kinds that only some flow types have. All other kinds are not checked. *Source:
/// Genesys' help on the actions: common module flows share only actions that all of their
/// flow types have.*
const AVAILABLE: &[(&str, &[&str])] = &[
    ("abortSurveyInvite", SURVEYS),
    ("askForBoolean", BOTS),
    ("askForIntent", BOTS),
    ("askForSlot", BOTS),
    ("askSurveyQuestion", SURVEY_CALLS),
    ("clearActiveIntent", BOTS),
    ("clearSlot", BOTS),
    ("collectInput", CALLS),
    ("completeSurveyInvite", SURVEYS),
    ("detectSilence", CALLS),
    ("dialByExtension", CALLS),
    ("digitalMenu", BOTS),
    ("disconnectWorkitem", WORKITEMS),
    ("endWorkflow", WORKFLOWS),
    ("exitBotFlow", BOTS),
    ("exitWorkitemFlow", WORKITEMS),
    ("flushAudio", CALLS),
    ("holdMusic", CALLS),
    ("jumpToMenu", CALLS),
    ("loopAnythingElse", BOTS),
    ("playAudio", CALLS),
    ("playAudioOnSilence", CALLS),
    ("playEstimatedWaitTime", CALLS),
    ("playPositionInQueue", CALLS),
    ("previousMenu", CALLS),
    ("returnToAgent", SECURE),
    ("sendAutoReply", EMAILS),
    ("setIntent", BOTS),
    ("setUUIData", CALLS),
    ("setWhisperAudio", CALLS),
    ("terminateWorkitem", WORKITEMS),
    ("transferToFlowSecure", CALLS),
    ("transferToNumber", CALLS),
    ("transferToVoicemail", CALLS),
    ("waitForInput", BOTS),
];

/// Settings that an action must have. Alternatives are separated by `|`.
const REQUIRED: &[(&str, &[&str])] = &[
    ("askForSlot", &["slot"]),
    ("callBotFlow", &["botFlow"]),
    ("callCommonModule", &["commonModule"]),
    ("callData", &["dataAction"]),
    ("callDigitalBotFlow", &["digitalBotFlow"]),
    ("callTask", &["targetTaskRef"]),
    ("callVoiceFlow", &["voiceFlow"]),
    ("changeState", &["targetStateRef"]),
    ("collectInput", &["digits"]),
    ("createCallback", &["queue", "callbackNumber"]),
    ("dataTableLookup", &["dataTable", "lookupValue"]),
    ("decision", &["condition"]),
    ("evaluateScheduleGroup", &["scheduleGroup"]),
    ("findEmergencyGroup", &["findName"]),
    ("findGroup", &["findName"]),
    ("findLanguageSkill", &["findName"]),
    ("findQueue", &["findName"]),
    ("findQueueById", &["findId"]),
    ("findSchedule", &["findName"]),
    ("findScheduleGroup", &["findName"]),
    ("findSkill", &["findName"]),
    ("findSystemPrompt", &["findName"]),
    ("findUser", &["findName"]),
    ("findUserById", &["findId"]),
    ("findUserPrompt", &["findName"]),
    ("findUsersById", &["findIds"]),
    ("getExternalContact", &["externalId"]),
    ("jumpToMenu", &["targetMenuRef"]),
    ("jumpToTask", &["targetTaskRef"]),
    ("loop", &["loopCount"]),
    ("playAudio", &["audio"]),
    ("playAudioOnSilence", &["audio"]),
    ("searchExternalContacts", &["searchTerm"]),
    ("setLanguage", &["languageValue"]),
    ("switch", &["style"]),
    ("transferToAcd", &["targetQueue|targetQueues"]),
    ("transferToFlow", &["targetFlow"]),
    ("transferToFlowSecure", &["targetFlow"]),
    ("transferToGroup", &["targetGroup"]),
    ("transferToNumber", &["targetNumber"]),
    ("transferToUser", &["targetUser"]),
    ("updateData", &["statements"]),
    ("wait", &["duration"]),
];

/// The range of a number or a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    /// The kind of action; `None` for settings of menus and flows.
    kind: Option<&'static str>,
    path: &'static [&'static str],
    /// The smallest value, in units.
    pub(crate) least: i64,
    /// The largest value, in units.
    pub(crate) most: i64,
    /// The unit of a duration; empty for a number.
    pub(crate) unit: &'static str,
}

impl Range {
    /// The number of milliseconds in the unit; 1 for a number.
    pub(crate) fn unit_ms(&self) -> i64 {
        if self.unit.is_empty() { 1 } else { 1_000 }
    }
}

const fn range(
    kind: Option<&'static str>,
    path: &'static [&'static str],
    (least, most): (i64, i64),
    unit: &'static str,
) -> Range {
    Range { kind, path, least, most, unit }
}

const COLLECT: Option<&str> = Some("collectInput");

/// *Source: the ranges of Architect Scripting, and Genesys' help on menu settings and on
/// Collect Input.*
const RANGES: &[Range] = &[
    range(None, &["settingsMenu", "menuSelectionTimeout"], (1, 60), "seconds"),
    range(None, &["settingsMenu", "repeatCount"], (0, 10), ""),
    range(COLLECT, &["digits", "exact"], (1, 40), ""),
    range(COLLECT, &["digits", "range", "max"], (1, 40), ""),
    range(COLLECT, &["digits", "range", "min"], (1, 40), ""),
    range(COLLECT, &["noEntryTimeout"], (1, 99), "seconds"),
];

/// The kinds of error handling. *Source: `ArchEnums.EVENTS_FLOW_ERROR_HANDLING`.*
pub(crate) const ERROR_HANDLINGS: &[&str] = &[
    "abortSend",
    "completeSend",
    "continue",
    "disconnect",
    "endFlow",
    "endInQueueState",
    "endWorkflow",
    "exit",
    "menu",
    "queue",
    "state",
    "task",
];

/// Returns the range of a setting; `kind` is that of its action.
pub(crate) fn range_of(kind: Option<&str>, path: &[&str]) -> Option<&'static Range> {
    RANGES.iter().find(|range| range.kind == kind && range.path == path)
}

impl ActionSpec {
    /// The settings that an action of this kind must have. Alternatives are separated by
    /// `|`.
    pub(crate) fn required(&self) -> &'static [&'static str] {
        let name = uncapitalized(self.unprefixed());
        let found = REQUIRED.iter().find(|(kind, _)| *kind == name);
        found.map_or(&[], |(_, settings)| *settings)
    }

    /// The flow types that have this kind of action; `None` if it is not known.
    pub(crate) fn flow_types(&self) -> Option<&'static [&'static str]> {
        let found = AVAILABLE.iter().find(|(kind, _)| *kind == self.name);
        found.map(|(_, flow_types)| *flow_types)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{is_flow_type, named};
    use super::*;

    #[test]
    fn the_tables_name_known_kinds_and_flow_types() {
        let kinds = AVAILABLE.iter().chain(REQUIRED).map(|(kind, _)| *kind);
        for kind in kinds.chain(RANGES.iter().filter_map(|range| range.kind)) {
            assert!(named(kind).is_some(), "{kind}");
        }
        let flow_types = AVAILABLE.iter().flat_map(|(_, flow_types)| *flow_types);
        flow_types.for_each(|name| assert!(is_flow_type(name), "{name}"));
        assert!(AVAILABLE.is_sorted() && REQUIRED.is_sorted());
    }

    #[test]
    fn a_choice_needs_what_its_action_needs() {
        let required = |kind: &str| named(kind).unwrap().required();
        assert_eq!(required("menuTransferToAcd"), ["targetQueue|targetQueues"]);
        assert_eq!(required("menuJumpToTask"), ["targetTaskRef"]);
        assert_eq!(required("disconnect"), [""; 0]);
    }
}

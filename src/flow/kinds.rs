//! The kinds of actions and of menu choices, as Archy writes them: how flowsim supports
//! each of them, and its outputs. Readers, checks, drawings, the compiler and the
//! comparison of flows take this information from here.
//!
//! *Source: the classes of Genesys' Architect Scripting, whose names Archy's kinds
//! follow, their outputs, and published flows.*

use Support::{Ends, External, FixturesFirst, Question, Runs};

use crate::value::Text;

/// The support for a kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// flowsim executes the action.
    Runs,
    /// flowsim executes the action, and the actions after it never run.
    Ends,
    /// flowsim executes the action, unless the fixtures answer it.
    FixturesFirst,
    /// A bot asks the participant, unless the fixtures answer the action.
    Question,
    /// The host answers the action; flowsim does not simulate it.
    External,
}

/// A kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActionKind {
    /// The name.
    pub(crate) name: &'static str,
    /// The support for actions of this kind.
    pub(crate) support: Support,
    /// The outputs that every action of this kind has, without those that authors name.
    pub(crate) outputs: &'static [&'static str],
}

impl ActionKind {
    /// Whether a call can continue after the action itself, and not only at its outputs.
    pub(crate) fn continues_after(&self) -> bool {
        let has_none = |names: &[&str]| !self.outputs.iter().any(|it| names.contains(it));
        match self.support {
            Support::Ends => false,
            // After a successful transfer, or a connected extension, the flow has ended.
            _ if self.name.starts_with("transfer") => false,
            _ if self.name == "dialByExtension" => false,
            _ => has_none(&SUCCESSES),
        }
    }

    /// Whether authors name outputs of the action: cases, paths, intents.
    pub(crate) fn has_author_outputs(&self) -> bool {
        matches!(self.support, Support::Question | Support::External)
            || matches!(self.name, "callTask" | "switch")
    }
}

/// Outputs for success, the likeliest first.
pub(crate) const SUCCESSES: [&str; 8] =
    ["success", "found", "yes", "default", "active", "open", "matchExact", "loop"];

/// Returns the kind with this name, of an action or of a choice with the same behaviour:
/// `menuTransferToAcd` behaves like `transferToAcd`.
pub(crate) fn kind_of(name: &str) -> Option<ActionKind> {
    action_named(name).or_else(|| {
        let rest = CHOICES.binary_search(&name).ok().and(name.strip_prefix("menu"))?;
        action_named(&uncapitalized(rest))
    })
}

/// Returns the kind of action with this name.
pub(crate) fn action_named(name: &str) -> Option<ActionKind> {
    let index = ACTIONS.binary_search_by_key(&name, |(known, ..)| known).ok()?;
    let (name, fate, outputs) = *ACTIONS.get(index)?;
    Some(ActionKind { name, support: fate, outputs })
}

/// Returns the outputs that every action of a kind has; empty for an unknown kind.
pub(crate) fn outputs_of(name: &str) -> &'static [&'static str] {
    kind_of(name).map_or(&[], |kind| kind.outputs)
}

/// The names of all kinds of actions, in alphabetical order.
pub(crate) fn actions() -> impl ExactSizeIterator<Item = &'static str> {
    ACTIONS.iter().map(|(name, ..)| *name)
}

/// Returns the name with a lower-case first letter: `FindSkill` becomes `findSkill`.
pub(crate) fn uncapitalized(name: &str) -> Text {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let name: String = first.into_iter().chain(letters).collect();
    name.into()
}

const SUCCESS_OR_FAILURE: &[&str] = &["success", "failure"];
const FOUND_OR_NOT: &[&str] = &["found", "notFound"];
const ANSWERED: &[&str] = &["success", "failure", "timeout"];

/// Name, support and outputs; in alphabetical order, for binary search.
const ACTIONS: &[(&str, Support, &[&str])] = &[
    ("abortSurveyInvite", Ends, &[]),
    ("addFlowMilestone", Runs, &[]),
    ("askForAuthentication", External, &["failure"]),
    ("askForBoolean", Question, &["yes", "no", "maxNoInputs", "maxNoMatches"]),
    ("askForIntent", Question, &["default", "knowledge", "noIntent", "maxNoInputs"]),
    ("askForPayment", External, &[]),
    ("askForSlot", Question, &["default", "maxNoInputs", "maxNoMatches"]),
    ("askSurveyQuestion", External, &[]),
    ("audioMonitoring", Runs, &[]),
    ("callAudioConnector", External, SUCCESS_OR_FAILURE),
    ("callBotConnector", External, &["failure"]),
    ("callBotFlow", External, &[]),
    ("callBridge", External, &[]),
    ("callCommonModule", Runs, &[]),
    ("callData", Runs, ANSWERED),
    ("callDataSecure", Runs, ANSWERED),
    ("callDecisionTable", External, SUCCESS_OR_FAILURE),
    ("callDialogEngineBot", External, &["knowledge", "noIntent", "failure"]),
    ("callDialogflowBot", External, &["failure"]),
    ("callDialogflowCxBot", External, SUCCESS_OR_FAILURE),
    ("callDigitalBotFlow", External, &[]),
    ("callGuide", External, ANSWERED),
    ("callLexBot", External, &["failure"]),
    ("callLexV2Bot", External, &["failure"]),
    ("callNuanceMixBot", External, &["failure"]),
    ("callTask", Runs, &["default"]),
    ("callVoiceFlow", External, &[]),
    ("changeState", Ends, &[]),
    ("clearActiveIntent", Runs, &[]),
    ("clearPostFlow", Runs, &[]),
    ("clearSlot", Runs, &[]),
    ("clearUtilizationLabel", Runs, SUCCESS_OR_FAILURE),
    ("clearVoicemailSnippet", Runs, &[]),
    ("collectInput", Runs, SUCCESS_OR_FAILURE),
    ("communicate", Runs, &[]),
    ("completeSurveyInvite", Ends, &[]),
    ("createCallback", FixturesFirst, &[]),
    ("dataTableLookup", Runs, &["found", "notFound", "failure"]),
    ("decision", Runs, &["yes", "no"]),
    ("decryptData", External, SUCCESS_OR_FAILURE),
    ("detectIntent", External, &["default"]),
    ("detectSilence", External, &["success", "timeout"]),
    ("dialByExtension", Runs, &["timeout", "failure"]),
    ("digitalMenu", Question, &["maxNoInputs", "maxNoMatches"]),
    ("disconnect", Ends, &[]),
    ("disconnectWorkitem", Runs, SUCCESS_OR_FAILURE),
    ("enableParticipantRecord", Runs, &[]),
    ("encryptData", External, SUCCESS_OR_FAILURE),
    ("endFlow", Ends, &[]),
    ("endState", Ends, &[]),
    ("endTask", Ends, &[]),
    ("endWorkflow", Ends, &[]),
    ("evaluateSchedule", Runs, &["active", "inactive"]),
    ("evaluateScheduleGroup", Runs, &["open", "closed", "holiday", "emergency"]),
    ("exitBotFlow", Ends, &[]),
    ("exitSurveyFlow", Ends, &[]),
    ("exitWorkitemFlow", Ends, &[]),
    ("extractSecureData", External, &[]),
    ("findEmergencyGroup", Runs, FOUND_OR_NOT),
    ("findGrammar", External, FOUND_OR_NOT),
    ("findGrammarById", External, FOUND_OR_NOT),
    ("findGroup", Runs, FOUND_OR_NOT),
    ("findKnowledgeBaseDocumentById", External, FOUND_OR_NOT),
    ("findLanguageSkill", Runs, FOUND_OR_NOT),
    ("findQueue", Runs, FOUND_OR_NOT),
    ("findQueueById", Runs, FOUND_OR_NOT),
    ("findSchedule", Runs, FOUND_OR_NOT),
    ("findScheduleGroup", Runs, FOUND_OR_NOT),
    ("findSkill", Runs, FOUND_OR_NOT),
    ("findSystemPrompt", Runs, FOUND_OR_NOT),
    ("findUser", Runs, FOUND_OR_NOT),
    ("findUserById", Runs, FOUND_OR_NOT),
    ("findUserPrompt", Runs, FOUND_OR_NOT),
    ("findUsersById", Runs, &["found", "partiallyFound", "notFound"]),
    ("findUtilizationLabel", External, FOUND_OR_NOT),
    ("flushAudio", Runs, &[]),
    ("getAssignedCustomerIntents", External, &["found", "notFound", "failure"]),
    ("getConversationData", Runs, &["found", "notFound", "failure"]),
    ("getExternalContact", Runs, FOUND_OR_NOT),
    ("getExternalOrganization", External, FOUND_OR_NOT),
    ("getJourneyOutcome", External, FOUND_OR_NOT),
    ("getJourneyOutcomeScoresBySession", External, FOUND_OR_NOT),
    ("getJourneySegment", External, FOUND_OR_NOT),
    ("getJourneySession", External, FOUND_OR_NOT),
    ("getJourneySessionsByExternalContact", External, FOUND_OR_NOT),
    ("getParticipantData", Runs, &[]),
    ("getRawSIPHeaders", External, SUCCESS_OR_FAILURE),
    ("getResponse", External, SUCCESS_OR_FAILURE),
    ("getSIPHeaders", External, SUCCESS_OR_FAILURE),
    ("getSecuredData", External, SUCCESS_OR_FAILURE),
    ("holdMusic", Runs, &[]),
    ("initializeFlowOutcome", Runs, &[]),
    ("jumpToMenu", Ends, &[]),
    ("jumpToTask", Ends, &[]),
    ("loop", Runs, &["loop", "default"]),
    ("loopAnythingElse", External, &["loop"]),
    ("loopExit", Ends, &[]),
    ("loopNext", Ends, &[]),
    ("loopUntil", External, &["loop"]),
    ("playAudio", Runs, &[]),
    ("playAudioOnSilence", External, &["success", "timeout"]),
    ("playEstimatedWaitTime", Runs, &[]),
    ("playPositionInQueue", Runs, &[]),
    ("playUserGreeting", External, &[]),
    ("playUserName", External, &[]),
    ("previousMenu", Ends, &[]),
    ("processVoicemailInput", External, &["voicemail", "noInput", "failure"]),
    ("promoteExternalContact", External, SUCCESS_OR_FAILURE),
    ("repeatMenu", Ends, &[]),
    ("returnToAgent", Ends, &[]),
    ("searchExternalContacts", Runs, &["matchExact", "matchMultiple", "notFound"]),
    ("sendAutoReply", Runs, SUCCESS_OR_FAILURE),
    ("sendDigitalContent", Runs, &[]),
    ("sendInteractiveApplication", Runs, SUCCESS_OR_FAILURE),
    ("sendKnowledgeFeedback", Runs, SUCCESS_OR_FAILURE),
    ("sendNotification", Runs, SUCCESS_OR_FAILURE),
    ("sendResponse", Runs, SUCCESS_OR_FAILURE),
    ("sendRichLink", Runs, SUCCESS_OR_FAILURE),
    ("setConversationData", Runs, SUCCESS_OR_FAILURE),
    ("setExternalTag", Runs, SUCCESS_OR_FAILURE),
    ("setFlowOutcome", Runs, &[]),
    ("setIntent", Runs, &[]),
    ("setLanguage", Runs, &[]),
    ("setParticipantData", Runs, &[]),
    ("setPostFlow", Runs, &[]),
    ("setPriority", Runs, SUCCESS_OR_FAILURE),
    ("setScreenPop", Runs, &[]),
    ("setSecuredData", External, SUCCESS_OR_FAILURE),
    ("setSentiment", Runs, SUCCESS_OR_FAILURE),
    ("setSkills", Runs, SUCCESS_OR_FAILURE),
    ("setUUIData", Runs, &[]),
    ("setUtilizationLabel", Runs, SUCCESS_OR_FAILURE),
    ("setWhisperAudio", Runs, SUCCESS_OR_FAILURE),
    ("setWrapupCode", Runs, SUCCESS_OR_FAILURE),
    ("showKnowledgeArticle", Runs, &[]),
    ("switch", Runs, &["default"]),
    ("terminateWorkitem", Runs, SUCCESS_OR_FAILURE),
    ("transcription", Runs, &[]),
    ("transferToAcd", Runs, &["failure"]),
    ("transferToFlow", FixturesFirst, &["failure"]),
    ("transferToFlowSecure", FixturesFirst, &["failure"]),
    ("transferToGroup", FixturesFirst, &["failure"]),
    ("transferToNumber", FixturesFirst, &["failure"]),
    ("transferToUser", FixturesFirst, &["failure"]),
    ("transferToVoicemail", FixturesFirst, &["failure"]),
    ("updateData", Runs, &[]),
    ("updateWorkitem", Runs, SUCCESS_OR_FAILURE),
    ("wait", Runs, &[]),
    ("waitForInput", Question, &["default"]),
];

/// The kinds of choices, in alphabetical order, for binary search.
pub(crate) const CHOICES: &[&str] = &[
    "menuDialByExtension",
    "menuDisconnect",
    "menuJumpToMenu",
    "menuJumpToTask",
    "menuPreviousMenu",
    "menuRepeatMenu",
    "menuReturnToAgent",
    "menuSubMenu",
    "menuTask",
    "menuTransferToAcd",
    "menuTransferToFlow",
    "menuTransferToFlowSecure",
    "menuTransferToGroup",
    "menuTransferToNumber",
    "menuTransferToUser",
    "menuTransferToVoicemail",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Both lists must be sorted for binary search.
    #[test]
    fn kinds_are_in_order() {
        assert!(actions().is_sorted() && CHOICES.is_sorted());
    }

    #[test]
    fn a_choice_does_what_an_action_does() {
        let fate = |name| kind_of(name).map(|kind| kind.support);
        assert_eq!(fate("menuDisconnect"), Some(Ends));
        assert_eq!(fate("menuTransferToUser"), Some(FixturesFirst));
        assert_eq!(outputs_of("menuTransferToAcd"), ["failure"]);
        assert_eq!(fate("menuTask"), None);
        assert_eq!(fate("menuPlayAudio"), None, "there is no such choice");
    }

    #[test]
    fn a_call_continues_after_actions_without_a_success_output() {
        let continues = |name| kind_of(name).map(|kind| kind.continues_after());
        for name in ["playAudio", "callLexBot", "createCallback", "callBotFlow"] {
            assert_eq!(continues(name), Some(true), "{name}");
        }
        for name in ["disconnect", "transferToAcd", "callData", "findQueue"] {
            assert_eq!(continues(name), Some(false), "{name}");
        }
    }
}

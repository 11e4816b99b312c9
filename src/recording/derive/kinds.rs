//! What the events of documents are about.

/// What `find…` actions look for, by the section of fixtures that it is in.
const FOUND: [(&str, &str); 10] = [
    ("actionFindQueue", "queues"),
    ("actionFindQueueById", "queues"),
    ("actionFindSkill", "skills"),
    ("actionFindLanguageSkill", "languageSkills"),
    ("actionFindUser", "users"),
    ("actionFindUserById", "users"),
    ("actionFindGroup", "groups"),
    ("actionFindSchedule", "schedules"),
    ("actionFindScheduleGroup", "scheduleGroups"),
    ("actionFindEmergencyGroup", "emergencyGroups"),
];

/// What inputs and outputs hold things of the directory, and in which section these are.
const NAMED: [(&str, &str); 9] = [
    ("targetQueue", "queues"),
    ("queue", "queues"),
    ("skill", "skills"),
    ("languageSkill", "languageSkills"),
    ("targetUser", "users"),
    ("user", "users"),
    ("targetGroup", "groups"),
    ("wrapupCode", "wrapupCodes"),
    ("scheduleGroup", "scheduleGroups"),
];

/// Actions that flowsim does by itself, or that change nothing: nobody is asked what comes of
/// them.
const SIMULATED: [&str; 73] = [
    "abortSurveyInvite",
    "addFlowMilestone",
    "audioMonitoring",
    "callCommonModule",
    "callTask",
    "changeState",
    "clearActiveIntent",
    "clearPostFlow",
    "clearSlot",
    "clearUtilizationLabel",
    "clearVoicemailSnippet",
    "collectInput",
    "communicate",
    "completeSurveyInvite",
    "decision",
    "dialExtension",
    "disconnect",
    "disconnectWorkitem",
    "enableParticipantRecord",
    "endFlow",
    "endState",
    "endTask",
    "endWorkflow",
    "exitBotFlow",
    "exitSurveyFlow",
    "exitWorkitemFlow",
    "flushAudio",
    "getConversationData",
    "getParticipantData",
    "holdMusic",
    "initializeFlowOutcome",
    "jumpToMenu",
    "jumpToTask",
    "loop",
    "loopExit",
    "loopNext",
    "playAudio",
    "playEstimatedWaitTime",
    "playPositionInQueue",
    "previousMenu",
    "repeatMenu",
    "returnToAgent",
    "screenPop",
    "sendDigitalContent",
    "sendInteractiveApplication",
    "sendKnowledgeFeedback",
    "sendNotification",
    "sendRichLink",
    "setActiveIntent",
    "setConversationData",
    "setExternalTag",
    "setFlowOutcome",
    "setIntent",
    "setLanguage",
    "setLocale",
    "setParticipantData",
    "setPostFlow",
    "setPriority",
    "setScreenPop",
    "setSentiment",
    "setSkills",
    "setUUIData",
    "setUtilizationLabel",
    "setWhisperAudio",
    "setWrapupCode",
    "showKnowledgeArticle",
    "switch",
    "terminateWorkitem",
    "transcription",
    "transferToAcd",
    "updateData",
    "updateWorkitem",
    "wait",
];

/// The section of fixtures in which a `find…` action looks.
pub(super) fn found(event: &str) -> Option<&'static str> {
    FOUND.iter().find(|(name, _)| *name == event).map(|(_, section)| *section)
}

/// The section of fixtures that holds what stands under a key.
pub(super) fn named(key: &str) -> Option<&'static str> {
    NAMED.iter().find(|(name, _)| *name == key).map(|(_, section)| *section)
}

/// Whether an action asks whoever answers for the world what comes of it: bots, transfers
/// that may fail, and everything that flowsim does not know.
pub(super) fn is_asked_for(event: &str) -> bool {
    if event.starts_with("menuTransfer") {
        return true;
    }
    let Some(kind) = event.strip_prefix("action") else { return false };
    let mut letters = kind.chars();
    let Some(first) = letters.next() else { return false };
    let kind = format!("{}{}", first.to_ascii_lowercase(), letters.as_str());
    !SIMULATED.contains(&kind.as_str())
}

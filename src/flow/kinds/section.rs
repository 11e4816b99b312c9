//! Settings of flows, units and choices.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::setting::{
    SettingForm, SettingSpec, any, flag, other, reference, setting, value, word,
};
use crate::value::Kind;

/// Properties of a flow that become fields of the model. All others become settings.
pub(crate) const FLOW_FIELDS: &[&str] = &[
    "name",
    "description",
    "division",
    "defaultLanguage",
    "startUpRef",
    "variables",
    "startUpTaskActions",
    "startUpTaskVariables",
    "startUpState",
    "periodicState",
    "tasks",
    "menus",
    "states",
    "bots",
    "loopTasks",
];

/// Properties of a unit that become fields of the model.
pub(crate) const UNIT_FIELDS: &[&str] =
    &["name", "refId", "variables", "outputPaths", "actions", "choices"];

/// Properties of an action that become fields of the model.
pub(crate) const ACTION_FIELDS: &[&str] = &["name", "refId", "outputs"];

/// Properties of a choice that are not settings of its action.
pub(crate) const CHOICE_FIELDS: &[&str] = &["dtmf", "globalDtmf", "default", "task"];

/// Properties of the declaration of a variable. *Source: published flows.*
pub(crate) const VARIABLE_FIELDS: &[&str] =
    &["name", "description", "initialValue", "isInput", "isOutput"];

const QUEUES: SettingForm = SettingForm::Object(Kind::Queue);

/// Settings of flows.
const OF_FLOW: &[SettingSpec] = &[
    value("initialGreeting", Kind::Audio),
    setting(
        "supportedLanguages.*.defaultLanguageSkill",
        SettingForm::Object(Kind::LanguageSkill),
    ),
    other("supportedLanguages.*.textToSpeech.*.voice"),
    other("supportedLanguages.*.textToSpeech.*.defaultVoice"),
    other("supportedLanguages.*.speechToText.**"),
    flag("supportedLanguages.*.none"),
    flag("supportedLanguages.*.noValue"),
    value("settingsErrorHandling.preHandlingAudio", Kind::Audio),
    setting("settingsErrorHandling.errorHandling.*.targetQueue", QUEUES),
    setting("settingsErrorHandling.errorHandling.*.targetQueues.**", QUEUES),
    reference("settingsErrorHandling.errorHandling.*.targetTaskRef"),
    reference("settingsErrorHandling.errorHandling.*.targetMenuRef"),
    reference("settingsErrorHandling.errorHandling.*.targetStateRef"),
    other("settingsErrorHandling.errorHandling.*.name"),
    any("settingsErrorHandling.errorHandling.*.exitReason"),
    any("settingsErrorHandling.errorHandling.*.priority"),
    any("settingsErrorHandling.errorHandling.*.languageSkill"),
    any("settingsErrorHandling.errorHandling.*.preTransferAudio"),
    any("settingsErrorHandling.errorHandling.*.failureTransferAudio"),
    any("settingsErrorHandling.errorHandling.*.acdSkills"),
    any("settingsErrorHandling.errorEventHandover"),
    any("settingsErrorHandling.recognitionFailureEventHandover"),
    other("settingsErrorHandling.recognitionFailureEventHandling.**"),
    other("settingsErrorHandling.subsequentRecognitionFailuresHandling.**"),
    flag("settingsErrorHandling.enableAgentEscalation"),
    any("settingsErrorHandling.agentEscalationConfirmation"),
    any("settingsErrorHandling.agentEscalationHandover"),
    other("settingsErrorHandling.agentEscalationHandling.**"),
    value("settingsMenu.extensionDialingMaxDelay", Kind::Duration),
    flag("settingsMenu.listenForExtensionDialing"),
    value("settingsMenu.menuSelectionTimeout", Kind::Duration),
    value("settingsMenu.repeatCount", Kind::Integer),
    value("settingsSpeechRec.completeMatchTimeout", Kind::Duration),
    value("settingsSpeechRec.incompleteMatchTimeout", Kind::Duration),
    value("settingsSpeechRec.maxSpeechLengthTimeout", Kind::Duration),
    value("settingsSpeechRec.minConfidenceLevel", Kind::Integer),
    word("settingsSpeechRec.asrCompanyDir", &["none", "startUpObject", "entireFlow"]),
    flag("settingsSpeechRec.asrEnabledOnFlow"),
    flag("settingsSpeechRec.suppressRecording"),
    any("settingsActionDefaults.callBridge.processingPrompt"),
    any("settingsActionDefaults.callData.processingPrompt"),
    any("settingsActionDefaults.callDataSecure.processingPrompt"),
    value("settingsActionDefaults.collectInput.noEntryTimeout", Kind::Duration),
    value("settingsActionDefaults.collectInput.interDigitTimeout", Kind::Duration),
    value("settingsActionDefaults.detectSilence.timeout", Kind::Duration),
    value("settingsActionDefaults.dialByExtension.interDigitTimeout", Kind::Duration),
    value("settingsActionDefaults.playAudioOnSilence.timeout", Kind::Duration),
    value("settingsActionDefaults.transferToFlowSecure.connectTimeout", Kind::Duration),
    value("settingsActionDefaults.transferToGroup.connectTimeout", Kind::Duration),
    value("settingsActionDefaults.transferToNumber.connectTimeout", Kind::Duration),
    value("settingsActionDefaults.transferToUser.connectTimeout", Kind::Duration),
    flag("settingsPrompts.ensureAudioInPrompts"),
    word("settingsPrompts.promptMediaToValidate.mediaType", &["audio", "tts"]),
    any("settingsInQueueCall.holdMusic"),
    other("settingsInboundEmailHandling.emailHandling.**"),
    other("settingsCommonModule.compatibleFlowTypes.flowType"),
    setting("settingsOutboundCall.wrapupCode", SettingForm::Object(Kind::WrapupCode)),
    any("settingsOutboundCall.contactList"),
    any("settingsUserInput.collectionHighConfidenceThreshold"),
    any("settingsUserInput.collectionLowConfidenceThreshold"),
    any("settingsUserInput.confirmationHighConfidenceThreshold"),
    any("settingsUserInput.confirmationLowConfidenceThreshold"),
    any("settingsUserInput.confirmationNoInputApology"),
    any("settingsUserInput.confirmationNoMatchApology"),
    value("settingsUserInput.confirmationRejectionsMax", Kind::Integer),
    any("settingsUserInput.dtmfTerminatingCharacter"),
    flag("settingsUserInput.enableBargeIn"),
    any("settingsUserInput.endOfSessionMessage"),
    value("settingsUserInput.interDigitTimeout", Kind::Duration),
    any("settingsUserInput.noInputApology"),
    value("settingsUserInput.noInputsMax", Kind::Integer),
    value("settingsUserInput.noInputsTimeout", Kind::Duration),
    any("settingsUserInput.noMatchApology"),
    value("settingsUserInput.noMatchesMax", Kind::Integer),
    any("settingsUserInput.noToConfirmationApology"),
    any("settingsUserInput.speechToTextMaxSpeechTimeout"),
    any("settingsUserInput.speechToTextSpeechDetectionSensitivity"),
    other("settingsBotFlow.intentSettings.intent.name"),
    any("settingsBotFlow.intentSettings.intent.confirmation"),
    other("settingsBotFlow.intentSettings.intent.task.name"),
    any("settingsKnowledge.*.knowledgeConfirmation"),
    any("settingsKnowledge.*.knowledgeInitialResponseFollowup"),
    any("settingsKnowledge.*.knowledgeInitialResponseMulti"),
    any("settingsKnowledge.*.knowledgeInitialResponseMultiRetry"),
    any("settingsKnowledge.*.knowledgeInitialResponseSingle"),
    any("settingsKnowledge.*.knowledgeNoMatch"),
    reference("settingsKnowledge.*.knowledgePath.targetTaskRef"),
    any("settingsKnowledge.*.knowledgePathMode"),
    any("settingsKnowledge.*.knowledgeSettingsMode"),
    any("settingsKnowledge.*.maxNumOfAnswersReturned"),
    word("settingsKnowledge.*.responseBias", &["neutral", "intents", "knowledge"]),
    any("settingsKnowledge.*.sendKnowledgeFeedback"),
    other("settingsNaturalLanguageUnderstanding.mutedUtterances"),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.language"),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.languageVersions"),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.intents.id"),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.intents.name"),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.intents.entityNameReferences",
    ),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.intents.utterances.id"),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.intents.utterances.segments.text",
    ),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.intents.utterances.segments.entity",
    ),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.entities.name"),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.entities.type"),
    other("settingsNaturalLanguageUnderstanding.nluDomainVersion.entityTypes.name"),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.entityTypes.description",
    ),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.entityTypes.mechanism.type",
    ),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.entityTypes.mechanism.restricted",
    ),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.entityTypes.mechanism.items.value",
    ),
    other(
        "settingsNaturalLanguageUnderstanding.nluDomainVersion.entityTypes.mechanism.items.synonyms",
    ),
    other("surveyForm.**"),
    any("settingsVoiceSurvey.surveyQuestions.surveyQuestion.text"),
    any("settingsVoiceSurvey.surveyQuestions.surveyQuestion.answerOptions.dtmf"),
    any("settingsVoiceSurvey.surveyQuestions.surveyQuestion.answerOptions.text"),
];

/// Sections whose settings are all known. Other sections may have further ones.
const CLOSED: &[&str] = &[
    "settingsActionDefaults",
    "settingsCommonModule",
    "settingsErrorHandling",
    "settingsInQueueCall",
    "settingsMenu",
    "settingsOutboundCall",
    "settingsPrompts",
    "settingsSpeechRec",
];

/// Whether a flow or a unit may have other settings at a path than the known ones.
pub(crate) fn is_open(path: &[&str]) -> bool {
    path.len() > 1 && path.first().is_some_and(|section| !CLOSED.contains(section))
}

/// Settings of menus, tasks and states.
const OF_UNIT: &[SettingSpec] = &[
    value("audio", Kind::Audio),
    reference("defaultChildMenuRef"),
    value("settingsMenu.extensionDialingMaxDelay", Kind::Duration),
    flag("settingsMenu.listenForExtensionDialing"),
    value("settingsMenu.menuSelectionTimeout", Kind::Duration),
    value("settingsMenu.repeatCount", Kind::Integer),
    value("settingsSpeechRec.completeMatchTimeout", Kind::Duration),
    value("settingsSpeechRec.incompleteMatchTimeout", Kind::Duration),
    value("settingsSpeechRec.maxSpeechLengthTimeout", Kind::Duration),
    value("settingsSpeechRec.minConfidenceLevel", Kind::Integer),
];

/// Settings of every action: its outputs.
pub(super) const OF_ACTION: &[SettingSpec] =
    &[flag("outputs.*.enabled"), other("outputs.*.actions")];

/// Settings of every choice of a menu.
pub(super) const OF_CHOICE: &[SettingSpec] = &[
    flag("globalSpeechRecTerms"),
    other("speechRecTerms.*.terms"),
    other("task.name"),
    other("task.refId"),
    other("task.actions"),
    other("task.variables.**"),
    other("task.outputPaths.**"),
];

/// Settings of flows by the first names of their paths, in the order of the table.
static SECTIONS: LazyLock<FxHashMap<&str, Vec<SettingSpec>>> = LazyLock::new(|| {
    let mut sections: FxHashMap<&str, Vec<SettingSpec>> = FxHashMap::default();
    for setting in OF_FLOW {
        sections.entry(setting.first()).or_default().push(*setting);
    }
    sections
});

/// Returns the settings of flows whose path begins with this name.
pub(super) fn of_section(first: &str) -> &'static [SettingSpec] {
    SECTIONS.get(first).map_or(&[], Vec::as_slice)
}

/// Returns the setting of a flow with this path.
pub(crate) fn flow_setting(path: &[&str]) -> Option<&'static SettingSpec> {
    of_section(path.first()?).iter().find(|setting| setting.is_at(path))
}

/// Returns the setting of a task, menu or state with this path.
pub(crate) fn unit_setting(path: &[&str]) -> Option<&'static SettingSpec> {
    OF_UNIT.iter().find(|setting| setting.is_at(path))
}

/// Returns the settings of flows.
pub(super) fn of_flow() -> &'static [SettingSpec] {
    OF_FLOW
}

/// Returns the settings of units.
pub(super) fn of_unit() -> &'static [SettingSpec] {
    OF_UNIT
}

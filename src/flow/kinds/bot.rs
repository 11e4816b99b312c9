//! Bots, and calls of them.

use super::operation::{Operation, QuestionKind, SideEffect};
use super::setting::{SettingSpec, any, flag, other, result, result_of, word};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

const ANSWERED: &[&str] = &["success", "failure", "timeout"];

/// Settings of questions.
const QUESTION: &[SettingSpec] = &[
    any("question"),
    any("questionCondition"),
    any("confirmationQuestion"),
    any("continuationPrompt"),
    any("customValidation"),
    any("noInput"),
    any("noMatch"),
    flag("customizeNoInput"),
    flag("customizeNoMatch"),
    other("noInputReprompts"),
    other("noMatchReprompts"),
    other("slot"),
    word("confirmationMode", &["always", "never"]),
    any("chooser.presentation"),
    other("chooser.carousel.**"),
    other("chooser.listPicker.**"),
    any("chooser.quickReplies.buttons.label"),
    any("chooser.quickReplies.buttons.type"),
    any("chooser.quickReplies.buttons.value"),
    result_of("selection", Kind::String),
    any("knowledgeSearchResult"),
    result("askResult"),
    result("resultData"),
];

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("askForAuthentication", Operation::External).outputs(&["failure"]),
    action("askForBoolean", Operation::Ask(QuestionKind::Boolean))
        .outputs(&["yes", "no", "maxNoInputs", "maxNoMatches"])
        .some_settings(QUESTION),
    action("askForIntent", Operation::Ask(QuestionKind::Intent))
        .class("AskForNLUIntentAction")
        .outputs(&["default", "knowledge", "noIntent", "maxNoInputs"])
        .some_settings(QUESTION),
    action("askForPayment", Operation::External),
    action("askForSlot", Operation::Ask(QuestionKind::Slot))
        .outputs(&["default", "maxNoInputs", "maxNoMatches"])
        .some_settings(QUESTION),
    action("callAgenticVirtualAgent", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("callAudioConnector", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("callBotConnector", Operation::External).outputs(&["failure"]),
    action("callBotFlow", Operation::CallFlow("botFlow"))
        .some_settings(&[
            any("inputText"),
            result_of("exitReason", Kind::String),
            result_of("intent", Kind::String),
            other("botFlow"),
            other("version"),
            any("inputs.*"),
        ])
        .lists_results(),
    action("callDialogEngineBot", Operation::External).outputs(&[
        "knowledge",
        "noIntent",
        "failure",
    ]),
    action("callDialogflowBot", Operation::External).outputs(&["failure"]),
    action("callDialogflowCxBot", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("callDigitalBotFlow", Operation::CallFlow("digitalBotFlow")).some_settings(&[
        any("inputText"),
        result_of("exitReason", Kind::String),
        result_of("intent", Kind::String),
        other("digitalBotFlow"),
        other("version"),
        any("inputs.*"),
    ]),
    action("callGuide", Operation::External).outputs(ANSWERED),
    action("callLexBot", Operation::External).outputs(&["failure"]),
    action("callLexV2Bot", Operation::External).outputs(&["failure"]),
    action("callNuanceMixBot", Operation::External).outputs(&["failure"]),
    action("callVoiceFlow", Operation::CallFlow("voiceFlow")),
    action("clearActiveIntent", Operation::Record(SideEffect::Intent)),
    action("clearSlot", Operation::ClearSlots),
    action("detectIntent", Operation::External).outputs(&["default"]),
    action("digitalMenu", Operation::Ask(QuestionKind::Choice))
        .outputs(&["maxNoInputs", "maxNoMatches"])
        .some_settings(QUESTION),
    action("setIntent", Operation::Record(SideEffect::Intent))
        .class("SetActiveIntentAction")
        .event("SetActiveIntent"),
    action("setSentiment", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("waitForInput", Operation::Ask(QuestionKind::Words)).outputs(&["default"]),
];

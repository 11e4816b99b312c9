//! Data actions, data tables, participant data and data of the platform.

use super::operation::{LocalKind, LookupKind, Operation, SideEffect};
use super::setting::{
    SettingForm, SettingSpec, any, other, result, result_of, setting, value, word,
};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};
use crate::expr::architect::BuiltInId;
use crate::value::Kind;

const EXTERNAL_TAG: BuiltInId = BuiltInId::of("Call.ExternalTag");
const UUI_DATA: BuiltInId = BuiltInId::of("Call.UUIData");

/// The outputs of an action that fails.
pub(super) const ERROR_TYPE: SettingSpec =
    result_of("failureOutputs.errorType", Kind::String);
pub(super) const ERROR_MESSAGE: SettingSpec =
    result_of("failureOutputs.errorMessage", Kind::String);

const ANSWERED: &[&str] = &["success", "failure", "timeout"];

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("addFlowMilestone", Operation::NOTED)
        .some_settings(&[other("flowMilestone.name"), other("flowOutcome.name")]),
    action("callBridge", Operation::External).class("BridgeServerAction"),
    action("callData", Operation::Lookup(LookupKind::DataAction))
        .class("DataAction")
        .outputs(ANSWERED)
        .settings(&[
            other("category"),
            setting("dataAction", SettingForm::DataAction),
            value("timeout", Kind::Duration),
            any("processingPrompt"),
            any("inputs.*"),
            result("successOutputs.*"),
            result("failureOutputs.*"),
        ])
        .lists_results(),
    action("callDataSecure", Operation::Lookup(LookupKind::DataAction))
        .class("SecureAction")
        .outputs(ANSWERED)
        .settings(&[
            other("category"),
            setting("dataAction", SettingForm::DataAction),
            value("timeout", Kind::Duration),
            any("processingPrompt"),
            any("inputs.*"),
            result("successOutputs.*"),
            result("failureOutputs.*"),
        ]),
    action("callDecisionTable", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("dataTableLookup", Operation::Lookup(LookupKind::DataTable))
        .outputs(&["found", "notFound", "failure"])
        .settings(&[
            setting("dataTable", SettingForm::DataTable),
            setting("foundOutputs", SettingForm::Columns),
            result("foundOutputs.*"),
            value("lookupValue", Kind::String),
            ERROR_TYPE,
            ERROR_MESSAGE,
        ])
        .lists_results(),
    action("decryptData", Operation::Local(LocalKind::Decrypt))
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[any("dataToDecrypt"), result_of("decryptedData", Kind::Json)]),
    action("enableParticipantRecord", Operation::NOTED).settings(&[]),
    action("encryptData", Operation::Local(LocalKind::Encrypt))
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[any("dataToEncrypt"), result_of("encryptedData", Kind::String)]),
    action("extractSecureData", Operation::UpdateData).some_settings(&[
        result("statements.<type>.variable"),
        setting("statements.<type>.value", SettingForm::Statement),
    ]),
    action("getConversationData", Operation::GetConversationData)
        .outputs(&["found", "notFound", "failure"])
        .settings(&[
            value("conversationId", Kind::String),
            value("participantId", Kind::String),
            value("attributes.attribute.name", Kind::String),
            result_of("attributes.attribute.variable", Kind::String),
            ERROR_TYPE,
            ERROR_MESSAGE,
        ]),
    action("getParticipantData", Operation::GetParticipantData)
        .class("GetAttributesAction")
        .settings(&[
            value("attributes.attribute.name", Kind::String),
            result_of("attributes.attribute.variable", Kind::String),
        ])
        .lists_results(),
    action("getRawSIPHeaders", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("getSIPHeaders", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("getSecuredData", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("initializeFlowOutcome", Operation::NOTED)
        .some_settings(&[other("flowOutcome.name")]),
    action("setConversationData", Operation::SetConversationData)
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[
            value("conversationId", Kind::String),
            value("participantId", Kind::String),
            value("attributes.attribute.name", Kind::String),
            value("attributes.attribute.value", Kind::String),
            ERROR_TYPE,
            ERROR_MESSAGE,
        ]),
    action(
        "setExternalTag",
        Operation::Record(SideEffect::BuiltIn(EXTERNAL_TAG, "externalTag")),
    )
    .outputs(SUCCESS_OR_FAILURE)
    .some_settings(&[value("externalTag", Kind::String)])
    .lists_results(),
    action("setFlowOutcome", Operation::NOTED).some_settings(&[
        other("flowOutcome.name"),
        word("flowOutcomeValue", &["SUCCESS", "FAILURE"]),
    ]),
    action("setParticipantData", Operation::SetParticipantData)
        .class("SetAttributesAction")
        .settings(&[
            value("attributes.attribute.name", Kind::String),
            value("attributes.attribute.value", Kind::String),
        ]),
    action("setSecuredData", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("setUUIData", Operation::Record(SideEffect::BuiltIn(UUI_DATA, "uuiData")))
        .some_settings(&[any("uuiData"), word("mode", &["transfer", "disconnect"])]),
];

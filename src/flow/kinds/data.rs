//! Data actions, data tables, participant data and data of the platform.

use super::operation::{LocalKind, LookupKind, Operation, SideEffect};
use super::setting::{SettingForm, setting, value};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};
use crate::expr::architect::BuiltInId;
use crate::value::Kind;

const EXTERNAL_TAG: BuiltInId = BuiltInId::of("Call.ExternalTag");
const UUI_DATA: BuiltInId = BuiltInId::of("Call.UUIData");

const ANSWERED: &[&str] = &["success", "failure", "timeout"];

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("addFlowMilestone", Operation::NOTED),
    action("callBridge", Operation::External).class("BridgeServerAction"),
    action("callData", Operation::Lookup(LookupKind::DataAction))
        .class("DataAction")
        .outputs(ANSWERED)
        .settings(&[
            setting("dataAction", SettingForm::DataAction),
            value("timeout", Kind::Duration),
        ])
        .lists_results(),
    action("callDataSecure", Operation::Lookup(LookupKind::DataAction))
        .class("SecureAction")
        .outputs(ANSWERED)
        .settings(&[setting("dataAction", SettingForm::DataAction)]),
    action("callDecisionTable", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("dataTableLookup", Operation::Lookup(LookupKind::DataTable))
        .outputs(&["found", "notFound", "failure"])
        .settings(&[
            setting("dataTable", SettingForm::DataTable),
            setting("foundOutputs", SettingForm::Columns),
            value("lookupValue", Kind::String),
        ])
        .lists_results(),
    action("decryptData", Operation::Local(LocalKind::Decrypt))
        .outputs(SUCCESS_OR_FAILURE),
    action("enableParticipantRecord", Operation::NOTED),
    action("encryptData", Operation::Local(LocalKind::Encrypt))
        .outputs(SUCCESS_OR_FAILURE),
    action("extractSecureData", Operation::UpdateData)
        .settings(&[setting("statements.*.value", SettingForm::Statement)]),
    action("getConversationData", Operation::GetConversationData)
        .outputs(&["found", "notFound", "failure"]),
    action("getParticipantData", Operation::GetParticipantData)
        .class("GetAttributesAction")
        .settings(&[value("attributes.attribute.name", Kind::String)])
        .lists_results(),
    action("getRawSIPHeaders", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("getSIPHeaders", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("getSecuredData", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("initializeFlowOutcome", Operation::NOTED),
    action("setConversationData", Operation::SetConversationData)
        .outputs(SUCCESS_OR_FAILURE),
    action(
        "setExternalTag",
        Operation::Record(SideEffect::BuiltIn(EXTERNAL_TAG, "externalTag")),
    )
    .outputs(SUCCESS_OR_FAILURE)
    .lists_results(),
    action("setFlowOutcome", Operation::NOTED),
    action("setParticipantData", Operation::SetParticipantData)
        .class("SetAttributesAction")
        .settings(&[
            value("attributes.attribute.name", Kind::String),
            value("attributes.attribute.value", Kind::String),
        ]),
    action("setSecuredData", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("setUUIData", Operation::Record(SideEffect::BuiltIn(UUI_DATA, "uuiData"))),
];

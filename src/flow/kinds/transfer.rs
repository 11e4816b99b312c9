//! Transfers to queues, people, numbers and flows.

use super::data::{ERROR_MESSAGE, ERROR_TYPE};
use super::operation::Operation;
use super::operation::TransferKind::{Flow, Group, Number, SecureFlow, User, Voicemail};
use super::setting::{SettingForm, SettingSpec, any, flag, other, setting, value};
use super::spec::{ActionSpec, action};
use crate::value::Kind;

/// Starts the entry of a transfer.
const fn transfer(
    name: &'static str,
    operation: Operation,
    settings: &'static [SettingSpec],
) -> ActionSpec {
    action(name, operation).outputs(&["failure"]).settings(settings)
}

const PRE: SettingSpec = value("preTransferAudio", Kind::Audio);
const FAILURE: SettingSpec = value("failureTransferAudio", Kind::Audio);
const FLOW: SettingSpec = other("targetFlow.name");
const CONNECT_TIMEOUT: SettingSpec = value("connectTimeout", Kind::Duration);

const TO_ACD: ActionSpec = transfer(
    "transferToAcd",
    Operation::TransferToAcd,
    &[
        PRE,
        FAILURE,
        value("targetQueue", Kind::Queue),
        setting("targetQueues.**", SettingForm::Object(Kind::Queue)),
        value("priority", Kind::Integer),
        setting("languageSkill", SettingForm::Object(Kind::LanguageSkill)),
        setting("acdSkills", SettingForm::Object(Kind::Skill)),
        setting("acdSkills.acdSkill", SettingForm::Object(Kind::Skill)),
        setting("acdSkills.acdSkill.skill", SettingForm::Object(Kind::Skill)),
        any("acdSkills.acdSkill.value"),
        setting("directAgent", SettingForm::Object(Kind::User)),
        setting("preferredAgents.**", SettingForm::Object(Kind::User)),
        flag("appendSkills"),
        other("overrideInQueueFlow.name"),
        any("preTransferCommunication"),
        any("failureTransferCommunication"),
        ERROR_TYPE,
        ERROR_MESSAGE,
    ],
)
.class("TransferPureMatchAction")
.turn("PreTransfer.ACD.Transfer.Action");

const TO_FLOW: ActionSpec = transfer(
    "transferToFlow",
    Operation::Transfer(Flow),
    &[PRE, FAILURE, FLOW, ERROR_TYPE, ERROR_MESSAGE],
)
.class("TransferFlowAction")
.event("TransferFlow")
.turn("PreTransfer.Flow.Transfer.Action");

const TO_SECURE_FLOW: ActionSpec = transfer(
    "transferToFlowSecure",
    Operation::Transfer(SecureFlow),
    &[
        PRE,
        FAILURE,
        FLOW,
        CONNECT_TIMEOUT,
        any("invocationData"),
        ERROR_TYPE,
        ERROR_MESSAGE,
    ],
)
.class("TransferFlowSecureAction")
.event("TransferFlowSecure")
.turn("PreTransfer.SecureFlow.Transfer.Action");

const TO_GROUP: ActionSpec = transfer(
    "transferToGroup",
    Operation::Transfer(Group),
    &[
        PRE,
        FAILURE,
        setting("targetGroup", SettingForm::Object(Kind::Group)),
        flag("allowVoicemailRollover"),
        CONNECT_TIMEOUT,
        ERROR_TYPE,
        ERROR_MESSAGE,
    ],
)
.class("TransferGroupAction")
.event("TransferGroup")
.turn("PreTransfer.Group.Transfer.Action");

const TO_NUMBER: ActionSpec = transfer(
    "transferToNumber",
    Operation::Transfer(Number),
    &[
        PRE,
        FAILURE,
        any("targetNumber"),
        flag("releaseLinkTransfer"),
        CONNECT_TIMEOUT,
        ERROR_TYPE,
        ERROR_MESSAGE,
    ],
)
.class("TransferExternalAction")
.event("TransferExternal")
.turn("PreTransfer.External.Transfer.Action");

const TO_USER: ActionSpec = transfer(
    "transferToUser",
    Operation::Transfer(User),
    &[
        PRE,
        FAILURE,
        setting("targetUser", SettingForm::Object(Kind::User)),
        flag("alertOnTransfer"),
        flag("allowVoicemailRollover"),
        CONNECT_TIMEOUT,
        ERROR_TYPE,
        ERROR_MESSAGE,
    ],
)
.class("TransferUserAction")
.event("TransferUser")
.turn("PreTransfer.User.Transfer.Action");

const TO_VOICEMAIL: ActionSpec = transfer(
    "transferToVoicemail",
    Operation::Transfer(Voicemail),
    &[
        PRE,
        FAILURE,
        setting("targetQueue", SettingForm::Object(Kind::Queue)),
        setting("targetUser", SettingForm::Object(Kind::User)),
        setting("targetGroup", SettingForm::Object(Kind::Group)),
        setting("destination.queue.targetQueue", SettingForm::Object(Kind::Queue)),
        setting("destination.user.targetUser", SettingForm::Object(Kind::User)),
        setting("destination.group.targetGroup", SettingForm::Object(Kind::Group)),
        any("destination.queue.callbackNumber"),
        any("destination.queue.calleeName"),
        any("destination.queue.voicemailGreeting"),
        any("destination.queue.callbackScript.*.inputs.*"),
        any("destination.user.callbackNumber"),
        any("destination.user.calleeName"),
        any("destination.user.voicemailGreeting"),
        any("destination.user.callbackScript.*.inputs.*"),
        any("destination.group.callbackNumber"),
        any("destination.group.calleeName"),
        any("destination.group.voicemailGreeting"),
        any("destination.group.callbackScript.*.inputs.*"),
        any("callbackNumber"),
        any("calleeName"),
        any("voicemailGreeting"),
        any("callbackScript.*.inputs.*"),
        ERROR_TYPE,
        ERROR_MESSAGE,
    ],
)
.class("TransferVoicemailAction")
.event("TransferVoicemail")
.turn("PreTransfer.Voicemail.Transfer.Action");

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    TO_ACD.lists_results(),
    TO_ACD.choice("menuTransferToAcd"),
    TO_FLOW,
    TO_FLOW.choice("menuTransferToFlow"),
    TO_SECURE_FLOW,
    TO_SECURE_FLOW.choice("menuTransferToFlowSecure"),
    TO_GROUP,
    TO_GROUP.choice("menuTransferToGroup"),
    TO_NUMBER,
    TO_NUMBER.choice("menuTransferToNumber"),
    TO_USER,
    TO_USER.choice("menuTransferToUser"),
    TO_VOICEMAIL,
    TO_VOICEMAIL.choice("menuTransferToVoicemail"),
];

//! Callers who wait in a queue, and what agents need to know of them.

use super::data::{ERROR_MESSAGE, ERROR_TYPE};
use super::operation::{Operation, SideEffect};
use super::setting::{SettingForm, any, flag, setting, value, word};
use super::spec::{ActionSpec, FOUND_OR_NOT, SUCCESS_OR_FAILURE, action};
use crate::expr::architect::BuiltInId;
use crate::value::Kind;

const WRAPUP_CODE: BuiltInId = BuiltInId::of("Flow.WrapupCode");

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("clearUtilizationLabel", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("createCallback", Operation::CreateCallback).settings(&[
        setting("queue", SettingForm::Object(Kind::Queue)),
        value("callbackNumber", Kind::PhoneNumber),
        any("calleeName"),
        any("callbackScript.*.inputs.*"),
    ]),
    action("findUtilizationLabel", Operation::External).outputs(FOUND_OR_NOT),
    action("holdMusic", Operation::HoldMusic).settings(&[
        any("prompt"),
        flag("bargeInEnabled"),
        flag("playStyle.entirePrompt"),
        value("playStyle.duration", Kind::Duration),
        value("playStyle.playForDuration", Kind::Duration),
        value("playDuration", Kind::Duration),
    ]),
    action("playEstimatedWaitTime", Operation::EstimatedWaitTime).settings(&[
        value("estimatedWaitTime", Kind::Duration),
        value("roundingInterval", Kind::Duration),
        value("specificRoundingIntervals", Kind::Duration),
        any("paddingInterval"),
        word("playbackMode", &["about", "exact", "lessThan", "range"]),
    ]),
    action("playPositionInQueue", Operation::PositionInQueue).settings(&[
        value("positionInQueue", Kind::Integer),
        word("playbackMode", &["ahead", "number", "ordinal"]),
    ]),
    action("setPriority", Operation::REQUIREMENTS)
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[value("priority", Kind::Integer), ERROR_TYPE, ERROR_MESSAGE]),
    action("setScreenPop", Operation::NOTED)
        .class("ScreenPopAction")
        .event("ScreenPop")
        .settings(&[any("screenPopScript.*.inputs.*")]),
    action("setSkills", Operation::REQUIREMENTS)
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[
            ERROR_TYPE,
            ERROR_MESSAGE,
            setting("acdSkills", SettingForm::Object(Kind::Skill)),
            setting("acdSkills.acdSkill", SettingForm::Object(Kind::Skill)),
            setting("acdSkills.acdSkill.skill", SettingForm::Object(Kind::Skill)),
            any("acdSkills.acdSkill.value"),
            setting("languageSkill", SettingForm::Object(Kind::LanguageSkill)),
        ]),
    action("setUtilizationLabel", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("setWhisperAudio", Operation::SetWhisperAudio)
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[value("whisperAudio", Kind::Audio), ERROR_TYPE, ERROR_MESSAGE]),
    action(
        "setWrapupCode",
        Operation::Record(SideEffect::BuiltIn(WRAPUP_CODE, "wrapupCode")),
    )
    .outputs(SUCCESS_OR_FAILURE)
    .settings(&[
        setting("wrapupCode", SettingForm::Object(Kind::WrapupCode)),
        ERROR_TYPE,
        ERROR_MESSAGE,
    ]),
];

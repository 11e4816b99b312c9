//! Callers who wait in a queue, and what agents need to know of them.

use super::operation::Operation;
use super::setting::{SettingForm, setting, value};
use super::spec::{ActionSpec, FOUND_OR_NOT, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("clearUtilizationLabel", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("createCallback", Operation::CreateCallback)
        .settings(&[setting("queue.**", SettingForm::Object(Kind::Queue))]),
    action("findUtilizationLabel", Operation::External).outputs(FOUND_OR_NOT),
    action("holdMusic", Operation::HoldMusic)
        .settings(&[value("playDuration", Kind::Duration)]),
    action("playEstimatedWaitTime", Operation::EstimatedWaitTime).settings(&[
        value("estimatedWaitTime", Kind::Duration),
        value("roundingInterval", Kind::Duration),
    ]),
    action("playPositionInQueue", Operation::PositionInQueue)
        .settings(&[value("positionInQueue", Kind::Integer)]),
    action("setPriority", Operation::REQUIREMENTS)
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[value("priority", Kind::Integer)]),
    action("setScreenPop", Operation::NOTED).class("ScreenPopAction").event("ScreenPop"),
    action("setSkills", Operation::REQUIREMENTS).outputs(SUCCESS_OR_FAILURE).settings(&[
        setting("acdSkills.**", SettingForm::Object(Kind::Skill)),
        setting("languageSkill", SettingForm::Object(Kind::LanguageSkill)),
    ]),
    action("setUtilizationLabel", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("setWhisperAudio", Operation::SetWhisperAudio).outputs(SUCCESS_OR_FAILURE),
    action("setWrapupCode", Operation::NOTED)
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[setting("wrapupCode", SettingForm::Object(Kind::WrapupCode))]),
];

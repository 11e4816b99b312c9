//! Decisions, loops, variables and schedules.

use super::operation::{LookupKind, Operation, QuestionKind};
use super::setting::{
    SettingForm, any, flag, other, result, result_of, results_of, setting, value, word,
};
use super::spec::{ActionSpec, action};
use crate::value::Kind;

const SCHEDULE: SettingForm = SettingForm::Object(Kind::Schedule);
const EMERGENCY: SettingForm = SettingForm::Object(Kind::EmergencyGroup);

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("decision", Operation::Decision)
        .outputs(&["yes", "no"])
        .settings(&[value("condition", Kind::Boolean)]),
    action("evaluateSchedule", Operation::Lookup(LookupKind::Schedule))
        .outputs(&["active", "inactive"])
        .settings(&[
            flag("evaluate.now"),
            any("evaluate.dateTime"),
            any("scheduleTimeZone"),
            other("evaluationTimeZone"),
            setting("schedule", SCHEDULE),
            setting("selectedSchedule", SCHEDULE),
            setting("emergencyGroup", EMERGENCY),
            flag("evaluationType.schedule.evaluate.now"),
            any("evaluationType.schedule.evaluate.dateTime"),
            any("evaluationType.schedule.scheduleTimeZone"),
            other("evaluationType.schedule.evaluationTimeZone"),
            other("evaluationType.schedule.name"),
            setting("evaluationType.schedule.schedule", SCHEDULE),
            setting("evaluationType.schedule.selectedSchedule", SCHEDULE),
            flag("evaluationType.emergencyGroup.evaluate.now"),
            any("evaluationType.emergencyGroup.evaluate.dateTime"),
            other("evaluationType.emergencyGroup.name"),
            setting("evaluationType.emergencyGroup.emergencyGroup", EMERGENCY),
            setting("evaluationType.emergencyGroup.selectedEmergencyGroup", EMERGENCY),
        ]),
    action("evaluateScheduleGroup", Operation::Lookup(LookupKind::ScheduleGroup))
        .outputs(&["open", "closed", "holiday", "emergency"])
        .settings(&[
            flag("evaluate.now"),
            any("evaluate.dateTime"),
            results_of("inServiceSchedules", Kind::String),
            value("scheduleGroup", Kind::ScheduleGroup),
            value("emergencyGroup", Kind::EmergencyGroup),
        ]),
    action("loop", Operation::Loop)
        .outputs(&["loop", "default"])
        .settings(&[
            result_of("currentIndex", Kind::Integer),
            value("loopCount", Kind::Integer),
        ])
        .lists_results(),
    action("loopAnythingElse", Operation::Ask(QuestionKind::AnythingElse))
        .class("AskForNLUNextIntentAction")
        .outputs(&["loop", "default"])
        .some_settings(&[
            result_of("currentIndex", Kind::Integer),
            any("question"),
            any("noInput"),
            any("noMatch"),
            other("noInputReprompts"),
            other("noMatchReprompts"),
        ]),
    action("loopExit", Operation::LoopExit).class("ExitLoopAction").settings(&[]),
    action("loopNext", Operation::LoopNext).class("NextLoopAction").settings(&[]),
    action("loopUntil", Operation::LoopUntil)
        .outputs(&["loop", "default"])
        .settings(&[
            result_of("currentIndex", Kind::Integer),
            value("maxLoopCount", Kind::Integer),
            other("untilCases.**"),
        ])
        .lists_results(),
    action("switch", Operation::Switch).outputs(&["default"]).settings(&[
        word("style", &["firstMatch", "firstTrue"]),
        other("type"),
        any("value"),
        other("evaluate.**"),
    ]),
    action("updateData", Operation::UpdateData).class("UpdateVariableAction").settings(
        &[
            result("statements.<type>.variable"),
            setting("statements.<type>.value", SettingForm::Statement),
        ],
    ),
    action("wait", Operation::Lookup(LookupKind::Wait)).settings(&[
        value("duration", Kind::Duration),
        flag("trimDurationNearMaxRunningTime"),
    ]),
];

//! Decisions, loops, variables and schedules.

use super::operation::{LookupKind, Operation};
use super::setting::{SettingForm, setting, value};
use super::spec::{ActionSpec, action};
use crate::value::Kind;

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("decision", Operation::Decision)
        .outputs(&["yes", "no"])
        .settings(&[value("condition", Kind::Boolean)]),
    action("evaluateSchedule", Operation::Lookup(LookupKind::Schedule))
        .outputs(&["active", "inactive"])
        .settings(&[
            setting("schedule", SettingForm::Object(Kind::Schedule)),
            setting("selectedSchedule", SettingForm::Object(Kind::Schedule)),
            setting("emergencyGroup", SettingForm::Object(Kind::EmergencyGroup)),
            setting("evaluationType.*.schedule", SettingForm::Object(Kind::Schedule)),
            setting(
                "evaluationType.*.selectedSchedule",
                SettingForm::Object(Kind::Schedule),
            ),
            setting(
                "evaluationType.*.emergencyGroup",
                SettingForm::Object(Kind::EmergencyGroup),
            ),
        ]),
    action("evaluateScheduleGroup", Operation::Lookup(LookupKind::ScheduleGroup))
        .outputs(&["open", "closed", "holiday", "emergency"])
        .settings(&[
            value("scheduleGroup", Kind::ScheduleGroup),
            value("emergencyGroup", Kind::EmergencyGroup),
        ]),
    action("loop", Operation::Loop)
        .outputs(&["loop", "default"])
        .settings(&[value("loopCount", Kind::Integer)])
        .lists_results(),
    action("loopAnythingElse", Operation::External).outputs(&["loop"]),
    action("loopExit", Operation::LoopExit).class("ExitLoopAction"),
    action("loopNext", Operation::LoopNext).class("NextLoopAction"),
    action("loopUntil", Operation::LoopUntil)
        .outputs(&["loop", "default"])
        .settings(&[value("maxLoopCount", Kind::Integer)])
        .lists_results(),
    action("switch", Operation::Switch).outputs(&["default"]),
    action("updateData", Operation::UpdateData)
        .class("UpdateVariableAction")
        .settings(&[setting("statements.*.value", SettingForm::Statement)]),
    action("wait", Operation::Lookup(LookupKind::Wait))
        .settings(&[value("duration", Kind::Duration)]),
];

//! Opening hours. Calls start on Monday, 5 January 2026, at 9:00 UTC.

use flowsim::trace::Field;

use super::support::{Run, call_flow, run, stage};

const HOURS: &str = "schedules:
  Morning: {start: 2026-01-05T08:00, end: 2026-01-05T12:00, rrule: FREQ=DAILY}
  Noon: {start: 2026-01-05T12:00, end: 2026-01-05T13:00, rrule: FREQ=DAILY}
  New Year: {start: 2026-01-01T00:00, end: 2026-01-02T00:00, rrule: FREQ=YEARLY}
  Some day:
scheduleGroups:
  Support: {openSchedules: [Morning, Noon], closedSchedules: [Noon], holidaySchedules: [New Year]}
  Unclear:
emergencyGroups:
  Fire: {enabled: true}
  Flood: {enabled: false}";

fn schedule(settings: &str) -> String {
    let action =
        format!("- evaluateSchedule: {{name: It, evaluationType: {{{settings}}}}}");
    call_flow(&[], &action)
}

fn evaluate(settings: &str) -> Run {
    run(&schedule(settings), HOURS, &[])
}

#[test]
fn a_schedule_is_active_or_not() {
    for (settings, output) in [
        (
            "selectedSchedule: {lit: {name: Morning}, name: Morning}, evaluate: {now: true}",
            "active",
        ),
        ("selectedSchedule: {lit: {name: morning}}", "active"),
        ("selectedSchedule: {lit: {name: Noon}}, evaluate: {now: true}", "inactive"),
        (
            "selectedSchedule: {lit: {name: Noon}}, \
             evaluate: {dateTime: {exp: 'ToDateTime(\"2026-01-05T12:30:00.000Z\")'}}",
            "active",
        ),
        (
            "selectedSchedule: {lit: {name: Noon}}, evaluationTimeZone: Africa/Nairobi, \
             scheduleTimeZone: {lit: Africa/Nairobi}",
            "active",
        ),
    ] {
        let run = evaluate(&format!("schedule: {{{settings}}}"));
        assert_eq!(run.output("It"), output, "{settings}");
        assert_eq!(run.codes(), Vec::<&str>::new(), "{settings}");
    }
}

#[test]
fn an_emergency_group_is_active_or_not() {
    for (name, output) in [("Fire", "active"), ("Flood", "inactive")] {
        let run = evaluate(&format!("emergencyGroup: {{lit: {{name: {name}}}}}"));
        assert_eq!(run.output("It"), output, "{name}");
    }
}

#[test]
fn what_nobody_knows_is_the_rule() {
    for (settings, output) in [
        ("schedule: {selectedSchedule: {lit: {name: Nights}}}", "active"),
        ("schedule: {selectedSchedule: {lit: {name: Some day}}}", "active"),
        ("emergencyGroup: {lit: {name: Storm}}", "inactive"),
    ] {
        let run = evaluate(settings);
        assert_eq!(run.output("It"), output, "{settings}");
        assert_eq!(run.codes(), ["SCHEDULE_NOT_CHECKED"], "{settings}");
        let strict = stage(schedule(settings)).world(HOURS).strict().run();
        assert_eq!(strict.output("It"), "error", "{settings}");
        assert_eq!(strict.codes(), ["SCHEDULE_NOT_CHECKED"], "{settings}");
    }
}

#[test]
fn not_set_is_an_error() {
    for (settings, code) in [
        ("selectedSchedule: {noValue: true}", "NOT_SET_NOT_ALLOWED"),
        (
            "selectedSchedule: {lit: {name: Noon}}, scheduleTimeZone: {exp: ToString(NOT_SET)}",
            "NOT_SET_NOT_ALLOWED",
        ),
        (
            "selectedSchedule: {lit: {name: Noon}}, evaluate: {dateTime: {exp: ToDateTime(NOT_SET)}}",
            "NOT_SET_NOT_ALLOWED",
        ),
        (
            "selectedSchedule: {lit: {name: Noon}}, scheduleTimeZone: {lit: Berlin}",
            "CONVERSION_FAILED",
        ),
    ] {
        let run = evaluate(&format!("schedule: {{{settings}}}"));
        assert_eq!((run.output("It"), run.codes()), ("error", vec![code]), "{settings}");
    }
}

fn group(settings: &str) -> String {
    let action = format!(
        "- evaluateScheduleGroup: {{name: It, inServiceSchedules: {{var: Flow.names}}, {settings}}}"
    );
    call_flow(&["stringCollection names"], &action)
}

#[test]
fn a_schedule_group_has_four_states() {
    let at =
        |time: &str| format!("evaluate: {{dateTime: {{exp: 'ToDateTime(\"{time}\")'}}}}");
    let support = "scheduleGroup: {lit: {name: Support}}";
    for (settings, output, active) in [
        (format!("{support}, evaluate: {{now: true}}"), "open", "[\"Morning\"]"),
        (
            format!("{support}, {}", at("2026-01-05T12:30:00.000Z")),
            "closed",
            "[\"Noon\"]",
        ),
        (format!("{support}, {}", at("2026-01-05T20:00:00.000Z")), "closed", "[]"),
        (
            format!("{support}, {}", at("2027-01-01T09:00:00.000Z")),
            "holiday",
            "[\"New Year\",\"Morning\"]",
        ),
    ] {
        let run = run(&group(&settings), HOURS, &[]);
        assert_eq!(run.output("It"), output, "{settings}");
        assert_eq!(run.variable("Flow.names"), active, "{settings}");
        assert_eq!(run.codes(), Vec::<&str>::new(), "{settings}");
    }
}

/// Without a schedule group it is closed, unless there is an emergency.
#[test]
fn an_emergency_comes_first() {
    for (group_setting, emergency, output, active) in [
        ("{lit: {name: Support}}", "Fire", "emergency", "[\"Morning\"]"),
        ("{lit: {name: Support}}", "Flood", "open", "[\"Morning\"]"),
        ("{exp: ToScheduleGroup(NOT_SET)}", "Flood", "closed", "[]"),
        ("{exp: ToScheduleGroup(NOT_SET)}", "Fire", "emergency", "[]"),
    ] {
        let settings = format!(
            "scheduleGroup: {group_setting}, emergencyGroup: {{lit: {{name: {emergency}}}}}"
        );
        let run = run(&group(&settings), HOURS, &[]);
        assert_eq!(run.output("It"), output, "{settings}");
        assert_eq!(run.variable("Flow.names"), active, "{settings}");
        assert_eq!(run.codes(), Vec::<&str>::new(), "{settings}");
    }
}

#[test]
fn a_group_that_nobody_knows_is_open() {
    for (settings, output) in [
        ("scheduleGroup: {lit: {name: Unclear}}", "open"),
        (
            "scheduleGroup: {lit: {name: Other}}, emergencyGroup: {lit: {name: Fire}}",
            "emergency",
        ),
        (
            "scheduleGroup: {lit: {name: Support}}, emergencyGroup: {lit: {name: Storm}}",
            "open",
        ),
    ] {
        let known = run(&group(settings), HOURS, &[]);
        assert_eq!(known.output("It"), output, "{settings}");
        let is_noted = output != "emergency";
        assert_eq!(known.codes().len(), usize::from(is_noted), "{settings}");
        let strict = stage(group(settings)).world(HOURS).strict().run();
        let output = if is_noted { "error" } else { output };
        assert_eq!(strict.output("It"), output, "{settings}");
    }
    let run = run(&group("scheduleGroup: {lit: {name: Support}}"), HOURS, &[]);
    let facts = run.values(Field::ScheduleGroup);
    assert!(facts[0].contains("\"name\":\"Support\""), "{facts:?}");
}

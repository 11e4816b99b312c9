//! A main line: opening hours, languages, a menu with a menu below it, voicemail.

use super::support::{Caller, call};

/// Tuesday, nine in the morning at the clinic.
const MORNING: &str = "2026-03-10T14:00:00Z";

fn clinic(time: &str) -> Caller {
    call("alder-clinic", "Alder Clinic Main Line").at(time).with("from", "+15557770100")
}

#[test]
fn the_clock_decides_whether_the_clinic_is_open() {
    for (time, hours) in [
        ("2026-03-10T12:59:59Z", "closed"),
        ("2026-03-10T13:00:00Z", "open"),
        ("2026-03-10T17:30:00Z", "closed"),
        ("2026-03-10T18:00:00Z", "open"),
        ("2026-03-10T22:30:00Z", "closed"),
        // Winter: an hour later in UTC.
        ("2026-01-06T13:59:59Z", "closed"),
        ("2026-01-06T14:00:00Z", "open"),
        // A Saturday, a Sunday, New Year's Day.
        ("2026-03-14T14:00:00Z", "open"),
        ("2026-03-14T17:00:00Z", "closed"),
        ("2026-03-15T15:00:00Z", "closed"),
        ("2027-01-01T16:00:00Z", "holiday"),
    ] {
        let run = clinic(time).does(&["hangup"]).run();
        assert_eq!(run.variable("Flow.Hours"), hours, "{time}");
        assert_eq!(run.end(), "error CALLER_HUNG_UP", "{time}");
    }
}

#[test]
fn a_menu_below_the_menu_leads_to_the_appointments() {
    let run = clinic(MORNING).does(&["1", "1", "1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Clinic Appointments [] 5"));
    assert_eq!(run.output("Main Menu"), Some("Appointments"));
    assert_eq!(run.output("Appointments 2"), Some("Book or move"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn spanish_is_spoken_to_those_who_choose_it() {
    let run = clinic(MORNING).does(&["2", "3", "2"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.Language"), "es-us");
    // Nobody in the pharmacy speaks Spanish, so the menu goes on.
    assert_eq!(run.variable("Flow.TransferError"), "SKILL_MISMATCH");
    assert_eq!(run.routing().as_deref(), Some("Clinic Reception [Front Desk Spanish] 0"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn the_default_choices_take_callers_who_are_silent_to_the_reception() {
    let run = clinic(MORNING).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Clinic Reception [Front Desk] 0"));
    assert_eq!(run.output("Language"), Some("English"));
    assert_eq!(run.output("Main Menu"), Some("Reception"));
    // Twice the language, three times the main menu, six seconds each.
    assert_eq!(run.trace.elapsed_ms, 30_000);
    insta::assert_snapshot!(run.text());
}

#[test]
fn the_reception_is_a_choice_everywhere() {
    let run = clinic(MORNING).does(&["2", "1", "0"]).run();
    assert_eq!(run.output("Appointments 2"), Some("Reception"));
    assert_eq!(run.routing().as_deref(), Some("Clinic Reception [Front Desk Spanish] 0"));
}

#[test]
fn there_is_a_way_back_and_a_way_to_hear_it_again() {
    let run = clinic(MORNING).does(&["1", "1", "*", "9", "7", "0"]).run();
    let menu = "For appointments, press 1. For the pharmacy, 2. \
                For visiting hours, 3. For the reception, 0.";
    // At first, after the way back, again, and after a key that is no choice.
    assert_eq!(run.said().iter().filter(|text| **text == menu).count(), 4);
    assert_eq!(run.last(), "To the reception");
}

#[test]
fn a_reception_that_takes_no_call_has_a_mailbox() {
    let nobody =
        "queues: [{id: q-reception, name: Clinic Reception, agents: [{name: Ada}]}]";
    let run = clinic(MORNING).but(nobody).does(&["1", "0", "1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.output("To the reception"), Some("failure"));
    assert_eq!(run.variable("Flow.TransferError"), "SKILL_MISMATCH");
    assert_eq!(run.transfer().as_deref(), Some("voicemail Clinic Reception"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn at_night_there_is_a_mailbox() {
    let night = "2026-03-11T02:00:00Z";
    let run = clinic(night).does(&["1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.transfer().as_deref(), Some("voicemail Clinic Reception"));
    insta::assert_snapshot!(run.text());
    let run = clinic(night).does(&["2"]).run();
    assert_eq!((run.last(), run.transfer()), ("Disconnect", None));
    let run = clinic(night).run();
    assert_eq!((run.last(), run.trace.elapsed_ms), ("Disconnect", 4_000));
}

#[test]
fn on_a_holiday_its_name_is_told() {
    let run = clinic("2027-01-01T16:00:00Z").run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.Hours"), "holiday");
    assert_eq!(run.said()[1], "We are closed for New Year's Day.");
}

#[test]
fn a_storm_closes_the_clinic_at_any_time() {
    let storm = "emergencyGroups: {Clinic Closed by Storm: {enabled: true}}";
    let run = clinic(MORNING).but(storm).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.Hours"), "emergency");
    assert_eq!(run.transfer().as_deref(), Some("number +15557770119"));
    insta::assert_snapshot!(run.text());
}

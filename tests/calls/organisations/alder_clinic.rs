//! A main line: opening hours, languages, a menu with a submenu, voicemail.

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
        // Winter: one hour later in UTC.
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
fn a_submenu_leads_to_the_appointments() {
    let run = clinic(MORNING).does(&["1", "1", "1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Clinic Appointments [] 5"));
    assert_eq!(run.output("Main Menu"), Some("Appointments"));
    assert_eq!(run.output("Appointments 2"), Some("Book or move"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn callers_who_choose_spanish_hear_it() {
    let run = clinic(MORNING).does(&["2", "3", "2"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.Language"), "es-us");
    // No agent in the pharmacy speaks Spanish, so the caller waits there.
    assert_eq!(run.routing().as_deref(), Some("Clinic Pharmacy [Spanish] 0"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_queue_that_refuses_a_call_leads_back_to_the_menu() {
    let refuses = "policies: {skillMismatch: fail}";
    let run = clinic(MORNING).but(refuses).does(&["2", "3", "2"]).run();
    assert_eq!(run.variable("Flow.TransferError"), "SKILL_MISMATCH");
    assert_eq!(run.routing().as_deref(), Some("Clinic Reception [Front Desk Spanish] 0"));
}

#[test]
fn the_default_choices_lead_silent_callers_to_the_reception() {
    let run = clinic(MORNING).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Clinic Reception [Front Desk] 0"));
    assert_eq!(run.output("Language"), Some("English"));
    assert_eq!(run.output("Main Menu"), Some("Reception"));
    // The language menu twice, the main menu three times, six seconds each.
    assert_eq!(run.trace.elapsed_ms, 30_000);
    insta::assert_snapshot!(run.text());
}

#[test]
fn the_reception_is_a_choice_in_every_menu() {
    let run = clinic(MORNING).does(&["2", "1", "0"]).run();
    assert_eq!(run.output("Appointments 2"), Some("Reception"));
    assert_eq!(run.routing().as_deref(), Some("Clinic Reception [Front Desk Spanish] 0"));
}

#[test]
fn choices_lead_back_and_repeat_the_menu() {
    let run = clinic(MORNING).does(&["1", "1", "*", "9", "7", "0"]).run();
    let menu = "For appointments, press 1. For the pharmacy, 2. \
                For visiting hours, 3. For the reception, 0.";
    // Initially, after returning, after repeating, and after an invalid key.
    assert_eq!(run.prompts().iter().filter(|text| **text == menu).count(), 4);
    assert_eq!(run.last(), "To the reception");
}

#[test]
fn a_reception_that_accepts_no_call_has_a_mailbox() {
    let nobody = "
queues: [{id: q-reception, name: Clinic Reception, agents: [{name: Ada}]}]
policies: {skillMismatch: fail}";
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
fn on_a_holiday_its_name_is_announced() {
    let run = clinic("2027-01-01T16:00:00Z").run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.Hours"), "holiday");
    assert_eq!(run.prompts()[1], "We are closed for New Year's Day.");
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

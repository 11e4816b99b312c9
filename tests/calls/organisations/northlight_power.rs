//! An outage line, and the flow for callers who wait in its queue.

use super::support::{Caller, call};

fn line() -> Caller {
    call("northlight-power", "Northlight Outage Line").with("from", "+15557770100")
}

fn waiting() -> Caller {
    call("northlight-power", "Northlight Waiting Room")
        .with("from", "+15557770100")
        .with("queue", "Northlight Outages")
}

#[test]
fn danger_takes_precedence() {
    let run = line().does(&["9"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Northlight Outages [High Voltage] 100"));
    assert_eq!(run.attributes(), ["district=unknown", "dangerous=true"]);
    // The estimate in the fixtures; Kim lacks the skill.
    assert_eq!(run.answered(), Some("Ola after 280000".into()));
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_known_outage_is_announced() {
    let run = line().does(&["-", "417"]).run();
    assert_eq!(run.end(), "completed");
    let told = "We know of the outage in district 417. \
                We expect power back by seven in the evening.";
    assert_eq!(run.prompts().last(), Some(&told));
    assert_eq!((run.routing(), run.last()), (None, "Nothing more to say"));
}

#[test]
fn any_other_outage_is_for_the_team() {
    let run = line().does(&["1", "500"]).run();
    assert_eq!(run.routing().as_deref(), Some("Northlight Outages [Outages] 0"));
    assert_eq!(run.attributes(), ["district=500", "dangerous=false"]);
    let run = line().run();
    assert_eq!(run.attributes(), ["district=unknown", "dangerous=false"]);
    // Eight seconds of silence, then the wait in the queue.
    assert_eq!(run.answered(), Some("Kim after 280000".into()));
    assert_eq!(run.trace.elapsed_ms, 288_000);
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_team_without_the_skill_has_a_mailbox() {
    let nobody = "
queues: [{id: q-outages, name: Northlight Outages, agents: [{name: Kim}]}]
policies: {skillMismatch: fail}";
    let run = line().but(nobody).does(&["9"]).run();
    assert_eq!(run.variable("Flow.TransferError"), "SKILL_MISMATCH");
    assert_eq!(run.transfer().as_deref(), Some("voicemail Northlight Outages"));
}

#[test]
fn waiting_callers_hear_music_until_an_agent_answers() {
    let run = waiting().run();
    assert_eq!(run.end(), "completed");
    // The estimate in the fixtures.
    assert_eq!(run.trace.elapsed_ms, 280_000);
    assert_eq!(run.prompts().iter().filter(|text| **text == "[music]").count(), 7);
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_caller_of_the_outage_line_takes_a_callback_in_its_queue() {
    let run = line().does(&["1", "500", "1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Northlight Outages [Outages] 0"));
    assert_eq!((run.last(), run.answered()), ("Goodbye", None));
    insta::assert_snapshot!(run.text());
}

#[test]
fn callers_who_wait_long_can_request_a_callback() {
    let run = waiting().does(&["1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.CallbackNumber"), "+15557770100");
    assert_eq!(run.last(), "Goodbye");
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_callback_can_go_to_another_number() {
    let run = waiting().does(&["2", "2025550143", "1"]).run();
    assert_eq!(run.variable("Flow.CallbackNumber"), "+12025550143");
    assert_eq!(run.output("Offer it"), Some("Agreed"));
    let run = waiting().does(&["2", "555"]).run();
    assert_eq!(run.output("Offer it"), Some("Declined"));
    assert_eq!(run.variable("Flow.CallbackNumber"), "NOT_SET");
}

#[test]
fn a_callback_is_offered_once_and_only_for_long_waits() {
    let run = waiting().does(&["3"]).run();
    let offer = "The wait is long. To be called back at your number, press 1. \
                 At another number, press 2.";
    assert_eq!(run.prompts().iter().filter(|text| **text == offer).count(), 1);
    let run =
        waiting().with("estimatedWaitMs", "100000").with("positionInQueue", "2").run();
    assert!(!run.prompts().contains(&offer));
    assert_eq!(
        run.prompts()[1..3],
        [
            "There is one caller ahead of you in the queue.",
            "Your estimated wait time is about 2 minutes."
        ]
    );
    assert_eq!(run.variable("Flow.WasOffered"), "false");
}

#[test]
fn an_agent_may_answer_at_any_time() {
    let run = waiting().with("answerAfterMs", "3000").does(&["-"]).run();
    assert_eq!((run.end().as_str(), run.trace.elapsed_ms), ("completed", 3_000));
    assert_eq!(run.last(), "Shall we call back?");
}

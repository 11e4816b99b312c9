//! An outage line, and the flow for those who wait in its queue.

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
fn danger_comes_first() {
    let run = line().does(&["9"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Northlight Outages [High Voltage] 100"));
    assert_eq!(run.attributes(), ["district=unknown", "dangerous=true"]);
    assert_eq!(run.trace.elapsed_ms, 0);
    insta::assert_snapshot!(run.text());
}

#[test]
fn an_outage_that_is_known_is_told() {
    let run = line().does(&["-", "417"]).run();
    assert_eq!(run.end(), "completed");
    let told = "We know of the outage in district 417. \
                We expect power back by seven in the evening.";
    assert_eq!(run.said().last(), Some(&told));
    assert_eq!((run.routing(), run.last()), (None, "Nothing more to say"));
}

#[test]
fn any_other_outage_is_for_the_team() {
    let run = line().does(&["1", "500"]).run();
    assert_eq!(run.routing().as_deref(), Some("Northlight Outages [Outages] 0"));
    assert_eq!(run.attributes(), ["district=500", "dangerous=false"]);
    let run = line().run();
    assert_eq!(run.attributes(), ["district=unknown", "dangerous=false"]);
    assert_eq!(run.trace.elapsed_ms, 8_000);
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_team_without_the_skill_has_a_mailbox() {
    let nobody =
        "queues: [{id: q-outages, name: Northlight Outages, agents: [{name: Kim}]}]";
    let run = line().but(nobody).does(&["9"]).run();
    assert_eq!(run.variable("Flow.TransferError"), "SKILL_MISMATCH");
    assert_eq!(run.transfer().as_deref(), Some("voicemail Northlight Outages"));
}

#[test]
fn who_waits_hears_music_until_somebody_answers() {
    let run = waiting().run();
    assert_eq!(run.end(), "completed");
    // As the fixtures estimate.
    assert_eq!(run.trace.elapsed_ms, 280_000);
    assert_eq!(run.said().iter().filter(|text| **text == "[music]").count(), 7);
    insta::assert_snapshot!(run.text());
}

#[test]
fn who_waits_long_can_be_called_back() {
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
    assert_eq!(run.said().iter().filter(|text| **text == offer).count(), 1);
    let run =
        waiting().with("estimatedWaitMs", "100000").with("positionInQueue", "2").run();
    assert!(!run.said().contains(&offer));
    assert_eq!(
        run.said()[1..3],
        [
            "You are caller number 2 in the queue.",
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

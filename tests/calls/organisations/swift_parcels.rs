//! A router: a data table says what a number is for, modules do what several flows need.

use super::support::{Caller, call};

fn parcels(number: &str) -> Caller {
    call("swift-parcels", "Swift Parcels Router")
        .with("from", "+15557770100")
        .with("to", number)
}

fn private() -> Caller {
    parcels("tel:+15557770200")
}

#[test]
fn a_number_leads_to_its_queue() {
    let run = parcels("tel:+15557770201").run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Parcels Business [] 5"));
    assert_eq!(run.attributes(), ["line=business", "calledNumber=+15557770201"]);
    assert_eq!(
        run.said()[1..],
        ["Welcome to Swift for Business.", "We connect you now."]
    );
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_number_that_nobody_wrote_down_leads_to_everybody() {
    let run = parcels("tel:+15557770299").run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.output("What is it for?"), Some("notFound"));
    assert_eq!(run.routing().as_deref(), Some("Parcels General [] 0"));
    assert_eq!(run.variable("Flow.Line"), "unknown");
}

#[test]
fn a_parcel_that_was_delivered_needs_nobody() {
    let run = private().does(&["100200#", "1"]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing(), None);
    assert_eq!(run.variable("Flow.ParcelState"), "delivered");
    let noted = [
        "line=private",
        "calledNumber=+15557770200",
        "parcel=100200",
        "parcelState=delivered",
    ];
    assert_eq!(run.attributes(), noted);
    assert_eq!(run.trace.elapsed_ms, 400);
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_lost_parcel_is_urgent() {
    let run = private().does(&["100400", "1"]).run();
    assert_eq!(run.routing().as_deref(), Some("Parcels Lost and Found [] 10"));
}

#[test]
fn a_slow_answer_is_waited_for_with_a_word() {
    let run = private().does(&["100300", "1"]).run();
    assert!(run.said().contains(&"One moment, please."));
    assert_eq!(run.variable("Flow.ParcelState"), "on its way");
    assert_eq!(run.routing().as_deref(), Some("Parcels General [] 0"));
}

#[test]
fn an_answer_that_takes_too_long_and_one_that_is_none() {
    let run = private().does(&["100500", "1"]).run();
    assert_eq!(run.output("Where is it?"), Some("timeout"));
    assert_eq!(run.trace.elapsed_ms, 8_000);
    assert_eq!(run.routing().as_deref(), Some("Parcels General [] 0"));

    let run = private().does(&["999999", "1"]).run();
    assert_eq!(run.output("Where is it?"), Some("failure"));
    assert!(run.said().contains(&"I cannot find parcel 999999."));
    assert_eq!(run.variable("Flow.ParcelState"), "NOT_SET");
}

#[test]
fn digits_are_asked_for_twice() {
    let run = private().does(&["12#", "100200", "2"]).run();
    assert_eq!(run.variable("Flow.Parcel"), "NOT_SET");
    assert_eq!(run.output("Do we have one?"), Some("no"));
    assert_eq!(run.routing().as_deref(), Some("Parcels General [] 0"));
    insta::assert_snapshot!(run.text());
    let run = private().does(&["12#", "100200", "1"]).run();
    assert_eq!(run.variable("Flow.Parcel"), "100200");
}

#[test]
fn a_queue_that_does_not_exist_is_told_to_the_caller() {
    let run = parcels("tel:+15557770202").run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.TransferError"), "noSuchQueue");
    assert_eq!(run.routing(), None);
    assert_eq!(run.last(), "Goodbye");
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_mistake_in_the_table_leads_to_the_overflow_queue() {
    let run = parcels("tel:+15557770203").run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().as_deref(), Some("Parcels Overflow [] 0"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_call_without_a_number_leads_to_the_overflow_queue() {
    let run = call("swift-parcels", "Swift Parcels Router").run();
    assert_eq!(run.routing().as_deref(), Some("Parcels Overflow [] 0"));
}

//! The flows under `fixtures/`.

use std::path::PathBuf;
use std::sync::Arc;

use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::world::Fixtures;
use serde_json::{Value, json};

use super::support::*;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The flows and fixtures of a folder, which have nothing wrong in them.
fn example(name: &str) -> Stage {
    let mut files = Files::new();
    let loaded = read::load(&[folder(name).join("flows")], &[], &mut files);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let (fixtures, problems) =
        Fixtures::load(&[folder(name).join("fixtures.yaml")], &mut files);
    assert!(problems.is_empty(), "{problems:?}");
    let program = Arc::new(Program::compile(&loaded.flows));
    Stage { program, fixtures, findings: Vec::new() }
}

#[test]
fn shared_flow_with_key_1_is_routed() {
    let stage = example("shared-flow");
    for main in ["Inbound_Flow_A", "Inbound_Flow_B"] {
        let played = stage.call_to(main).press(&["1"]);
        assert_eq!(
            played.path(),
            "CallShared SayHello GatherInput SetResult EndFlow CheckResult RouteToAgent PlayGoodbye EndFlow"
        );
        assert_eq!(played.variable("shared_module_result"), "\"1\"");
        assert_eq!((played.end().as_str(), played.elapsed()), ("completed", 0));
        assert!(played.routing().is_object());
    }
}

#[test]
fn shared_flow_with_key_2_is_not_routed() {
    let stage = example("shared-flow");
    let played = stage.call_to("Inbound_Flow_A").press(&["2"]);
    assert_eq!(
        played.path(),
        "CallShared SayHello GatherInput SetResult EndFlow CheckResult PlayGoodbye EndFlow"
    );
    assert_eq!(
        (played.variable("shared_module_result").as_str(), played.routing()),
        ("\"2\"", &Value::Null)
    );
    assert_eq!((played.end().as_str(), played.elapsed()), ("completed", 0));
}

#[test]
fn shared_flow_with_silence_leaves_through_exit_and_takes_the_default() {
    let stage = example("shared-flow");
    let played = stage.call_to("Inbound_Flow_A").run();
    assert_eq!(
        played.path(),
        "CallShared SayHello GatherInput Exit CheckResult PlayGoodbye EndFlow"
    );
    assert_eq!((played.end().as_str(), played.elapsed()), ("completed", 10_000));
    assert_eq!(
        (
            played.variable("shared_module_result").as_str(),
            played.error_of("GatherInput")
        ),
        ("unset", "NO_INPUT")
    );
}

#[test]
fn contact_lookup_tells_members_from_guests() {
    let stage = example("contact-lookup");
    let from = |number| stage.call().context("from", number).run();
    let played = from("+15551234567");
    assert_eq!(played.path(), "Greet FindMember WhoIsIt TellHolds Keep Done");
    assert_eq!(
        played.last_prompt(),
        "Hello Ada Lovelace. 2 of your books are ready to collect at Harbour Street."
    );
    assert_eq!(played.variable("member_id"), "\"member-100\"");
    assert_eq!(
        from("(555) 123-4568").path(),
        "Greet FindMember WhoIsIt GreetMember Keep Done"
    );
    assert_eq!(from("+15559999999").path(), "Greet FindMember WhoIsIt GreetGuest Done");
    assert_eq!(stage.run().path(), "Greet FindMember LookupFailed Done");
}

#[test]
fn deep_menu_goes_down_seven_levels_and_back() {
    let stage = example("deep-menu");
    let played = stage.press(&["2", "1", "2", "2", "1", "1", "5"]);
    assert_eq!(
        played.path(),
        "Main MainChoice Help HelpChoice Internet InternetChoice Router RouterChoice RedLamp \
         RedLampChoice Blinking BlinkingChoice Blinks BlinksChoice LineQueue Goodbye Done"
    );
    assert_eq!(played.routing()["skills"], json!(["line"]));
    let played = stage.press(&["2", "1", "*", "2"]);
    assert_eq!(
        played.path(),
        "Main MainChoice Help HelpChoice Internet InternetChoice Help HelpChoice TelephoneQueue \
         Goodbye Done"
    );
    let played = stage.press(&["2", "-", "9", "-"]);
    assert_eq!(
        (&played.routing()["queueId"], played.elapsed()),
        (&json!("front-desk"), 12_000)
    );
    assert_eq!(played.variable("mistakes"), "3");
}

#[test]
fn retry_loop_gives_three_tries() {
    let stage = example("retry-loop");
    assert_eq!(stage.press(&["4711#"]).path(), "AskPin CheckPin Welcome Done");
    let played = stage.press(&["1234#", "-", "4711#"]);
    assert_eq!(
        played.path(),
        "AskPin CheckPin CountTry EnoughTries TryAgain AskPin CountTry EnoughTries TryAgain \
         AskPin CheckPin Welcome Done"
    );
    assert_eq!((played.elapsed(), played.variable("tries").as_str()), (8_000, "2"));
    let played = stage.press(&["1#", "12345", "0000#"]);
    assert_eq!(
        (played.last_prompt(), played.end().as_str()),
        ("You are locked out for today.", "completed")
    );
    assert!(played.path().ends_with("CountTry EnoughTries LockedOut Off"));
    assert_eq!(played.elapsed(), 4_000);
}

#[test]
fn order_status_falls_back_when_the_shop_is_slow() {
    let stage = example("order-status");
    let played = stage.press(&["100300#"]);
    assert_eq!(played.path(), "AskOrder GetOrder WhatState TellPacking Notify Done");
    assert_eq!(played.elapsed(), 2_049);
    let played = stage.press(&["100400#"]);
    assert_eq!(played.path(), "AskOrder GetOrder TryArchive TellArchived Notify Done");
    assert_eq!(
        (played.error_of("GetOrder"), played.elapsed()),
        ("DATA_ACTION_TIMEOUT", 2_850)
    );
    assert_eq!(
        played.last_prompt(),
        "The shop does not answer. As of last night, your order was packed."
    );
    let played = stage.press(&["999#"]);
    assert_eq!(
        (played.error_of("GetOrder"), played.error_of("TryArchive")),
        ("DATA_ACTION_FAILED", "DATA_ACTION_FAILED")
    );
    let routed =
        json!({"queueId": "orders", "queueName": "Orders", "skills": [], "priority": 5});
    assert_eq!(played.routing(), &routed);
    assert_eq!(stage.run().path(), "AskOrder NoOrder ToAgent Done");
}

#[test]
fn payment_journey_identifies_pays_and_routes() {
    let stage = example("payment-journey");
    let from = |number| stage.call_to("Main_Line").context("from", number);
    let played = from("+15551239000").press(&["1", "4242"]);
    assert_eq!(
        played.depths(),
        "Welcome0 Identify0 Find1 Remember1 Done1 Menu0 MenuChoice0 Pay0 Known1 Balance1 AskCard1 \
         Charge1 Accepted1 Done1 Paid0 ThankYou0 Done0"
    );
    assert_eq!(
        played.last_prompt(),
        "We have your payment of 84.5 euros, Emmy Noether. Your reference is GE-2026-001."
    );
    assert_eq!(
        (played.variable("found_id").as_str(), played.elapsed()),
        ("unset", 2_050)
    );

    let played = from("+15551239001").press(&["2"]);
    assert_eq!(played.error_of("ToCare"), "SKILL_MISMATCH");
    assert_eq!(played.routing()["queueId"], "care");

    let played = from("anonymous").press(&["999#", "1", "4711#", "4242"]);
    assert!(
        played
            .depths()
            .contains("Pay0 Known1 IdentifyAgain1 Find2 AskNumber2 FindByNumber2")
    );
    assert_eq!(played.variable("customer_name"), "\"Emmy Noether\"");
    assert_eq!(
        (played.end().as_str(), played.variable("payment_state").as_str()),
        ("completed", "\"accepted\"")
    );
}

#[test]
fn payment_journey_gives_up_on_somebody_who_says_nothing() {
    let stage = example("payment-journey");
    let played = stage.call_to("Main_Line").press(&["-", "1"]);
    assert_eq!(played.error_of("Pay"), "FLOW_ENDED_IN_ERROR");
    assert_eq!(
        (played.end().as_str(), &played.routing()["queueId"]),
        ("completed", &json!("care"))
    );
}

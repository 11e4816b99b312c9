//! Conversations told turn by turn.

use flowsim::suite::{CallExpectation, Range, TextMatcher, Turn, ValueMatcher};
use flowsim::trace::Status;
use flowsim::value::Text;
use flowsim::world::Input;

use super::scene::{Scene, equals, has, json, told};

fn presses(keys: &str) -> Turn {
    Turn::Does(Input::parse(keys).unwrap())
}

fn explained(turns: Vec<Turn>) -> String {
    let scene = Scene::new("shared-flow");
    let case = told("Inbound_Flow_A", turns);
    let played = scene.play(&case);
    let mut text = scene.told(&scene.judge(&case), &played);
    for note in &played.notes {
        text += &format!("note: {note}\n");
    }
    text
}

#[test]
fn a_conversation_as_it_is() {
    let result = |text: &str| Turn::Variable("shared_module_result".into(), json(text));
    let turns = vec![
        Turn::Hears(has("welcome")),
        Turn::Hears(has("Press 1 now")),
        result("null"),
        presses("1"),
        result("\"1\""),
        Turn::Routed(equals("support")),
        Turn::Routed(equals("Support")),
        Turn::Hears(has("Thank you")),
        Turn::Ends(Status::Completed),
    ];
    assert_eq!(explained(turns), "");
}

#[test]
fn a_turn_sees_the_moment_and_not_the_end() {
    let turns = vec![Turn::Routed(equals("support")), presses("1")];
    insta::assert_snapshot!(explained(turns));
}

#[test]
fn what_was_heard_before_the_caller_did_something_is_over() {
    let turns = vec![presses("2"), Turn::Hears(has("Press 1 now"))];
    insta::assert_snapshot!(explained(turns));
}

#[test]
fn what_was_said_instead_is_told() {
    let turns = vec![Turn::Hears(has("PRESS 1 NOW")), presses("2")];
    let told = explained(turns);
    let near = "\"Press 1 now.\" has it, but for capital and small letters";
    assert!(told.contains(near) && !told.contains("because"), "{told}");
}

#[test]
fn turns_are_heard_in_order() {
    let turns = vec![
        Turn::Hears(has("Press 1 now")),
        Turn::Hears(has("welcome")),
        presses("1"),
        Turn::Ends(Status::Error),
    ];
    insta::assert_snapshot!(explained(turns));
}

#[test]
fn the_call_is_over_before_the_script() {
    let turns = vec![presses("2"), presses("1"), presses("1")];
    insta::assert_snapshot!(explained(turns));
}

#[test]
fn the_script_is_over_before_the_call() {
    insta::assert_snapshot!(explained(vec![Turn::Hears(has("welcome"))]));
}

#[test]
fn the_call_is_to_be_over_and_listens() {
    let turns = vec![Turn::Hears(has("welcome")), Turn::Ends(Status::Completed)];
    insta::assert_snapshot!(explained(turns));
}

#[test]
fn calls_and_variables_at_the_moment() {
    let scene = Scene::new("order-status");
    let asks = || {
        let with = vec![("order".into(), json("\"100200\""))];
        Turn::Calls(CallExpectation { name: "Get Order".into(), with, times: None })
    };
    let case = told("Order_Status", vec![asks(), presses("100200#"), asks()]);
    let played = scene.play(&case);
    assert_eq!(played.script.len(), 1);
    insta::assert_snapshot!(scene.told(&played.script, &played));
}

/// Every turn once, and none comes about.
#[test]
fn every_turn_can_fail() {
    let asks = |name: &str, with: Vec<(Text, ValueMatcher)>, times| {
        Turn::Calls(CallExpectation { name: name.into(), with, times })
    };
    let never = Some(Range { min: Some(0), max: Some(0) });
    let scene = Scene::new("order-status");
    let order = ("order".into(), json("\"1\""));
    let turns = vec![
        Turn::Hears(equals("Good morning.")),
        Turn::Hears(TextMatcher::Similar { text: "Good morning.".into(), min: 0.8 }),
        Turn::Variable("stage".into(), json("\"begun\"")),
        asks("Get Order", vec![], None),
        presses("100200#"),
        Turn::Hears(TextMatcher::Matches(regex::Regex::new("^Sorry").unwrap())),
        asks("Get Order", vec![order], None),
        asks("Get Order", vec![], never),
        Turn::Routed(equals("Orders")),
        Turn::Ends(Status::Error),
    ];
    let case = told("Order_Status", turns);
    let played = scene.play(&case);
    assert_eq!(played.script.len(), 9);
    insta::assert_snapshot!(scene.told(&played.script, &played));
}

#[test]
fn the_call_was_routed_to_another_queue() {
    let turns = vec![presses("1"), Turn::Routed(has("sales"))];
    insta::assert_snapshot!(explained(turns));
}

/// Whatever the caller does, it is too late when the call is over.
#[test]
fn whatever_the_caller_does_can_be_too_late() {
    let all = ["1", "7@900,3@200", "say:hello you", "-", "hangup"];
    let told = all.map(|late| explained(vec![presses("2"), presses(late)]));
    let first = told.iter().map(|text| text.lines().next().unwrap_or_default());
    insta::assert_snapshot!(first.collect::<Vec<_>>().join("\n"));
}

/// Variables of Architect's flows are seen at any moment, and after the last.
#[test]
fn variables_of_a_flow_of_architect_are_seen_at_any_moment() {
    let scene = Scene::new("northlight-power");
    let is = |name: &str, value: &str| Turn::Variable(name.into(), json(value));
    let turns = vec![
        is("Flow.District", "null"),
        is("Flow.IsDangerous", "false"),
        presses("-"),
        presses("417"),
        is("Flow.District", "\"417\""),
        Turn::Ends(Status::Completed),
        is("flow.district", "\"417\""),
        is("Flow.District", "\"418\""),
    ];
    let case = told("Northlight Outage Line", turns);
    let played = scene.play(&case);
    assert_eq!(played.script.len(), 1);
    insta::assert_snapshot!(scene.told(&played.script, &played));
}

//! Conversations told turn by turn.

use flowsim::suite::{CallExpectation, Turn, explain};
use flowsim::trace::Status;
use flowsim::world::Input;

use crate::scene::{Scene, equals, has, json, told};

fn presses(keys: &str) -> Turn {
    Turn::Does(Input::parse(keys).unwrap())
}

fn explained(turns: Vec<Turn>) -> String {
    let scene = Scene::new("shared-flow");
    let case = told("Inbound_Flow_A", turns);
    let played = scene.play(&case);
    let mut text = explain(&scene.judge(&case), &played.trace, &scene.program);
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
    insta::assert_snapshot!(explain(&played.script, &played.trace, &scene.program));
}

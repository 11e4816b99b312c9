//! The limits that stop endless calls.

use std::sync::Arc;

use flowsim::engine::{Session, play};
use flowsim::world::FixtureHost;
use serde_json::{Value, json};

use super::support::*;

#[test]
fn the_action_that_exceeds_the_limit_is_counted_but_not_executed() {
    let stage = main_flow([say("A", "a").to("B"), say("B", "b").to("A")]);
    let played = stage.run();
    assert_eq!(played.end(), "error ACTION_LIMIT_EXCEEDED at A");
    assert_eq!((played.trace.actions, played.trace.steps.len()), (10_001, 10_000));
}

#[test]
fn exactly_the_maximum_number_of_actions_is_permitted() {
    let stage = main_flow([say("A", "a").to("B"), say("B", "b").to("Bye"), end("Bye")]);
    assert_eq!(stage.call().actions(3).run().end(), "completed");
    let played = stage.call().actions(2).run();
    assert_eq!(played.end(), "error ACTION_LIMIT_EXCEEDED at Bye");
    assert_eq!((played.path().as_str(), played.trace.actions), ("A B", 3));
    let played = stage.call().actions(0).run();
    assert_eq!(
        (played.end().as_str(), played.trace.actions),
        ("error ACTION_LIMIT_EXCEEDED at A", 1)
    );
}

#[test]
fn the_action_limit_cannot_be_handled() {
    let main = flow(
        "main",
        [
            call_flow("Call", json!({"flowId": "loop"})).to("Bye").or("Handler"),
            end("Bye"),
            end("Handler"),
        ],
    );
    let stage = stage([main, flow("loop", [say("A", "a").to("A").or("A")])]);
    let played = stage.call().actions(50).run();
    assert_eq!(
        (played.end().as_str(), played.trace.steps.len()),
        ("error ACTION_LIMIT_EXCEEDED at A", 50)
    );
}

#[test]
fn actions_are_counted_over_all_flows_of_the_conversation() {
    let main = flow("main", [call_flow("Call", json!({"flowId": "sub"})).to("Call")]);
    let stage = stage([main, flow("sub", [end("Inner")])]);
    let played = stage.call().actions(5).run();
    assert_eq!(played.path(), "Call Inner Call Inner Call");
}

/// A flow that calls itself, and records the depth that it reached.
fn recursive(call: Node) -> Stage {
    main_flow([
        set("Count", &[("n:increment", json!(1))]).to("Call"),
        call.to("Bye"),
        end("Bye"),
        end("Caught"),
    ])
}

fn itself() -> Node {
    call_flow("Call", json!({"flowId": "main"}))
}

#[test]
fn a_flow_that_calls_itself_ends_at_the_depth_limit() {
    let stage = recursive(itself());
    let played = stage.run();
    assert_eq!(played.end(), "error FLOW_DEPTH_EXCEEDED at Call");
    // The first flow and 32 below it; the call of the 33rd fails.
    assert_eq!((played.variable("n").as_str(), played.trace.steps.len()), ("33", 66));
    assert_eq!(played.trace.steps.iter().map(|step| step.depth).max(), Some(32));
}

#[test]
fn the_depth_limit_is_an_error_that_the_calling_node_can_handle() {
    let stage = recursive(itself().or("Caught"));
    let played = stage.run();
    assert_eq!(
        (played.end().as_str(), played.variable("n").as_str()),
        ("completed", "33")
    );
    let path = played.path();
    assert!(
        path.ends_with(
            "Call Caught Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye \
        Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye Bye"
        ),
        "{path}"
    );
}

#[test]
fn the_depth_limit_can_be_set() {
    let stage = recursive(itself());
    assert_eq!(stage.call().depth(3).run().variable("n"), "4");
    assert_eq!(stage.call().depth(0).run().variable("n"), "1");
    assert_eq!(stage.call().depth(1_000).run().variable("n"), "1001");
}

#[test]
fn exactly_the_maximum_number_of_nested_flows_is_permitted() {
    let mut flows =
        vec![flow("f0", [call_flow("C", json!({"flowId": "f1"})).to("E"), end("E")])];
    for index in 1..32 {
        let next = json!({"flowId": format!("f{}", index + 1)});
        flows.push(flow(&format!("f{index}"), [call_flow("C", next).to("E"), end("E")]));
    }
    flows.push(flow("f32", [end("Deepest")]));
    let stage = stage(flows);
    assert_eq!(stage.run().end(), "completed");
    assert_eq!(stage.call().depth(31).run().end(), "error FLOW_DEPTH_EXCEEDED at C");
}

#[test]
fn a_cycle_of_isolated_calls_ends_too() {
    let call = json!({"flowId": "main", "inputs": {"n": "{n}"}, "outputs": {"n": "n"}});
    let stage = recursive(call_flow("Call", call));
    let played = stage.run();
    assert_eq!(played.end(), "error FLOW_DEPTH_EXCEEDED at Call");
    assert_eq!(played.variable("n"), "1");
}

#[test]
fn a_cycle_of_calls_may_be_loaded_and_may_end_by_itself() {
    let stage = main_flow([
        set("Count", &[("n:increment", json!(1))]).to("Enough"),
        decide("Enough", &[("{n} >= 5", "Bye")], "Call"),
        call_flow("Call", json!({"flowId": "main"})).to("Bye"),
        end("Bye"),
    ]);
    assert!(stage.findings.is_empty());
    let played = stage.run();
    assert_eq!(
        (played.end().as_str(), played.variable("n").as_str()),
        ("completed", "5")
    );
}

/// Returns the end of a loop that sets `v` like this. Initially `v` is a string of ten
/// characters.
fn growing(value: Value) -> String {
    let stage = main_flow([
        set("Start", &[("v", json!("0123456789"))]).to("Grow"),
        set("Grow", &[("v", value)]).to("Grow"),
    ]);
    stage.run().end()
}

#[test]
fn values_that_grow_in_a_loop_end_the_call_with_an_error() {
    for value in [
        json!("{v}{v}"),
        json!(["{v}", "{v}"]),
        json!(["{v}"]),
        json!({"a": "{v}", "b": {"c": "{v}"}}),
        json!({"{v}": "{v}"}),
        json!("{v}{v}").as_str().map_or(json!(1), |text| json!(text.repeat(10_000))),
    ] {
        assert_eq!(growing(value.clone()), "error EXPRESSION_ERROR at Grow", "{value}");
    }
}

#[test]
fn inputs_that_grow_in_a_cycle_of_calls_end_with_an_error() {
    let call = json!({"flowId": "main", "inputs": {"v": "{v}{v}{v}{v}"}});
    let stage = main_flow([call_flow("Call", call).to("Bye"), end("Bye")]);
    let played = stage.call().variable("v", "\"0123456789\"").run();
    assert_eq!(played.end(), "error EXPRESSION_ERROR at Call");
}

#[test]
fn large_values_work() {
    let large = "x".repeat(256 * 1024);
    let stage = main_flow([set("It", &[("v", json!(large))]).to("Bye"), end("Bye")]);
    assert_eq!(stage.run().end(), "completed");
}

#[test]
fn a_call_that_produces_too_much_text_ends() {
    let text = "na ".repeat(50_000);
    let stage = main_flow([
        set("Sing", &[("line", json!(text))]).to("Again"),
        say("Again", "{line}Batman").to("Again"),
        end("Done"),
    ]);
    // `Stage::run` would also write the 64 MiB as JSON and read them back.
    let (call, inputs) = stage.call().prepare(&[]);
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    let mut host = FixtureHost::new(&stage.fixtures, &inputs);
    let trace = play(&mut session, &call, &mut host);
    let played = Played { program: &stage.program, trace, json: Value::Null };
    assert_eq!(played.end(), "error CALL_TOO_LARGE at Again");
}

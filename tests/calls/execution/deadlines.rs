//! Deadlines on the virtual clock.

use serde_json::{Value, json};

use super::support::*;

fn call(id: &str, flow: &str, seconds: impl Into<Value>) -> Node {
    call_flow(id, json!({"flowId": flow, "timeoutSeconds": seconds.into()}))
}

/// A flow that sets `v` and then waits ten seconds for a key.
fn waiting() -> Value {
    flow(
        "waiting",
        [
            set("Set", &[("v", json!("theirs"))]).to("Ask"),
            gather("Ask", json!({"timeoutSeconds": 10})).to("Bye").or("Bye"),
            end("Bye"),
        ],
    )
}

fn main_calls(call: Node) -> Value {
    flow("main", [call.to("Done").or("Failed"), end("Done"), end("Failed")])
}

#[test]
fn a_flow_that_is_not_done_in_time_is_unwound_and_its_call_fails() {
    let stage = stage([main_calls(call("Call", "waiting", 4)), waiting()]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.elapsed()),
        ("Call Set Ask Failed", 4_000)
    );
    assert_eq!(
        (played.error_of("Call"), played.end().as_str()),
        ("FLOW_TIMEOUT", "completed")
    );
    assert_eq!(
        (&played.result("Ask")["cutOff"], played.error_of("Ask")),
        (&json!(true), "")
    );
    assert_eq!(played.step("Call")["endMs"], 4_000);
}

#[test]
fn the_variables_of_a_flow_that_is_unwound_stay() {
    let stage = stage([main_calls(call("Call", "waiting", 4)), waiting()]);
    assert_eq!(stage.run().variable("v"), "\"theirs\"");
}

#[test]
fn an_isolated_flow_that_is_unwound_gives_no_outputs() {
    let properties =
        json!({"flowId": "waiting", "timeoutSeconds": 4, "outputs": {"v": "v"}});
    let stage = stage([main_calls(call_flow("Call", properties)), waiting()]);
    assert_eq!(stage.run().variable("v"), "unset");
}

#[test]
fn at_the_deadline_itself_a_flow_is_still_in_time() {
    let stage = stage([main_calls(call("Call", "waiting", 4)), waiting()]);
    assert_eq!(stage.press(&["1@4000"]).path(), "Call Set Ask Bye Done");
    assert_eq!(stage.press(&["1@4001"]).path(), "Call Set Ask Failed");
    assert_eq!(stage.press(&["1@4001"]).elapsed(), 4_000);
}

#[test]
fn a_deadline_of_zero_allows_whatever_takes_no_time() {
    let stage = stage([main_calls(call("Call", "waiting", 0)), waiting()]);
    assert_eq!(stage.press(&["1"]).path(), "Call Set Ask Bye Done");
    let played = stage.press(&["1@1"]);
    assert_eq!((played.path().as_str(), played.elapsed()), ("Call Set Ask Failed", 0));
}

#[test]
fn without_a_timeout_there_is_no_deadline() {
    let stage = stage([main_calls(call("Call", "waiting", Value::Null)), waiting()]);
    assert_eq!(stage.run().path(), "Call Set Ask Bye Done");
}

#[test]
fn without_an_error_target_a_timeout_ends_the_caller_in_error() {
    let main = flow("main", [call("Call", "waiting", 1).to("Bye"), end("Bye")]);
    assert_eq!(stage([main, waiting()]).run().end(), "error FLOW_TIMEOUT at Call");
}

/// `main` calls `middle`, which calls `waiting`, each with a deadline.
fn nested(outer: f64, inner: f64) -> Stage {
    let middle = flow(
        "middle",
        [
            call("Inner", "waiting", inner).to("MiddleDone").or("MiddleFailed"),
            end("MiddleDone"),
            end("MiddleFailed"),
        ],
    );
    stage([main_calls(call("Outer", "middle", outer)), middle, waiting()])
}

#[test]
fn of_nested_deadlines_the_earliest_fires() {
    let stage = nested(6.0, 3.0);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.elapsed()),
        ("Outer Inner Set Ask MiddleFailed Done", 3_000)
    );
    assert_eq!(
        (played.error_of("Inner"), played.error_of("Outer")),
        ("FLOW_TIMEOUT", "")
    );

    let stage = nested(3.0, 6.0);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.elapsed()),
        ("Outer Inner Set Ask Failed", 3_000)
    );
    assert_eq!(
        (played.error_of("Inner"), played.error_of("Outer")),
        ("", "FLOW_TIMEOUT")
    );
    assert_eq!(played.result("Inner")["cutOff"], true);
}

#[test]
fn of_equal_deadlines_the_outermost_fires() {
    let stage = nested(3.0, 3.0);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.elapsed()),
        ("Outer Inner Set Ask Failed", 3_000)
    );
}

#[test]
fn a_deadline_runs_from_the_start_of_the_call_over_all_that_is_called() {
    let middle = flow(
        "middle",
        [
            gather("First", json!({"timeoutSeconds": 3})).to("Inner").or("Inner"),
            call("Inner", "waiting", 300).to("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main_calls(call("Outer", "middle", 5)), middle, waiting()]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.elapsed()),
        ("Outer First Inner Set Ask Failed", 5_000)
    );
}

#[test]
fn after_a_timeout_the_caller_has_its_own_time_left() {
    let middle = flow(
        "middle",
        [
            call("Inner", "waiting", 2).to("Bye").or("Ask"),
            gather("Ask", json!({"timeoutSeconds": 10})).to("Bye").or("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main_calls(call("Outer", "middle", 5)), middle, waiting()]);
    assert_eq!(stage.run().path(), "Outer Inner Set Ask Ask Failed");
    assert_eq!(stage.press(&["-", "1@3000"]).path(), "Outer Inner Set Ask Ask Bye Done");
}

#[test]
fn a_latency_is_cut_by_a_deadline() {
    let slow = flow(
        "slow",
        [
            node("Ask", "DataAction", json!({"actionId": "a"})).to("Bye").or("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main_calls(call("Call", "slow", 1)), slow])
        .with("dataActions: {a: {latencyMs: 3000, output: {x: 1}}}");
    let played = stage.run();
    assert_eq!((played.path().as_str(), played.elapsed()), ("Call Ask Failed", 1_000));
    assert_eq!(played.result("Ask"), &json!({"cutOff": true}));
}

#[test]
fn the_root_timeout_ends_the_call_with_the_trace_so_far_and_nothing_catches_it() {
    let stage = stage([main_calls(call("Call", "waiting", 300)), waiting()]);
    let played = stage.call().timeout(5_000).run();
    assert_eq!((played.path().as_str(), played.elapsed()), ("Call Set Ask", 5_000));
    assert_eq!(played.end(), "timeout SIMULATION_TIMEOUT at Ask");
    assert_eq!(played.variable("v"), "\"theirs\"");
    assert_eq!(played.step("Call")["endMs"], 5_000);
    assert_eq!(played.result("Ask")["cutOff"], true);
}

#[test]
fn the_root_timeout_fires_before_an_equal_deadline_of_a_call() {
    let stage = stage([main_calls(call("Call", "waiting", 5)), waiting()]);
    assert_eq!(
        stage.call().timeout(5_000).run().end(),
        "timeout SIMULATION_TIMEOUT at Ask"
    );
    assert_eq!(stage.call().timeout(5_001).run().path(), "Call Set Ask Failed");
}

#[test]
fn a_call_that_is_done_exactly_at_its_timeout_is_completed() {
    let stage = main_flow([gather("Ask", json!({})).to("Bye").or("Bye"), end("Bye")]);
    assert_eq!(stage.call().timeout(5_000).run().end(), "completed");
    assert_eq!(
        stage.call().timeout(4_999).run().end(),
        "timeout SIMULATION_TIMEOUT at Ask"
    );
}

#[test]
fn without_a_timeout_a_call_may_take_as_long_as_it_likes() {
    let ask = gather("Ask", json!({"timeoutSeconds": 864_000})).to("Bye").or("Bye");
    assert_eq!(main_flow([ask, end("Bye")]).run().elapsed(), 864_000_000);
}

//! Where an error goes, and how a flow ends.

use serde_json::{Value, json};

use super::support::*;

fn ask(id: &str) -> Node {
    gather(id, json!({}))
}

#[test]
fn an_error_goes_to_on_error() {
    let stage = main_flow([ask("Ask").to("Ok").or("Own"), end("Ok"), end("Own")]);
    assert_eq!(stage.run().path(), "Ask Own");
    assert_eq!(stage.run().end(), "completed");
    assert_eq!(stage.run().step("Ask")["path"], "error");
}

#[test]
fn without_on_error_an_error_goes_to_on_complete_on_error() {
    let stage =
        main_flow([ask("Ask").to("Ok").or_within("Within"), end("Ok"), end("Within")]);
    assert_eq!(stage.run().path(), "Ask Within");
}

#[test]
fn on_error_wins_over_on_complete_on_error_and_the_conflict_is_a_finding() {
    let ask = ask("Ask").to("Ok").or("Own").or_within("Within");
    let stage = main_flow([ask, end("Ok"), end("Own"), end("Within")]);
    assert_eq!(stage.findings, ["CONFLICTING_ERROR_TARGETS"]);
    assert_eq!(stage.run().path(), "Ask Own");
}

#[test]
fn without_any_error_target_the_flow_ends_in_error() {
    let stage = main_flow([ask("Ask").to("Ok"), end("Ok")]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("Ask", "error NO_INPUT at Ask")
    );
    assert_eq!(played.json["error"]["code"], "NO_INPUT");
    assert_eq!(played.json["error"]["nodeId"], "Ask");
}

/// `main` calls `sub`, which asks for a key and has no error target.
fn nested(main_call: Node) -> Stage {
    let main = flow(
        "main",
        [main_call, say("After", "after").to("Bye"), end("Bye"), end("Handler")],
    );
    stage([main, flow("sub", [ask("Ask").to("Ok"), end("Ok")])])
}

fn call(id: &str, flow: &str) -> Node {
    call_flow(id, json!({"flowId": flow}))
}

#[test]
fn a_flow_that_ended_in_error_takes_the_error_target_of_its_caller() {
    let stage = nested(call("Call", "sub").to("After").or("Handler"));
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("Call Ask Handler", "completed")
    );
    assert_eq!(
        (played.error_of("Ask"), played.error_of("Call")),
        ("NO_INPUT", "NO_INPUT")
    );
    assert_eq!(played.step("Call")["endMs"], 5_000);
}

#[test]
fn a_call_without_an_error_target_passes_the_error_on() {
    let stage = nested(call("Call", "sub").to("After"));
    assert_eq!(stage.run().end(), "error NO_INPUT at Ask");
}

#[test]
fn an_error_climbs_until_a_caller_has_a_target() {
    let main = flow(
        "main",
        [call("A", "one").to("Bye").or("Handler"), end("Bye"), end("Handler")],
    );
    let one = flow("one", [call("B", "two").to("Bye"), end("Bye")]);
    let two = flow("two", [call("C", "three").to("Bye"), end("Bye")]);
    let three = flow("three", [ask("Ask").to("Bye"), end("Bye")]);
    let stage = stage([main, one, two, three]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("A B C Ask Handler", "completed")
    );
    for node in ["A", "B", "C"] {
        assert_eq!(
            (played.error_of(node), &played.step(node)["path"]),
            ("NO_INPUT", &json!("error"))
        );
    }
}

#[test]
fn variables_that_a_failing_flow_set_stay_where_they_are_shared() {
    let sub = |isolated: bool| {
        let outputs = if isolated { json!({"v": "v"}) } else { Value::Null };
        let main = flow(
            "main",
            [
                call_flow("Call", json!({"flowId": "sub", "outputs": outputs}))
                    .to("Bye")
                    .or("Bye"),
                end("Bye"),
            ],
        );
        let sub = flow(
            "sub",
            [set("Set", &[("v", json!("theirs"))]).to("Fail"), end_error("Fail")],
        );
        stage([main, sub])
    };
    assert_eq!(sub(false).run().variable("v"), "\"theirs\"");
    assert_eq!(sub(true).run().variable("v"), "unset");
}

#[test]
fn a_normal_end_behind_an_error_handler_is_a_normal_end() {
    let main = flow(
        "main",
        [
            call("Call", "sub").to("After").or("Handler"),
            say("After", "got <{result}>").to("Bye"),
            end("Bye"),
            end("Handler"),
        ],
    );
    let sub = flow(
        "sub",
        [
            ask("Ask").to("Keep").or("Exit"),
            set("Keep", &[("result", json!("{Ask.digits}"))]).to("Exit"),
            end("Exit"),
        ],
    );
    let stage = stage([main, sub]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.last_prompt()),
        ("Call Ask Exit After Bye", "got <>")
    );
    assert_eq!(played.diagnostics(), ["VARIABLE_NOT_FOUND at After"]);
}

#[test]
fn an_end_of_type_error_ends_its_flow_in_error() {
    let alone = main_flow([end_error("Fail")]);
    assert_eq!(alone.run().end(), "error FLOW_ENDED_IN_ERROR at Fail");

    let main = flow(
        "main",
        [call("Call", "sub").to("Bye").or("Handler"), end("Bye"), end("Handler")],
    );
    let stage = stage([main, flow("sub", [end_error("Fail")])]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("Call Fail Handler", "completed")
    );
    assert_eq!(played.error_of("Call"), "FLOW_ENDED_IN_ERROR");
}

#[test]
fn an_end_of_type_disconnect_ends_the_conversation_from_any_depth() {
    let main = flow("main", [call("Call", "one").to("After").or("After"), end("After")]);
    let one = flow("one", [call("Call", "two").to("After").or("After"), end("After")]);
    let stage = stage([main, one, flow("two", [disconnect("Off")])]);
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("Call Call Off", "completed")
    );
}

#[test]
fn a_failing_node_is_left_by_its_error_path_even_if_that_is_itself() {
    let stage = main_flow([ask("Ask").to("Bye").or("Ask"), end("Bye")]);
    let played = stage.press(&["-", "-", "1"]);
    assert_eq!((played.path().as_str(), played.elapsed()), ("Ask Ask Ask Bye", 10_000));
}

#[test]
fn an_error_target_that_does_not_exist_counts_as_none() {
    let stage = main_flow([ask("Ask").to("Bye").or("Nowhere"), end("Bye")]);
    assert_eq!(stage.run().end(), "error NO_INPUT at Ask");
}

#[test]
fn a_handled_error_leaves_no_error_in_the_call() {
    let stage = main_flow([ask("Ask").to("Bye").or("Bye"), end("Bye")]);
    assert_eq!(stage.run().json["error"], Value::Null);
}

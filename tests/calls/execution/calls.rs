//! Calling other flows: which one is meant, and what a frame is.

use serde_json::{Value, json};

use super::support::*;

/// A flow that can be called; its only node bears its name.
fn callee(id: Option<&str>, name: &str, node_id: &str) -> Value {
    let mut flow = flow(name, [end(node_id)]);
    flow["id"] = id.map_or(Value::Null, Value::from);
    flow
}

/// What a call with these properties comes to, with three flows to call.
fn calling(properties: Value) -> String {
    let call = call_flow("Call", properties).to("Done").or("Failed");
    let main = flow("main", [call, end("Done"), end("Failed")]);
    let flows = [
        main,
        callee(Some("id-1"), "First", "InFirst"),
        callee(Some("id-2"), "Second", "InSecond"),
        callee(None, "Third", "InThird"),
    ];
    let stage = stage(flows);
    let played = stage.run();
    match played.error_of("Call") {
        "" => played.path(),
        code => code.to_owned(),
    }
}

#[test]
fn a_flow_is_called_by_id_or_by_name() {
    assert_eq!(calling(json!({"flowId": "id-1"})), "Call InFirst Done");
    assert_eq!(calling(json!({"flowName": "Second"})), "Call InSecond Done");
}

#[test]
fn a_flow_without_an_id_is_called_by_its_name_in_either_place() {
    assert_eq!(calling(json!({"flowName": "Third"})), "Call InThird Done");
    assert_eq!(calling(json!({"flowId": "Third"})), "Call InThird Done");
}

#[test]
fn both_may_be_given_if_they_mean_the_same_flow() {
    assert_eq!(
        calling(json!({"flowId": "id-1", "flowName": "First"})),
        "Call InFirst Done"
    );
}

#[test]
fn both_given_and_pointing_to_different_flows_is_an_error() {
    assert_eq!(
        calling(json!({"flowId": "id-1", "flowName": "Second"})),
        "FLOW_AMBIGUOUS"
    );
}

#[test]
fn the_id_wins_over_a_name_that_no_flow_has() {
    assert_eq!(
        calling(json!({"flowId": "id-1", "flowName": "Renamed"})),
        "Call InFirst Done"
    );
}

#[test]
fn an_id_that_no_flow_has_is_not_made_up_for_by_the_name() {
    assert_eq!(calling(json!({"flowId": "id-9", "flowName": "First"})), "FLOW_NOT_FOUND");
    assert_eq!(calling(json!({"flowId": "id-9"})), "FLOW_NOT_FOUND");
    assert_eq!(calling(json!({"flowName": "Nobody"})), "FLOW_NOT_FOUND");
}

#[test]
fn null_and_empty_are_ignored() {
    for nothing in [Value::Null, json!("")] {
        assert_eq!(
            calling(json!({"flowId": nothing, "flowName": "First"})),
            "Call InFirst Done"
        );
        assert_eq!(
            calling(json!({"flowId": "id-2", "flowName": nothing})),
            "Call InSecond Done"
        );
    }
}

#[test]
fn a_call_that_names_nobody_is_a_finding_and_fails_when_it_is_reached() {
    assert_eq!(calling(json!({"flowId": null})), "FLOW_NOT_FOUND");
    let stage = only("Flow", json!({}));
    assert_eq!(stage.findings, ["INVALID_PROPERTY"]);
}

#[test]
fn an_unknown_flow_does_not_stop_other_nodes_from_running() {
    let stage = main_flow([
        say("Hello", "hi").to("Which"),
        decide("Which", &[("{gone} == 'yes'", "Call")], "Bye"),
        call_flow("Call", json!({"flowId": "gone"})).to("Bye"),
        end("Bye"),
    ]);
    assert_eq!(stage.run().path(), "Hello Which Bye");
    let played = stage.call().variable("gone", "\"yes\"").run();
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("Hello Which Call", "error FLOW_NOT_FOUND at Call")
    );
}

#[test]
fn a_call_has_the_callees_steps_one_level_deeper() {
    let main =
        flow("main", [call_flow("Call", json!({"flowId": "sub"})).to("Bye"), end("Bye")]);
    let sub = flow(
        "sub",
        [call_flow("Again", json!({"flowId": "leaf"})).to("Bye"), end("Bye")],
    );
    let stage = stage([main, sub, flow("leaf", [end("Leaf")])]);
    assert_eq!(stage.run().depths(), "Call0 Again1 Leaf2 Bye1 Bye0");
}

#[test]
fn two_flows_may_use_the_same_node_ids() {
    let nodes = |text, next: Option<Node>| {
        let greet = say("Greet", text);
        let rest = [next.unwrap_or_else(|| end("Go")).to("Bye"), end("Bye")];
        std::iter::once(greet.to("Go")).chain(rest).collect::<Vec<_>>()
    };
    let main =
        flow("main", nodes("from main", Some(call_flow("Go", json!({"flowId": "sub"})))));
    let sub = flow("sub", nodes("from sub", None));
    let stage = stage([main, sub]);
    let played = stage.run();
    assert_eq!(played.depths(), "Greet0 Go0 Greet1 Go1 Bye0");
    assert_eq!(played.prompts(), ["from main", "from sub"]);
}

#[test]
fn two_callers_of_one_flow_each_go_on_behind_their_own_call() {
    let main = flow(
        "main",
        [
            call_flow("One", json!({"flowId": "sub"})).to("Two"),
            call_flow("Two", json!({"flowId": "sub"})).to("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main, flow("sub", [end("Inner")])]);
    assert_eq!(stage.run().path(), "One Inner Two Inner Bye");
}

fn published(key: &str, value: Value) -> Stage {
    let main = flow(
        "main",
        [
            call_flow("Call", json!({"flowId": "sub"})).to("Done").or("Failed"),
            end("Done"),
            end("Failed"),
        ],
    );
    let mut sub = flow("sub", [end("Inner")]);
    sub[key] = value;
    stage([main, sub])
}

#[test]
fn a_flow_counts_as_published_and_active_unless_it_says_otherwise() {
    for key in ["published", "active"] {
        let stage = published(key, false.into());
        assert_eq!(stage.run().error_of("Call"), "FLOW_NOT_PUBLISHED");
        for value in [json!(true), Value::Null] {
            assert_eq!(published(key, value).run().path(), "Call Inner Done");
        }
    }
}

#[test]
fn a_flow_that_is_not_published_may_still_be_started_directly() {
    let stage = published("published", false.into());
    assert_eq!(stage.call_to("sub").run().path(), "Inner");
}

#[test]
fn a_flow_without_a_first_node_has_nothing_to_do() {
    let main = flow(
        "main",
        [call_flow("Call", json!({"flowId": "empty"})).to("Bye"), end("Bye")],
    );
    let stage = stage([main, flow("empty", [])]);
    assert_eq!(stage.run().path(), "Call Bye");
    assert_eq!(stage.call_to("empty").run().end(), "completed");
}

#[test]
fn prompts_and_routing_of_a_called_flow_belong_to_the_conversation() {
    let main = flow(
        "main",
        [
            say("Hello", "one").to("Call"),
            call_flow("Call", json!({"flowId": "sub", "inputs": {}})).to("After"),
            say("After", "three").to("Bye"),
            end("Bye"),
        ],
    );
    let sub = flow(
        "sub",
        [
            say("Inner", "two").to("Route"),
            node("Route", "Route", json!({"queueId": "q"})).to("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main, sub]);
    let played = stage.run();
    assert_eq!(played.prompts(), ["one", "two", "three"]);
    assert_eq!(played.routing()["queueId"], "q");
}

#[test]
fn of_two_flows_with_the_same_name_the_first_is_called() {
    let call = call_flow("Call", json!({"flowName": "Twin"})).to("Bye");
    let main = flow("main", [call, end("Bye")]);
    let twins = [callee(Some("a"), "Twin", "InA"), callee(Some("b"), "Twin", "InB")];
    assert_eq!(stage([main].into_iter().chain(twins)).run().path(), "Call InA Bye");
}

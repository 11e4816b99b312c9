//! Every type of node by every name, and what it leaves behind.

use serde_json::{Value, json};

use super::support::*;

/// Every type with its other names, properties that it can run with, and how it went.
fn types() -> Vec<(&'static [&'static str], Value)> {
    vec![
        (&["Say", "PlayPrompt", "PlayAudio"], json!({"sayText": "hi"})),
        (&["Gather", "Collect", "CollectInput"], json!({})),
        (
            &["Set", "SetVariable", "UpdateData"],
            json!({"setVars": [{"key": "a", "value": {"type": "string", "value": "b"}}]}),
        ),
        (
            &["If", "Decision", "Condition"],
            json!({"conditions": [{"expression": "true", "nextNode": "Done"}]}),
        ),
        (
            &["Flow", "Subflow", "CallSubflow", "CallFlow", "CallCommonModule"],
            json!({"flowId": "other"}),
        ),
        (
            &["Route", "TransferToQueue", "TransferToAcd", "Queue"],
            json!({"queueId": "q"}),
        ),
        (
            &["GetExternalContactAction", "GetExternalContact"],
            json!({"lookupValue": "ada@example.com"}),
        ),
        (&["DataAction", "CallDataAction"], json!({"actionId": "act"})),
        (&["GetQueueStats", "QueueStats"], json!({"queueId": "q"})),
        (&["Webhook", "CallWebhook"], json!({"webhookId": "hook"})),
        (&["End"], json!({"endType": "normal"})),
    ]
}

const WORLD: &str = "
contacts: [{id: c, name: Ada, email: ada@example.com}]
queues: [{id: q, statistics: {waiting: 3}}]
dataActions: {act: {output: {ok: true}}}
webhooks: {hook: {output: {ok: true}}}
";

fn with_type(node_type: &str, properties: &Value) -> Stage {
    let it = node("It", node_type, properties.clone()).to("Done").or("Failed");
    let main = flow("main", [it, end("Done"), end("Failed")]);
    stage([main, flow("other", [end("Theirs")])]).with(WORLD)
}

#[test]
fn type_names_are_matched_without_regard_to_case() {
    for (names, properties) in types() {
        for name in names {
            for written in [(*name).to_owned(), name.to_lowercase(), name.to_uppercase()]
            {
                let stage = with_type(&written, &properties);
                assert!(stage.findings.is_empty(), "{written}: {:?}", stage.findings);
                let played = stage.press(&["1"]);
                assert_eq!(played.end(), "completed", "{written}");
                let path = played.path();
                let expected: &[&str] = match names[0] {
                    "Flow" => &["It Theirs Done"],
                    "End" => &["It"],
                    _ => &["It Done"],
                };
                assert!(expected.contains(&&*path), "{written}: {path}");
                assert_eq!(played.step("It")["nodeType"], *written);
            }
        }
    }
}

#[test]
fn the_result_of_every_step_is_an_object() {
    for (names, properties) in types() {
        for inputs in [&["1"][..], &[], &["hangup"], &["say:help"]] {
            for fixtures in [WORLD, "{}", "queues: [{id: other}]"] {
                let stage = with_type(names[0], &properties).with(fixtures);
                let played = stage.press(inputs);
                for step in played.json["steps"].as_array().unwrap() {
                    assert!(step["result"].is_object(), "{step}");
                }
            }
        }
    }
}

#[test]
fn say_leaves_the_text_after_expansion_and_costs_no_time() {
    let stage = main_flow([
        set("Know", &[("name", json!("Ada"))]).to("Greet"),
        say("Greet", "Hello {name}.").to("Bye"),
        end("Bye"),
    ]);
    let played = stage.run();
    assert_eq!(played.prompts(), ["Hello Ada."]);
    assert_eq!(played.result("Greet"), &json!({"text": "Hello Ada."}));
    assert_eq!(played.elapsed(), 0);
}

#[test]
fn if_leaves_the_number_of_the_first_true_condition_or_default() {
    let stage = main_flow([
        decide(
            "Which",
            &[("{n} > 10", "Out"), ("{n} > 5", "Out"), ("{n} > 1", "Out")],
            "Out",
        ),
        say("Out", "{Which.condition}").to("Bye"),
        end("Bye"),
    ]);
    let which = |n: &str| stage.call().variable("n", n).run();
    assert_eq!(which("7").last_prompt(), "2");
    assert_eq!(which("7").step("Which")["path"], "condition 2");
    assert_eq!(which("0").last_prompt(), "default");
    assert_eq!(which("0").step("Which")["path"], "default");
}

#[test]
fn if_leaves_the_values_that_it_read() {
    let stage = main_flow([decide("Which", &[("{n} > 5", "Bye")], "Bye"), end("Bye")]);
    let played = stage.call().variable("n", "7").run();
    assert_eq!(played.result("Which")["operands"], json!({"n": 7}));
}

#[test]
fn if_without_a_default_goes_on_at_on_complete() {
    let stage = main_flow([
        decide("Which", &[("false", "No")], "").to("Yes"),
        end("Yes"),
        end("No"),
    ]);
    assert_eq!(stage.run().path(), "Which Yes");
}

#[test]
fn if_without_any_way_on_ends_the_flow_with_a_diagnostic() {
    let stage = main_flow([decide("Which", &[("false", "No")], ""), end("No")]);
    let played = stage.run();
    assert_eq!((played.path().as_str(), played.end().as_str()), ("Which", "completed"));
    assert_eq!(played.diagnostics(), ["NO_DEFAULT_BRANCH at Which"]);
}

#[test]
fn a_node_without_a_next_one_ends_the_flow_with_a_diagnostic() {
    let stage = main_flow([say("Hello", "hi")]);
    let played = stage.run();
    assert_eq!((played.path().as_str(), played.end().as_str()), ("Hello", "completed"));
    assert_eq!(played.diagnostics(), ["MISSING_ON_COMPLETE at Hello"]);
}

#[test]
fn a_called_flow_that_just_stops_lets_its_caller_go_on() {
    let main = flow(
        "main",
        [call_flow("Call", json!({"flowId": "sub"})).to("After"), end("After")],
    );
    let stage = stage([main, flow("sub", [say("Inner", "hi")])]);
    let played = stage.run();
    assert_eq!(played.path(), "Call Inner After");
    assert_eq!(played.diagnostics(), ["MISSING_ON_COMPLETE at Inner"]);
}

#[test]
fn a_target_that_does_not_exist_ends_the_flow_like_none() {
    let stage = main_flow([say("Hello", "hi").to("Nowhere")]);
    let played = stage.run();
    assert_eq!((played.path().as_str(), played.end().as_str()), ("Hello", "completed"));
}

#[test]
fn end_is_normal_unless_it_says_otherwise() {
    let stage = main_flow([node("Bye", "End", json!({}))]);
    assert_eq!(stage.run().end(), "completed");
    assert_eq!(stage.run().result("Bye"), &json!({"endType": "normal"}));
}

#[test]
fn a_node_of_type_disconnect_disconnects_unless_it_says_otherwise() {
    let main = |kind| {
        let sub = flow("sub", [kind]);
        stage([
            flow(
                "main",
                [call_flow("Call", json!({"flowId": "sub"})).to("After"), end("After")],
            ),
            sub,
        ])
    };
    assert_eq!(main(node("Off", "Disconnect", json!({}))).run().path(), "Call Off");
    let normal = node("Off", "disconnect", json!({"endType": "normal"}));
    assert_eq!(main(normal).run().path(), "Call Off After");
}

#[test]
fn a_node_of_an_unknown_type_is_found_and_ends_in_error() {
    let stage = only("Sya", json!({"sayText": "hi"}));
    assert_eq!(stage.findings, ["UNKNOWN_NODE_TYPE"]);
    assert_eq!(stage.run().end(), "error FLOW_ENDED_IN_ERROR at It");
}

#[test]
fn null_counts_as_an_absent_property() {
    let stage = only(
        "Gather",
        json!({"maxDigits": null, "timeoutSeconds": null, "validDigits": null}),
    );
    assert!(stage.findings.is_empty());
    assert_eq!(stage.press(&["1"]).path(), "It Done");
    assert_eq!(stage.press(&["-"]).elapsed(), 5_000);
}

#[test]
fn languages_genders_and_beeps_change_nothing_and_are_no_finding() {
    let voice = json!({"sayText": "hi", "sayLanguage": "en-US", "sayGender": "female",
        "playBeepBeforeText": true});
    assert!(only("Say", voice).findings.is_empty());
    let voice =
        json!({"promptText": "hi", "promptLanguage": "en-US", "promptGender": "male"});
    assert!(only("Gather", voice).findings.is_empty());
}

#[test]
fn a_property_that_a_type_does_not_have_is_a_finding() {
    assert_eq!(
        only("Say", json!({"sayText": "hi", "sayTxt": "hi"})).findings,
        ["UNKNOWN_PROPERTY"]
    );
}

#[test]
fn a_placeholder_is_a_finding_and_still_runs() {
    let stage = only("Route", json!({"queueId": "YOUR_QUEUE_ID_HERE"}));
    assert_eq!(stage.findings, ["PLACEHOLDER_VALUE"]);
    assert_eq!(stage.run().path(), "It Done");
}

#[test]
fn an_if_of_very_many_conditions_neither_panics_nor_hangs() {
    let conditions: Vec<Value> =
        (0..70_000).map(|_| json!({"expression": "false", "nextNode": "Done"})).collect();
    let stage = only("If", json!({"conditions": conditions, "defaultNextNode": "Done"}));
    assert_eq!(stage.findings, ["INVALID_PROPERTY"]);
    assert_eq!(stage.run().path(), "It Done");
}

#[test]
fn a_step_has_its_number_depth_flow_names_and_times() {
    let ask = gather("Ask", json!({})).named("Ask for a key").to("Bye").or("Bye");
    let main =
        flow("main", [call_flow("Call", json!({"flowId": "sub"})).to("Bye"), end("Bye")]);
    let stage = stage([main, flow("sub", [ask, end("Bye")])]);
    let played = stage.press(&["1@700"]);
    let step = played.step("Ask");
    let expected = json!({"seq": 2, "depth": 1, "flowId": "sub", "nodeId": "Ask",
        "nodeName": "Ask for a key", "nodeType": "Gather", "startMs": 0, "endMs": 700,
        "path": "next", "next": "Bye"});
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&step[key], value, "{key} of {step}");
    }
    let call = played.step("Call");
    assert_eq!((&call["startMs"], &call["endMs"]), (&json!(0), &json!(700)));
}

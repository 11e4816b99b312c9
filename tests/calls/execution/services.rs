//! Data actions and webhooks.

use serde_json::{Value, json};

use super::support::*;

fn action(properties: Value, fixtures: &str) -> Stage {
    only("DataAction", properties).with(fixtures)
}

fn outcome(stage: &Stage) -> (String, i64) {
    let played = stage.run();
    let code = played.error_of("It").to_owned();
    (
        if code.is_empty() { played.result("It").to_string() } else { code },
        played.elapsed(),
    )
}

#[test]
fn a_data_action_leaves_the_fields_of_its_answer() {
    let stage = main_flow([
        node("Get", "DataAction", json!({"actionId": "balance"})).to("Tell"),
        say("Tell", "{Get.balance} {Get.currency.code}").to("Bye"),
        end("Bye"),
    ])
    .with("dataActions: {balance: {output: {balance: 12.50, currency: {code: EUR}}}}");
    let played = stage.run();
    assert_eq!(played.prompts(), ["12.5 EUR"]);
    assert_eq!(
        played.result("Get"),
        &json!({"balance": 12.5, "currency": {"code": "EUR"}})
    );
}

#[test]
fn a_data_action_is_known_by_id_or_name_and_the_id_wins() {
    let world = "dataActions: [{id: a, name: Alpha, output: {is: a}}, {id: b, name: Beta, output: {is: b}}]";
    for (properties, is) in [
        (json!({"actionId": "a"}), "a"),
        (json!({"actionName": "Beta"}), "b"),
        (json!({"actionId": "a", "actionName": "Beta"}), "a"),
        (json!({"actionId": null, "actionName": "Beta"}), "b"),
        (json!({"actionId": "", "actionName": "Beta"}), "b"),
        (json!({"actionId": "zzz", "actionName": "Beta"}), "b"),
    ] {
        assert_eq!(
            action(properties.clone(), world).run().result("It")["is"],
            is,
            "{properties}"
        );
    }
}

#[test]
fn inputs_are_evaluated_and_keep_their_types() {
    let stage = action(
        json!({"actionId": "a", "inputs": {"n": "{n}", "text": "<{n}>", "deep": {"list": ["{n}"]}, "none": "{none}"}}),
        "dataActions: {a: {}}",
    );
    let played = stage.call().variable("n", "7").run();
    let inputs = json!({"n": 7, "text": "<7>", "deep": {"list": [7]}, "none": null});
    assert_eq!(
        played.step("It")["asked"],
        json!({"kind": "dataAction", "name": "a", "inputs": inputs})
    );
}

#[test]
fn a_list_of_answers_is_used_one_a_call_and_the_last_is_repeated() {
    let stage = main_flow([
        node("Get", "DataAction", json!({"actionId": "a"})).to("Tell").or("Tell"),
        say("Tell", "{Get.n}").to("Count"),
        set("Count", &[("turns:increment", json!(1))]).to("Again"),
        decide("Again", &[("{turns} < 4", "Get")], "Bye"),
        end("Bye"),
    ])
    .with("dataActions: {a: [{output: {n: 1}}, {status: 500}, {output: {n: 3}}]}");
    assert_eq!(stage.run().prompts(), ["1", "", "3", "3"]);
    // Every call of a flow starts the list anew.
    assert_eq!(stage.run().prompts(), ["1", "", "3", "3"]);
}

#[test]
fn answers_may_depend_on_the_inputs() {
    let world = "dataActions: {a: [{when: {tier: gold}, output: {queue: vip}}, {output: {queue: all}}]}";
    let stage = action(json!({"actionId": "a", "inputs": {"tier": "{tier}"}}), world);
    assert_eq!(
        stage.call().variable("tier", "\"gold\"").run().result("It")["queue"],
        "vip"
    );
    assert_eq!(stage.run().result("It")["queue"], "all");
}

#[test]
fn a_status_outside_the_two_hundreds_is_a_failure_whose_fields_can_be_read() {
    for status in [199, 300, 404, 500] {
        let stage = main_flow([
            node("Get", "DataAction", json!({"actionId": "a"})).to("Bye").or("Tell"),
            say("Tell", "{Get.reason}").to("Bye"),
            end("Bye"),
        ])
        .with(&format!(
            "dataActions: {{a: {{status: {status}, output: {{reason: busy}}}}}}"
        ));
        let played = stage.run();
        assert_eq!(
            (played.error_of("Get"), played.last_prompt()),
            ("DATA_ACTION_FAILED", "busy"),
            "{status}"
        );
    }
    for status in [200, 204, 299] {
        let world = format!("dataActions: {{a: {{status: {status}}}}}");
        assert_eq!(action(json!({"actionId": "a"}), &world).run().path(), "It Done");
    }
}

#[test]
fn a_latency_moves_the_clock_and_beyond_the_timeout_the_action_fails() {
    for (latency, seconds, expected, elapsed) in [
        (0, json!(null), "{}", 0),
        (4_999, json!(null), "{}", 4_999),
        (5_000, json!(null), "{}", 5_000),
        (5_001, json!(null), "DATA_ACTION_TIMEOUT", 5_000),
        (2_001, json!(2), "DATA_ACTION_TIMEOUT", 2_000),
        (1, json!(0), "DATA_ACTION_TIMEOUT", 0),
        (0, json!(0), "{}", 0),
    ] {
        let world = format!("dataActions: {{a: {{latencyMs: {latency}}}}}");
        let stage = action(json!({"actionId": "a", "timeoutSeconds": seconds}), &world);
        assert_eq!(outcome(&stage), (expected.to_owned(), elapsed), "{latency} ms");
    }
}

#[test]
fn an_answer_that_came_too_late_leaves_nothing() {
    let stage = main_flow([
        node("Get", "DataAction", json!({"actionId": "a", "timeoutSeconds": 1}))
            .to("Bye")
            .or("Tell"),
        say("Tell", "<{Get.n}>").to("Bye"),
        end("Bye"),
    ])
    .with("dataActions: {a: {output: {n: 1}, latencyMs: 1001}}");
    assert_eq!(stage.run().prompts(), ["<>"]);
}

#[test]
fn a_slow_failure_is_a_timeout_first() {
    let stage = action(
        json!({"actionId": "a"}),
        "dataActions: {a: {status: 500, latencyMs: 6000}}",
    );
    assert_eq!(outcome(&stage), ("DATA_ACTION_TIMEOUT".into(), 5_000));
}

#[test]
fn a_data_action_without_a_fixture_is_not_mocked() {
    assert_eq!(
        outcome(&only("DataAction", json!({"actionId": "a"}))),
        ("DATA_ACTION_NOT_MOCKED".into(), 0)
    );
    let other = action(json!({"actionName": "A"}), "dataActions: {a: {}}");
    assert_eq!(other.run().error_of("It"), "DATA_ACTION_NOT_MOCKED");
    let conditional =
        action(json!({"actionId": "a"}), "dataActions: {a: {when: {x: 1}}}");
    assert_eq!(conditional.run().error_of("It"), "DATA_ACTION_NOT_MOCKED");
}

#[test]
fn an_answer_that_is_no_object_still_gives_an_object() {
    for (output, result) in
        [("[1, 2]", json!({"value": [1, 2]})), ("text", json!({"value": "text"}))]
    {
        let stage = action(
            json!({"actionId": "a"}),
            &format!("dataActions: {{a: {{output: {output}}}}}"),
        );
        assert_eq!(stage.run().result("It"), &result);
    }
}

fn hook(properties: Value, fixtures: &str) -> Stage {
    only("Webhook", properties).with(fixtures)
}

const URL: &str = "https://example.com/ivr";

#[test]
fn a_webhook_is_known_by_id_or_url_and_the_id_wins() {
    let world = "webhooks: [{id: w, url: 'https://example.com/ivr', output: {is: w}}, {id: v, output: {is: v}}]";
    assert_eq!(hook(json!({"webhookId": "v"}), world).run().result("It")["is"], "v");
    assert_eq!(hook(json!({"url": URL}), world).run().result("It")["is"], "w");
    assert_eq!(
        hook(json!({"webhookId": "v", "url": URL}), world).run().result("It")["is"],
        "v"
    );
}

#[test]
fn the_url_and_the_body_of_a_webhook_are_templates() {
    let body = json!({"participants": [{"input": {"dtmf": "{key}"}}], "flowInstanceId": "conversation {id}"});
    let stage = hook(
        json!({"url": "https://example.com/{path}", "body": body}),
        &format!("webhooks: {{'{URL}': {{output: {{status: processed}}}}}}"),
    );
    let played = stage
        .call()
        .variable("path", "\"ivr\"")
        .variable("key", "\"5\"")
        .variable("id", "7")
        .run();
    assert_eq!(played.result("It"), &json!({"status": "processed"}));
    let sent = json!({"participants": [{"input": {"dtmf": "5"}}], "flowInstanceId": "conversation 7"});
    assert_eq!(
        played.step("It")["asked"],
        json!({"kind": "webhook", "name": URL, "inputs": sent})
    );
}

#[test]
fn answers_of_a_webhook_may_depend_on_fields_of_its_body() {
    let world =
        "webhooks: {w: [{when: {dtmf: 1}, output: {go: one}}, {output: {go: other}}]}";
    let stage = hook(json!({"webhookId": "w", "body": {"dtmf": "{key}"}}), world);
    assert_eq!(stage.call().variable("key", "\"1\"").run().result("It")["go"], "one");
    assert_eq!(stage.run().result("It")["go"], "other");
}

#[test]
fn webhooks_fail_time_out_and_are_not_mocked_like_data_actions() {
    let properties = json!({"webhookId": "w"});
    assert_eq!(
        outcome(&hook(properties.clone(), "webhooks: {w: {status: 500}}")).0,
        "WEBHOOK_FAILED"
    );
    let slow = hook(properties.clone(), "webhooks: {w: {latencyMs: 5001}}");
    assert_eq!(outcome(&slow), ("WEBHOOK_TIMEOUT".into(), 5_000));
    let slow = hook(
        json!({"webhookId": "w", "timeoutSeconds": 1}),
        "webhooks: {w: {latencyMs: 1000}}",
    );
    assert_eq!(outcome(&slow), ("{}".into(), 1_000));
    assert_eq!(outcome(&only("Webhook", properties)).0, "WEBHOOK_NOT_MOCKED");
}

#[test]
fn the_answer_of_a_webhook_can_be_read() {
    let stage = main_flow([
        node("Post", "Webhook", json!({"webhookId": "w"})).to("Tell"),
        say("Tell", "{Post.routing}").to("Bye"),
        end("Bye"),
    ])
    .with("webhooks: {w: {output: {status: processed, routing: route_to_queue}}}");
    assert_eq!(stage.run().prompts(), ["route_to_queue"]);
}

#[test]
fn a_service_that_names_nobody_is_a_finding() {
    assert_eq!(only("DataAction", json!({})).findings, ["INVALID_PROPERTY"]);
    assert_eq!(only("Webhook", json!({})).findings, ["INVALID_PROPERTY"]);
    assert_eq!(only("GetQueueStats", json!({})).findings, ["INVALID_PROPERTY"]);
    assert_eq!(only("Route", json!({})).findings, ["INVALID_PROPERTY"]);
}

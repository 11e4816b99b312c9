//! Routing, and the statistics of queues.

use serde_json::{Value, json};

use super::support::*;

const WORLD: &str = "
queues:
  - id: support
    name: Support
    agents: [{name: Ann, skills: [english]}, {name: Bob, skills: [English, spanish]}]
    statistics: {availableAgents: 2, occupancy: 0.75, waiting: 3, estimatedWaitSeconds: 40}
  - {id: sales, name: Sales}
";

fn routing(properties: Value) -> Stage {
    only("Route", properties).with(WORLD)
}

#[test]
fn routing_is_recorded_and_the_flow_goes_on() {
    let stage = routing(
        json!({"queueId": "support", "skillRequirements": ["english"], "priority": 7}),
    );
    let played = stage.run();
    let routed = json!({"queueId": "support", "queueName": "Support", "skills": ["english"], "priority": 7});
    assert_eq!(
        (played.path().as_str(), played.routing(), played.result("It")),
        ("It Done", &routed, &routed)
    );
}

#[test]
fn a_queue_is_known_by_id_or_name_and_the_id_wins() {
    for (properties, id) in [
        (json!({"queueId": "support"}), "support"),
        (json!({"queueName": "Sales"}), "sales"),
        (json!({"queueId": "support", "queueName": "Sales"}), "support"),
        (json!({"queueId": null, "queueName": "Sales"}), "sales"),
        (json!({"queueId": "", "queueName": "Sales"}), "sales"),
        (json!({"queueId": "{unset}", "queueName": "Sales"}), "sales"),
        (json!({"queueId": "{unset}", "queueName": "Support"}), "support"),
    ] {
        let stage = routing(properties.clone());
        assert_eq!(stage.run().routing()["queueId"], id, "{properties}");
    }
}

#[test]
fn the_last_routing_of_a_conversation_counts() {
    let stage = main_flow([
        node("One", "Route", json!({"queueId": "support"})).to("Two"),
        node("Two", "Route", json!({"queueId": "sales"})).to("Bye"),
        end("Bye"),
    ])
    .with(WORLD);
    assert_eq!(stage.run().routing()["queueId"], "sales");
}

#[test]
fn a_queue_that_the_fixtures_do_not_know_is_not_found() {
    let stage = routing(json!({"queueId": "billing"}));
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), played.error_of("It"), played.routing()),
        ("It Failed", "QUEUE_NOT_FOUND", &Value::Null)
    );
    assert_eq!(
        routing(json!({"queueId": "billing", "queueName": "Sales"})).run().error_of("It"),
        "QUEUE_NOT_FOUND"
    );
}

#[test]
fn while_the_fixtures_know_no_queue_any_is_accepted_with_a_diagnostic() {
    let stage = only("Route", json!({"queueId": "anything"}));
    let played = stage.run();
    assert_eq!(
        (played.path().as_str(), &played.routing()["queueId"]),
        ("It Done", &json!("anything"))
    );
    assert_eq!(played.diagnostics(), ["QUEUE_NOT_CHECKED at It"]);
}

#[test]
fn some_agent_must_have_all_the_required_skills() {
    for (skills, code) in [
        (json!([]), ""),
        (json!(["spanish"]), ""),
        (json!(["SPANISH", "english"]), ""),
        (json!(["french"]), "SKILL_MISMATCH"),
        (json!(["english", "french"]), "SKILL_MISMATCH"),
        (json!([{"name": "spanish"}]), ""),
        (json!([{"id": "french"}]), "SKILL_MISMATCH"),
        (json!(["{language}"]), ""),
        (Value::Null, ""),
    ] {
        let stage = routing(json!({"queueId": "support", "skillRequirements": skills}));
        let played = stage.call().variable("language", "\"spanish\"").run();
        assert_eq!(played.error_of("It"), code, "{skills}");
    }
}

#[test]
fn a_queue_without_listed_agents_takes_every_skill() {
    let stage = routing(json!({"queueId": "sales", "skillRequirements": ["french"]}));
    assert_eq!(stage.run().path(), "It Done");
}

#[test]
fn queues_are_templates() {
    let stage = routing(json!({"queueId": "{queue}"}));
    assert_eq!(
        stage.call().variable("queue", "\"sales\"").run().routing()["queueId"],
        "sales"
    );
}

#[test]
fn routing_costs_no_time() {
    assert_eq!(routing(json!({"queueId": "support"})).run().elapsed(), 0);
}

#[test]
fn statistics_are_the_outputs() {
    let stage = main_flow([
        node("Stats", "GetQueueStats", json!({"queueId": "support"})).to("Busy"),
        decide(
            "Busy",
            &[("{Stats.availableAgents} < 5 and {Stats.occupancy} > 0.5", "Tell")],
            "Bye",
        ),
        say("Tell", "{Stats.waiting} waiting, {Stats.estimatedWaitSeconds} s").to("Bye"),
        end("Bye"),
    ])
    .with(WORLD);
    let played = stage.run();
    assert_eq!(played.prompts(), ["3 waiting, 40 s"]);
    let expected = json!({"availableAgents": 2, "occupancy": 0.75, "waiting": 3, "estimatedWaitSeconds": 40});
    assert_eq!(played.result("Stats"), &expected);
}

#[test]
fn statistics_are_found_by_id_or_name_and_may_be_templates() {
    for queue in ["support", "Support", "{queue}"] {
        let stage = only("QueueStats", json!({"queueId": queue})).with(WORLD);
        let played = stage.call().variable("queue", "\"support\"").run();
        assert_eq!(played.result("It")["waiting"], 3, "{queue}");
    }
}

#[test]
fn a_queue_with_agents_and_without_statistics_has_all_of_them_free() {
    let stage = only("GetQueueStats", json!({"queueId": "q"}))
        .with("queues: {q: {agents: [{name: A}, {name: B}]}}");
    let expected = json!({"availableAgents": 2, "occupancy": 0, "waiting": 0, "estimatedWaitSeconds": 0});
    assert_eq!(stage.run().result("It"), &expected);
}

#[test]
fn statistics_of_an_unknown_queue_are_not_found_also_while_no_queue_is_known() {
    for stage in [
        only("GetQueueStats", json!({"queueId": "x"})),
        only("GetQueueStats", json!({"queueId": "x"})).with(WORLD),
    ] {
        let played = stage.run();
        assert_eq!(
            (played.path().as_str(), played.error_of("It")),
            ("It Failed", "QUEUE_NOT_FOUND")
        );
    }
}

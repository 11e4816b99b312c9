//! Simulations: the lookup tutorial.

use serde_json::{Value, json};

use super::support::Local;

fn contact_lookup() -> Local {
    Local::with(&["contact-lookup/flows"], &["contact-lookup/fixtures.yaml"])
}

#[test]
fn the_request_of_seed_003_finds_a_contact() {
    let server = contact_lookup();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/contact-lookup/request.json");
    let request: Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let answer = server.post("/api/v2/architect/simulations", &request);
    assert_eq!(answer.status, 200, "{answer:?}");
    let trace = answer.body["trace"].as_array().unwrap();
    let step =
        trace.iter().find(|it| it["nodeType"] == "GetExternalContactAction").unwrap();
    assert!(step["result"]["contact"]["id"].is_string(), "{step}");
    assert!(trace.iter().all(|step| step["result"].is_object()));
}

#[test]
fn invalid_requests_are_refused() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let refused =
        |body: Value| server.post("/api/v2/architect/simulations", &body).status;
    assert_eq!(refused(json!({ "flowId": "nobody" })), 400);
    assert_eq!(refused(json!({ "flowId": flow, "nodeId": "Nowhere" })), 400);
    assert_eq!(refused(json!({ "flowId": flow, "timeout": -1 })), 400);
    assert_eq!(refused(json!({ "flow": flow })), 400);
    assert_eq!(refused(json!([])), 400);
}

#[test]
fn keys_provided_in_advance_are_used_once() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    assert_eq!(server.post("/__flowsim/input", &json!({ "dtmf": ["1"] })).status, 200);
    let routed = |answer: Value| {
        let is_routed = answer["trace"].to_string().contains("\"Route\"");
        assert_eq!(answer["routing"].is_object(), is_routed, "{answer}");
        assert!(answer["variables"].is_object(), "{answer}");
        is_routed
    };
    let run = || {
        server
            .post(
                "/api/v2/architect/simulations",
                &json!({ "flowId": flow, "timeout": 60_000 }),
            )
            .body
    };
    assert!(routed(run()));
    assert!(!routed(run()));
}

#[test]
fn flows_find_contacts_that_were_created() {
    let server = contact_lookup();
    let contact = json!({
        "firstName": "Grace", "lastName": "Hopper", "workEmail": "grace@example.com",
        "workPhone": { "display": "+1 555 777 0199" }, "customFields": { "tier": "gold" },
    });
    let made = server.post("/api/v2/externalcontacts/contacts", &contact);
    assert_eq!(made.status, 200, "{made:?}");
    let flow = server.get("/api/v2/flows").body["entities"][0]["id"].clone();
    let body = json!({ "flowId": flow, "context": { "from": "+15557770199" } });
    let run = server.post("/api/v2/architect/simulations", &body).body;
    assert!(run["trace"].to_string().contains("Grace Hopper"), "{run}");
}

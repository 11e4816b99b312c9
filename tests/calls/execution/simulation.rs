//! The simulation request of seed 003, and starting in the middle of a flow.

use std::sync::Arc;

use flowsim::engine::{Call, Limits, Request, Session, play};
use flowsim::source::{Files, read_json};
use flowsim::trace::{JsonWriter, write_simulation};
use flowsim::world::FixtureHost;
use serde_json::{Value, json};

use super::support::*;

/// A flow as seed 003 looks one up: a greeting before, a decision behind.
fn lookup() -> Stage {
    main_flow([
        say("Greet", "Welcome.").to("Lookup"),
        node("Lookup", "GetExternalContactAction", json!({})).named("Look up the caller").to("Known").or("Sorry"),
        decide("Known", &[("{Lookup.contact.id} != null", "Personal")], "General"),
        say("Personal", "Hello {Lookup.contact.name}.").to("Bye"),
        say("General", "Hello.").to("Bye"),
        say("Sorry", "Sorry.").to("Bye"),
        end("Bye"),
    ])
    .with("contacts: [{id: c-1, name: Ada, email: ada@example.com, phone: '+15551234567', attributes: {tier: gold}}]")
}

fn request(text: &str) -> Request {
    let file = Files::new().add("request.json", text);
    Request::read(&read_json(&file).expect("JSON")).expect("a request")
}

/// The response of a simulation.
fn simulate(stage: &Stage, text: &str) -> Value {
    let request = request(text);
    let flow = stage.program.flow(&request.flow).expect("a flow");
    let mut call = Call::new(flow)
        .limits(Limits { timeout_ms: Some(request.timeout_ms), ..Limits::default() });
    if let Some(name) = &request.node {
        call = call.at_node(stage.program.node(flow, name).expect("a node"));
    }
    for (name, value) in &request.context {
        call = call.context(&stage.program, name, value.clone());
    }
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    let trace = play(
        &mut session,
        &call,
        &mut FixtureHost::new(&stage.fixtures, &request.inputs),
    );
    let mut out = String::new();
    write_simulation(&JsonWriter::new(&stage.program.legend), &trace, &mut out);
    serde_json::from_str(&out).expect("JSON")
}

const SEED: &str = r#"{"flowId": "main", "nodeId": "Lookup", "timeout": 5000, "context": {
    "from": "+15551234567", "to": "+15550000000", "channel": "voice",
    "conversationId": "simulated-conv-123", "mediaType": "voice"}}"#;

#[test]
fn the_request_of_the_seed_jumps_to_the_lookup() {
    let stage = lookup();
    let response = simulate(&stage, SEED);
    assert_eq!(response["status"], "completed");
    let steps = response["trace"].as_array().unwrap();
    let path: Vec<&str> =
        steps.iter().map(|step| step["nodeId"].as_str().unwrap()).collect();
    assert_eq!(path, ["Lookup", "Known", "Personal", "Bye"]);
    let first = &steps[0];
    assert_eq!(first["nodeName"], "Look up the caller");
    assert_eq!(first["nodeType"], "GetExternalContactAction");
    for key in ["result", "output"] {
        assert_eq!(first[key]["contact"]["id"], "c-1");
        assert_eq!(first[key]["contact"]["attributes"], json!({"tier": "gold"}));
    }
}

#[test]
fn a_step_that_failed_has_an_error_in_its_result() {
    let stage = lookup();
    let response = simulate(&stage, r#"{"flowId": "main", "nodeId": "Lookup"}"#);
    assert_eq!(response["trace"][0]["result"]["error"]["code"], "LOOKUP_KEY_MISSING");
    assert_eq!(response["trace"][1]["nodeId"], "Sorry");
}

#[test]
fn a_request_without_a_node_starts_at_the_start() {
    let stage = lookup();
    let response =
        simulate(&stage, r#"{"flowId": "main", "context": {"from": "+15559999999"}}"#);
    assert_eq!(response["trace"][0]["nodeId"], "Greet");
    assert_eq!(response["trace"][2]["nodeId"], "Known");
    assert_eq!(response["trace"][3]["nodeId"], "General");
}

#[test]
fn a_request_times_out_after_five_seconds_unless_it_says_otherwise() {
    let ask = gather("Ask", json!({"timeoutSeconds": 20})).to("Bye").or("Bye");
    let stage = main_flow([ask, end("Bye")]);
    let response = simulate(&stage, r#"{"flowId": "main"}"#);
    assert_eq!(
        (&response["status"], &response["elapsedMs"]),
        (&json!("timeout"), &json!(5_000))
    );
    assert_eq!(response["error"]["code"], "SIMULATION_TIMEOUT");
    assert_eq!(response["trace"][0]["nodeId"], "Ask");
    let response = simulate(&stage, r#"{"flowId": "main", "timeout": 30000}"#);
    assert_eq!(
        (&response["status"], &response["elapsedMs"]),
        (&json!("completed"), &json!(20_000))
    );
    let response = simulate(&stage, r#"{"flowId": "main", "inputs": {"dtmf": ["1"]}}"#);
    assert_eq!(
        (&response["status"], &response["elapsedMs"]),
        (&json!("completed"), &json!(0))
    );
}

#[test]
fn a_call_starts_at_any_node_with_nothing_of_what_came_before() {
    let stage = main_flow([
        gather("Ask", json!({})).to("Tell").or("Bye"),
        say("Tell", "<{Ask.digits}>").to("Bye"),
        end("Bye"),
    ]);
    let played = stage.call().at("Tell").run();
    assert_eq!((played.path().as_str(), played.prompts()), ("Tell Bye", vec!["<>"]));
    assert_eq!(played.diagnostics(), ["VARIABLE_NOT_FOUND at Tell"]);
}

#[test]
fn a_node_is_looked_for_in_the_flow_that_the_call_starts_in() {
    let stage = stage([flow("main", [end("Here")]), flow("other", [end("There")])]);
    let main = stage.program.flow("main").unwrap();
    assert!(stage.program.node(main, "Here").is_some());
    assert!(stage.program.node(main, "There").is_none());
    assert!(stage.program.node(main, "here").is_none());
}

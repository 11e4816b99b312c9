//! The forms that a document of flows can have.

use serde_json::{Value, json};

use super::support::*;

fn nodes() -> Value {
    json!({
        "Hello": {"id": "Hello", "type": "Say", "properties": {"sayText": "Hello"},
            "onComplete": {"nextNode": "Bye"}},
        "Bye": {"id": "Bye", "type": "End", "properties": {}}
    })
}

fn hello(name: &str) -> Value {
    json!({"name": name, "type": "inbound", "draft": {"startNode": "Hello", "nodes": nodes()}})
}

fn path_of(document: &Value) -> String {
    Stage::read(&document.to_string()).run().path()
}

#[test]
fn a_file_holds_one_flow() {
    assert_eq!(path_of(&hello("main")), "Hello Bye");
}

#[test]
fn a_file_holds_an_object_of_flows_or_a_list() {
    for document in
        [json!({"flows": [hello("a"), hello("b")]}), json!([hello("a"), hello("b")])]
    {
        let stage = Stage::read(&document.to_string());
        assert!(stage.findings.is_empty(), "{:?}", stage.findings);
        assert_eq!(stage.call_to("b").run().path(), "Hello Bye");
    }
}

#[test]
fn without_draft_its_keys_stand_at_the_top() {
    let flow = json!({"name": "main", "type": "inbound", "startNode": "Hello", "nodes": nodes()});
    assert_eq!(path_of(&flow), "Hello Bye");
}

#[test]
fn nodes_may_be_a_list() {
    let list: Vec<Value> = nodes().as_object().unwrap().values().cloned().collect();
    let flow = json!({"name": "main", "draft": {"startNode": "Hello", "nodes": list}});
    assert_eq!(path_of(&flow), "Hello Bye");
}

#[test]
fn a_node_that_calls_itself_otherwise_is_known_by_its_key() {
    let mut flow = hello("main");
    flow["draft"]["nodes"]["Bye"]["id"] = "Goodbye".into();
    let stage = Stage::read(&flow.to_string());
    assert_eq!(stage.findings, ["NODE_ID_MISMATCH"]);
    assert_eq!(stage.run().path(), "Hello Bye");
}

#[test]
fn edges_may_be_empty_absent_or_filled_and_are_never_needed() {
    for edges in
        [json!({}), json!([]), Value::Null, json!([{"from": "Hello", "to": "Bye"}])]
    {
        let mut flow = hello("main");
        flow["draft"]["edges"] = edges;
        let stage = Stage::read(&flow.to_string());
        assert!(stage.findings.is_empty(), "{:?}", stage.findings);
        assert_eq!(stage.run().path(), "Hello Bye");
    }
}

#[test]
fn an_edge_that_no_handler_has_is_found_and_does_not_lead_the_call() {
    let mut flow = hello("main");
    flow["draft"]["edges"] = json!([{"from": "Hello", "to": "Hello"}]);
    let stage = Stage::read(&flow.to_string());
    assert_eq!(stage.findings, ["INVALID_PROPERTY"]);
    assert_eq!(stage.run().path(), "Hello Bye");
}

#[test]
fn a_flow_without_an_id_is_known_by_its_name() {
    let played = Stage::read(&hello("Front_Desk").to_string());
    let played = played.run();
    assert_eq!(played.json["flow"]["id"], "Front_Desk");
    assert_eq!(played.json["flow"]["name"], "Front_Desk");
}

#[test]
fn unknown_keys_are_kept_and_are_no_error() {
    let mut flow = hello("main");
    flow["inbound"] = json!({"enabled": true});
    flow["draft"]["nodes"]["Hello"]["position"] = json!({"x": 1});
    let (flows, diagnostics) = read_flows(&flow.to_string());
    assert!(diagnostics.is_empty());
    assert!(flows[0].other.contains_key("inbound"));
    assert!(flows[0].nodes["Hello"].other.contains_key("position"));
}

#[test]
fn the_name_of_a_node_is_its_id_unless_it_has_one() {
    let stage = main_flow([say("A", "hi").named("Greeting").to("B"), end("B")]);
    let played = stage.run();
    assert_eq!(played.step("A")["nodeName"], "Greeting");
    assert_eq!(played.step("B")["nodeName"], "B");
}

#[test]
fn handlers_are_an_object_or_the_bare_id_of_a_node() {
    let text = r#"{"name": "main", "draft": {"startNode": "Ask", "nodes": {
        "Ask": {"type": "Gather", "onComplete": "Ok", "onError": "Sorry"},
        "Ok": {"type": "End"}, "Sorry": {"type": "End"}}}}"#;
    let stage = Stage::read(text);
    assert_eq!(stage.press(&["1"]).path(), "Ask Ok");
    assert_eq!(stage.press(&["-"]).path(), "Ask Sorry");
}

#[test]
fn a_version_is_a_text_a_number_or_the_platforms_object() {
    for version in [json!("3.0"), json!({"id": "3.0"})] {
        let mut flow = hello("main");
        flow["version"] = version;
        assert_eq!(Stage::read(&flow.to_string()).run().json["flow"]["version"], "3.0");
    }
}

#[test]
fn no_document_panics() {
    let odd = [
        "{}",
        "[]",
        "null",
        "1",
        "{\"nodes\": 1}",
        "{\"draft\": []}",
        "{\"flows\": {}}",
        r#"{"nodes": {"A": 1, "B": {}, "C": {"type": 1}}}"#,
        r#"{"startNode": 1, "nodes": [{"id": 1}, {"id": "A", "type": "Say", "properties": []}]}"#,
        r#"{"startNode": "A", "nodes": {"A": {"type": "If", "properties": {"conditions": [1, {}]}}}}"#,
        r#"{"startNode": "A", "nodes": {"A": {"type": "Set", "properties": {"setVars": [1, {"key": 1}]}}}}"#,
        r#"{"startNode": "A", "nodes": {"A": {"type": "Flow", "properties": {"inputs": 1, "outputs": {"a": 1}}}}}"#,
        r#"{"startNode": "A", "nodes": {"A": {"type": "Gather", "properties": {"maxDigits": "x"}}}}"#,
        r#"{"startNode": "A", "nodes": {"A": {"type": "Route", "properties": {"skillRequirements": 3}}}}"#,
        r#"{"startNode": "A", "nodes": {"A": {"type": "Nope", "onComplete": 1, "onError": []}}}"#,
    ];
    for text in odd {
        let stage = Stage::read(text);
        assert!(!stage.findings.is_empty(), "{text}");
        if !stage.program.units.is_empty() {
            stage.run();
        }
    }
}

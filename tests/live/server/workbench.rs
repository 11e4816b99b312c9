//! The tools for a call that is made by hand: its place in the drawing, branches, and the
//! call as a test.

use std::process::Command;

use flowsim::value::DateTime;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Answer, Client, Local, Process, draft, organisation};

fn instance(server: &Client, id: &str) -> Value {
    server.get(&format!("/__flowsim/instances/{id}")).body
}

fn branch(server: &Client, id: &str, question: &Value) -> Answer {
    let path = format!("/__flowsim/instances/{id}/branches");
    server.post(&path, &json!({ "question": question }))
}

/// A flow with two nodes that listen for a key, one after the other.
fn two_questions(server: &Client) -> String {
    let mut flow = draft("Two");
    let nodes = &mut flow["draft"]["nodes"];
    let mut second = nodes["Ask"].clone();
    second["id"] = "Again".into();
    nodes["Again"] = second;
    nodes["Ask"]["onComplete"]["nextNode"] = "Again".into();
    nodes["Tell"]["properties"]["sayText"] =
        "You pressed {Ask.digits} and {Again.digits}.".into();
    let made = server.post("/api/v2/flows", &flow).body;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        server.post(&format!("/api/v2/flows/{id}/publish"), &json!({})).status,
        200
    );
    id
}

fn turns(instance: &Value) -> String {
    instance["turns"].to_string()
}

/// Asserts that the place of a call is in the drawing of its flow, with all arrows that it
/// took. Returns the place.
fn drawn_place(server: &Client, id: &str) -> Value {
    let place = instance(server, id)["place"].clone();
    let flow = place["flowId"].as_str().unwrap();
    let drawn = server.get(&format!("/__flowsim/flows/{flow}/drawing")).body;
    let [drawing] = drawn["drawings"].as_array().unwrap().as_slice() else {
        panic!("{drawn}")
    };
    let mut boxes = drawing["boxes"].as_array().unwrap().iter();
    assert!(boxes.any(|it| it["node"] == place["node"]), "{place}: {drawn}");
    for taken in place["arrows"].as_array().unwrap() {
        let mut arrows = drawing["arrows"].as_array().unwrap().iter();
        let is_drawn = arrows.any(|it| it["from"] == taken[0] && it["to"] == taken[1]);
        assert!(is_drawn, "{taken}: {drawn}");
    }
    place
}

#[test]
fn the_drawing_has_the_place_of_a_call() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let id = server.converse(&flow);
    let place = drawn_place(&server, &id);
    assert_eq!(
        (&place["node"], &place["version"]),
        (&json!("GatherInput"), &Value::Null)
    );
    assert_ne!(place["flowId"], flow, "the node that listens is in the shared flow");
    server.press(&id, &json!(["1"]));
    let place = drawn_place(&server, &id);
    assert_eq!((&place["flowId"], &place["version"]), (&json!(flow), &json!(1)));
    assert_eq!(place["nodes"]["RouteToAgent"], 1, "{place}");
    assert!(!place["arrows"].as_array().unwrap().is_empty());
    for (version, status) in [("1", 200), ("9", 404), ("x", 400)] {
        let path = format!("/__flowsim/flows/{flow}/drawing?version={version}");
        assert_eq!(server.get(&path).status, status, "{version}");
    }
}

#[test]
fn every_action_of_an_architect_call_is_drawn() {
    let mut organisation =
        organisation(&["alder-clinic/flows"], &["alder-clinic/fixtures.yaml"]);
    organisation.start_at(DateTime::parse("2026-03-10T14:00:00.000Z").unwrap());
    let server = Local::of(organisation);
    let id = server.converse(&server.flow_id("Alder%20Clinic%20Main%20Line"));
    let place = &instance(&server, &id)["place"];
    let flow = place["flowId"].as_str().unwrap();
    let drawn = server.get(&format!("/__flowsim/flows/{flow}/drawing")).body;
    let drawings = drawn["drawings"].as_array().unwrap();
    assert!(drawings.len() > 1, "each task and menu has a drawing");
    let boxes = drawings.iter().flat_map(|it| it["boxes"].as_array().unwrap());
    let nodes: Vec<&str> = boxes.filter_map(|it| it["node"].as_str()).collect();
    assert!(nodes.contains(&place["node"].as_str().unwrap()), "{place}: {nodes:?}");
}

#[test]
fn a_call_branches_at_an_earlier_question() {
    let server = Local::shared_flow();
    let id = server.converse(&two_questions(&server));
    server.press(&id, &json!(["1", "2"]));
    let first = instance(&server, &id);
    assert!(turns(&first).contains("You pressed 1 and 2."), "{first}");
    assert_eq!(
        first["inputs"],
        json!([
            { "question": 0, "node": "Ask", "input": "1" },
            { "question": 1, "node": "Again", "input": "2" },
        ])
    );

    let made = branch(&server, &id, &json!(1));
    assert_eq!(made.status, 200, "{made:?}");
    let other = made.body["id"].as_str().unwrap();
    assert_eq!(made.body["question"]["node"], "Again");
    assert_eq!(made.body["branchOf"], json!({ "id": id, "question": 1 }));
    server.press(other, &json!(["7"]));
    assert!(turns(&instance(&server, other)).contains("You pressed 1 and 7."));
    assert_eq!(instance(&server, &id), first, "the first call is unchanged");
    let conversation = server.get(&format!("/api/v2/conversations/{other}"));
    assert_eq!(conversation.status, 200, "{conversation:?}");

    // A branch has branches, also at the question that it waits at.
    let third = branch(&server, other, &json!(0)).body;
    let third = branch(&server, third["id"].as_str().unwrap(), &json!(0)).body;
    let third = third["id"].as_str().unwrap();
    server.press(third, &json!(["5", "3"]));
    assert!(turns(&instance(&server, third)).contains("You pressed 5 and 3."));
    for question in [json!(2), json!(-1), json!("0"), Value::Null] {
        assert_eq!(branch(&server, &id, &question).status, 400, "{question}");
    }
    assert_eq!(branch(&server, "nobody", &json!(0)).status, 404);
}

#[test]
fn a_branch_has_the_variables_that_were_written_and_its_own_time() {
    let server = Local::shared_flow();
    let id = server.converse(&two_questions(&server));
    let write = json!({ "flowInstanceId": id, "variables": { "greeting": "hello" } });
    server.post("/api/v2/flows/variables", &write);
    server.press(&id, &json!(["1"]));
    // The second question times out.
    server.post("/__flowsim/clock", &json!({ "advanceMs": 60_000 }));
    let first = instance(&server, &id);
    assert_eq!(first["state"], "over");
    let other = branch(&server, &id, &json!(1)).body;
    assert_eq!(other["startedAt"], first["startedAt"]);
    assert_eq!(other["question"]["openForMs"], 0, "{other}");
    assert_eq!(other["variables"]["greeting"], first["variables"]["greeting"]);
    let other = other["id"].as_str().unwrap();
    server.post("/__flowsim/clock", &json!({ "advanceMs": 4_000 }));
    assert_eq!(instance(&server, other)["state"], "waiting");
    server.post("/__flowsim/clock", &json!({ "advanceMs": 1_000 }));
    assert_eq!(instance(&server, other)["state"], "over");
}

#[test]
fn branches_survive_a_restart() {
    let folder = TempDir::new().unwrap();
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        let command = command.args(["serve", "--port", "0", "--data"]).arg(folder.path());
        let flows = ["--flows", "fixtures/shared-flow/flows"];
        let fixtures = ["--fixtures", "fixtures/shared-flow/fixtures.yaml"];
        Process::start(command.args(flows).args(fixtures))
    };
    let mut server = start();
    let client = server.client.clone().logged_in("");
    let id = client.converse(&two_questions(&client));
    client.press(&id, &json!(["1", "2"]));
    let other = branch(&client, &id, &json!(1)).body;
    let other = other["id"].as_str().unwrap();
    client.press(other, &json!(["9"]));
    let before = instance(&client, other);
    server.kill();
    let mut server = start();
    assert_eq!(instance(&server.client, other), before);
    server.kill();
}

/// Saves a call of the shared flow as a test, and runs it.
fn save_and_run(server: &Client, id: &str, folder: &TempDir) -> (String, bool, String) {
    let saved = server.get(&format!("/__flowsim/instances/{id}/scenario"));
    assert_eq!(saved.status, 200, "{saved:?}");
    let text = saved.body["scenario"].as_str().unwrap().to_owned();
    let file = folder.path().join(saved.body["fileName"].as_str().unwrap());
    std::fs::write(&file, &text).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("test")
        .arg(&file)
        .output()
        .unwrap();
    (text, ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
}

#[test]
fn a_call_is_saved_as_a_test_that_passes() {
    let folder = TempDir::new().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let command =
        command.args(["serve", "--port", "0"]).args(["--at", "2026-03-10T14:00:00.000Z"]);
    let command =
        command.args(["--flows", &format!("{root}/fixtures/shared-flow/flows")]);
    let fixtures = format!("{root}/fixtures/shared-flow/fixtures.yaml");
    let mut server = Process::start(command.args(["--fixtures", &fixtures]));
    let client = server.client.clone().logged_in("");
    let flow = client.flow_id("Inbound_Flow_A");
    let called = json!({ "flowId": flow, "from": "+49301234567" });
    let id = client.post("/__flowsim/instances", &called).body["id"].clone();
    let id = id.as_str().unwrap();
    client.press(id, &json!([null, "1"]));
    let (text, passes, out) = save_and_run(&client, id, &folder);
    assert!(passes, "{out}\n{text}");
    assert!(
        text.contains("+49301234567") && text.contains("2026-03-10T14:00:00"),
        "{text}"
    );

    // A call that has not ended, and one whose caller hung up.
    let id = client.converse(&flow);
    let (text, passes, out) = save_and_run(&client, &id, &folder);
    assert!(passes, "{out}\n{text}");
    client.post(&format!("/__flowsim/instances/{id}/disconnect"), &json!({}));
    let (text, passes, out) = save_and_run(&client, &id, &folder);
    assert!(passes && text.contains("hangup"), "{out}\n{text}");
    server.kill();
}

#[test]
fn what_a_test_cannot_contain_is_named() {
    let server = Local::shared_flow();
    let id = server.converse(&two_questions(&server));
    server.send("PATCH", "/__flowsim/fixtures", Some(r#"{"queues": {"q9": {}}}"#), &[]);
    let write = json!({ "flowInstanceId": id, "variables": { "greeting": "hello" } });
    server.post("/api/v2/flows/variables", &write);
    let saved = server.get(&format!("/__flowsim/instances/{id}/scenario")).body;
    let text = saved["scenario"].as_str().unwrap();
    for note in
        ["flow was written by a request", "fixtures were changed", "Clients wrote"]
    {
        assert!(text.contains(note), "{note}: {text}");
    }
}

#[test]
fn participant_data_is_written_for_the_flow() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    let write = |id: &str, body: &Value| {
        let path = format!("/__flowsim/instances/{id}/participantData");
        server.send("PATCH", &path, Some(&body.to_string()), &[])
    };
    let written = write(&id, &json!({ "tier": "gold", "old": "x" }));
    assert_eq!(written.status, 200, "{written:?}");
    assert_eq!(written.body["participantData"], json!({ "tier": "gold", "old": "x" }));
    let written = write(&id, &json!({ "old": null }));
    assert_eq!(written.body["participantData"], json!({ "tier": "gold" }));
    // The conversation of the platform has the same attributes.
    let shown = server.get(&format!("/api/v2/conversations/{id}")).body;
    assert_eq!(shown["participants"][0]["attributes"], json!({ "tier": "gold" }));

    for body in [json!({}), json!({ "tier": 7 }), json!([])] {
        assert_eq!(write(&id, &body).status, 400, "{body}");
    }
    assert_eq!(write("nowhere", &json!({ "a": "b" })).status, 404);
    let flow = json!({ "flowId": server.flow_id("Inbound_Flow_A") });
    let execution = server.post("/api/v2/flows/executions", &flow).body;
    let refused = write(execution["id"].as_str().unwrap(), &json!({ "a": "b" }));
    assert_eq!(refused.status, 409, "{refused:?}");
}

#[test]
fn the_first_message_begins_the_conversation() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let first = |media: &str, message: Value| {
        let call =
            json!({ "flowId": flow, "media": media, "context": { "message": message } });
        let made = server.post("/__flowsim/instances", &call);
        assert_eq!(made.status, 200, "{made:?}");
        instance(&server, made.body["id"].as_str().unwrap())["turns"][0].clone()
    };
    let spoken = first("chat", json!("Hello there"));
    assert_eq!(spoken["text"], "Hello there");
    assert_eq!(spoken["timeMs"], 0);
    assert_ne!(first("chat", json!("  "))["kind"], spoken["kind"]);
    assert_ne!(first("chat", Value::Null)["kind"], spoken["kind"]);
}

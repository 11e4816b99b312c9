//! Conversations, executions and instances of flows that actually run.

use std::time::{Duration, Instant};

use flowsim::engine::{Call, Session, play};
use flowsim::trace::{JsonWriter, Trace};
use flowsim::world::{FixtureHost, Fixtures, Input};
use serde_json::{Value, json};

use super::service::wait_until;
use super::support::{Client, Local, draft};

fn published(server: &Local, name: &str) -> String {
    publish(server, &draft(name))
}

fn publish(server: &Local, flow: &Value) -> String {
    let made = server.post("/api/v2/flows", flow);
    assert_eq!(made.status, 200, "{made:?}");
    let id = made.body["id"].as_str().unwrap().to_owned();
    let done = server.post(&format!("/api/v2/flows/{id}/publish"), &json!({}));
    assert_eq!(done.status, 200, "{done:?}");
    id
}

#[test]
fn a_flow_waits_for_keys_and_continues_with_them() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let id = server.converse(&flow);
    let path = format!("/api/v2/conversations/{id}");
    let waiting = server.get(&path).body;
    assert_eq!(waiting["state"], "connected");
    assert_eq!(
        waiting["routing"],
        json!({ "flowId": flow, "queueId": null, "agentId": null })
    );
    let pressed = server.press(&id, &json!(["1"]));
    assert_eq!((pressed.status, &pressed.body["running"]), (200, &json!(false)));
    let over = server.get(&path).body;
    assert_eq!(
        (&over["state"], &over["routing"]["queueId"]),
        (&json!("queued"), &json!("support"))
    );
    assert_eq!(server.press(&id, &json!(["1"])).status, 409);
}

#[test]
fn keys_can_be_sent_to_the_calls_endpoint() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    let path = format!("/api/v2/conversations/calls/{id}/participants/p/digits");
    assert_eq!(server.post(&path, &json!({ "digits": "x" })).status, 400);
    assert_eq!(server.post(&path, &json!({ "digits": "1" })).status, 202);
    let over = server.get(&format!("/api/v2/conversations/{id}")).body;
    assert_eq!(over["state"], "queued");
}

#[test]
fn invalid_and_unknown_flow_ids_are_distinguished() {
    let server = Local::shared_flow();
    let with = |flow: Value| {
        let body = json!({ "type": "chat", "routing": { "flowId": flow } });
        server.post("/api/v2/conversations", &body).status
    };
    assert_eq!(with(json!("not a flow")), 400);
    assert_eq!(with(Value::Null), 400);
    assert_eq!(with(json!(7)), 400);
    assert_eq!(with(json!("00000000-0000-4000-8000-000000000000")), 404);
    assert_eq!(server.get("/api/v2/conversations/nobody").status, 404);
}

#[test]
fn after_a_timeout_the_flow_continues_without_keys() {
    let server = Local::shared_flow();
    let id = server.converse(&published(&server, "Waits"));
    let advance =
        |ms: u64| server.post("/__flowsim/clock", &json!({ "advanceMs": ms })).body;
    assert_eq!(advance(4_999)["waiting"], 1);
    assert_eq!(advance(1)["waiting"], 0);
    let state = server.get(&format!("/api/v2/conversations/{id}")).body["state"].clone();
    assert_eq!(state, "closed");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the server runs on the same clock")]
fn in_real_time_a_question_times_out() {
    let mut organisation = super::support::organisation(&[], &[]);
    organisation.real_time = true;
    let server = Local::of(organisation);
    let mut flow = draft("Waits");
    flow["draft"]["nodes"]["Ask"]["properties"]["timeoutSeconds"] = json!(2);
    let began = Instant::now();
    let id = server.converse(&publish(&server, &flow));
    let state = || {
        let conversation = server.get(&format!("/api/v2/conversations/{id}")).body;
        conversation["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(), "connected");
    assert_eq!(server.post("/__flowsim/clock", &json!({ "advanceMs": 1 })).status, 409);
    // The flow waits for two seconds; a busy machine gets some more time.
    wait_until("the flow is over", || state() == "closed");
    assert!(began.elapsed() > Duration::from_millis(1_900));
}

#[test]
fn variables_are_written_while_a_flow_waits() {
    let server = Local::shared_flow();
    let id = server.converse(&published(&server, "Written"));
    let write = |id: &str| {
        let variables = json!({ "greeting": "dear guest", "finalRoutingDecision": "vm" });
        let body = json!({ "flowInstanceId": id, "variables": variables });
        server.post("/api/v2/flows/variables", &body)
    };
    assert_eq!(write("nobody").status, 404);
    assert_eq!(write(&id).status, 200);
    server.press(&id, &json!(["7"]));
    let trace = server.get(&format!("/__flowsim/executions/{id}")).body.to_string();
    assert!(trace.contains("You pressed 7, dear guest."), "{trace}");
    assert!(trace.contains("finalRoutingDecision"), "{trace}");
    assert_eq!(write(&id).status, 400, "it is over");
    let body = json!({ "flowInstanceId": id });
    assert_eq!(server.post("/api/v2/flows/variables", &body).status, 400);
}

#[test]
fn other_conversations_start_in_a_flow_or_a_queue() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let route = json!({ "name": "Main line", "dnis": ["+15557770100"], "openHoursFlow": { "id": flow } });
    assert_eq!(server.post("/api/v2/architect/ivrs", &route).status, 200);
    let call = server.post(
        "/api/v2/conversations/calls",
        &json!({ "phoneNumber": "+1 555 777 0100" }),
    );
    assert_eq!(call.status, 200, "{call:?}");
    let shown = server
        .get(&format!("/api/v2/conversations/{}", call.body["id"].as_str().unwrap()));
    assert_eq!(shown.body["routing"]["flowId"], json!(flow));

    let body = json!({ "queueId": "support", "callbackNumbers": ["+15557770101"] });
    let callback = server.post("/api/v2/conversations/callbacks", &body).body;
    let id = callback["conversation"]["id"].as_str().unwrap();
    let shown = server.get(&format!("/api/v2/conversations/{id}")).body;
    assert_eq!(
        (&shown["state"], &shown["routing"]["queueId"]),
        (&json!("queued"), &json!("support"))
    );

    let email = server.post("/api/v2/conversations/emails", &json!({ "flowId": flow }));
    assert_eq!((email.status, &email.body["type"]), (200, &json!("email")));
    let message =
        server.post("/api/v2/conversations/messages", &json!({ "queueId": "nowhere" }));
    assert_eq!(message.status, 400);
    let disconnected = server.post(
        &format!(
            "/api/v2/conversations/{}/disconnect",
            email.body["id"].as_str().unwrap()
        ),
        &json!({}),
    );
    assert_eq!(disconnected.body["state"], "closed");
}

#[test]
fn executions_return_the_outputs_of_the_flow() {
    let server = Local::shared_flow();
    let flow = published(&server, "Executed");
    let body =
        json!({ "flowId": flow, "inputData": { "greeting": "hello" }, "name": "First" });
    let launched = server.post("/api/v2/flows/executions", &body);
    assert_eq!(launched.status, 200, "{launched:?}");
    let id = launched.body["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v2/flows/executions/{id}");
    assert_eq!(server.get(&path).body["status"], "RUNNING");
    server.press(&id, &json!(["1"]));
    let done = server.get(&path).body;
    assert_eq!((&done["status"], &done["name"]), (&json!("COMPLETED"), &json!("First")));
    assert_eq!(done["outputData"]["greeting"], "hello");
    assert_eq!(
        server.post("/api/v2/flows/executions", &json!({ "flowId": "x" })).status,
        400
    );
}

#[test]
fn instances_are_found() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let ids =
        [server.converse(&flow), server.converse(&server.flow_id("Inbound_Flow_B"))];
    server.press(&ids[0], &json!(["1"]));
    let find = |query: Value| {
        let found =
            server.post("/api/v2/flows/instances/query", &json!({ "query": query }));
        let all = found.body["entities"].as_array().cloned().unwrap_or_default();
        (
            found.status,
            all.into_iter()
                .map(|it| it["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let by = |key: &str, value: &str| json!({ "criteria": { "key": key, "operator": "eq", "values": [value] } });
    assert_eq!(find(json!([])), (200, ids.to_vec()));
    assert_eq!(find(json!([by("FlowId", &flow)])), (200, vec![ids[0].clone()]));
    assert_eq!(
        find(json!([{ "not": [by("FlowId", &flow)] }])),
        (200, vec![ids[1].clone()])
    );
    assert_eq!(find(json!([by("Colour", "red")])).0, 400);
    let time = |key: &str, operator: &str, value: &str| {
        find(
            json!([{ "criteria": { "key": key, "operator": operator, "value": value } }]),
        )
    };
    let now = server.get("/__flowsim/clock").body["now"].as_str().unwrap().to_owned();
    // The same time, and a slightly later one, in another notation.
    let later = now.replace(".000Z", ".001+00:00");
    assert_eq!(time("FlowStartDateTime", "gte", &now), (200, ids.to_vec()));
    assert_eq!(time("FlowStartDateTime", "lt", &now), (200, vec![]));
    assert_eq!(time("FlowStartDateTime", "lt", &later), (200, ids.to_vec()));
    assert_eq!(time("FlowEndDateTime", "lt", &later), (200, vec![ids[0].clone()]));
    // Operators of the platform that are not for times.
    let ended = (200, vec![ids[0].clone()]);
    assert_eq!(time("FlowEndDateTime", "not_null", ""), ended);
    assert_eq!(time("FlowId", "begins", &flow[..8]), ended);
    assert_eq!(time("FlowId", "not", &flow), (200, vec![ids[1].clone()]));
    assert_eq!(time("FlowId", "resembles", &flow).0, 400);
}

#[test]
fn documents_of_instances_are_downloaded() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let ids = [server.converse(&flow), server.converse(&flow)];
    server.press(&ids[0], &json!(["1"]));
    let job = server.post("/api/v2/flows/instances/jobs", &json!({ "ids": ids }));
    assert_eq!(job.status, 202);
    let job = server
        .get(&format!(
            "/api/v2/flows/instances/jobs/{}",
            job.body["id"].as_str().unwrap()
        ))
        .body;
    assert_eq!(job["entities"][1]["statusCode"], "NOT_COMPLETED");
    let url = job["entities"][0]["downloadUri"].as_str().unwrap();
    let document = server.get(url.strip_prefix(&server.url).unwrap()).body;
    assert_eq!(document["status"], "completed");
    assert_eq!(server.get(&format!("/api/v2/flows/instances/{}", ids[0])).status, 200);
    assert_eq!(
        server.post("/api/v2/flows/instances/jobs", &json!({ "ids": [] })).status,
        400
    );
    assert_eq!(server.get("/api/v2/flows/instances/querycapabilities").status, 200);
    assert_eq!(
        server.get("/api/v2/flows/instances/settings/executiondata").body["enabled"],
        true
    );
}

/// Returns the result of an offline call, as JSON.
fn offline(keys: &str) -> Value {
    let root =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let mut files = flowsim::source::Files::new();
    let loaded = flowsim::flow::read::load(&[root.join("flows")], &[], &mut files);
    let (fixtures, _) = Fixtures::load(&[root.join("fixtures.yaml")], &mut files);
    let program =
        flowsim::program::Program::compile_all(&loaded.flows, &loaded.architect);
    let program = std::sync::Arc::new(program);
    let call = Call::new(program.flow("Inbound_Flow_A").unwrap());
    let inputs = [Input::parse(keys).unwrap()];
    let mut session = Session::start(std::sync::Arc::clone(&program), &call);
    let trace: Trace =
        play(&mut session, &call, &mut FixtureHost::new(&fixtures, &inputs));
    let mut text = String::new();
    JsonWriter::new(&program.symbols).write(&trace, &mut text);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn hundreds_of_waiting_calls_end_as_they_would_offline() {
    const COUNT: usize = 300;
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let ids: Vec<String> = (0..COUNT).map(|_| server.converse(&flow)).collect();
    assert_eq!(server.get("/__flowsim/clock").body["waiting"], COUNT);
    let keys = ["1", "2", "-", "7@900"];
    let expected = keys.map(offline);
    // 389 and 300 have no common divisor, so every call has its turn, in a scattered
    // order.
    for turn in 0..COUNT {
        let index = turn * 389 % COUNT;
        let pressed = server.press(&ids[index], &json!([keys[index % keys.len()]]));
        assert_eq!((pressed.status, &pressed.body["running"]), (200, &json!(false)));
    }
    for (index, id) in ids.iter().enumerate() {
        let trace = server.get(&format!("/__flowsim/executions/{id}")).body;
        assert_eq!(trace["status"], "completed");
        assert_eq!(trace, expected[index % keys.len()], "{id}");
    }
}

#[test]
fn architect_flows_have_execution_documents() {
    let server = Local::with(&["alder-clinic/flows"], &["alder-clinic/fixtures.yaml"]);
    let flows = server.get("/api/v2/flows?type=INBOUNDCALL").body["entities"].clone();
    let flow = flows[0]["id"].as_str().unwrap();
    let written = server.get(&format!("/api/v2/flows/{flow}/latestconfiguration"));
    assert_eq!(written.status, 200);
    assert!(written.body.is_object(), "{written:?}");
    let id = server.converse(flow);
    let path = format!("/api/v2/conversations/{id}/disconnect");
    assert_eq!(server.post(&path, &json!({})).body["state"], "closed");
    let document = server.get(&format!("/__flowsim/executions/{id}")).body;
    assert_eq!(document["flow"]["executionId"], json!(id));
    assert_eq!(document["flow"]["flowId"], json!(flow));
    assert!(!document["flow"]["execution"].as_array().unwrap().is_empty());
    let wrong = json!({ "flowId": flow, "inputData": { "NoSuch": 1 } });
    assert_eq!(server.post("/api/v2/flows/executions", &wrong).status, 400);
}

/// *Source: Genesys' help on flow variables: only inputs can be set from outside.*
#[test]
fn executions_set_only_inputs() {
    let server = Local::shared_flow();
    let yaml = "inboundCall:\n  name: Greets\n  startUpRef: ./tasks/task[main]\n  variables:\n    \
        - stringVariable: {name: Flow.Name, isInput: true}\n    \
        - stringVariable: {name: Flow.Seen}\n  tasks:\n    - task:\n        name: Main\n        \
        refId: main\n        actions:\n          - disconnect: {name: Bye}\n";
    let job = server.post("/api/v2/flows/jobs", &json!({})).body;
    let path = job["presignedUrl"].as_str().unwrap().strip_prefix(&server.url).unwrap();
    server.send("PUT", path, Some(yaml), &[("content-type", "application/octet-stream")]);
    let flow = server.flow_id("Greets");
    let launch = |inputs: Value| {
        let body = json!({ "flowId": flow, "inputData": inputs });
        server.post("/api/v2/flows/executions", &body)
    };
    for inputs in [json!({ "Name": "Ada" }), json!({ "Flow.Name": "Ada" })] {
        assert_eq!(launch(inputs.clone()).status, 200, "{inputs}");
    }
    for name in ["Seen", "Flow.Seen"] {
        let refused = launch(json!({ "Name": "Ada", name: "x" }));
        assert_eq!(refused.status, 400);
        let message = refused.body["message"].as_str().unwrap();
        assert_eq!(message, "the variable `Flow.Seen` is not an input of the flow");
    }
}

/// Fixtures with opening hours, and an emergency.
fn opening_hours(emergency: &Value) -> Value {
    json!({
        "schedules": {
            "Day": { "start": "2026-01-05T08:00", "end": "2026-01-05T17:00", "rrule": "FREQ=DAILY" },
            "Christmas": { "start": "2026-12-25T00:00", "end": "2026-12-26T00:00" },
        },
        "scheduleGroups": [{ "id": "hours", "openSchedules": ["Day"], "holidaySchedules": ["Christmas"] }],
        "emergencyGroups": [emergency],
    })
}

/// Creates a call route. Returns its address, the route, and its flows.
fn call_route(server: &Client) -> (String, Value, [String; 2]) {
    let none = json!({ "name": "Flood", "enabled": false });
    assert_eq!(server.put("/__flowsim/fixtures", &opening_hours(&none)).status, 200);
    let flows = ["Inbound_Flow_A", "Inbound_Flow_B"].map(|it| server.flow_id(it));
    let route = json!({
        "name": "Main", "dnis": ["+15557770100"], "scheduleGroup": { "id": "hours" },
        "openHoursFlow": { "id": flows[0] }, "closedHoursFlow": { "id": flows[1] },
    });
    let made = server.post("/api/v2/architect/ivrs", &route);
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(made.body["openHoursFlow"]["name"], "Inbound_Flow_A");
    assert_eq!(made.body["scheduleGroup"]["id"], "hours");
    let path = made.body["selfUri"].as_str().unwrap();
    assert_eq!(server.get(path).body, made.body);
    assert_eq!(
        server.put(path, &made.body).body["closedHoursFlow"]["name"],
        "Inbound_Flow_B"
    );
    let made = server.get(path);
    (made.body["selfUri"].as_str().unwrap().to_owned(), made.body, flows)
}

/// Calls the number of the route. Returns the status, and the flow that answers.
fn dialled(server: &Client) -> (u16, Value) {
    let body = json!({ "phoneNumber": "+1 (555) 777-0100" });
    let call = server.post("/api/v2/conversations/calls", &body);
    let id = call.body["id"].as_str().unwrap_or("-");
    let conversation = server.get(&format!("/api/v2/conversations/{id}"));
    (call.status, conversation.body["routing"]["flowId"].clone())
}

/// *Source: Genesys' help on call routes and emergency groups.*
#[test]
fn a_call_route_starts_the_flow_of_the_hour() {
    let server = Local::shared_flow();
    let (_, route, [open, closed]) = call_route(&server);
    assert_eq!(dialled(&server), (200, json!(open)));
    let to = |time: &str| server.post("/__flowsim/clock", &json!({ "to": time })).status;
    assert_eq!(to("2026-01-05T18:00:00.000Z"), 200);
    assert_eq!(dialled(&server), (200, json!(closed)));
    let flow =
        json!({ "emergencyFlow": { "id": open }, "ivrs": [{ "id": route["id"] }] });
    let flood = json!({ "name": "Flood", "enabled": true, "emergencyCallFlows": [flow] });
    assert_eq!(server.put("/__flowsim/fixtures", &opening_hours(&flood)).status, 200);
    assert_eq!(dialled(&server), (200, json!(open)));
    assert_eq!(to("2026-12-25T12:00:00.000Z"), 200);
    let none = json!({ "name": "Flood", "enabled": false });
    assert_eq!(server.put("/__flowsim/fixtures", &opening_hours(&none)).status, 200);
    // The first token has expired.
    let client = server.logged_in("");
    assert_eq!(dialled(&client), (200, json!(closed)), "no flow for holidays");
}

#[test]
fn a_call_route_is_replaced_and_deleted() {
    let server = Local::shared_flow();
    let (path, mut route, _) = call_route(&server);
    route["openHoursFlow"] = Value::Null;
    assert_eq!(server.put(&path, &route).status, 200);
    assert_eq!(dialled(&server).0, 400);
    route["scheduleGroup"]["id"] = json!("nobody");
    assert_eq!(server.put(&path, &route).status, 404);
    assert_eq!((server.delete(&path).status, server.get(&path).status), (204, 404));
    assert_eq!(
        server
            .post(
                "/api/v2/conversations/calls",
                &json!({ "phoneNumber": "+15557770100" })
            )
            .status,
        400
    );
}

/// The routes of the fixtures count too.
#[test]
fn a_call_route_of_the_fixtures_starts_its_flow() {
    let server = Local::shared_flow();
    let mut fixtures = opening_hours(&json!({ "name": "Flood", "enabled": false }));
    fixtures["ivrRoutes"] =
        json!({ "Main": { "numbers": ["+15557770100"], "openFlow": "Inbound_Flow_B" } });
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
    assert_eq!(dialled(&server), (200, json!(server.flow_id("Inbound_Flow_B"))));
}

//! Webhooks: the server calls a user's own service, and continues with its answer.

use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};

use flowsim::server::start;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::kept::shared_flow_with;
use super::service::{Reaction, Service, wait_until};
use super::support::{Client, Local, organisation, settings};

fn node(id: &str, kind: &str, properties: Value, next: &str, error: &str) -> Value {
    json!({
        "id": id,
        "type": kind,
        "properties": properties,
        "onComplete": { "nextNode": next },
        "onError": { "nextNode": error },
    })
}

fn flow(name: &str, start: &str, nodes: &[Value]) -> Value {
    let end =
        json!({ "id": "End", "type": "End", "properties": { "endType": "normal" } });
    let nodes = nodes.iter().chain([&end]);
    let nodes: serde_json::Map<String, Value> = nodes
        .map(|node| (node["id"].as_str().unwrap().to_owned(), node.clone()))
        .collect();
    json!({ "name": name, "type": "inbound", "draft": { "startNode": start, "nodes": nodes } })
}

fn ask() -> Value {
    let properties = json!({ "promptText": "Press a key.", "maxDigits": 1, "timeoutSeconds": 5, "validDigits": "123" });
    node("Ask", "Gather", properties, "Next", "End")
}

/// A flow that waits for a key, and branches on a variable that a client must write.
fn deciding() -> Value {
    let mut check = node("Next", "If", json!({}), "End", "End");
    check["properties"] = json!({
        "conditions": [{ "expression": "{decision} == 'route_to_queue'", "nextNode": "Route" }],
        "defaultNextNode": "End",
    });
    let route = node("Route", "Route", json!({ "queueId": "support" }), "End", "End");
    flow("Deciding", "Ask", &[ask(), check, route])
}

/// A flow that waits for a key, then calls a service, and says its answer.
fn asking(properties: Value) -> Value {
    let hook = node("Next", "Webhook", properties, "Tell", "Failed");
    let tell = json!({ "sayText": "The code is {Next.code}, {greeting}." });
    let tell = node("Tell", "Say", tell, "End", "End");
    let failed = node("Failed", "Say", json!({ "sayText": "It failed." }), "End", "End");
    flow("Asking", "Ask", &[ask(), hook, tell, failed])
}

fn publish(client: &Client, flow: &Value) -> String {
    let made = client.post("/api/v2/flows", flow);
    assert_eq!(made.status, 200, "{made:?}");
    let id = made.body["id"].as_str().unwrap().to_owned();
    client.post(&format!("/api/v2/flows/{id}/publish"), &json!({}));
    id
}

/// Publishes a flow, starts a conversation in it, and presses `1`.
fn begin(client: &Client, flow: &Value) -> String {
    let conversation = client.converse(&publish(client, flow));
    assert_eq!(client.press(&conversation, &json!(["1"])).status, 200);
    conversation
}

fn write(client: &Client, conversation: &str, variables: &Value) -> u16 {
    let body = json!({ "flowInstanceId": conversation, "variables": variables });
    client.post("/api/v2/flows/variables", &body).status
}

fn calls(client: &Client) -> Value {
    client.get("/__flowsim/webhooks").body["calls"].clone()
}

fn is_running(client: &Client, conversation: &str) -> bool {
    let execution = client.get(&format!("/api/v2/flows/executions/{conversation}"));
    execution.body["status"] == "RUNNING"
}

/// Returns the trace of a conversation after it has ended.
fn trace(client: &Client, conversation: &str) -> String {
    wait_until("the conversation ends", || !is_running(client, conversation));
    client.get(&format!("/__flowsim/executions/{conversation}")).body.to_string()
}

fn register(client: &Client, webhooks: &Value) {
    let answer = client.put("/__flowsim/webhooks", webhooks);
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// A client that a service gets once the server has started.
type Later = Arc<Mutex<Option<Client>>>;

#[test]
fn a_service_decides_between_two_steps() {
    let later = Later::default();
    let known = Arc::clone(&later);
    let service = Service::new(move |_, body| {
        let client = known.lock().unwrap().clone().unwrap();
        let id = body["flowInstanceId"].as_str().unwrap();
        // The server answers other requests while it waits for this service.
        let criteria = json!({ "key": "InstanceId", "operator": "eq", "values": [id] });
        let criteria = json!({ "query": [{ "criteria": [criteria] }] });
        let found = client.post("/api/v2/flows/instances/query", &criteria).body;
        let written = write(&client, id, &json!({ "decision": "route_to_queue" }));
        let both = json!({ "found": found["total"], "written": written });
        Reaction::Answer(200, both.to_string())
    });
    let server = Local::shared_flow();
    *later.lock().unwrap() = Some(server.clone());
    register(&server, &json!({ "Deciding": service.url }));
    let conversation = begin(&server, &deciding());
    trace(&server, &conversation);
    let told = json!({
        "flowInstanceId": conversation,
        "participants": [{ "input": { "dtmf": "1" } }],
    });
    assert_eq!(service.calls(), std::slice::from_ref(&told));
    let state = server.get(&format!("/api/v2/conversations/{conversation}")).body;
    assert_eq!(
        (&state["state"], &state["routing"]["queueId"]),
        (&json!("queued"), &json!("support"))
    );
    let call = &calls(&server)[0];
    assert_eq!(call["outcome"], "answered");
    assert_eq!(call["body"].as_str().unwrap(), told.to_string());
    assert_eq!((&call["node"], &call["cause"]), (&json!("Ask"), &json!("keysCollected")));
    assert_eq!(call["attempts"][0]["answer"], r#"{"found":1,"written":200}"#);
}

#[test]
fn keys_collected_by_a_called_flow_count_for_its_caller() {
    let service = Service::answering(200, "OK");
    let server = Local::shared_flow();
    let caller = server.flow_id("Inbound_Flow_A");
    register(&server, &json!({ caller.as_str(): service.url }));
    let conversation = server.converse(&caller);
    server.press(&conversation, &json!(["1"]));
    trace(&server, &conversation);
    let keys = json!([{ "input": { "dtmf": "1" } }]);
    assert_eq!(service.calls()[0]["participants"], keys);
    let call = &calls(&server)[0];
    assert_eq!((&call["outcome"], &call["error"]), (&json!("answered"), &Value::Null));
}

#[test]
fn keys_that_do_not_complete_a_gather_are_not_sent() {
    let service = Service::answering(200, "{}");
    let server = Local::shared_flow();
    register(&server, &json!({ "Deciding": service.url }));
    let flow = publish(&server, &deciding());
    for keys in [json!(["9"]), json!([null])] {
        let conversation = server.converse(&flow);
        server.press(&conversation, &keys);
        assert!(!is_running(&server, &conversation), "{keys}");
    }
    assert_eq!(calls(&server), json!([]));
    assert_eq!(service.calls(), [] as [Value; 0]);
}

#[test]
fn a_node_continues_with_the_answer_of_its_service() {
    let later = Later::default();
    let known = Arc::clone(&later);
    let service = Service::new(move |_, body| {
        let client = known.lock().unwrap().clone().unwrap();
        let id = body["flowInstanceId"].as_str().unwrap();
        let written = write(&client, id, &json!({ "greeting": "Ada" }));
        Reaction::Answer(200, json!({ "code": written + 1 }).to_string())
    });
    let server = Local::shared_flow();
    *later.lock().unwrap() = Some(server.clone());
    let body = json!({ "customer": "c1", "participants": "mine" });
    let hook = json!({ "url": service.url, "body": body, "timeoutSeconds": 60 });
    let conversation = begin(&server, &asking(hook));
    let trace = trace(&server, &conversation);
    assert!(trace.contains("The code is 201, Ada."), "{trace}");
    let told = json!({ "flowInstanceId": conversation, "customer": "c1", "participants": "mine" });
    assert_eq!(service.calls(), [told]);
    // The flow's clock does not depend on the speed of the machine.
    let execution = server.get(&format!("/api/v2/flows/executions/{conversation}")).body;
    assert_eq!(execution["dateCompleted"], execution["dateLaunched"]);
}

#[test]
fn nodes_are_registered_by_their_webhook_id_and_fixtures_take_precedence() {
    let service = Service::answering(200, r#"{"code": 7}"#);
    let server = Local::shared_flow();
    register(&server, &json!({ "crm": { "url": service.url, "attempts": 1 } }));
    let hook = json!({ "webhookId": "crm", "timeoutSeconds": 60 });
    let conversation = begin(&server, &asking(hook));
    assert!(trace(&server, &conversation).contains("The code is 7, ."));
    let told = service.calls();
    assert_eq!(told[0]["participants"], json!([{ "input": { "dtmf": "1" } }]));
    let fixtures = json!({ "webhooks": { "crm": { "output": { "code": 8 } } } });
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
    let again = server.converse(&server.flow_id("Asking"));
    server.press(&again, &json!(["2"]));
    assert!(!is_running(&server, &again), "fixtures answer at once");
    assert!(trace(&server, &again).contains("The code is 8, ."));
    assert_eq!(service.calls().len(), 1);
}

#[test]
fn calls_have_the_headers_and_the_signature_of_their_service() {
    let service = Service::answering(200, r#"{"code": 7}"#);
    let server = Local::shared_flow();
    let headers = json!({ "X-Api-Key": "Key 1", "Authorization": "Bearer t" });
    let crm = json!({ "url": service.url, "headers": headers, "secret": "s3cret" });
    register(&server, &json!({ "crm": crm }));
    begin(&server, &asking(json!({ "webhookId": "crm", "timeoutSeconds": 60 })));
    wait_until("the service is called", || service.heads().len() == 1);
    let head = service.heads()[0].clone();
    for expected in [
        "x-api-key: Key 1\n",
        "authorization: Bearer t\n",
        "x-hub-signature-256: sha256=",
    ] {
        assert!(head.contains(expected), "{head}");
    }
    let listed = server.get("/__flowsim/webhooks").body;
    let crm = &listed["webhooks"]["crm"];
    assert_eq!(crm["headers"], json!(["Authorization", "X-Api-Key"]));
    assert_eq!(crm["isSigned"], true);
    assert!(
        !listed.to_string().contains("s3cret") && !listed.to_string().contains("Key 1")
    );
}

#[test]
fn other_machines_are_not_called() {
    let server = Local::shared_flow();
    let conversation = begin(&server, &asking(json!({ "url": "http://192.0.2.1/hook" })));
    assert!(!is_running(&server, &conversation));
    assert!(trace(&server, &conversation).contains("WEBHOOK_NOT_MOCKED"));
    assert_eq!(calls(&server), json!([]));
    for wrong in [
        json!({ "Asking": "http://192.0.2.1/hook" }),
        json!({ "Asking": "hook" }),
        json!({ "Asking": { "url": "http://127.0.0.1/", "attempts": 0 } }),
        json!({ "Asking": { "url": "http://127.0.0.1/", "attempt": 2 } }),
        json!({ "Asking": 7 }),
        json!([]),
    ] {
        assert_eq!(server.put("/__flowsim/webhooks", &wrong).status, 400, "{wrong}");
    }
}

/// A user who mistypes the name of a flow gets a warning that it is never called.
#[test]
fn services_that_are_never_called_are_reported() {
    let mut organisation = organisation(&["shared-flow/flows"], &[]);
    let url = "http://127.0.0.1:9/hook";
    for name in ["Inbound_Flow_A", "Inbound_Flow_X", "crm"] {
        organisation.webhooks.add(&format!("{name}={url}")).unwrap();
    }
    let server = start(organisation, settings()).unwrap();
    let [first, second] = server.notes() else { panic!("{:?}", server.notes()) };
    assert!(first.contains("`Inbound_Flow_X`") && first.contains("did you mean"));
    assert!(second.contains("`crm`"), "{second}");
    let client = Client::new(&format!("http://{}", server.address())).logged_in("");
    let matches = || {
        let webhooks = client.get("/__flowsim/webhooks").body["webhooks"].clone();
        ["Inbound_Flow_A", "Inbound_Flow_X", "crm"]
            .map(|name| webhooks[name]["matches"].clone())
    };
    assert_eq!(matches(), [json!("flow"), Value::Null, Value::Null]);
    publish(&client, &asking(json!({ "webhookId": "crm", "timeoutSeconds": 60 })));
    assert_eq!(matches()[2], "webhookId");
}

/// Returns the trace and the call of a conversation whose node calls a service.
fn asked(url: &str, timeout_seconds: u32) -> (String, Value) {
    let server = Local::shared_flow();
    let hook = json!({ "url": url, "timeoutSeconds": timeout_seconds });
    let conversation = begin(&server, &asking(hook));
    let trace = trace(&server, &conversation);
    (trace, calls(&server)[0].clone())
}

#[test]
fn an_unavailable_service_is_called_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let (trace, call) = asked(&url, 60);
    assert!(trace.contains("WEBHOOK_FAILED") && trace.contains("It failed."), "{trace}");
    assert!(trace.contains("gave no answer: no connection for POST"), "{trace}");
    assert_eq!(call["attempts"].as_array().unwrap().len(), 3, "{call}");
    assert_eq!(call["outcome"], "failed");
}

#[test]
fn a_silent_service_takes_the_timeout_of_the_node() {
    let service = Service::new(|_, _| Reaction::Silence);
    let (trace, call) = asked(&service.url, 1);
    assert!(trace.contains("WEBHOOK_TIMEOUT"), "{trace}");
    assert!(trace.contains("did not answer within 1 s"), "{trace}");
    assert_eq!(
        (&call["outcome"], call["attempts"].as_array().unwrap().len()),
        (&json!("timedOut"), 1)
    );
}

#[test]
fn temporary_failures_are_retried_and_others_not() {
    let service = Service::new(|number, _| match number {
        1 => Reaction::Answer(500, "no".into()),
        2 => Reaction::With(429, "Retry-After: 1", String::new()),
        _ => Reaction::Answer(200, r#"{"code": 3}"#.into()),
    });
    let (trace, call) = asked(&service.url, 60);
    assert!(trace.contains("The code is 3, ."), "{trace}");
    let statuses: Vec<&Value> =
        call["attempts"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses, [500, 429, 200]);
    let refusing = Service::answering(400, r#"{"code": 4}"#);
    let (trace, call) = asked(&refusing.url, 60);
    assert!(trace.contains("answered with status 400"), "{trace}");
    assert_eq!(call["attempts"].as_array().unwrap().len(), 1);
}

#[test]
fn unusable_answers_are_failures() {
    let elsewhere = Service::answering(200, r#"{"code": 1}"#);
    let location: &'static str = format!("Location: {}", elsewhere.url).leak();
    let redirecting =
        Service::new(move |_, _| Reaction::With(302, location, String::new()));
    let huge = Service::answering(200, &format!("\"{}\"", "x".repeat(2 * 1024 * 1024)));
    let malformed = Service::answering(200, r#"{"code": "#);
    for (service, why) in [
        (redirecting, "answered with status 302"),
        (huge, "is larger than 1048576 bytes"),
        (malformed, "the answer is"),
    ] {
        let (trace, call) = asked(&service.url, 60);
        assert!(trace.contains("WEBHOOK_FAILED") && trace.contains(why), "{trace}");
        assert_eq!(
            (&call["outcome"], call["attempts"].as_array().unwrap().len()),
            (&json!("failed"), 1)
        );
        assert!(call.to_string().len() < 10_000, "what is written down is limited");
    }
    assert_eq!(elsewhere.calls(), [] as [Value; 0], "redirects are not followed");
    let silent = Service::answering(204, "");
    assert!(asked(&silent.url, 60).0.contains("The code is , ."));
}

#[test]
fn variables_cannot_be_written_between_two_attempts() {
    let service = Service::new(|number, _| match number {
        1 => Reaction::With(503, "Retry-After: 30", String::new()),
        _ => Reaction::Answer(200, "{}".into()),
    });
    let server = Local::shared_flow();
    let hook = json!({ "url": service.url, "timeoutSeconds": 60 });
    let conversation = begin(&server, &asking(hook));
    wait_until("the first attempt is over", || {
        calls(&server)[0]["attempts"][0]["status"] == 503
    });
    assert_eq!(write(&server, &conversation, &json!({ "greeting": "Ada" })), 409);
    let log = server.get("/__flowsim/requests?status=409").body.to_string();
    assert!(log.contains("is executing a step"), "{log}");
    let instance = server.get(&format!("/__flowsim/instances/{conversation}")).body;
    assert_eq!(instance["asking"]["cause"], "webhookNode", "{instance}");
    assert!(!instance["variables"].to_string().contains("Ada"), "{instance}");
}

/// Keys cannot be pressed meanwhile, and the flow's clock does not run.
#[test]
fn while_a_service_is_called_the_flow_has_no_question() {
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let service = Service::new(move |_, _| {
        let _ = released.lock().unwrap().recv();
        Reaction::Answer(200, "{}".into())
    });
    let server = Local::shared_flow();
    register(&server, &json!({ "Twice": service.url }));
    let again = json!({ "promptText": "Again.", "maxDigits": 1, "timeoutSeconds": 5 });
    let twice =
        flow("Twice", "Ask", &[ask(), node("Next", "Gather", again, "End", "End")]);
    let conversation = begin(&server, &twice);
    let uri = format!("/__flowsim/instances/{conversation}");
    let asks = server.get(&uri).body;
    let asking = json!({ "node": "Ask", "cause": "keysCollected", "input": "1" });
    assert_eq!(
        (&asks["asking"], asks.get("question"), asks.get("waitingAt")),
        (&asking, None, None)
    );
    let advanced = server.post("/__flowsim/clock", &json!({ "advanceMs": 60_000 }));
    assert_eq!(advanced.status, 200);
    release.send(()).unwrap();
    wait_until("the next key is asked for", || {
        server.get(&uri).body["waitingAt"] == "Next"
    });
    let waits = server.get(&uri).body;
    assert_eq!(
        (&waits["question"]["openForMs"], &waits["elapsedMs"], waits.get("asking")),
        (&json!(0), &json!(0), None)
    );
    assert_eq!(waits["waitingSince"], "2026-01-05T09:01:00.000Z");
}

#[test]
fn a_second_writer_waits_for_the_first() {
    let server = Local::shared_flow();
    let conversation = server.converse(&publish(&server, &deciding()));
    let other = server.converse(&server.flow_id("Deciding"));
    let slow =
        json!({ "POST /api/v2/flows/variables": [{ "status": 200, "delayMs": 3_000 }] });
    server.post("/__flowsim/faults", &slow);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| write(&server, &conversation, &json!({ "a": 1 })));
        wait_until("the first writer is there", || {
            server.get("/__flowsim/requests").body.to_string().contains("wrote a")
        });
        assert_eq!(write(&server, &conversation, &json!({ "a": 2 })), 409);
        assert_eq!(write(&server, &other, &json!({ "a": 2 })), 200);
        assert_eq!(first.join().unwrap(), 200);
    });
    assert_eq!(write(&server, &conversation, &json!({ "a": 3 })), 200);
}

#[test]
fn hanging_up_does_not_wait_for_a_service() {
    let service = Service::new(|_, _| Reaction::Silence);
    let server = Local::shared_flow();
    register(&server, &json!({ "Deciding": service.url }));
    for flow in [deciding(), asking(json!({ "url": service.url, "timeoutSeconds": 60 }))]
    {
        let conversation = begin(&server, &flow);
        assert!(is_running(&server, &conversation));
        let path = format!("/api/v2/conversations/{conversation}/disconnect");
        assert_eq!(server.post(&path, &json!({})).body["state"], "closed");
    }
    // A reset during an open call removes everything.
    let conversation = server.converse(&server.flow_id("Deciding"));
    server.press(&conversation, &json!(["1"]));
    assert_eq!(server.post("/__flowsim/reset", &json!({})).status, 200);
    let client = server.logged_in("");
    let execution = format!("/api/v2/flows/executions/{conversation}");
    assert_eq!(client.get(&execution).status, 404);
    assert_eq!(client.get("/__flowsim/webhooks").body["webhooks"], json!({}));
}

#[test]
fn queries_of_addresses_are_secrets() {
    let service = Service::answering(200, "{}");
    let server = Local::shared_flow();
    let url = format!("{}?signature=hidden", service.url);
    register(&server, &json!({ "Deciding": url }));
    let conversation = begin(&server, &deciding());
    trace(&server, &conversation);
    assert_eq!(service.calls().len(), 1);
    let shown = server.get("/__flowsim/webhooks").body;
    assert_eq!(shown["webhooks"]["Deciding"]["url"], service.url.as_str());
    let log = server.get("/__flowsim/requests").body.to_string() + &shown.to_string();
    assert!(!log.contains("hidden"), "{log}");
}

/// A flow that calls a service, then waits for the caller, and says the service's answer.
fn asking_twice(properties: Value) -> Value {
    let mut flow = asking(properties);
    let nodes = &mut flow["draft"]["nodes"];
    nodes["Next"]["onComplete"]["nextNode"] = json!("Again");
    let again = json!({ "promptText": "Press another key.", "maxDigits": 1 });
    nodes["Again"] = node("Again", "Gather", again, "Tell", "End");
    flow
}

#[test]
fn an_answered_call_is_not_repeated_after_a_crash() {
    let service = Service::answering(200, r#"{"code": 5}"#);
    let told = Service::answering(200, "{}");
    let folder = TempDir::new().unwrap();
    let webhook = format!("Asking={}", told.url);
    let flags = ["--webhook", &webhook];
    let mut first = shared_flow_with(folder.path(), &flags);
    let client = first.client.logged_in("");
    let conversation = begin(
        &client,
        &asking_twice(json!({ "url": service.url, "timeoutSeconds": 60 })),
    );
    wait_until("the calls are answered", || {
        let calls = client.get("/__flowsim/webhooks").body;
        calls["open"] == 0 && calls["calls"][1]["outcome"] == "answered"
    });
    first.kill();
    let second = shared_flow_with(folder.path(), &flags);
    let client = Client { token: client.token, ..second.client.clone() };
    assert_eq!(calls(&client), json!([]));
    client.press(&conversation, &json!(["2"]));
    assert!(trace(&client, &conversation).contains("The code is 5, ."));
    assert_eq!(service.calls().len(), 1);
    let keys: Vec<Value> = told
        .calls()
        .iter()
        .map(|call| call["participants"][0]["input"]["dtmf"].clone())
        .collect();
    assert_eq!(keys, ["1", "2"], "each key is told once");
}

#[test]
fn a_call_interrupted_by_a_crash_is_repeated() {
    let service = Service::new(|number, _| match number {
        1 => Reaction::Silence,
        _ => Reaction::Answer(200, r#"{"code": 6}"#.into()),
    });
    let folder = TempDir::new().unwrap();
    let mut first = shared_flow_with(folder.path(), &[]);
    let client = first.client.logged_in("");
    register(&client, &json!({ "crm": service.url }));
    let conversation =
        begin(&client, &asking(json!({ "webhookId": "crm", "timeoutSeconds": 60 })));
    wait_until("the service is called", || service.calls().len() == 1);
    first.kill();
    let second = shared_flow_with(folder.path(), &[]);
    let client = Client { token: client.token, ..second.client.clone() };
    assert!(trace(&client, &conversation).contains("The code is 6, ."));
    assert_eq!(service.calls().len(), 2);
}

#[test]
fn invalid_webhooks_are_refused_at_the_start() {
    for (flags, why) in [
        (vec!["--webhook", "http://127.0.0.1:1/"], "write FLOW=URL"),
        (vec!["--webhook", "A=127.0.0.1:1"], "is not the address of a server"),
        (
            vec!["--webhook", "A=http://192.0.2.1/"],
            "--webhook-host 192.0.2.1 to allow it",
        ),
        (vec!["--webhook", "A=http://me@127.0.0.1/"], "a user or a password"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        let output =
            command.args(["serve", "--port", "0"]).args(&flags).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn time_that_passes_during_a_service_call_counts_for_the_flow() {
    let (later, released) = (Later::default(), Arc::new(Mutex::new(false)));
    let (known, is_released) = (Arc::clone(&later), Arc::clone(&released));
    let service = Service::new(move |_, _| {
        let client = known.lock().unwrap().clone();
        if let Some(client) = client {
            client.post("/__flowsim/clock", &json!({ "advanceMs": 7_000 }));
        }
        wait_until("the test is ready", || *is_released.lock().unwrap());
        Reaction::Answer(200, "{}".into())
    });
    let server = Local::shared_flow();
    *later.lock().unwrap() = Some(server.clone());
    let slow = json!({ "url": service.url, "timeoutSeconds": 600 });
    let fast = json!({ "url": service.url, "timeoutSeconds": 6 });
    *released.lock().unwrap() = true;
    for (hook, name, outcome) in
        [(slow, "Slow", "The code is , ."), (fast, "Fast", "WEBHOOK_TIMEOUT")]
    {
        let mut flow = asking(hook);
        flow["name"] = json!(name);
        let conversation = begin(&server, &flow);
        let trace = trace(&server, &conversation);
        assert!(trace.contains(outcome), "{trace}");
    }
    let clock = server.get("/__flowsim/clock").body;
    assert_eq!(clock["now"], "2026-01-05T09:00:14.000Z");
}

#[test]
fn on_the_wall_clock_the_flow_waits_as_long_as_its_caller() {
    let service = Service::new(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(400));
        Reaction::Answer(200, "{}".into())
    });
    let mut organisation = organisation(&[], &[]);
    organisation.real_time = true;
    let server = Local::of(organisation);
    let hook = json!({ "url": service.url, "timeoutSeconds": 60 });
    let conversation = begin(&server, &asking(hook));
    let trace = trace(&server, &conversation);
    let trace: Value = serde_json::from_str(&trace).unwrap();
    let elapsed = trace["elapsedMs"].as_i64().unwrap();
    assert!(elapsed >= 300, "{trace}");
}

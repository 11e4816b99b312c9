//! The data of the status page: loaded flows, live instances, and the request log.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Request;

use super::support::{Client, Local, draft};

/// Starts a call of a flow. Returns its id.
fn call(client: &Client, body: &Value) -> String {
    let called = client.post("/__flowsim/instances", body);
    assert_eq!(called.status, 200, "{called:?}");
    called.body["id"].as_str().unwrap().to_owned()
}

/// A flow that ends immediately.
fn closing(name: &str) -> Value {
    let end =
        json!({ "id": "End", "type": "End", "properties": { "endType": "normal" } });
    let draft = json!({ "startNode": "End", "nodes": { "End": end } });
    json!({ "name": name, "type": "inbound", "draft": draft })
}

#[test]
fn a_flow_is_called_and_watched_without_a_token() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let client = server.anonymous();
    let id = call(&client, &json!({ "flowId": flow, "from": "+49 30 1" }));
    let uri = format!("/__flowsim/instances/{id}");

    let waits = client.get(&uri).body;
    assert_eq!(
        (&waits["state"], &waits["waitingAt"]),
        (&json!("waiting"), &json!("GatherInput"))
    );
    assert_eq!(
        (&waits["question"]["maxDigits"], &waits["question"]["openForMs"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        waits["turns"].as_array().unwrap().last().unwrap()["text"],
        "Press 1 now."
    );
    let steps = |body: &Value| -> Vec<String> {
        let lines = body["lines"].as_array().unwrap().iter();
        lines.map(|line| line["label"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(steps(&waits), ["CallShared", "SayHello", "GatherInput"]);
    assert_eq!(waits.get("status"), None);

    client.post("/__flowsim/clock", &json!({ "advanceMs": 4000 }));
    assert_eq!(client.get(&uri).body["question"]["openForMs"], 4000);

    assert_eq!(client.press(&id, &json!(["1"])).status, 200);
    let over = client.get(&uri).body;
    assert_eq!(
        (&over["state"], &over["status"], &over["queue"], over.get("question")),
        (&json!("over"), &json!("completed"), &json!("Support"), None)
    );
    assert!(steps(&over).starts_with(&steps(&waits)), "{over}");
    assert!(steps(&over).contains(&"RouteToAgent".to_owned()), "{over}");
    assert_eq!(over["elapsedMs"], 4000);
    assert_eq!(client.get(over["documentUri"].as_str().unwrap()).status, 200);
}

#[test]
fn calls_have_variables_and_a_context() {
    let server = Local::shared_flow();
    let made = server.post("/api/v2/flows", &draft("Greets")).body;
    let flow = made["id"].as_str().unwrap();
    server.post(&format!("/api/v2/flows/{flow}/publish"), &json!({}));
    let body = json!({ "flowId": flow, "variables": { "greeting": "friend" } });
    let id = call(&server.anonymous(), &body);
    server.press(&id, &json!(["7"]));
    let over = server.get(&format!("/__flowsim/instances/{id}")).body;
    assert_eq!(
        over["turns"].as_array().unwrap().last().unwrap()["text"],
        "You pressed 7, friend."
    );
    assert_eq!(over["variables"]["greeting"], "friend");

    let named = call(&server.anonymous(), &json!({ "flowId": "Greets" }));
    assert_eq!(server.get(&format!("/__flowsim/instances/{named}")).body["flowId"], flow);
    for (wrong, told) in [
        (json!({ "flowId": "nothing" }), "there is no flow called `nothing`"),
        (json!({ "flowId": "Greet" }), "did you mean `Greets`?"),
        (json!({ "flowId": flow, "medai": "voice" }), "did you mean `media`?"),
        (json!({ "flowId": flow, "media": "voicee" }), "did you mean `voice`?"),
        (json!({ "flowId": flow, "media": "fax" }), "expected one of voice, chat"),
    ] {
        let refused = server.post("/__flowsim/instances", &wrong);
        assert_eq!(refused.status, 400, "{wrong}");
        let message = refused.body["message"].as_str().unwrap();
        assert!(message.contains(told), "{message}");
    }
    assert_eq!(server.post("/__flowsim/instances", &json!({})).status, 400);
    assert_eq!(server.get("/__flowsim/instances/nothing").status, 404);
}

#[test]
fn the_caller_hangs_up() {
    let server = Local::shared_flow();
    let id = call(&server, &json!({ "flowId": server.flow_id("Inbound_Flow_A") }));
    let over =
        server.post(&format!("/__flowsim/instances/{id}/disconnect"), &json!({})).body;
    assert_eq!((&over["state"], &over["isDisconnected"]), (&json!("over"), &json!(true)));
    assert_eq!(server.press(&id, &json!(["1"])).status, 409);
    let again = server.post("/__flowsim/instances/nothing/disconnect", &json!({}));
    assert_eq!(again.status, 404);
}

#[test]
fn instances_are_listed_in_pages_the_newest_first() {
    let server = Local::shared_flow();
    let flow = json!({ "flowId": server.flow_id("Inbound_Flow_A") });
    let ids: Vec<String> = (0..5).map(|_| call(&server, &flow)).collect();
    server.press(&ids[1], &json!(["1"]));
    let listed = |query: &str| {
        let body = server.get(&format!("/__flowsim/instances?{query}")).body;
        let ids = body["entities"].as_array().unwrap().iter();
        let ids = ids.map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        (ids, body["total"].clone())
    };
    let (first, total) = listed("pageSize=2");
    assert_eq!((first, total), (vec![ids[4].clone(), ids[3].clone()], json!(5)));
    assert_eq!(listed("state=over"), (vec![ids[1].clone()], json!(1)));
    assert_eq!(listed("state=waiting&pageSize=2&pageNumber=2").0, [&*ids[2], &*ids[0]]);
    assert_eq!(server.get("/__flowsim/instances?state=x").status, 400);
}

#[test]
fn the_overview_contains_the_counts() {
    let server = Local::with(&["alder-clinic/flows"], &["alder-clinic/fixtures.yaml"]);
    let overview = server.get("/__flowsim/status").body;
    assert_eq!(overview["address"], server.url.as_str());
    assert_eq!(overview["now"], "2026-01-05T09:00:00.000Z");
    assert!(overview["flows"].as_u64().unwrap() > 0, "{overview}");
    assert!(overview["fixtures"]["queues"].as_u64().unwrap() > 0, "{overview}");
    let flows = server.get("/__flowsim/flows?q=alder").body;
    let main = flows["entities"].as_array().unwrap().iter();
    let main =
        main.clone().find(|flow| flow["name"] == "Alder Clinic Main Line").unwrap();
    assert_eq!((&main["dialect"], &main["canRun"]), (&json!("architect"), &json!(true)));
    assert!(!main["variables"].as_array().unwrap().is_empty(), "{main}");
}

#[test]
fn findings_are_those_of_the_current_flows() {
    let server = Local::shared_flow();
    let codes = || {
        let body = server.get("/__flowsim/flows?q=strays").body;
        let flow = &body["entities"][0];
        assert_eq!(
            (&flow["canRun"], &flow["warnings"]),
            (&json!(false), &body["warnings"])
        );
        let findings = flow["findings"].as_array().unwrap().clone();
        assert_eq!(flow["warnings"], findings.len());
        findings.iter().map(|it| it["errorCode"].clone()).collect::<Vec<_>>()
    };
    let mut strays = draft("Strays");
    strays["draft"]["nodes"]["Lost"] =
        json!({ "id": "Lost", "type": "End", "properties": { "endType": "normal" } });
    let made = server.post("/api/v2/flows", &strays);
    assert_eq!(made.status, 200, "{made:?}");
    assert!(codes().contains(&json!("UNREACHABLE_NODE")));

    let id = made.body["id"].as_str().unwrap();
    assert_eq!(server.put(&format!("/api/v2/flows/{id}"), &draft("Strays")).status, 200);
    assert!(
        !codes().contains(&json!("UNREACHABLE_NODE")),
        "what was mended is told no more"
    );
}

/// The positions refer to the files that the flows were loaded from, whatever else was
/// loaded.
#[test]
fn findings_of_loaded_flows_have_positions() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let clean = write("clean.json", &serde_json::to_string(&closing("Clean")).unwrap());
    let text = serde_json::to_string_pretty(&draft("Warns")).unwrap();
    let warns = write("warns.json", &text);
    let server = Local::with(&[&clean, &warns, "broken/unknown_output.yaml"], &[]);
    server.post("/api/v2/flows", &draft("Made"));
    let flows = server.get("/__flowsim/flows");
    assert_eq!(flows.status, 200, "{flows:?}");
    let flows = flows.body["entities"].as_array().unwrap().clone();
    let finding = |name: &str, code: &str| {
        let flow = flows.iter().find(|flow| flow["name"] == name).unwrap();
        let findings = flow["findings"].as_array().unwrap();
        findings.iter().find(|it| it["errorCode"] == code).unwrap().clone()
    };
    let told = text.lines().position(|line| line.contains("{greeting}")).unwrap() + 1;
    assert_eq!(finding("Warns", "VARIABLE_NEVER_SET")["line"], told);
    assert_eq!(finding("Made", "VARIABLE_NEVER_SET")["line"], 1);
    let architect = flows.iter().find(|flow| flow["dialect"] == "architect").unwrap();
    assert!(architect["findings"][0]["line"].as_u64() > Some(1), "{architect}");
}

#[test]
fn the_request_log_is_read_in_parts() {
    let server = Local::shared_flow();
    for number in 0..5 {
        server.get(&format!("/api/v2/nowhere/{number}"));
    }
    let log = |query: &str| {
        let body = server.get(&format!("/__flowsim/requests?{query}")).body;
        let requests = body["requests"].as_array().unwrap().iter();
        let shown = |it: &Value| {
            (it["number"].as_u64().unwrap(), it["uri"].as_str().unwrap().to_owned())
        };
        requests.map(shown).collect::<Vec<_>>()
    };
    let newest = log("newest=2");
    assert_eq!(newest[1].1, "/api/v2/nowhere/4");
    let before = log(&format!("newest=2&before={}&status=4xx", newest[0].0));
    assert_eq!(
        (&*before[0].1, &*before[1].1),
        ("/api/v2/nowhere/1", "/api/v2/nowhere/2")
    );
    assert_eq!(log("status=404").len(), 5);
    assert_eq!(log("status=2xx").len(), 1, "the login");
    for wrong in ["status=no", "newest=x", "before=-1"] {
        assert_eq!(
            server.get(&format!("/__flowsim/requests?{wrong}")).status,
            400,
            "{wrong}"
        );
    }
    // Requests that only observe are not logged.
    server.get("/__flowsim/status");
    server.get("/__flowsim/instances");
    assert_eq!(log("").len(), 6);
}

#[test]
fn clients_that_do_not_accept_html_get_json() {
    let server = Local::shared_flow();
    let root = server.get("/").body;
    assert_eq!(root["name"], "flowsim serve");
    for uri in ["statusUri", "flowsUri", "instancesUri", "requestsUri", "openApiUri"] {
        assert_eq!(server.get(root[uri].as_str().unwrap()).status, 200, "{uri}");
    }
    let accept = [("accept", "application/json, */*")];
    assert_eq!(server.send("GET", "/", None, &accept).body, root);
}

/// A domain name that an attacker resolves to this machine is the origin of the
/// attacker's page.
#[test]
fn requests_with_registrable_host_names_cannot_control_the_server() {
    let server = Local::shared_flow();
    let (_, port) = server.url.rsplit_once(':').unwrap();
    let ask = |name: &str, method: &str, path: &str| {
        let host = format!("{name}:{port}");
        let origin = format!("http://{host}");
        let headers = [("host", host.as_str()), ("origin", origin.as_str())];
        let body = (method == "POST").then_some("{\"advanceMs\": 1}");
        server.send(method, path, body, &headers).status
    };
    for path in ["/__flowsim/status", "/__flowsim/instances", "/__flowsim/requests"] {
        assert_eq!(ask("rebound.example.com", "GET", path), 403, "{path}");
        assert_eq!(ask("localhost", "GET", path), 200, "{path}");
    }
    assert_eq!(ask("rebound.example.com", "POST", "/__flowsim/clock"), 403);
    assert_eq!(ask("flowsim", "POST", "/__flowsim/clock"), 200);
}

/// The headers of the page restrict what it may run. They also forbid other pages to
/// embed it, where users could press its buttons without seeing them.
#[test]
fn the_page_is_protected() {
    let server = Local::shared_flow();
    let request =
        Request::builder().uri(&server.url).header("accept", "text/html,*/*;q=0.8");
    let mut response = server.agent.run(request.body(()).unwrap()).unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "no-store");
    let page = response.body_mut().read_to_string().unwrap();
    assert!(page.starts_with("<!doctype html>"), "{page}");
    // The page itself contains no data of the flows; it requests all of it.
    assert!(!page.contains("Inbound_Flow_A"));
}

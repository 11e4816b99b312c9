//! Control of the server in tests: `/__flowsim/`.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::{Local, draft};

#[test]
fn each_fault_applies_once_and_then_requests_work_normally() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    let faults = json!({
        "POST /api/v2/flows/variables": [409, { "status": 429, "retryAfter": 1 }, 200],
    });
    assert_eq!(server.post("/__flowsim/faults", &faults).status, 200);
    let write = || {
        let body = json!({ "flowInstanceId": id, "variables": { "x": 1 } });
        server.post("/api/v2/flows/variables", &body)
    };
    assert_eq!(write().status, 409);
    let limited = write();
    assert_eq!((limited.status, limited.retry_after.as_deref()), (429, Some("1")));
    assert_eq!([write().status, write().status], [200, 200]);
    let log = server.get("/__flowsim/requests").body;
    let refused = log["requests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["status"] == 409)
        .unwrap();
    assert!(
        refused["why"].as_str().unwrap().starts_with("a fault was set for POST"),
        "{refused}"
    );
}

#[test]
fn faults_may_be_set_for_one_path_of_a_route() {
    let server = Local::shared_flow();
    let id = server.flow_id("Inbound_Flow_A");
    let faults = json!({ format!("GET /api/v2/flows/{id}"): [503] });
    assert_eq!(server.post("/__flowsim/faults", &faults).status, 200);
    assert_eq!(
        server.get(&format!("/api/v2/flows/{}", server.flow_id("Inbound_Flow_B"))).status,
        200
    );
    assert_eq!(server.get(&format!("/api/v2/flows/{id}")).status, 503);
    for wrong in [
        json!({ "GET /nowhere": [500] }),
        json!({ "x": [] }),
        json!({ "POST /__flowsim/clock": [503] }),
        json!({ "GET /api/v2/flows": [7] }),
    ] {
        assert_eq!(server.post("/__flowsim/faults", &wrong).status, 400, "{wrong}");
    }
}

#[test]
fn a_reset_restores_the_initial_state() {
    let server = Local::shared_flow();
    assert_eq!(server.post("/api/v2/flows", &draft("Made")).status, 200);
    server.converse(&server.flow_id("Inbound_Flow_A"));
    server.post("/__flowsim/clock", &json!({ "advanceMs": 1000 }));
    assert_eq!(server.post("/__flowsim/reset", &json!({})).status, 200);
    assert_eq!(server.get("/api/v2/flows").status, 401, "tokens are gone too");
    let server = server.logged_in("");
    assert_eq!(server.get("/api/v2/flows").body["total"], 3);
    let clock = server.get("/__flowsim/clock").body;
    assert_eq!(
        clock,
        json!({ "now": "2026-01-05T09:00:00.000Z", "realTime": false, "waiting": 0 })
    );
}

#[test]
fn fixtures_are_replaced_unless_they_are_invalid() {
    let server = Local::shared_flow();
    let wrong = server.put("/__flowsim/fixtures", &json!({ "queues": 7 }));
    assert_eq!(
        (wrong.status, &wrong.body["details"][0]["errorCode"]),
        (400, &json!("INVALID_FIXTURES"))
    );
    for file in [
        json!({ "contacts": [{ "file": "/etc/passwd.csv" }] }),
        json!({ "dataTables": { "T": { "file": "x.csv" } } }),
        json!({ "terraform": "main.tf" }),
    ] {
        assert_eq!(server.put("/__flowsim/fixtures", &file).status, 400, "{file}");
    }
    let fixtures = json!({ "queues": [{ "id": "new", "name": "New" }] });
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
    let body = json!({ "entityIds": ["support", "new"] });
    let known = server.post("/api/v2/analytics/queues/realtime/query", &body).body;
    assert_eq!(known["entities"], json!([{ "id": "new" }]));
}

/// Other requests are answered while a large document is read.
#[test]
#[expect(clippy::disallowed_methods, reason = "the time of answers is measured")]
fn large_fixtures_do_not_block_other_requests() {
    let server = Local::shared_flow();
    let names: Vec<String> = (0..60_000).map(|number| format!("Q{number}")).collect();
    let body = json!({ "queues": names }).to_string();
    let client = server.clone();
    for method in ["PUT", "PATCH"] {
        let (writer, body) = (client.clone(), body.clone());
        let start = Instant::now();
        let writing = thread::spawn(move || {
            let answer = writer.send(method, "/__flowsim/fixtures", Some(&body), &[]);
            (answer.status, start.elapsed())
        });
        let mut longest = Duration::ZERO;
        while !writing.is_finished() {
            let start = Instant::now();
            assert_eq!(client.get("/__flowsim/clock").status, 200);
            longest = longest.max(start.elapsed());
        }
        let (status, whole) = writing.join().unwrap();
        assert_eq!(status, 200);
        assert!(longest < whole * 2 / 3, "{method}: {longest:?} of {whole:?}");
    }
    let body = json!({ "entityIds": ["Q59999"] });
    let known = client.post("/api/v2/analytics/queues/realtime/query", &body).body;
    assert_eq!(known["entities"].as_array().unwrap().len(), 1, "{known}");
}

#[test]
fn requests_are_logged_without_their_secrets() {
    let server = Local::shared_flow();
    let login = json!({ "grant_type": "client_credentials", "client_id": "a",
        "client_secret": "hidden" });
    assert_eq!(server.anonymous().post("/oauth/token", &login).status, 200);
    server.get("/api/v2/nowhere");
    let log = server.get("/__flowsim/requests").body.to_string();
    assert!(!log.contains("hidden") && !log.contains("access_token"));
    assert!(log.contains("is not supported by flowsim"), "{log}");
}

#[test]
fn bodies_typed_by_hand_are_json_whatever_type_the_tool_declares() {
    let server = Local::shared_flow();
    let typed = [("content-type", "application/x-www-form-urlencoded")];
    let clock =
        server.send("POST", "/__flowsim/clock", Some(r#"{"advanceMs": 5000}"#), &typed);
    assert_eq!((clock.status, clock.body["waiting"].as_i64()), (200, Some(0)));
    let input =
        server.send("POST", "/__flowsim/input", Some(r#"{"dtmf": ["1"]}"#), &typed);
    assert_eq!((input.status, input.body["inputs"].as_i64()), (200, Some(1)));
    let platform = server.send("POST", "/api/v2/flows", Some("{}"), &typed);
    assert_eq!(platform.status, 415);
}

#[test]
fn everything_supported_is_in_the_openapi_document() {
    let server = Local::shared_flow();
    let document = server.get("/__flowsim/openapi.json").body;
    let paths = document["paths"].as_object().unwrap();
    let mut count = 0;
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            count += 1;
            if path == "/__flowsim/reset" {
                continue;
            }
            let body =
                if method == "get" || method == "delete" { None } else { Some("{") };
            let path = path.replace(['{', '}'], "");
            let answer = server.send(&method.to_uppercase(), &path, body, &[]);
            let message = answer.body["message"].as_str().unwrap_or_default();
            assert!(
                answer.status != 405 && !message.contains("is not supported by flowsim"),
                "{method} {path}: {answer:?}"
            );
        }
    }
    assert!(count > 70, "{count}");
    let ids: std::collections::BTreeSet<&str> = paths
        .values()
        .flat_map(|it| it.as_object().unwrap().values())
        .map(|it| it["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), count, "operation ids are unique");
    assert_eq!(document["openapi"], Value::from("3.1.0"));
}

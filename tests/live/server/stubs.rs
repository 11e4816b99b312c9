//! Stubs, faults with counts and wildcards, changes of fixtures, and the clock.

use std::io::{ErrorKind, Read, Write};

use serde_json::{Value, json};
use ureq::http::Request;

use super::support::Local;
use super::wire::connect;

fn stubs(server: &Local, stubs: &Value) {
    let answer = server.put("/__flowsim/stubs", stubs);
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Sends a request on a separate connection. Returns the received bytes, and the error that
/// ended the connection.
fn raw(server: &Local, path: &str) -> (String, Option<ErrorKind>) {
    let mut stream = connect(server);
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes).err().map(|it| it.kind());
    (String::from_utf8(bytes).unwrap(), ended)
}

#[test]
fn stubs_answer_requests_that_are_not_served() {
    let server = Local::shared_flow();
    assert_eq!(server.get("/api/v2/quality/forms/f-1").status, 404);
    stubs(
        &server,
        &json!({
            "GET /api/v2/quality/forms/{formId}": { "body": { "id": "f-1" } },
            "* /api/v2/outbound/**": { "status": 503, "body": { "status": 503, "message": "", "code": "",
                "contextId": "", "details": [], "errors": [] } },
            "GET /api/v2/flows?name=None": { "body": { "entities": [] } },
        }),
    );
    let form = server.anonymous().get("/api/v2/quality/forms/f-1");
    assert_eq!((form.status, &form.body), (200, &json!({ "id": "f-1" })));
    assert_eq!(server.get("/api/v2/quality/forms/f-1/versions").status, 404);
    assert_eq!(server.delete("/api/v2/outbound/campaigns/c/rules").status, 503);
    assert_eq!(server.get("/api/v2/flows?name=None").body, json!({ "entities": [] }));
    assert_eq!(server.get("/api/v2/flows").body["total"], 3);
    let listed = server.get("/__flowsim/stubs").body;
    let used: Vec<&Value> =
        listed["stubs"].as_array().unwrap().iter().map(|it| &it["used"]).collect();
    assert_eq!(used, [1, 1, 1]);
    assert_eq!(server.delete("/__flowsim/stubs").body["stubs"], json!([]));
    assert_eq!(server.get("/api/v2/quality/forms/f-1").status, 404);
}

#[test]
fn answers_of_a_stub_are_used_one_by_one() {
    let server = Local::shared_flow();
    let path = "/api/v2/flows";
    let one = |number: u32| json!({ "body": number });
    stubs(
        &server,
        &json!({ "GET /api/v2/flows": [one(1), { "body": 2, "count": 2 }, { "body": 3, "count": 1 }] }),
    );
    let seen: Vec<Value> = (0..5).map(|_| server.get(path).body).collect();
    assert_eq!(seen[..4], [1, 2, 2, 3].map(Value::from));
    assert_eq!(seen[4]["total"], 3, "then the request is handled as usual");
    stubs(&server, &json!({ "GET /api/v2/flows": [one(1), one(2)] }));
    let seen: Vec<Value> = (0..3).map(|_| server.get(path).body).collect();
    assert_eq!(seen, [1, 2, 2].map(Value::from), "the last one repeats");
}

#[test]
fn a_stub_of_a_route_leaves_its_neighbours_alone() {
    let server = Local::shared_flow();
    stubs(&server, &json!({ "GET /api/v2/flows/{flowId}": { "body": "stub" } }));
    assert_eq!(server.get("/api/v2/flows/x").body, "stub");
    assert_eq!(server.get("/api/v2/flows/datatables").body["total"], 0);
}

#[test]
fn stubs_have_headers_and_break_connections() {
    let server = Local::shared_flow();
    stubs(
        &server,
        &json!({
            "GET /x": { "text": "{\"id\": ", "headers": { "Content-Type": "application/json", "X-A": ["1", "2"] } },
            "GET /half": { "text": "0123456789", "connection": "truncated" },
            "GET /closed": { "connection": "closed" },
            "GET /reset": { "connection": "reset" },
        }),
    );
    let (text, _) = raw(&server, "/x");
    assert!(
        text.contains("x-a: 1\r\nx-a: 2\r\n") && text.ends_with("\r\n\r\n{\"id\": "),
        "{text}"
    );
    let (text, _) = raw(&server, "/half");
    assert!(
        text.contains("content-length: 10") && text.ends_with("\r\n\r\n01234"),
        "{text}"
    );
    assert_eq!(raw(&server, "/closed"), (String::new(), None));
    let (text, ended) = raw(&server, "/reset");
    assert_eq!((text.as_str(), ended), ("", Some(ErrorKind::ConnectionReset)));
    assert_eq!(server.get("/api/v2/flows").status, 200);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a delay is one of the wall clock")]
fn a_stub_delays_only_its_own_request() {
    let server = Local::shared_flow();
    stubs(&server, &json!({ "GET /slow": { "status": 204, "delayMs": 3_000 } }));
    let begun = std::time::Instant::now();
    let slow = std::thread::scope(|scope| {
        let slow = scope.spawn(|| server.get("/slow").status);
        assert_eq!(server.get("/api/v2/flows").status, 200);
        assert!(begun.elapsed().as_millis() < 2_900);
        slow.join().unwrap()
    });
    assert_eq!(slow, 204);
    assert!(begun.elapsed().as_millis() >= 3_000);
}

#[test]
fn stubs_of_fixtures_come_after_those_of_requests() {
    let server = Local::shared_flow();
    let fixtures =
        json!({ "stubs": { "GET /a": { "body": 1 }, "GET /b": { "body": 1 } } });
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
    stubs(&server, &json!({ "GET /a": { "body": 2 } }));
    assert_eq!([server.get("/a").body, server.get("/b").body], [2, 1].map(Value::from));
    let log = server.get("/__flowsim/requests").body.to_string();
    assert!(log.contains("the stub of GET /b"), "{log}");
}

#[test]
fn invalid_stubs_are_refused() {
    let server = Local::shared_flow();
    for wrong in [
        json!({ "get /x": {} }),
        json!({ "GET /x": { "stauts": 200 } }),
        json!({ "GET /x": { "status": 700 } }),
        json!({ "GET /__flowsim/clock": {} }),
        json!({ "GET /x": { "headers": { "Content-Length": "3" } } }),
        json!([]),
    ] {
        let answer = server.put("/__flowsim/stubs", &wrong);
        assert_eq!(answer.status, 400, "{wrong}");
    }
    let unclosed =
        server.send("PUT", "/__flowsim/stubs", Some("{}, \"queues\": {}"), &[]);
    assert_eq!(unclosed.status, 400);
}

#[test]
fn faults_have_counts_wildcards_and_connections() {
    let server = Local::shared_flow();
    let set = |faults: Value| server.post("/__flowsim/faults", &faults).status;
    let flows = || server.get("/api/v2/flows").status;
    assert_eq!(
        set(json!({ "GET /api/v2/flows": [{ "status": 503, "count": 2 }, 429] })),
        200
    );
    assert_eq!([flows(), flows(), flows(), flows()], [503, 503, 429, 200]);
    assert_eq!(
        set(json!({ "* /api/v2/**": [{ "status": 500, "count": "always" }] })),
        200
    );
    for _ in 0..5 {
        assert_eq!(flows(), 500);
    }
    assert_eq!(server.get("/api/v2/nowhere").status, 500);
    let left = server.get("/__flowsim/faults").body;
    assert_eq!(left["* /api/v2/**"][0]["count"], "always");
    assert_eq!(set(json!({ "* /api/v2/**": [] })), 200);
    assert_eq!(flows(), 200);
    assert_eq!(set(json!({ "GET /api/v2/flows": [{ "connection": "closed" }] })), 200);
    assert_eq!(raw(&server, "/api/v2/flows").0, "");
    assert_eq!(flows(), 200);
    for wrong in [
        json!({ "GET /api/v2/flows": [{ "status": 503, "repeat": 2 }] }),
        json!({ "GET /api/v2/flows": [{ "status": 503, "count": 0 }] }),
        json!({ "GET /api/v2/flows": [{ "status": 503, "connection": "lost" }] }),
        json!({ "GET /api/v2/flows": [{}] }),
    ] {
        assert_eq!(set(wrong.clone()), 400, "{wrong}");
    }
}

#[test]
fn fixtures_are_read_and_changed() {
    let server = Local::with(&[], &[]);
    assert_eq!(server.get("/__flowsim/fixtures").body, json!({}));
    let first = json!({ "queues": [{ "id": "q", "name": "Support", "statistics": { "waiting": 1 } }] });
    assert_eq!(server.put("/__flowsim/fixtures", &first).status, 200);
    assert_eq!(server.get("/__flowsim/fixtures").body, first);
    let patch = |document: &Value| {
        server.send("PATCH", "/__flowsim/fixtures", Some(&document.to_string()), &[])
    };
    let change = json!({ "queues": { "Support": { "statistics": { "waiting": 7 } } }, "skills": ["French"] });
    assert_eq!(patch(&change).status, 200);
    let body = json!({ "entityIds": ["q"] });
    let statistics = server.post("/api/v2/analytics/queues/realtime/query", &body).body;
    assert_eq!(statistics["entities"], json!([{ "id": "q", "waiting": 7 }]));
    let both = server.get("/__flowsim/fixtures").body;
    assert_eq!(both, json!({ "documents": [first, change] }));
    assert_eq!(patch(&json!({ "queue": [] })).status, 400);
    assert_eq!(server.put("/__flowsim/fixtures", &both).status, 200);
    assert_eq!(server.get("/api/v2/routing/skills").body["total"], 1);
}

#[test]
fn the_clock_is_set_to_a_time() {
    let server = Local::shared_flow();
    let set = |body: Value| server.post("/__flowsim/clock", &body);
    assert_eq!(
        set(json!({ "to": "2026-12-24T18:00:00.000Z" })).body["now"],
        "2026-12-24T18:00:00.000Z"
    );
    for wrong in [
        json!({ "to": "2026-12-24T17:00:00.000Z" }),
        json!({ "to": "tomorrow" }),
        json!({ "to": "2027-01-01T00:00:00.000Z", "advanceMs": 1 }),
        json!({ "advance": 1 }),
        json!({}),
    ] {
        assert_eq!(set(wrong.clone()).status, 400, "{wrong}");
    }
}

/// *Source: RFC 9110, If-None-Match; the platform's help on rate limits.*
#[test]
fn answers_have_a_tag_and_the_rate_limit() {
    let server = Local::shared_flow();
    let token = server.token.clone().unwrap();
    let ask = |more: &str| {
        let mut stream = connect(&server);
        let request = format!(
            "GET /api/v2/flows?unknown=1 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n{more}connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    let first = ask("");
    assert!(
        first.contains("inin-ratelimit-count: 1\r\ninin-ratelimit-allowed: 300"),
        "{first}"
    );
    let tag = first.split("etag: ").nth(1).unwrap().lines().next().unwrap();
    let again = ask(&format!("if-none-match: {tag}\r\n"));
    assert!(again.starts_with("HTTP/1.1 304") && again.ends_with("\r\n\r\n"), "{again}");
    assert!(ask("if-none-match: \"other\"\r\n").starts_with("HTTP/1.1 200"));
    let faults = json!({ "GET /api/v2/flows": [{ "status": 429, "retryAfter": 7 }] });
    assert_eq!(server.post("/__flowsim/faults", &faults).status, 200);
    let limited = ask("");
    assert!(limited.contains("inin-ratelimit-count: 301"), "{limited}");
    assert!(limited.contains("inin-ratelimit-reset: 7"), "{limited}");
    let log = server.get("/__flowsim/requests").body.to_string();
    assert!(log.contains("ignored: unknown"), "{log}");
}

#[test]
fn unserved_calls_of_the_platform_are_distinguished() {
    let server = Local::shared_flow();
    let message = |method: &str, path: &str| {
        let body = (method != "GET").then_some("{}");
        let answer = server.send(method, path, body, &[]);
        (answer.status, answer.body["message"].as_str().unwrap().to_owned())
    };
    let (status, text) = message("GET", "/api/v2/quality/forms");
    assert!(
        status == 404 && text.contains("although the platform has this call"),
        "{text}"
    );
    let (status, text) = message("GET", "/api/v2/quality/forums");
    assert!(status == 404 && text.contains("the platform has no such call"), "{text}");
    let (status, text) = message("POST", "/api/v2/users");
    assert!(status == 405 && text.contains("although the platform has it"), "{text}");
    let (status, text) = message("PUT", "/api/v2/users");
    assert!(status == 405 && text.contains("neither flowsim nor the platform"), "{text}");
}

#[test]
fn the_request_log_is_cleared() {
    let server = Local::shared_flow();
    server.get("/api/v2/flows");
    let before = server.get("/__flowsim/requests").body["requests"][1]["number"].clone();
    assert!(server.delete("/__flowsim/requests").body["removed"].as_u64() >= Some(2));
    server.get("/api/v2/flows");
    let after = server.get("/__flowsim/requests").body;
    assert!(after["requests"][1]["number"].as_u64() > before.as_u64(), "{after}");
}

/// *Source: RFC 9110, sections 8.4 and 12.5.3.*
#[test]
fn answers_are_compressed_for_clients_that_accept_it() {
    let server = Local::shared_flow();
    let ask = |path: &str, accepted: &str| {
        let request = Request::builder().uri(format!("{}{path}", server.url));
        let request = request.header("accept-encoding", accepted);
        let token = server.token.clone().unwrap();
        let request = request.header("authorization", format!("Bearer {token}"));
        let mut response = server.agent.run(request.body(()).unwrap()).unwrap();
        let headers = response.headers().clone();
        let header =
            |name: &str| headers.get(name).map(|it| it.to_str().unwrap().to_owned());
        let bytes = response.body_mut().read_to_vec().unwrap();
        (header("content-encoding"), header("etag").unwrap_or_default(), bytes)
    };
    let flows = "/api/v2/flows?pageSize=100";
    let (coding, tag, plain) = ask(flows, "identity");
    assert_eq!(coding, None);
    let (coding, weak, packed) = ask(flows, "deflate, gzip");
    assert_eq!((coding.as_deref(), weak), (Some("gzip"), format!("W/{tag}")));
    assert!(packed.len() < plain.len() / 2, "{} {}", packed.len(), plain.len());
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*packed).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain);
    let (coding, _, small) = ask("/api/v2/routing/skills", "gzip");
    assert_eq!(coding, None, "{}", small.len());
    // A stub has the headers and the bytes that were written.
    let stub = json!({ "GET /x": { "headers": { "Content-Encoding": "br" }, "text": "x".repeat(5_000) } });
    assert_eq!(server.put("/__flowsim/stubs", &stub).status, 200);
    let (coding, _, body) = ask("/x", "gzip");
    assert_eq!((coding.as_deref(), body.len()), (Some("br"), 5_000));
}

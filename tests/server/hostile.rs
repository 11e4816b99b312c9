//! What no client should send: every answer is JSON all the same, and the server goes on.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::Local;

#[test]
fn bodies_that_are_no_json_are_refused() {
    let server = Local::shared_flow();
    let deep = "[".repeat(100_000);
    for body in
        ["", "{", "[]", "7", "null", "\"x\"", "{\"name\":}", "\u{0}", deep.as_str()]
    {
        let answer = server.send("POST", "/api/v2/flows", Some(body), &[]);
        assert_eq!(answer.status, 400, "{body:.20}");
    }
    let headers = [("content-type", "application/xml")];
    let answer = server.send("POST", "/api/v2/flows", Some("<flow/>"), &headers);
    assert_eq!(answer.status, 415);
}

/// Where no token is needed, a page that a developer happens to visit could steer the server.
#[test]
fn pages_of_other_sites_do_not_steer_the_server() {
    let server = Local::shared_flow();
    let post = |origin: &str| {
        let headers = [("origin", origin), ("content-type", "text/plain")];
        server
            .send("POST", "/__flowsim/clock", Some("{\"advanceMs\": 1}"), &headers)
            .status
    };
    assert_eq!(post("https://example.com"), 403);
    assert_eq!(post("null"), 403);
    assert_eq!(post(&server.url), 200);
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let server = Local::shared_flow();
    let large = format!("\"{}\"", "x".repeat(17 * 1024 * 1024));
    // The server may close the connection before everything is sent.
    if let Ok(answer) = server.try_send("POST", "/api/v2/flows", Some(&large), &[]) {
        assert_eq!(answer.status, 413);
    }
    assert_eq!(server.get("/api/v2/flows").status, 200);
}

#[test]
fn paths_and_methods_that_are_none_are_told() {
    let server = Local::shared_flow();
    for path in [
        "/api",
        "/api/v2/flows/",
        "//api/v2/flows",
        "/api/v2/../../etc/passwd",
        "/api/v2/flows/%2e%2e/%2e%2e",
        "/api/v2/flows/a%00b",
        "/api/v2/chats",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/api/v2/flows/%ff").status, 400);
    assert_eq!(server.send("PATCH", "/api/v2/flows", Some("{}"), &[]).status, 405);
    assert_eq!(server.delete("/__flowsim/reset").status, 405);
}

#[test]
fn connections_that_speak_no_http_do_no_harm() {
    let server = Local::shared_flow();
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let mut half_open = Vec::new();
    for junk in [
        "\r\n\r\n",
        "GET",
        "\u{16}\u{3}\u{1}",
        "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
    ] {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(junk.as_bytes()).unwrap();
        half_open.push(stream);
    }
    assert_eq!(server.get("/api/v2/flows").status, 200);
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 404") && text.ends_with('}'), "{text}");
}

/// Numbers that look random and are the same every time.
struct Junk(u64);

impl Junk {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

#[rustfmt::skip]
const VALUES: [&str; 12] = [
    "null", "7", "-1.5", "\"\"", "\"x\"", "[]", "[null]", "{}", "[{}]", "{\"id\": 7}",
    "[\"1\", 2]", "true",
];
const PARTS: [&str; 6] = ["x", "1", "%20", "-1", "Inbound_Flow_A", "1.0"];
#[rustfmt::skip]
const KEYS: [&str; 30] = [
    "flowId", "routing", "participants", "messages", "dtmf", "conversationId", "name", "type",
    "draft", "nodes", "query", "filter", "ids", "flows", "variables", "flowInstanceId",
    "inputs", "context", "timeout", "advanceMs", "workPhone", "queueId", "dnis", "queues",
    "contacts", "entityIds", "inputData", "startNode", "digits", "value",
];

/// The methods and paths that are served.
fn routes(server: &Local) -> Vec<(String, String)> {
    let document = server.get("/__flowsim/openapi.json").body;
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, it): (&String, &Value)| {
        let methods = it.as_object().unwrap().keys();
        methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

#[test]
fn requests_of_wrong_shapes_never_make_the_server_err() {
    let server = Local::shared_flow();
    let routes = routes(&server);
    let values: Vec<Value> =
        VALUES.iter().map(|it| serde_json::from_str(it).unwrap()).collect();
    let mut junk = Junk(7);
    let mut client = server.anonymous().logged_in("");
    for _ in 0..3_000 {
        let (method, path) = &routes[junk.next(routes.len())];
        let path: Vec<&str> =
            path.split('/')
                .map(|part| {
                    if part.starts_with('{') {
                        PARTS[junk.next(PARTS.len())]
                    } else {
                        part
                    }
                })
                .collect();
        let mut body = json!({});
        for _ in 0..junk.next(5) {
            body[KEYS[junk.next(KEYS.len())]] = values[junk.next(values.len())].clone();
        }
        let (path, body) = (path.join("/"), body.to_string());
        let has_body = method == "POST" || method == "PUT";
        let answer = client.send(method, &path, has_body.then_some(&*body), &[]);
        assert!(answer.status < 500, "{method} {path} {body}: {answer:?}");
        if path == "/__flowsim/reset" {
            client = server.anonymous().logged_in("");
        }
    }
}

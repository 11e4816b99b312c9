//! Requests that no client should send: every answer is JSON all the same, and the server
//! keeps running.

use std::io::{Read, Write};

use flowsim::server::Settings;

use super::support::{Local, organisation, settings};
use super::wire::connect;

#[test]
fn bodies_that_are_not_json_are_refused() {
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

/// A page that a developer happens to visit could control routes that require no token.
#[test]
fn pages_of_other_sites_cannot_control_the_server() {
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
    for body in ["", "a=b", "{}"] {
        let headers = [("origin", "null"), ("content-type", "text/plain")];
        let reset = server.send("POST", "/__flowsim/reset", Some(body), &headers);
        assert_eq!(reset.status, 403, "{body}");
    }
}

/// *Source: the Fetch standard, CORS protocol.*
#[test]
fn pages_of_permitted_origins_may_use_the_server() {
    let origin = "http://localhost:3000";
    let settings = Settings { origins: vec![origin.to_owned()], ..settings() };
    let server = Local::started(organisation(&["shared-flow/flows"], &[]), settings);
    let address = server.url.strip_prefix("http://").unwrap();
    let exchange = |method: &str, origin: &str, more: &str| {
        let mut stream = connect(&server);
        let request = format!(
            "{method} /api/v2/flows HTTP/1.1\r\nhost: {address}\r\norigin: {origin}\r\n{more}connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    let asks = "access-control-request-method: GET\r\naccess-control-request-headers: authorization\r\n";
    let preflight = exchange("OPTIONS", origin, asks);
    assert!(preflight.starts_with("HTTP/1.1 204"), "{preflight}");
    for header in [
        "access-control-allow-origin: http://localhost:3000",
        "access-control-allow-methods: GET",
        "access-control-allow-headers: authorization",
        "vary: Origin",
    ] {
        assert!(preflight.contains(header), "{header}: {preflight}");
    }
    let refused = exchange("GET", origin, "");
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    assert!(refused.contains("access-control-allow-origin: http://localhost:3000"));
    let other = exchange("OPTIONS", "https://example.com", asks);
    assert!(
        other.starts_with("HTTP/1.1 405") && !other.contains("allow-origin"),
        "{other}"
    );
    let headers = [("origin", origin), ("content-type", "text/plain")];
    let clock =
        server.send("POST", "/__flowsim/clock", Some("{\"advanceMs\": 1}"), &headers);
    assert_eq!(clock.status, 200);
}

/// A site whose domain name resolves to this machine is, for the browser, the origin of
/// this server (DNS rebinding).
#[test]
fn a_foreign_host_name_is_refused_on_every_path() {
    let server = Local::shared_flow();
    let foreign = |method: &str, path: &str, host: &str| {
        let body = Some(
            "{\"grant_type\": \"client_credentials\", \"client_id\": \"a\", \"client_secret\": \"b\"}",
        );
        let body = body.filter(|_| method == "POST");
        server.send(method, path, body, &[("host", host)])
    };
    for (method, path) in [
        ("POST", "/oauth/token"),
        ("GET", "/api/v2/flows"),
        ("POST", "/api/v2/architect/simulations"),
        ("GET", "/__flowsim/status"),
        ("GET", "/"),
        ("GET", "/nowhere"),
    ] {
        let answer = foreign(method, path, "rebound.example.com:8080");
        assert_eq!((answer.status, &answer.body["code"]), (403, &"foreign.host".into()));
        assert_eq!(answer.body.get("access_token"), None);
        assert_ne!(foreign(method, path, "flowsim.test:8080").status, 403, "{path}");
    }
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let server = Local::shared_flow();
    for megabytes in [17, 40] {
        let large = format!("\"{}\"", "x".repeat(megabytes * 1024 * 1024));
        let answer = server.send("POST", "/api/v2/flows", Some(&large), &[]);
        assert_eq!(answer.status, 413, "{megabytes} MiB");
    }
    assert_eq!(server.get("/api/v2/flows").status, 200);
}

#[test]
fn unknown_paths_and_methods_are_reported() {
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

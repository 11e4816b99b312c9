//! What no client should send: every answer is JSON all the same, and the server goes on.

use super::support::Local;

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
    for megabytes in [17, 40] {
        let large = format!("\"{}\"", "x".repeat(megabytes * 1024 * 1024));
        let answer = server.send("POST", "/api/v2/flows", Some(&large), &[]);
        assert_eq!(answer.status, 413, "{megabytes} MiB");
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

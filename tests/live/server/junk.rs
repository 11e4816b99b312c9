//! A large amount of reproducible junk: the server answers everything in JSON, never with
//! an internal error, and keeps running. `FLOWSIM_JUNK` sets the number of requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::support::Local;
use super::wire::connect;

/// Default number of requests.
const COUNT: usize = 1_000;

/// A reproducible pseudo-random number generator.
struct Junk(u64);

impl Junk {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn pick<'a, Item: ?Sized>(&mut self, items: &[&'a Item]) -> &'a Item {
        items[self.next(items.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let count = self.next(most);
        (0..count).map(|_| u8::try_from(self.next(256)).unwrap()).collect()
    }
}

#[rustfmt::skip]
const VALUES: [&str; 14] = [
    "null", "7", "-1.5", "\"\"", "\"x\"", "[]", "[null]", "{}", "[{}]", "{\"id\": 7}",
    "[\"1\", 2]", "true", "1e308", "\"\\u0000\\ud83d\\ude00\"",
];
const PARTS: [&str; 6] = ["x", "1", "%20", "-1", "Inbound_Flow_A", "1.0"];
#[rustfmt::skip]
const KEYS: [&str; 34] = [
    "flowId", "routing", "participants", "messages", "dtmf", "conversationId", "name", "type",
    "draft", "nodes", "query", "filter", "ids", "flows", "variables", "flowInstanceId",
    "inputs", "context", "timeout", "advanceMs", "workPhone", "queueId", "dnis", "queues",
    "contacts", "entityIds", "inputData", "startNode", "digits", "value", "id", "pageSize",
    "logLevelCharacteristics", "enabled",
];
const TRICKS: [&str; 12] = [
    "/../../etc/passwd",
    "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "//api//v2//flows",
    "/api/v2/flows/%00",
    "/api/v2/flows/%ff%fe",
    "/api/v2/flows?pageSize=-1&pageNumber=99999999999999999999",
    "/api/v2/flows?name=****************&type=,,,&=&&",
    "/api/v2/flows/{flowId}",
    "/__flowsim/downloads/../../x/y",
    "/__flowsim/executions/%2f",
    "*",
    "http://example.com/api/v2/flows",
];
const TYPES: [&str; 6] = [
    "application/json",
    "application/xml",
    "text/plain; charset=\"",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    ";;;",
];
const METHODS: [&str; 8] =
    ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"];

/// Returns the supported methods and paths.
fn routes(server: &Local) -> Vec<(String, String)> {
    let document = server.get("/__flowsim/openapi.json").body;
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, it): (&String, &Value)| {
        let methods = it.as_object().unwrap().keys();
        methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// Returns a path that matches a route.
fn path(junk: &mut Junk, route: &str) -> String {
    let part = |part: &str, junk: &mut Junk| match part.starts_with('{') {
        true => junk.pick(&PARTS).to_owned(),
        false => part.to_owned(),
    };
    let parts: Vec<String> = route.split('/').map(|it| part(it, junk)).collect();
    parts.join("/")
}

fn body(junk: &mut Junk) -> Value {
    let mut body = json!({});
    for _ in 0..junk.next(5) {
        let value = junk.pick(&VALUES);
        body[junk.pick(&KEYS)] = serde_json::from_str(value).unwrap();
    }
    body
}

/// Builds a partly valid request: a supported route, with a body of the wrong form.
fn sensible(
    junk: &mut Junk,
    routes: &[(String, String)],
) -> (String, String, Option<String>) {
    let (method, route) = &routes[junk.next(routes.len())];
    let path = path(junk, route);
    let body = body(junk).to_string();
    let has_body = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
    (method.clone(), path, has_body.then_some(body))
}

/// Returns a request, and whether its head is valid HTTP.
fn request(junk: &mut Junk, routes: &[(String, String)], token: &str) -> (Vec<u8>, bool) {
    if junk.next(50) == 0 {
        let mut bytes = junk.bytes(200);
        // Otherwise it could be the start of a valid request that takes long, or be
        // empty.
        bytes.insert(0, b'\x01');
        bytes.extend(b"\r\n\r\n");
        return (bytes, false);
    }
    let (mut method, mut path, given) = sensible(junk, routes);
    let mut body = given.unwrap_or_default().into_bytes();
    let mut media_type = TYPES[0];
    match junk.next(8) {
        0 => path = junk.pick(&TRICKS).to_owned(),
        1 => method = junk.pick(&METHODS).to_owned(),
        2 => media_type = junk.pick(&TYPES),
        3 => body = junk.bytes(300),
        4 => body.truncate(junk.next(body.len() + 1)),
        5 => path.push_str(&format!("?{}={}", junk.pick(&KEYS), junk.next(1000))),
        _ => {}
    }
    let token = if junk.next(20) == 0 { "stale" } else { token };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (head.into_bytes().into_iter().chain(body).collect(), true)
}

/// Reads an answer. Returns its status, its body, and whether the connection stays open.
fn read(stream: &mut BufReader<TcpStream>) -> (u16, Vec<u8>, bool) {
    let (mut status, mut length, mut goes_on) = (0, 0, true);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        goes_on &= line != "connection: close";
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (status, body, goes_on)
}

/// Returns the memory usage of this process in KiB, if the system provides it.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Returns the number of requests to send.
#[expect(clippy::disallowed_methods, reason = "whoever has the time sends a million")]
fn count() -> usize {
    let count = std::env::var("FLOWSIM_JUNK").ok().and_then(|it| it.parse().ok());
    count.unwrap_or(COUNT)
}

#[test]
fn junk_is_answered_in_json_without_internal_errors() {
    let count = count();
    let server = Local::shared_flow();
    let routes = routes(&server);
    let log_in = || server.anonymous().logged_in("").token.unwrap();
    let (mut junk, mut token) = (Junk(11), log_in());
    let mut stream = BufReader::new(connect(&server));
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for turn in 1..=count {
        let (bytes, is_http) = request(&mut junk, &routes, &token);
        let told = || String::from_utf8_lossy(&bytes).into_owned();
        stream.get_mut().write_all(&bytes).unwrap();
        let (status, body, goes_on) = read(&mut stream);
        let is_download =
            bytes.starts_with(b"GET /__flowsim/downloads/") && status == 200;
        let is_json = serde_json::from_slice::<Value>(&body).is_ok();
        assert!(is_json || status == 204 || is_download, "{status} to {}", told());
        assert!((200..500).contains(&status), "{status} to {}", told());
        assert!(is_http || status == 400, "{status} to {}", told());
        *statuses.entry(status).or_default() += 1;
        if !goes_on || !is_http {
            stream = BufReader::new(connect(&server));
        }
        // A reset invalidates all tokens.
        if bytes.starts_with(b"POST /__flowsim/reset") {
            token = log_in();
        }
        if turn % count.div_ceil(10) == 0 {
            eprintln!("{turn} requests, {:?} KiB", memory());
        }
    }
    eprintln!("{statuses:?}");
    for status in [200, 400, 401, 404, 405, 415] {
        assert!(statuses.contains_key(&status), "nothing was answered {status}");
    }
    assert_eq!(server.anonymous().logged_in("").get("/api/v2/flows").status, 200);
}

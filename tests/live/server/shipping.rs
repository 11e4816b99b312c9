//! `flowsim ship`: decision logs on their way to a store that takes them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::elasticsearch::Both;

/// A log of so many decisions.
fn log(folder: &TempDir, count: u32) -> String {
    let path = folder.path().join("log.ndjson");
    let line = |number: u32| {
        let document = json!({
            "timestamp": format!("2026-01-05T09:00:{:02}Z", number % 60),
            "flowInstanceId": format!("call-{number}"),
            "dtmf": (number % 4).to_string(),
            "queue_occupancy": number % 7,
            "routing_decision": if number.is_multiple_of(3) { "route_to_vm" } else { "route_to_queue" },
            "state": "COMPLETE",
        });
        format!("{document}\n")
    };
    std::fs::write(&path, (0..count).map(line).collect::<String>()).unwrap();
    path.display().to_string()
}

fn flowsim(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    for name in ["API_KEY", "USERNAME", "PASSWORD"] {
        command.env_remove(format!("ELASTICSEARCH_{name}"));
    }
    command.args(arguments).envs(environment.iter().copied()).output().unwrap()
}

fn ship(log: &str, url: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let output = flowsim(&[&["ship", log, "--to", url], more].concat(), &[]);
    told(&output)
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_a_search_answered_is_sent_elsewhere() {
    let (server, folder) = (Both::start(None), TempDir::new().unwrap());
    let url = &server.documents.url;
    ship(&log(&folder, 20), url, &["--index", "one"]);
    let found = server.documents.search("one", &json!({ "size": 20 }));
    let path = folder.path().join("found.json");
    std::fs::write(&path, serde_json::to_string_pretty(&found).unwrap()).unwrap();
    let (code, out, err) = ship(&path.display().to_string(), url, &["--index", "two"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(out, "20 new in two, 0 there already\n");
}

#[test]
fn a_log_is_there_once_however_often_it_is_sent() {
    let (server, folder) = (Both::start(None), TempDir::new().unwrap());
    let log = log(&folder, 2_100);
    // The first answers are none: the store is busy, and then it is away for a moment.
    let faults = json!({ "POST /_bulk": [429, 200, { "status": 503, "retryAfter": 0 }] });
    server.api.post("/__flowsim/faults", &faults);
    let url = &server.documents.url;
    let (code, out, err) = ship(&log, url, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(out, "2100 new in genesys_flow_decisions, 0 there already\n");
    let (_, out, _) = ship(&log, &format!("{url}/"), &[]);
    assert_eq!(out, "0 new in genesys_flow_decisions, 2100 there already\n");
    let (code, out, _) = ship(&log, url, &["--index", "other"]);
    assert_eq!((code, out.as_str()), (Some(0), "2100 new in other, 0 there already\n"));
}

#[test]
fn the_store_counts_what_the_heat_map_counts() {
    let (server, folder) = (Both::start(None), TempDir::new().unwrap());
    let log = log(&folder, 90);
    ship(&log, &server.documents.url, &[]);
    let aggregations = json!({ "size": 0, "aggs": { "keys": {
        "terms": { "field": "dtmf.keyword", "size": 100 },
        "aggs": { "decisions": {
            "terms": { "field": "routing_decision.keyword", "size": 100 },
            "aggs": { "agents": { "avg": { "field": "queue_occupancy" } } } } } } } });
    let found = server.documents.search("genesys_flow_decisions", &aggregations);
    let list = |value: &Value| value["buckets"].as_array().unwrap().clone();
    let mut counted = Vec::new();
    for keys in list(&found["aggregations"]["keys"]) {
        for cell in list(&keys["decisions"]) {
            let average = cell["agents"]["value"].as_f64().unwrap();
            counted.push(format!(
                "{} {} {} {average:.6}",
                keys["key"], cell["key"], cell["doc_count"]
            ));
        }
    }
    counted.sort();
    let output = flowsim(&["heatmap", &log, "--format", "json"], &[]);
    let heatmap: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shown = |cell: &Value| {
        let average = cell["queue_occupancy"].as_f64().unwrap();
        format!(
            "{} {} {} {average:.6}",
            cell["dtmf"], cell["routing_decision"], cell["count"]
        )
    };
    let mut expected: Vec<String> =
        heatmap["cells"].as_array().unwrap().iter().map(shown).collect();
    expected.sort();
    assert_eq!(counted, expected);
    assert_eq!(counted.len(), 8);
}

#[test]
fn what_does_not_arrive_is_told() {
    let (server, folder) = (Both::start(None), TempDir::new().unwrap());
    let (log, url) = (log(&folder, 3), &server.documents.url);
    let (code, out, err) = ship(&log, url, &["--index", "Wrong"]);
    assert_eq!(code, Some(5));
    assert_eq!(out, "0 new in Wrong, 0 there already, 3 refused\n");
    assert!(err.contains("invalid_index_name_exception"), "{err}");
    let empty = folder.path().join("empty.ndjson");
    std::fs::write(&empty, "").unwrap();
    let (code, out, err) = ship(&empty.display().to_string(), url, &[]);
    assert_eq!((code, out.as_str()), (Some(4), ""));
    assert!(err.contains("no decisions"), "{err}");
    let trace = folder.path().join("trace.json");
    std::fs::write(&trace, r#"{"schema": "flowsim.trace/1", "steps": []}"#).unwrap();
    assert_eq!(ship(&trace.display().to_string(), url, &[]).0, Some(3));
    assert_eq!(ship("nowhere.ndjson", url, &[]).0, Some(3));
    server.api.post("/__flowsim/faults", &json!({ "POST /_bulk": [403] }));
    let (code, _, err) = ship(&log, url, &[]);
    assert_eq!(code, Some(5));
    assert!(err.contains("403") && err.contains("right to write"), "{err}");
    let (code, _, err) = ship(&log, "http://127.0.0.1:1", &["--max-attempts", "1"]);
    assert_eq!(code, Some(5), "{err}");
    for url in ["localhost:9200", "http://me:it@localhost:9200", "http://localhost?a=b"] {
        assert_eq!(ship(&log, url, &[]).0, Some(2), "{url}");
    }
}

/// A store that answers these texts, one a request, and the requests that it got.
fn store(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let answer = |answer: String| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut request, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let (name, value) = line.split_once(':').unwrap_or_default();
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap();
                }
                request += &line;
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            request += &String::from_utf8(body).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            request
        };
        answers.into_iter().map(answer).collect()
    });
    (url, thread)
}

fn http(status: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

fn item(status: u16, error: &str) -> Value {
    match error {
        "" => json!({ "index": { "status": status } }),
        error => {
            json!({ "index": { "status": status, "error": { "type": "e", "reason": error } } })
        }
    }
}

#[test]
fn only_what_the_store_had_no_time_for_is_sent_again() {
    let folder = TempDir::new().unwrap();
    let log = log(&folder, 4);
    let some = json!({ "errors": true, "items":
        [item(201, ""), item(429, "busy"), item(400, "not so"), item(503, "away")] });
    let rest = json!({ "errors": false, "items": [item(201, ""), item(200, "")] });
    let (url, requests) = store(vec![http("200 OK", &some), http("200 OK", &rest)]);
    let (code, out, err) = ship(&log, &url, &[]);
    assert_eq!(
        (code, out.as_str()),
        (Some(5), "2 new in genesys_flow_decisions, 1 there already, 1 refused\n")
    );
    assert!(err.contains("400, `e`: not so"), "{err}");
    let requests = requests.join().unwrap();
    let documents = |request: &str| {
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        body.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (first, second) = (documents(&requests[0]), documents(&requests[1]));
    assert_eq!((first.len(), second.len()), (8, 4));
    assert_eq!(second, [&first[2..4], &first[6..8]].concat());
}

#[test]
fn secrets_are_sent_and_never_told() {
    let folder = TempDir::new().unwrap();
    let log = log(&folder, 1);
    let secret = "c2VjcmV0LWtleQ0123";
    let refused = json!({ "error": { "type": "security_exception",
        "reason": format!("the key {secret} is not known") }, "status": 401 });
    let (url, requests) = store(vec![http("401 Unauthorized", &refused)]);
    let key = [("ELASTICSEARCH_API_KEY", secret)];
    let (code, out, err) = told(&flowsim(&["ship", &log, "--to", &url], &key));
    assert_eq!(code, Some(5));
    assert!(
        err.contains("security_exception") && err.contains("ELASTICSEARCH_API_KEY"),
        "{err}"
    );
    assert!(!err.contains(secret) && !out.contains(secret), "{err}");
    let request = requests.join().unwrap().remove(0).to_lowercase();
    assert!(
        request.contains(&format!("authorization: apikey {}", secret.to_lowercase()))
    );
    let (url, requests) =
        store(vec![http("200 OK", &json!({ "items": [item(201, "")] }))]);
    let both =
        [("ELASTICSEARCH_USERNAME", "ada"), ("ELASTICSEARCH_PASSWORD", "lovelace")];
    assert_eq!(told(&flowsim(&["ship", &log, "--to", &url], &both)).0, Some(0));
    assert!(requests.join().unwrap()[0].contains("Basic YWRhOmxvdmVsYWNl"));
    // Nobody else on the way is to read it, and half of it is a mistake.
    for (url, environment) in
        [("http://example.com", &both[..]), ("http://localhost:1", &both[..1])]
    {
        let (code, _, err) = told(&flowsim(&["ship", &log, "--to", url], environment));
        assert_eq!(code, Some(2), "{err}");
        assert!(!err.contains("lovelace"));
    }
}

//! The subset of Elasticsearch's API on the second port, and the decisions in it.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{Request, Response};

use super::support::{Client, draft, organisation};
use flowsim::server::{Running, Settings, start};

const INDEX: &str = "genesys_flow_decisions";

/// A server with both ports.
pub(crate) struct Both {
    pub(crate) api: Client,
    pub(crate) documents: Documents,
    _server: Running,
}

/// A client of the second port.
#[derive(Clone)]
pub(crate) struct Documents {
    agent: Agent,
    pub(crate) url: String,
}

struct Answer {
    status: u16,
    product: Option<String>,
    media_type: Option<String>,
    retry_after: Option<String>,
    body: Value,
}

impl Both {
    pub(crate) fn start(data: Option<&Path>) -> Self {
        let organisation =
            organisation(&["shared-flow/flows"], &["shared-flow/fixtures.yaml"]);
        let settings = Settings {
            host: "127.0.0.1".to_owned(),
            port: 0,
            elasticsearch: Some(0),
            data: data.map(Path::to_path_buf),
            log: None,
            origins: vec![],
        };
        let server = start(organisation, settings).unwrap();
        let api = Client::new(&format!("http://{}", server.address())).logged_in("");
        let url = format!("http://{}", server.elasticsearch().unwrap());
        let documents = Documents { agent: api.agent.clone(), url };
        Self { api, documents, _server: server }
    }

    /// Makes a call in which this key is pressed.
    fn call(&self, key: &str) -> String {
        let id = self.api.converse(&self.api.flow_id("Inbound_Flow_A"));
        self.api.press(&id, &json!([key]));
        id
    }
}

impl Documents {
    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.ask_with(method, path, body, &[("content-type", "application/json")])
    }

    fn ask_with(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = if body.is_empty() {
            self.agent.run(request.body(()).unwrap()).unwrap()
        } else {
            self.agent.run(request.body(body.to_owned()).unwrap()).unwrap()
        };
        let header = |response: &Response<ureq::Body>, name: &str| {
            response.headers().get(name).map(|it| it.to_str().unwrap().to_owned())
        };
        let text = if method == "HEAD" {
            String::new()
        } else {
            // A bulk request with many documents has a long answer.
            let body = response.body_mut().with_config().limit(64 * 1024 * 1024);
            body.read_to_string().unwrap()
        };
        Answer {
            status: response.status().as_u16(),
            product: header(&response, "x-elastic-product"),
            media_type: header(&response, "content-type"),
            retry_after: header(&response, "retry-after"),
            body: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, &body.to_string())
    }

    pub(crate) fn search(&self, index: &str, body: &Value) -> Value {
        let answer = self.ask("POST", &format!("/{index}/_search"), &body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Returns the stored decisions in order: keys, decision and state.
    fn decisions(&self) -> Vec<String> {
        let body = json!({ "size": 1_000 });
        let answer =
            self.ask("POST", &format!("/{INDEX}/_search"), &body.to_string()).body;
        let hits = answer["hits"]["hits"].as_array().cloned().unwrap_or_default();
        let shown = |hit: &Value| {
            let source = &hit["_source"];
            let text = |key: &str| source[key].as_str().unwrap().to_owned();
            format!("{} {} {}", text("dtmf"), text("routing_decision"), text("state"))
        };
        hits.iter().map(shown).collect()
    }
}

/// Returns the type of an error, after checking its form.
fn error(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.body["status"], status);
    let error = &answer.body["error"];
    assert!(!error["reason"].as_str().unwrap().is_empty());
    assert_eq!(error["root_cause"][0]["type"], error["type"]);
    error["type"].as_str().unwrap().to_owned()
}

#[test]
fn every_answer_has_the_header_that_clients_require() {
    let server = Both::start(None);
    let documents = &server.documents;
    for (version, number) in [("8", "8."), ("9", "9.")] {
        let media_type =
            format!("application/vnd.elasticsearch+json; compatible-with={version}");
        let headers = [("accept", media_type.as_str())];
        let answer = documents.ask_with("GET", "/", "", &headers);
        assert_eq!(answer.product.as_deref(), Some("Elasticsearch"));
        assert_eq!(
            answer.media_type.unwrap().replace("; ", ";"),
            media_type.replace("; ", ";")
        );
        let found = answer.body["version"]["number"].as_str().unwrap();
        assert!(found.starts_with(number), "{found}");
        assert_eq!(answer.body["tagline"], "You Know, for Search");
    }
    let answer = documents.ask("GET", "/_cluster/health", "");
    assert_eq!(answer.media_type.as_deref(), Some("application/json"));
    assert_eq!(answer.body["status"], "green");
    for path in ["/nowhere", "/nowhere/_search"] {
        let answer = documents.ask("GET", path, "");
        assert_eq!(answer.product.as_deref(), Some("Elasticsearch"), "{path}");
    }
    let old = [("accept", "application/vnd.elasticsearch+json; compatible-with=7")];
    let answer = documents.ask_with("GET", "/", "", &old);
    assert_eq!(error(&answer, 400), "media_type_header_exception");
}

#[test]
fn indices_are_created_found_and_deleted() {
    let server = Both::start(None);
    let documents = &server.documents;
    assert_eq!(documents.ask("HEAD", "/log", "").status, 404);
    let mappings = json!({ "mappings": { "properties": {} }, "settings": {} });
    assert_eq!(documents.put("/log", &mappings).body["acknowledged"], true);
    assert_eq!(documents.ask("HEAD", "/log", "").status, 200);
    let again = documents.put("/log", &json!({}));
    assert_eq!(error(&again, 400), "resource_already_exists_exception");
    assert_eq!(documents.ask("DELETE", "/log", "").body["acknowledged"], true);
    for path in ["/log/_search", "/log/_count", "/log/_refresh", "/log/_doc/1"] {
        let missing = documents.ask("GET", path, "");
        assert_eq!(error(&missing, 404), "index_not_found_exception", "{path}");
        assert_eq!(missing.body["error"]["index"], "log");
    }
    let gone = documents.ask("DELETE", "/log", "");
    assert_eq!(error(&gone, 404), "index_not_found_exception");
    for name in ["Log", "_log", "-log", "a%20b", "a%23b", ".."] {
        let invalid = documents.ask("PUT", &format!("/{name}"), "");
        assert!(invalid.status == 400, "{name}: {}", invalid.body);
    }
}

#[test]
fn documents_are_written_and_read() {
    let server = Both::start(None);
    let documents = &server.documents;
    let made = documents.put("/log/_doc/a%2F1", &json!({ "z": 1, "a": [1.50] }));
    assert_eq!(made.status, 201);
    assert_eq!(
        (&made.body["_id"], &made.body["result"]),
        (&json!("a/1"), &json!("created"))
    );
    let changed = documents.put("/log/_doc/a%2F1", &json!({ "z": 2 }));
    assert_eq!((changed.status, &changed.body["_version"]), (200, &json!(2)));
    let found = documents.ask("GET", "/log/_doc/a%2F1", "").body;
    assert_eq!((&found["found"], &found["_source"]), (&json!(true), &json!({ "z": 2 })));
    let missing = documents.ask("GET", "/log/_doc/b", "");
    assert_eq!((missing.status, &missing.body["found"]), (404, &json!(false)));
    let twice = documents.put("/log/_create/a%2F1", &json!({}));
    assert_eq!(error(&twice, 409), "version_conflict_engine_exception");
    let first = documents.ask("POST", "/log/_doc", "{}").body["_id"].clone();
    let second = documents.ask("POST", "/log/_doc", "{}").body["_id"].clone();
    assert!(first.is_string() && first != second);
    for body in ["[]", "{", "1", "{} {}", &("{\"a\":".repeat(30) + "1" + &"}".repeat(30))]
    {
        let refused = documents.ask("POST", "/log/_doc", body);
        assert_eq!(error(&refused, 400), "document_parsing_exception", "{body}");
    }
    assert_eq!(documents.ask("GET", "/log/_count", "").body["count"], 3);
}

/// Documents for a bulk request; some are accepted and others refused.
const BULK: [&str; 12] = [
    r#"{"index": {"_index": "log", "_id": "1"}}"#,
    r#"{"n": 1}"#,
    r#"{"index": {"_index": "log", "_id": "1"}}"#,
    r#"{"n": 2}"#,
    r#"{"create": {"_index": "log", "_id": "1"}}"#,
    r#"{"n": 3}"#,
    r#"{"index": {"_index": "log"}}"#,
    r#"{"n": "#,
    r#"{"index": {"_index": "Log", "_id": "1"}}"#,
    r#"{"n": 5}"#,
    r#"{"create": {"_index": "log", "_id": 2}}"#,
    r#"{"n": 6}"#,
];

#[test]
fn a_bulk_reports_the_result_of_every_document() {
    let server = Both::start(None);
    let documents = &server.documents;
    let body = BULK.join("\n") + "\n";
    let types = [("content-type", "application/x-ndjson")];
    let answer = documents.ask_with("POST", "/_bulk", &body, &types);
    assert_eq!((answer.status, &answer.body["errors"]), (200, &json!(true)));
    let items = answer.body["items"].as_array().unwrap();
    let shown = |item: &Value| {
        let (action, about) = item.as_object().unwrap().iter().next().unwrap();
        format!(
            "{action} {} {}{}",
            about["status"], about["result"], about["error"]["type"]
        )
    };
    let shown: Vec<String> = items.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            r#"index 201 "created"null"#,
            r#"index 200 "updated"null"#,
            r#"create 409 null"version_conflict_engine_exception""#,
            r#"index 400 null"document_parsing_exception""#,
            r#"index 400 null"invalid_index_name_exception""#,
            r#"create 201 "created"null"#,
        ]
    );
    let found = documents.ask("GET", "/log/_doc/1", "").body;
    assert_eq!(found["_source"]["n"], 2);
    assert_eq!(documents.ask("GET", "/log/_count", "").body["count"], 2);
}

#[test]
fn an_invalid_bulk_does_nothing() {
    let server = Both::start(None);
    let documents = &server.documents;
    documents.put("/log", &json!({}));
    for (body, reason) in [
        (r#"{"index": {"_index": "log"}}"#, "terminated by a newline"),
        (
            "{\"delete\": {\"_index\": \"log\", \"_id\": \"1\"}}\n",
            "[delete] is not supported",
        ),
        ("{\"index\": {\"_index\": \"log\"}}\n", "missing"),
        ("{\"index\": {\"_index\": \"log\", \"pipeline\": \"p\"}}\n{}\n", "[pipeline]"),
        ("nothing\n", "line [1]"),
        ("{\"index\": {}}\n{}\n", "the index is missing"),
    ] {
        let refused = documents.ask("POST", "/_bulk", body);
        assert_eq!(error(&refused, 400), "illegal_argument_exception", "{body}");
        let found = refused.body["error"]["reason"].as_str().unwrap();
        assert!(found.contains(reason), "{found}");
    }
    assert_eq!(documents.ask("GET", "/log/_count", "").body["count"], 0);
}

#[test]
fn searches_have_pages_orders_and_counts() {
    let server = Both::start(None);
    let documents = &server.documents;
    for (id, number) in [("a", 3), ("b", 1), ("c", 2)] {
        let at = format!("2026-01-05T09:00:0{number}.5");
        let body = json!({ "n": number, "at": at, "key": id, "even": number % 2 == 0 });
        documents.put(&format!("/log/_doc/{id}"), &body);
    }
    documents.put("/log/_doc/d", &json!({ "key": "d" }));
    let ids = |body: Value| {
        let found = documents.search("log", &body);
        let hits = found["hits"]["hits"].as_array().unwrap().clone();
        let ids = hits.iter().map(|hit| hit["_id"].as_str().unwrap().to_owned());
        ids.collect::<String>()
    };
    assert_eq!(ids(json!({})), "abcd");
    assert_eq!(ids(json!({ "sort": ["n"] })), "bcad");
    assert_eq!(ids(json!({ "sort": { "at": "desc" } })), "acbd");
    assert_eq!(
        ids(json!({ "sort": [{ "n": { "order": "desc" } }], "from": 1, "size": 2 })),
        "cb"
    );
    assert_eq!(ids(json!({ "query": { "term": { "even": true } } })), "c");
    let found = documents.search("log", &json!({ "size": 0, "sort": ["n"] }));
    assert_eq!(found["hits"]["total"], json!({ "value": 4, "relation": "eq" }));
    let found = documents.search("log", &json!({ "sort": ["at"], "_source": ["key"] }));
    let first = &found["hits"]["hits"][0];
    assert_eq!(first["_source"], json!({ "key": "b" }));
    assert_eq!(first["sort"], json!([1_767_603_601_500_i64]));
    assert_eq!(first["_score"], Value::Null);
    let path = "/log/_search?size=1&sort=n:desc&_source=n&track_total_hits=false";
    let found = documents.ask("GET", path, "").body;
    assert_eq!(found["hits"]["hits"][0]["_source"], json!({ "n": 3 }));
    assert_eq!(found["hits"]["total"], Value::Null);
}

#[test]
fn averages_are_taken_of_each_value() {
    let server = Both::start(None);
    let documents = &server.documents;
    for number in 1..=3 {
        let body = json!({ "n": number, "even": number % 2 == 0 });
        documents.put(&format!("/log/_doc/{number}"), &body);
    }
    let aggregations = json!({ "size": 0, "aggs": {
        "even": { "terms": { "field": "even" }, "aggs": { "n": { "avg": { "field": "n" } } } } } });
    let found = documents.search("log", &aggregations);
    let buckets = &found["aggregations"]["even"]["buckets"];
    assert_eq!(
        (&buckets[0]["key_as_string"], &buckets[0]["n"]["value"]),
        (&json!("false"), &json!(2.0))
    );
}

#[test]
fn unsupported_requests_are_refused_with_a_reason() {
    let server = Both::start(None);
    let documents = &server.documents;
    documents.put("/log", &json!({}));
    for (method, path, body) in [
        ("GET", "/_cat/indices", ""),
        ("POST", "/log/_update/1", "{}"),
        ("DELETE", "/log/_doc/1", ""),
        ("POST", "/log/_search?scroll=1m", "{}"),
        ("POST", "/log/_search", r#"{"query": {"match": {"dtmf": "1"}}}"#),
        ("POST", "/log/_search", r#"{"highlight": {}}"#),
        ("POST", "/log/_search", r#"{"size": 10001}"#),
        ("POST", "/log/_search", r#"{"size": -1}"#),
        ("POST", "/log/_search", r#"{"sort": ["_score"]}"#),
        ("POST", "/log/_search", "{"),
        ("POST", "/log,other/_search", "{}"),
        ("PUT", "/new", r#"{"aliases": {}}"#),
        ("POST", "/log/_count", r#"{"size": 3}"#),
    ] {
        let refused = documents.ask(method, path, body);
        error(&refused, 400);
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let refused = documents.ask_with("POST", "/log/_doc", "{}", &form);
    assert_eq!(error(&refused, 406), "media_type_header_exception");
    let packed = [("content-type", "application/json"), ("content-encoding", "gzip")];
    error(&documents.ask_with("POST", "/log/_doc", "{}", &packed), 400);
    let foreign =
        [("content-type", "application/json"), ("origin", "http://example.com")];
    let refused = documents.ask_with("POST", "/log/_doc", "{}", &foreign);
    assert_eq!(error(&refused, 403), "security_exception");
    assert_eq!(documents.ask("GET", "/log/_count", "").body["count"], 0);
}

/// A domain name that an attacker resolves to this machine is the origin of the
/// attacker's page.
#[test]
fn requests_with_registrable_host_names_are_refused() {
    let server = Both::start(None);
    let documents = &server.documents;
    let (_, port) = documents.url.rsplit_once(':').unwrap();
    let write = |name: &str| {
        let host = format!("{name}:{port}");
        let origin = format!("http://{host}");
        let headers = [
            ("host", &*host),
            ("origin", &*origin),
            ("content-type", "application/json"),
        ];
        documents.ask_with("POST", "/log/_doc", "{}", &headers)
    };
    let faults = json!({ "POST /log/_doc": [503] });
    assert_eq!(server.api.post("/__flowsim/faults", &faults).status, 200);
    assert_eq!(error(&write("rebound.example.com"), 403), "security_exception");
    error(&write("localhost"), 503);
    assert_eq!(write("localhost").status, 201);
    for (method, path) in [("GET", "/"), ("DELETE", "/log"), ("GET", "/nowhere/at/all")] {
        let host = [("host", "rebound.example.com")];
        error(&documents.ask_with(method, path, "", &host), 403);
    }
    assert_eq!(documents.ask("GET", "/log/_count", "").body["count"], 1);
}

#[test]
fn the_number_of_indices_and_documents_is_limited() {
    let server = Both::start(None);
    let documents = &server.documents;
    for number in 0..100 {
        assert_eq!(documents.put(&format!("/log{number}"), &json!({})).status, 200);
    }
    error(&documents.put("/another", &json!({})), 400);
    error(&documents.put("/another/_doc/1", &json!({})), 400);
    let line = "{\"index\": {\"_index\": \"log1\"}}\n{}\n";
    let full = documents.ask("POST", "/_bulk", &line.repeat(100_001));
    let items = full.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 100_001);
    let last = &items[100_000]["index"];
    assert_eq!(
        (&last["status"], &items[99_999]["index"]["status"]),
        (&json!(400), &json!(201))
    );
    assert!(last["error"]["reason"].as_str().unwrap().contains("at most"));
    let huge = "x".repeat(17 * 1024 * 1024);
    let refused = documents.ask("POST", "/log1/_doc", &huge);
    assert_eq!(error(&refused, 413), "content_too_long_exception");
}

#[test]
fn faults_and_the_request_log_include_the_second_port() {
    let server = Both::start(None);
    let faults = json!({ "POST /_bulk": [{ "status": 429, "retryAfter": 1 }, 503] });
    assert_eq!(server.api.post("/__flowsim/faults", &faults).status, 200);
    let documents = &server.documents;
    let line = "{\"index\": {\"_index\": \"log\"}}\n{}\n";
    let first = documents.ask("POST", "/_bulk", line);
    assert_eq!(error(&first, 429), "es_rejected_execution_exception");
    assert_eq!(first.retry_after.as_deref(), Some("1"));
    assert_eq!(documents.ask("POST", "/_bulk", line).status, 503);
    assert_eq!(documents.ask("POST", "/_bulk", line).status, 200);
    let log = server.api.get("/__flowsim/requests?status=503").body;
    assert!(log.to_string().contains("/_bulk"), "{log}");
    let unknown = json!({ "POST /_cat/indices": [503] });
    assert_eq!(server.api.post("/__flowsim/faults", &unknown).status, 400);
}

#[test]
fn decisions_of_flows_are_stored_automatically() {
    let server = Both::start(None);
    let instance = server.call("1");
    assert_eq!(server.documents.decisions(), ["1 route_to_queue:Support COMPLETE"]);
    let found = server.documents.search(INDEX, &json!({}));
    let source = &found["hits"]["hits"][0]["_source"];
    let keys: Vec<&String> = source.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "dtmf",
            "flowInstanceId",
            "queue_occupancy",
            "routing_decision",
            "state",
            "timestamp"
        ]
    );
    assert_eq!(source["flowInstanceId"], instance.as_str());
    let waiting = server.api.converse(&server.api.flow_id("Inbound_Flow_A"));
    assert_eq!(server.documents.decisions().len(), 1, "{waiting} is not over");
    let simulation = json!({ "flowId": "Inbound_Flow_A", "inputs": { "dtmf": ["2"] } });
    server.api.post("/api/v2/architect/simulations", &simulation);
    assert_eq!(server.documents.decisions().len(), 2);
    server.api.post("/__flowsim/reset", &json!({}));
    assert!(server.documents.decisions().is_empty());
}

#[test]
fn documents_and_decisions_survive_and_are_written_once() {
    let folder = TempDir::new().unwrap();
    let first = Both::start(Some(folder.path()));
    first.documents.put("/log/_doc/1", &json!({ "z": 1, "a": 2 }));
    first.call("1");
    first.documents.ask("DELETE", &format!("/{INDEX}"), "");
    first.call("2");
    let (seen, token) = (first.documents.decisions(), first.api.token.clone());
    assert_eq!(seen.len(), 1);
    let flow = first.api.post("/api/v2/flows", &draft("Kept")).body["id"].clone();
    first
        .api
        .post(&format!("/api/v2/flows/{}/publish", flow.as_str().unwrap()), &json!({}));
    let waiting = first.api.converse(flow.as_str().unwrap());
    drop(first);

    let second = Both::start(Some(folder.path()));
    assert_eq!(second.documents.decisions(), seen);
    let kept = second.documents.ask("GET", "/log/_doc/1", "").body;
    assert_eq!(kept["_source"], json!({ "z": 1, "a": 2 }));
    let api = Client { token, ..second.api.clone() };
    api.press(&waiting, &json!(["7"]));
    let seen = second.documents.decisions();
    assert_eq!(seen.len(), 2);
    drop(second);
    assert_eq!(Both::start(Some(folder.path())).documents.decisions(), seen);
}

#[test]
fn many_calls_that_end_at_once_are_all_logged() {
    const CLIENTS: usize = 7;
    let folder = TempDir::new().unwrap();
    let server = Both::start(Some(folder.path()));
    // A key is pressed, and then nothing more: the calls end at the timeout.
    let node = |prompt: &str, next: &str| {
        json!({
            "id": prompt, "type": "Gather",
            "properties": { "promptText": prompt, "maxDigits": 1, "timeoutSeconds": 5 },
            "onComplete": { "nextNode": next }, "onError": { "nextNode": "End" },
        })
    };
    let body = json!({ "name": "Crowd", "type": "inbound", "draft": {
        "startNode": "First",
        "nodes": {
            "First": node("First", "Second"),
            "Second": node("Second", "End"),
            "End": { "id": "End", "type": "End", "properties": { "endType": "normal" } },
        } } });
    let flow = server.api.post("/api/v2/flows", &body).body["id"].clone();
    let flow = flow.as_str().unwrap();
    server.api.post(&format!("/api/v2/flows/{flow}/publish"), &json!({}));
    let count = 1_050;
    // Several clients at once, whose changes are stored together.
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let api = &server.api;
            scope.spawn(move || {
                for _ in (client..count).step_by(CLIENTS) {
                    let id = api.converse(flow);
                    api.press(&id, &json!(["7"]));
                }
            });
        }
    });
    server.api.post("/__flowsim/clock", &json!({ "advanceMs": 60_000 }));
    let path = format!("/{INDEX}/_count");
    assert_eq!(server.documents.ask("GET", &path, "").body["count"], count);
    drop(server);
    let server = Both::start(Some(folder.path()));
    assert_eq!(server.documents.ask("GET", &path, "").body["count"], count);
}

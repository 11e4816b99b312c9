//! Analytics of conversations that really ran. *Source: `AnalyticsApi` of the platform's
//! SDKs.*

use serde_json::{Value, json};
use tempfile::TempDir;

use super::participants;
use super::support::{Local, draft, organisation};

const FLOW: &str = "inboundCall:
  name: Main
  startUpRef: ./tasks/task[main]
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}
          - disconnect: {name: End}
";
const WAITING: &str = "inqueueCall:
  name: Waiting
  startUpTaskActions:
    - holdMusic: {name: Music, prompt: {exp: Flow.HoldPrompt}, playStyle: {duration: {lit: {seconds: 30}}}}
";
const FIXTURES: &str = "queues:
  - {id: q-1, name: Sales, inQueueFlow: Waiting, agents: [{name: Ann, answerAfterMs: 40000}]}
ivrRoutes: {Line: {numbers: ['+15551234567'], openFlow: Main}}
";
const DAY: &str = "2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z";
const DETAILS: &str = "/api/v2/analytics/conversations/details";

/// Starts a server, with a call that an agent answers after 40 seconds and a call that
/// waits for a key.
fn server() -> (Local, String, String) {
    let folder = TempDir::new().unwrap();
    let files = [("flow.yaml", FLOW), ("wait.yaml", WAITING), ("org.yaml", FIXTURES)];
    let paths = files.map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    });
    let server = Local::of(organisation(&[&paths[0], &paths[1]], &[&paths[2]]));
    let call = json!({ "phoneNumber": "+15551234567", "callerId": "+15557654321" });
    let answered = server.post("/api/v2/conversations/calls", &call);
    let answered = answered.body["id"].as_str().unwrap().to_owned();
    let flow = server.post("/api/v2/flows", &draft("Ask")).body["id"].clone();
    let flow = flow.as_str().unwrap().to_owned();
    server.post(&format!("/api/v2/flows/{flow}/publish"), &json!({}));
    server.post("/__flowsim/clock", &json!({ "advanceMs": 60_000 }));
    let waiting = server.converse(&flow);
    (server, answered, waiting)
}

/// Returns the ids of the conversations that a query finds.
fn found(server: &Local, query: &Value) -> Vec<String> {
    let mut query = query.clone();
    query["interval"] = DAY.into();
    let answer = server.post(&format!("{DETAILS}/query"), &query);
    assert_eq!(answer.status, 200, "{answer:?}");
    let all = answer.body["conversations"].as_array().cloned().unwrap_or_default();
    assert_eq!(answer.body["totalHits"], all.len());
    all.iter().map(|it| it["conversationId"].as_str().unwrap().to_owned()).collect()
}

/// Returns a query with one predicate.
fn by(predicate: &Value) -> Value {
    json!({ "conversationFilters": [{ "type": "and", "predicates": [predicate] }] })
}

#[test]
fn details_show_the_participants_of_a_call() {
    let (server, answered, _) = server();
    let call = server.get(&format!("/api/v2/analytics/conversations/{answered}/details"));
    let participants = call.body["participants"].as_array().unwrap();
    let purposes: Vec<&str> =
        participants.iter().map(|it| it["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes, ["customer", "ivr", "acd", "agent"]);
    assert_eq!(participants[3]["participantName"], "Ann");
    let session = |index: usize| &participants[index]["sessions"][0];
    let flow = &session(1)["flow"];
    assert_eq!(
        (&flow["flowName"], &flow["flowType"]),
        (&json!("Main"), &json!("INBOUNDCALL"))
    );
    assert_eq!(
        (&flow["exitReason"], &flow["transferType"]),
        (&json!("TRANSFER"), &json!("ACD"))
    );
    assert_eq!(flow["transferTargetName"], "Sales");
    assert_eq!(
        (&session(0)["ani"], &session(0)["dnis"]),
        (&json!("+15557654321"), &json!("+15551234567"))
    );
    let segment = &session(2)["segments"][0];
    assert_eq!(
        (&segment["queueId"], &segment["segmentEnd"]),
        (&json!("q-1"), &json!("2026-01-05T09:00:40.000Z"))
    );
    assert_eq!(segment["segmentType"], "interact");
    let metrics = session(2)["metrics"].as_array().unwrap();
    let tacd = metrics.iter().find(|it| it["name"] == "tAcd").unwrap();
    assert_eq!(
        (&tacd["value"], &tacd["emitDate"]),
        (&json!(40_000), &json!("2026-01-05T09:00:40.000Z"))
    );
    assert_eq!(session(3)["metrics"][0]["name"], "tAnswered");
    let listed = server.get(&format!("{DETAILS}?id={answered},nobody")).body;
    assert_eq!(listed["conversations"], json!([call.body]));
    assert_eq!(server.get("/api/v2/analytics/conversations/nobody/details").status, 404);
}

#[test]
fn queries_filter_and_sort_conversations() {
    let (server, answered, waiting) = server();
    let ascending = [answered.clone(), waiting.clone()];
    assert_eq!(found(&server, &json!({})), ascending, "the default is ascending");
    for key in ["conversationStart", "conversationEnd", "segmentStart", "segmentEnd"] {
        assert_eq!(found(&server, &json!({ "orderBy": key })), ascending, "{key}");
    }
    let descending = json!({ "order": "desc", "orderBy": "segmentStart" });
    assert_eq!(found(&server, &descending), [waiting.clone(), answered.clone()]);
    let queue = json!({ "dimension": "queueId", "value": "Q-1" });
    assert_eq!(found(&server, &by(&queue)), [answered.as_str()]);
    let missing =
        json!({ "type": "dimension", "dimension": "queueId", "operator": "notExists" });
    assert_eq!(found(&server, &by(&missing)), [waiting.as_str()]);
    let users = server.get("/api/v2/users?name=Ann").body;
    let ann = &users["entities"][0]["id"];
    let either = json!({ "segmentFilters": [{ "type": "or", "predicates": [
        { "dimension": "userId", "value": ann }, { "dimension": "flowName", "value": "ask" }] }] });
    assert_eq!(found(&server, &either).len(), 2);
    let first = json!({ "interval": DAY, "paging": { "pageSize": 1, "pageNumber": 2 } });
    let page = server.post(&format!("{DETAILS}/query"), &first).body;
    assert_eq!(
        (&page["totalHits"], &page["conversations"][0]["conversationId"]),
        (&json!(2), &json!(waiting))
    );
    let other = json!({ "interval": "2026-01-06T00:00:00.000Z/2026-01-07T00:00:00.000Z", "order": "asc" });
    let other = server.post(&format!("{DETAILS}/query"), &other).body;
    let running = other["conversations"].as_array().unwrap().iter();
    let running: Vec<&Value> = running.map(|it| &it["conversationId"]).collect();
    assert_eq!(running, [&json!(answered), &json!(waiting)], "both are still running");
}

#[test]
fn invalid_queries_are_refused() {
    let (server, ..) = server();
    for (key, value) in [
        ("interval", json!("today")),
        ("interval", json!("2026-01-06T00:00:00.000Z/2026-01-05T00:00:00.000Z")),
        ("order", json!("up")),
        ("orderBy", json!("queueId")),
        ("filters", json!([])),
        ("conversationFilters", json!([{ "type": "xor" }])),
        (
            "conversationFilters",
            json!([{ "predicates": [{ "dimension": "mood", "value": "x" }] }]),
        ),
        (
            "conversationFilters",
            json!([{ "predicates": [{ "type": "metric", "metric": "tAcd" }] }]),
        ),
    ] {
        let mut query = json!({ "interval": DAY });
        query[key] = value;
        assert_eq!(
            server.post(&format!("{DETAILS}/query"), &query).status,
            400,
            "{query}"
        );
    }
}

#[test]
fn jobs_find_conversations() {
    let (server, ..) = server();
    let jobs = format!("{DETAILS}/jobs");
    let job = server.post(&jobs, &json!({ "interval": DAY }));
    assert_eq!(job.status, 202, "{job:?}");
    let job = format!("{jobs}/{}", job.body["jobId"].as_str().unwrap());
    let state = server.get(&job).body;
    assert_eq!(
        (&state["state"], state.get("conversations")),
        (&json!("FULFILLED"), None)
    );
    let first = server.get(&format!("{job}/results?pageSize=1")).body;
    let cursor = first["cursor"].as_str().unwrap();
    let second = server.get(&format!("{job}/results?pageSize=1&cursor={cursor}")).body;
    assert_ne!(first["conversations"], second["conversations"]);
    assert_eq!(
        (second["conversations"].as_array().unwrap().len(), second.get("cursor")),
        (1, None)
    );
    assert_eq!(server.get(&format!("{job}/results?cursor=x")).status, 400);
    assert_eq!(server.get(&format!("{jobs}/nobody")).status, 404);
    let until = server.get(&format!("{jobs}/availability")).body;
    assert_eq!(until["dataAvailabilityDate"], "2026-01-05T09:01:00.000Z");
}

#[test]
fn aggregates_measure_conversations_and_flows() {
    let (server, ..) = server();
    let query = json!({ "interval": DAY, "granularity": "PT30M", "groupBy": ["queueId"],
        "metrics": ["nOffered", "tAcd", "tMonitoring"],
        "filter": { "type": "and", "predicates": [{ "dimension": "queueId", "value": "q-1" }] } });
    let path = "/api/v2/analytics/conversations/aggregates/query";
    let results = server.post(path, &query).body["results"].clone();
    let data = json!([{
        "interval": "2026-01-05T09:00:00.000Z/2026-01-05T09:30:00.000Z",
        "metrics": [
            { "metric": "nOffered", "stats": { "count": 1 } },
            { "metric": "tAcd", "stats": { "min": 40_000, "max": 40_000, "count": 1, "sum": 40_000 } },
        ],
    }]);
    let group = json!({ "mediaType": "voice", "queueId": "q-1" });
    assert_eq!(results, json!([{ "group": group, "data": data }]));
    let log = server.get("/__flowsim/requests?newest=1").body.to_string();
    assert!(log.contains("flowsim has no values of tMonitoring"), "{log}");
}

/// Returns the groups of an aggregation by a dimension: its value, and the count or the sum
/// of each metric.
fn grouped(server: &Local, dimension: &str) -> Vec<(Value, Value)> {
    let query = json!({ "interval": DAY, "groupBy": [dimension],
        "metrics": ["nOffered", "tAcd", "tTalk"] });
    let path = "/api/v2/analytics/conversations/aggregates/query";
    let results = server.post(path, &query).body["results"].clone();
    let total = |it: &Value| match &it["stats"]["sum"] {
        Value::Null => it["stats"]["count"].clone(),
        sum => sum.clone(),
    };
    let group = |it: &Value| {
        let metrics = it["data"][0]["metrics"].as_array().unwrap().iter();
        let name = |it: &Value| it["metric"].as_str().unwrap().to_owned();
        let totals: Value = metrics.map(|it| (name(it), total(it))).collect();
        (it["group"][dimension].clone(), totals)
    };
    results.as_array().unwrap().iter().map(group).collect()
}

/// Starts a server, with a call that Ann of the queue q-1 answered after 40 seconds and
/// transferred after 60 to the queue q-2, whose agent answered after 20 seconds and talked
/// for 30. Returns the id of Ann.
fn transferred() -> (Local, Value) {
    let server = participants::server();
    let advance =
        |ms: i64| server.post("/__flowsim/clock", &json!({ "advanceMs": ms })).status;
    let call = participants::queued(&server);
    advance(100_000);
    let ann = participants::member(&server, &call, "agent");
    let path = format!("/api/v2/conversations/calls/{call}/participants/{ann}/replace");
    assert_eq!(server.post(&path, &json!({ "queueId": "q-2" })).status, 202);
    advance(50_000);
    server.post(&format!("/api/v2/conversations/{call}/disconnect"), &json!({}));
    let ann = server.get("/api/v2/users?name=Ann").body["entities"][0]["id"].clone();
    (server, ann)
}

/// *Source: the platform's API: a metric belongs to the session of a participant.*
#[test]
fn a_transferred_call_counts_for_each_queue_and_agent() {
    let (server, ann) = transferred();
    let of_queue =
        |acd: i64, talk: i64| json!({ "nOffered": 1, "tAcd": acd, "tTalk": talk });
    assert_eq!(
        grouped(&server, "queueId"),
        [
            (json!("q-1"), of_queue(40_000, 60_000)),
            (json!("q-2"), of_queue(20_000, 30_000))
        ]
    );
    let mut by_user = grouped(&server, "userId");
    let offered = by_user.remove(0);
    assert_eq!(offered, (Value::Null, json!({ "nOffered": 2, "tAcd": 60_000 })));
    by_user.sort_by_key(|(user, _)| user != &ann);
    assert_eq!(
        by_user,
        [
            (ann.clone(), json!({ "tTalk": 60_000 })),
            (json!("u-7"), json!({ "tTalk": 30_000 }))
        ]
    );
}

#[test]
fn a_segment_filter_is_satisfied_by_one_segment() {
    let (server, ann) = transferred();
    let is = |dimension: &str, value: &Value| json!({ "dimension": dimension, "value": value });
    for (predicates, count) in [
        (json!([is("queueId", &json!("q-1"))]), 1),
        (json!([is("userId", &ann), is("queueId", &json!("q-1"))]), 1),
        (json!([is("purpose", &json!("agent"))]), 1),
        (json!([is("purpose", &json!("customer"))]), 1),
        (json!([is("userId", &ann), is("queueId", &json!("q-2"))]), 0),
    ] {
        let filter = json!([{ "type": "and", "predicates": predicates }]);
        let found = found(&server, &json!({ "segmentFilters": filter }));
        assert_eq!(found.len(), count, "{predicates}");
    }
}

#[test]
fn running_flows_are_observed() {
    let (server, _, waiting) = server();
    let observed = || {
        let path = "/api/v2/analytics/flows/observations/query";
        server.post(path, &json!({ "filter": {}, "metrics": ["oFlow"] })).body["results"]
            .clone()
    };
    assert_eq!(observed()[0]["data"][0]["stats"]["count"], 1);
    server.post("/__flowsim/clock", &json!({ "advanceMs": 3_000 }));
    server.press(&waiting, &json!(["1"]));
    assert_eq!(observed(), json!([]));
    let query = json!({ "interval": DAY, "groupBy": ["flowName"], "metrics": ["nFlow", "tFlow"] });
    let results = server.post("/api/v2/analytics/flows/aggregates/query", &query).body;
    let ask = results["results"].as_array().unwrap().iter();
    let ask = ask.clone().find(|it| it["group"]["flowName"] == "Ask").unwrap();
    let metrics = &ask["data"][0]["metrics"];
    assert_eq!(
        (&metrics[0]["stats"]["count"], &metrics[1]["stats"]["sum"]),
        (&json!(1), &json!(3_000))
    );
    let path = "/api/v2/analytics/flows/aggregates/query";
    for (key, value) in [
        ("granularity", json!("30 minutes")),
        ("granularity", json!("PT1S")),
        ("metrics", json!([])),
        ("groupBy", json!(["mood"])),
    ] {
        let mut query = query.clone();
        query[key] = value;
        assert_eq!(server.post(path, &query).status, 400, "{query}");
    }
}

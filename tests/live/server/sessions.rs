//! The sessions of agents in analytics, with holds and the work afterwards. *Source: details
//! of real conversations.*

use serde_json::{Value, json};

use super::participants::{member, patch, queued, server};
use super::support::Local;

fn advance(server: &Local, ms: i64) {
    server.post("/__flowsim/clock", &json!({ "advanceMs": ms }));
}

/// Returns the session of the agent of a call.
fn session(server: &Local, call: &str) -> Value {
    let details =
        server.get(&format!("/api/v2/analytics/conversations/{call}/details")).body;
    let participants = details["participants"].as_array().unwrap();
    let agent = participants.iter().find(|it| it["purpose"] == "agent").unwrap();
    agent["sessions"][0].clone()
}

/// Returns the names and values of the metrics of a session.
fn metrics(session: &Value) -> Vec<(&str, i64)> {
    let all = session["metrics"].as_array().unwrap().iter();
    all.map(|it| (it["name"].as_str().unwrap(), it["value"].as_i64().unwrap())).collect()
}

/// Assigns a waiting call to Bob, who is alerted for 5 s, talks for 10 s, holds for 20 s,
/// talks for 10 s, and works for 3 s afterwards.
fn handled(server: &Local) -> String {
    let call = queued(server);
    let path = format!("/api/v2/conversations/{call}/assign");
    assert_eq!(server.post(&path, &json!({ "userId": "u-7" })).status, 202);
    let bob = member(server, &call, "agent");
    let bob = format!("/api/v2/conversations/calls/{call}/participants/{bob}");
    for (ms, body) in [
        (5_000, json!({ "state": "connected" })),
        (10_000, json!({ "held": true })),
        (20_000, json!({ "held": false })),
        (10_000, json!({ "state": "disconnected" })),
        (3_000, json!({ "wrapup": { "code": "w-1", "notes": "Sold." } })),
    ] {
        advance(server, ms);
        assert_eq!(patch(server, &bob, &body).status, 202, "{body}");
    }
    call
}

#[test]
fn an_agent_alerts_talks_holds_and_works_afterwards() {
    let server = server();
    let session = session(&server, &handled(&server));
    let segments = session["segments"].as_array().unwrap();
    let kinds: Vec<&str> =
        segments.iter().map(|it| it["segmentType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["alert", "interact", "hold", "interact", "wrapup"]);
    let reasons: Vec<&Value> = segments.iter().map(|it| &it["disconnectType"]).collect();
    let none = Value::Null;
    assert_eq!(reasons, [&none, &none, &none, &json!("client"), &none]);
    assert_eq!(
        (&segments[4]["wrapUpCode"], &segments[3]["wrapUpCode"]),
        (&json!("w-1"), &none)
    );
    assert_eq!(segments[2]["segmentEnd"], segments[3]["segmentStart"]);
    assert_eq!(
        metrics(&session),
        [
            ("tAlert", 5_000),
            ("tAnswered", 5_000),
            ("tTalk", 10_000),
            ("tTalk", 10_000),
            ("tHeld", 20_000),
            ("tTalkComplete", 20_000),
            ("tHeldComplete", 20_000),
            ("tAcw", 3_000),
            ("tHandle", 43_000),
        ]
    );
}

#[test]
fn an_agent_who_does_not_answer_only_alerts() {
    let server = server();
    let call = queued(&server);
    let path = format!("/api/v2/conversations/{call}/assign");
    server.post(&path, &json!({ "userId": "u-7" }));
    advance(&server, 4_000);
    let bob = member(&server, &call, "agent");
    let bob = format!("/api/v2/conversations/calls/{call}/participants/{bob}");
    patch(&server, &bob, &json!({ "state": "disconnected" }));
    let session = session(&server, &call);
    assert_eq!(metrics(&session), [("tAlert", 4_000)]);
    assert_eq!(session["segments"].as_array().unwrap().len(), 1);
    assert_eq!(session["segments"][0]["segmentType"], "alert");
}

#[test]
fn holds_and_work_are_aggregated() {
    let server = server();
    handled(&server);
    let query = json!({ "interval": "2026-01-05T00:00:00Z/2026-01-06T00:00:00Z",
        "metrics": ["tTalk", "tHeld", "tAcw", "tHandle"] });
    let path = "/api/v2/analytics/conversations/aggregates/query";
    let results = server.post(path, &query).body["results"].clone();
    let metrics = results[0]["data"][0]["metrics"].as_array().unwrap().iter();
    let sums: Vec<(&Value, &Value)> =
        metrics.map(|it| (&it["metric"], &it["stats"]["sum"])).collect();
    assert_eq!(
        json!(sums),
        json!([
            ["tAcw", 3_000],
            ["tHandle", 43_000],
            ["tHeld", 20_000],
            ["tTalk", 20_000]
        ])
    );
}

//! Requests that the platform refuses, and keys that its answers have only on request.
//! *Source: the enumerations and the documentation of the platform's SDKs.*

use serde_json::{Value, json};

use super::support::{Local, draft};

fn server() -> Local {
    let server = Local::with(&[], &[]);
    let fixtures = json!({
        "queues": [{ "id": "q1", "name": "Support", "agents": [{ "id": "u1" }],
            "statistics": { "estimatedWaitSeconds": 70 } }],
        "users": [{ "id": "u1", "name": "Ann", "skills": ["Billing"] }],
        "skills": ["Billing"],
        "schedules": [{ "id": "s1", "name": "Weekdays", "start": "2026-01-05T09:00", "end": "2026-01-05T17:00" }],
        "scheduleGroups": [{ "id": "g1", "name": "Hours", "timeZone": "UTC", "openSchedules": ["Weekdays"] }],
        "emergencyGroups": [{ "id": "e1", "name": "Flood" }],
        "dataTables": [{ "id": "t1", "name": "Stores", "key": "number", "rows": [{ "number": "1", "city": "Oslo" }] }],
    });
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
    server
}

#[test]
fn objects_of_fixtures_have_versions() {
    let server = server();
    for path in [
        "/api/v2/architect/schedules/s1",
        "/api/v2/architect/schedulegroups/g1",
        "/api/v2/architect/emergencygroups/e1",
    ] {
        let read = server.get(path).body;
        assert_eq!(read["version"], 1, "{path}");
        assert_eq!(server.put(path, &read).status, 200, "{path}");
        assert_eq!(server.put(path, &read).status, 409, "{path}");
    }
}

#[test]
fn rows_have_only_the_columns_of_their_table() {
    let server = server();
    let rows = "/api/v2/flows/datatables/t1/rows";
    let refused = server.post(rows, &json!({ "key": "2", "ctiy": "Rome" }));
    assert_eq!(refused.status, 400, "{refused:?}");
    let detail = &refused.body["details"][0];
    assert_eq!(
        (&detail["fieldName"], &detail["help"]),
        (&json!("ctiy"), &json!("did you mean `city`?"))
    );
    assert_eq!(server.put(&format!("{rows}/1"), &json!({ "x": 1 })).status, 400);
    assert_eq!(server.get(rows).body["total"], 1);
    let table = server.get("/api/v2/flows/datatables/t1?expand=schema").body;
    assert_eq!(table["schema"]["properties"].as_object().unwrap().len(), 2);
    let table = server.get("/api/v2/flows/datatables/t1").body;
    assert!(table.get("schema").is_none(), "{table}");
}

#[test]
fn users_have_skills_on_request() {
    let server = server();
    for path in ["/api/v2/users/u1", "/api/v2/users/me"] {
        assert!(server.get(path).body.get("skills").is_none(), "{path}");
        let user = server.get(&format!("{path}?expand=skills")).body;
        assert_eq!(user["skills"][0]["name"], "Billing", "{path}");
    }
    let listed = server.get("/api/v2/users").body;
    assert!(listed["entities"][0].get("skills").is_none());
    let find = |kind: &str| {
        let query = json!([{ "type": kind, "fields": ["name"], "value": "ann" }]);
        let body = json!({ "query": query, "expand": ["skills"] });
        server.post("/api/v2/users/search", &body)
    };
    assert_eq!(find("EXACT").body["results"][0]["skills"][0]["name"], "Billing");
    assert_eq!(find("MATCH_ALL").body["total"], 1);
    assert_eq!((find("BOGUS").status, find("RANGE").status), (400, 501));
}

#[test]
fn a_number_starts_one_call_flow() {
    let server = server();
    let ivrs = "/api/v2/architect/ivrs";
    let flow = server.post("/api/v2/flows", &draft("Ask")).body["id"].clone();
    let mut workflow = draft("Work");
    workflow["type"] = "workflow".into();
    let workflow = server.post("/api/v2/flows", &workflow).body["id"].clone();
    let route = |name: &str, numbers: Value, flow: &Value| json!({ "name": name, "dnis": numbers, "openHoursFlow": { "id": flow } });
    let made = server.post(ivrs, &route("A", json!(["+18005550102"]), &flow));
    assert_eq!(made.status, 200, "{made:?}");
    let path = made.body["selfUri"].as_str().unwrap();
    assert_eq!(server.put(path, &made.body).status, 200, "it keeps its number");
    for (body, status) in [
        (route("B", json!(["+1 800 555 0102"]), &flow), 409),
        (route("B", json!(["+18005550103", "+18005550103"]), &flow), 409),
        (route("B", json!(["bogus"]), &flow), 400),
        (route("B", json!(["+18005550103"]), &workflow), 400),
        (route("B", json!(["+18005550103", "1234"]), &flow), 200),
    ] {
        assert_eq!(server.post(ivrs, &body).status, status, "{body}");
    }
}

#[test]
fn aggregates_have_known_metrics_and_time_zones() {
    let server = server();
    let ask = |path: &str, key: &str, value: Value| {
        let mut query =
            json!({ "interval": "2026-01-05T00:00:00Z/2026-01-06T00:00:00Z" });
        query["metrics"] = json!(["tTalk"]);
        query[key] = value;
        server.post(&format!("/api/v2/analytics/conversations/{path}/query"), &query)
    };
    let wrong = ask("aggregates", "metrics", json!(["tTlak"]));
    let message = "unknown metric `tTlak`; did you mean `tTalk`?";
    assert_eq!((wrong.status, &wrong.body["message"]), (400, &json!(message)));
    for (key, value, status) in [
        ("timeZone", json!("Bogus/Zone"), 400),
        ("timeZone", json!("Europe/London"), 200),
        ("metrics", json!(["tMonitoring"]), 200),
        ("views", json!([]), 200),
        ("views", json!([{ "target": "tTalk" }]), 501),
        ("bogus", json!([]), 400),
    ] {
        assert_eq!(ask("aggregates", key, value.clone()).status, status, "{key} {value}");
    }
    let details = |key: &str, value: Value| {
        let query = json!({ "interval": "2026-01-05T00:00:00Z/2026-01-06T00:00:00Z", key: value });
        server.post("/api/v2/analytics/conversations/details/query", &query).status
    };
    assert_eq!(details("aggregations", json!([])), 200);
    assert_eq!(details("aggregations", json!([{ "type": "termFrequency" }])), 501);
    assert_eq!(details("metrics", json!(["tTalk"])), 400);
}

#[test]
fn waiting_times_are_those_of_known_media() {
    let server = server();
    let of = |medium: &str| {
        server.get(&format!(
            "/api/v2/routing/queues/q1/mediatypes/{medium}/estimatedwaittime"
        ))
    };
    assert_eq!(of("call").body["results"][0]["intent"], "CALL");
    assert_eq!(of("bogus").status, 400);
}

/// *Source: RFC 6749, section 5.2.*
#[test]
fn a_login_names_its_grant() {
    let body = json!({ "client_id": "a", "client_secret": "b" });
    let refused = server().anonymous().post("/oauth/token", &body);
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (400, &json!("invalid_request"))
    );
}

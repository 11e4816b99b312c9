//! The directory, data tables, contacts and queues: data of the fixtures in the form of
//! the platform.

use serde_json::{Value, json};

use super::support::Local;

const FIXTURES: &str = r##"{
  "queues": [{"id": "q1", "name": "Support", "statistics": {"availableAgents": 3, "occupancy": 0.5, "waiting": 2}}],
  "contacts": [{"id": "c1", "name": "Ada Lovelace", "email": "ada@example.com", "phone": "+15557770100", "attributes": {"tier": "gold"}}],
  "schedules": [{"name": "Weekdays", "start": "2026-01-05T09:00", "end": "2026-01-05T17:00", "rrule": "FREQ=WEEKLY;BYDAY=MO,TU"}],
  "scheduleGroups": [{"id": "g1", "name": "Hours", "timeZone": "UTC", "openSchedules": ["Weekdays"]}],
  "emergencyGroups": [{"name": "Flood", "active": true}],
  "prompts": [{"name": "Welcome", "tts": {"en-us": "Hello."}}],
  "systemPrompts": {"error": {"tts": "Sorry."}},
  "dataTables": [{"name": "Stores", "key": "number", "rows": [
    {"number": "1", "city": "Oslo"}, {"number": "2", "city": "Rome"}, {"number": "3", "city": "Lima"}]},
    {"name": "Prices", "columns": {"Amount": "number", "Count": {"type": "integer", "default": 5}, "Open": "boolean"},
     "rows": [{"key": "a", "Amount": 2.5, "Open": true}]}]
}"##;

fn server() -> Local {
    let server = Local::with(&[], &[]);
    let fixtures: Value = serde_json::from_str(FIXTURES).unwrap();
    let answer = server.put("/__flowsim/fixtures", &fixtures);
    assert_eq!(answer.status, 200, "{answer:?}");
    server
}

#[test]
fn the_directory_is_listed() {
    let server = server();
    let list = |path: &str| server.get(path).body["entities"].clone();
    let schedules = list("/api/v2/architect/schedules");
    assert_eq!(schedules[0]["rrule"], "FREQ=WEEKLY;BYDAY=MO,TU");
    let id = schedules[0]["id"].as_str().unwrap();
    assert_eq!(
        server.get(&format!("/api/v2/architect/schedules/{id}")).body,
        schedules[0]
    );
    let groups = list("/api/v2/architect/schedulegroups");
    assert_eq!((&groups[0]["id"], &groups[0]["timeZone"]), (&json!("g1"), &json!("UTC")));
    assert_eq!(groups[0]["openSchedules"][0]["id"], json!(id));
    assert_eq!(server.get("/api/v2/architect/schedulegroups/g1").status, 200);
    assert_eq!(server.get("/api/v2/architect/schedulegroups/g2").status, 404);
    assert_eq!(list("/api/v2/architect/emergencygroups")[0]["enabled"], true);
    assert_eq!(
        list("/api/v2/architect/prompts")[0]["resources"][0]["ttsString"],
        "Hello."
    );
    assert_eq!(list("/api/v2/architect/systemprompts")[0]["name"], "error");
    for path in
        ["/api/v2/architect/ivrs", "/api/v2/flows/outcomes", "/api/v2/flows/milestones"]
    {
        assert_eq!(list(path), json!([]));
        let made = server.post(path, &json!({ "name": "New" }));
        assert_eq!(made.status, 200);
        assert_eq!(server.post(path, &json!({ "name": "New" })).status, 409);
        assert_eq!(list(path)[0], made.body);
    }
    let outcome = list("/api/v2/flows/outcomes")[0]["selfUri"].clone();
    let outcome = outcome.as_str().unwrap();
    let done = server.put(outcome, &json!({ "name": "Paid" })).body;
    assert_eq!(
        (&done["actionName"], &done["complete"]),
        (&json!("UPDATE"), &json!(true))
    );
    assert_eq!(server.get(outcome).body["name"], "Paid");
}

#[test]
fn everything_in_the_directory_is_found_at_its_address() {
    let server = server();
    for path in
        ["/api/v2/architect/ivrs", "/api/v2/flows/outcomes", "/api/v2/flows/milestones"]
    {
        server.post(path, &json!({ "name": "New" }));
    }
    for path in [
        "/api/v2/architect/emergencygroups",
        "/api/v2/architect/prompts",
        "/api/v2/architect/systemprompts",
        "/api/v2/architect/ivrs",
        "/api/v2/flows/outcomes",
        "/api/v2/flows/milestones",
    ] {
        let listed = server.get(path).body["entities"][0].clone();
        assert_eq!(
            server.get(listed["selfUri"].as_str().unwrap()).body,
            listed,
            "{path}"
        );
        assert_eq!(server.get(&format!("{path}/nobody")).status, 404, "{path}");
    }
}

#[test]
fn data_tables_and_rows_are_listed() {
    let server = server();
    let table =
        server.get("/api/v2/flows/datatables?expand=schema").body["entities"][0].clone();
    assert_eq!(table["schema"]["properties"]["key"]["title"], "number");
    let path = table["selfUri"].as_str().unwrap();
    assert_eq!(server.get(&format!("{path}?expand=schema")).body, table);
    let rows = server.get(&format!("{path}/rows?pageSize=2")).body;
    assert_eq!(
        (&rows["total"], &rows["entities"]),
        (&json!(3), &json!([{ "key": "1" }, { "key": "2" }]))
    );
    let row = server.get(&format!("{path}/rows/3?showbrief=false")).body;
    assert_eq!(row, json!({ "key": "3", "city": "Lima" }));
    assert_eq!(server.get(&format!("{path}/rows/4")).status, 404);
    assert_eq!(server.get("/api/v2/flows/datatables/nobody/rows").status, 404);
}

/// *Source: the SDKs' `DataTable.schema`, a JSON schema of the rows.*
#[test]
fn the_schema_of_a_data_table_describes_its_rows() {
    let server = server();
    let table = server.get("/api/v2/flows/datatables?name=Prices&expand=schema").body;
    let table = &table["entities"][0];
    let properties = &table["schema"]["properties"];
    let types =
        ["key", "Amount", "Count", "Open"].map(|it| properties[it]["type"].clone());
    assert_eq!(types, ["string", "number", "integer", "boolean"].map(Value::from));
    assert_eq!(properties["Count"]["default"], 5);
    let path = table["selfUri"].as_str().unwrap();
    let row = server.get(&format!("{path}/rows/a?showbrief=false")).body;
    assert_eq!(row, json!({ "key": "a", "Amount": 2.5, "Count": 5, "Open": true }));
}

#[test]
fn lists_are_filtered_and_sorted() {
    let server = server();
    let names = |query: &str| -> Vec<String> {
        let found = server.get(&format!("/api/v2/flows/datatables?{query}")).body;
        let found = found["entities"].as_array().unwrap().clone();
        found.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(""), ["Stores", "Prices"]);
    assert_eq!(names("sortBy=name"), ["Prices", "Stores"]);
    assert_eq!(names("sortBy=name&sortOrder=descending"), ["Stores", "Prices"]);
    assert_eq!(names("name=S*"), ["Stores"]);
    assert_eq!(server.get("/api/v2/architect/schedules?sortOrder=up").status, 400);
    assert_eq!(server.get("/api/v2/flows?sortOrder=up").status, 400);
    let none = server.get("/api/v2/architect/prompts?id=nobody").body;
    assert_eq!(none["total"], 0);
}

#[test]
fn contacts_are_found_created_changed_and_deleted() {
    let server = server();
    let find = |value: &str| {
        server
            .get(&format!(
                "/api/v2/externalcontacts/reversewhitepageslookup?lookupVal={value}"
            ))
            .body
    };
    let found = find("%2B15557770100");
    assert_eq!(found["contacts"][0]["firstName"], "Ada");
    assert_eq!(found["contacts"][0]["customFields"], json!({ "tier": "gold" }));
    assert_eq!(find("%2B15557770199")["contacts"], json!([]));
    assert_eq!(
        server.get("/api/v2/externalcontacts/reversewhitepageslookup").status,
        400
    );

    let contact =
        json!({ "firstName": "Bo", "workPhone": { "display": "(555) 777-0199" } });
    let made = server.post("/api/v2/externalcontacts/contacts", &contact).body;
    assert_eq!(made["workPhone"]["e164"], "+15557770199");
    assert_eq!(find("%2B15557770199")["contacts"], json!([made]));
    let path = made["selfUri"].as_str().unwrap();
    assert_eq!(
        server
            .put(path, &json!({ "firstName": "Bea", "workEmail": "bea@example.com" }))
            .status,
        200
    );
    assert_eq!(find("bea@example.com")["contacts"][0]["firstName"], "Bea");
    assert_eq!(find("%2B15557770199")["contacts"], json!([]));
    let listed = server.get("/api/v2/externalcontacts/contacts?q=example").body;
    assert_eq!(listed["total"], 2);
    assert_eq!(server.delete(path).status, 200);
    assert_eq!(server.get(path).status, 404);
    let wrong = json!({ "workPhone": { "display": "call me" } });
    assert_eq!(server.post("/api/v2/externalcontacts/contacts", &wrong).status, 400);
    let identifier = json!({ "type": "Email", "value": "ada@example.com" });
    let found = server.post("/api/v2/externalcontacts/identifierlookup", &identifier);
    assert_eq!(found.body["lastName"], "Lovelace");
}

/// *Source: the SDKs' `ExternalContact` and `ContactIdentifier`.*
#[test]
fn contacts_have_their_numbers_however_they_are_found() {
    let server = server();
    let mut fixtures: Value = serde_json::from_str(FIXTURES).unwrap();
    fixtures["contacts"][0]["phones"] = json!(["+44 20 7946 0958"]);
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
    let contacts = "/api/v2/externalcontacts";
    let look_up = |kind: &str, value: &str| {
        let body = json!({ "type": kind, "value": value });
        server.post(&format!("{contacts}/identifierlookup"), &body)
    };
    let search = |query: &str| {
        let found = server.get(&format!("{contacts}/contacts?q={query}")).body;
        found["entities"][0].clone()
    };
    let key = "reversewhitepageslookup?lookupVal=ada@example.com";
    let reverse = server.get(&format!("{contacts}/{key}")).body;
    for found in [
        server.get(&format!("{contacts}/contacts/c1")).body,
        look_up("Email", "ada@example.com").body,
        look_up("Phone", "+442079460958").body,
        reverse["contacts"][0].clone(),
        search("Ada"),
        search("ada%20lovelace"),
        search("(555)%20777-0100"),
        search("7770100"),
    ] {
        assert_eq!(found["workPhone"]["e164"], "+15557770100", "{found}");
        assert_eq!(found["cellPhone"]["e164"], "+442079460958", "{found}");
    }
    assert_eq!(
        (search("Ada%20Roe"), search("externalcontacts")),
        (Value::Null, Value::Null)
    );
    assert_eq!(look_up("Bogus", "ada@example.com").status, 400);
}

#[test]
fn queue_statistics_are_available_in_both_forms() {
    let server = server();
    let body = json!({
        "entityIds": ["q1", "nobody"], "interval": "now-5m/now", "size": 1,
        "groupBy": "entityId", "select": ["availableAgents", "occupancy"],
    });
    let seed = server.post("/api/v2/analytics/queues/realtime/query", &body).body;
    assert_eq!(
        seed,
        json!({ "entities": [{ "id": "q1", "availableAgents": 3, "occupancy": 0.5 }] })
    );
    let predicate = json!({ "type": "dimension", "dimension": "queueId", "operator": "matches", "value": "q1" });
    let body = json!({ "filter": { "type": "or", "predicates": [predicate] }, "metrics": ["oWaiting"] });
    let real = server.post("/api/v2/analytics/queues/observations/query", &body).body;
    let data = json!([{ "metric": "oWaiting", "stats": { "count": 2 } }]);
    assert_eq!(
        real,
        json!({ "results": [{ "group": { "queueId": "q1" }, "data": data }] })
    );
    let empty = json!({ "filter": { "type": "or" } });
    assert_eq!(
        server.post("/api/v2/analytics/queues/observations/query", &empty).status,
        400
    );
}

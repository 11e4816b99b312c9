//! Objects that clients write: the next call finds them, and they survive a restart.
//! *Source: the methods and paths of the platform's SDKs.*

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Answer, Client, Local, Process, organisation};

const FLOW: &str = "inboundCall:
  name: Main
  startUpRef: ./tasks/task[main]
  variables:
    - stringVariable: {name: Flow.queue, initialValue: {noValue: true}}
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio: {name: Greet, audio: {prompt: Prompt.Hello}}
          - dataTableLookup:
              name: Find
              lookupValue: {lit: \"1\"}
              dataTable: {Routes: {foundOutputs: {Queue: {var: Flow.queue}}}}
          - transferToAcd:
              name: Route
              targetQueue: {exp: FindQueue(Flow.queue)}
          - disconnect: {name: End}
";

const FIXTURES: &str = "queues: {q1: {name: Support}}
users: [{id: u1, name: Ann, skills: [Billing]}, {id: u2, name: Bob}]
skills: [Billing]
prompts: {Hello: {tts: Hi}}
dataTables:
  Routes: {columns: {Queue: string, Priority: {type: integer, default: 5}}, rows: [{key: '1', Queue: Support}]}
schedules: {Weekdays: {start: 2026-01-05T09:00, end: 2026-01-05T17:00, rrule: FREQ=DAILY}}
scheduleGroups: {Hours: {openSchedules: [Weekdays]}}
ivrRoutes: {Line: {numbers: ['+15551234567'], openFlow: Main, closedFlow: Closed, scheduleGroup: Hours}}
";

/// Writes the flows and the fixtures of these tests.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let closed = "inboundCall:
  name: Closed
  startUpRef: ./tasks/task[main]
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio: {name: Closed, audio: {tts: We are closed}}
          - disconnect: {name: End}
";
    for (name, text) in
        [("flow.yaml", FLOW), ("closed.yaml", closed), ("org.yaml", FIXTURES)]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn server() -> Local {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let [flow, closed, org] = ["flow.yaml", "closed.yaml", "org.yaml"].map(path);
    Local::of(organisation(&[&flow, &closed], &[&org]))
}

/// Dials the number, and returns the trace.
fn dial(client: &Client) -> String {
    let body = json!({ "phoneNumber": "+15551234567" });
    let call = client.post("/api/v2/conversations/calls", &body);
    assert_eq!(call.status, 200, "{call:?}");
    let id = call.body["id"].as_str().unwrap();
    client.get(&format!("/__flowsim/instances/{id}")).body.to_string()
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

/// Returns the entity with a name of a list.
fn named(client: &Client, list: &str, name: &str) -> Value {
    let found = client.get(&format!("{list}?pageSize=100")).body;
    let mut all = found["entities"].as_array().unwrap().iter();
    all.find(|it| it["name"] == name).cloned().unwrap_or_default()
}

const TABLES: &str = "/api/v2/flows/datatables";

#[test]
fn rows_decide_the_queue_of_the_next_call() {
    let server = server();
    let trace = dial(&server);
    assert!(trace.contains("Hi") && trace.contains("Support"), "{trace}");
    let queue = server.post("/api/v2/routing/queues", &json!({ "name": "Sales" }));
    let table = named(&server, TABLES, "Routes")["id"].as_str().unwrap().to_owned();
    let row = format!("{TABLES}/{table}/rows/1");
    let put = server.put(&row, &json!({ "key": "1", "Queue": "Sales" }));
    assert_eq!(put.body, json!({ "key": "1", "Queue": "Sales", "Priority": 5 }));
    let trace = dial(&server);
    assert!(trace.contains("routed to Sales"), "{trace}");
    assert_eq!(
        server.delete(&format!("/api/v2/routing/queues/{}", id(&queue))).status,
        204
    );
    assert_eq!(server.delete(&row).status, 204);
    assert_eq!(server.get(&row).status, 404);
    assert_eq!(server.put(&row, &json!({ "Queue": "Sales" })).status, 404);
    let rows = format!("{TABLES}/{table}/rows");
    assert_eq!(
        server.post(&rows, &json!({ "key": "1", "Queue": "Support" })).status,
        200
    );
    assert_eq!(server.post(&rows, &json!({ "key": "1" })).status, 409);
    for (body, message) in [
        (json!({ "key": "2", "Queu": "x" }), "no column `Queu`"),
        (json!({ "key": "2", "Priority": "x" }), "expected a whole number"),
        (json!({ "Queue": "x" }), "the body needs `key`"),
        (json!([]), "the body must be a JSON object"),
    ] {
        let answer = server.post(&rows, &body);
        assert_eq!(answer.status, 400, "{answer:?}");
        let text = answer.body["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
    }
    assert!(dial(&server).contains("routed to Support"));
}

/// Findings have no position in a document that the client never saw.
#[test]
fn mistakes_in_rows_name_the_cell() {
    let server = server();
    let table = named(&server, TABLES, "Routes")["id"].as_str().unwrap().to_owned();
    let rows = format!("{TABLES}/{table}/rows");
    let two = json!({ "key": "2", "Queu": "x", "Priority": "x" });
    let details = server.post(&rows, &two).body["details"].clone();
    let fields: Vec<&Value> =
        details.as_array().unwrap().iter().map(|it| &it["fieldName"]).collect();
    assert_eq!(fields, ["Priority", "Queu"], "{details}");
    assert_eq!(
        (&details[0]["entityId"], &details[0]["column"]),
        (&json!("2"), &Value::Null)
    );
}

#[test]
fn tables_are_created_renamed_and_deleted() {
    let server = server();
    let schema = |columns: Value| {
        let mut properties = columns.as_object().cloned().unwrap();
        properties.insert("key".into(), json!({ "title": "Number", "type": "string" }));
        json!({ "type": "object", "properties": properties })
    };
    let columns = json!({
        "Size": { "type": "integer", "displayOrder": 1, "default": 3 },
        "Open": { "type": "boolean", "displayOrder": 0 },
    });
    let body = json!({ "name": "routes", "schema": schema(columns) });
    let table = id(&server.post(TABLES, &body));
    // Names that differ only in case are two tables.
    let other = named(&server, TABLES, "Routes")["id"].as_str().unwrap().to_owned();
    assert_ne!(table, other);
    assert_eq!(server.post(TABLES, &body).status, 409);
    let path = format!("{TABLES}/{table}");
    let properties =
        server.get(&format!("{path}?expand=schema")).body["schema"]["properties"].clone();
    assert_eq!(properties["key"]["title"], "Number");
    assert_eq!(
        (&properties["Open"]["displayOrder"], &properties["Size"]["default"]),
        (&json!(1), &json!(3))
    );
    let rows = format!("{path}/rows");
    let row = server.post(&rows, &json!({ "key": "1", "Open": true }));
    assert_eq!(row.body, json!({ "key": "1", "Open": true, "Size": 3 }));
    assert!(dial(&server).contains("routed to Support"));
    let renamed = server.put(&path, &json!({ "name": "Cities" }));
    assert_eq!((id(&renamed), &renamed.body["name"]), (table, &json!("Cities")));
    assert_eq!(server.delete(&path).status, 204);
    assert_eq!(server.get(&path).status, 404);
}

#[test]
fn schedules_decide_the_flow_of_the_next_call() {
    let server = server();
    assert!(dial(&server).contains("routed to Support"));
    let schedules = "/api/v2/architect/schedules";
    let weekdays = named(&server, schedules, "Weekdays");
    let path = format!("{schedules}/{}", weekdays["id"].as_str().unwrap());
    let later = json!({ "name": "Weekdays", "start": "2026-02-05T09:00:00.000",
        "end": "2026-02-05T10:00:00.000", "version": 1 });
    let changed = server.put(&path, &later);
    assert_eq!(
        (changed.status, &changed.body["version"]),
        (200, &json!(2)),
        "{changed:?}"
    );
    assert_eq!(changed.body["rrule"], Value::Null);
    assert_eq!(server.put(&path, &later).status, 409, "the version is not current");
    assert!(dial(&server).contains("We are closed"));
    let backwards =
        json!({ "name": "X", "start": "2026-02-05T09:00", "end": "2026-02-04T09:00" });
    let answer = server.post(schedules, &backwards);
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(
        server
            .post(schedules, &json!({ "name": "X", "start": "2026-02-05T09:00" }))
            .status,
        400
    );
    assert_eq!(server.delete(&path).status, 409, "a schedule group uses it");
}

#[test]
fn schedule_groups_decide_the_flow_of_the_next_call() {
    let server = server();
    let [schedules, groups] =
        ["schedules", "schedulegroups"].map(|it| format!("/api/v2/architect/{it}"));
    let [schedules, groups] = [schedules.as_str(), groups.as_str()];
    let night = json!({ "timeZone": "Asia/Tokyo", "name": "Hours", "openSchedules": [{ "name": "Weekdays" }] });
    let hours = named(&server, groups, "Hours")["id"].as_str().unwrap().to_owned();
    assert_eq!(server.put(&format!("{groups}/{hours}"), &night).status, 200);
    assert!(dial(&server).contains("We are closed"));
    let day = json!({ "name": "Today", "start": "2026-01-05T00:00", "end": "2026-01-06T00:00" });
    let day = id(&server.post(schedules, &day));
    let open = json!({ "name": "Hours", "timeZone": "Europe/Berlin", "openSchedules": [{ "id": day }] });
    let group = server.put(&format!("{groups}/{hours}"), &open);
    assert_eq!(group.body["openSchedules"][0]["name"], "Today", "{group:?}");
    assert!(dial(&server).contains("routed to Support"));
    let unknown = json!({ "name": "Y", "openSchedules": [{ "id": "nobody" }] });
    assert_eq!(server.post(groups, &unknown).status, 400);
    let used = format!("{groups}/{hours}");
    let refused = server.delete(&used);
    assert_eq!(refused.status, 409);
    assert!(refused.body["message"].as_str().unwrap().contains("`Line`"), "{refused:?}");
    let line = named(&server, "/api/v2/architect/ivrs", "Line");
    server.delete(line["selfUri"].as_str().unwrap());
    assert_eq!(server.delete(&used).status, 204);
    let extra = id(&server.post(groups, &json!({ "name": "Extra" })));
    assert_eq!(server.delete(&format!("{groups}/{extra}")).status, 204);
}

#[test]
fn an_emergency_group_is_switched_on_and_off() {
    let server = server();
    let emergencies = "/api/v2/architect/emergencygroups";
    let line = named(&server, "/api/v2/architect/ivrs", "Line");
    let closed = server.flow_id("Closed");
    let mut fire = json!({ "name": "Fire", "enabled": true, "emergencyCallFlows": [
        { "emergencyFlow": { "id": closed }, "ivrs": [{ "id": line["id"] }] }] });
    let group = server.post(emergencies, &fire);
    assert!(dial(&server).contains("We are closed"));
    fire["enabled"] = false.into();
    let path = format!("{emergencies}/{}", id(&group));
    assert_eq!(server.put(&path, &fire).body["enabled"], false);
    assert!(dial(&server).contains("routed to Support"));
    let flow = format!("/api/v2/flows/{closed}");
    let used_by = || {
        let refused = server.delete(&flow);
        assert_eq!(refused.status, 409);
        refused.body["message"].as_str().unwrap().to_owned()
    };
    assert!(used_by().ends_with("is used by the call route `Line`"));
    server.delete(line["selfUri"].as_str().unwrap());
    assert!(used_by().ends_with("is used by the emergency group `Fire`"));
    assert_eq!(server.delete(&path).status, 204);
    assert_eq!(server.get(&path).status, 404);
    assert_eq!(server.delete(&flow).status, 204);
}

#[test]
fn call_routes_of_fixtures_are_listed_and_changed() {
    let server = server();
    let routes = "/api/v2/architect/ivrs";
    let mut line = named(&server, routes, "Line");
    assert_eq!(line["dnis"], json!(["+15551234567"]));
    assert_eq!(line["openHoursFlow"]["id"], json!(server.flow_id("Main")));
    assert_eq!(line["scheduleGroup"]["name"], "Hours");
    let path = line["selfUri"].as_str().unwrap().to_owned();
    line["openHoursFlow"] = line["closedHoursFlow"].clone();
    assert_eq!(server.put(&path, &line).status, 200);
    assert!(dial(&server).contains("We are closed"));
    assert_eq!(server.get(routes).body["total"], 1);
    assert_eq!(server.delete(&path).status, 204);
    assert_eq!(server.get(routes).body["total"], 0);
}

#[test]
fn prompts_are_those_of_the_next_call() {
    let server = server();
    let prompts = "/api/v2/architect/prompts";
    let hello = named(&server, prompts, "Hello")["id"].as_str().unwrap().to_owned();
    let resource = format!("{prompts}/{hello}/resources/en-us");
    let put =
        server.put(&resource, &json!({ "language": "en-us", "ttsString": "Good day" }));
    assert_eq!(put.body["ttsString"], "Good day", "{put:?}");
    assert!(dial(&server).contains("Good day"));
    let bye =
        server.post(prompts, &json!({ "name": "Bye", "description": "At the end" }));
    let bye = format!("{prompts}/{}", id(&bye));
    let german = json!({ "language": "de-de", "ttsString": "Tschüss" });
    assert_eq!(server.post(&format!("{bye}/resources"), &german).body["id"], "de-de");
    assert_eq!(server.post(&format!("{bye}/resources"), &german).status, 409);
    assert_eq!(server.delete(&format!("{bye}/resources/de-de")).status, 204);
    assert_eq!(server.put(&bye, &json!({ "name": "hello" })).status, 409);
    assert_eq!(server.put(&bye, &json!({ "name": "Goodbye" })).body["name"], "Goodbye");
    assert_eq!(server.delete(&bye).status, 204);
    assert_eq!(server.get(&bye).status, 404);
}

#[test]
fn resources_of_prompts_need_a_new_language() {
    let server = server();
    let prompts = "/api/v2/architect/prompts";
    let hello = named(&server, prompts, "Hello")["id"].as_str().unwrap().to_owned();
    let resources = format!("{prompts}/{hello}/resources");
    for (body, status) in [
        (json!({ "ttsString": "Hi" }), 400),
        (json!({ "language": "français" }), 400),
        (json!({ "language": "de-de" }), 200),
        (json!({ "language": "de-de", "ttsString": "Hallo" }), 409),
        (json!({ "language": "en-us", "ttsString": "Hi" }), 409),
        (json!({ "language": "fr-fr", "text": "Salut" }), 200),
    ] {
        assert_eq!(server.post(&resources, &body).status, status, "{body}");
    }
}

/// A recording of half a second, at 8,000 bytes per second.
fn recording() -> Vec<u8> {
    let mut audio = b"RIFF\xc4\x0f\0\0WAVEfmt \x10\0\0\0".to_vec();
    audio.extend([1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0]);
    audio.extend(b"data\xa0\x0f\0\0");
    audio.resize(audio.len() + 4_000, 0x80);
    audio
}

/// Sends bytes to an address. Returns the status and the answer.
fn send(
    server: &Local,
    method: &str,
    uri: &str,
    kind: &str,
    body: Vec<u8>,
) -> (u16, Value) {
    let request = ureq::http::Request::builder().method(method).uri(uri);
    let request = request.header("content-type", kind).body(body).unwrap();
    let mut answer = server.agent.run(request).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
}

#[test]
fn the_audio_of_prompts_is_uploaded() {
    let server = server();
    let prompts = "/api/v2/architect/prompts";
    let prompt =
        format!("{prompts}/{}", id(&server.post(prompts, &json!({ "name": "Tune" }))));
    let made =
        server.post(&format!("{prompt}/resources"), &json!({ "language": "en-us" })).body;
    assert_eq!(made["uploadStatus"], "created", "{made}");
    let resource = format!("{prompt}/resources/en-us");
    let uri = made["uploadUri"].as_str().unwrap();
    let mut form = b"--x\r\nContent-Disposition: form-data; name=\"file\"; \
                     filename=\"tune.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
        .to_vec();
    form.extend(recording());
    form.extend(b"\r\n--x--\r\n");
    let (status, sent) =
        send(&server, "POST", uri, "multipart/form-data; boundary=x", form);
    assert_eq!((status, &sent["uploadStatus"]), (200, &json!("transcoded")), "{sent}");
    let found = server.get(&resource).body;
    assert_eq!(found["durationSeconds"], 0.5, "{found}");
    assert_eq!(server.get(&prompt).body["resources"][0], found);

    assert_eq!(server.delete(&format!("{resource}/audio")).status, 204);
    assert_eq!(server.get(&resource).body["uploadStatus"], "created");
    let address = server.post(&format!("{resource}/uploads"), &json!({})).body;
    let uri = address["url"].as_str().unwrap();
    let (status, refused) = send(&server, "PUT", uri, "audio/mpeg", b"ID3".to_vec());
    assert_eq!(status, 400, "{refused}");
    assert_eq!(send(&server, "PUT", uri, "audio/wav", recording()).0, 200);
    assert_eq!(server.get(&resource).body["uploadStatus"], "transcoded");
    let words = json!({ "language": "en-us", "ttsString": "La la" });
    let with_words = server.put(&resource, &words).body;
    assert_eq!(with_words["ttsString"], "La la", "{with_words}");
    assert_eq!(with_words["uploadStatus"], "transcoded");

    assert_eq!(server.delete(&resource).status, 204);
    assert_eq!(server.get(&resource).status, 404);
    assert_eq!(send(&server, "PUT", uri, "audio/wav", recording()).0, 404);
}

#[test]
fn queues_get_members_flows_and_settings() {
    let server = server();
    let members = "/api/v2/routing/queues/q1/members";
    assert_eq!(
        server.post(members, &json!([{ "id": "u1" }, { "id": "u2" }])).status,
        204
    );
    let names: Vec<Value> = server.get(members).body["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["Ann", "Bob"]);
    assert_eq!(server.delete(&format!("{members}/u2")).status, 204);
    assert_eq!(server.delete(&format!("{members}/u2")).status, 404);
    assert_eq!(server.post(members, &json!([{ "id": "nobody" }])).status, 404);
    assert_eq!(server.post(members, &json!({ "id": "u1" })).status, 400);
    let main = server.flow_id("Main");
    let body =
        json!({ "name": "Help", "queueFlow": { "id": main }, "autoAnswerOnly": true });
    let queue = server.put("/api/v2/routing/queues/q1", &body).body;
    assert_eq!(
        (&queue["name"], &queue["autoAnswerOnly"]),
        (&json!("Help"), &json!(true))
    );
    assert_eq!(
        (&queue["memberCount"], &queue["queueFlow"]["name"]),
        (&json!(1), &json!("Main"))
    );
    assert_eq!(server.put("/api/v2/routing/queues/q9", &body).status, 404);
    let reader = server.logged_in("routing:readonly");
    assert_eq!(reader.put("/api/v2/routing/queues/q1", &body).status, 403);
}

#[test]
fn written_objects_survive_a_kill() {
    let (folder, data) = (folder(), TempDir::new().unwrap());
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        let command = command.args(["serve", "--port", "0", "--data"]).arg(data.path());
        let command = command.arg("--fixtures").arg(folder.path().join("org.yaml"));
        Process::start(command.arg("--flows").arg(folder.path().join("flow.yaml")))
    };
    let mut first = start();
    let client = first.client.logged_in("");
    let body = json!({ "name": "Kept", "schema": { "properties": { "key": {}, "A": { "type": "string" } } } });
    let table = id(&client.post(TABLES, &body));
    let row = json!({ "key": "k", "A": "a" });
    assert_eq!(client.post(&format!("{TABLES}/{table}/rows"), &row).status, 200);
    let queue = id(&client
        .post("/api/v2/routing/queues", &json!({ "name": "Kept", "description": "d" })));
    assert_eq!(client.delete("/api/v2/routing/queues/q1").status, 204);
    first.kill();
    let second = start();
    let client = second.client.logged_in("");
    let kept = client.get(&format!("{TABLES}/{table}/rows/k?showbrief=false"));
    assert_eq!(kept.body, row);
    let kept = client.get(&format!("/api/v2/routing/queues/{queue}"));
    assert_eq!((kept.status, &kept.body["description"]), (200, &json!("d")));
    assert_eq!(client.get("/api/v2/routing/queues/q1").status, 404);
    // Replaced fixtures replace what was written.
    assert_eq!(client.put("/__flowsim/fixtures", &json!({})).status, 200);
    assert_eq!(client.get(&format!("{TABLES}/{table}")).status, 404);
}

/// *Source: `RoutingApi.patch_routing_queue_members` of the platform's SDKs.*
#[test]
fn members_of_queues_are_joined() {
    let server = Local::shared_flow();
    let queue = server.get("/api/v2/routing/queues").body["entities"][0]["id"].clone();
    let path = format!("/api/v2/routing/queues/{}/members", queue.as_str().unwrap());
    let user = server.get("/api/v2/users").body["entities"][0]["id"].clone();
    assert_eq!(server.post(&path, &json!([{ "id": user }])).status, 204);
    let joined = || {
        let members = server.get(&path).body["entities"].as_array().unwrap().clone();
        members.iter().find(|it| it["id"] == user).unwrap()["joined"].clone()
    };
    assert_eq!(joined(), true);
    let patch = |path: &str, body: Value| {
        server.send("PATCH", path, Some(&body.to_string()), &[]).status
    };
    assert_eq!(patch(&path, json!([{ "id": user, "joined": false }])), 200);
    assert_eq!(joined(), false);
    let number = |path: &str| server.get(path).body["total"].as_u64().unwrap();
    let shown = server.get(path.trim_end_matches("/members")).body;
    let joined_count = shown["memberCount"].as_u64().unwrap() - 1;
    assert_eq!(shown["joinedMemberCount"], joined_count);
    assert_eq!(number(&format!("{path}?joined=true")), joined_count);
    assert_eq!(number(&format!("{path}?joined=false")), 1);
    // All members were added as users, none with a group.
    assert_eq!(number(&format!("{path}?memberBy=user")), joined_count + 1);
    assert_eq!(number(&format!("{path}?memberBy=group")), 0);
    let one = format!("{path}/{}", user.as_str().unwrap());
    assert_eq!(patch(&one, json!({ "joined": true })), 202);
    assert_eq!(joined(), true);
    assert_eq!(patch(&one, json!({ "joined": 7 })), 400);
    assert_eq!(patch(&format!("{path}/nobody"), json!({})), 404);
}

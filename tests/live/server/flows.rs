//! Flows: listing in pages, creating, publishing, versions, jobs.

use serde_json::{Value, json};

use super::support::{Client, Local, draft};

#[test]
fn lists_are_divided_into_pages_and_linked() {
    let server = Local::shared_flow();
    for number in 0..100 {
        let name = format!("Made {number:03}");
        assert_eq!(server.post("/api/v2/flows", &draft(&name)).status, 200);
    }
    let mut names = Vec::new();
    let mut next = Some("/api/v2/flows?pageSize=40&sortBy=name".to_owned());
    let mut sizes = Vec::new();
    while let Some(path) = next {
        let page = server.get(&path).body;
        assert_eq!(page["total"], 103);
        assert_eq!(page["pageCount"], 3);
        let entities = page["entities"].as_array().unwrap();
        sizes.push(entities.len());
        names.extend(
            entities.iter().map(|flow| flow["name"].as_str().unwrap().to_owned()),
        );
        next = page["nextUri"].as_str().map(str::to_owned);
    }
    assert_eq!(sizes, [40, 40, 23]);
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()));
    // A flow on the third page.
    assert!(names[80..].contains(&"Made 097".to_owned()));

    let beyond = server.get("/api/v2/flows?pageNumber=99").body;
    assert_eq!(beyond["entities"], json!([]));
    assert_eq!(server.get("/api/v2/flows?pageNumber=0").status, 400);
}

#[test]
fn lists_are_filtered() {
    let server = Local::shared_flow();
    let count = |query: &str| {
        server.get(&format!("/api/v2/flows?{query}")).body["total"].as_u64().unwrap()
    };
    assert_eq!(count("name=inbound_flow_a"), 1);
    assert_eq!(count("name=Inbound*"), 2);
    assert_eq!(count("nameOrDescription=flow_b"), 1);
    assert_eq!(count("type=inboundcall"), 3);
    assert_eq!(count("type=WORKFLOW&type=BOT"), 0);
}

#[test]
fn a_draft_is_created_published_and_run() {
    let server = Local::shared_flow();
    let made = server.post("/api/v2/flows?x_genesis_restriction=shared", &draft("Made"));
    assert_eq!(made.status, 200);
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!(made.body["shared"], true);
    assert_eq!(made.body["publishedVersion"], Value::Null);
    assert_eq!(made.body["active"], false);

    let body = json!({ "type": "chat", "routing": { "flowId": id } });
    let answer = server.post("/api/v2/conversations", &body);
    assert_eq!(answer.status, 400, "a draft cannot be called");
    assert!(answer.body["message"].as_str().unwrap().starts_with("Invalid flow ID"));

    let operation = server.post(&format!("/api/v2/flows/{id}/publish"), &json!({}));
    assert_eq!(operation.status, 200);
    assert!(operation.body["id"].is_string());
    let flow = server.get(&format!("/api/v2/flows/{id}")).body;
    assert_eq!((&flow["version"], &flow["active"]), (&json!("1.0"), &json!(true)));
    assert_eq!(server.post("/api/v2/conversations", &body).status, 200);
}

#[test]
fn the_shared_flow_of_seed_001_is_called_by_two_flows() {
    let server = Local::with(&[], &["shared-flow/fixtures.yaml"]);
    let shared = server.post("/api/v2/flows", &draft("Shared")).body["id"].clone();
    let caller = |name: &str| {
        json!({
            "name": name, "type": "inbound",
            "draft": { "startNode": "Call", "nodes": {
                "Call": {
                    "id": "Call", "type": "Flow", "properties": { "flowId": shared },
                    "onComplete": { "nextNode": "End" }, "onError": { "nextNode": "End" },
                },
                "End": { "id": "End", "type": "End", "properties": { "endType": "normal" } },
            } },
        })
    };
    let publish = |id: &Value| {
        server
            .post(&format!("/api/v2/flows/{}/publish", id.as_str().unwrap()), &json!({}))
    };
    let early = server.post("/api/v2/flows", &caller("A"));
    assert_eq!(early.status, 200, "a draft may call what is not published yet");
    let refused = publish(&early.body["id"]);
    assert_eq!(refused.status, 400, "what is published may not");
    assert_eq!(refused.body["details"][0]["errorCode"], "FLOW_NOT_PUBLISHED");
    assert_eq!(publish(&shared).status, 200);
    assert_eq!(publish(&early.body["id"]).status, 200);
    let second = server.post("/api/v2/flows", &caller("B")).body["id"].clone();
    assert_eq!(publish(&second).status, 200);
    for id in [&early.body["id"], &second] {
        let body = json!({ "flowId": id, "inputs": { "dtmf": ["7"] } });
        let run = server.post("/api/v2/architect/simulations", &body).body;
        let nodes: Vec<&str> = run["trace"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["nodeId"].as_str().unwrap())
            .collect();
        assert_eq!(nodes, ["Call", "Ask", "Tell", "End", "End"]);
    }
}

#[test]
fn a_broken_draft_is_refused_with_every_finding() {
    let server = Local::shared_flow();
    let mut flow = draft("Broken");
    flow["draft"]["startNode"] = "Nowhere".into();
    flow["draft"]["nodes"]["Ask"]["onComplete"]["nextNode"] = "Missing".into();
    let answer = server.post("/api/v2/flows", &flow);
    assert_eq!(answer.status, 400);
    let details = answer.body["details"].as_array().unwrap();
    let dangling = details.iter().filter(|it| it["errorCode"] == "DANGLING_REFERENCE");
    assert_eq!(dangling.count(), 2, "{details:#?}");
    assert_eq!(server.get("/api/v2/flows?name=Broken").body["total"], 0);
}

#[test]
fn two_flows_of_one_type_cannot_have_one_name() {
    let server = Local::shared_flow();
    assert_eq!(server.post("/api/v2/flows", &draft("Twin")).status, 200);
    assert_eq!(server.post("/api/v2/flows", &draft("twin")).status, 409);
}

#[test]
fn a_flow_is_changed_and_deleted() {
    let server = Local::shared_flow();
    let id =
        server.post("/api/v2/flows", &json!({ "name": "Empty", "type": "INBOUNDCALL" }));
    let id = id.body["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v2/flows/{id}");
    assert_eq!(server.post(&format!("{path}/publish"), &json!({})).status, 404);
    assert_eq!(server.get(&format!("{path}/latestconfiguration")).status, 404);
    assert_eq!(server.put(&path, &draft("Filled")).body["name"], "Filled");
    assert_eq!(server.put(&path, &draft("Filled")).body["savedVersion"]["id"], "2.0");
    let versions = server.get(&format!("{path}/versions")).body;
    assert_eq!(versions["total"], 2);
    let first = server.get(&format!("{path}/versions/1.0/configuration"));
    assert_eq!(first.body, draft("Filled"));
    assert_eq!(server.get(&format!("{path}/versions/9.0")).status, 404);
    assert_eq!(server.get(&format!("{path}/latestconfiguration")).body, draft("Filled"));
    assert_eq!(server.delete(&path).status, 204);
    assert_eq!(server.get(&path).status, 404);
}

#[test]
fn the_architect_form_has_the_nodes_in_source_form() {
    let server = Local::shared_flow();
    let id = server.post("/api/v2/flows", &draft("Made")).body["id"].clone();
    let form =
        server.get(&format!("/api/v2/architect/flows/{}", id.as_str().unwrap())).body;
    let nodes = form["nodes"].as_array().unwrap();
    let of_draft = draft("Made")["draft"]["nodes"].clone();
    let of_draft: Vec<&Value> = of_draft.as_object().unwrap().values().collect();
    assert_eq!(nodes.iter().collect::<Vec<_>>(), of_draft);
    assert_eq!(form["draft"], draft("Made")["draft"]);
    assert_eq!((&form["type"], &form["startNode"]), (&json!("inbound"), &json!("Ask")));
}

#[test]
fn flows_are_checked_out_in_and_deactivated() {
    let server = Local::shared_flow();
    let id = server.post("/api/v2/flows", &draft("Made")).body["id"].clone();
    let id = id.as_str().unwrap();
    let act = |action: &str| {
        server.post(&format!("/api/v2/flows/actions/{action}?flow={id}"), &json!({}))
    };
    assert_eq!(act("checkout").body["lockedClient"]["id"], "test");
    assert_eq!(act("checkout").status, 409);
    assert_eq!(server.put(&format!("/api/v2/flows/{id}"), &draft("Made")).status, 200);
    assert_eq!(act("unlock").body.get("lockedClient"), None);
    assert_eq!(act("checkin").body["actionName"], "CHECKIN");
    assert_eq!(act("publish").body["complete"], true);
    server.put(&format!("/api/v2/flows/{id}"), &draft("Made"));
    assert_eq!(act("revert").body["savedVersion"]["id"], "2.0");
    assert_eq!(act("deactivate").body["active"], false);
    let body = json!({ "type": "chat", "flowId": id });
    assert_eq!(server.post("/api/v2/conversations", &body).status, 400);
    assert_eq!(server.post("/api/v2/flows/actions/publish", &json!({})).status, 400);
}

/// *Source: the platform's API, `FlowsApi` and locked flows.*
#[test]
fn a_flow_is_locked_for_other_clients() {
    let server = Local::shared_flow();
    let made = server.post("/api/v2/flows", &draft("Made")).body;
    let id = made["id"].as_str().unwrap();
    let login = json!({ "grant_type": "client_credentials", "client_id": "other", "client_secret": "x" });
    let token = server.post("/oauth/token", &login).body["access_token"].clone();
    let token = token.as_str().map(str::to_owned);
    let other = Client { token, ..(*server).clone() };
    let act = |client: &Client, action: &str| {
        client.post(&format!("/api/v2/flows/actions/{action}?flow={id}"), &json!({}))
    };
    let deploy = |client: &Client| {
        let job = client.post("/api/v2/flows/jobs", &json!({})).body;
        assert_eq!(job.get("client"), None);
        let url = job["presignedUrl"].as_str().unwrap();
        let path = url.strip_prefix(&server.url).unwrap();
        client.send("PUT", path, Some(&draft("Made").to_string()), &[]);
        client.get(job["selfUri"].as_str().unwrap()).body
    };
    let path = format!("/api/v2/flows/{id}");
    assert_eq!(act(&server, "checkout").status, 200);
    for action in ["checkout", "publish", "checkin", "revert"] {
        assert_eq!(act(&other, action).status, 409, "{action}");
    }
    assert_eq!(other.put(&path, &draft("Made")).status, 409);
    assert_eq!(other.put(&path, &json!({ "name": "Renamed" })).status, 409);
    assert_eq!(other.post(&format!("{path}/publish"), &json!({})).status, 409);
    assert_eq!(other.delete(&path).status, 409);
    let failed = deploy(&other);
    assert_eq!(failed["status"], "Failure");
    assert!(failed["messages"].to_string().contains("checked out"), "{failed}");
    assert_eq!(server.get(&path).body["savedVersion"]["id"], "1.0");
    assert_eq!(server.get(&path).body["lockedClient"]["id"], "test");

    assert_eq!(deploy(&server)["status"], "Success");
    assert_eq!(act(&other, "unlock").status, 200);
    assert_eq!(act(&other, "checkout").body["lockedClient"]["id"], "other");
    assert_eq!(act(&server, "publish").status, 409);
    assert_eq!(act(&other, "checkin").status, 200);
    assert_eq!(act(&server, "publish").status, 200);
}

#[test]
fn a_version_is_published() {
    let server = Local::shared_flow();
    let id = server.post("/api/v2/flows", &draft("Made")).body["id"].clone();
    let path = format!("/api/v2/flows/{}", id.as_str().unwrap());
    server.put(&path, &draft("Made"));
    let publish = |version: &str| {
        let flow = id.as_str().unwrap();
        let path = format!("/api/v2/flows/actions/publish?flow={flow}{version}");
        server.post(&path, &json!({})).status
    };
    let published = || server.get(&path).body["publishedVersion"]["id"].clone();
    assert_eq!((publish("&version=1.0"), published()), (200, json!("1.0")));
    assert_eq!((publish("&version=2"), published()), (200, json!("2.0")));
    assert_eq!((publish("&version=1"), published()), (200, json!("1.0")));
    assert_eq!((publish("&version=3.0"), published()), (404, json!("1.0")));
    assert_eq!((publish(""), published()), (200, json!("2.0")));
}

#[test]
fn a_flow_of_an_unknown_type_is_refused() {
    let server = Local::shared_flow();
    let create = |kind: &str| {
        let body = json!({ "name": format!("Empty {kind}"), "type": kind });
        server.post("/api/v2/flows", &body)
    };
    let refused = create("TELEPATHY");
    assert_eq!(refused.status, 400);
    let message = refused.body["message"].as_str().unwrap();
    assert!(
        message.contains("`TELEPATHY`") && message.contains("INBOUNDCALL"),
        "{message}"
    );
    for kind in ["inboundCall", "inbound", "shared", "WORKFLOW", "DIGITALBOT", "SPEECH"] {
        assert_eq!(create(kind).status, 200, "{kind}");
    }
}

#[test]
fn archy_yaml_is_published_by_a_job() {
    let server = Local::shared_flow();
    let yaml = "inboundCall:\n  name: From a job\n  startUpRef: /inboundCall/tasks/task[main]\n  \
        defaultLanguage: en-us\n  tasks:\n    - task:\n        name: Main\n        refId: main\n        \
        actions:\n          - disconnect:\n              name: Bye\n";
    let job = server.post("/api/v2/flows/jobs", &json!({})).body;
    let url = job["presignedUrl"].as_str().unwrap();
    let path = url.strip_prefix(&server.url).unwrap().to_owned();
    let headers = [("content-type", "application/octet-stream")];
    let uploaded = server.send("PUT", &path, Some(yaml), &headers);
    assert_eq!(uploaded.status, 200);
    let done = server.get(job["selfUri"].as_str().unwrap()).body;
    assert_eq!(done["status"], "Success", "{done}");
    let id = done["flow"]["id"].as_str().unwrap();
    let flow = server.get(&format!("/api/v2/flows/{id}")).body;
    assert_eq!(
        (&flow["name"], &flow["type"]),
        (&json!("From a job"), &json!("INBOUNDCALL"))
    );
    let conversation = server.converse(id);
    let state = server.get(&format!("/api/v2/conversations/{conversation}")).body;
    assert_eq!(state["state"], "closed");
    let again = server.send("PUT", &path, Some(yaml), &headers);
    assert_eq!(again.status, 404, "a job takes one file");

    let job = server.post("/api/v2/flows/jobs", &json!({})).body;
    let path = job["presignedUrl"].as_str().unwrap().strip_prefix(&server.url).unwrap();
    server.send("PUT", path, Some("inboundCall:\n  tasks: 7\n"), &headers);
    let failed = server.get(job["selfUri"].as_str().unwrap()).body;
    assert_eq!(failed["status"], "Failure");
    assert_eq!(failed["messages"][0]["type"], "Error", "{failed}");
}

#[test]
fn flows_are_exported_and_validated_by_jobs() {
    let server = Local::shared_flow();
    let name = json!({ "flow": { "name": "Inbound_Flow_A", "type": "INBOUNDCALL" } });
    let wanted = json!({ "flows": [name] });
    let job = server.post("/api/v2/flows/export/jobs", &wanted);
    assert_eq!(job.status, 202);
    let url = job.body["downloadUrl"].as_str().unwrap();
    let exported = server.get(url.strip_prefix(&server.url).unwrap()).body;
    assert_eq!(exported["name"], "Inbound_Flow_A");
    let job = server.post("/api/v2/flows/validate/jobs", &wanted).body;
    assert_eq!(server.get(job["selfUri"].as_str().unwrap()).body["status"], "Success");
    let unknown = json!({ "flows": [{ "flow": { "id": "nobody" } }] });
    assert_eq!(server.post("/api/v2/flows/validate/jobs", &unknown).status, 404);
    assert_eq!(
        server.post("/api/v2/flows/export/jobs", &json!({ "flows": [] })).status,
        400
    );
}

#[test]
fn configurations_keep_the_order_of_their_keys() {
    let server = Local::shared_flow();
    let text = r#"{"type": "inbound", "name": "Ordered", "draft": {"startNode": "Z", "nodes": {
        "Z": {"type": "Say", "id": "Z", "properties": {"sayText": "1.10"},
              "onError": {"nextNode": "A"}, "onComplete": {"nextNode": "A"}},
        "A": {"type": "End", "id": "A", "properties": {"endType": "normal"}}}}}"#;
    let id = server.send("POST", "/api/v2/flows", Some(text), &[]).body["id"].clone();
    let id = id.as_str().unwrap();
    for path in [
        format!("/api/v2/flows/{id}/latestconfiguration"),
        format!("/api/v2/architect/flows/{id}"),
    ] {
        let written = server.text(&path);
        let at = |part: &str| written.find(part).unwrap();
        assert!(at("\"Z\":{") < at("\"A\":{"), "{written}");
    }
}

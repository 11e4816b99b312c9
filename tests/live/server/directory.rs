//! Everything in the fixtures, as the platform serves it: routing, users, divisions, data
//! actions and prompts. *Source: the platform's SDKs.*

use serde_json::{Value, json};

use super::support::Local;

fn server() -> Local {
    let server = Local::shared_flow();
    let fixtures = json!({
        "queues": {
            "q1": { "name": "Support", "inQueueFlow": "Inbound_Flow_B",
                "agents": [{ "id": "u1", "name": "Ann", "skills": ["Billing"] }, { "name": "Bob" }],
                "statistics": { "availableAgents": 2, "waiting": 4, "estimatedWaitSeconds": 200 } },
            "q2": { "name": "Sales" },
        },
        "users": [{ "id": "u1", "name": "Ann", "email": "ann@example.com", "extension": "101",
            "skills": ["Billing", "Spanish"] }],
        "skills": ["Billing", { "id": "s2", "name": "Chess" }],
        "languageSkills": ["Spanish"],
        "groups": ["Supervisors"],
        "wrapupCodes": { "Sold": { "id": "w-1" }, "No interest": {} },
        "scripts": [{ "id": "sc-1", "name": "Sales script" }, "Service script"],
        "prompts": { "Greeting": { "tts": { "en-us": "Welcome.", "es-us": "Bienvenidos." } } },
        "systemPrompts": { "error": { "tts": "Sorry.", "audio": "[sorry]" } },
        "schedules": [{ "name": "Day", "start": "2026-01-05T09:00", "end": "2026-01-05T10:00",
            "division": { "id": "d2", "name": "West" } }],
        "scheduleGroups": [{ "name": "Hours", "openSchedules": ["Day"] }],
        "emergencyGroups": [{ "name": "Flood", "enabled": true }],
        "dataTables": { "Stores": { "rows": [{ "key": "a", "City": "Oslo" }] } },
        "dataActions": {
            "get-balance": [
                { "when": { "customerId": "c-1" }, "output": { "balance": 12.5, "open": true } },
                { "output": { "balance": 0 } },
                { "status": 503 },
            ],
        },
        "contacts": [{ "id": "c1", "name": "Ada Lovelace", "email": "ada@example.com" }],
    });
    let answer = server.put("/__flowsim/fixtures", &fixtures);
    assert_eq!(answer.status, 200, "{answer:?}");
    server
}

fn names(list: &Value) -> Vec<&str> {
    let entities = list["entities"].as_array().unwrap().iter();
    entities.map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn queues_have_members_codes_and_waiting_times() {
    let server = server();
    let queues = server.get("/api/v2/routing/queues").body;
    assert_eq!(names(&queues), ["Support", "Sales"]);
    let queue = server.get("/api/v2/routing/queues/q1").body;
    assert_eq!(
        (&queue["memberCount"], &queue["division"]["name"]),
        (&json!(2), &json!("Home"))
    );
    assert_eq!(queue["queueFlow"]["id"], json!(server.flow_id("Inbound_Flow_B")));
    let members = server.get("/api/v2/routing/queues/q1/members").body;
    assert_eq!(names(&members), ["Ann", "Bob"]);
    for member in members["entities"].as_array().unwrap() {
        assert_eq!(
            server.get(member["selfUri"].as_str().unwrap()).body["name"],
            member["name"]
        );
    }
    let codes = server.get("/api/v2/routing/queues/q1/wrapupcodes").body;
    assert_eq!(names(&codes), ["No interest", "Sold"]);
    let wait =
        server.get("/api/v2/routing/queues/q1/mediatypes/call/estimatedwaittime").body;
    assert_eq!(
        wait["results"],
        json!([{ "intent": "CALL", "formula": "BEST", "estimatedWaitTimeSeconds": 200 }])
    );
    assert_eq!(
        server.get("/api/v2/routing/queues/q2/estimatedwaittime").body["results"],
        json!([])
    );
    assert_eq!(server.get("/api/v2/routing/queues/nobody/members").status, 404);
    assert_eq!(names(&server.get("/api/v2/routing/queues?name=Sup*").body), ["Support"]);
    let all = server.get("/api/v2/routing/queues/divisionviews/all?pageSize=1").body;
    assert_eq!(all["pageCount"], 1);
}

#[test]
fn users_have_skills_queues_and_a_presence() {
    let server = server();
    assert_eq!(names(&server.get("/api/v2/users").body), ["Ann", "Bob"]);
    let ann = server.get("/api/v2/users/me?expand=presence,routingStatus").body;
    assert_eq!((&ann["id"], &ann["email"]), (&json!("u1"), &json!("ann@example.com")));
    assert_eq!(ann["presence"]["presenceDefinition"]["systemPresence"], "Offline");
    assert_eq!(ann["routingStatus"]["status"], "OFF_QUEUE");
    assert_eq!(names(&server.get("/api/v2/users/u1/routingskills").body), ["Billing"]);
    assert_eq!(names(&server.get("/api/v2/users/u1/routinglanguages").body), ["Spanish"]);
    assert_eq!(names(&server.get("/api/v2/users/u1/queues").body), ["Support"]);
    let presence = "/api/v2/users/u1/presences/purecloud";
    let patch =
        |body: Value| server.send("PATCH", presence, Some(&body.to_string()), &[]);
    let set = patch(
        json!({ "presenceDefinition": { "systemPresence": "Busy" }, "message": "lunch" }),
    );
    assert_eq!((set.status, &set.body["message"]), (200, &json!("lunch")));
    assert_eq!(server.get(presence).body["presenceDefinition"]["systemPresence"], "Busy");
    let definition = set.body["presenceDefinition"]["selfUri"].as_str().unwrap();
    assert_eq!(server.get(definition).body["name"], "Busy");
    assert_eq!(patch(json!({ "presenceDefinition": { "id": "nobody" } })).status, 400);
    for spelling in ["On Queue", "OnQueue", "ON_QUEUE"] {
        let set = patch(json!({ "presenceDefinition": { "systemPresence": spelling } }));
        assert_eq!(set.body["presenceDefinition"]["systemPresence"], "On Queue");
    }
    let definitions = server.get("/api/v2/presence/definitions").body;
    let presences = definitions["entities"].as_array().unwrap().iter();
    let presences: Vec<&Value> = presences.map(|it| &it["systemPresence"]).collect();
    assert!(presences.contains(&&json!("OnQueue")), "{presences:?}");
    assert!(
        presences.contains(&&json!("Idle")) && !presences.contains(&&json!("On Queue"))
    );
    let query = json!({ "query": [{ "type": "EXACT", "fields": ["email"], "value": "ANN@example.com" }] });
    let found = server.post("/api/v2/users/search", &query).body;
    assert_eq!((&found["total"], &found["results"][0]["id"]), (&json!(1), &json!("u1")));
}

/// *Source: `get_user_queues` and `QueueMember.routingStatus` of the platform's SDKs.*
#[test]
fn memberships_are_those_of_the_user() {
    let server = server();
    let queues = |query: &str| {
        let listed = server.get(&format!("/api/v2/users/u1/queues{query}")).body;
        let queues = listed["entities"].as_array().unwrap().iter();
        queues.map(|it| (it["id"].clone(), it["joined"].clone())).collect::<Vec<_>>()
    };
    let joined = [(json!("q1"), json!(true))];
    assert_eq!((queues(""), queues("?joined=true")), (joined.to_vec(), joined.to_vec()));
    assert_eq!(queues("?joined=false"), []);
    let member = "/api/v2/routing/queues/q1/members/u1";
    let left = server.send("PATCH", member, Some(r#"{"joined": false}"#), &[]);
    assert_eq!(left.status, 202);
    let left = [(json!("q1"), json!(false))];
    assert_eq!((queues(""), queues("?joined=false")), (left.to_vec(), left.to_vec()));
    assert_eq!(queues("?joined=true"), []);

    let path = "/api/v2/users/u1/routingstatus";
    let status = || {
        let members = server.get("/api/v2/routing/queues/q1/members").body;
        members["entities"][0]["routingStatus"].clone()
    };
    assert_eq!(status()["status"], "OFF_QUEUE");
    server.put(path, &json!({ "status": "INTERACTING" }));
    assert_eq!(status()["status"], "INTERACTING");
    assert_eq!(status(), server.get(path).body);
}

#[test]
fn data_actions_are_answered_by_the_fixtures() {
    let server = server();
    let actions = server.get("/api/v2/integrations/actions?expand=contract").body;
    let action = &actions["entities"][0];
    let input = &action["contract"]["input"]["inputSchema"]["properties"];
    assert_eq!(input, &json!({ "customerId": { "type": "string" } }));
    let output = &action["contract"]["output"]["successSchema"]["properties"];
    assert_eq!(
        (&output["balance"]["type"], &output["open"]["type"]),
        (&json!("number"), &json!("boolean"))
    );
    let path = action["selfUri"].as_str().unwrap();
    let run = |body: Value| server.post(&format!("{path}/execute"), &body);
    assert_eq!(run(json!({ "customerId": "c-1" })).body["balance"], 12.5);
    assert_eq!(run(json!({})).body["balance"], 0);
    let failed = run(json!({}));
    assert_eq!((failed.status, failed.body["status"].as_u64()), (503, Some(503)));
    let test = |body: Value| server.post(&format!("{path}/test"), &body).body;
    let passed = test(json!({ "customerId": "c-1" }));
    assert_eq!(
        (&passed["success"], &passed["finalResult"]["balance"]),
        (&json!(true), &json!(12.5))
    );
    let failed = test(json!({}));
    assert_eq!(
        (&failed["success"], &failed["error"]["status"]),
        (&json!(false), &json!(503))
    );
    assert_eq!(
        server.post("/api/v2/integrations/actions/nobody/test", &json!({})).status,
        404
    );
}

#[test]
fn the_organisation_its_divisions_and_the_token_are_known() {
    let server = server();
    let organisation = server.get("/api/v2/organizations/me").body;
    assert_eq!(organisation["defaultLanguage"], "en-us");
    let token = server.anonymous().logged_in("flow:read users:readonly");
    let info = token.get("/api/v2/tokens/me").body;
    assert_eq!(info["authorizedScope"], json!(["flow:read", "users:readonly"]));
    assert_eq!(info["OAuthClient"]["id"], "test");
    assert_eq!(info["organization"]["id"], organisation["id"]);
    assert_eq!(token.get("/api/v2/users").status, 200);
    assert_eq!(token.get("/api/v2/routing/queues").status, 403);
    assert_eq!(token.delete("/api/v2/tokens/me").status, 200);
    assert_eq!(token.get("/api/v2/users").status, 401);
    let divisions = server.get("/api/v2/authorization/divisions").body;
    assert_eq!(names(&divisions), ["Home", "West"]);
    assert_eq!(
        server.get("/api/v2/authorization/divisions/home").body["homeDivision"],
        true
    );
    let west = server.get("/api/v2/architect/schedules?divisionId=d2").body;
    assert_eq!(names(&west), ["Day"]);
    let home = &divisions["entities"][0]["id"];
    let path =
        format!("/api/v2/architect/schedules?divisionId={}", home.as_str().unwrap());
    assert_eq!(server.get(&path).body["total"], 0);
}

#[test]
fn scripts_are_listed_and_all_published() {
    let server = server();
    for path in ["scripts", "scripts/published", "scripts/published/divisionviews"] {
        let listed = server.get(&format!("/api/v2/{path}")).body;
        assert_eq!(names(&listed), ["Sales script", "Service script"], "{path}");
    }
    let script = server.get("/api/v2/scripts/published/sc-1").body;
    assert_eq!(script["name"], "Sales script");
    assert_eq!(script["selfUri"], "/api/v2/scripts/published/sc-1");
    assert_eq!(server.get("/api/v2/scripts/sc-1").body["versionId"], script["versionId"]);
    assert_eq!(server.get("/api/v2/scripts/sc-9").status, 404);
    let token = server.anonymous().logged_in("users:readonly");
    assert_eq!(token.get("/api/v2/scripts").status, 403);
    let wrong = json!({ "scripts": [{ "id": "sc-1", "title": "Sales" }] });
    assert_eq!(server.put("/__flowsim/fixtures", &wrong).status, 400);
}

#[test]
fn prompts_have_a_resource_for_each_language() {
    let server = server();
    let prompt = server.get("/api/v2/architect/prompts").body["entities"][0].clone();
    let path = format!("{}/resources", prompt["selfUri"].as_str().unwrap());
    let resources = server.get(&path).body["entities"].clone();
    assert_eq!(resources, prompt["resources"]);
    assert_eq!(server.get(&format!("{path}/es-us")).body["ttsString"], "Bienvenidos.");
    assert_eq!(server.get(&format!("{path}/de-de")).status, 404);
    let system =
        server.get("/api/v2/architect/systemprompts").body["entities"][0].clone();
    let resource = &system["resources"][0];
    assert_eq!(
        [&resource["language"], &resource["ttsString"], &resource["text"]],
        ["en-us", "Sorry.", "[sorry]"]
    );
}

/// Collects the addresses in an answer.
fn addresses(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Value::String(uri) if key == "selfUri" => found.push(uri.clone()),
                    value => addresses(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Every `selfUri` of every list leads to an object.
#[test]
fn every_address_in_an_answer_is_served() {
    let server = server();
    for path in ["architect/ivrs", "flows/outcomes", "flows/milestones"] {
        let made = server.post(&format!("/api/v2/{path}"), &json!({ "name": "New" }));
        assert_eq!(made.status, 200);
    }
    server.converse(&server.flow_id("Inbound_Flow_A"));
    let document = server.get("/__flowsim/openapi.json").body;
    let lists = document["paths"].as_object().unwrap().iter();
    let lists = lists.filter(|(path, methods)| {
        path.starts_with("/api/") && !path.contains('{') && methods.get("get").is_some()
    });
    let mut found = Vec::new();
    let mut count = 0;
    for (path, _) in lists {
        let answer = server.get(path);
        count += usize::from(answer.status == 200);
        addresses(&answer.body, &mut found);
    }
    assert!(count > 30, "{count}");
    for queue in ["q1", "q2"] {
        let path = format!("/api/v2/routing/queues/{queue}/members");
        addresses(&server.get(&path).body, &mut found);
    }
    found.sort();
    found.dedup();
    assert!(found.len() > 40, "{found:#?}");
    for uri in found {
        assert_eq!(server.get(&uri).status, 200, "{uri}");
    }
}

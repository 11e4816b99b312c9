//! Wrap-up codes and the queues that have them, skills and languages, as clients change
//! them, and conversations in these queues. *Source: `RoutingApi` of the platform's SDKs.*

use serde_json::{Value, json};

use super::support::{Answer, Client, Local};

fn server() -> Local {
    let server = Local::with(&[], &[]);
    replace_fixtures(&server);
    server
}

fn replace_fixtures(server: &Client) {
    let fixtures = json!({
        "queues": [{ "id": "q1", "name": "Support", "agents": [{ "id": "u1" }] }],
        "users": [{ "id": "u1", "name": "Ann" }],
        "skills": ["Billing"],
        "languageSkills": ["Spanish"],
        "wrapupCodes": [{ "id": "w1", "name": "Done" }],
    });
    assert_eq!(server.put("/__flowsim/fixtures", &fixtures).status, 200);
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

/// Returns the names of a list.
fn names(client: &Client, list: &str) -> Vec<String> {
    let answer = client.get(list);
    assert_eq!(answer.status, 200, "{answer:?}");
    let all = match answer.body.get("entities") {
        Some(entities) => entities.clone(),
        None => answer.body,
    };
    let all = all.as_array().unwrap().iter();
    all.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn wrap_up_codes_are_assigned_to_queues() {
    let server = server();
    let codes = "/api/v2/routing/wrapupcodes";
    let sold = id(&server.post(codes, &json!({ "name": "Sold" })));
    server.post(codes, &json!({ "name": "Lost" }));
    assert_eq!(server.post(codes, &json!({ "name": "sold" })).status, 409);
    assert_eq!(server.post(codes, &json!({})).status, 400);
    // A queue of the fixtures has all codes until some are removed or added.
    let of_first = "/api/v2/routing/queues/q1/wrapupcodes";
    assert_eq!(names(&server, of_first), ["Done", "Sold", "Lost"]);
    assert_eq!(server.delete(&format!("{of_first}/{sold}")).status, 204);
    assert_eq!(server.delete(&format!("{of_first}/{sold}")).status, 404);
    assert_eq!(names(&server, of_first), ["Done", "Lost"]);
    let third = id(&server.post(codes, &json!({ "name": "Later" })));
    assert_eq!(names(&server, of_first), ["Done", "Lost"]);

    // A queue that a client creates has none.
    let queue = id(&server.post("/api/v2/routing/queues", &json!({ "name": "New" })));
    let of_new = format!("/api/v2/routing/queues/{queue}/wrapupcodes");
    assert_eq!(names(&server, &of_new), Vec::<String>::new());
    let added = server.post(&of_new, &json!([{ "id": sold }, { "id": third }]));
    assert_eq!((added.status, &added.body[1]["name"]), (200, &json!("Later")));
    assert_eq!(server.post(&of_new, &json!([{ "id": sold }])).status, 200);
    assert_eq!(names(&server, &of_new), ["Sold", "Later"]);
    assert_eq!(server.post(&of_new, &json!([{ "id": "nobody" }])).status, 404);
    assert_eq!(server.post(&of_new, &json!({ "id": sold })).status, 400);
    let many: Vec<Value> = (0..101).map(|_| json!({ "id": sold })).collect();
    assert_eq!(server.post(&of_new, &json!(many)).status, 400);

    // An agent chooses from the codes of the queue.
    let call = json!({ "callFromQueueId": queue, "phoneNumber": "+15550001" });
    let call = id(&server.post("/api/v2/conversations/calls", &call));
    let shown = server.get(&format!("/api/v2/conversations/{call}")).body;
    let mut all = shown["participants"].as_array().unwrap().iter();
    let acd = all.find(|it| it["purpose"] == "acd").unwrap()["id"].as_str().unwrap();
    let of_call =
        format!("/api/v2/conversations/calls/{call}/participants/{acd}/wrapupcodes");
    assert_eq!(names(&server, &of_call), ["Sold", "Later"]);
}

#[test]
fn renamed_and_deleted_codes_are_so_in_their_queues() {
    let server = server();
    let codes = "/api/v2/routing/wrapupcodes";
    let sold = id(&server.post(codes, &json!({ "name": "Sold" })));
    let lost = id(&server.post(codes, &json!({ "name": "Lost" })));
    let queue = id(&server.post("/api/v2/routing/queues", &json!({ "name": "New" })));
    let of_new = format!("/api/v2/routing/queues/{queue}/wrapupcodes");
    let both = json!([{ "id": sold }, { "id": lost }]);
    assert_eq!(server.post(&of_new, &both).status, 200);
    let renamed = server.put(&format!("{codes}/{sold}"), &json!({ "name": "Bought" }));
    assert_eq!((renamed.status, &renamed.body["name"]), (200, &json!("Bought")));
    let clash = server.put(&format!("{codes}/{lost}"), &json!({ "name": "Bought" }));
    assert_eq!(clash.status, 409);
    assert_eq!(server.delete(&format!("{codes}/{lost}")).status, 204);
    assert_eq!(server.get(&format!("{codes}/{lost}")).status, 404);
    assert_eq!(names(&server, &of_new), ["Bought"]);
    let reader = server.logged_in("routing:readonly");
    assert_eq!(reader.post(codes, &json!({ "name": "X" })).status, 403);
}

/// No flow reads what is sent to a conversation that began in a queue, but an e-mail belongs
/// to it while it is open.
#[test]
fn conversations_that_began_in_queues_take_emails() {
    let server = server();
    let mail = json!({ "queueId": "q1" });
    let mail = id(&server.post("/api/v2/conversations/emails", &mail));
    let path = |id: &str| format!("/api/v2/conversations/emails/{id}/inboundmessages");
    let body = json!({ "textBody": "Hello" });
    let sent = server.post(&path(&mail), &body);
    assert_eq!((sent.status, &sent.body["state"]), (200, &json!("queued")));
    assert_eq!(server.press(&mail, &json!(["1"])).status, 409, "keys need a flow");
    assert_eq!(server.post(&path("nobody"), &body).status, 404);
    let ended = format!("/api/v2/conversations/emails/{mail}");
    server.send("PATCH", &ended, Some(r#"{"state":"disconnected"}"#), &[]);
    assert_eq!(server.post(&path(&mail), &body).status, 409);
}

#[test]
fn skills_and_languages_are_created_and_deleted() {
    let server = server();
    for list in ["/api/v2/routing/skills", "/api/v2/routing/languages"] {
        let before = names(&server, list);
        let made = server.post(list, &json!({ "name": "Chess" }));
        assert_eq!((made.status, &made.body["state"]), (200, &json!("active")));
        assert_eq!(server.post(list, &json!({ "name": "chess" })).status, 409);
        let path = format!("{list}/{}", id(&made));
        assert_eq!(server.get(&path).body, made.body);
        assert_eq!(server.delete(&path).status, 204);
        assert_eq!(server.get(&path).status, 404);
        assert_eq!(server.delete(&path).status, 404);
        assert_eq!(names(&server, list), before);
    }
}

/// Settings that clients gave a queue do not describe a queue of other fixtures that has the
/// same id.
#[test]
fn replaced_fixtures_forget_what_was_assigned_to_queues() {
    let server = server();
    let queue = "/api/v2/routing/queues/q1";
    let body = json!({ "name": "Support", "description": "changed" });
    assert_eq!(server.put(queue, &body).body["description"], "changed");
    assert_eq!(server.delete(&format!("{queue}/wrapupcodes/w1")).status, 204);
    let apart = json!({ "joined": false }).to_string();
    let member = format!("{queue}/members/u1");
    assert_eq!(server.send("PATCH", &member, Some(&apart), &[]).status, 202);
    replace_fixtures(&server);
    let shown = server.get(queue).body;
    assert_eq!(shown.get("description"), None);
    assert_eq!(shown["joinedMemberCount"], 1);
    assert_eq!(names(&server, &format!("{queue}/wrapupcodes")), ["Done"]);
}

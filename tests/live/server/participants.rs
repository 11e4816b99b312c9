//! Participants of conversations: attributes, answers, transfers, wrap-ups, and the counts
//! of queues. *Source: `ConversationsApi` of the platform's SDKs.*

use serde_json::{Value, json};
use tempfile::TempDir;

use super::kept;
use super::support::{Answer, Client, Local, organisation};

const FLOW: &str = "inboundCall:
  name: Main
  startUpRef: ./tasks/task[main]
  variables:
    - stringVariable: {name: Flow.Key}
    - stringVariable: {name: Flow.Mood}
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - setParticipantData:
              name: Remember
              attributes:
                - attribute: {name: {lit: tier}, value: {lit: gold}}
          - collectInput:
              name: Ask
              inputData: {var: Flow.Key}
              digits: {exact: 1}
              inputAudio: {tts: Press a key.}
              outputs:
                success: {actions: []}
                failure: {actions: []}
          - getParticipantData:
              name: Look
              attributes:
                - attribute: {name: {lit: mood}, variable: Flow.Mood}
          - setParticipantData:
              name: Copy
              attributes:
                - attribute: {name: {lit: seenMood}, value: {exp: Flow.Mood}}
          - transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}
          - disconnect: {name: End}
";
const WAITING: &str = "inqueueCall:
  name: Waiting
  startUpTaskActions:
    - holdMusic: {name: Music, prompt: {exp: Flow.HoldPrompt}, playStyle: {duration: {lit: {seconds: 30}}}}
";
const FIXTURES: &str = "queues:
  - {id: q-1, name: Sales, inQueueFlow: Waiting, agents: [{name: Ann, answerAfterMs: 40000}], statistics: {waiting: 2, availableAgents: 1}}
  - {id: q-2, name: Support, inQueueFlow: Waiting, agents: [{id: u-7, name: Bob, answerAfterMs: 20000}]}
wrapupCodes: [{id: w-1, name: Done}]
ivrRoutes: {Line: {numbers: ['+15551234567'], openFlow: Main}}
";

fn files() -> (TempDir, [String; 3]) {
    let folder = TempDir::new().unwrap();
    let files = [("flow.yaml", FLOW), ("wait.yaml", WAITING), ("org.yaml", FIXTURES)];
    let paths = files.map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    });
    (folder, paths)
}

pub(super) fn server() -> Local {
    let (_folder, paths) = files();
    Local::of(organisation(&[&paths[0], &paths[1]], &[&paths[2]]))
}

/// Starts a call. Returns its id.
pub(super) fn call(client: &Client) -> String {
    let body = json!({ "phoneNumber": "+15551234567", "callerId": "+15557654321" });
    let made = client.post("/api/v2/conversations/calls", &body);
    assert_eq!(made.status, 200, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

/// Starts a call that waits in the queue Sales.
pub(super) fn queued(client: &Client) -> String {
    let id = call(client);
    client.press(&id, &json!(["1"]));
    id
}

fn shown(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v2/conversations/{id}")).body
}

/// Returns purpose and state of each participant of a call.
fn who(client: &Client, id: &str) -> Vec<(String, String)> {
    let call = shown(client, id);
    let participants = call["participants"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    participants
        .map(|it| (text(&it["purpose"]), text(&it["calls"][0]["state"])))
        .collect()
}

/// Returns what [`who`] returns, in short.
fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned =
        |(purpose, state): &(&str, &str)| ((*purpose).to_owned(), (*state).to_owned());
    expected.iter().map(owned).collect()
}

/// Returns the id of the last participant with a purpose.
pub(super) fn member(client: &Client, id: &str, purpose: &str) -> String {
    let call = shown(client, id);
    let mut all = call["participants"].as_array().unwrap().iter().rev();
    let found = all.find(|it| it["purpose"] == purpose).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

pub(super) fn patch(client: &Client, path: &str, body: &Value) -> Answer {
    client.send("PATCH", path, Some(&body.to_string()), &[])
}

fn advance(client: &Client, ms: i64) {
    let done = client.post("/__flowsim/clock", &json!({ "advanceMs": ms }));
    assert_eq!(done.status, 200);
}

/// Returns the observed numbers of waiting and answered conversations of a queue.
fn observed(client: &Client, queue: &str) -> (Value, Value) {
    let filter = json!({ "type": "or", "predicates": [{ "dimension": "queueId", "value": queue }] });
    let body = json!({ "filter": filter, "metrics": ["oWaiting", "oInteracting"] });
    let found = client.post("/api/v2/analytics/queues/observations/query", &body).body;
    let data = found["results"][0]["data"].as_array().unwrap().clone();
    let count = |metric: &str| {
        let of = data.iter().find(|it| it["metric"] == metric).unwrap();
        of["stats"]["count"].clone()
    };
    (count("oWaiting"), count("oInteracting"))
}

#[test]
fn a_call_gets_its_participants_as_time_passes() {
    let server = server();
    let id = call(&server);
    assert_eq!(
        who(&server, &id),
        pairs(&[("customer", "connected"), ("ivr", "connected")])
    );
    server.press(&id, &json!(["1"]));
    let before =
        [("customer", "connected"), ("ivr", "disconnected"), ("acd", "connected")];
    assert_eq!(who(&server, &id), pairs(&before));
    let waiting = shown(&server, &id);
    assert_eq!(
        (&waiting["state"], &waiting["routing"]["queueId"]),
        (&json!("queued"), &json!("q-1"))
    );
    advance(&server, 39_999);
    assert_eq!(shown(&server, &id)["state"], "queued");
    advance(&server, 1);
    let call = shown(&server, &id);
    assert_eq!(call["state"], "connected");
    let agent = &call["participants"][3];
    assert_eq!((&agent["purpose"], &agent["name"]), (&json!("agent"), &json!("Ann")));
    assert_eq!(agent["connectedTime"], "2026-01-05T09:00:40.000Z");
    assert_eq!(agent["userId"], call["routing"]["agentId"]);
    let users = server.get("/api/v2/users?name=Ann").body;
    assert_eq!(agent["userId"], users["entities"][0]["id"]);
    let acd = &call["participants"][2];
    assert_eq!((&acd["queueId"], &acd["queueName"]), (&json!("q-1"), &json!("Sales")));
    assert_eq!(
        (&acd["endTime"], &acd["calls"][0]["disconnectType"]),
        (&json!("2026-01-05T09:00:40.000Z"), &json!("transfer"))
    );
}

#[test]
fn attributes_are_those_of_the_flow() {
    let server = server();
    let id = call(&server);
    let customer = member(&server, &id, "customer");
    let path = format!("/api/v2/conversations/{id}/participants/{customer}/attributes");
    assert_eq!(server.get(&path).body, json!({ "attributes": { "tier": "gold" } }));
    let written = patch(&server, &path, &json!({ "attributes": { "mood": "calm" } }));
    let both = json!({ "attributes": { "tier": "gold", "mood": "calm" } });
    assert_eq!((written.status, written.body), (200, both));
    server.press(&id, &json!(["1"]));
    let call = shown(&server, &id);
    let all = json!({ "tier": "gold", "mood": "calm", "seenMood": "calm" });
    assert_eq!(
        call["participants"][0]["attributes"], all,
        "the flow read what was written"
    );
    patch(&server, &path, &json!({ "attributes": { "tier": null } }));
    let left = json!({ "attributes": { "mood": "calm", "seenMood": "calm" } });
    assert_eq!(server.get(&path).body, left);
    for wrong in
        [json!({}), json!({ "attributes": { "a": 1 } }), json!({ "attributes": [] })]
    {
        assert_eq!(patch(&server, &path, &wrong).status, 400, "{wrong}");
    }
    let nobody = format!("/api/v2/conversations/{id}/participants/nobody/attributes");
    assert_eq!(server.get(&nobody).status, 404);
}

#[test]
fn conversations_of_a_medium_have_flat_participants() {
    let server = server();
    let id = queued(&server);
    let call = server.get(&format!("/api/v2/conversations/calls/{id}")).body;
    let customer = &call["participants"][0];
    assert_eq!(
        (&customer["state"], &customer["purpose"], &customer["address"]),
        (&json!("connected"), &json!("customer"), &json!("+15557654321"))
    );
    let acd = &call["participants"][2];
    assert_eq!(acd["queue"]["id"], "q-1");
    assert_eq!(acd["conversationRoutingData"]["queue"]["name"], "Sales");
    assert_eq!(server.get(&format!("/api/v2/conversations/emails/{id}")).status, 404);
    let open = server.get("/api/v2/conversations/calls").body;
    assert_eq!((&open["total"], &open["entities"][0]["id"]), (&json!(1), &json!(id)));
    assert_eq!(server.get("/api/v2/conversations/chats").body["total"], 0);
    assert_eq!(server.get("/api/v2/conversations").body["entities"][0]["id"], json!(id));
}

#[test]
fn queued_conversations_change_the_observations() {
    let server = server();
    assert_eq!(observed(&server, "q-1"), (json!(2), json!(0)));
    let first = queued(&server);
    queued(&server);
    assert_eq!(observed(&server, "q-1"), (json!(4), json!(0)));
    let realtime = json!({ "entityIds": ["q-1"], "select": ["waiting"] });
    let realtime = server.post("/api/v2/analytics/queues/realtime/query", &realtime).body;
    assert_eq!(realtime["entities"][0]["waiting"], 4);
    server.post(&format!("/api/v2/conversations/{first}/disconnect"), &json!({}));
    assert_eq!(observed(&server, "q-1"), (json!(3), json!(0)));
    advance(&server, 40_000);
    assert_eq!(observed(&server, "q-1"), (json!(2), json!(1)));
    assert_eq!(observed(&server, "q-2"), (json!(0), json!(0)), "it has no statistics");
}

#[test]
fn an_assigned_agent_answers_holds_and_leaves() {
    let server = server();
    let id = queued(&server);
    let assign = format!("/api/v2/conversations/{id}/assign");
    assert_eq!(server.post(&assign, &json!({ "userId": "nobody" })).status, 400);
    assert_eq!(server.post(&assign, &json!({ "userId": "u-7" })).status, 202);
    let agent = member(&server, &id, "agent");
    let path = format!("/api/v2/conversations/calls/{id}/participants/{agent}");
    assert_eq!(shown(&server, &id)["state"], "queued");
    assert_eq!(who(&server, &id)[3], ("agent".to_owned(), "alerting".to_owned()));
    advance(&server, 1_000);
    assert_eq!(patch(&server, &path, &json!({ "state": "connected" })).status, 202);
    let call = shown(&server, &id);
    assert_eq!(
        (&call["state"], &call["routing"]["agentId"]),
        (&json!("connected"), &json!("u-7"))
    );
    assert_eq!(patch(&server, &path, &json!({ "held": true })).status, 202);
    assert_eq!(shown(&server, &id)["participants"][3]["calls"][0]["held"], true);
    advance(&server, 100_000);
    assert_eq!(
        who(&server, &id).len(),
        4,
        "the agent of the in-queue flow does not answer"
    );
    assert_eq!(server.post(&assign, &json!({ "userId": "u-7" })).status, 409);
    assert_eq!(patch(&server, &path, &json!({ "state": "disconnected" })).status, 202);
    let over = shown(&server, &id);
    assert_eq!(
        (&over["state"], &over["endTime"]),
        (&json!("closed"), &json!("2026-01-05T09:01:41.000Z"))
    );
    let reason =
        |index: usize| over["participants"][index]["calls"][0]["disconnectType"].clone();
    assert_eq!((reason(0), reason(3)), (json!("peer"), json!("client")));
}

#[test]
fn one_of_the_alerted_agents_answers() {
    let server = server();
    let id = queued(&server);
    let assign = format!("/api/v2/conversations/{id}/assign");
    for user in ["u-7", "Ann", "Bob", "u-7"] {
        assert_eq!(server.post(&assign, &json!({ "userId": user })).status, 202);
    }
    let alerted = pairs(&[("agent", "alerting"), ("agent", "alerting")]);
    assert_eq!(who(&server, &id)[3..], alerted, "a user is alerted once");
    let ann = member(&server, &id, "agent");
    let path = format!("/api/v2/conversations/calls/{id}/participants/{ann}");
    assert_eq!(patch(&server, &path, &json!({ "state": "connected" })).status, 202);
    assert_eq!(
        who(&server, &id)[2..],
        pairs(&[
            ("acd", "disconnected"),
            ("agent", "disconnected"),
            ("agent", "connected")
        ])
    );
    let bob = shown(&server, &id)["participants"][3].clone();
    assert_eq!(bob["calls"][0]["disconnectType"], "peer");
    let path = format!(
        "/api/v2/conversations/calls/{id}/participants/{}",
        bob["id"].as_str().unwrap()
    );
    assert_eq!(patch(&server, &path, &json!({ "state": "connected" })).status, 409);
}

#[test]
fn a_conversation_is_wrapped_up_after_its_end() {
    let server = server();
    let id = queued(&server);
    advance(&server, 40_000);
    let agent = member(&server, &id, "agent");
    let path = format!("/api/v2/conversations/calls/{id}/participants/{agent}");
    advance(&server, 100_000);
    patch(&server, &path, &json!({ "state": "disconnected" }));
    let wrong = patch(&server, &path, &json!({ "wrapup": { "code": "w-9" } }));
    assert_eq!(wrong.status, 400);
    let wrapup = json!({ "wrapup": { "code": "w-1", "notes": "well" } });
    assert_eq!(patch(&server, &path, &wrapup).status, 202);
    let kept = json!({ "code": "w-1", "name": "Done", "notes": "well" });
    assert_eq!(server.get(&format!("{path}/wrapup")).body, kept);
    assert_eq!(server.get(&format!("{path}/wrapupcodes")).body[0]["id"], "w-1");
    let details =
        server.get(&format!("/api/v2/analytics/conversations/{id}/details")).body;
    let session = &details["participants"][3]["sessions"][0];
    assert_eq!(session["segments"][1]["wrapUpCode"], "w-1");
    let found = |code: &str| {
        let predicate = json!({ "dimension": "wrapUpCode", "value": code });
        let filter = json!([{ "type": "or", "predicates": [predicate] }]);
        let interval = "2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z";
        let query = json!({ "interval": interval, "segmentFilters": filter });
        server.post("/api/v2/analytics/conversations/details/query", &query).body["totalHits"].clone()
    };
    assert_eq!((found("w-1"), found("w-2")), (json!(1), json!(0)));
    let talk = session["metrics"].as_array().unwrap().iter();
    let talk = talk.clone().find(|it| it["name"] == "tTalk").unwrap();
    assert_eq!(talk["value"], 100_000);
}

#[test]
fn a_transfer_to_a_queue_continues_in_its_flow() {
    let server = server();
    let id = queued(&server);
    advance(&server, 40_000);
    let agent = member(&server, &id, "agent");
    let path = format!("/api/v2/conversations/calls/{id}/participants/{agent}/replace");
    assert_eq!(server.post(&path, &json!({ "queueId": "nowhere" })).status, 400);
    assert_eq!(server.post(&path, &json!({})).status, 400);
    assert_eq!(server.post(&path, &json!({ "queueId": "q-2" })).status, 202);
    let call = shown(&server, &id);
    assert_eq!(
        (&call["state"], &call["routing"]["queueId"]),
        (&json!("queued"), &json!("q-2"))
    );
    assert_eq!(call["participants"][4]["name"], "Support");
    assert_eq!(observed(&server, "q-2"), (json!(1), json!(0)));
    let legs = server.get("/__flowsim/instances").body;
    let leg = &legs["entities"][0];
    assert_eq!(
        (&leg["origin"], &leg["flowName"]),
        (&json!("transfer"), &json!("Waiting"))
    );
    assert_eq!(leg["conversationId"], json!(id));
    advance(&server, 20_000);
    assert_eq!(observed(&server, "q-2"), (json!(0), json!(1)));
    let call = shown(&server, &id);
    let purposes: Vec<&str> = call["participants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(purposes, ["customer", "ivr", "acd", "agent", "acd", "agent"]);
    assert_eq!(call["routing"]["agentId"], "u-7");
    assert_eq!(call["participants"][0]["attributes"]["tier"], "gold");
    assert_eq!(
        server.post(&path, &json!({ "queueId": "q-1" })).status,
        409,
        "that agent left"
    );
}

#[test]
fn transfers_to_users_and_addresses() {
    let server = server();
    let id = queued(&server);
    let acd = member(&server, &id, "acd");
    let path = |who: &str| {
        format!("/api/v2/conversations/calls/{id}/participants/{who}/replace")
    };
    let customer = member(&server, &id, "customer");
    assert_eq!(server.post(&path(&customer), &json!({ "userId": "u-7" })).status, 400);
    assert_eq!(
        server.post(&format!("{}/agent", path(&acd)), &json!({ "userId": "u-7" })).status,
        202
    );
    let agent = member(&server, &id, "agent");
    assert_eq!(
        who(&server, &id)[2..],
        pairs(&[("acd", "disconnected"), ("agent", "alerting")])
    );
    let body = json!({ "address": "+15550001111" });
    assert_eq!(server.post(&path(&agent), &body).status, 202);
    let call = shown(&server, &id);
    let target = &call["participants"][4];
    assert_eq!(
        (&target["purpose"], &target["address"]),
        (&json!("external"), &json!("+15550001111"))
    );
    assert_eq!(call["state"], "connected");
    server.post(&format!("/api/v2/conversations/{id}/disconnect"), &json!({}));
    let over = shown(&server, &id);
    assert_eq!(over["participants"][0]["calls"][0]["disconnectType"], "endpoint");
    assert!(who(&server, &id).iter().all(|(_, state)| state == "disconnected"));
}

#[test]
fn conversations_that_begin_in_a_queue_have_participants() {
    let server = server();
    let body = json!({ "queueId": "q-2", "callbackNumbers": ["+15557770101"], "callbackUserName": "Cy",
        "data": { "order": "7" } });
    let made = server.post("/api/v2/conversations/callbacks", &body).body;
    let id = made["conversation"]["id"].as_str().unwrap();
    let callback = server.get(&format!("/api/v2/conversations/callbacks/{id}")).body;
    let customer = &callback["participants"][0];
    assert_eq!(
        (&customer["name"], &customer["attributes"]),
        (&json!("Cy"), &json!({ "order": "7" }))
    );
    let queue = &callback["participants"][1];
    assert_eq!(
        (&queue["name"], &queue["queue"]["name"]),
        (&json!("Support"), &json!("Support"))
    );
    assert_eq!(observed(&server, "q-2"), (json!(1), json!(0)));
    let ended = patch(
        &server,
        &format!("/api/v2/conversations/callbacks/{id}"),
        &json!({ "state": "disconnected" }),
    );
    assert_eq!((ended.status, &ended.body["state"]), (200, &json!("closed")));
    assert_eq!(observed(&server, "q-2"), (json!(0), json!(0)));
}

#[test]
fn changes_of_conversations_survive_a_kill() {
    let folder = TempDir::new().unwrap();
    let (_files, paths) = files();
    let flows = ["--flows", &paths[0], "--flows", &paths[1], "--fixtures", &paths[2]];
    let mut first = kept::start(folder.path(), &flows);
    let client = first.client.logged_in("");
    let ids = [queued(&client), queued(&client), call(&client)];
    advance(&client, 40_000);
    let agent = member(&client, &ids[0], "agent");
    let path = format!("/api/v2/conversations/calls/{}/participants/{agent}", ids[0]);
    client.post(&format!("{path}/replace"), &json!({ "queueId": "q-2" }));
    let agent = member(&client, &ids[1], "agent");
    let path = format!("/api/v2/conversations/calls/{}/participants/{agent}", ids[1]);
    patch(
        &client,
        &path,
        &json!({ "state": "disconnected", "wrapup": { "code": "w-1" } }),
    );
    let customer = member(&client, &ids[2], "customer");
    let path =
        format!("/api/v2/conversations/{}/participants/{customer}/attributes", ids[2]);
    patch(&client, &path, &json!({ "attributes": { "mood": "calm" } }));
    let body = json!({ "queueId": "q-2" });
    let made = client.post("/api/v2/conversations/callbacks", &body).body;
    let direct = made["conversation"]["id"].as_str().unwrap().to_owned();
    let all = [&ids[0], &ids[1], &ids[2], &direct];
    let before: Vec<Value> = all.iter().map(|id| shown(&client, id)).collect();
    let counts = observed(&client, "q-2");
    assert_eq!(counts, (json!(2), json!(0)));
    first.kill();

    let second = kept::start(folder.path(), &flows);
    let client = Client { token: client.token, ..second.client.clone() };
    for (id, before) in all.iter().zip(&before) {
        assert_eq!(shown(&client, id), *before);
    }
    assert_eq!(observed(&client, "q-2"), counts);
    advance(&client, 20_000);
    assert_eq!(observed(&client, "q-2"), (json!(1), json!(1)));
}

/// Returns the numbers of waiting and answered conversations of a queue, as the list of
/// conversations shows them.
fn listed(client: &Client, queue: &str) -> (usize, usize) {
    let all = client.get("/api/v2/conversations?pageSize=100").body;
    let all = all["entities"].as_array().unwrap().iter();
    let of_queue: Vec<&Value> =
        all.filter(|it| it["routing"]["queueId"] == queue).collect();
    let waiting = of_queue.iter().filter(|it| it["state"] == "queued").count();
    let answered =
        |it: &&&Value| it["state"] == "connected" && it["routing"]["agentId"].is_string();
    (waiting, of_queue.iter().filter(answered).count())
}

/// Changes a conversation; the number chooses the change.
fn change_somehow(client: &Client, id: &str, choice: u64) {
    let path = format!("/api/v2/conversations/calls/{id}/participants");
    let agent = || {
        let all = shown(client, id)["participants"].as_array().unwrap().clone();
        let last = all.iter().rev().find(|it| it["purpose"] != "customer");
        last.unwrap()["id"].as_str().unwrap().to_owned()
    };
    // Some of these are refused in some states.
    match choice {
        0 => drop(client.press(id, &json!(["1"]))),
        1 => drop(client.post(
            &format!("/api/v2/conversations/{id}/assign"),
            &json!({ "userId": "u-7" }),
        )),
        2 => drop(patch(
            client,
            &format!("{path}/{}", agent()),
            &json!({ "state": "connected" }),
        )),
        3 => drop(patch(
            client,
            &format!("{path}/{}", agent()),
            &json!({ "state": "disconnected" }),
        )),
        4 => {
            drop(client.post(
                &format!("{path}/{}/replace", agent()),
                &json!({ "queueId": "q-2" }),
            ));
        }
        5 => drop(
            client.post(&format!("/api/v2/conversations/{id}/disconnect"), &json!({})),
        ),
        _ => advance(client, 7_000),
    }
}

#[test]
fn the_counts_of_queues_are_those_of_their_conversations() {
    let server = server();
    let mut ids = Vec::new();
    // The same numbers in each run. *Source: Knuth's MMIX generator.*
    let mut number = 7_u64;
    let mut next = |below: u64| {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % below
    };
    let mut seen = (0, 0);
    for step in 0..160 {
        if ids.len() < 12 && step % 4 == 0 {
            ids.push(if next(2) == 0 { call(&server) } else { queued(&server) });
        }
        let id = &ids[usize::try_from(next(ids.len() as u64)).unwrap()];
        change_somehow(&server, id, next(8));
        for (queue, fixed) in [("q-1", 2), ("q-2", 0)] {
            let (waiting, answered) = listed(&server, queue);
            let expected = (json!(waiting + fixed), json!(answered));
            assert_eq!(observed(&server, queue), expected, "{queue} after {step}");
            seen = (seen.0.max(waiting), seen.1.max(answered));
        }
    }
    assert!(seen.0 > 1 && seen.1 > 1, "{seen:?}");
    server.post("/__flowsim/reset", &json!({}));
    let server = server.logged_in("");
    assert_eq!(observed(&server, "q-1"), (json!(2), json!(0)));
}

/// *Source: `CreateCallbackCommand` and `Callback` of the platform's SDKs.*
#[test]
fn a_scheduled_callback_waits_in_its_queue_from_its_time_on() {
    let server = server();
    let body = json!({ "queueId": "q-1", "callbackUserName": "Ada",
        "callbackNumbers": ["+15550001111", "+15550002222"],
        "callbackScheduledTime": "2026-01-05T11:00:00+01:00" });
    let made = server.post("/api/v2/conversations/callbacks", &body).body;
    let (at, numbers) = (json!("2026-01-05T10:00:00.000Z"), &body["callbackNumbers"]);
    assert_eq!(
        (&made["callbackScheduledTime"], &made["callbackNumbers"]),
        (&at, numbers)
    );
    let id = made["conversation"]["id"].as_str().unwrap();
    let own = server.get(&format!("/api/v2/conversations/callbacks/{id}")).body;
    let customer = &own["participants"][0];
    assert_eq!(
        (&own["state"], &customer["state"]),
        (&json!("scheduled"), &json!("scheduled"))
    );
    assert_eq!(
        (&customer["callbackScheduledTime"], &customer["callbackNumbers"]),
        (&at, numbers)
    );
    assert_eq!(customer["callbackUserName"], "Ada");
    let assign = format!("/api/v2/conversations/{id}/assign");
    assert_eq!(server.post(&assign, &json!({ "userId": "u-7" })).status, 409);
    advance(&server, 3_599_999);
    assert_eq!(observed(&server, "q-1").0, 2, "those of the fixtures");
    advance(&server, 1);
    assert_eq!(observed(&server, "q-1").0, 3);
    let waiting = shown(&server, id);
    assert_eq!(
        (&waiting["state"], &waiting["participants"][1]["startTime"]),
        (&json!("queued"), &at)
    );
    let details = server.get(&format!("/api/v2/analytics/conversations/{id}/details"));
    let session = &details.body["participants"][1]["sessions"][0];
    assert_eq!(
        (&session["callbackScheduledTime"], &session["segments"][0]["segmentStart"]),
        (&at, &at)
    );
    assert_eq!(server.post(&assign, &json!({ "userId": "u-7" })).status, 202);
}

#[test]
fn callbacks_without_a_time_wait_at_once_and_others_can_be_ended() {
    let server = server();
    let start = |time: &Value| {
        let body = json!({ "queueId": "q-1", "callbackNumbers": ["+1555"],
            "callbackScheduledTime": time });
        server.post("/api/v2/conversations/callbacks", &body)
    };
    for time in [json!(null), json!("2026-01-05T08:00:00.000Z")] {
        let id = start(&time).body["conversation"]["id"].as_str().unwrap().to_owned();
        assert_eq!(shown(&server, &id)["state"], "queued", "{time}");
    }
    assert_eq!(start(&json!("tomorrow")).status, 400);
    let id = start(&json!("2026-01-05T12:00:00.000Z")).body["conversation"]["id"].clone();
    let id = id.as_str().unwrap();
    server.post(&format!("/api/v2/conversations/{id}/disconnect"), &json!({}));
    advance(&server, 18_000_000);
    let ended = shown(&server, id);
    assert_eq!(
        (&ended["state"], &ended["endTime"]),
        (&json!("closed"), &json!("2026-01-05T09:00:00.000Z"))
    );
    assert_eq!(ended["participants"].as_array().unwrap().len(), 1);
    let flow = server.flow_id("Main");
    let body =
        json!({ "flowId": flow, "callbackScheduledTime": "2026-01-06T08:00:00.000Z" });
    assert_eq!(server.post("/api/v2/conversations/callbacks", &body).status, 400);
}

//! Conversations of several messages and e-mails.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::kept::start;
use super::support::Client;

/// A message flow that repeats each message, with the previous one, and ends.
const ECHO: &str = "inboundShortMessage:
  name: Echo
  startUpRef: /inboundShortMessage/states/state[S_1]
  variables:
    - stringVariable: {name: Flow.seen, initialValue: {lit: none}}
  states:
    - state:
        name: S
        refId: S_1
        actions:
          - sendResponse:
              name: Echo
              messageBody: {exp: 'Append(Message.Message.body, \" after \", Flow.seen, \" \", ToString(Message.IsNewConversation))'}
          - updateData:
              name: Remember
              statements:
                - string: {variable: Flow.seen, value: {exp: Message.Message.body}}
          - disconnect: {name: End}
";

/// An e-mail flow that replies to each e-mail.
const REPLY: &str = "inboundEmail:
  name: Reply
  startUpRef: /inboundEmail/states/state[S_1]
  states:
    - state:
        name: S
        refId: S_1
        actions:
          - sendAutoReply:
              name: Answer
              messageBody: {exp: 'Append(Email.Message.subject, \": \", Email.Message.body)'}
          - disconnect: {name: End}
";

/// Starts a server with these flows, and the folder in which it keeps its data.
fn serve(folder: &TempDir, flows: &[(&str, &str)]) -> super::support::Process {
    for (name, text) in flows {
        std::fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
    }
    let fixtures = folder.path().join("fixtures.json");
    std::fs::write(&fixtures, r#"{"queues": [{"name": "Sales"}]}"#).unwrap();
    let (path, fixtures) = (folder.path().to_str().unwrap(), fixtures.to_str().unwrap());
    let flows = ["--flows", path, "--fixtures", fixtures, "--stop-at-queue"];
    start(&folder.path().join("data"), &flows)
}

/// Sends an open message of a customer. Returns the answer.
fn send(client: &Client, text: &str) -> super::support::Answer {
    let channel = json!({
        "messageId": format!("m-{text}"),
        "from": { "id": "ada", "idType": "Opaque", "nickname": "Ada" },
        "time": "2026-01-05T09:00:00.000Z",
    });
    let body = json!({ "channel": channel, "type": "Text", "text": text });
    let path = "/api/v2/conversations/messages/shop/inbound/open/message";
    client.post(&format!("{path}?prefetchConversationId=true"), &body)
}

fn prompts(client: &Client, id: &str) -> Vec<String> {
    let instance = client.get(&format!("/__flowsim/instances/{id}")).body;
    let turns = instance["turns"].as_array().unwrap().iter();
    let said = turns.filter(|turn| turn["kind"] == "said");
    said.map(|turn| turn["text"].as_str().unwrap().to_owned()).collect()
}

fn assign(client: &Client, flow: &str) {
    let body = json!({ "flow": { "id": client.flow_id(flow) } });
    let set = client.put("/api/v2/routing/message/recipients/shop", &body);
    assert_eq!((set.status, &set.body["flow"]["name"]), (200, &json!(flow)));
}

fn state(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v2/conversations/messages/{id}")).body["state"].clone()
}

/// *Source: the platform's API, open messaging; Genesys' help on the messaging threading
/// timeline.*
#[test]
fn open_messages_continue_their_conversation_also_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let mut first = serve(&folder, &[("echo", ECHO)]);
    let client = first.client.logged_in("");
    let refused = send(&client, "Hi");
    assert_eq!(refused.status, 404);
    let message = refused.body["message"].as_str().unwrap();
    assert!(message.contains("PUT /api/v2/routing/message/recipients/shop"), "{message}");

    assign(&client, "Echo");
    let sent = send(&client, "Hi");
    assert_eq!((sent.status, &sent.body["id"]), (202, &json!("m-Hi")), "{sent:?}");
    let id = sent.body["conversationId"].as_str().unwrap().to_owned();
    assert_eq!(state(&client, &id), "closed", "the flow has ended");
    client.post("/__flowsim/clock", &json!({ "advanceMs": 60_000 }));
    assert_eq!(send(&client, "order").body["conversationId"], json!(id));
    assert_eq!(prompts(&client, &id), ["Hi after none true", "order after none false"]);
    first.kill();

    let second = serve(&folder, &[]);
    let client = Client { token: client.token, ..second.client.clone() };
    assert_eq!(prompts(&client, &id), ["Hi after none true", "order after none false"]);
    assert_eq!(send(&client, "bye").body["conversationId"], json!(id));
    let instance = client.get(&format!("/__flowsim/instances/{id}")).body;
    assert_eq!(
        (&instance["state"], &instance["elapsedMs"], &instance["question"]["isMessage"]),
        (&json!("over"), &json!(60_000), &json!(true))
    );
    assert_eq!(prompts(&client, &id).len(), 3);
    assert_eq!(client.get("/__flowsim/status").body["instances"]["waiting"], 0);

    let after = 72 * 60 * 60 * 1_000;
    client.post("/__flowsim/clock", &json!({ "advanceMs": after }));
    let client = second.client.logged_in("");
    let fresh = send(&client, "later").body["conversationId"].clone();
    assert_ne!(fresh, json!(id), "the conversation is closed after 72 hours");
    assert_eq!(client.press(&id, &json!(["say:too late"])).status, 409);
}

#[test]
fn a_conversation_that_was_ended_or_transferred_takes_no_messages() {
    let folder = TempDir::new().unwrap();
    let transferred = ECHO.replace("Echo", "Queue").replace(
        "disconnect: {name: End}",
        "transferToAcd: {name: T, targetQueue: {lit: {name: Sales}}}",
    );
    let flows = [("echo", ECHO), ("queue", transferred.as_str())];
    let server = serve(&folder, &flows);
    let client = server.client.logged_in("");
    assign(&client, "Echo");
    let id = send(&client, "Hi").body["conversationId"].as_str().unwrap().to_owned();
    let path = format!("/api/v2/conversations/messages/{id}");
    let ended = client.send("PATCH", &path, Some(r#"{"state":"disconnected"}"#), &[]);
    assert_eq!((ended.status, &ended.body["state"]), (200, &json!("closed")));
    let refused = client.press(&id, &json!(["say:again"]));
    assert_eq!(refused.status, 409);
    let wrong = client.send("PATCH", &path, Some(r#"{"state":"held"}"#), &[]);
    assert_eq!(wrong.status, 400);
    assert_ne!(send(&client, "again").body["conversationId"], json!(id));

    let body = json!({ "flowId": client.flow_id("Queue"), "textBody": "Hi" });
    let queued = client.post("/api/v2/conversations/messages", &body).body;
    let id = queued["id"].as_str().unwrap();
    assert_eq!(queued["state"], "queued", "{queued}");
    // The text belongs to the conversation, although no flow reads it.
    let pressed = client.press(id, &json!(["say:again"]));
    assert_eq!((pressed.status, &pressed.body["running"]), (200, &json!(false)));
    assert_eq!(client.press(id, &json!(["1"])).status, 409, "keys need a flow");
    let path = format!("/api/v2/conversations/messages/{id}");
    let shown = client.get(&path).body;
    let stored = shown["participants"][0]["messages"].as_array().unwrap();
    let text = client.get(stored[0]["messageURI"].as_str().unwrap()).body;
    assert_eq!((stored.len(), &text["textBody"]), (1, &json!("again")));
    client.send("PATCH", &path, Some(r#"{"state":"disconnected"}"#), &[]);
    assert_eq!(client.press(id, &json!(["say:again"])).status, 409);
}

/// *Source: Genesys' help on the threading timeline of e-mails: until an agent disconnects,
/// further e-mails belong to the thread.*
#[test]
fn an_email_joins_the_conversation_that_waits_in_a_queue() {
    let folder = TempDir::new().unwrap();
    let queue = REPLY.replace(
        "disconnect: {name: End}",
        "transferToAcd: {name: T, targetQueue: {lit: {name: Sales}}}",
    );
    assert_ne!(queue, REPLY);
    let server = serve(&folder, &[("reply", &queue)]);
    let client = server.client.logged_in("");
    let flow = client.flow_id("Reply");
    let body = json!({ "flowId": flow, "subject": "Order", "textBody": "Where is it?" });
    let email = client.post("/api/v2/conversations/emails", &body).body;
    let id = email["id"].as_str().unwrap();
    assert_eq!(email["state"], "queued", "{email}");
    let path = format!("/api/v2/conversations/emails/{id}");
    let further = format!("{path}/inboundmessages");
    let sent = client.post(&further, &json!({ "textBody": "Hello?" }));
    assert_eq!((sent.status, &sent.body["state"]), (200, &json!("queued")));
    assert_eq!(prompts(&client, id).len(), 1, "no flow reads it");
    client.send("PATCH", &path, Some(r#"{"state":"disconnected"}"#), &[]);
    assert_eq!(client.post(&further, &json!({ "textBody": "Hello?" })).status, 409);
}

/// *Source: Genesys' help on the messaging threading timeline.*
#[test]
fn a_message_joins_the_conversation_that_waits_or_has_an_agent() {
    let folder = TempDir::new().unwrap();
    let queue = ECHO.replace(
        "disconnect: {name: End}",
        "transferToAcd: {name: T, targetQueue: {lit: {name: Sales}}}",
    );
    let server = serve(&folder, &[("queue", &queue)]);
    let client = server.client.logged_in("");
    assign(&client, "Echo");
    let id = send(&client, "Hi").body["conversationId"].clone();
    let text = id.as_str().unwrap();
    assert_eq!(state(&client, text), "queued");
    assert_eq!(send(&client, "still there?").body["conversationId"], id);
    let body = json!({ "userId": "ann" });
    let assigned = client.post(&format!("/api/v2/conversations/{text}/assign"), &body);
    assert_eq!(assigned.status, 202);
    let path = format!("/api/v2/conversations/messages/{text}");
    let agent = client.get(&path).body["participants"][3]["id"].clone();
    let agent = format!("{path}/participants/{}", agent.as_str().unwrap());
    let answered = client.send("PATCH", &agent, Some(r#"{"state":"connected"}"#), &[]);
    assert_eq!(answered.status, 202);
    assert_eq!(send(&client, "hello Ann").body["conversationId"], id);
    assert_eq!(prompts(&client, text).len(), 1, "no flow sees these messages");
    let shown = client.get(&path).body;
    let stored = shown["participants"][0]["messages"].as_array().unwrap();
    let texts: Vec<Value> = stored
        .iter()
        .map(|it| client.get(it["messageURI"].as_str().unwrap()).body["textBody"].clone())
        .collect();
    assert_eq!(texts, ["Hi", "still there?", "hello Ann"]);
    assert_eq!(stored[1]["messageId"], "m-still there?");
    assert_eq!(client.get(&format!("{path}/messages/other")).status, 404);
    client.send("PATCH", &path, Some(r#"{"state":"disconnected"}"#), &[]);
    assert_ne!(send(&client, "again").body["conversationId"], id);
}

/// *Source: the platform's API, inbound messages of e-mail conversations; Genesys' help on
/// threads of e-mails.*
#[test]
fn an_email_continues_its_conversation() {
    let folder = TempDir::new().unwrap();
    let server = serve(&folder, &[("reply", REPLY)]);
    let client = server.client.logged_in("");
    let flow = client.flow_id("Reply");
    let body = json!({ "flowId": flow, "subject": "Order", "textBody": "Where is it?" });
    let email = client.post("/api/v2/conversations/emails", &body).body;
    let id = email["id"].as_str().unwrap();
    let path = format!("/api/v2/conversations/emails/{id}/inboundmessages");
    let day = 24 * 60 * 60 * 1_000;
    client.post("/__flowsim/clock", &json!({ "advanceMs": 20_i64 * day }));
    let client = server.client.logged_in("");
    assert_eq!(client.post(&path, &json!({ "textBody": "Still none" })).status, 200);
    assert_eq!(prompts(&client, id), ["Order: Where is it?", "Order: Still none"]);
    assert_eq!(client.post(&path, &json!({ "textBody": " " })).status, 400);
    let other = format!("/api/v2/conversations/messages/{id}");
    assert_eq!(client.get(&other).status, 404, "an e-mail is not a message");
    client.post("/__flowsim/clock", &json!({ "advanceMs": 30_i64 * day }));
    let client = server.client.logged_in("");
    assert_eq!(client.post(&path, &json!({ "textBody": "Hello?" })).status, 409);
}

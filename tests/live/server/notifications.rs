//! Notifications over web sockets. *Source: the platform's help for developers on
//! notifications, and RFC 6455.*

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::participants::{call, member, patch, queued, server};
use super::service::{Service, wait_until};
use super::support::{Client, Local};

/// The client's end of a web socket.
struct Socket {
    stream: TcpStream,
    head: String,
}

impl Socket {
    fn connect(uri: &str, more: &str) -> Self {
        let (host, path) = uri.strip_prefix("ws://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // The key and its answer are the example of RFC 6455, section 1.3.
        write!(
            stream,
            "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
        )
        .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        Self { stream, head: String::from_utf8(head).unwrap() }
    }

    /// Reads a frame: its kind and its content.
    fn frame(&mut self) -> (u8, Vec<u8>) {
        let mut start = [0; 2];
        self.stream.read_exact(&mut start).unwrap();
        let length = match start[1] {
            126 => {
                let mut more = [0; 2];
                self.stream.read_exact(&mut more).unwrap();
                usize::from(u16::from_be_bytes(more))
            }
            short => usize::from(short),
        };
        let mut content = vec![0; length];
        self.stream.read_exact(&mut content).unwrap();
        (start[0] & 0x0f, content)
    }

    fn message(&mut self) -> Value {
        let (kind, content) = self.frame();
        assert_eq!(kind, 1, "the frame has text");
        serde_json::from_slice(&content).unwrap()
    }

    /// Sends a frame with text, masked with zeros.
    fn send(&mut self, text: &str) {
        let mut frame = match u8::try_from(text.len()).ok().filter(|it| *it < 126) {
            Some(short) => vec![0x81, 0x80 | short],
            None => {
                let [high, low] = u16::try_from(text.len()).unwrap().to_be_bytes();
                vec![0x81, 0x80 | 126, high, low]
            }
        };
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.stream.write_all(&frame).unwrap();
    }

    /// Sends a message, and reads its answer.
    fn ask(&mut self, message: &Value) -> Value {
        self.send(&message.to_string());
        self.message()
    }

    /// Reads messages up to the answer to a ping.
    fn messages(&mut self) -> Vec<Value> {
        self.send(r#"{"message":"ping"}"#);
        let mut all = Vec::new();
        loop {
            let message = self.message();
            if message["eventBody"]["message"] == "pong" {
                assert_eq!(message["topicName"], "channel.metadata");
                return all;
            }
            all.push(message);
        }
    }

    /// Returns the topics of the messages up to the answer to a ping.
    fn topics(&mut self) -> Vec<String> {
        let all = self.messages().into_iter();
        all.map(|it| it["topicName"].as_str().unwrap().to_owned()).collect()
    }
}

/// Opens a channel with topics. Returns its id and its connection.
fn channel(client: &Client, topics: &[&str]) -> (String, Socket) {
    let made = client.post("/api/v2/notifications/channels", &json!({}));
    assert_eq!(made.status, 200, "{made:?}");
    let id = made.body["id"].as_str().unwrap().to_owned();
    let topics: Vec<Value> = topics.iter().map(|id| json!({ "id": id })).collect();
    let path = format!("/api/v2/notifications/channels/{id}/subscriptions");
    assert_eq!(client.put(&path, &json!(topics)).status, 200);
    let socket = Socket::connect(made.body["connectUri"].as_str().unwrap(), "");
    assert!(socket.head.starts_with("HTTP/1.1 101 "), "{}", socket.head);
    assert!(socket.head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{}", socket.head);
    (id, socket)
}

/// The topics of a channel.
fn subscriptions(client: &Client, id: &str) -> Vec<String> {
    let path = format!("/api/v2/notifications/channels/{id}/subscriptions");
    let listed = client.get(&path).body;
    let topics = listed["entities"].as_array().unwrap().iter();
    topics.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn channels_have_topics() {
    let server = server();
    let (id, _socket) = channel(&server, &["v2.users.u-7.conversations"]);
    let subscriptions = format!("/api/v2/notifications/channels/{id}/subscriptions");
    let more = json!([{ "id": "v2.users.u-7.conversations?calls&chats" }]);
    assert_eq!(server.post(&subscriptions, &more).status, 200);
    let listed = server.get(&subscriptions).body;
    let ids: Vec<&str> = listed["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    let calls = "v2.users.u-7.conversations.calls";
    assert_eq!(
        ids,
        ["v2.users.u-7.conversations", calls, "v2.users.u-7.conversations.chats"]
    );
    let unknown = json!([{ "id": calls }, { "id": "v2.weather" }]);
    assert_eq!(server.put(&subscriptions, &unknown).status, 400);
    assert_eq!(server.get(&subscriptions).body, listed, "nothing has changed");
    assert_eq!(server.put(&subscriptions, &json!({})).status, 400);
    assert_eq!(server.delete(&subscriptions).status, 204);
    assert_eq!(server.get(&subscriptions).body["entities"], json!([]));
    let known = server.get("/api/v2/notifications/channels").body;
    assert_eq!(known["entities"][0]["id"], json!(id));
    assert_eq!(server.get("/api/v2/notifications/channels/x/subscriptions").status, 404);
    let topics =
        server.get("/api/v2/notifications/availabletopics?expand=transports").body;
    assert_eq!(topics["entities"][0]["transports"], json!(["Websocket"]));
    for topic in topics["entities"].as_array().unwrap() {
        let topic = topic["id"].as_str().unwrap().replace("{id}", "x-1");
        assert_eq!(server.post(&subscriptions, &json!([{ "id": topic }])).status, 200);
    }
    server.post("/__flowsim/clock", &json!({ "advanceMs": 86_400_000 }));
    let again = server.logged_in("");
    assert_eq!(again.get(&subscriptions).status, 404, "a channel ends after a day");
}

#[test]
fn queues_and_users_get_their_conversations() {
    let server = server();
    let queue = "v2.routing.queues.q-1.conversations";
    let calls = "v2.routing.queues.q-1.conversations.calls";
    let user = "v2.users.u-7.conversations.calls";
    let (_, mut socket) = channel(&server, &[queue, calls, user]);
    let id = call(&server);
    assert_eq!(socket.topics(), Vec::<String>::new(), "it is in no queue");
    server.press(&id, &json!(["1"]));
    let messages = socket.messages();
    assert_eq!(messages.len(), 2, "{messages:?}");
    let (of_queue, of_calls) = (&messages[0], &messages[1]);
    assert_eq!(
        (&of_queue["topicName"], &of_calls["topicName"]),
        (&json!(queue), &json!(calls))
    );
    assert_eq!(of_queue["eventBody"]["id"], json!(id));
    assert_eq!(
        of_queue["eventBody"]["participants"][2]["calls"][0]["state"],
        "connected"
    );
    assert_eq!(of_calls["eventBody"]["participants"][2]["purpose"], "acd");
    let shown = server.get(&format!("/api/v2/conversations/calls/{id}")).body;
    assert_eq!(of_calls["eventBody"], shown);
    server
        .post(&format!("/api/v2/conversations/{id}/assign"), &json!({ "userId": "u-7" }));
    assert_eq!(
        socket.topics(),
        [user, queue, calls]
            .map(str::to_owned)
            .into_iter()
            .filter(|it| it != user)
            .chain([user.to_owned()])
            .collect::<Vec<_>>()
    );
}

#[test]
fn time_publishes_what_it_brings() {
    let server = server();
    let observations = "v2.analytics.queues.q-1.observations";
    let (_, mut socket) = channel(&server, &[observations]);
    let counts = |socket: &mut Socket| -> Vec<(Value, Value)> {
        let messages = socket.messages();
        let of = |message: &Value, name: &str| {
            let metrics = message["eventBody"]["data"][0]["metrics"].as_array().unwrap();
            let of = metrics.iter().find(|it| it["metric"] == name).unwrap();
            of["stats"]["count"].clone()
        };
        messages.iter().map(|it| (of(it, "oWaiting"), of(it, "oInteracting"))).collect()
    };
    queued(&server);
    assert_eq!(counts(&mut socket).last(), Some(&(json!(3), json!(0))));
    server.post("/__flowsim/clock", &json!({ "advanceMs": 40_000 }));
    assert_eq!(counts(&mut socket), [(json!(2), json!(1))]);
    server.post("/__flowsim/clock", &json!({ "advanceMs": 1 }));
    assert_eq!(counts(&mut socket), [], "nothing has changed");
}

/// The events of conversations.
const EVENTS: [&str; 10] = [
    "customer.start",
    "customer.end",
    "flow.start",
    "flow.end",
    "acd.start",
    "acd.end",
    "user.start",
    "user.end",
    "wrapup",
    "attributes",
];

#[test]
fn events_of_a_conversation_are_published_once() {
    let server = server();
    let id = call(&server);
    let topic = |event: &str| format!("v2.detail.events.conversation.{id}.{event}");
    let topics = EVENTS.map(topic);
    let (_, mut socket) = channel(&server, &topics.each_ref().map(String::as_str));
    let customer = member(&server, &id, "customer");
    let path = format!("/api/v2/conversations/{id}/participants/{customer}/attributes");
    patch(&server, &path, &json!({ "attributes": { "mood": "calm" } }));
    let changed = socket.messages();
    assert_eq!(changed[0]["topicName"], json!(topic("attributes")));
    let both = json!({ "tier": "gold", "mood": "calm" });
    assert_eq!(changed[0]["eventBody"]["attributes"], both);
    server.press(&id, &json!(["1"]));
    assert_eq!(socket.topics(), ["attributes", "flow.end", "acd.start"].map(topic));
    server.post("/__flowsim/clock", &json!({ "advanceMs": 40_000 }));
    let answered = socket.messages();
    assert_eq!(answered[0]["topicName"], json!(topic("acd.end")));
    let body = &answered[1]["eventBody"];
    assert_eq!(answered[1]["topicName"], json!(topic("user.start")));
    assert_eq!((&body["conversationId"], &body["queueId"]), (&json!(id), &json!("q-1")));
    assert_eq!(body["eventTime"], 1_767_603_640_000_i64);
    let agent = member(&server, &id, "agent");
    let path = format!("/api/v2/conversations/calls/{id}/participants/{agent}");
    patch(
        &server,
        &path,
        &json!({ "state": "disconnected", "wrapup": { "code": "w-1" } }),
    );
    let last = ["customer.end", "user.end", "wrapup"].map(topic);
    let messages = socket.messages();
    let topics: Vec<&str> =
        messages.iter().map(|it| it["topicName"].as_str().unwrap()).collect();
    assert_eq!(topics, last);
    // *Source: the SDKs' `UserEndDetailEventTopicUserEndEvent.disconnectType`.*
    let reasons = [0, 1].map(|it| messages[it]["eventBody"]["disconnectType"].clone());
    assert_eq!(reasons, ["PEER", "CLIENT"]);
}

#[test]
fn instances_and_users_are_published() {
    let server = server();
    let flow = server.flow_id("Main");
    let instances = format!("v2.flows.instances.flow.{flow}");
    let (_, mut socket) = channel(&server, &[&instances, "v2.users.u-7.routingStatus"]);
    let id = call(&server);
    let begun = socket.messages();
    assert_eq!(begun[0]["eventBody"]["state"], "RUNNING");
    assert_eq!(begun[0]["eventBody"]["conversationId"], json!(id));
    server.press(&id, &json!(["1"]));
    assert!(socket.messages().is_empty(), "the call waits in the in-queue flow");
    server.post("/__flowsim/clock", &json!({ "advanceMs": 40_000 }));
    let over = socket.messages();
    assert_eq!((over.len(), &over[0]["eventBody"]["state"]), (1, &json!("COMPLETED")));
    server.put("/api/v2/users/u-7/routingstatus", &json!({ "status": "IDLE" }));
    let set = socket.messages();
    // *Source: the SDKs' `UserRoutingStatusUserRoutingStatus`.*
    let status = json!({ "status": "IDLE", "startTime": "2026-01-05T09:00:40.000Z" });
    assert_eq!(set[0]["eventBody"], json!({ "id": "u-7", "routingStatus": status }));
}

#[test]
fn a_channel_has_one_connection() {
    let server = server();
    let (id, mut first) = channel(&server, &["v2.users.u-7.presence"]);
    let uri =
        format!("ws://{}/channels/{id}", server.url.strip_prefix("http://").unwrap());
    let mut second = Socket::connect(&uri, "");
    assert_eq!(first.frame().0, 8, "the first connection is closed");
    let presence = json!({ "presenceDefinition": { "systemPresence": "Busy" } });
    patch(&server, "/api/v2/users/u-7/presences/purecloud", &presence);
    assert_eq!(second.topics(), ["v2.users.u-7.presence"]);
    let foreign = Socket::connect(&uri, "Origin: https://example.com\r\n");
    assert!(foreign.head.starts_with("HTTP/1.1 403 "), "{}", foreign.head);
    let unknown = Socket::connect(&format!("{uri}x"), "");
    assert!(unknown.head.starts_with("HTTP/1.1 404 "), "{}", unknown.head);
    let path = format!("/channels/{id}");
    assert_eq!(server.get(&path).status, 426);
    drop(second);
    wait_until("the server is alive", || {
        patch(&server, "/api/v2/users/u-7/presences/purecloud", &presence).status == 200
    });
}

fn be(client: &Client, presence: &str) {
    let body = json!({ "presenceDefinition": { "systemPresence": presence } });
    patch(client, "/api/v2/users/u-7/presences/purecloud", &body);
}

/// *Source: the answers that `genesys-notifications` of PyPI reads.*
#[test]
fn topics_are_changed_over_the_socket() {
    let server = server();
    let (id, mut socket) = channel(&server, &[]);
    let (presence, calls) = ("v2.users.u-7.presence", "v2.users.u-7.conversations");
    let topics = json!([presence, format!("{calls}?calls&chats")]);
    let asked =
        json!({ "message": "subscribe", "topics": topics, "correlationId": "c-1" });
    let both = [format!("{calls}.calls"), format!("{calls}.chats")];
    let named = json!([presence, both[0], both[1]]);
    assert_eq!(
        socket.ask(&asked),
        json!({ "topics": named, "result": "200", "status": "subscribed", "correlationId": "c-1" })
    );
    assert_eq!(json!(subscriptions(&server, &id)), named);
    be(&server, "Busy");
    assert_eq!(socket.topics(), [presence]);

    let asked = json!({ "message": "unsubscribe", "topics": [presence, both[0]] });
    assert_eq!(
        socket.ask(&asked),
        json!({ "topics": [presence, both[0]], "result": "200", "status": "unsubscribed" })
    );
    assert_eq!(subscriptions(&server, &id), [both[1].clone()]);
    be(&server, "Away");
    assert_eq!(socket.topics(), [""; 0]);
    let log = server.get("/__flowsim/requests").body["requests"].clone();
    let of_channel =
        log.as_array().unwrap().iter().filter(|it| it["method"] == "MESSAGE");
    assert_eq!(of_channel.count(), 2, "{log}");
}

#[test]
fn wrong_messages_over_the_socket_have_errors() {
    let server = server();
    let (id, mut socket) = channel(&server, &["v2.users.u-7.presence"]);
    let missing = json!({
        "topics": [], "result": "400", "status": "error", "correlationId": "c-1",
        "message": "Required data missing from subscribe request.",
    });
    for topics in [json!(null), json!([]), json!("v2"), json!([7])] {
        let asked =
            json!({ "message": "subscribe", "topics": topics, "correlationId": "c-1" });
        assert_eq!(socket.ask(&asked), missing, "{topics}");
    }
    let known = "v2.users.u-7.routingStatus";
    let asked = json!({ "message": "subscribe", "topics": [known, "v2.weather"] });
    let refused = socket.ask(&asked);
    assert_eq!(
        (&refused["result"], &refused["status"]),
        (&json!("400"), &json!("failure"))
    );
    assert!(refused["message"].as_str().unwrap().contains("`v2.weather`"), "{refused}");
    let many: Vec<String> =
        (0..1_000).map(|it| format!("v2.users.{it}.presence")).collect();
    let refused = socket.ask(&json!({ "message": "subscribe", "topics": many }));
    assert_eq!(refused["message"], "a channel has at most 1000 topics");
    for wrong in ["{", "7", "[]", r#"{"message": 7}"#, r#"{"message": "publish"}"#] {
        socket.send(wrong);
        let refused = socket.message();
        assert_eq!(
            (&refused["result"], &refused["status"]),
            (&json!("400"), &json!("error"))
        );
        assert!(!refused["message"].as_str().unwrap().is_empty(), "{wrong}");
    }
    assert_eq!(subscriptions(&server, &id), ["v2.users.u-7.presence"]);
}

#[test]
fn a_client_that_subscribes_again_keeps_its_channel() {
    let server = server();
    let topic = "v2.users.u-7.presence";
    let (id, mut socket) = channel(&server, &[topic]);
    let almost_a_day = json!({ "advanceMs": 86_000_000 });
    for _ in 0..3 {
        server.post("/__flowsim/clock", &almost_a_day);
        let asked = json!({ "message": "subscribe", "topics": [topic] });
        assert_eq!(socket.ask(&asked)["result"], "200");
    }
    let client = server.logged_in("");
    assert_eq!(subscriptions(&client, &id), [topic]);
    server.post("/__flowsim/clock", &json!({ "advanceMs": 86_400_000 }));
    assert_eq!(socket.frame().0, 8, "the connection is closed");
}

#[test]
fn the_channel_that_was_used_least_recently_gives_way() {
    let server = server();
    let (connected, mut socket) = channel(&server, &["v2.users.u-7.presence"]);
    let open = || {
        let made = server.post("/api/v2/notifications/channels", &json!({}));
        made.body["id"].as_str().unwrap().to_owned()
    };
    let opened: Vec<String> = (0..19).map(|_| open()).collect();
    subscriptions(&server, &opened[0]);
    let last = open();
    let listed = server.get("/api/v2/notifications/channels").body;
    let listed = listed["entities"].as_array().unwrap();
    let is_there = |id: &String| listed.iter().any(|it| it["id"] == json!(id));
    assert_eq!(listed.len(), 20);
    assert!(is_there(&connected), "it has a connection");
    assert!(is_there(&opened[0]), "it was used");
    assert!(!is_there(&opened[1]) && is_there(&opened[2]) && is_there(&last));
    be(&server, "Busy");
    assert_eq!(socket.topics(), ["v2.users.u-7.presence"]);
}

/// Connects a page, which follows the changes of the server.
fn following(server: &Client, more: &str) -> Socket {
    let address = server.url.replace("http://", "ws://");
    Socket::connect(&format!("{address}/__flowsim/changes"), more)
}

#[test]
fn pages_follow_the_changes_of_the_server() {
    let server = server();
    let (mut one, mut other) = (following(&server, ""), following(&server, ""));
    assert!(one.head.starts_with("HTTP/1.1 101 "), "{}", one.head);
    for path in ["status", "instances", "changes"] {
        server.get(&format!("/__flowsim/{path}"));
    }
    let logged = server.get("/__flowsim/requests").body;
    server.post("/__flowsim/clock", &json!({ "advanceMs": 1 }));
    for page in [&mut one, &mut other] {
        assert_eq!(page.frame(), (1, b"changed".to_vec()));
    }
    let both = server.get("/__flowsim/requests").body["requests"].clone();
    let new =
        both.as_array().unwrap().len() - logged["requests"].as_array().unwrap().len();
    assert_eq!(new, 1, "what pages request is not logged: {both}");

    // Many changes at once have few messages.
    for _ in 0..50 {
        server.get("/api/v2/flows");
    }
    assert_eq!(one.frame(), (1, b"changed".to_vec()));
    one.stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut messages = 1;
    let mut start = [0; 9];
    while one.stream.read_exact(&mut start).is_ok() {
        assert_eq!(start, *b"\x81\x07changed");
        messages += 1;
    }
    assert!((1..50).contains(&messages), "{messages}");
    drop(other);
    server.stop();
    one.stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    assert_eq!(one.stream.read(&mut start).unwrap_or(0), 0, "the connection ends");
}

#[test]
fn a_service_that_answers_is_a_change() {
    let service = Service::answering(200, "{}");
    let server = Local::shared_flow();
    let registered = json!({ "Inbound_Flow_A": service.url });
    assert_eq!(server.put("/__flowsim/webhooks", &registered).status, 200);
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    let mut page = following(&server, "");
    server.press(&id, &json!(["1"]));
    let instance = || server.get(&format!("/__flowsim/instances/{id}")).body;
    // The press is announced, and the answer of the service after it.
    while instance()["state"] != "over" {
        assert_eq!(page.frame(), (1, b"changed".to_vec()));
    }
}

#[test]
fn pages_of_other_sites_do_not_follow_changes() {
    let server = server();
    let refused = following(&server, "Origin: http://example.com\r\n");
    assert!(refused.head.starts_with("HTTP/1.1 403 "), "{}", refused.head);
    let answer = server.get("/__flowsim/changes");
    assert_eq!((answer.status, &answer.body["code"]), (426, &json!("upgrade.required")));
}

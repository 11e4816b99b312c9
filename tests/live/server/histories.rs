//! Histories of conversations whose flows take time, as laws over several flows: no history
//! goes backwards, and nothing that has happened has a date after the server's clock.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Local, organisation};

const WAIT: &str = "- wait: {name: Wait, duration: {lit: {seconds: 10}}}";
const SAY: &str = "- playAudio: {name: Say, audio: {tts: One moment.}}";
const ASK: &str = "- collectInput: {name: Ask, inputData: {var: Flow.Key}, digits: {exact: 1}, inputAudio: {tts: Press a key.}, noEntryTimeout: {lit: {seconds: 5}}, outputs: {success: {actions: []}, failure: {actions: []}}}";
const DATA: &str = "- callData: {name: Look, category: {Web: {dataAction: {Slow: {inputs: {}}}}}, timeout: {lit: {seconds: 60}}, outputs: {success: {actions: []}, failure: {actions: []}, timeout: {actions: []}}}";
const QUEUE: &str = "- transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}";
const IN_QUEUE: &str = "inqueueCall:
  name: Waiting
  startUpTaskActions:
    - wait: {name: First, duration: {lit: {seconds: 15}}}
    - holdMusic: {name: Music, prompt: {exp: Flow.HoldPrompt}, playStyle: {duration: {lit: {seconds: 30}}}}
";
const FIXTURES: &str = "queues:
  - {id: q-1, name: Sales, inQueueFlow: Waiting, agents: [{name: Ann, answerAfterMs: 40000}]}
  - {id: q-2, name: Support, agents: [{id: u-7, name: Bob}]}
dataActions: {Slow: [{output: {}, latencyMs: 20000}]}
";

/// The flows: their actions in order, before the end.
const FLOWS: [&[&str]; 8] = [
    &[WAIT],
    &[WAIT, QUEUE],
    &[DATA, SAY, QUEUE],
    &[WAIT, ASK],
    &[ASK, WAIT, QUEUE],
    &[WAIT, ASK, DATA, QUEUE],
    &[ASK, ASK, WAIT],
    &[SAY, QUEUE],
];

fn flow(number: usize, actions: &[&str]) -> String {
    let actions: String = actions.iter().map(|it| format!("        {it}\n")).collect();
    format!(
        "inboundCall:
  name: Flow{number}
  startUpRef: ./tasks/task[main]
  variables:
    - stringVariable: {{name: Flow.Key}}
  tasks:
    - task:
        name: main
        refId: main
        actions:
{}          - disconnect: {{name: End}}
",
        actions.replace("        -", "          -")
    )
}

/// Starts a server with all flows.
fn server() -> Local {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let mut paths = vec![write("wait.yaml", IN_QUEUE)];
    for (number, actions) in FLOWS.iter().enumerate() {
        paths.push(write(&format!("flow{number}.yaml"), &flow(number, actions)));
    }
    let fixtures = write("org.yaml", FIXTURES);
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    Local::of(organisation(&paths, &[&fixtures]))
}

/// Something that happens to a conversation.
#[derive(Debug, Clone, Copy)]
enum Act {
    Advance(i64),
    Press,
    Speak,
    Assign,
    Answer,
    Transfer,
    HangUp,
}

/// Stories: what happens after the start of each flow.
const STORIES: [&[Act]; 8] = {
    use Act::*;
    [
        &[Advance(3_000), Press, Advance(3_000), Assign, Answer, Advance(60_000), HangUp],
        &[Press, Assign, Advance(1_000), Answer, Advance(5_000), HangUp, Advance(60_000)],
        &[Advance(20_000), Press, Advance(100_000), HangUp],
        &[HangUp, Advance(60_000)],
        &[Advance(2_000), Speak, Advance(2_000), Transfer, Advance(60_000), HangUp],
        &[Press, Advance(4_000), HangUp, Advance(60_000)],
        &[Advance(1_000), Press, Transfer, Assign, Answer, Advance(1_000), HangUp],
        &[Advance(600_000), Press, Advance(7_000), HangUp],
    ]
};

fn act(server: &Local, id: &str, what: Act) {
    let path = format!("/api/v2/conversations/{id}");
    let call = server.get(&path).body;
    let participants = call["participants"].as_array().unwrap();
    let last = participants.last().unwrap();
    let call = format!("/api/v2/conversations/calls/{id}/participants");
    let last = format!("{call}/{}", last["id"].as_str().unwrap());
    // Some acts do not fit the state of the conversation; then they are refused.
    match what {
        Act::Advance(ms) => {
            server.post("/__flowsim/clock", &json!({ "advanceMs": ms }));
        }
        Act::Press => drop(server.press(id, &json!(["1"]))),
        Act::Speak => drop(server.press(id, &json!(["say:hello"]))),
        Act::Assign => {
            server.post(&format!("{path}/assign"), &json!({ "userId": "u-7" }));
        }
        Act::Answer => {
            let body = json!({ "state": "connected" }).to_string();
            server.send("PATCH", &last, Some(&body), &[]);
        }
        Act::Transfer => {
            server.post(&format!("{last}/replace"), &json!({ "queueId": "q-2" }));
        }
        Act::HangUp => drop(server.post(&format!("{path}/disconnect"), &json!({}))),
    }
}

fn now(server: &Local) -> String {
    server.get("/__flowsim/clock").body["now"].as_str().unwrap().to_owned()
}

/// Returns a date with milliseconds, so that dates can be compared as text.
fn date(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim_end_matches('Z');
    Some(if text.contains('.') { text.to_owned() } else { format!("{text}.000") })
}

/// Checks the laws about the history of a conversation in analytics.
fn check(server: &Local, id: &str, place: &str) {
    let now = date(&json!(now(server))).unwrap();
    let details = server.get(&format!("/api/v2/analytics/conversations/{id}/details"));
    let history = &details.body;
    let start = date(&history["conversationStart"]).unwrap();
    let end = date(&history["conversationEnd"]);
    let mut earlier = start;
    let mut flow_end = None;
    for participant in history["participants"].as_array().unwrap() {
        let session = &participant["sessions"][0];
        let segment = &session["segments"][0];
        let from = date(&segment["segmentStart"]).unwrap();
        let to = date(&segment["segmentEnd"]);
        let place = format!("{place}: {history:#} at {now}");
        assert!(from >= earlier, "participants join in order: {place}");
        assert!(from <= now && to.iter().all(|to| *to <= now), "future: {place}");
        assert!(to.iter().all(|to| *to >= from), "backwards: {place}");
        assert!(end.is_none() || to.is_some() && to <= end, "open: {place}");
        match participant["purpose"].as_str().unwrap() {
            "ivr" => flow_end = to,
            "acd" => assert!(flow_end.is_some() && flow_end <= Some(from.clone())),
            _ => {}
        }
        for metric in session["metrics"].as_array().unwrap() {
            assert!(metric["value"].as_i64() >= Some(0), "negative: {place}");
            assert!(date(&metric["emitDate"]).unwrap() <= now, "future: {place}");
        }
        earlier = from;
    }
    check_participants(server, id, &now);
    check_instance(server, id, &now);
}

/// Checks the laws about the participants of a conversation.
fn check_participants(server: &Local, id: &str, now: &str) {
    let call = server.get(&format!("/api/v2/conversations/calls/{id}")).body;
    for participant in call["participants"].as_array().unwrap() {
        for key in ["startTime", "connectedTime", "endTime"] {
            let at = date(&participant[key]);
            assert!(at.iter().all(|at| at.as_str() <= now), "{participant:#}");
        }
    }
}

/// Checks the laws about the flow of a conversation.
fn check_instance(server: &Local, id: &str, now: &str) {
    let query = json!({ "query": [{ "criteria": { "key": "ConversationId",
        "operator": "eq", "values": [id] } }] });
    let found = server.post("/api/v2/flows/instances/query", &query).body;
    let own = server.get(&format!("/__flowsim/instances/{id}")).body;
    assert!(date(&own["endedAt"]).iter().all(|at| at.as_str() <= now), "{own:#}");
    for instance in found["entities"].as_array().unwrap() {
        let start = date(&instance["startDateTime"]).unwrap();
        let end = date(&instance["endDateTime"]);
        assert!(end.iter().all(|end| *end >= start && end.as_str() <= now), "{found:#}");
    }
}

#[test]
fn no_history_goes_backwards_or_into_the_future() {
    for (number, story) in STORIES.iter().enumerate() {
        let server = server();
        let calls: Vec<String> = (0..FLOWS.len())
            .map(|flow| server.converse(&server.flow_id(&format!("Flow{flow}"))))
            .collect();
        for (step, what) in story.iter().enumerate() {
            for (flow, id) in calls.iter().enumerate() {
                // Time passes for all calls together.
                if flow == 0 || !matches!(what, Act::Advance(_)) {
                    act(&server, id, *what);
                }
                check(&server, id, &format!("story {number}, step {step}, flow {flow}"));
            }
        }
        for id in &calls {
            let call = server.get(&format!("/api/v2/conversations/{id}")).body;
            assert_eq!(call["state"], "closed", "story {number}: {call:#}");
        }
    }
}

#[test]
fn durations_of_a_flow_take_no_time_of_the_server_but_callers_do() {
    let server = server();
    let segment = |id: &str, index: usize| {
        let path = format!("/api/v2/analytics/conversations/{id}/details");
        let session =
            server.get(&path).body["participants"][index]["sessions"][0].clone();
        let segment = &session["segments"][0];
        [segment["segmentStart"].clone(), segment["segmentEnd"].clone()]
    };
    let at = |second: &str| json!(format!("2026-01-05T09:{second}Z"));
    // A wait of ten seconds is over at once.
    let waits = server.converse(&server.flow_id("Flow0"));
    assert_eq!(segment(&waits, 1), [at("00:00.000"), at("00:00.000")]);
    // After it, the flow listens until the server's clock has passed its own: 10 + 5 s.
    let asks = server.converse(&server.flow_id("Flow3"));
    server.post("/__flowsim/clock", &json!({ "advanceMs": 14_999 }));
    assert_eq!(segment(&asks, 1), [at("00:00.000"), Value::Null]);
    server.post("/__flowsim/clock", &json!({ "advanceMs": 600_000 }));
    assert_eq!(segment(&asks, 1), [at("00:00.000"), at("00:15.000")]);
    // A call waits in the queue from now on, for 40 seconds.
    let queued = server.converse(&server.flow_id("Flow1"));
    assert_eq!(segment(&queued, 1), [at("10:14.999"), at("10:14.999")]);
    server.post("/__flowsim/clock", &json!({ "advanceMs": 39_999 }));
    assert_eq!(segment(&queued, 2), [at("10:14.999"), Value::Null]);
    server.post("/__flowsim/clock", &json!({ "advanceMs": 1 }));
    assert_eq!(segment(&queued, 2), [at("10:14.999"), at("10:54.999")]);
    assert_eq!(segment(&queued, 3), [at("10:54.999"), Value::Null]);
}

/// An instance is over when its flow has ended on the server's clock, and not earlier.
#[test]
fn instances_that_are_over_have_an_end() {
    let server = server();
    let mut counts = [0; 2];
    for number in 0..FLOWS.len() {
        server.converse(&server.flow_id(&format!("Flow{number}")));
    }
    for _ in 0..12 {
        server.post("/__flowsim/clock", &json!({ "advanceMs": 10_000 }));
        for (state, count) in ["waiting", "over"].into_iter().zip(&mut counts) {
            let path = format!("/__flowsim/instances?state={state}&pageSize=100");
            let found = server.get(&path).body;
            for instance in found["entities"].as_array().unwrap() {
                let has_ended = instance["endedAt"].is_string();
                let is_over = state == "over";
                assert_eq!((&instance["state"], has_ended), (&json!(state), is_over));
                *count += 1;
            }
            let status = server.get("/__flowsim/status").body;
            assert_eq!(status["instances"][state], found["total"], "{found}");
        }
    }
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
}

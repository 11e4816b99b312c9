//! Calls of draft flows, and long calls.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::client::Client;

/// A loop that counts, and reads an output of a node.
const FLOW: &str = r#"{
  "name": "Loop",
  "startNode": "Ask",
  "nodes": [
    {"id": "Ask", "type": "Gather", "onComplete": {"nextNode": "Count"},
      "properties": {"promptText": "Press a key.", "maxDigits": 1}},
    {"id": "Count", "type": "Set", "onComplete": {"nextNode": "Enough"}, "properties":
      {"setVars": [{"key": "round", "value": {"type": "increment", "value": 1}},
                   {"key": "door", "value": {"type": "string", "value": "door {Ask.digits}"}}]}},
    {"id": "Enough", "type": "If", "properties": {
      "conditions": [{"expression": "{round} >= 450000", "nextNode": "Done"}],
      "defaultNextNode": "Count"}},
    {"id": "Done", "type": "End", "properties": {"endType": "normal"}}
  ]
}
"#;

struct Loop {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Loop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("loop.json");
        fs::write(&path, FLOW).unwrap();
        Self { _folder: folder, path }
    }

    fn launched(&self, set: impl FnOnce(&mut Client)) -> Client {
        let mut client = Client::start();
        let arguments = json!({
            "type": "flowsim", "name": "Loop", "flow": self.path, "input": ["7"],
            "maxActions": 1_000_000,
        });
        client.launch(arguments, set);
        client
    }
}

fn evaluated(client: &mut Client, text: &str) -> Value {
    let arguments = json!({"expression": text, "frameId": 1, "context": "watch"});
    let answer = client.ask("evaluate", arguments);
    match answer["success"] == true {
        true => answer["body"]["result"].clone(),
        false => answer["message"].clone(),
    }
}

/// Breakpoints at the fourth round, and a log message in each round.
fn set_breakpoints(client: &mut Client, path: &Path) -> Value {
    let condition = "{round} == 4 and not {Ask.digits} == '1'";
    let points = [
        (r#""id": "Count""#, json!({"condition": condition})),
        (r#""id": "Enough""#, json!({"logMessage": "round {round} of {door}"})),
        (r#""id": "Done""#, json!({"condition": "{rond} > 3"})),
    ];
    client.set_breakpoints(path, &points)
}

#[test]
fn conditions_and_messages_of_breakpoints_are_those_of_draft_flows() {
    let desk = Loop::new();
    let mut client = desk.launched(|it| {
        let set = set_breakpoints(it, &desk.path);
        assert_eq!(set[0]["verified"], true, "{set}");
        assert_eq!(set[1]["verified"], true, "{set}");
        assert_eq!(set[2]["message"], "there is no variable `rond` here");
    });
    let stop = client.event("stopped");
    assert_eq!(stop["reason"], "breakpoint", "{stop}");
    assert_eq!(client.variable("Flow variables", "round").unwrap(), "4");
    let logs: Vec<&str> =
        client.console.lines().filter(|it| it.starts_with("round")).collect();
    assert_eq!(logs[..2], ["round 1 of door 7", "round 2 of door 7"]);
    assert_eq!(client.moves("reverseContinue")["description"], "Begin of the call");
    assert_eq!(client.end(), 0);
}

#[test]
fn expressions_of_draft_flows_are_evaluated() {
    let desk = Loop::new();
    let mut client = desk.launched(|it| drop(set_breakpoints(it, &desk.path)));
    client.event("stopped");
    for (text, expected) in [
        ("round", "4"),
        ("{round}", "4"),
        ("door", "\"door 7\""),
        ("Ask.digits", "\"7\""),
        ("{round} > 3 and {door} startswith 'door'", "true"),
        ("({round} < 3)", "false"),
        ("'x'", "\"x\""),
        ("null", "NOT_SET"),
        ("rond", "there is no variable `rond` here"),
        ("Count.digits", "there is no variable `Count.digits` here"),
    ] {
        assert_eq!(evaluated(&mut client, text), expected, "{text}");
    }
    let broken = evaluated(&mut client, "{round} >=");
    assert!(broken.as_str().unwrap().contains("expected"), "{broken}");
    assert_eq!(client.end(), 0);
}

#[test]
fn a_long_call_is_paused_and_continued() {
    let desk = Loop::new();
    let mut client = desk.launched(|it| {
        it.set_breakpoints(&desk.path, &[(r#""id": "Ask""#, json!({}))]);
    });
    client.event("stopped");
    let mut last = 0;
    for _ in 0..2 {
        client.request("continue", json!({"threadId": 1}));
        client.request("pause", json!({"threadId": 1}));
        let stop = client.event("stopped");
        assert_eq!(
            (&stop["reason"], &stop["description"]),
            (&json!("pause"), &json!("Paused"))
        );
        let place = client.variable("Clock", "position").unwrap();
        let place: u32 = place.parse().unwrap();
        assert!(last < place && place < 900_000, "{last}, {place}");
        last = place;
    }
    client.request("pause", json!({"threadId": 1}));
    client.moves("next");
    let place = client.variable("Clock", "position").unwrap();
    assert_eq!(place, (last + 1).to_string(), "a pause while nothing runs is over");
    client.request("continue", json!({"threadId": 1}));
    assert_eq!(client.end(), 0, "the editor leaves a call that runs");
}

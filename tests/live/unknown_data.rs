//! Recordings that do not show everything: hidden entries and outputs, kinds of data that
//! were not logged, documents that end early, and simulations of Architect flows. What a
//! recording does not show is neither compared nor made up.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A flow that asks a data action and the caller, and has a menu.
const FLOW: &str = include_str!("unknown_data.yaml");

const FIXTURES: &str = r"
queues: [{id: s, name: Sales}]
dataActions:
  Get Text:
    - {when: {phone: '+15550000001'}, output: {text: long text}}
    - {status: 500}
";

/// A folder with the flow and its fixtures.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::create_dir(desk.path("flows")).unwrap();
        fs::write(desk.path("flows/desk.yaml"), FLOW).unwrap();
        fs::write(desk.path("fixtures.yaml"), FIXTURES).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn flowsim(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        command.current_dir(self.0.path()).args(arguments);
        command.env_remove("FLOWSIM_REDACTION_KEY").output().unwrap()
    }

    /// Plays a call, and returns it in a format.
    fn played(&self, inputs: &[&str], format: &str) -> Value {
        let line = "run flows --fixtures fixtures.yaml --stop-at-queue --at \
                    2026-01-05T09:00:00Z --context from=+15550000001 --format";
        let mut arguments: Vec<&str> = line.split_whitespace().collect();
        arguments.push(format);
        arguments.extend(inputs.iter().flat_map(|input| ["--input", input]));
        let output = self.flowsim(&arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"))
    }

    /// The execution document of a call.
    fn document(&self, inputs: &[&str]) -> Value {
        self.played(inputs, "execution")
    }

    /// Imports a saved answer into `calls`, with more arguments.
    fn import(&self, saved: &Value, more: &[&str]) -> Output {
        let _ = fs::remove_dir_all(self.path("calls"));
        fs::write(self.path("saved.json"), saved.to_string()).unwrap();
        self.flowsim(&[&["import", "saved.json", "--out", "calls"], more].concat())
    }

    /// Compares the only imported call, with more arguments.
    fn compared(&self, more: &[&str]) -> Value {
        let line = ["compare", "calls", "--flows", "flows", "--format", "json"];
        let output = self.flowsim(&[&line, more].concat());
        let text = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"))
    }

    /// Imports and compares an answer. Returns the comparison.
    fn comparison(&self, saved: &Value, more: &[&str]) -> Value {
        assert_eq!(self.import(saved, &[]).status.code(), Some(0));
        self.compared(more)["recordings"][0]["comparison"].clone()
    }

    fn change_flow(&self, old: &str, new: &str) {
        let path = self.path("flows/desk.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{old}");
        fs::write(path, text.replace(old, new)).unwrap();
    }
}

/// Changes every event of a name.
fn each(document: &mut Value, name: &str, change: &mut dyn FnMut(&mut Value)) {
    let Some(events) = document["flow"]["execution"].as_array_mut() else { return };
    for event in events {
        if let Some(event) = event.get_mut(name) {
            change(event);
        }
    }
}

/// Marks a kind of data as not logged.
fn unlogged(document: &mut Value, name: &str) {
    document["flow"]["executionInfo"]["characteristics"][name] = json!(false);
}

fn assert_verdict(comparison: &Value, verdict: &str, text: &str) {
    assert_eq!(comparison["verdict"], verdict, "{comparison:#}");
    let found = comparison["cause"]["text"].as_str().unwrap_or_default();
    assert!(found.contains(text), "{found}");
}

/// The caller's keys of an action are hidden, as the platform does it.
fn hide_entry(document: &mut Value, action: &str) {
    each(document, "actionCollectInput", &mut |event| {
        if event["actionName"] == action {
            let hidden = json!({"valueIsRedacted": true});
            let turn = &mut event["execution"][0]["turn"];
            turn["fromParticipant"]["audio"]["dtmf"] = hidden.clone();
            event["outputData"]["inputData"] = hidden.clone();
            event["outputVariables"][0]["value"] = hidden;
        }
    });
}

#[test]
fn a_hidden_entry_is_not_silence() {
    let desk = Desk::new();
    for action in ["CA", "CB"] {
        let mut document = desk.document(&["1234", "5"]);
        hide_entry(&mut document, action);
        let found = desk.comparison(&document, &[]);
        let text =
            format!("`{action}` of `Desk` requests the input, which the recording hides");
        assert_verdict(&found, "unreplayable", &text);
    }
    // The result of the action shows the keys.
    let mut document = desk.document(&["1234", "5"]);
    each(&mut document, "actionCollectInput", &mut |event| {
        let dtmf = &mut event["execution"][0]["turn"]["fromParticipant"]["audio"]["dtmf"];
        *dtmf = json!({"valueIsRedacted": true});
    });
    assert_verdict(&desk.comparison(&document, &[]), "equal", "");
}

#[test]
fn a_redacted_entry_can_be_pressed() {
    let desk = Desk::new();
    let document = desk.document(&["1234", "5"]);
    let flags = ["--redact-variable", "Flow.A"];
    assert_eq!(desk.import(&document, &flags).status.code(), Some(0));
    let file = fs::read_dir(desk.path("calls")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("1234"), "{text}");
    let mut redacted: Value = serde_json::from_str(&text).unwrap();
    let names = json!(["Flow.A"]);
    assert_eq!(redacted["redactions"][0]["names"], names, "{}", redacted["redactions"]);
    let mut entries = Vec::new();
    each(&mut redacted["response"], "actionCollectInput", &mut |event| {
        let dtmf = &event["execution"][0]["turn"]["fromParticipant"]["audio"]["dtmf"];
        assert_eq!(dtmf["value"], event["outputVariables"][0]["value"]);
        entries.push(dtmf["value"].as_str().unwrap().to_owned());
    });
    assert!(entries[0].len() == 4 && entries[0].parse::<u16>().is_ok(), "{entries:?}");
    assert_eq!(entries[1], "5");
    assert_verdict(&desk.compared(&[])["recordings"][0]["comparison"], "equal", "");
    // Redacting again changes nothing.
    let again = desk.flowsim(&["redact", "calls", "--variable", "A"]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn hidden_outputs_come_from_fixtures() {
    let desk = Desk::new();
    let mut document = desk.document(&["1234", "5"]);
    each(&mut document, "actionCallData", &mut |event| {
        let hidden = json!({"valueIsTooLarge": true});
        event["outputData"]["successOutputs"][0]["value"] = hidden.clone();
        event["outputVariables"][0]["value"] = hidden;
    });
    let found = desk.comparison(&document, &[]);
    assert_verdict(&found, "unreplayable", "which the recording hides");
    let found = desk.comparison(&document, &["--fixtures", "fixtures.yaml"]);
    assert_verdict(&found, "equal", "");
    // The variable that the action set shows the output.
    each(&mut document, "actionCallData", &mut |event| {
        event["outputVariables"][0]["value"] = json!("long text");
    });
    assert_verdict(&desk.comparison(&document, &[]), "equal", "");
}

#[test]
fn the_end_of_a_truncated_document_is_unknown() {
    let desk = Desk::new();
    let mut document = desk.document(&["1234", "5"]);
    document["flow"]["isTruncated"] = json!(true);
    let events = document["flow"]["execution"].as_array_mut().unwrap();
    let last = events.iter().rposition(|event| event.get("actionCollectInput").is_some());
    events.truncate(last.unwrap() + 1);
    assert_eq!(desk.import(&document, &[]).status.code(), Some(0));
    let found = desk.compared(&[]);
    assert_verdict(&found["recordings"][0]["comparison"], "equal", "");
    assert_eq!(found["recordings"][0]["recordedEnd"], "(unknown)");
    assert_eq!(found["summary"]["elsewhere"], 0);
    assert_eq!(found["summary"]["unchecked"]["end of the call"], 1);
    // An action without a result may have continued.
    each(&mut document, "actionCollectInput", &mut |event| {
        if event["actionName"] == "CB" {
            event.as_object_mut().unwrap().remove("outputPathId");
            event["execution"] =
                json!([{"turn": {"purpose": "Get.CollectInput.Action"}}]);
        }
    });
    let found = desk.comparison(&document, &[]);
    assert_verdict(&found, "unreplayable", "`CB` of `Desk` requests the input");
}

#[test]
fn a_caller_stays_in_a_menu_that_the_flow_ends() {
    let desk = Desk::new();
    let document = desk.document(&["1234", "7", "5", "5", "5"]);
    let found = desk.comparison(&document, &[]);
    assert_verdict(&found, "equal", "");
    let unchecked = found["unchecked"].as_array().unwrap();
    assert!(unchecked.contains(&json!("prompts of menus")), "{unchecked:?}");
    // Who hangs up in a menu does so in the replay.
    let document = desk.document(&["1234", "7", "hangup"]);
    assert_verdict(&desk.comparison(&document, &[]), "equal", "");
}

#[test]
fn variables_that_were_not_logged_are_unknown() {
    let desk = Desk::new();
    let mut document = desk.document(&["1234", "5"]);
    unlogged(&mut document, "flowVariables");
    let events = document["flow"]["execution"].as_array_mut().unwrap();
    for event in events.iter_mut().flat_map(|event| event.as_object_mut().unwrap()) {
        let event = event.1.as_object_mut().unwrap();
        event.remove("variables");
        event.remove("outputVariables");
    }
    let found = desk.comparison(&document, &[]);
    let text = "`Ask` of `Desk` requests the variable `Call.Ani`, which the recording does not have";
    assert_verdict(&found, "unreplayable", text);
    // A flow that does not read them runs.
    desk.change_flow("{exp: ToPhoneNumber(Call.Ani).e164}", "{lit: \"+15550000001\"}");
    assert_verdict(&desk.comparison(&document, &[]), "equal", "");
    // A hidden variable is unknown too.
    let desk = Desk::new();
    let mut document = desk.document(&["1234", "5"]);
    each(&mut document, "startedFlow", &mut |event| {
        for variable in event["variables"].as_array_mut().unwrap() {
            if variable["variableName"] == "Call.Ani" {
                variable["value"] = json!({"valueIsRedacted": true});
            }
        }
    });
    let found = desk.comparison(&document, &[]);
    assert_verdict(
        &found,
        "unreplayable",
        "variable `Call.Ani`, which the recording hides",
    );
}

#[test]
fn outputs_and_keys_that_were_not_logged_come_from_other_data() {
    let desk = Desk::new();
    let mut document = desk.document(&["1234", "5"]);
    unlogged(&mut document, "flowCommunications");
    each(&mut document, "actionCollectInput", &mut |event| {
        event.as_object_mut().unwrap().remove("execution");
    });
    let found = desk.comparison(&document, &[]);
    assert_verdict(&found, "equal", "");
    assert!(found["unchecked"].as_array().unwrap().contains(&json!("prompts")));
    // Without outputs, the variables have the answer, and nothing has the keys.
    unlogged(&mut document, "flowExecutionInputOutputs");
    let events = document["flow"]["execution"].as_array_mut().unwrap();
    for event in events.iter_mut().flat_map(|event| event.as_object_mut().unwrap()) {
        let event = event.1.as_object_mut().unwrap();
        event.remove("inputData");
        event.remove("outputData");
    }
    let found = desk.comparison(&document, &[]);
    assert_verdict(&found, "unreplayable", "`CA` of `Desk` requests the input");
}

#[test]
fn simulations_of_architect_flows_have_their_answers() {
    let desk = Desk::new();
    let request = |inputs: &[&str]| json!({"flowId": "Desk", "context": {"from": "+15550000001"}, "inputs": {"dtmf": inputs}});
    for inputs in [&["1234", "5"], &["1234", "8"]] {
        let response = desk.played(inputs, "simulation");
        let pair = json!({"request": request(inputs), "response": response});
        assert_verdict(&desk.comparison(&pair, &[]), "equal", "");
    }
    // A failure has other outputs than a success.
    fs::write(desk.path("fixtures.yaml"), "dataActions: {Get Text: {status: 500}}")
        .unwrap();
    desk.change_flow(
        "failureOutputs: {errorCode: {noValue: true}}",
        "failureOutputs: {errorCode: {var: Flow.Text}}\n              outputs:\n                failure:\n                  actions: [{disconnect: {name: Broken, refId: Broken_21}}]",
    );
    let response = desk.played(&["1234", "5"], "simulation");
    let pair = json!({"request": request(&["1234", "5"]), "response": response});
    let found = desk.comparison(&pair, &[]);
    assert_verdict(&found, "equal", "");
    // Input that the recorded call did not use is not stale.
    assert_eq!(desk.compared(&[])["recordings"][0]["stale"], json!([]));
    // Without a request, the caller is unknown.
    let found = desk.comparison(&desk.played(&["1234", "5"], "simulation"), &[]);
    assert_verdict(&found, "unreplayable", "variable `Call.Ani`");
}

#[test]
fn a_changed_request_to_a_data_action_is_a_difference() {
    for (new, names) in [
        ("inputs: {number: ", vec!["phone", "number"]),
        ("inputs: {more: {lit: x}, phone: ", vec!["more"]),
    ] {
        let desk = Desk::new();
        let document = desk.document(&["1234", "5"]);
        desk.change_flow("inputs: {phone: ", new);
        let found = desk.comparison(&document, &[]);
        assert_eq!(found["verdict"], "different", "{found:#}");
        let differences = found["differences"].as_array().unwrap();
        assert!(differences.iter().all(|it| it["kind"] == "input"), "{differences:#?}");
        let found: Vec<_> =
            differences.iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(found, names);
    }
}

#[test]
fn a_recording_that_differs_is_not_pruned_as_unused() {
    let desk = Desk::new();
    assert_eq!(desk.import(&desk.document(&["1234", "5"]), &[]).status.code(), Some(0));
    // The flow asks only once.
    let text = fs::read_to_string(desk.path("flows/desk.yaml")).unwrap();
    let (from, to) = (
        text.find("          - collectInput:\n              name: CB"),
        text.find("          - switch:"),
    );
    let text = text[..from.unwrap()].to_owned() + &text[to.unwrap()..];
    fs::write(desk.path("flows/desk.yaml"), text).unwrap();
    let found = desk.compared(&["--prune", "unused"]);
    let unused = json!([{"reason": "unused", "nodes": ["CB"]}]);
    assert_eq!(found["recordings"][0]["stale"], unused);
    assert_eq!(fs::read_dir(desk.path("calls")).unwrap().count(), 1);
    // Nothing is compared, so the call runs as recorded.
    desk.compared(&["--prune", "unused", "--ignore", "/**"]);
    assert_eq!(fs::read_dir(desk.path("calls")).unwrap().count(), 0);
}

#[test]
fn documents_without_events_are_reported_when_imported() {
    let desk = Desk::new();
    let mut document = desk.document(&["1234", "5"]);
    document["flow"]["execution"].as_array_mut().unwrap().push(json!("turn"));
    let output = desk.import(&document, &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!desk.path("calls").exists() || desk.compared(&[]) == Value::Null);
    document["flow"].as_object_mut().unwrap().remove("execution");
    let output = desk.import(&document, &[]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("the document has no `execution`"), "{text}");
    let found = &desk.compared(&[])["recordings"][0]["comparison"];
    assert_verdict(found, "unreplayable", "the recording holds no call");
}

#[test]
fn recordings_are_counted_on_flows_of_archy() {
    let desk = Desk::new();
    let inputs = ["1234", "5"];
    let mut response = desk.played(&inputs, "simulation");
    for step in response["trace"].as_array_mut().unwrap() {
        step["flowId"] = json!("00000000-0000-4000-8000-000000000001");
    }
    let simulation = json!({"request": {"flowId": "Desk"}, "response": response});
    for saved in [desk.document(&inputs), simulation] {
        assert_eq!(desk.import(&saved, &[]).status.code(), Some(0));
        let line = ["heatmap", "calls", "--flows", "flows", "--format", "json"];
        let found: Value = serde_json::from_slice(&desk.flowsim(&line).stdout).unwrap();
        let flows = found["flows"].as_array().unwrap();
        assert_eq!(flows.len(), 1, "{found:#}");
        assert_eq!(flows[0]["id"], "Desk");
        let nodes = flows[0]["nodes"].as_array().unwrap();
        for id in ["Start", "Ask", "Long?", "CA", "CB", "To Q"] {
            let node = nodes.iter().find(|node| node["id"] == id).unwrap();
            assert_eq!(node["count"], 1, "{found:#}");
        }
    }
}

//! Output of `flowsim run`: decisions with the values that they read, the names of values
//! that are NOT_SET, and parts of a call.

#![expect(clippy::unwrap_used, reason = "output that cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Runs a call of the outage line whose caller reports danger.
fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"));
    command.args(["run", "northlight-power/flows", "--fixtures", "northlight-power"]);
    command.args(["--input", "9"]).args(arguments).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the steps of the JSON with this name.
fn steps(json: &str, name: &str) -> Vec<Value> {
    let trace: Value = serde_json::from_str(json).unwrap();
    let steps = trace["steps"].as_array().unwrap().iter();
    steps.filter(|step| step["nodeName"] == name).cloned().collect()
}

#[test]
fn a_decision_shows_its_expression_and_its_operands() {
    let shown = text(&[]);
    let yes = "decision            yes: Task.Key == \"9\"  Task.Key = \"9\"\n";
    assert!(shown.contains(yes), "{shown}");
    let no = "no: Flow.Round == 1 is false  Flow.Round = 2\n";
    assert!(shown.contains(no), "{shown}");
    let steps = steps(&text(&["--format", "json"]), "First round?");
    assert_eq!(steps[0]["result"]["condition"], "Flow.Round == 1");
    assert_eq!(steps[0]["result"]["operands"], serde_json::json!({"Flow.Round": 1}));
    assert_eq!(steps[1]["result"]["operands"], serde_json::json!({"Flow.Round": 2}));
    assert_eq!(steps[1]["result"]["inputs"]["condition"], false);
}

#[test]
fn a_step_names_its_flow_file_and_line() {
    let file = "northlight-power/flows/outage-line.yaml";
    let step = &steps(&text(&["--format", "json"]), "Was it the 9?")[0];
    assert_eq!(step["flowName"], "Northlight Outage Line");
    assert_eq!(step["file"], file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(file);
    let flow = fs::read_to_string(path).unwrap();
    let line = usize::try_from(step["line"].as_u64().unwrap()).unwrap();
    let written: Vec<&str> = flow.lines().skip(line - 1).take(2).collect();
    assert!(written.join("\n").contains("name: Was it the 9?"), "{written:?}");
}

/// An error because of a value that is NOT_SET names the variable.
#[test]
fn an_error_names_what_is_not_set() {
    let shown = text(&[]);
    let error = "cannot read property `e164`: the PhoneNumber (`Call.Ani`) is NOT_SET";
    assert!(shown.contains(error), "{shown}");
}

#[test]
fn a_transcript_has_prompts_and_input_only() {
    let shown = text(&["--transcript"]);
    let lines: Vec<&str> = shown.lines().map(str::trim_start).collect();
    assert_eq!(lines[0], "0.000  flow    “Northlight Power, outage line.”");
    assert_eq!(lines[2], "0.000  caller  pressed 9");
    let is_turn =
        |line: &&&str| line.contains("  flow    “") || line.contains("  caller  ");
    assert_eq!(lines.iter().filter(is_turn).count(), lines.len(), "{shown}");
}

/// Two equal entries without a prompt between them are two entries, also in a called flow.
#[test]
fn a_transcript_has_equal_entries() {
    let next = |node: &str| json!({"nextNode": node});
    let gather = |id: &str, then: &str| {
        json!({"id": id, "type": "Gather", "onComplete": next(then),
            "properties": {"validDigits": "1", "timeoutSeconds": 6}})
    };
    let end = json!({"id": "E", "type": "End", "properties": {"endType": "normal"}});
    let call = json!({"id": "C", "type": "CallFlow", "onComplete": next("E"),
        "properties": {"flowId": "Sub"}});
    let flows = json!({"flows": [
        {"name": "Main", "type": "inbound",
            "draft": {"startNode": "C", "nodes": {"C": call, "E": end}}},
        {"name": "Sub", "type": "module", "draft": {"startNode": "A",
            "nodes": {"A": gather("A", "B"), "B": gather("B", "E"), "E": end}}},
    ]});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flows.json");
    fs::write(&file, flows.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.arg("run").arg(&file).args(["--flow", "Main", "--transcript"]);
    let output = command.args(["--input", "1", "--input", "1"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(shown.matches("pressed 1").count(), 2, "{shown}");
}

#[test]
fn parts_of_a_call_keep_their_numbers() {
    let deep = text(&["--depth", "0"]);
    assert!(deep.contains("18    0.000  Offer it "), "{deep}");
    assert!(!deep.contains("Offer it once only"), "{deep}");
    assert!(deep.contains("\n21    0.000  Error Handling"), "{deep}");
    let only = text(&["--only", "Northlight Waiting Room"]);
    assert!(!only.contains("Was it the 9?"), "{only}");
    assert!(only.contains("\n10    0.000  Northlight Waiting Room"), "{only}");
}

/// Variables that still have their initial value are left out, unless they are requested.
#[test]
fn only_changed_variables_are_shown() {
    let quiet = ["--input", "-", "--context", "abandonAfterMs=1"];
    let flow = ["--flow", "Northlight Outage Line"];
    let arguments = [&flow[..], &quiet[..]].concat();
    let changed = text(&["--variables"]);
    assert!(changed.contains("variables  Flow.IsDangerous = true\n"), "{changed}");
    let output = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"))
        .args(["run", "northlight-power/flows", "--fixtures", "northlight-power"])
        .args(&arguments)
        .output()
        .unwrap();
    let unchanged = String::from_utf8(output.stdout).unwrap();
    assert!(!unchanged.contains("  variables  "), "{unchanged}");
}

#[test]
fn a_view_is_only_for_text() {
    let output = run(&["--only", "Northlight", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("--only is only for --format text"), "{error}");
    let output = run(&["--only", "Northlight Waiting Rom"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("did you mean `Northlight Waiting Room`?"), "{error}");
}

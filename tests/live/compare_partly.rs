//! Recordings that contain only a part of a call: `{status, trace: [{nodeId, nodeName,
//! nodeType, result}]}`. *Source: the lookup tutorial reads no other keys.*

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with the bundled recordings, reduced to the keys that the tutorial reads, and
/// with the flow that they were recorded on.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("fixtures/compare/recordings")).unwrap() {
        let path = entry.unwrap().path();
        let mut document: Value =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        reduce(&mut document["response"]);
        let name = path.file_name().unwrap();
        fs::write(folder.path().join(name), document.to_string()).unwrap();
    }
    let flow = root().join("fixtures/order-status/flows/order_status.json");
    fs::copy(flow, folder.path().join("flow.json")).unwrap();
    folder
}

fn reduce(response: &mut Value) {
    let steps = response["trace"].as_array().unwrap().iter().map(|step| {
        let keys = ["nodeId", "nodeName", "nodeType", "result"];
        keys.into_iter().map(|key| (key.to_owned(), step[key].clone())).collect::<Value>()
    });
    *response = json!({"status": response["status"], "trace": steps.collect::<Vec<_>>()});
}

/// Changes the flow.
fn change(folder: &Path, old: &str, new: &str) {
    let path = folder.join("flow.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old}");
    fs::write(path, text.replace(old, new)).unwrap();
}

fn compare(folder: &Path, recording: &str, format: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let arguments = ["compare", recording, "--flows", "flow.json", "--format", format];
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn document(folder: &Path, name: &str) -> Value {
    let (_, text) = compare(folder, &format!("{name}.recording.json"), "json");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_summary_names_missing_data_which_does_not_differ() {
    let folder = folder();
    let (code, text) = compare(folder.path(), ".", "text");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("9 recordings: 9 equal\n"), "{text}");
    assert!(text.contains("not compared in equal calls: "), "{text}");
    assert!(text.contains("final variables (9)"), "{text}");
    // One call failed; the recording does not say with which error.
    assert!(text.contains("error of the call (1)"), "{text}");
    let (_, text) = compare(folder.path(), "being-packed.recording.json", "text");
    assert!(text.starts_with("equal; not compared: "), "{text}");
}

#[test]
fn the_condition_is_the_path() {
    let folder = folder();
    change(folder.path(), "== 'packing'", "== 'packed'");
    let found = document(folder.path(), "being-packed");
    let path = &found["differences"][0];
    assert_eq!(path["kind"], "path", "{found:#}");
    assert_eq!(path["recorded"], "condition 2");
    assert_eq!(path["local"], "default");
    assert_eq!(found["cause"]["kind"], "condition");
}

#[test]
fn a_renamed_node_is_equal() {
    let folder = folder();
    change(folder.path(), "\"TellPacking\"", "\"SayPacking\"");
    let found = document(folder.path(), "being-packed");
    assert_eq!(found["verdict"], "equal", "{found:#}");
    let renamed = json!([{"recorded": "TellPacking", "local": "SayPacking"}]);
    assert_eq!(found["renamed"], renamed);
    let (_, text) = compare(folder.path(), "being-packed.recording.json", "text");
    assert!(text.contains("renamed  `TellPacking` is `SayPacking` locally"), "{text}");
}

#[test]
fn another_variable_of_a_condition_is_named() {
    let folder = folder();
    change(
        folder.path(),
        "{GetOrder.state} == 'packing'",
        "{AskOrder.digits} == 'packing'",
    );
    let found = document(folder.path(), "being-packed");
    let text = found["cause"]["text"].as_str().unwrap();
    assert!(text.contains("`AskOrder.digits`"), "{text}");
    assert!(text.contains("the variable of the condition was changed"), "{text}");
}

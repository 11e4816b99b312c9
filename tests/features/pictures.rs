//! Heat maps as PNG.

#![expect(clippy::unwrap_used, reason = "a picture that is missing fails the test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::{TempDir, tempdir};

/// Returns what a command writes that succeeds.
fn flowsim(arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    let output = output.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    output.stdout
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// Returns the width and the height of a picture.
fn size(picture: &[u8]) -> (u32, u32) {
    assert_eq!(picture[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// Writes a decision log.
fn log(path: &str, decision: &str) {
    let entry = |number: usize| {
        let decision = if number.is_multiple_of(3) { "route_to_queue" } else { decision };
        let keys = ["1", "1", "1", "2", "2", "0", "*"][number % 7];
        let entry = json!({
            "timestamp": format!("2026-01-05T09:00:{number:02}.123456"),
            "flowInstanceId": format!("call-{number}"),
            "dtmf": keys,
            "queue_occupancy": number * 7 % 10,
            "routing_decision": decision,
            "state": "COMPLETE",
        });
        format!("{entry}\n")
    };
    fs::write(path, (0..60).map(entry).collect::<String>()).unwrap();
}

#[test]
fn a_picture_has_letters_and_is_deterministic() {
    let folder = tempdir().unwrap();
    let (entries, file) = (path(&folder, "log.ndjson"), path(&folder, "heat.png"));
    log(&entries, "route_to_vm");
    let png = ["heatmap", &entries, "--format", "png"];
    assert_eq!(flowsim(&[&png[..], &["--out", &file]].concat()), b"");
    let picture = fs::read(&file).unwrap();
    let (width, height) = size(&picture);
    assert!(width > 600 && height > 400, "{width} × {height}");
    assert!(flowsim(&png) == picture);
    // Other names of the same length have other letters.
    log(&entries, "route_to_xx");
    assert!(flowsim(&png) != picture);
}

/// Writes traces of the menu.
fn traces(path: &str) {
    let call = |keys: &str| {
        flowsim(&[
            "run",
            "fixtures/shared-flow/flows",
            "--fixtures",
            "fixtures/shared-flow/fixtures.yaml",
            "--flow",
            "Inbound_Flow_A",
            "--format",
            "json",
            "--input",
            keys,
        ])
    };
    fs::write(path, ["1", "1", "2", "3", "9"].map(call).concat()).unwrap();
}

#[test]
fn a_picture_of_flows_is_larger_and_deterministic() {
    let folder = tempdir().unwrap();
    let calls = path(&folder, "traces.jsonl");
    traces(&calls);
    let picture = |more: &[&str]| {
        flowsim(&[&["heatmap", &calls, "--format", "png"], more].concat())
    };
    let flows = ["--flows", "fixtures/shared-flow/flows"];
    let (alone, with) = (picture(&[]), picture(&flows));
    assert!(size(&with).1 > size(&alone).1 + 1_000, "{:?}", size(&with));
    assert!(picture(&flows) == with);
}

/// Writes a flow whose name and node have this name, and the coverage of its calls.
fn named(folder: &Path, name: &str) {
    let node = json!({"id": "n0", "name": name, "type": "Say", "properties": {"sayText": "Hi."}});
    let flow = json!({
        "id": "f", "name": name, "type": "inbound",
        "draft": {"startNode": "n0", "nodes": {"n0": node}},
    });
    fs::write(folder.join("flow.json"), flow.to_string()).unwrap();
    let node = json!({"id": "n0", "kind": "nodes", "count": 7, "parts": []});
    let coverage = json!({
        "schema": "flowsim.coverage/1", "calls": 7,
        "flows": [{"id": "f", "name": name, "nodes": [node]}],
    });
    fs::write(folder.join("coverage.json"), coverage.to_string()).unwrap();
}

/// Names come from other people; a picture is drawn from a document that contains them.
#[test]
fn names_in_pictures_are_not_interpreted() {
    let folder = tempdir().unwrap();
    let (flow, coverage) = (path(&folder, "flow.json"), path(&folder, "coverage.json"));
    let png = ["heatmap", &coverage, "--flows", &flow, "--format", "png"];
    named(folder.path(), "plain");
    let plain = size(&flowsim(&png));
    let evil = "</text></svg><script>alert(1)</script>\u{1b}[2J & \"more\"\u{ffff}";
    named(folder.path(), evil);
    let (_, height) = size(&flowsim(&png));
    assert_eq!(height, plain.1);
}

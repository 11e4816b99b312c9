//! Findings of an exploration: each is shown by a call, or proved. *Source:
//! docs/exploration.md.*

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const FLOW: &str = "fixtures/architect/findings.yaml";

/// Limits of an exploration that finds the same as with the defaults, in less time: one for
/// endless calls, and one for many entries.
const QUICK: [&str; 4] = ["--max-actions", "1000", "--budget", "3000"];

/// Returns the findings of a flow.
fn findings(arguments: &[&str]) -> Vec<Value> {
    let printed = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["explore", "--findings", "--format", "json"])
        .args(QUICK)
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&printed.stderr);
    assert_eq!(printed.status.code(), Some(0), "{text}");
    let exploration: Value = serde_json::from_slice(&printed.stdout).unwrap();
    exploration["findings"].as_array().unwrap().clone()
}

/// Returns the code, node and input of each finding.
fn short(findings: &[Value]) -> Vec<String> {
    let short = findings.iter().map(|it| {
        let input = match it["input"].as_array() {
            Some(input) => input.iter().map(|it| it.as_str().unwrap()).collect(),
            None => vec!["-"],
        };
        let (code, node) = (it["code"].as_str().unwrap(), it["node"].as_str().unwrap());
        format!("{code} {node} {}", input.join(" ")).trim_end().to_owned()
    });
    short.collect()
}

#[test]
fn every_finding_has_the_shortest_call() {
    let found = findings(&[FLOW]);
    assert_eq!(
        short(&found),
        [
            "ENDLESS_CALL Task",
            "SILENT_DISCONNECT Gone 1",
            "REPEATED_PROMPT Second greeting 2",
            "UNHANDLED_ERROR Add 3",
            "UNHANDLED_FAILURE Look up 5",
            "READ_BEFORE_SET Say the name 6",
            "DEAD_END Stuck 4",
            "UNREACHABLE_NODE Never -",
        ]
    );
}

/// The calls show what the findings say when they are run again.
#[test]
fn the_calls_show_the_findings() {
    for (input, expected) in
        [("3", "NOT_SET_NOT_ALLOWED"), ("4", "ACTION_LIMIT_EXCEEDED")]
    {
        let printed = Command::new(env!("CARGO_BIN_EXE_flowsim"))
            .args(["run", FLOW, "--input", input, "--format", "json"])
            .output()
            .unwrap();
        let text = String::from_utf8(printed.stdout).unwrap();
        assert!(text.contains(expected), "{input}: {expected}");
    }
}

#[test]
fn the_bundled_organisations_have_no_findings() {
    for name in ["order-status", "deep-menu", "retry-loop", "northlight-power"] {
        let folder = Path::new("fixtures").join(name);
        let (flows, fixtures) = (folder.join("flows"), folder.join("fixtures.yaml"));
        let arguments =
            [flows.to_str().unwrap(), "--fixtures", fixtures.to_str().unwrap()];
        assert_eq!(short(&findings(&arguments)), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn findings_are_readable() {
    let printed = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["explore", "--findings", FLOW])
        .args(QUICK)
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let text = String::from_utf8(printed.stdout).unwrap();
    let (findings, _) = text.split_once("\nLine: ").unwrap();
    insta::assert_snapshot!(findings);
}

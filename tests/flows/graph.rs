//! Output of `flowsim graph`.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use assert_cmd::Command;
use flowsim::flow::write::{Arrow, Cluster, Graph, Vertex};
use flowsim::report::graph::{render_dot, render_mermaid};

fn flowsim(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::cargo_bin("flowsim").unwrap().args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn drawn(arguments: &[&str]) -> String {
    let (code, out, error) = flowsim(&[&["graph"], arguments].concat());
    assert_eq!((code, error.as_str()), (Some(0), ""));
    out
}

#[test]
fn a_draft_flow_is_drawn() {
    let path = "fixtures/shared-flow/flows";
    insta::assert_snapshot!("draft_mermaid", drawn(&[path, "--flow", "Inbound_Flow_A"]));
    insta::assert_snapshot!(
        "draft_dot",
        drawn(&[path, "--flow", "Inbound_Flow_A", "--format", "dot"])
    );
}

#[test]
fn an_architect_flow_is_drawn() {
    for name in
        ["architect/unreachable", "broken/unknown_output", "broken/duplicate_choice"]
    {
        let path = format!("fixtures/{name}.yaml");
        let name = name.replace('/', "_");
        insta::assert_snapshot!(format!("{name}_mermaid"), drawn(&[&path]));
        insta::assert_snapshot!(
            format!("{name}_dot"),
            drawn(&[&path, "--format", "dot"])
        );
    }
}

/// The document has the menus first; calls start in the task with the opening hours.
#[test]
fn the_task_in_which_calls_start_comes_first() {
    let graph = drawn(&["fixtures/alder-clinic/flows"]);
    let first = "flowchart TD\n  subgraph u0[\"Opening Hours\"]\n    \
                 n0([\"1 Opening Hours<br/>task\"])\n";
    assert!(graph.contains(first), "{graph}");
    assert!(graph.contains("  n0 --> n1\n"), "{graph}");
    assert!(graph.contains("subgraph u1[\"Language\"]"), "{graph}");
}

#[test]
fn decisions_and_cases_show_their_conditions() {
    let graph = drawn(&["tests/suites/causes/kiosk/kiosk.yaml"]);
    let decision = "Gold customer?<br/>decision<br/>Flow.Tier == #34;gold#34;";
    assert!(graph.contains(decision), "{graph}");
    let case = "|\"case 1<br/>Flow.Key == #34;1#34;\"|";
    assert!(graph.contains(case), "{graph}");
}

/// An implicit output leads to the action after its own, and the next round back to its
/// loop.
#[test]
fn no_arrow_is_missing() {
    let path = "fixtures/swift-parcels/flows";
    let loops = drawn(&[path, "--flow", "Ask for Digits"]);
    insta::assert_snapshot!("loop_mermaid", loops);
    // After the loop: when all rounds are finished, and when the loop is left.
    let module = std::fs::read_to_string(format!("{path}/ask-for-digits.yaml")).unwrap();
    let behind =
        "    - playAudio:\n        name: Behind\n        audio:\n          tts: Yes.\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flow.yaml");
    std::fs::write(&file, module + behind).unwrap();
    let graph = drawn(&[file.to_str().unwrap()]);
    for arrow in ["n1 -->|\"default\"| n9\n", "n8 --> n9\n"] {
        assert!(graph.contains(arrow), "{graph}");
    }
}

/// Names come from other people and must not be interpreted.
#[test]
fn names_are_not_interpreted() {
    let name = "a\"] --> <script>`x`; \\ #1\u{7}\nb".to_owned();
    let vertex = Vertex {
        id: None,
        name: name.clone(),
        kind: "say".into(),
        number: Some(1),
        condition: name.clone(),
        is_start: false,
    };
    let graph = Graph {
        name: name.clone(),
        vertices: vec![vertex],
        clusters: vec![Cluster { name: name.clone(), vertices: 0..1 }],
        arrows: vec![Arrow {
            from: 0,
            to: 0,
            label: name.clone(),
            condition: name,
            is_jump: false,
        }],
    };
    insta::assert_snapshot!("names_mermaid", render_mermaid(&graph));
    insta::assert_snapshot!("names_dot", render_dot(&graph));
}

#[test]
fn flows_that_cannot_be_drawn_are_reported() {
    let path = "fixtures/shared-flow/flows";
    let (code, out, error) = flowsim(&["graph", path, "--flow", "Inbound_Flow_Q"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(error.contains("did you mean `Inbound_Flow_"), "{error}");
    let (code, out, error) = flowsim(&["graph", "fixtures/broken/json_syntax.json"]);
    assert_eq!((code, out.as_str()), (Some(3), ""));
    assert!(error.contains("JSON_SYNTAX"), "{error}");
}

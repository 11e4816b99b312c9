//! `flowsim convert --to model`: the parsed model as JSON.

#![expect(clippy::unwrap_used, reason = "a flow that cannot be read fails the test")]

use std::collections::BTreeSet;
use std::process::Command;

use flowsim::flow::read::{Loaded, load_text};
use flowsim::flow::write::model;
use flowsim::source::Files;
use serde_json::Value as Json;

use crate::shared::shared;

fn flowsim(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let output =
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_flow_in_archy_yaml_is_shown() {
    let file = "fixtures/architect/unreachable.yaml";
    let (code, out, error) = flowsim(&["convert", file, "--to", "model"]);
    assert_eq!((code, &*error), (Some(0), ""));
    insta::assert_snapshot!("convert_archy", out);
}

#[test]
fn a_flow_in_architects_json_is_shown() {
    let file = "tests/flows/readers/front_desk.json";
    let (code, out, error) = flowsim(&["convert", file, "--to", "model"]);
    assert_eq!((code, &*error), (Some(0), ""));
    insta::assert_snapshot!("convert_config", out);
}

#[test]
fn a_draft_flow_is_shown_in_its_source_form() {
    let file = "fixtures/order-status/flows/order_status.json";
    let (code, out, _) = flowsim(&["convert", file, "--to", "model"]);
    assert_eq!(code, Some(0));
    let written = std::fs::read_to_string(file).unwrap();
    let json = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    assert_eq!(json(&out), json(&written));
}

#[test]
fn a_flow_that_is_not_an_export_is_identified() {
    for (file, what) in [
        ("fixtures/architect/unreachable.yaml", "Archy YAML"),
        ("tests/flows/readers/front_desk.json", "Architect's JSON"),
        ("fixtures/order-status/flows/order_status.json", "a draft flow"),
    ] {
        let (code, out, error) = flowsim(&["convert", file]);
        let told = format!(
            "error: {file}: not an export but {what}\n\n`--to model` converts it\n"
        );
        assert_eq!((code, &*out, error), (Some(3), "", told));
    }
    let (code, _, error) = flowsim(&["convert", "fixtures/order-status/fixtures.yaml"]);
    assert_eq!(code, Some(3));
    assert!(error.contains("is not base64"), "{error}");
}

#[test]
fn placeholders_are_filled_in_and_other_files_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let flow = folder.path().join("flow.yaml");
    std::fs::write(&flow, "inboundCall:\n  name: \"{{line}}\"\n  tasks: []\n").unwrap();
    let flow = flow.to_str().unwrap();
    let (code, out, error) = flowsim(&["convert", flow, "--to", "model"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\"name\": \"line\""), "{out}");
    assert!(error.contains("warning[UNSET_PLACEHOLDER]"), "{error}");
    let (code, out, _) =
        flowsim(&["convert", flow, "--to", "model", "--set", "line=Sales"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\"name\": \"Sales\""), "{out}");
    let fixtures = "fixtures/order-status/fixtures.yaml";
    let (code, out, error) = flowsim(&["convert", fixtures, "--to", "model"]);
    assert_eq!((code, &*out), (Some(3), ""));
    assert!(error.contains("NOT_A_FLOW"), "{error}");
}

/// The keys are sorted here; the snapshots show their order.
/// The model has the values that every other command uses.
#[test]
fn substitutions_of_terraform_are_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let flow = write(
        "flow.yaml",
        "inboundCall:\n  name: \"{{flow_name}}\"\n  startUpRef: ./tasks/task[t]\n  tasks:\n    \
         - task:\n        name: T\n        refId: t\n        actions:\n          \
         - disconnect: {name: End}\n",
    );
    write(
        "main.tf",
        "resource \"genesyscloud_flow\" \"f\" {\n  filepath = \"${path.module}/flow.yaml\"\n  \
         substitutions = {\n    flow_name = \"Support Line\"\n  }\n}\n",
    );
    let terraform = folder.path().display().to_string();
    let line = ["convert", &flow, "--to", "model", "--terraform", &terraform];
    let (code, out, error) = flowsim(&line);
    assert_eq!((code, &*error), (Some(0), ""));
    assert!(out.contains("Support Line"), "{out}");
}

#[test]
fn entities_with_the_same_name_stay_separate() {
    let flow = "inboundCall:\n  name: F\n  tasks:\n\
                \x20   - task: {name: A, refId: a1, actions: [disconnect: {name: 1 B}]}\n\
                \x20   - task: {name: A, refId: a2, actions: [disconnect: {name: 1 B}]}\n\
                \x20   - task: {name: A (2), refId: a3, actions: [disconnect: ]}\n";
    let shown = shown(&load("flow.yaml", flow));
    let nodes: Vec<&String> =
        shown[0]["draft"]["nodes"].as_object().unwrap().keys().collect();
    let expected = ["1 B", "1 B 2", "A", "A (2)", "A 2", "disconnect"];
    assert_eq!(nodes, expected);
}

fn load(path: &str, text: &str) -> Loaded {
    let mut files = Files::new();
    let names = flowsim::flow::read::archy::substitute(text, &[]).1;
    let values: Vec<(String, String)> =
        names.into_iter().map(|it| (it.clone(), format!("TPL_{it}"))).collect();
    let file = files.add(path, text);
    load_text(&file, &values, &mut files)
}

fn shown(loaded: &Loaded) -> Vec<Json> {
    let flows = loaded.architect.iter();
    flows.map(|flow| serde_json::to_value(model(flow)).unwrap()).collect()
}

#[test]
#[ignore = "needs ../shared/data"]
fn every_action_of_real_flows_is_a_node_and_every_path_leads_to_one() {
    let folder = shared("flows");
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let listed: Vec<Json> = serde_json::from_str(&manifest).unwrap();
    for listed in listed {
        let name = listed["file"].as_str().unwrap();
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let loaded = load(name, &text);
        assert!(!loaded.architect.is_empty(), "{name}");
        for (flow, shown) in loaded.architect.iter().zip(shown(&loaded)) {
            let nodes = shown["draft"]["nodes"].as_object().unwrap();
            let mut count = flow.units.len();
            // The task of a choice is part of the choice.
            flow.each_action(&mut |_, action| {
                count += usize::from(action.kind.value != "menuTask");
            });
            assert_eq!(nodes.len(), count, "{name}");
            let ids: BTreeSet<&str> = nodes.keys().map(String::as_str).collect();
            assert!(ids.contains(shown["draft"]["startNode"].as_str().unwrap()));
            for node in nodes.values() {
                for target in targets(node) {
                    assert!(ids.contains(target), "{target} in {name}");
                }
            }
        }
    }
}

/// Returns the targets of a node: its outputs, choices and `onComplete`.
fn targets(node: &Json) -> impl Iterator<Item = &str> {
    let named = ["outputs", "choices"].into_iter().filter_map(|it| node[it].as_object());
    let ways = named.flat_map(|ways| ways.values()).chain([&node["onComplete"]]);
    ways.filter_map(|way| way["nextNode"].as_str())
}

//! Two flows of different types with one name: every command names them apart, and refuses
//! a name that is not enough. *Source: docs/exploration.md, docs/scenarios.md.*

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;

use crate::explored::{EXPLORE, assert_passes, flowsim, write};

/// A call and a workflow with one name.
fn namesakes() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("flows")).unwrap();
    fs::write(folder.path().join("fixtures.yaml"), "{}\n").unwrap();
    let call = "inboundCall:
  name: Main
  startUpRef: /inboundCall/tasks/task[t]
  tasks:
    - task:
        name: T
        refId: t
        actions:
          - decision:
              name: D
              condition: {exp: 1 == 2}
              outputs: {no: {actions: [{disconnect: {name: Bye}}]}}
";
    let workflow = "workflow:
  name: Main
  startUpRef: /workflow/states/state[s]
  states:
    - state:
        name: S
        refId: s
        actions:
          - endWorkflow: {name: Finished}
";
    fs::write(folder.path().join("flows/a.yaml"), call).unwrap();
    fs::write(folder.path().join("flows/b.yaml"), workflow).unwrap();
    folder
}

#[test]
fn a_test_names_its_flow_without_doubt() {
    let folder = namesakes();
    let suite = write(folder.path());
    assert_eq!(suite["notReplayed"], 0, "{suite}");
    let read = |name: &str| {
        fs::read_to_string(folder.path().join(format!("tests/{name}.explored.test.yaml")))
            .unwrap()
    };
    let [one, two] = ["main", "main-2"].map(read);
    assert!(one.contains("  flow: \"Main (inboundCall)\"\n"), "{one}");
    assert!(one.contains("Bye"), "{one}");
    assert!(two.contains("  flow: \"Main (workflow)\"\n"), "{two}");
    assert!(two.contains("Finished"), "{two}");
    assert_passes(folder.path());
    let (code, _, problems) = flowsim(folder.path(), &["run", "flows"]);
    assert_eq!(code, Some(2), "{problems}");
    assert!(problems.contains("2: Main (inboundCall), Main (workflow)"), "{problems}");
    let run = ["run", "flows", "--flow", "Main (workflow)"];
    let (code, output, problems) = flowsim(folder.path(), &run);
    assert_eq!(code, Some(0), "{problems}");
    assert!(output.contains("Finished"), "{output}");
}

#[test]
fn mutants_name_their_flow_and_whether_they_count() {
    let folder = namesakes();
    write(folder.path());
    let mut arguments = EXPLORE.to_vec();
    arguments.truncate(8);
    arguments.push("--mutants");
    let (code, output, problems) = flowsim(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{problems}");
    let (_, found) = output.split_once("mutants: ").unwrap();
    let lines = output.lines().filter(|line| line.starts_with("equivalent: "));
    let lines: Vec<&str> = lines.collect();
    assert!(found.contains(&format!("{} equivalent", lines.len())), "{output}");
    let is_of_flow =
        |line: &&str| line.starts_with("equivalent: Main (inboundCall): D: ");
    assert!(!lines.is_empty() && lines.iter().all(is_of_flow), "{output}");
    assert!(!output.contains("survived: "), "{output}");
}

#[test]
fn a_name_of_two_flows_is_refused_by_every_command() {
    let folder = namesakes();
    let named = "name one of them: Main (inboundCall), Main (workflow)";
    for command in ["run", "explore", "debug"] {
        let (code, output, problems) =
            flowsim(folder.path(), &[command, "flows", "--flow", "Main"]);
        assert_eq!((code, &*output), (Some(2), ""), "{command}: {problems}");
        assert!(problems.contains("2 flows are called `Main`"), "{command}: {problems}");
        assert!(problems.contains(named), "{command}: {problems}");
    }
    let test = |flow: &str| {
        let text = format!(
            "flows: flows\ntests:\n  - {{name: a, flow: {flow}, expect: {{status: completed}}}}\n"
        );
        fs::write(folder.path().join("a.test.yaml"), text).unwrap();
        flowsim(folder.path(), &["test", "--coverage", "a.test.yaml"])
    };
    let (code, output, problems) = test("Main");
    assert_eq!(code, Some(3), "{output}{problems}");
    assert!(output.contains(named), "{output}");
    let (code, output, problems) = test("Main (workflow)");
    assert_eq!(code, Some(0), "{output}{problems}");
    assert!(output.contains("\nMain (inboundCall)    0 %"), "{output}");
    assert!(output.contains("\nMain (workflow)     100 %"), "{output}");
}

/// An exploration names flows so that its other readers find them.
#[test]
fn an_exploration_names_flows_apart() {
    let folder = namesakes();
    let explore = ["explore", "flows", "--format", "json", "--out", "e.json"];
    assert_eq!(flowsim(folder.path(), &explore).0, Some(0));
    let text = fs::read_to_string(folder.path().join("e.json")).unwrap();
    assert!(text.contains("\"flow\": \"Main (inboundCall)\""), "{text}");
    assert!(!text.contains("\"flow\": \"Main\""), "{text}");
    let test = "flows: flows\ntests:\n  - {name: a, flow: Main (inboundCall), expect: {status: completed}}\n";
    fs::write(folder.path().join("a.test.yaml"), test).unwrap();
    let line = ["test", "--coverage", "--coverage-exploration", "e.json", "a.test.yaml"];
    let (code, output, problems) = flowsim(folder.path(), &line);
    assert_eq!(code, Some(0), "{output}{problems}");
    assert!(!output.contains("never took `yes`"), "{output}");
}

/// The counts and titles of heat maps are apart, too.
#[test]
fn a_heat_map_names_its_flows_without_doubt() {
    let folder = namesakes();
    let play = |kind: &str, out: &str| {
        let flow = format!("Main ({kind})");
        let line = ["run", "flows", "--flow", &flow, "--format", "json"];
        let (_, trace, problems) = flowsim(folder.path(), &line);
        assert!(!trace.is_empty(), "{problems}");
        fs::write(folder.path().join(out), trace).unwrap();
    };
    play("inboundCall", "a.json");
    play("workflow", "b.json");
    let shown = |format: &str| {
        let inputs = ["heatmap", "a.json", "a.json", "b.json", "--flows", "flows"];
        let line = [&inputs[..], &["--format", format]].concat();
        let (code, output, problems) = flowsim(folder.path(), &line);
        assert_eq!(code, Some(0), "{problems}");
        output
    };
    let titles = ["Main (inboundCall)", "Main (workflow)"];
    for format in ["text", "svg", "html", "mermaid", "dot"] {
        let shown = shown(format);
        assert!(titles.iter().all(|title| shown.contains(title)), "{format}: {shown}");
    }
    let json: serde_json::Value = serde_json::from_str(&shown("json")).unwrap();
    let flows = json["flows"].as_array().unwrap();
    let found = flows.iter().map(|flow| {
        let nodes = flow["nodes"].as_array().unwrap();
        let counts = nodes.iter().map(|node| node["count"].as_u64().unwrap());
        (flow["name"].as_str().unwrap(), counts.max().unwrap())
    });
    let found: Vec<(&str, u64)> = found.collect();
    assert_eq!(found, [(titles[0], 2), (titles[1], 1)]);
}

/// The outputs of commands are checked before the work begins.
#[test]
fn an_output_that_is_an_input_is_refused_first() {
    let folder = namesakes();
    let flow = folder.path().join("flows/a.yaml");
    let before = fs::read_to_string(&flow).unwrap();
    for line in [
        "explore flows --out flows/a.yaml --budget 100000000",
        "explore flows --format json --out flows/b.yaml",
        "run flows --flow Main_ --values-out flows/a.yaml",
        "convert flows/a.yaml --to model --out flows/a.yaml",
        "coverage merge flows/a.yaml --out flows/a.yaml",
    ] {
        let line = line.replace("Main_", "Main\u{a0}(workflow)");
        let words: Vec<String> =
            line.split(' ').map(|word| word.replace('\u{a0}', " ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (code, output, problems) = flowsim(folder.path(), &words);
        assert_eq!((code, &*output), (Some(2), ""), "{line}: {problems}");
        assert!(problems.contains("cannot write to it"), "{line}: {problems}");
    }
    assert_eq!(fs::read_to_string(&flow).unwrap(), before);
}

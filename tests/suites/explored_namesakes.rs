//! `flowsim explore --suite` and `--mutants` of two flows with one name.
//! *Source: docs/exploration.md.*

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

//! The same at the command line: what its readmes say to type does run.

use std::path::Path;

use assert_cmd::Command;

fn flowsim(arguments: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("flowsim");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

/// The words of a command line, as a shell has them: quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut is_quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            other => words.last_mut().expect("there is a word").push(other),
        }
    }
    words
}

#[test]
fn every_command_of_the_readmes_of_the_fixtures_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
    for folder in std::fs::read_dir(root).unwrap() {
        let Ok(text) = std::fs::read_to_string(folder.unwrap().path().join("README.md"))
        else {
            continue;
        };
        for line in text.lines().filter_map(|line| line.strip_prefix("flowsim ")) {
            let words = words(line);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            // What is compared there is meant to differ.
            let code = i32::from(line.ends_with("fixtures/compare/flows"));
            let output = flowsim(&words).assert().code(code).get_output().clone();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn an_unknown_node_is_refused_before_anything_runs() {
    let flows = "fixtures/retry-loop/flows";
    let output =
        flowsim(&["run", flows, "--node", "AskPn"]).assert().code(2).get_output().clone();
    assert!(output.stdout.is_empty());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("AskPn") && message.contains("did you mean `AskPin`"),
        "{message}"
    );
}

#[test]
fn a_request_that_names_an_unknown_node_or_flow_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request.json");
    for request in [
        r#"{"flowId": "Voicemail_Pin", "nodeId": "Nowhere"}"#,
        r#"{"flowId": "Nobody"}"#,
        "[]",
    ] {
        std::fs::write(&path, request).unwrap();
        let output = flowsim(&["run", "fixtures/retry-loop/flows", "--request"])
            .arg(&path)
            .assert()
            .code(3)
            .get_output()
            .clone();
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}

#[test]
fn a_call_that_ends_in_error_or_timeout_exits_with_1() {
    let flows = "fixtures/retry-loop/flows";
    flowsim(&["run", flows, "--input", "hangup"]).assert().code(1);
    flowsim(&["run", flows, "--timeout-ms", "100"]).assert().code(1);
    flowsim(&["run", flows]).assert().code(0);
}

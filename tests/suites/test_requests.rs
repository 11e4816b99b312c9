//! `flowsim test --list --format json` and `--on-request`, as another program uses them.

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

const TESTS: &str = r#"defaults: {flow: Inbound_Flow_A, tags: phone}
tests:
  - {name: routed, tags: [smoke], input: ["1"], expect: {routing: {queueId: support}}}
  - {name: not routed, input: ["2"], expect: {routing: {queueId: sales}}}
  - {name: later, skip: not yet, expect: {status: completed}}
  - {name: same, each: [{key: "1"}, {key: "2"}], input: ["${key}"], expect: {status: completed}}
"#;

/// Exit code, lines of standard output, and standard error.
fn flowsim(
    folder: &Path,
    arguments: &str,
    input: &str,
) -> (Option<i32>, Vec<Value>, String) {
    let mut command = Command::cargo_bin("flowsim").unwrap();
    let arguments = arguments.split(' ');
    let command = command.current_dir(folder).arg("test").args(arguments);
    let output = command.write_stdin(input).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    let error = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), lines.collect(), error)
}

/// A folder with a scenario file, and one that does not load.
fn suite() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n",
        shared.display()
    );
    fs::write(folder.path().join("a.test.yaml"), format!("{head}{TESTS}")).unwrap();
    fs::write(folder.path().join("b.test.yaml"), format!("{head}testz: []\n")).unwrap();
    folder
}

fn keys<'l>(lines: &'l [Value], event: &str, key: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["event"] == event).map(|line| &line[key]).collect()
}

#[test]
fn a_list_has_tags_titles_rows_and_files_that_do_not_load() {
    let folder = suite();
    let (code, lines, error) = flowsim(folder.path(), "--list --format json", "");
    assert_eq!(code, Some(3), "{error}");
    let started = json!({
        "schema": "flowsim.run/1", "event": "started", "selected": 6, "found": 6, "files": 2
    });
    assert_eq!(lines[0], started);
    assert_eq!(lines.len(), 7);
    let titles = [
        "routed",
        "not routed",
        "later",
        "same (row 1)",
        "same (row 2)",
        "the scenario file loads",
    ];
    assert_eq!(keys(&lines, "listed", "title"), titles);
    assert_eq!(keys(&lines, "listed", "number"), [1, 2, 3, 4, 5, 6]);
    assert_eq!(lines[1]["tags"], json!(["smoke", "phone"]));
    assert_eq!(lines[3]["skip"], "not yet");
    assert_eq!((&lines[5]["name"], &lines[5]["row"]), (&json!("same"), &json!(2)));
    assert_eq!(lines[5]["explanation"], Value::Null);
    assert_eq!(lines[6]["file"], "b.test.yaml");
    assert!(
        lines[6]["explanation"].as_str().unwrap().contains("b.test.yaml:"),
        "{}",
        lines[6]
    );
}

#[test]
fn a_selection_has_a_list_of_its_tests() {
    let folder = suite();
    let (code, lines, _) =
        flowsim(folder.path(), "--list --format json a.test.yaml -k routed", "");
    assert_eq!(code, Some(0));
    assert_eq!((&lines[0]["selected"], &lines[0]["found"]), (&json!(2), &json!(5)));
    assert_eq!(keys(&lines, "listed", "title"), ["routed", "not routed"]);
}

#[test]
fn requested_tests_run_in_the_order_of_the_requests() {
    let folder = suite();
    let (code, lines, _) = flowsim(folder.path(), "--on-request", "5\n2\n5\n6\n3\n");
    assert_eq!(code, Some(3));
    let list = flowsim(folder.path(), "--list --format json", "").1;
    assert_eq!(lines[..7], list);
    assert_eq!(
        keys(&lines, "finished", "outcome"),
        ["passed", "failed", "passed", "broken", "skipped"]
    );
    assert_eq!(keys(&lines, "finished", "line"), [8, 6, 8, 1, 7]);
    let ended = lines.last().unwrap();
    assert_eq!(
        (&ended["passed"], &ended["failed"], &ended["notRun"]),
        (&json!(2), &json!(2), &json!(0))
    );
    let failed = &lines[8];
    assert!(failed["explanation"].as_str().unwrap().contains("sales"), "{failed}");
    assert_eq!(failed["call"]["status"], "completed");
}

#[test]
fn the_exit_code_is_that_of_the_requested_tests() {
    let folder = suite();
    for (input, expected) in [("", 0), ("1\n", 0), ("1\n2\n", 1), ("1", 0)] {
        let (code, ..) = flowsim(folder.path(), "--on-request a.test.yaml", input);
        assert_eq!(code, Some(expected), "{input}");
    }
}

#[test]
fn a_line_without_a_number_of_a_test_ends_the_run() {
    let folder = suite();
    for wrong in ["0", "6", "routed", "-1", "", "\u{1b}[2J"] {
        let input = format!("1\n{wrong}\n2\n");
        let (code, lines, error) =
            flowsim(folder.path(), "--on-request a.test.yaml", &input);
        assert_eq!(code, Some(2), "{wrong}");
        assert_eq!(keys(&lines, "finished", "outcome"), ["passed"], "{wrong}");
        assert!(error.contains("expected the number of a test, 1 to 5"), "{error}");
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}

#[test]
fn reports_are_those_of_the_requested_tests() {
    let folder = suite();
    let arguments =
        "--on-request a.test.yaml --report json=run.jsonl --coverage-out cov.json";
    let (code, ..) = flowsim(folder.path(), arguments, "4\n1\n");
    assert_eq!(code, Some(0));
    let report = fs::read_to_string(folder.path().join("run.jsonl")).unwrap();
    let report: Vec<Value> =
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&report[0]["selected"], &report[0]["found"]), (&json!(2), &json!(5)));
    assert_eq!(keys(&report, "finished", "row"), [&json!(1), &Value::Null]);
    assert!(folder.path().join("cov.json").exists());
}

#[test]
fn lines_are_as_their_schema_says() {
    let schema =
        Command::cargo_bin("flowsim").unwrap().args(["schema", "run"]).output().unwrap();
    let schema = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_, lines, _) = flowsim(suite().path(), "--on-request", "1\n2\n3\n6\n");
    for line in lines {
        let errors: Vec<_> =
            validator.iter_errors(&line).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{line}\n{errors:?}");
    }
}

#[test]
fn a_test_has_its_tags_and_those_of_the_defaults() {
    for (defaults, own) in [
        ("a", "b"),
        ("[a]", "b"),
        ("a", "[b]"),
        ("[a]", "[b]"),
        ("a", "[b, a]"),
        ("a", "null"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let test = format!("{{name: x, skip: true, tags: {own}}}");
        let text = format!("flows: .\ndefaults: {{tags: {defaults}}}\ntests: [{test}]\n");
        fs::write(folder.path().join("a.test.yaml"), text).unwrap();
        let (_, lines, _) = flowsim(folder.path(), "--list --format json", "");
        let expected = if own == "null" { json!([]) } else { json!(["b", "a"]) };
        assert_eq!(lines[1]["tags"], expected, "{defaults} and {own}");
    }
}

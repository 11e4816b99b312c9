//! Tables of tests in CSV files.

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;

const SUITE: &str = r#"tests:
  - name: "key ${key}"
    each: rows/calls.csv
    input: ["${key}"]
    expect: {routing: {queueId: "${queue}"}, actions: "${actions}"}
"#;

fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("flowsim").unwrap();
    let output =
        command.current_dir(folder).arg("test").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn suite(rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n\
         defaults: {{flow: Inbound_Flow_A}}\n",
        shared.display()
    );
    fs::create_dir(folder.path().join("rows")).unwrap();
    fs::write(folder.path().join("a.test.yaml"), head + SUITE).unwrap();
    fs::write(folder.path().join("rows/calls.csv"), rows).unwrap();
    folder
}

#[test]
fn every_row_of_the_file_is_a_test() {
    let folder = suite("key,queue,actions:number\n1,support,9\n2,,9\n");
    let (code, out, error) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(1), "{error}");
    assert!(out.contains("2 tests: 1 passed, 1 failed"), "{out}");
    // The second row is wrong; its command runs it alone.
    assert!(out.contains("flowsim test a.test.yaml:5:2"), "{out}");
    let (_, out, _) = flowsim(folder.path(), &["a.test.yaml:5:2", "--list"]);
    assert_eq!(out, "a.test.yaml:5:2 key 2\n");
}

#[test]
fn mistakes_of_the_file_are_reported_at_each() {
    let folder = suite("key,queue,actions:number\n1,support,nine\n");
    let (code, _, error) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(3));
    let message =
        "rows/calls.csv: line 2: the column `actions` has `nine`, expected a number";
    assert!(error.contains(message) && error.contains("a.test.yaml:6:11"), "{error}");
    fs::write(folder.path().join("rows/calls.csv"), "key,queue\n1,support\n").unwrap();
    let (_, _, error) = flowsim(folder.path(), &[]);
    assert!(error.contains("the row of `each` has no `actions`"), "{error}");
    fs::remove_file(folder.path().join("rows/calls.csv")).unwrap();
    let (code, _, error) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(3));
    assert!(error.contains("rows/calls.csv"), "{error}");
}

#[test]
fn a_run_does_not_overwrite_its_table() {
    let folder = suite("key,queue,actions:number\n1,support,9\n");
    let (code, _, error) = flowsim(folder.path(), &["--report", "tap=rows/calls.csv"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("this run reads rows/calls.csv"), "{error}");
}

//! The remembered results of `flowsim explore --mutants`: a second run finds nothing again,
//! and no change of anything that decides a result meets an old one.
//!
//! The tests falsify the remembered results, so that each result that is taken from the file
//! is visible. *Source: docs/exploration.md.*

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// An exploration of few questions, which finds as much as one of many.
const EXPLORE: [&str; 6] =
    ["explore", "flows", "--fixtures", "fixtures.yaml", "--mutants", "--format=json"];
const BUDGET: [&str; 2] = ["--budget", "1000"];

/// Explores with further arguments. Returns standard output.
fn explored(folder: &Path, further: &[&str]) -> String {
    let mut command = Command::cargo_bin("flowsim").unwrap();
    command.current_dir(folder).args(EXPLORE).args(further);
    if !further.contains(&"--budget") {
        command.args(BUDGET);
    }
    let output = command.output().unwrap();
    let problems = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{problems}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the names of the flows with surviving mutants.
fn survivors(folder: &Path) -> Vec<String> {
    let exploration: Value = serde_json::from_str(&explored(folder, &[])).unwrap();
    let list = exploration["mutants"]["list"].as_array().unwrap();
    list.iter().map(|it| it["flow"].as_str().unwrap().to_owned()).collect()
}

fn remembered(folder: &Path) -> PathBuf {
    folder.join(".flowsim/mutants.txt")
}

/// Replaces remembered results, with the right hash of the file.
fn falsify(folder: &Path, change: impl Fn(&str) -> &str) {
    let text = fs::read_to_string(remembered(folder)).unwrap();
    let (first, lines) = text.split_once('\n').unwrap();
    let (form, _) = first.split_once(' ').unwrap();
    let mut changed = String::new();
    for line in lines.lines() {
        let (key, result) = line.split_once(' ').unwrap();
        writeln!(changed, "{key} {}", change(result)).unwrap();
    }
    let mut hash = Sha256::new();
    for part in [form, &changed] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hash: String = hash.finalize().iter().map(|it| format!("{it:02x}")).collect();
    assert_ne!(lines, changed, "nothing to falsify");
    fs::write(remembered(folder), format!("{form} {}\n{changed}", &hash[..32])).unwrap();
}

/// Exchanges the results of tests.
fn exchanged(result: &str) -> &str {
    match result {
        "passed" => "failed",
        "failed" => "passed",
        other => other,
    }
}

/// Denies that known calls reach mutants.
fn denied(result: &str) -> &str {
    let is_search = result == "unknown" || result.parse::<f64>().is_ok();
    if is_search { "unreached" } else { result }
}

const A: &str = r#"{"id": "a", "name": "A", "type": "inbound", "draft": {"startNode": "Hello", "nodes": {"Hello": {"type": "Say", "properties": {"sayText": "Hello A."}, "onComplete": {"nextNode": "Module"}}, "Module": {"type": "Flow", "properties": {"flowName": "C"}, "onComplete": {"nextNode": "End"}}, "End": {"type": "End"}}}}"#;

const B: &str = r#"{"id": "b", "name": "B", "type": "inbound", "draft": {"startNode": "Hello", "nodes": {"Hello": {"type": "Say", "properties": {"sayText": "Hello B."}, "onComplete": {"nextNode": "End"}}, "End": {"type": "End"}}}}"#;

const C: &str = r#"{"id": "c", "name": "C", "type": "module", "published": true, "draft": {"startNode": "Set", "nodes": {"Set": {"type": "End"}}}}"#;

const TESTS: &str = "flows: ../flows\nfixtures: ../fixtures.yaml\ndefaults: {seed: 0}\ntests:\n  - name: a\n    flow: A\n    expect: {status: completed}\n  - name: b\n    flow: B\n    expect: {prompts: [Hello B.]}\n";

const FIXTURES: &str =
    "queues: [{id: orders, name: Orders}]\ncontacts: {file: contacts.csv}\n";

/// Two flows with a test each. The first one calls a module. The test of A does not
/// notice that its prompt is left out; that of B does.
fn two_flows() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("flows/a.json", A),
        ("flows/b.json", B),
        ("flows/c.json", C),
        ("tests/own.test.yaml", TESTS),
        ("fixtures.yaml", FIXTURES),
        ("contacts.csv", "id,firstName\n1,Ada\n"),
        ("flowsim.toml", "tests = [\"tests\"]\n"),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Replaces a string in a file.
fn edit(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name}: {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_second_run_takes_every_result_from_the_file() {
    let folder = two_flows();
    let folder = folder.path();
    let first = explored(folder, &[]);
    let written = fs::read(remembered(folder)).unwrap();
    assert_eq!(explored(folder, &[]), first);
    assert_eq!(fs::read(remembered(folder)).unwrap(), written);
    let ignored = fs::read_to_string(folder.join(".flowsim/.gitignore")).unwrap();
    assert_eq!(ignored, "*\n");
    falsify(folder, exchanged);
    assert_eq!(survivors(folder), ["B"], "the results were found again");
    assert_eq!(explored(folder, &["--no-cache"]), first);
}

/// Each row has the file, the change, and the flows whose mutants survive with false results
/// about everything that did not change. A survives in truth, B with false results.
#[test]
fn a_change_concerns_the_results_that_depend_on_it() {
    let changes = [
        ("flows/a.json", "Hello A.", "Hello, A.", &["A", "B"][..]),
        ("flows/a.json", "\"End\"}}}}", "\"End\", \"name\": \"Over\"}}}}", &["A", "B"]),
        ("flows/b.json", "\"End\"}}}}", "\"End\", \"name\": \"Over\"}}}}", &[]),
        ("flows/c.json", "\"Set\"", "\"Put\"", &["A", "B"]),
        ("tests/own.test.yaml", "completed}", "completed, elapsedMs: 0}", &["A", "B"]),
        ("tests/own.test.yaml", "[Hello B.]", "[ {contains: Hello} ]", &[]),
        ("tests/own.test.yaml", "name: a\n", "name: b\n", &["A", "B"]),
        ("tests/own.test.yaml", "{seed: 0}", "{seed: 1}", &["A"]),
        ("fixtures.yaml", "Orders", "Claims", &["A"]),
        ("contacts.csv", "Ada", "Grace", &["A"]),
    ];
    let folder = two_flows();
    explored(folder.path(), &[]);
    falsify(folder.path(), exchanged);
    let falsified = fs::read(remembered(folder.path())).unwrap();
    for (name, from, to, expected) in changes {
        let path = folder.path().join(name);
        let before = fs::read(&path).unwrap();
        edit(folder.path(), name, from, to);
        assert_eq!(survivors(folder.path()), expected, "{name}: {to}");
        fs::write(&path, before).unwrap();
        fs::write(remembered(folder.path()), &falsified).unwrap();
    }
    let further = folder.path().join("flows/d.json");
    fs::write(further, B.replace("\"b\"", "\"d\"").replace("\"B\"", "\"D\"")).unwrap();
    assert_eq!(survivors(folder.path()), ["A", "D"], "a new flow");
}

/// Moving a test or adding one does not change what it depends on.
#[test]
fn the_place_of_a_test_does_not_matter() {
    let folder = two_flows();
    let folder = folder.path();
    explored(folder, &[]);
    falsify(folder, exchanged);
    let further = "tests:\n  # Plays B twice.\n  - name: c\n    flow: B\n    expect: {status: completed}\n";
    edit(folder, "tests/own.test.yaml", "tests:\n", further);
    assert_eq!(survivors(folder), ["B"]);
}

/// A folder with the flows and fixtures of a bundled organisation, and one weak test.
fn orders() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/order-status");
    fs::create_dir(folder.path().join("flows")).unwrap();
    fs::create_dir(folder.path().join("tests")).unwrap();
    for name in ["flows/order_status.json", "fixtures.yaml"] {
        fs::copy(bundled.join(name), folder.path().join(name)).unwrap();
    }
    let own = "flows: ../flows\nfixtures: ../fixtures.yaml\ntests:\n  - name: silent\n    expect: {status: completed}\n";
    fs::write(folder.path().join("tests/own.test.yaml"), own).unwrap();
    fs::write(folder.path().join("flowsim.toml"), "tests = [\"tests\"]\n").unwrap();
    folder
}

/// The search for a call that detects a mutant depends on the calls of the exploration, so
/// on its options and the fixtures.
#[test]
fn the_detecting_calls_depend_on_the_exploration() {
    let folder = orders();
    let folder = folder.path();
    explored(folder, &[]);
    falsify(folder, denied);
    let falsified = fs::read(remembered(folder)).unwrap();
    let unreached = |text: &str| {
        let exploration: Value = serde_json::from_str(text).unwrap();
        exploration["mutants"]["unreached"].as_u64().unwrap()
    };
    assert_eq!(unreached(&explored(folder, &[])), 15);
    assert_eq!(unreached(&explored(folder, &["--no-cache"])), 0);
    let options: [&[&str]; 6] = [
        &["--budget", "3"],
        &["--max-actions", "9999"],
        &["--at", "2026-03-05T09:00:00Z"],
        &["--context", "from=+15551234567"],
        &["--fixed"],
        &["--flow", "Order_Status", "--var", "other=1"],
    ];
    for further in options {
        let own = explored(folder, &[further, &["--no-cache"]].concat());
        assert_eq!(explored(folder, further), own, "{further:?}");
        fs::write(remembered(folder), &falsified).unwrap();
    }
    let changes = [
        ("fixtures.yaml", "days: 2", "days: 3"),
        ("flows/order_status.json", "\"Orders\"", "\"Claims\""),
    ];
    for (name, from, to) in changes {
        edit(folder, name, from, to);
        let own = explored(folder, &["--no-cache"]);
        assert_eq!(explored(folder, &[]), own, "{name}");
        edit(folder, name, to, from);
        fs::write(remembered(folder), &falsified).unwrap();
    }
}

/// The output is the same with and without remembered results, at any number of threads, and
/// for shares, which add to the same file.
#[test]
fn remembered_results_change_no_byte() {
    let folder = orders();
    let folder = folder.path();
    let suite = ["--budget", "300", "--suite", "tests"];
    let with = |further: &[&str]| explored(folder, &[&suite, further].concat());
    with(&[]);
    let whole = with(&["--no-cache"]);
    for further in
        [&["--jobs", "1"][..], &["--jobs", "4"], &["--no-cache", "--jobs", "1"]]
    {
        assert_eq!(with(further), whole, "{further:?}");
    }
    fs::remove_file(remembered(folder)).unwrap();
    for kind in ["slice", "hash"] {
        for share in 1..=3 {
            let share = format!("{kind}:{share}/3");
            let own = with(&["--partition", &share, "--no-cache"]);
            assert_eq!(with(&["--partition", &share]), own, "{share}");
        }
    }
    let shares = fs::read(remembered(folder)).unwrap();
    assert_eq!(with(&[]), whole);
    // The shares have the same results, in another order.
    assert_eq!(fs::read(remembered(folder)).unwrap().len(), shares.len());
}

#[test]
fn a_foreign_or_damaged_file_is_replaced() {
    let folder = two_flows();
    let folder = folder.path();
    let first = explored(folder, &[]);
    let text = fs::read(remembered(folder)).unwrap();
    let damaged = [
        Vec::new(),
        b"{\"schema\": \"other\"}".to_vec(),
        vec![0xff; 1_000],
        text[..text.len() - 5].to_vec(),
        [&text[..], b"00 passed\n"].concat(),
    ];
    for damaged in damaged {
        fs::write(remembered(folder), &damaged).unwrap();
        assert_eq!(explored(folder, &[]), first);
        assert_eq!(fs::read(remembered(folder)).unwrap(), text);
    }
    fs::remove_file(remembered(folder)).unwrap();
    fs::create_dir(remembered(folder)).unwrap();
    assert_eq!(explored(folder, &[]), first);
}

#[test]
fn without_a_cache_nothing_is_written() {
    let folder = two_flows();
    explored(folder.path(), &["--no-cache"]);
    assert!(!folder.path().join(".flowsim").exists());
}

//! Properties of scenario files without tests in reports, and titles that two cases of a
//! report would share. *Source: docs/scenarios.md, docs/reports.md.*

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;

use crate::explored::flowsim;

const FLOW: &str = r#"{"id": "f", "name": "F", "type": "inbound", "draft": {"startNode": "End",
    "nodes": {"End": {"id": "End", "type": "End"}}}}"#;

const PROPERTY: &str =
    "flows: f.json\nproperties:\n  - name: quiet\n    never: {prompts: loud}\n";

/// Two tests; the second one has the title of the property.
const TESTS: &str = "tests:\n  - {name: ends, expect: {status: completed}}\n  - {name: 'property: quiet', expect: {status: completed}}\n";

/// A folder with a scenario file that has tests, and one that has none.
fn folder() -> tempfile::TempDir {
    let folder = only_properties();
    let suite = format!("{PROPERTY}{TESTS}");
    fs::write(folder.path().join("a.test.yaml"), suite).unwrap();
    folder
}

fn only_properties() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f.json"), FLOW).unwrap();
    fs::write(folder.path().join("b.test.yaml"), PROPERTY).unwrap();
    folder
}

#[test]
fn properties_without_tests_are_skipped_cases() {
    let folder = folder();
    let line =
        ["test", "--show", "all", "--report", "junit=a.xml", "--report", "tap=a.tap"];
    let (code, out, problems) = flowsim(folder.path(), &line);
    assert_eq!(code, Some(0), "{out}{problems}");
    let reason = "the file has no tests; `flowsim explore --properties` checks all calls";
    let shown = format!("- b.test.yaml  property: quiet  not checked: {reason}");
    assert!(out.contains(&shown), "{out}");
    let junit = fs::read_to_string(folder.path().join("a.xml")).unwrap();
    let (_, suite) =
        junit.split_once("<testsuite name=\"b.test.yaml\" tests=\"1\"").unwrap();
    let case = "<testcase name=\"property: quiet\" classname=\"b.test.yaml\">";
    assert!(suite.contains(case), "{suite}");
    assert!(suite.contains(&format!("<skipped message=\"{reason}\"/>")), "{suite}");
    let tap = fs::read_to_string(folder.path().join("a.tap")).unwrap();
    let line = format!("ok 4 - b.test.yaml: property: quiet # SKIP {reason}\n");
    assert!(tap.starts_with("TAP version 14\n1..4\n") && tap.ends_with(&line), "{tap}");
}

/// A report about some of the tests is not about other files.
#[test]
fn a_selection_leaves_out_properties_without_tests() {
    let folder = folder();
    let line = ["test", "-E", "name(ends)", "--report", "tap=a.tap"];
    assert_eq!(flowsim(folder.path(), &line).0, Some(0));
    let tap = fs::read_to_string(folder.path().join("a.tap")).unwrap();
    assert!(!tap.contains("b.test.yaml"), "{tap}");
}

/// Readers of reports identify a case by its file and title.
#[test]
fn a_property_has_another_title_than_a_test() {
    let folder = folder();
    let line = ["test", "--report", "junit=a.xml", "--report", "tap=a.tap"];
    assert_eq!(flowsim(folder.path(), &line).0, Some(0));
    let junit = fs::read_to_string(folder.path().join("a.xml")).unwrap();
    for title in ["property: quiet", "property: quiet (property)"] {
        let case = format!("<testcase name=\"{title}\" classname=\"a.test.yaml\"");
        assert_eq!(junit.matches(&case).count(), 1, "{junit}");
    }
    let tap = fs::read_to_string(folder.path().join("a.tap")).unwrap();
    assert!(tap.contains("ok 3 - a.test.yaml: property: quiet (property)\n"), "{tap}");
}

#[test]
fn files_without_tests_are_not_called_missing() {
    let folder = only_properties();
    for line in [&["test"][..], &["test", "--list"], &["test", "b.test.yaml"]] {
        let (code, out, problems) = flowsim(folder.path(), line);
        assert_eq!(code, Some(4), "{out}{problems}");
        assert!(problems.contains("no tests found, only properties"), "{problems}");
        assert!(problems.contains("flowsim explore --properties PATH"), "{problems}");
    }
}

/// A folder with properties that are kept, broken and not checked.
fn every_result() -> tempfile::TempDir {
    let folder = only_properties();
    let suite = "flows: f.json
properties:
  - {name: quiet, never: {prompts: loud}}
  - {name: end*less, never: {status: completed}}
tests:
  - {name: ends, expect: {status: completed}}
";
    fs::write(folder.path().join("a.test.yaml"), suite).unwrap();
    let kept =
        PROPERTY.to_owned() + "tests:\n  - {name: ends, expect: {status: completed}}\n";
    fs::write(folder.path().join("c.test.yaml"), kept).unwrap();
    folder
}

#[test]
fn every_report_lists_the_properties() {
    let folder = every_result();
    let line = ["test", "--report", "json=a.jsonl", "--report", "markdown=a.md"];
    let (code, out, problems) =
        flowsim(folder.path(), &[&line[..], &["--html", "page"]].concat());
    assert_eq!(code, Some(1), "{out}{problems}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let lines = read("a.jsonl");
    let lines: Vec<&str> =
        lines.lines().filter(|line| line.contains(r#""event":"property""#)).collect();
    insta::assert_snapshot!("properties_in_json", lines.join("\n"));
    let page = read("a.md");
    let (_, list) = page.split_once("### Properties\n").unwrap();
    insta::assert_snapshot!("properties_in_markdown", list);
    let page = read("page/index.html");
    let (_, data) = page.split_once(r#""properties":["#).unwrap();
    let (data, _) = data.split_once("]}").unwrap();
    insta::assert_snapshot!("properties_in_html", data.replace("},{", "},\n{"));
}

/// Every share names the files without tests for the merged report; only a whole run and
/// the merged report list them.
#[test]
fn a_merged_report_has_files_without_tests() {
    let folder = folder();
    for (share, file) in [("slice:1/2", "json=1.jsonl"), ("slice:2/2", "json=2.jsonl")] {
        let line =
            ["test", "--partition", share, "--report", file, "--report", "tap=s.tap"];
        assert_eq!(flowsim(folder.path(), &line).0, Some(0));
        let tap = fs::read_to_string(folder.path().join("s.tap")).unwrap();
        assert!(!tap.contains("b.test.yaml"), "{tap}");
    }
    let line = ["report", "merge", "1.jsonl", "2.jsonl", "--report", "tap=m.tap"];
    let line = [&line[..], &["--report", "json=m.jsonl"]].concat();
    let (code, out, problems) = flowsim(folder.path(), &line);
    assert_eq!(code, Some(0), "{out}{problems}");
    let whole = ["test", "--report", "tap=w.tap", "--report", "json=w.jsonl"];
    assert_eq!(flowsim(folder.path(), &whole).0, Some(0));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("m.tap"), read("w.tap"));
    let of = |name: &str| {
        let lines = read(name);
        let own = lines.lines().filter(|line| line.contains(r#""event":"property""#));
        own.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of("m.jsonl"), of("w.jsonl"));
    // A merged report can be merged again; tests of the file replace its properties.
    fs::write(folder.path().join("b.test.yaml"), format!("{PROPERTY}{TESTS}")).unwrap();
    let again = ["test", "b.test.yaml", "--report", "json=b.jsonl"];
    assert_eq!(flowsim(folder.path(), &again).0, Some(0));
    let line = ["report", "merge", "m.jsonl", "b.jsonl", "--report", "tap=n.tap"];
    assert_eq!(flowsim(folder.path(), &line).0, Some(0));
    let tap = read("n.tap");
    assert!(
        tap.contains("b.test.yaml: ends") && !tap.contains("the file has no tests"),
        "{tap}"
    );
}

//! `flowsim report merge`: reports of several runs from their JSON.

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;

const TESTS: &str = r#"tests:
  - {name: passes, tags: [smoke], input: ["1"], expect: {routing: {queueId: support}}}
  - {name: fails, input: ["1"], expect: {routing: {queueId: sales}}}
  - {name: known, expectFailure: "issue 7", input: ["1"], expect: {routing: {queueId: sales}}}
  - {name: later, skip: not yet, expect: {status: completed}}
  - {name: broken, flow: Nowhere, expect: {status: completed}}
  - {name: same, each: [{key: "1"}, {key: "2"}], input: ["${key}"], expect: {routing: {queueId: support}}}
"#;

fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("flowsim").unwrap();
    let command = command.current_dir(folder).env("CI", "1").args(arguments);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with two scenario files, and one that does not load.
fn suite() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n\
         defaults: {{flow: Inbound_Flow_A}}\n",
        shared.display()
    );
    for (name, tests) in [("a", TESTS), ("b", TESTS), ("c", "testz: []\n")] {
        let path = folder.path().join(format!("{name}.test.yaml"));
        fs::write(path, format!("{head}{tests}")).unwrap();
    }
    folder
}

/// Removes what depends on the machine or on the JSON file.
fn plain(text: &str) -> String {
    let time = regex::Regex::new(
        r#"( time="[0-9.]+"|  [0-9.]+ (s|ms|µs)$|, in [0-9.]+ (s|ms|µs)|duration_ms: [0-9.]+|"tookMs":[0-9.]+)"#,
    );
    let time = time.unwrap();
    text.lines().map(|line| time.replace_all(line, "").into_owned() + "\n").collect()
}

#[test]
fn shards_have_the_reports_of_the_whole_suite() {
    let folder = suite();
    let kinds = ["junit=X.xml", "tap=X.tap", "markdown=X.md", "json=X.jsonl"];
    let reports = |name: &str| -> Vec<String> {
        let name = |kind: &str| kind.replace('X', name);
        kinds.iter().flat_map(|kind| ["--report".to_owned(), name(kind)]).collect()
    };
    let run = |arguments: &[&str], name: &str| {
        let reports = reports(name);
        let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
        flowsim(folder.path(), &[arguments, &reports].concat())
    };
    let whole = run(&["test", "--show", "failures"], "whole");
    for share in ["1/3", "2/3", "3/3"] {
        let name = format!("shard{}", &share[..1]);
        run(&["test", "--partition", &format!("slice:{share}")], &name);
    }
    let shards = ["shard1.jsonl", "shard2.jsonl", "shard3.jsonl"];
    let merged = run(&[&["report", "merge"], &shards[..]].concat(), "merged");
    assert_eq!((whole.0, merged.0), (Some(3), Some(3)), "{}", merged.2);
    let read = |name: String| fs::read_to_string(folder.path().join(name)).unwrap();
    for kind in kinds {
        let (_, file) = kind.split_once('=').unwrap();
        let [whole, merged] =
            ["whole", "merged"].map(|it| plain(&read(file.replace('X', it))));
        assert_eq!(whole, merged, "{kind}");
    }
    // The console lists the same failures.
    let failed =
        |text: &str| plain(text).lines().filter(|it| it.starts_with('✗')).count();
    assert_eq!(failed(&whole.1), failed(&merged.1));
    let counts =
        "15 tests: 4 passed, 7 failed, 2 failed as expected, 2 skipped, in 3 files";
    assert!(merged.1.contains(counts), "{}", merged.1);
}

#[test]
fn html_and_github_need_no_calls_and_cobertura_needs_coverage() {
    let folder = suite();
    let report = ["--report", "json=a.jsonl", "--coverage-out", "a.json"];
    flowsim(folder.path(), &[&["test", "a.test.yaml"][..], &report].concat());
    let merge = ["report", "merge", "a.jsonl"];
    let reports = ["--report", "html=out", "--report", "github"];
    let (_, out, error) = flowsim(folder.path(), &[&merge[..], &reports].concat());
    assert!(out.contains("::error file=a.test.yaml,line=6,"), "{out}{error}");
    let page = fs::read_to_string(folder.path().join("out/index.html")).unwrap();
    assert!(page.contains("failed as expected") && page.contains("a.test.yaml"));
    let cobertura = ["--report", "cobertura=a.xml"];
    let (code, _, error) = flowsim(folder.path(), &[&merge[..], &cobertura].concat());
    assert_eq!(code, Some(2));
    assert!(error.contains("name the files of --coverage-out"), "{error}");
    let with = ["report", "merge", "a.jsonl", "a.json", "--report", "cobertura=a.xml"];
    let (code, _, error) = flowsim(folder.path(), &with);
    assert_eq!(code, Some(3), "a test does not load, as before: {error}");
    let merged = fs::read_to_string(folder.path().join("a.xml")).unwrap();
    let alone = ["coverage", "merge", "a.json", "--format", "cobertura"];
    assert_eq!(flowsim(folder.path(), &alone).1, merged);
    let (code, ..) = flowsim(folder.path(), &["report", "merge", "a.json"]);
    assert_eq!(code, Some(4), "coverage has no tests");
    let (code, _, error) =
        flowsim(folder.path(), &[&merge[..], &["--report", "json=a.jsonl"]].concat());
    assert_eq!(code, Some(2), "a report replaces what is read: {error}");
}

#[test]
fn a_later_run_replaces_the_results_of_an_earlier_one() {
    let folder = suite();
    fs::remove_file(folder.path().join("c.test.yaml")).unwrap();
    let tests = fs::read_to_string(folder.path().join("a.test.yaml")).unwrap();
    flowsim(folder.path(), &["test", "-k", "fails", "--report", "json=1.jsonl"]);
    fs::write(folder.path().join("a.test.yaml"), tests.replace("sales", "support"))
        .unwrap();
    flowsim(folder.path(), &["test", "-k", "fails", "--report", "json=2.jsonl"]);
    let (code, out, _) =
        flowsim(folder.path(), &["report", "merge", "1.jsonl", "2.jsonl"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("2 tests: 1 passed, 1 failed"), "{out}");
}

#[test]
fn other_files_are_an_error_at_their_line() {
    let folder = suite();
    let head = "{\"schema\":\"flowsim.run/1\",\"event\":";
    let ended = "\"ended\",\"notRun\":0,\"tookMs\":null}\n";
    for (text, problem) in [
        ("", "the file has no run"),
        ("{\"schema\":\"flowsim.diff/1\",\"event\":\"x\"}\n", "expected flowsim.run/1"),
        ("\n<xml/>\n", "x.jsonl:2:1"),
        (&format!("{head}\"finished\"}}\n{head}{ended}"), "missing field"),
    ] {
        fs::write(folder.path().join("x.jsonl"), text).unwrap();
        let (code, _, error) = flowsim(folder.path(), &["report", "merge", "x.jsonl"]);
        assert_eq!(code, Some(3), "{text}");
        assert!(error.contains("INVALID_RUN") && error.contains(problem), "{error}");
    }
    let started = "\"started\",\"selected\":0,\"found\":0,\"files\":0}\n";
    fs::write(folder.path().join("x.jsonl"), format!("{head}{started}")).unwrap();
    let (code, _, error) = flowsim(folder.path(), &["report", "merge", "x.jsonl"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("a run has no end"), "{error}");
}

/// The tests of a killed run that have no result are not run, in every report.
#[test]
fn a_killed_run_does_not_succeed() {
    let folder = suite();
    let report = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let passed = ["test", "b.test.yaml", "-k", "passes", "--report", "json=b.jsonl"];
    assert_eq!(flowsim(folder.path(), &passed).0, Some(0));
    flowsim(folder.path(), &["test", "a.test.yaml", "--report", "json=a.jsonl"]);
    let whole = report("a.jsonl");
    let killed: Vec<&str> = whole.lines().take(2).collect();
    assert!(killed[1].contains("\"passed\""), "{killed:?}");
    fs::write(folder.path().join("killed.jsonl"), killed.join("\n")).unwrap();
    let merge = ["report", "merge", "killed.jsonl", "b.jsonl"];
    let kinds = ["junit=m.xml", "tap=m.tap", "markdown=m.md", "json=m.jsonl"];
    let kinds: Vec<&str> = kinds.iter().flat_map(|it| ["--report", *it]).collect();
    let (code, out, err) = flowsim(folder.path(), &[&merge[..], &kinds].concat());
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(out.contains("6 not run"), "{out}");
    assert!(report("m.xml").contains("errors=\"1\""), "{}", report("m.xml"));
    assert!(report("m.tap").contains("Bail out!"), "{}", report("m.tap"));
    assert!(!report("m.md").contains('✅'), "{}", report("m.md"));
    assert!(report("m.jsonl").contains("\"notRun\":6"), "{}", report("m.jsonl"));
    assert_eq!(flowsim(folder.path(), &["report", "merge", "m.jsonl"]).0, Some(1));
}

/// A second run corrects the first one, also for a file that did not load and for a test
/// whose line has changed.
#[test]
fn a_later_run_corrects_an_earlier_one() {
    let folder = suite();
    let path = folder.path().join("c.test.yaml");
    let a = fs::read_to_string(folder.path().join("a.test.yaml")).unwrap();
    let head = a.split("tests:").next().unwrap();
    let tests = |key: &str| {
        format!(
            "{head}tests:\n  - {{name: one, input: [\"{key}\"], expect: {{routing: \
             {{queueId: support}}}}}}\n"
        )
    };
    let run = |name: &str, text: &str| {
        fs::write(&path, text).unwrap();
        let report = format!("json={name}");
        flowsim(folder.path(), &["test", "c.test.yaml", "--report", &report]).0
    };
    let merged = |names: &[&str]| {
        let (code, out, _) =
            flowsim(folder.path(), &[&["report", "merge"], names].concat());
        (code, out)
    };
    assert_eq!(run("1.jsonl", "testz: []\n"), Some(3));
    assert_eq!(run("2.jsonl", &tests("2")), Some(1));
    assert_eq!(run("3.jsonl", &format!("# a comment\n{}", tests("1"))), Some(0));
    let (code, out) = merged(&["1.jsonl", "2.jsonl", "3.jsonl"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("1 test: 1 passed"), "{out}");
    let (code, out) = merged(&["1.jsonl", "2.jsonl"]);
    assert_eq!(code, Some(1), "{out}");
}

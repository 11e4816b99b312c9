//! The lines of failures in every report: those of the expectations that do not hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The lines marked `# wrong` are the ones to report, in order.
const WRONG: &str = r##"tests:
  - name: expected
    input: ["1", "2"]
    expect:
      status: error                 # wrong
      error: NO_INPUT               # wrong
      path:
        - CallShared
        - Hello                     # wrong
      variables:
        shared_module_result:       # wrong
          isSet: false
        nothing: null               # wrong
      routing:
        queueId: support
        priority: 7                 # wrong
      prompts:
        - contains: welcome
        - Goodbye.                  # wrong
      elapsedMs:                    # wrong
        min: 1
      actions: 1                    # wrong
      calls:
        - name: Get Order           # wrong
          with: {order: "1"}
    unusedInputs: forbid            # wrong
    snapshot: true                  # wrong

  - name: told
    script:
      - hears: Nothing of the kind  # wrong
      - calls: Get Order            # wrong
      - presses: "1"
      - calls:                      # wrong
          name: Get Order
      - calls:
          - {name: Get Order, times: 0}
          - name: Get Invoice       # wrong
      - variable:
          shared_module_result: "2" # wrong
      - routed: sales               # wrong
      - presses: "2"                # wrong
"##;

/// In a table, the line of an expectation is the same for every row.
const TABLE: &str = r##"tests:
  - name: "key ${key}"
    each:
      - {key: "1", queue: sales}
      - {key: "2", queue: support}
    input: ["${key}"]
    expect:
      routing: {queueId: "${queue}"} # wrong
      path:
        contains:
          - SayHello
          - HandleError              # wrong
"##;

const REPORTS: [&str; 4] = ["junit", "tap", "json", "markdown"];

/// A run of a suite on the flows of the shared flow: the console output and the reports.
struct Run {
    /// The lines to report, from 1.
    wrong: Vec<usize>,
    out: String,
    folder: tempfile::TempDir,
}

impl Run {
    fn of(tests: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
        let shared = shared.display();
        let text = format!(
            "flows: ['{shared}/flows']\nfixtures: ['{shared}/fixtures.yaml']\n\
             defaults: {{flow: Inbound_Flow_A}}\n{tests}"
        );
        fs::write(folder.path().join("a.test.yaml"), &text).unwrap();
        let wrong = text.lines().zip(1..).filter(|(line, _)| line.contains("# wrong"));
        let wrong = wrong.map(|(_, number)| number).collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        command.current_dir(folder.path()).args(["test", "--check-snapshots"]);
        command.args(["--html", ".", "--report", "github"]).args(arguments);
        command.env_remove("GITHUB_STEP_SUMMARY");
        for kind in REPORTS {
            command.args(["--report", &format!("{kind}={kind}")]);
        }
        let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
        Self { wrong, out, folder }
    }

    fn report(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Returns the objects of the tests in the JSON report.
    fn tests(&self) -> Vec<Value> {
        let text = self.report("json");
        let objects = text.lines().map(|line| serde_json::from_str(line).unwrap());
        objects.filter(|it: &Value| it["event"] == "finished").collect()
    }
}

/// Returns the numbers after each occurrence of a string.
fn numbers(text: &str, before: &str) -> Vec<usize> {
    let digits = |rest: &str| {
        let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    text.split(before).skip(1).filter_map(digits).collect()
}

#[test]
fn every_report_names_the_line_of_every_expectation() {
    let run = Run::of(WRONG, &[]);
    assert_eq!(numbers(&run.out, "  at a.test.yaml:"), run.wrong, "{}", run.out);
    for name in ["junit", "tap", "markdown"] {
        let report = run.report(name);
        assert_eq!(numbers(&report, "  at a.test.yaml:"), run.wrong, "{report}");
    }
    let page = run.report("index.html");
    assert_eq!(numbers(&page, "{\"line\":"), run.wrong);
    let tests = run.tests();
    let mismatches = tests.iter().flat_map(|it| it["mismatches"].as_array().unwrap());
    let lines: Vec<_> = mismatches.map(|it| it["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, run.wrong.iter().map(|&it| it as u64).collect::<Vec<_>>());
    assert_eq!(tests[0]["mismatches"][0]["column"], 7);
    // The line that identifies a test is still its own.
    assert_eq!(tests[0]["line"], 5);
    assert!(run.out.contains("\n    flowsim test a.test.yaml:5\n"), "{}", run.out);
}

#[test]
fn annotations_are_at_the_first_expectation_and_name_the_others() {
    let run = Run::of(WRONG, &[]);
    let mut annotations = run.out.lines().filter(|it| it.starts_with("::error "));
    // Tests with the same cause share an annotation.
    let shown = annotations.clone().flat_map(|it| numbers(it, "line "));
    let shown: BTreeSet<_> = shown.collect();
    assert!(shown.iter().eq(&run.wrong), "{shown:?} {:?}", run.wrong);
    let first = annotations.next().unwrap();
    let place =
        "::error file=a.test.yaml,line=8,col=7,title=expected%3A failed::line 8: ";
    assert!(first.starts_with(place), "{first}");
    let tap = run.report("tap");
    assert!(tap.contains("\n  at:\n    file: \"a.test.yaml\"\n    line: 8\n"), "{tap}");
}

/// A problem that prevents a test from running has a position as well.
#[test]
fn a_test_that_cannot_run_points_at_the_problem() {
    let tests = "tests:\n  - name: lost\n    input: ['1']\n    flow: Nowhere\n    \
                 expect: {status: completed}\n";
    let run = Run::of(tests, &[]);
    let place = "::error file=a.test.yaml,line=7,col=11,title=lost%3A broken::";
    assert!(run.out.contains(place), "{}", run.out);
    let tap = run.report("tap");
    assert!(tap.contains("\n  at:\n    file: \"a.test.yaml\"\n    line: 7\n"), "{tap}");
}

#[test]
fn rows_of_a_table_point_at_the_shared_expectation() {
    let run = Run::of(TABLE, &[]);
    let twice = run.wrong.repeat(2);
    assert_eq!(numbers(&run.out, "  at a.test.yaml:"), twice, "{}", run.out);
    assert!(run.out.contains("\n    flowsim test a.test.yaml:5:2\n"), "{}", run.out);
}

/// Two rows with the same name, and two tests with another.
const ALIKE: &str = r#"tests:
  - name: same
    each: [{key: "1"}, {key: "2"}]
    input: ["${key}"]
    expect: {status: error}
  - {name: twice, expect: {status: error}}
  - {name: twice, expect: {status: error}}
  - {name: once, expect: {status: error}}
"#;

#[test]
fn tests_with_the_same_name_are_distinguished_in_every_report() {
    let run = Run::of(ALIKE, &[]);
    let titles = ["same (row 1)", "same (row 2)", "twice (line 9)", "twice (line 10)"];
    let reports = ["junit", "tap", "markdown", "index.html"].map(|it| run.report(it));
    for report in reports.iter().chain([&run.out]) {
        let report = report.replace('\\', "");
        for title in titles {
            assert!(report.contains(title), "{title}: {report}");
        }
        assert!(!report.contains("once ("), "{report}");
    }
    let names: Vec<_> = run.tests().iter().map(|it| it["name"].to_string()).collect();
    assert_eq!(names, ["\"same\"", "\"same\"", "\"twice\"", "\"twice\"", "\"once\""]);
    let mut list = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let list = list.current_dir(run.folder.path()).args(["test", "--list"]);
    let listed = String::from_utf8(list.output().unwrap().stdout).unwrap();
    assert!(listed.starts_with("a.test.yaml:5:1 same (row 1)\n"), "{listed}");
    // This does not depend on the other tests of the run.
    let alone = Run::of(ALIKE, &["a.test.yaml:5:2"]).report("junit");
    assert!(alone.contains("name=\"same (row 2)\""), "{alone}");
}

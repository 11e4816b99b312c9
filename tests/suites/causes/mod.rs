//! Explanations of failed tests name the true cause. The causes of these failures were
//! determined by hand, by reading the flows.

#![expect(clippy::unwrap_used, reason = "a suite that cannot be run fails the test")]

mod rows;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flowsim::{CaseResult, Suite, SuiteOptions};
use serde_json::json;
use tempfile::TempDir;

use rows::{ROWS, Row};

/// Returns the head of a scenario file for the flows of a project.
fn head(project: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (folder, flows) = match project {
        "kiosk" => (root.join("tests/suites/causes/kiosk"), "[kiosk.yaml, journal.yaml]"),
        other => (root.join("fixtures").join(other), "[flows]"),
    };
    let defaults = match project {
        "payment-journey" => "flow: Main_Line, context: {from: '+15551239000'}",
        "shared-flow" => "flow: Inbound_Flow_A",
        "swift-parcels" => {
            "flow: Swift Parcels Router, strict: true, \
             context: {from: 'tel:+15557770100', to: 'tel:+15557770200'}"
        }
        "alder-clinic" => "strict: true, at: 2026-03-10T14:00:00Z",
        "northlight-power" => {
            "flow: Northlight Outage Line, context: {from: 'tel:+15557770100'}"
        }
        _ => "",
    };
    let flows: Vec<String> = { flows.trim_matches(['[', ']']).split(", ") }
        .map(|flow| format!("'{}'", folder.join(flow).display()))
        .collect();
    format!(
        "flows: [{}]\nfixtures: ['{}']\ndefaults: {{{defaults}}}\ntests:\n",
        flows.join(", "),
        folder.join("fixtures.yaml").display()
    )
}

/// Runs the rows of a project; the results are in their order.
fn results(project: &str, rows: &[&Row]) -> Vec<CaseResult> {
    let mut text = head(project);
    for (index, row) in rows.iter().enumerate() {
        let _ = writeln!(text, "  - {{name: row {index}, {}}}", row.test);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.test.yaml"), text).unwrap();
    let suite = Suite::load([folder.path()]).unwrap();
    suite.run(&SuiteOptions::default()).unwrap().results().to_vec()
}

/// Returns what is wrong with the explanation of a row.
fn problems(row: &Row, explanation: &str) -> Vec<String> {
    let missing = row.names.iter().filter(|text| !explanation.contains(**text));
    let missing = missing.map(|text| format!("lacks: {text}"));
    let wrong = row.omits.iter().filter(|text| explanation.contains(**text));
    missing.chain(wrong.map(|text| format!("must not contain: {text}"))).collect()
}

#[test]
fn every_explanation_names_the_cause() {
    assert!(ROWS.len() >= 40, "{} rows", ROWS.len());
    let mut projects: Vec<&str> = ROWS.iter().map(|row| row.project).collect();
    projects.dedup();
    let mut wrong = String::new();
    for project in projects {
        let rows: Vec<&Row> = ROWS.iter().filter(|row| row.project == project).collect();
        let results = results(project, &rows);
        assert_eq!(results.len(), rows.len(), "{project}: {results:?}");
        for (row, result) in rows.iter().zip(&results) {
            assert!(!row.names.is_empty(), "{row:?}");
            let explanation = result.explanation();
            assert!(result.outcome().is_failure(), "{row:?} passes");
            let problems = problems(row, &explanation);
            if !problems.is_empty() {
                let _ =
                    writeln!(wrong, "{row:?}\n{}\n{explanation}", problems.join("\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A scenario file of the kiosk in a separate folder.
struct Kiosk(TempDir);

impl Kiosk {
    fn new(tests: &str) -> Self {
        let kiosk = Self(tempfile::tempdir().unwrap());
        kiosk.write(tests);
        kiosk
    }

    fn write(&self, tests: &str) {
        fs::write(self.path(), head("kiosk") + tests).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("kiosk.test.yaml")
    }

    fn test(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        command.arg("test").args(arguments).arg("kiosk.test.yaml");
        command
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITHUB_STEP_SUMMARY");
        command.current_dir(self.0.path()).output().unwrap()
    }

    fn printed(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.test(arguments).stdout).unwrap()
    }
}

/// The first decision that differs from the snapshot is explained like one of a path.
#[test]
fn a_changed_snapshot_has_the_same_explanation() {
    let tests = "  - {name: north, input: [\"9\"], snapshot: north, REGION}\n";
    let kiosk =
        Kiosk::new(&tests.replace("REGION", "context: {participantData.region: north}"));
    assert!(kiosk.test(&["--update"]).status.success());
    kiosk.write(&tests.replace("REGION", "context: {participantData.region: south}"));
    let printed = kiosk.printed(&[]);
    let region = "`Flow.Region` = \"south\" (set at step 3 `Read the region` \
                  (getParticipantData))";
    assert!(printed.contains(region), "{printed}");
    assert!(!printed.contains("Is the journal on?` (decision) took"), "{printed}");
}

/// The explanation of a long call does not read all events once for each action, which would
/// take half an hour here.
#[test]
fn a_failure_of_a_long_call_is_explained() {
    let node = |id: &str, next: &str| {
        let set = json!([{"key": "x", "value": {"type": "String", "value": "y"}}]);
        json!({
            "id": id, "type": "Set", "properties": {"setVars": set},
            "onComplete": {"nextNode": next},
        })
    };
    let nodes = json!({"Talk": node("Talk", "Again"), "Again": node("Again", "Talk")});
    let flow = json!({
        "id": "loop", "name": "Loop", "type": "inbound",
        "draft": {"startNode": "Talk", "nodes": nodes},
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("loop.json"), flow.to_string()).unwrap();
    let test = "flows: [loop.json]\ntests:\n  - {name: n, maxActions: 200000, \
                expect: {status: completed}}\n";
    fs::write(folder.path().join("loop.test.yaml"), test).unwrap();
    let suite = Suite::load([folder.path()]).unwrap();
    let results = suite.run(&SuiteOptions::default()).unwrap();
    let explanation = results.results()[0].explanation();
    assert!(explanation.contains("ACTION_LIMIT_EXCEEDED"), "{explanation}");
    assert!(explanation.contains("step 200000 `Again` (Set)"), "{explanation}");
}

/// A test with several mismatches names their common cause once.
#[test]
fn a_causal_chain_appears_once_per_test() {
    let kiosk = Kiosk::new(
        "  - {name: gold, input: [\"1\"], expect: {path: {contains: [Greet gold]}, \
         prompts: [\"Welcome, gold customer.\"]}}\n",
    );
    let printed = kiosk.printed(&[]);
    let chain = "`Gold customer?` (decision) took `no`, because `Flow.Tier == \"gold\"` \
                 is false";
    assert_eq!(printed.matches(chain).count(), 1, "{printed}");
    assert!(printed.contains("for the same reason"), "{printed}");
}

const SHARED: &str =
    "  - {name: one, input: [\"1\"], expect: {path: {contains: [Greet gold]}}}
  - {name: two, input: [\"2\"], expect: {path: {contains: [Greet gold]}}}
  - {name: three, input: [\"9\"], expect: {path: {contains: [To sales]}}}
";

/// Tests that fail for one cause are listed together, in the console, in Markdown, and as
/// one annotation.
#[test]
fn failures_with_one_cause_are_grouped() {
    let kiosk = Kiosk::new(SHARED);
    let printed = kiosk.printed(&["--report", "markdown=page.md", "--report", "github"]);
    let cause = "2 tests: `Gold customer?` (decision) took `no`";
    let group = format!("same cause:\n  {cause}");
    assert!(printed.contains(&group), "{printed}");
    assert!(printed.contains("    kiosk.test.yaml:6  two\n"), "{printed}");
    assert_eq!(printed.matches("::error ").count(), 2, "{printed}");
    let others = "the same cause, `Gold customer?` (decision) took `no`";
    assert!(printed.contains(others), "{printed}");
    let page = fs::read_to_string(kiosk.0.path().join("page.md")).unwrap();
    assert!(page.contains("### Same cause\n\n2 tests: "), "{page}");
}

/// A decision that the path of a test expects is not the cause of its failure.
#[test]
fn an_expected_path_is_not_a_cause() {
    let test = |path: &str| {
        let of = |name: &str| {
            format!(
                "  - {{name: {name}, input: [\"1\"], expect: {{{path}\
                 routing: {{queueName: Other}}}}}}\n"
            )
        };
        Kiosk::new(&(of("one") + &of("two"))).printed(&[])
    };
    let (without, with) = (test(""), test("path: {contains: [To sales]}, "));
    let cause = "`Which service was it?` (switch) took";
    assert!(without.contains("same cause:"), "{without}");
    assert!(without.contains(cause), "{without}");
    assert!(with.contains(&format!("as expected, step 13 {cause}")), "{with}");
    assert!(!with.contains("same cause:"), "{with}");
}

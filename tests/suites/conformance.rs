//! `flowsim conformance`: documents of flowsim's own writer replace those of the
//! platform, some of them made with other policies or altered by hand.

#![expect(clippy::unwrap_used, reason = "a call that cannot be made fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use flowsim::conformance::{FILES, Kit};
use flowsim::engine::Session;
use flowsim::flow::read::node;
use flowsim::suite::{play, prepare};
use flowsim::trace::execution;
use flowsim::value::Json;
use serde_json::Value;
use tempfile::TempDir;

/// The calls without those of 10,000 actions, but one.
const LIGHT: [&str; 11] =
    ["01", "02", "03", "04", "05", "06", "07", "08-queue", "09.01", "09.02", "1"];

/// The number of the other calls.
const HEAVY: usize = 4;

fn flowsim(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .env_remove("CI")
        .args(arguments)
        .output()
        .unwrap()
}

/// Makes calls of the kit in an organisation with these policies, and returns the folder
/// of their execution documents. The calls of `probes` are made.
fn documents(policies: &str, probes: &[&str]) -> TempDir {
    let kit = Kit::load().unwrap();
    let policies = Json::parse(&format!(r#"{{"policies": {policies}}}"#)).unwrap();
    let (fixtures, problems) = kit.fixtures.merged(&node(&policies), Path::new(""));
    assert_eq!(problems, []);
    let fixtures = Arc::new(fixtures);
    let folder = tempfile::tempdir().unwrap();
    let is_wanted = |name: &str| probes.iter().any(|probe| name.starts_with(probe));
    for case in kit.calls.iter().filter(|case| is_wanted(&case.name)) {
        let prepared = prepare(case, None, &kit.program, &fixtures).unwrap();
        let mut session = Session::start(Arc::clone(&kit.program), prepared.call());
        let trace = play(&prepared, &mut session).trace;
        let document = execution::of_trace(&trace, &kit.program.symbols);
        // Calls that start at the same time have one id, and are one call when imported.
        let text =
            document.to_text().replace("\"executionId\": \"", "\"executionId\": \"x");
        let name = case.name.split(' ').next().unwrap();
        fs::write(folder.path().join(format!("{name}.json")), text).unwrap();
    }
    folder
}

fn compared(folder: &TempDir) -> (Option<i32>, Value) {
    let folder = folder.path().to_string_lossy().into_owned();
    let output = flowsim(&["conformance", &folder, "--format", "json"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// Returns the policy of each different call.
fn differences(found: &Value) -> Vec<String> {
    let calls = found["calls"].as_array().unwrap().iter();
    let different = calls.filter(|call| call["result"] == "different");
    let shown = different.map(|call| {
        let name = call["call"].as_str().unwrap().split(' ').next().unwrap();
        let policy = &call["policy"];
        match (policy["key"].as_str(), policy["value"].as_str()) {
            (Some(key), Some(value)) => format!("{name} {key}: {value}"),
            _ => name.to_owned(),
        }
    });
    shown.collect()
}

#[test]
fn documents_of_the_same_behaviour_are_the_same() {
    let (code, found) = compared(&documents("{}", &LIGHT));
    assert_eq!((code, differences(&found)), (Some(0), vec![]));
    assert_eq!(found["summary"]["missing"], HEAVY);
}

#[test]
fn other_policies_are_found() {
    let policies = r#"{"notSetConditions": "error", "missingItems": "not-set"}"#;
    let folder = documents(policies, &["01", "02", "03"]);
    let (code, found) = compared(&folder);
    let expected = [
        "01.01 notSetConditions: error",
        "01.02 notSetConditions: error",
        "02.03 missingItems: not-set",
    ];
    assert_eq!(
        (code, differences(&found)),
        (Some(1), expected.map(String::from).to_vec())
    );
}

#[test]
fn a_difference_that_no_policy_explains_is_reported_as_such() {
    let folder = documents("{}", &["15"]);
    let path = folder.path().join("15.02.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("After the loop."), "{text}");
    fs::write(&path, text.replace("After the loop.", "Round 0")).unwrap();
    let (code, found) = compared(&folder);
    assert_eq!((code, differences(&found)), (Some(1), vec!["15.02".to_owned()]));
    let output = flowsim(&["conformance", &path.to_string_lossy()]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("no policy explains it"), "{table}");
    assert!(table.ends_with("1 different, 61 without a document\n"), "{table}");
}

#[test]
fn documents_of_other_flows_and_calls_are_listed() {
    let folder = documents("{}", &["01", "15"]);
    for (name, from, to) in [
        ("01.01", "flowsim probe 01 NOT_SET conditions", "Main line"),
        ("15.01", "\"01\"", "\"77\""),
    ] {
        let path = folder.path().join(format!("{name}.json"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(from, to)).unwrap();
    }
    let (code, found) = compared(&folder);
    assert_eq!(code, Some(3));
    let reasons = found["unmatched"].as_array().unwrap().iter();
    let reasons: Vec<&str> = reasons.map(|it| it["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        ["its flow `Main line` is not a probe", "the probe has no call `77`"]
    );
    assert_eq!(found["summary"]["same"], 7);
}

#[test]
fn the_kit_is_written_whole_and_its_tests_pass() {
    let folder = tempfile::tempdir().unwrap();
    let kit = folder.path().join("probes");
    let kit = kit.to_string_lossy();
    let output = flowsim(&["conformance", "--kit", &kit]);
    assert_eq!(output.status.code(), Some(0));
    let lines = String::from_utf8(output.stdout).unwrap().lines().count();
    assert_eq!(lines, FILES.len());
    for command in [["check", &kit, "--deny", "warnings"].as_slice(), &["test", &kit]] {
        let output = flowsim(command);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{command:?}: {text}");
    }
}

#[test]
fn mistakes_are_usage_and_input_errors() {
    let empty = tempfile::tempdir().unwrap();
    let broken = empty.path().join("broken.json");
    let none = empty.path().join("none");
    fs::create_dir(&none).unwrap();
    fs::write(&broken, "{").unwrap();
    for (arguments, code) in [
        (vec!["conformance"], 2),
        (vec!["conformance", "--kit", "a", "b"], 2),
        (vec!["conformance", none.to_str().unwrap()], 4),
        (vec!["conformance", broken.to_str().unwrap()], 3),
        (vec!["conformance", "no/such/folder"], 3),
    ] {
        let output = flowsim(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    let output = flowsim(&["conformance", none.to_str().unwrap()]);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: no execution documents found: the folder contains no `.json`, `.har`, \
         `.ndjson` or `.jsonl` file\n"
    );
}

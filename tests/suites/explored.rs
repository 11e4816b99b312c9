//! `flowsim explore --suite`: tests that an exploration writes, and their later updates.
//! *Source: docs/exploration.md.*

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const FILE: &str = "tests/order-status.explored.test.yaml";

/// Runs the command. Returns exit code, standard output and standard error.
pub(crate) fn flowsim(
    folder: &Path,
    arguments: &[&str],
) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("flowsim").unwrap();
    let output = command.current_dir(folder).env_remove("CI").args(arguments).output();
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with the flows and fixtures of a bundled organisation.
fn organisation(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    fs::create_dir(folder.path().join("flows")).unwrap();
    for flow in fs::read_dir(bundled.join("flows")).unwrap() {
        let path = flow.unwrap().path();
        let copy = folder.path().join("flows").join(path.file_name().unwrap());
        fs::copy(&path, copy).unwrap();
    }
    fs::copy(bundled.join("fixtures.yaml"), folder.path().join("fixtures.yaml")).unwrap();
    folder
}

/// An exploration of a few thousand questions, which finds as many calls as one with the
/// default budget.
pub(crate) const EXPLORE: [&str; 10] = [
    "explore",
    "flows",
    "--fixtures",
    "fixtures.yaml",
    "--suite",
    "tests",
    "--budget",
    "3000",
    "--format",
    "json",
];

/// Writes the tests of a folder, and returns the summary.
pub(crate) fn write(folder: &Path) -> Value {
    let (code, output, problems) = flowsim(folder, &EXPLORE);
    assert_eq!(code, Some(0), "{problems}");
    let exploration: Value = serde_json::from_str(&output).unwrap();
    exploration["suite"].clone()
}

pub(crate) fn assert_passes(folder: &Path) {
    let (code, output, problems) = flowsim(folder, &["test", "tests"]);
    assert_eq!(code, Some(0), "{output}{problems}");
}

/// Returns the names of the tests of a file, in order.
fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("  - name: ")).collect()
}

#[test]
fn the_tests_of_a_flow_are_readable_and_pass() {
    let folder = organisation("order-status");
    let suite = write(folder.path());
    assert_eq!(suite["tests"], 6, "{suite}");
    assert_eq!(suite["lowerBound"], 6, "{suite}");
    assert_eq!(suite["notReplayed"], 0, "{suite}");
    assert_eq!(suite["files"], serde_json::json!([FILE]));
    assert_passes(folder.path());
    insta::assert_snapshot!(fs::read_to_string(folder.path().join(FILE)).unwrap());
}

/// The tests alone reach everything that is reachable: with them, nothing is missing.
/// The tests of the organisation reach everything, and a second run adds none.
fn tests_reach_everything(name: &str) {
    let folder = organisation(name);
    let first = write(folder.path());
    assert_eq!(first["notReplayed"], 0, "{first}");
    assert!(first["new"].as_u64() >= first["lowerBound"].as_u64(), "{first}");
    assert!(first["new"].as_u64() > Some(0), "{first}");
    assert_passes(folder.path());
    let second = write(folder.path());
    assert_eq!(second["new"], 0, "{second}");
    assert_eq!(second["kept"], first["new"], "{second}");
    assert_eq!(second["files"], serde_json::json!([]), "{second}");
}

#[test]
fn the_tests_of_order_status_reach_everything() {
    tests_reach_everything("order-status");
}

#[test]
fn the_tests_of_deep_menu_reach_everything() {
    tests_reach_everything("deep-menu");
}

#[test]
fn the_tests_of_alder_clinic_reach_everything() {
    tests_reach_everything("alder-clinic");
}

#[test]
fn the_tests_of_northlight_power_reach_everything() {
    tests_reach_everything("northlight-power");
}

#[test]
fn the_tests_of_shared_flow_reach_everything() {
    tests_reach_everything("shared-flow");
}

#[test]
fn only_tests_whose_calls_changed_are_replaced() {
    let folder = organisation("order-status");
    write(folder.path());
    let file = folder.path().join(FILE);
    let before = fs::read_to_string(&file).unwrap();
    let flow = folder.path().join("flows/order_status.json");
    let text = fs::read_to_string(&flow).unwrap();
    let changed = text.replace("is being packed", "is being wrapped");
    assert_ne!(text, changed);
    fs::write(&flow, changed).unwrap();
    let suite = write(folder.path());
    assert_eq!(
        (&suite["new"], &suite["kept"], &suite["removed"]),
        (&1.into(), &5.into(), &1.into())
    );
    let after = fs::read_to_string(&file).unwrap();
    assert_eq!(names(&after).len(), 6);
    let part =
        |text: &str| text.split("  # explored").map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (part(&before), part(&after));
    let gone: Vec<_> = old.iter().filter(|it| !new.contains(it)).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].contains("is being packed"), "{gone:?}");
    assert!(after.contains("is being wrapped"), "{after}");
    assert_passes(folder.path());
}

/// Git may check out files with CRLF line breaks.
#[test]
fn tests_with_other_line_breaks_are_replaced() {
    let folder = organisation("order-status");
    write(folder.path());
    let file = folder.path().join(FILE);
    let text = fs::read_to_string(&file).unwrap().replace('\n', "\r\n");
    fs::write(&file, &text).unwrap();
    let suite = write(folder.path());
    assert_eq!((&suite["new"], &suite["kept"]), (&0.into(), &6.into()), "{suite}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let flow = folder.path().join("flows/order_status.json");
    let flow_text = fs::read_to_string(&flow).unwrap();
    fs::write(&flow, flow_text.replace("is being packed", "is being wrapped")).unwrap();
    let suite = write(folder.path());
    assert_eq!(
        (&suite["new"], &suite["kept"], &suite["removed"]),
        (&1.into(), &5.into(), &1.into()),
        "{suite}"
    );
    let after = fs::read_to_string(&file).unwrap();
    assert_eq!(names(&after).len(), 6);
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    assert_passes(folder.path());
}

#[test]
fn an_edited_test_stays_and_counts() {
    let folder = organisation("order-status");
    write(folder.path());
    let file = folder.path().join(FILE);
    let text = fs::read_to_string(&file).unwrap();
    let edited = text.replacen("no input → Orders", "a silent caller gets an agent", 1);
    assert_ne!(text, edited);
    fs::write(&file, &edited).unwrap();
    let suite = write(folder.path());
    assert_eq!((&suite["new"], &suite["kept"]), (&0.into(), &5.into()), "{suite}");
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);
    // It stays even if it fails. A further test then takes its place.
    let wrong = edited.replacen("status: \"completed\"", "status: \"error\"", 1);
    fs::write(&file, &wrong).unwrap();
    let suite = write(folder.path());
    assert_eq!((&suite["new"], &suite["kept"]), (&1.into(), &5.into()), "{suite}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&wrong), "{text}");
}

/// Tests that a person wrote count first, and nothing is written if they reach everything.
/// The file of a flow keeps its name if only the case of letters changes.
#[test]
fn the_tests_of_a_renamed_flow_are_kept() {
    let folder = organisation("order-status");
    let first = write(folder.path());
    let rename = |from: &str, to: &str| {
        for entry in fs::read_dir(folder.path().join("flows")).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace(from, to)).unwrap();
        }
    };
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    let flow = text.lines().find_map(|line| line.strip_prefix("  flow: ")).unwrap();
    let renamed = flow.to_uppercase();
    rename(flow, &renamed);
    let second = write(folder.path());
    assert_eq!((&second["kept"], &second["removed"]), (&first["new"], &Value::from(0)));
    assert_eq!(second["files"], serde_json::json!([FILE]), "{second}");
    let now = fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert_eq!(now, text.replace(&format!("flow: {flow}"), &format!("flow: {renamed}")));
    assert_passes(folder.path());
}

/// A file with changes of a person stays, and can be read, if all its tests are removed.
#[test]
fn a_file_without_tests_gets_tests_again() {
    let folder = organisation("order-status");
    write(folder.path());
    let path = folder.path().join(FILE);
    let whole = fs::read_to_string(&path).unwrap();
    let (header, _) = whole.split_once("  # explored").unwrap();
    fs::write(&path, header.replace("# Tests", "# My tests")).unwrap();
    let suite = write(folder.path());
    assert_eq!(suite["new"], 6, "{suite}");
    assert_passes(folder.path());
}

#[test]
fn tests_of_other_files_count() {
    let folder = organisation("order-status");
    write(folder.path());
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    fs::remove_file(folder.path().join(FILE)).unwrap();
    fs::write(folder.path().join("tests/own.test.yaml"), &text).unwrap();
    let suite = write(folder.path());
    assert_eq!(suite["tests"], 0, "{suite}");
    assert!(!folder.path().join(FILE).exists());
    let fewer = text.rsplit_once("  # explored").unwrap().0;
    fs::write(folder.path().join("tests/own.test.yaml"), fewer).unwrap();
    let suite = write(folder.path());
    assert_eq!(suite["tests"], 1, "{suite}");
    assert_passes(folder.path());
}

#[test]
fn tests_that_fail_are_counted_in_words() {
    let folder = organisation("order-status");
    write(folder.path());
    let own = "flows: ../flows\nfixtures: ../fixtures.yaml\ntests:\n  - name: a\n    expect: {status: error}\n";
    fs::write(folder.path().join("tests/own.test.yaml"), own).unwrap();
    let (_, output, _) = flowsim(folder.path(), &EXPLORE[..8]);
    assert!(output.contains("; 1 other test fails, and does not count"), "{output}");
    let own = format!("{own}  - name: b\n    expect: {{status: error}}\n");
    fs::write(folder.path().join("tests/own.test.yaml"), own).unwrap();
    let (_, output, _) = flowsim(folder.path(), &EXPLORE[..8]);
    assert!(output.contains("; 2 other tests fail, and do not count"), "{output}");
}

#[test]
fn the_given_context_and_start_are_in_the_file() {
    let folder = organisation("order-status");
    let further = ["--context", "from=+15551234567", "--at", "2026-03-10T14:00:00Z"];
    let (code, output, problems) =
        flowsim(folder.path(), &[&EXPLORE[..], &further].concat());
    assert_eq!(code, Some(0), "{problems}");
    let exploration: Value = serde_json::from_str(&output).unwrap();
    let calls = exploration["nodes"].as_array().unwrap().iter();
    let call = calls.map(|node| &node["call"]).find(|call| !call.is_null()).unwrap();
    assert_eq!(call["context"], serde_json::json!({"from": "+15551234567"}));
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert!(
        text.contains(
            "  context: {\"from\":\"+15551234567\"}\n  at: \"2026-03-10T14:00:00Z\"\n"
        ),
        "{text}"
    );
    assert_passes(folder.path());
}

#[test]
fn nothing_is_written_if_a_scenario_file_is_broken() {
    let folder = organisation("order-status");
    fs::create_dir(folder.path().join("tests")).unwrap();
    fs::write(folder.path().join("tests/own.test.yaml"), "tests: 1\n").unwrap();
    let (code, _, problems) = flowsim(folder.path(), &EXPLORE);
    assert_eq!(code, Some(3), "{problems}");
    assert!(problems.contains("INVALID_SCENARIO"), "{problems}");
    assert!(!folder.path().join(FILE).exists());
}

#[test]
fn a_file_to_which_tests_cannot_be_added_stays() {
    let folder = organisation("order-status");
    fs::create_dir(folder.path().join("tests")).unwrap();
    let own = "tests: []\nflows: ../flows\n";
    fs::write(folder.path().join(FILE), own).unwrap();
    let (code, _, problems) = flowsim(folder.path(), &EXPLORE);
    assert_eq!(code, Some(3), "{problems}");
    assert!(problems.contains("`tests` must be its last key"), "{problems}");
    assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), own);
    let left: Vec<_> = fs::read_dir(folder.path().join("tests")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_external_failure() {
    let folder = organisation("order-status");
    fs::write(folder.path().join("tests"), "").unwrap();
    let (code, _, problems) = flowsim(folder.path(), &EXPLORE);
    assert!(code == Some(5) || code == Some(3), "{code:?} {problems}");
    assert!(problems.contains("error"), "{problems}");
}

/// Returns the result of mutation testing with further arguments, and the exit code.
fn mutants(folder: &Path, further: &[&str]) -> (Option<i32>, Value) {
    let arguments = [&EXPLORE[..], &["--mutants"], further].concat();
    let (code, output, problems) = flowsim(folder, &arguments);
    let exploration: Value =
        serde_json::from_str(&output).unwrap_or_else(|_| panic!("{problems}"));
    (code, exploration["mutants"].clone())
}

#[test]
fn written_tests_notice_every_change_of_a_small_flow() {
    let folder = organisation("order-status");
    let (code, found) = mutants(folder.path(), &["--mutants-min", "100"]);
    assert_eq!(code, Some(0), "{found}");
    assert_eq!(
        (&found["killed"], &found["survived"]),
        (&15.into(), &0.into()),
        "{found}"
    );
}

/// A test that expects nothing of a prompt does not notice that the prompt is missing. The
/// call that is named notices it.
#[test]
fn a_weak_test_lets_mutants_survive() {
    let folder = organisation("order-status");
    fs::create_dir(folder.path().join("tests")).unwrap();
    let own = "flows: ../flows\nfixtures: ../fixtures.yaml\ntests:\n  - name: a silent caller\n    expect: {status: completed}\n";
    fs::write(folder.path().join("tests/own.test.yaml"), own).unwrap();
    let project =
        "flows = [\"flows\"]\nfixtures = [\"fixtures.yaml\"]\ntests = [\"tests\"]\n";
    fs::write(folder.path().join("flowsim.toml"), project).unwrap();
    let arguments = ["explore", "--mutants", "--mutants-min", "90", "--format", "json"];
    let (code, output, problems) = flowsim(folder.path(), &arguments);
    assert_eq!(code, Some(1), "{problems}");
    let exploration: Value = serde_json::from_str(&output).unwrap();
    let found = &exploration["mutants"];
    assert_eq!(
        (&found["killed"], &found["survived"]),
        (&0.into(), &15.into()),
        "{found}"
    );
    let mut list = found["list"].as_array().unwrap().iter();
    let prompt = list.find(|it| it["nodeId"] == "NoOrder").unwrap();
    assert_eq!(prompt["kind"], "left out");
    assert_eq!(prompt["tests"], 1);
    assert_eq!(prompt["input"], serde_json::json!([]));
    let mut list = found["list"].as_array().unwrap().iter();
    let unseen = list.find(|it| it["nodeId"] == "TellShipped").unwrap();
    assert_eq!(unseen["tests"], 0);
    assert!(!unseen["call"].is_null(), "{unseen}");
}

#[test]
fn mutants_need_a_test() {
    let folder = organisation("order-status");
    let arguments = ["explore", "flows", "--fixtures", "fixtures.yaml", "--mutants"];
    let (code, _, problems) = flowsim(folder.path(), &arguments);
    assert_eq!(code, Some(4), "{problems}");
    assert!(problems.contains("no test passes"), "{problems}");
    let (code, _, _) =
        flowsim(folder.path(), &["explore", "flows", "--mutants-min", "9"]);
    assert_eq!(code, Some(2));
}

/// A flow whose two outputs need two calls, and whose `and` needs a third.
const BOTH: &str = r#"
inboundCall:
  name: Membership
  startUpRef: /inboundCall/tasks/task[t]
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  variables:
    - stringVariable: {name: Flow.Number, initialValue: {lit: "0"}}
    - stringVariable: {name: Flow.Key, initialValue: {lit: "0"}}
  tasks:
    - task:
        name: Task
        refId: t
        actions:
          - collectInput:
              name: Ask for the number
              inputData: {var: Flow.Number}
              digits: {exact: 2}
              inputAudio: {tts: Enter your number.}
          - collectInput:
              name: Ask for the key
              inputData: {var: Flow.Key}
              digits: {exact: 1}
              inputAudio: {tts: Press a key.}
          - decision:
              name: Member?
              condition: {exp: 'Flow.Number == "18" and Flow.Key == "1"'}
              outputs:
                "yes": {actions: [{disconnect: {name: Member}}]}
          - disconnect: {name: Guest}
"#;

/// With both flags, calls that notice mutants become tests; a second run adds none.
#[test]
fn calls_that_notice_mutants_become_tests() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("flows")).unwrap();
    fs::write(folder.path().join("flows/membership.yaml"), BOTH).unwrap();
    let suite = ["explore", "flows", "--suite", "tests", "--format", "json"];
    let both = [&suite[..], &["--mutants"]].concat();
    let run = |arguments: &[&str]| {
        let (code, output, problems) = flowsim(folder.path(), arguments);
        assert_eq!(code, Some(0), "{problems}");
        serde_json::from_str::<Value>(&output).unwrap()
    };
    assert_eq!(run(&suite)["suite"]["tests"], 2);
    let first = run(&both);
    assert_eq!(first["suite"]["new"], 1, "{}", first["suite"]);
    assert_eq!(first["suite"]["tests"], 3, "{}", first["suite"]);
    assert_eq!(first["mutants"]["survived"], 0, "{}", first["mutants"]);
    let second = run(&both);
    assert_eq!(second["suite"]["new"], 0, "{}", second["suite"]);
    assert_eq!(second["mutants"]["killed"], first["mutants"]["killed"]);
    assert_passes(folder.path());
}

/// With the answers of the fixtures alone, most of the clinic's line is unreachable.
#[test]
fn coverage_counts_what_calls_can_reach() {
    let folder = organisation("alder-clinic");
    let explore = [&EXPLORE[..], &["--fixed", "--out", "exploration.json"]].concat();
    let (code, output, problems) = flowsim(folder.path(), &explore);
    assert_eq!((code, output.as_str()), (Some(0), ""), "{problems}");
    let all = ["test", "tests", "--coverage-min", "nodes=100,paths=100"];
    assert_eq!(flowsim(folder.path(), &all).0, Some(1));
    let with = |file: &str| {
        let arguments = [&all[..], &["--coverage-exploration", file]].concat();
        flowsim(folder.path(), &arguments)
    };
    let (code, output, problems) = with("exploration.json");
    assert_eq!(code, Some(0), "{output}{problems}");
    fs::write(folder.path().join("other.json"), r#"{"schema": "other"}"#).unwrap();
    let (code, _, problems) = with("other.json");
    assert_eq!(code, Some(3), "{problems}");
    assert!(problems.contains("not a `flowsim.exploration/1` document"), "{problems}");
    assert_eq!(with("missing.json").0, Some(3));
}

/// The page is one file with a link to a call for everything reachable.
#[test]
fn a_page_is_written_to_a_file() {
    let folder = organisation("order-status");
    let page = ["--format", "html", "--out", "page.html"];
    let explore = [&EXPLORE[..4], &page].concat();
    let (code, output, problems) = flowsim(folder.path(), &explore);
    assert_eq!((code, output.as_str()), (Some(0), ""), "{problems}");
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.contains("<a href=\"#call-0\"") && page.contains("id=\"call-0\""));
}

/// A flow that sets two attributes of the participant.
const MARKED: &str = r#"
inboundCall:
  name: Marked
  startUpRef: /inboundCall/tasks/task[t]
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  tasks:
    - task:
        name: Task
        refId: t
        actions:
          - setParticipantData:
              name: Mark
              attributes:
                - attribute: {name: {lit: tier}, value: {lit: gold}}
                - attribute: {name: {lit: visits}, value: {exp: ToString(1 + 2)}}
          - disconnect: {name: End}
"#;

#[test]
fn attributes_of_the_participant_are_expected() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("flows")).unwrap();
    fs::write(folder.path().join("flows/marked.yaml"), MARKED).unwrap();
    let arguments =
        ["explore", "flows", "--suite", "tests", "--mutants", "--format", "json"];
    let (code, output, problems) = flowsim(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{problems}");
    let exploration: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(exploration["mutants"]["survived"], 0, "{output}");
    let written = folder.path().join("tests/marked.explored.test.yaml");
    let text = fs::read_to_string(written).unwrap();
    let expected = "participantData: {\"tier\":\"gold\",\"visits\":\"3\"}";
    assert!(text.contains(expected), "{text}");
    assert_passes(folder.path());

    let own = folder.path().join("own.test.yaml");
    for (attributes, context, expected) in [
        ("{tier: gold, other: null}", "{}", ""),
        ("{visits: {matches: '^[0-9]$'}}", "{}", ""),
        ("{tier: silver}", "{}", "the attribute `tier` to be \"silver\", it is \"gold\""),
        (
            "{other: x}",
            "{}",
            "the attribute `other` to be \"x\", the call did not set it",
        ),
        ("{other: y}", "{participantData.other: y}", ""),
        ("{other: x}", "{participantData.other: y}", "it is still \"y\""),
    ] {
        let text = format!(
            "flows: flows\ntests: [{{name: n, context: {context}, expect: {{participantData: {attributes}}}}}]"
        );
        fs::write(&own, text).unwrap();
        let (code, output, problems) = flowsim(folder.path(), &["test", "own.test.yaml"]);
        assert_eq!(code, Some(i32::from(!expected.is_empty())), "{output}{problems}");
        assert!(output.contains(expected), "{output}");
    }
}

/// A flow with two random numbers.
const RANDOM: &str = r#"
inboundCall:
  name: Survey
  startUpRef: /inboundCall/tasks/task[t]
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  variables:
    - integerVariable: {name: Flow.n, initialValue: {exp: "RandomInt(1, 20)"}}
  tasks:
    - task:
        name: Task
        refId: t
        actions:
          - decision:
              name: Asked?
              condition: {exp: Flow.n == 20}
              outputs:
                "yes": {actions: [{disconnect: {name: Survey}}]}
          - decision:
              name: Second?
              condition: {exp: "RandomInt(99) < 5"}
              outputs:
                "yes": {actions: [{disconnect: {name: Second}}]}
          - disconnect: {name: End}
"#;

/// A test of a call with another random number has its seed.
#[test]
fn random_seeds_are_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("flows")).unwrap();
    fs::write(folder.path().join("flows/survey.yaml"), RANDOM).unwrap();
    let arguments = ["explore", "flows", "--suite", "tests", "--format", "json"];
    let (code, output, problems) = flowsim(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{problems}");
    let exploration: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(exploration["suite"]["tests"], 3, "{output}");
    let nodes = exploration["nodes"].as_array().unwrap();
    let survey = nodes.iter().find(|it| it["nodeName"] == "Survey").unwrap();
    let seed = survey["call"]["seed"].as_u64().unwrap();
    let written = folder.path().join("tests/survey.explored.test.yaml");
    let text = fs::read_to_string(written).unwrap();
    assert!(text.contains(&format!("    seed: {seed}\n")), "{text}");
    assert!(
        names(&text).iter().any(|name| name.contains(&format!("seed {seed} →"))),
        "{text}"
    );
    assert_passes(folder.path());
}

/// A project with a flow and one test, which notices only some of its mutants.
fn partly_tested() -> tempfile::TempDir {
    let folder = organisation("order-status");
    fs::create_dir(folder.path().join("tests")).unwrap();
    let own = concat!(
        "flows: ../flows\nfixtures: ../fixtures.yaml\ntests:\n",
        "  - name: a silent caller\n    expect:\n      prompts:\n",
        "        - Please enter your order number, then press hash.\n",
        "        - We did not get your order number.\n",
    );
    fs::write(folder.path().join("tests/own.test.yaml"), own).unwrap();
    let project =
        "flows = [\"flows\"]\nfixtures = [\"fixtures.yaml\"]\ntests = [\"tests\"]\n";
    fs::write(folder.path().join("flowsim.toml"), project).unwrap();
    folder
}

/// Returns the mutants of all explorations as text, in one order.
fn listed(found: &[Value]) -> Vec<String> {
    let lists = found.iter().flat_map(|it| it["list"].as_array().unwrap());
    let mut all: Vec<String> = lists.map(Value::to_string).collect();
    all.sort();
    all
}

/// The shares of the mutants have each mutant once, and their numbers add up.
#[test]
fn shares_of_mutants_add_up() {
    let folder = partly_tested();
    let of = |further: &[&str]| {
        let arguments =
            [&["explore", "--mutants", "--budget", "1000", "--format", "json"], further]
                .concat();
        let (code, output, problems) = flowsim(folder.path(), &arguments);
        assert_eq!(code, Some(0), "{problems}");
        let exploration: Value = serde_json::from_str(&output).unwrap();
        exploration["mutants"].clone()
    };
    let whole = of(&[]);
    assert_eq!(whole["partition"], Value::Null);
    let number = |found: &Value, key: &str| found[key].as_u64().unwrap();
    assert!(number(&whole, "killed") > 0 && number(&whole, "survived") > 0, "{whole}");
    let count = |found: &Value| {
        let keys = ["killed", "timeouts", "survived", "equivalent"];
        keys.iter().map(|key| number(found, key)).sum::<u64>()
    };
    for kind in ["slice", "hash"] {
        let shares: Vec<Value> =
            (1..=3).map(|it| of(&["--partition", &format!("{kind}:{it}/3")])).collect();
        assert_eq!(shares[1]["partition"], format!("{kind}:2/3"));
        for key in ["killed", "survived", "timeouts", "equivalent", "unreached"] {
            let sum: u64 = shares.iter().map(|it| number(it, key)).sum();
            assert_eq!(sum, number(&whole, key), "{kind} {key}");
        }
        assert_eq!(listed(&shares), listed(std::slice::from_ref(&whole)), "{kind}");
        assert!(shares.iter().all(|it| count(it) > 0), "{kind}");
        let is_even = |it: &Value| count(it).abs_diff(count(&whole) / 3) <= 1;
        assert!(kind == "hash" || shares.iter().all(is_even));
    }
    let (code, _, problems) =
        flowsim(folder.path(), &["explore", "--partition", "slice:1/3"]);
    assert_eq!(code, Some(2), "{problems}");
}

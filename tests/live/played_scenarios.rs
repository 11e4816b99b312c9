//! Scenarios that flowsim writes contain everything that is needed to run them again.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const FLOW: &str = "inboundCall:
  name: Main
  startUpRef: /inboundCall/menus/menu[main]
  menus:
    - menu:
        name: '{{menu_name}}'
        refId: main
        audio: {tts: Press one.}
        choices:
          - menuDisconnect:
              name: Bye
              dtmf: digit_1
";

fn flowsim(folder: &Path, arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let command = command.current_dir(folder).args(arguments);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn an_interactive_call_is_a_test_with_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.yaml"), FLOW).unwrap();
    let run = ["run", "main.yaml", "--interactive", "--set", "menu_name=Welcome"];
    let options = ["--max-actions", "50", "--seed", "7", "--strict"];
    let (code, out) = flowsim(folder.path(), &[&run[..], &options].concat(), "1\n");
    assert_eq!(code, Some(0), "{out}");
    let (_, scenario) = out.split_once("# The call as a scenario").unwrap();
    let scenario = format!("#{scenario}");
    for line in
        ["set: {\"menu_name\":\"Welcome\"}", "maxActions: 50", "seed: 7", "strict: true"]
    {
        assert!(scenario.contains(line), "{line}: {scenario}");
    }
    fs::write(folder.path().join("a.test.yaml"), &scenario).unwrap();
    let (code, out) =
        flowsim(folder.path(), &["test", "--deny", "unset-placeholders"], "");
    assert_eq!(code, Some(0), "{out}\n{scenario}");
}

/// The id of an action in another copy of a flow.
const OTHER_ID: &str = "00000000-0000-4000-8000-000000000000";

/// A menu whose choices have the default name of their actions.
fn menu_of(queues: [&str; 2]) -> String {
    let choice = |number: usize, queue: &str| {
        format!(
            "          - menuTransferToAcd:
              name: Transfer to ACD
              dtmf: digit_{number}
              targetQueue: {{lit: {{name: {queue}}}}}
"
        )
    };
    let [one, two] = queues;
    let menu = "inboundCall:
  name: Main
  startUpRef: /inboundCall/menus/menu[main]
  menus:
    - menu:
        name: Welcome
        refId: main
        audio: {tts: Press one or two.}
        choices:
";
    format!("{menu}{}{}", choice(1, one), choice(2, two))
}

/// A folder with the recording of a call to the second queue. Its document has the ids of
/// another copy of the flow.
fn recorded_choice(queues: [&str; 2]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let organisation = "queues:\n  - {name: Life}\n  - {name: Pension}\n";
    fs::write(folder.path().join("q.yaml"), organisation).unwrap();
    fs::write(folder.path().join("main.yaml"), menu_of(queues)).unwrap();
    let run = ["run", "main.yaml", "--fixtures", "q.yaml", "--input", "2"];
    let document = ["--format", "execution"];
    let (code, out) = flowsim(folder.path(), &[&run[..], &document].concat(), "");
    assert_eq!(code, Some(0), "{out}");
    fs::write(folder.path().join("call.json"), &out).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&out).unwrap();
    let events = other["flow"]["execution"].as_array_mut().unwrap();
    let mut transfers =
        events.iter_mut().filter_map(|it| it.get_mut("menuTransferToAcd"));
    transfers.next().unwrap()["actionId"] = OTHER_ID.into();
    fs::write(folder.path().join("other.json"), other.to_string()).unwrap();
    folder
}

#[test]
fn the_key_of_a_choice_is_found_among_choices_of_one_name() {
    let folder = recorded_choice(["Life", "Pension"]);
    // The id decides in the first document, and the queue in the second one.
    for document in ["call.json", "other.json"] {
        let out = document.replace(".json", "");
        let import = ["import", document, "--out", &out];
        let scenario = ["--scenario", "--flows", "main.yaml"];
        let (code, text) = flowsim(folder.path(), &[&import[..], &scenario].concat(), "");
        assert_eq!(code, Some(0), "{text}");
        let mut files = fs::read_dir(folder.path().join(&out)).unwrap();
        let file = files.find(|it| {
            it.as_ref().unwrap().file_name().to_string_lossy().ends_with(".test.yaml")
        });
        let text = fs::read_to_string(file.unwrap().unwrap().path()).unwrap();
        assert!(text.contains("input: [\"2@0\"]"), "{text}");
        let (code, text) = flowsim(folder.path(), &["test", &out], "");
        assert_eq!(code, Some(0), "{text}");
        let recordings = format!("{out}-recordings");
        let import = ["import", document, "--out", &recordings];
        assert_eq!(flowsim(folder.path(), &import, "").0, Some(0));
        let compare =
            ["compare", &recordings, "--flows", "main.yaml", "--fixtures", "q.yaml"];
        let (code, text) = flowsim(folder.path(), &compare, "");
        assert_eq!(code, Some(0), "{document}: {text}");
    }
}

#[test]
fn a_choice_that_stays_ambiguous_is_reported() {
    let folder = recorded_choice(["Life", "Life"]);
    let import = ["import", "other.json", "--out", "calls"];
    assert_eq!(flowsim(folder.path(), &import, "").0, Some(0));
    let compare = ["compare", "calls", "--flows", "main.yaml", "--fixtures", "q.yaml"];
    let (_, text) = flowsim(folder.path(), &compare, "");
    let expected = "`Welcome` of `Main` requests the key of the choice `Transfer to ACD`, \
                    but the recording does not show which of several: 1, 2";
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(expected), "{text}");
}

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

//! Calls whose flow did not change, run and imported by the program: the comparison has
//! nothing to report, and the scenario passes.

use std::fs;
use std::path::Path;

use super::flowsim;

/// Runs a call with these arguments, imports its execution document, and returns the
/// result of the comparison.
fn compared(folder: &Path, arguments: &[&str]) -> String {
    let call = ["run", "flow.yaml", "--format", "execution"];
    let run = flowsim(folder, &[&call[..], arguments].concat());
    assert!(!run.stdout.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    fs::write(folder.join("saved.json"), &run.stdout).unwrap();
    let import = ["import", "saved.json", "--out", "made", "--scenario"];
    let import = flowsim(folder, &[&import[..], &["--flows", "flow.yaml"]].concat());
    let told = String::from_utf8_lossy(&import.stderr);
    assert_eq!((import.status.code(), &*told), (Some(0), ""), "{told}");
    let compared = flowsim(folder, &["compare", "made", "--flows", "flow.yaml"]);
    String::from_utf8([compared.stdout, compared.stderr].concat()).unwrap()
}

/// Writes a flow into a new folder.
fn folder_of(flow: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("flow.yaml"), flow).unwrap();
    folder
}

/// Returns the scenario of the only recording.
fn scenario(folder: &Path) -> String {
    let found = fs::read_dir(folder.join("made")).unwrap().map(|it| it.unwrap().path());
    let mut found = found.filter(|it| it.to_string_lossy().ends_with(".test.yaml"));
    fs::read_to_string(found.next().unwrap()).unwrap()
}

const WORKFLOW: &str = "
workflow:
  name: Returns
  startUpRef: /workflow/states/state[S]
  variables:
    - stringVariable: {name: Flow.orderNo, isInput: true}
    - integerVariable: {name: Flow.tries, initialValue: {lit: 3}}
  states:
    - state:
        name: S
        refId: S
        actions:
          - decision:
              name: Has Order
              condition: {exp: 'IsSet(Flow.orderNo) and Flow.tries == 3'}
              outputs:
                yes:
                  actions:
                    - endWorkflow: {name: Order}
                no:
                  actions:
                    - endWorkflow: {name: Nothing}
";

#[test]
fn the_inputs_of_workflows_are_part_of_the_recording() {
    let folder = folder_of(WORKFLOW);
    let told = compared(folder.path(), &["--var", "Flow.orderNo=A1"]);
    assert!(told.contains("1 equal"), "{told}");
    // Other variables have their initial values, which a change of the flow may change.
    let scenario = scenario(folder.path());
    assert!(scenario.contains(r#"variables: {"Flow.orderNo":"A1"}"#), "{scenario}");
    let changed = WORKFLOW.replace("initialValue: {lit: 3}", "initialValue: {lit: 4}");
    fs::write(folder.path().join("flow.yaml"), changed).unwrap();
    let told = flowsim(folder.path(), &["compare", "made", "--flows", "flow.yaml"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("`Flow.tries` = 3 in the recording, and 4 locally"), "{told}");
}

const IN_QUEUE: &str = "
inqueueCall:
  name: Waiting
  defaultLanguage: en-us
  supportedLanguages: {en-us: {}}
  startUpTaskActions:
    - holdMusic:
        name: Hold
        prompt: {exp: PromptSystem.on_hold_music}
        playStyle: {duration: {lit: {seconds: 30}}}
";

#[test]
fn the_agent_answers_at_the_recorded_time() {
    let folder = folder_of(IN_QUEUE);
    for answer in ["answerAfterMs=95000", "answerAfterMs=20000", "abandonAfterMs=95000"] {
        let given = ["--context", "estimatedWaitMs=70000", "--context", answer];
        let told = compared(folder.path(), &given);
        assert!(told.contains("1 equal"), "{answer}\n{told}");
        fs::remove_dir_all(folder.path().join("made")).unwrap();
    }
}

const MENU: &str = "
inboundCall:
  name: Main
  defaultLanguage: en-us
  supportedLanguages: {en-us: {}}
  startUpRef: /inboundCall/menus/menu[M]
  menus:
    - menu:
        name: M
        refId: M
        audio: {tts: 'Orders, or an agent?'}
        settingsMenu: {extensionDialingMaxDelay: {lit: {seconds: 1}}}
        choices:
          - menuDisconnect:
              name: Orders
              dtmf: digit_1
              speechRecTerms: {en-us: {terms: [my order]}}
          - menuDisconnect:
              name: Agent
              speechRecTerms: {en-us: {terms: [an agent]}}
";

#[test]
fn choices_at_once_are_replayed() {
    let folder = folder_of(MENU);
    for input in ["say:my order", "say:an agent", "1", "12345678"] {
        let told = compared(folder.path(), &["--input", input]);
        assert!(told.contains("1 equal"), "{input}\n{told}");
        let test = flowsim(folder.path(), &["test", "made"]);
        let told = String::from_utf8_lossy(&test.stdout);
        assert_eq!(test.status.code(), Some(0), "{input}\n{told}");
        fs::remove_dir_all(folder.path().join("made")).unwrap();
    }
}

#[test]
fn the_case_of_languages_does_not_matter() {
    let folder = folder_of(MENU);
    let told = compared(folder.path(), &["--input", "1"]);
    assert!(told.contains("1 equal"), "{told}");
    let other = MENU.replace("en-us", "en-US");
    fs::write(folder.path().join("flow.yaml"), other).unwrap();
    let told = flowsim(folder.path(), &["compare", "made", "--flows", "flow.yaml"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("1 equal"), "{told}");
}

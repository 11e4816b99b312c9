//! `flowsim debug`: the dialogue with a person, read from a pipe.

use std::path::Path;

use assert_cmd::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the command with these lines as its standard input.
fn debug(arguments: &[&str], lines: &str) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(root())
        .arg("debug")
        .args(arguments)
        .write_stdin(lines)
        .output()
        .unwrap_or_else(|problem| panic!("{problem}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout) + &text(&output.stderr), output.status.code())
}

const OUTAGE: [&str; 5] = [
    "fixtures/northlight-power/flows",
    "--fixtures",
    "fixtures/northlight-power/fixtures.yaml",
    "--flow",
    "Northlight Outage Line",
];

#[test]
fn a_call_is_debugged_in_the_terminal() {
    let (text, code) = debug(
        &OUTAGE,
        "break Which district? if Flow.IsDangerous == false\ncontinue\n-\nprint Upper(\"a\")\n\
         set Flow.District = \"12\"\nvars\nwhere\nback\nnext\nfoo\n500\nbranches\nquit\n",
    );
    insta::assert_snapshot!(text);
    assert_eq!(code, Some(0));
}

#[test]
fn another_answer_is_another_branch() {
    let (text, _) =
        debug(&OUTAGE, "c\n9\nr\nn\nn\na silence\nbranches\nbranch 1\nbranches\n");
    insta::assert_snapshot!(text);
}

#[test]
fn problems_of_loading_are_reported() {
    let (text, code) = debug(&["no-such.yaml"], "");
    assert!(text.contains("FILE_UNREADABLE"), "{text}");
    assert_eq!(code, Some(3));
    let tests = "fixtures/northlight-power/calls.test.yaml";
    let (text, code) = debug(&["--test", tests, "--name", "danger come first"], "");
    assert!(text.contains("did you mean `danger comes first`?"), "{text}");
    assert_eq!(code, Some(3));
    let (text, code) = debug(&[], "");
    assert!(text.contains("FLOW"), "{text}");
    assert_eq!(code, Some(2));
}

#[test]
fn a_test_is_debugged_with_its_inputs_and_saved() {
    let tests = "fixtures/northlight-power/calls.test.yaml";
    let name = "danger comes first";
    let (text, _) = debug(&["--test", tests, "--name", name], "c\nsave\n");
    assert!(text.contains("caller: 9"), "{text}");
    assert!(text.contains("stopAtQueue: true"), "{text}");
    assert!(text.contains("input: [\"9\"]"), "{text}");
}

#[test]
fn a_recording_stops_at_the_first_difference() {
    let recording = "fixtures/compare/recordings/on-its-way.recording.json";
    let flows = "fixtures/compare/flows";
    let (text, code) = debug(&[flows, "--recording", recording], "n\nsave\nb\nc\n");
    insta::assert_snapshot!(text);
    assert_eq!(code, Some(0));
    let unchanged = "fixtures/order-status/flows";
    let (text, _) = debug(&[unchanged, "--recording", recording], "");
    assert!(!text.contains("difference"), "{text}");
}

/// A call that is not over has no result that a test could expect. The flows are found from
/// the folder of the file.
#[test]
fn a_call_that_is_not_over_is_saved_as_far_as_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tests/outage.test.yaml");
    let save = format!("c\nc\nsave {}\n", file.display());
    let (text, _) = debug(&OUTAGE, &save);
    assert!(text.contains("wrote "), "{text}");
    let saved = std::fs::read_to_string(&file).unwrap();
    assert!(saved.contains("path: {\"contains\":["), "{saved}");
    assert!(!saved.contains("status"), "{saved}");
    let tested = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["test", "tests"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        tested.status.success(),
        "{saved}{}",
        String::from_utf8_lossy(&tested.stdout)
    );
}

/// A draft flow stops before its first action, also at a breakpoint there.
#[test]
fn the_first_action_of_a_draft_flow_has_a_breakpoint() {
    let flows = "fixtures/shared-flow/flows";
    let (text, code) = debug(
        &[flows, "--flow", "Inbound_Flow_A"],
        "where\nbreak CallShared\ns\nrcontinue\nvars\n",
    );
    assert_eq!(text.matches("next: Flow `CallShared`").count(), 2, "{text}");
    assert!(text.contains("actions = 0"), "{text}");
    assert_eq!(code, Some(0));
}

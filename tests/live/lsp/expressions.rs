//! Expressions in an editor: formatting, colours, types, parameters.

use std::fs;

use serde_json::{Value, json};

use super::client::{Editor, address};
use super::{FLOW, opened, workspace};

/// The flow with an expression in place of that of its greeting.
fn with(expression: &str) -> String {
    FLOW.replace("ToAudioTTS(Upper(Flow.language))", expression)
}

fn formatted(text: &str, parameters: Value) -> String {
    let (folder, path) = workspace(text);
    let mut editor = Editor::start(folder.path());
    editor.open(&path, text);
    let mut parameters = parameters;
    parameters["textDocument"] = json!({"uri": address(&path)});
    parameters["options"] = json!({"tabSize": 2, "insertSpaces": true});
    let method = match parameters.get("range") {
        Some(_) => "textDocument/rangeFormatting",
        None => "textDocument/formatting",
    };
    let edits = editor.request(method, parameters);
    let edit = json!({"documentChanges": [{
        "textDocument": {"uri": address(&path)}, "edits": edits,
    }]});
    editor.apply(&path, &edit);
    let text = editor.text(&path).to_owned();
    assert_eq!(editor.end(), 0);
    text
}

#[test]
fn formatting_changes_the_spaces_of_expressions_and_nothing_else() {
    let text = with("ToAudioTTS( Upper(Flow.language)+\"a  b\",1 )  # a  comment");
    let expected = with("ToAudioTTS(Upper(Flow.language) + \"a  b\", 1)  # a  comment");
    assert_eq!(formatted(&text, json!({})), expected);
    assert_eq!(formatted(&expected, json!({})), expected);
    let line = |line: u32| json!({"line": line, "character": 0});
    let first = json!({"range": {"start": line(0), "end": line(10)}});
    assert_eq!(formatted(&text, first), text, "the range has no expression");
    let all = json!({"range": {"start": line(0), "end": line(30)}});
    assert_eq!(formatted(&text, all), expected);
}

#[test]
fn formatting_keeps_the_meaning_of_yaml() {
    // In a plain scalar, a colon with a space would begin a value.
    let plain = with("If(true?true:false,ToAudioTTS(\"a\"),ToAudioTTS(\"b\"))");
    assert_eq!(formatted(&plain, json!({})), plain);
    let quoted = with("'If(true?true:false,ToAudioTTS(\"a\"),ToAudioTTS(\"b\"))'");
    let expected =
        with("'If(true ? true : false, ToAudioTTS(\"a\"), ToAudioTTS(\"b\"))'");
    assert_eq!(formatted(&quoted, json!({})), expected);
    // With escapes, the document has another text than the expression.
    let escaped = with("\"ToAudioTTS(\\\"a\\\"+\\\"b\\\")\"");
    assert_eq!(formatted(&escaped, json!({})), escaped);
    let broken = with("ToAudioTTS(1+");
    assert_eq!(formatted(&broken, json!({})), broken);
}

#[test]
fn words_of_expressions_have_colours() {
    let (mut editor, _folder, path) = opened();
    let document = json!({"textDocument": {"uri": address(&path)}});
    let tokens = editor.request("textDocument/semanticTokens/full", document);
    let data: Vec<u64> = tokens["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_u64().unwrap())
        .collect();
    // Line and column relative to the previous word, length, kind: functions, variables.
    let expected: [[u64; 5]; 4] =
        [[17, 21, 10, 0, 0], [0, 11, 5, 0, 0], [0, 6, 4, 1, 0], [0, 5, 8, 1, 0]];
    assert_eq!(data, expected.concat());
    assert_eq!(editor.end(), 0);
}

#[test]
fn expressions_show_their_types() {
    let text = with("ToAudioTTS(Flow.language)");
    let text = text.replace("lit: de", "exp: Length(Flow.language) > 2");
    let (folder, path) = workspace(&text);
    let mut editor = Editor::start(folder.path());
    editor.open(&path, &text);
    let at = |line: u32| json!({"line": line, "character": 0});
    let parameters = json!({
        "textDocument": {"uri": address(&path)}, "range": {"start": at(0), "end": at(60)},
    });
    let hints = editor.request("textDocument/inlayHint", parameters);
    let hints = hints.as_array().unwrap().iter();
    let labels: Vec<&str> = hints.map(|it| it["label"].as_str().unwrap()).collect();
    assert_eq!(labels, [": Audio", ": Boolean"]);
    assert_eq!(editor.end(), 0);
}

#[test]
fn the_parameters_of_a_function_are_shown_while_they_are_typed() {
    let text = with("ToAudioTTS(Substring(Flow.language, 1");
    let (folder, path) = workspace(&text);
    let mut editor = Editor::start(folder.path());
    editor.open(&path, &text);
    let help =
        editor.request("textDocument/signatureHelp", editor.at(&path, "language, 1", 0));
    assert_eq!(help["activeParameter"], 1);
    let label = help["signatures"][0]["label"].as_str().unwrap();
    assert!(label.starts_with("Substring(String, Integer"), "{label}");
    let none =
        editor.request("textDocument/signatureHelp", editor.at(&path, "name: He", 0));
    assert_eq!(none, Value::Null);
    assert_eq!(editor.end(), 0);
}

#[test]
fn actions_that_calls_or_tests_do_not_reach_have_a_remark() {
    let (folder, path) = workspace(FLOW);
    let results = folder.path().join(".flowsim");
    fs::create_dir(&results).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("flowsim").unwrap();
        command.current_dir(folder.path()).args(arguments).output().unwrap().stdout
    };
    // The jump over the last action of the first task makes it unreachable.
    let text = FLOW.replace("- disconnect:", "- jumpToTask:\n              name: Away\n              \
                targetTaskRef: \"/inboundCall/tasks/task[End_2]\"\n          - disconnect:");
    fs::write(&path, &text).unwrap();
    let explored = run(&["explore", "desk.yaml", "--format=json"]);
    fs::write(results.join("exploration.json"), explored).unwrap();
    let mut editor = Editor::start(folder.path());
    editor.open(&path, &text);
    let at = |line: u32| json!({"line": line, "character": 0});
    let parameters = json!({
        "textDocument": {"uri": address(&path)}, "range": {"start": at(0), "end": at(60)},
    });
    let remarks = |editor: &mut Editor| -> Vec<(u64, String)> {
        let hints = editor.request("textDocument/inlayHint", parameters.clone());
        let hints = hints.as_array().unwrap().iter();
        let shown = hints.filter(|it| it["kind"].is_null()).map(|it| {
            let line = it["position"]["line"].as_u64().unwrap();
            (line, it["label"].as_str().unwrap().to_owned())
        });
        shown.collect()
    };
    let unreachable = "unreachable: no path leads here".to_owned();
    let line = text.lines().position(|it| it.contains("- disconnect:")).unwrap() as u64;
    assert_eq!(remarks(&mut editor), [(line, unreachable.clone())]);

    // The coverage of tests is read when a document is saved.
    let scenario =
        "flows: desk.yaml\ntests:\n  - name: One\n    expect: {status: completed}\n";
    fs::write(folder.path().join("a.test.yaml"), scenario).unwrap();
    run(&["test", "--coverage-out", ".flowsim/coverage.json"]);
    fs::remove_file(results.join("exploration.json")).unwrap();
    let document = json!({"textDocument": {"uri": address(&path)}});
    editor.notify("textDocument/didSave", document);
    assert_eq!(remarks(&mut editor), [(line, "not reached by tests".to_owned())]);
    assert_eq!(editor.end(), 0);
}

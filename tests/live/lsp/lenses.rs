//! Code lenses: *Run*, *Run test*, *Debug*.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::client::{Editor, address};
use super::{FLOW, workspace};

fn titles(lenses: &Value) -> Vec<(u64, &str)> {
    let lenses = lenses.as_array().unwrap().iter();
    let line = |it: &Value| it["range"]["start"]["line"].as_u64().unwrap();
    lenses.map(|it| (line(it), it["command"]["title"].as_str().unwrap())).collect()
}

#[test]
fn a_flow_is_run_by_the_server() {
    let (folder, path) = workspace(FLOW);
    let mut editor = Editor::start(folder.path());
    editor.open(&path, FLOW);
    let document = json!({"textDocument": {"uri": address(&path)}});
    let lenses = editor.request("textDocument/codeLens", document);
    assert_eq!(titles(&lenses), [(1, "Run")]);
    let command = &lenses[0]["command"];
    let call = json!({"command": command["command"], "arguments": command["arguments"]});
    editor.request("workspace/executeCommand", call);
    let log = editor.wait_for("window/logMessage");
    assert!(log["message"].as_str().unwrap().contains("Goodbye"), "{log}");
    let shown = editor.wait_for("window/showMessage");
    assert_eq!(shown["message"], "Front desk: the call completed");
    let answer = editor.ask("workspace/executeCommand", json!({"command": "rm"}));
    assert_eq!(answer["error"]["message"], "unknown command `rm`");
    assert_eq!(editor.end(), 0);
}

#[test]
fn a_test_is_run_by_the_server_and_debugged_by_the_client() {
    let (folder, path) = workspace(FLOW);
    let test = folder.path().join("a.test.yaml");
    let text = "flows: desk.yaml\ntests:\n  - name: passes\n    expect: {status: completed}\n  \
                - name: fails\n    expect: {status: error}\n  - name: row ${n}\n    \
                each: [{n: 1}, {n: 2}]\n";
    fs::write(&test, text).unwrap();
    let mut editor = Editor::start_with(folder.path(), json!({"debug": true}));
    editor.open(&test, text);
    let document = json!({"textDocument": {"uri": address(&test)}});
    let lenses = editor.request("textDocument/codeLens", document);
    let expected = [
        (2, "Run test"),
        (2, "Debug"),
        (4, "Run test"),
        (4, "Debug"),
        (6, "Run test"),
        (6, "Debug"),
    ];
    assert_eq!(titles(&lenses), expected);
    assert_eq!(lenses[1]["command"]["command"], "flowsim.debug");
    assert_eq!(lenses[1]["command"]["arguments"][0]["name"], "passes");
    for (lens, message) in
        [(0, "passes: passed"), (2, "fails: failed; the log has the reason")]
    {
        let command = &lenses[lens]["command"];
        let call =
            json!({"command": command["command"], "arguments": command["arguments"]});
        editor.request("workspace/executeCommand", call);
        let shown = editor.wait_for("window/showMessage");
        assert_eq!(shown["message"], message);
    }
    editor.open(&path, FLOW);
    assert_eq!(editor.end(), 0);
}

/// Runs the first lens of a document, and returns the message at the end.
fn run_first(editor: &mut Editor, path: &Path) -> Value {
    let document = json!({"textDocument": {"uri": address(path)}});
    let lenses = editor.request("textDocument/codeLens", document);
    let command = &lenses[0]["command"];
    let call = json!({"command": command["command"], "arguments": command["arguments"]});
    editor.request("workspace/executeCommand", call);
    editor.wait_for("window/showMessage")
}

#[test]
fn hovering_shows_the_values_of_runs_and_the_results_of_expressions() {
    let text = FLOW.replace("lit: de", "exp: Right(Call.Ani, 3)");
    let text = text.replace("Upper(Flow.language)", "Upper(Flow.language) + \"!\"");
    let (folder, path) = workspace(&text);
    let test = folder.path().join("a.test.yaml");
    let rows = "flows: desk.yaml\ntests:\n  - name: from ${number}\n    context: {from: \"${number}\"}\n    \
                each: [{number: \"111222\"}, {number: \"333444\"}, {number: \"111555\"}]\n";
    fs::write(&test, rows).unwrap();
    let mut editor = Editor::start(folder.path());
    editor.open(&path, &text);
    editor.open(&test, rows);
    let explained = |editor: &mut Editor, needle: &str| {
        let hover = editor.request("textDocument/hover", editor.at(&path, needle, 0));
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    assert!(!explained(&mut editor, "name: Flow.lang").contains("Seen"));
    let shown = run_first(&mut editor, &test);
    assert!(shown["message"].as_str().unwrap().ends_with("passed"), "{shown}");
    let variable = explained(&mut editor, "name: Flow.lang");
    let seen = "Seen in runs: `\"en\"`, `\"222\"`, `\"444\"`, `\"555\"` (3 calls)";
    assert!(variable.contains(seen), "{variable}");
    let expression = explained(&mut editor, "Upper(Flow.language) +");
    assert!(expression.contains("`Flow.language`: `\"en\"`"), "{expression}");
    let result = "In runs, `Upper(Flow.language) + \"!\"` = `\"EN!\"`";
    assert!(expression.starts_with(result), "{expression}");
    let function = explained(&mut editor, "ToAudioTTS(Upp");
    assert!(
        function.ends_with("In runs, `Upper(Flow.language)` = `\"EN\"`"),
        "{function}"
    );
    // The values of a run of the flow are added to those of the tests.
    run_first(&mut editor, &path);
    let variable = explained(&mut editor, "name: Flow.lang");
    assert!(
        variable.contains("`\"555\"`") && variable.contains("(4 calls)"),
        "{variable}"
    );
    assert_eq!(editor.end(), 0);
}

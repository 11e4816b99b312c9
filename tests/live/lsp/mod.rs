//! `flowsim lsp`, used as an editor would use it.

#![expect(clippy::unwrap_used, reason = "an unexpected answer fails the test")]

mod client;
mod expressions;
mod lenses;
mod organisation;
mod robustness;
mod scenarios;

use std::fs;
use std::path::{Path, PathBuf};

use client::{Editor, address, labels};
use serde_json::{Value, json};

const FLOW: &str = r#"inboundCall:
  name: Front desk
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Start_1]"
  variables:
    - stringVariable:
        name: Flow.language
        initialValue:
          lit: en
  tasks:
    - task:
        name: Start
        refId: Start_1
        actions:
          - playAudio:
              name: Hello
              audio:
                exp: ToAudioTTS(Upper(Flow.language))
          - updateData:
              name: Choose
              statements:
                - string:
                    variable: Flow.language
                    value:
                      lit: de
          - callTask:
              name: Go on
              targetTaskRef: "/inboundCall/tasks/task[End_2]"
          - disconnect:
              name: Goodbye
    - task:
        name: End
        refId: End_2
        actions:
          - endTask:
              name: Done
"#;

fn workspace(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.yaml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn opened() -> (Editor, tempfile::TempDir, PathBuf) {
    let (folder, path) = workspace(FLOW);
    let mut editor = Editor::start(folder.path());
    let problems = editor.open(&path, FLOW);
    assert_eq!(problems, json!([]));
    (editor, folder, path)
}

fn codes(problems: &Value) -> Vec<&str> {
    problems.as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect()
}

#[test]
fn a_mistake_is_shown_while_it_is_typed_and_has_a_quick_fix() {
    let (mut editor, _folder, path) = opened();
    let problems = editor.replace(&path, "Upper(Flow.language)", "Upper(Flow.langage)");
    assert_eq!(codes(&problems), ["UNKNOWN_VARIABLE"]);
    let problem = &problems[0];
    assert_eq!(problem["severity"], 1);
    assert_eq!(problem["range"]["start"], json!({"line": 17, "character": 38}));
    let parameters = json!({
        "textDocument": {"uri": address(&path)},
        "range": problem["range"],
        "context": {"diagnostics": []},
    });
    let actions = editor.request("textDocument/codeAction", parameters);
    assert_eq!(actions[0]["title"], "Replace `Flow.langage` with `Flow.language`");
    let edit = actions[0]["edit"].clone();
    editor.apply(&path, &edit);
    assert_eq!(editor.text(&path), FLOW);
    assert_eq!(editor.next_problems(&path), json!([]));
    assert_eq!(editor.end(), 0);
}

#[test]
fn broken_yaml_is_one_problem_and_keeps_what_is_known() {
    let (mut editor, _folder, path) = opened();
    let problems = editor.replace(&path, "lit: de", "lit: {de");
    assert_eq!(codes(&problems), ["YAML_SYNTAX"]);
    let definition =
        editor.request("textDocument/definition", editor.at(&path, "Flow.lang", 1));
    assert_eq!(definition[0]["range"]["start"]["line"], 6);
    let hover = editor.request("textDocument/hover", editor.at(&path, "Upp", 0));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("Upper(String)"));
    assert_eq!(editor.replace(&path, "lit: {de", "lit: de"), json!([]));
    assert_eq!(editor.end(), 0);
}

#[test]
fn names_are_explained() {
    let (mut editor, _folder, path) = opened();
    let mut explained = |needle: &str| {
        let hover = editor.request("textDocument/hover", editor.at(&path, needle, 0));
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    let mut text = String::new();
    for needle in
        ["Upper(Flow.lang", "ToAudio", "callTa", "task[End", "  startUpR", "statem"]
    {
        text.push_str(&format!("## at `{needle}`\n\n{}\n\n", explained(needle)));
    }
    insta::assert_snapshot!(text);
    assert_eq!(editor.end(), 0);
}

#[test]
fn completions_fit_the_place() {
    let (mut editor, _folder, path) = opened();
    editor.replace(&path, "Upper(Flow.language)", "Upper(Flow.l");
    let items = editor.request("textDocument/completion", editor.at(&path, "Flow.l", 1));
    assert!(labels(&items).contains(&"Flow.language"));
    assert!(labels(&items).contains(&"Flow.StartDateTimeUtc"));
    assert!(!labels(&items).contains(&"Upper"), "functions have no scope");
    editor.replace(&path, "Upper(Flow.l", "Upp");
    let items = editor.request("textDocument/completion", editor.at(&path, "(Upp", 0));
    assert!(labels(&items).contains(&"Upper"));
    editor.replace(&path, "          - disconnect:", "          - disc");
    let items = editor.request("textDocument/completion", editor.at(&path, "- disc", 0));
    assert!(labels(&items).contains(&"disconnect"));
    let place = editor.at(&path, "targetTaskRef: ", 0);
    let items = editor.request("textDocument/completion", place);
    assert!(labels(&items).contains(&"/inboundCall/tasks/task[Start_1]"));
    assert_eq!(editor.end(), 0);
}

#[test]
fn a_variable_and_a_task_are_renamed_with_all_their_uses() {
    let (mut editor, _folder, path) = opened();
    let mut parameters = editor.at(&path, "Flow.lang", 1);
    parameters["newName"] = json!("tongue");
    let edit = editor.request("textDocument/rename", parameters);
    editor.apply(&path, &edit);
    let renamed = FLOW.replace("Flow.language", "Flow.tongue");
    assert_eq!(editor.text(&path), renamed);

    let mut parameters = editor.at(&path, "task[End", 0);
    parameters["newName"] = json!("Last_2");
    let edit = editor.request("textDocument/rename", parameters);
    editor.apply(&path, &edit);
    assert_eq!(editor.text(&path), renamed.replace("End_2", "Last_2"));
    assert_eq!(editor.next_problems(&path), json!([]));

    let mut parameters = editor.at(&path, "Flow.ton", 0);
    parameters["newName"] = json!("two words");
    let answer = editor.ask("textDocument/rename", parameters);
    assert_eq!(answer["error"]["message"], "`two words` is not the name of a variable");
    assert_eq!(editor.end(), 0);
}

#[test]
fn the_outline_has_tasks_with_their_actions() {
    let (mut editor, _folder, path) = opened();
    let document = json!({"textDocument": {"uri": address(&path)}});
    let symbols = editor.request("textDocument/documentSymbol", document.clone());
    let names = |symbol: &Value| -> Vec<String> {
        let children = symbol["children"].as_array().unwrap();
        children.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&symbols[0]), ["Start", "End"]);
    let start = &symbols[0]["children"][0];
    assert_eq!(names(start), ["Hello", "Choose", "Go on", "Goodbye"]);
    assert_eq!(start["range"]["end"]["line"], 29);
    let folds = editor.request("textDocument/foldingRange", document);
    assert_eq!(folds[0], json!({"startLine": 0, "endLine": 35}));
    assert_eq!(editor.end(), 0);
}

#[test]
fn a_called_module_is_found_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let module = "commonModule:\n  name: Shared\n  startUpTaskActions:\n    \
                  - endTask:\n        name: Done\n";
    fs::write(folder.path().join("shared.yaml"), module).unwrap();
    let call = "- callCommonModule:\n              name: Ask\n              \
                commonModule:\n                Shared:\n                  ver_1:\n                    \
                inputs: {}\n          - disconnect:";
    let text = FLOW.replace("- disconnect:", call);
    let path = folder.path().join("desk.yaml");
    fs::write(&path, &text).unwrap();
    let mut editor = Editor::start(folder.path());
    editor.open(&path, &text);
    let found = editor.request("textDocument/definition", editor.at(&path, "Shared", 0));
    assert!(found[0]["uri"].as_str().unwrap().ends_with("shared.yaml"), "{found}");
    assert_eq!(found[0]["range"]["start"]["line"], 1);
    assert_eq!(editor.end(), 0);
}

#[test]
fn places_in_a_template_are_those_of_the_document() {
    let text =
        FLOW.replace("Front desk", "{{name}} and more").replace("lit: de", "lot: de");
    let (folder, path) = workspace(&text);
    fs::write(folder.path().join("flowsim.toml"), "set = {name = \"A long name\"}\n")
        .unwrap();
    let mut editor = Editor::start(folder.path());
    let problems = editor.open(&path, &text);
    assert_eq!(codes(&problems), ["UNKNOWN_PROPERTY"], "{problems}");
    assert_eq!(problems[0]["range"]["start"], json!({"line": 24, "character": 22}));
    assert_eq!(editor.end(), 0);
}

#[test]
fn mistakes_in_scenario_files_and_fixtures_are_shown() {
    let (mut editor, folder, _path) = opened();
    let test = folder.path().join("a.test.yaml");
    let text = "flows: desk.yaml\ntests:\n  - name: One\n    inputs: [1]\n    \
                expect: {status: completed}\n";
    fs::write(&test, text).unwrap();
    let problems = editor.open(&test, text);
    assert_eq!(codes(&problems), ["INVALID_SCENARIO"], "{problems}");
    assert_eq!(problems[0]["range"]["start"]["line"], 3);
    assert_eq!(editor.replace(&test, "inputs: [1]", "input: [\"1\"]"), json!([]));
    let fixtures = folder.path().join("fixtures.yaml");
    fs::write(&fixtures, "").unwrap();
    let problems = editor.open(&fixtures, "queus:\n  - Support\n");
    assert_eq!(codes(&problems), ["INVALID_FIXTURES"], "{problems}");
    assert_eq!(editor.end(), 0);
}

#[test]
fn other_documents_and_requests_are_left_alone() {
    let (mut editor, folder, _path) = opened();
    let other = folder.path().join("values.yaml");
    fs::write(&other, "a: 1\n").unwrap();
    assert_eq!(editor.open(&other, "a: {broken\n"), json!([]));
    let answer = editor.ask("textDocument/inlineValue", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
    let answer = editor.ask("textDocument/hover", json!({"nonsense": true}));
    assert_eq!(answer["error"]["code"], -32602);
    editor.notify("textDocument/didChange", json!(["nonsense"]));
    let uri = json!({"textDocument": {"uri": "untitled:1"}, "position": {"line": 0, "character": 0}});
    assert_eq!(editor.request("textDocument/hover", uri), Value::Null);
    assert_eq!(editor.vanish(), 1);
}

#[test]
fn a_person_who_starts_the_command_learns_that_editors_do() {
    let mut command = assert_cmd::Command::cargo_bin("flowsim").unwrap();
    let output = command.arg("lsp").write_stdin("hello\n").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let problems = String::from_utf8(output.stderr).unwrap();
    assert!(problems.contains("an editor starts this command"), "{problems}");
}

/// Renames every variable and unit of the real flows and back.
#[test]
#[ignore = "reads the flows of ../shared"]
fn renaming_every_name_of_the_real_flows_and_back_changes_nothing() {
    let (mut renamed, mut count) = (0, 0);
    for path in files(&crate::shared::shared("flows")) {
        let text = fs::read_to_string(&path).unwrap();
        if !text.is_ascii() || text.contains("{{") || text.contains("\r\n") {
            continue;
        }
        let (folder, copy) = workspace(&text);
        let mut editor = Editor::start(folder.path());
        editor.open(&copy, &text);
        for name in declared(&text) {
            renamed += rename_and_back(&mut editor, &copy, &name);
        }
        assert_eq!(editor.text(&copy), text, "{}", path.display());
        count += 1;
        editor.end();
    }
    assert!(count >= 30 && renamed >= 80, "{renamed} names in {count} files");
}

/// The YAML files in a folder and its folders, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let below = entries.into_iter().flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    });
    below.filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect()
}

/// The variables that a document declares.
fn declared(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("name: "));
    let is_variable = |name: &&str| {
        let mut parts = name.split('.');
        let scopes = ["Flow", "Task", "State", "Common"];
        parts.next().is_some_and(|it| scopes.contains(&it)) && parts.count() == 1
    };
    lines.filter(is_variable).map(str::to_owned).collect()
}

fn rename_and_back(editor: &mut Editor, path: &Path, name: &str) -> usize {
    let before = editor.text(path).to_owned();
    let (scope, own) = name.split_once('.').unwrap();
    let rename = |editor: &mut Editor, from: &str, to: &str| {
        let mut parameters = editor.at(path, &format!("name: {scope}.{from}"), 0);
        parameters["newName"] = json!(to);
        let edit = editor.request("textDocument/rename", parameters);
        if edit.is_null() {
            return false;
        }
        editor.apply(path, &edit);
        true
    };
    if !rename(editor, own, "RenamedForATest") {
        return 0;
    }
    assert_ne!(editor.text(path), before);
    assert!(rename(editor, "RenamedForATest", own), "{name}");
    assert_eq!(editor.text(path).to_lowercase(), before.to_lowercase(), "{name}");
    usize::from(editor.text(path) == before)
}

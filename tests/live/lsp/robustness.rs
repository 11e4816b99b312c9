//! Edits and requests that make no sense.

use std::cell::RefCell;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::client::{Editor, address};
use super::{FLOW, workspace};

const METHODS: [&str; 18] = [
    "hover",
    "completion",
    "definition",
    "references",
    "documentHighlight",
    "documentSymbol",
    "foldingRange",
    "semanticTokens/full",
    "inlayHint",
    "signatureHelp",
    "formatting",
    "rangeFormatting",
    "codeLens",
    "codeAction",
    "prepareRename",
    "rename",
    "typeHierarchy",
    "",
];

/// Parts that mean something in YAML or in expressions, and characters of several bytes.
const PARTS: [&str; 20] = [
    "", "{", "}", "[", "\"", "'", ": ", "\n", "\r\n", "\t", "- ", "é😀", "|\n", "#",
    "*a", "{{x}}", "Flow.", "(", "exp: ", "---\n",
];

/// An edit from a line and character to another one, or else a request at the first one.
type Move = (bool, usize, (u32, u32), (u32, u32));

fn place() -> impl Strategy<Value = (u32, u32)> {
    prop_oneof![9 => (0..40_u32, 0..60_u32), 1 => Just((u32::MAX, u32::MAX))]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec((any::<bool>(), 0..20_usize, place(), place()), 1..20)
}

fn position((line, character): (u32, u32)) -> Value {
    json!({"line": line, "character": character})
}

/// Makes a move, and checks that a request has one answer.
fn make(
    editor: &mut Editor,
    document: &Value,
    (is_edit, which, from, to): Move,
) -> Result<(), TestCaseError> {
    let range = json!({"start": position(from), "end": position(to)});
    if is_edit {
        let change = json!({"range": range, "text": PARTS[which]});
        let change = json!({"textDocument": document, "contentChanges": [change]});
        editor.notify("textDocument/didChange", change);
        return Ok(());
    }
    let method = METHODS.get(which).copied().unwrap_or("hover");
    let all = json!({
        "textDocument": document, "position": position(from), "range": range,
        "context": {"includeDeclaration": true, "diagnostics": []},
        "options": {"tabSize": 2, "insertSpaces": true}, "newName": PARTS[which],
    });
    let parameters = if which < METHODS.len() { all } else { json!([which]) };
    let answer = editor.ask(&format!("textDocument/{method}"), parameters);
    let has_one = answer.get("result").is_some() ^ answer.get("error").is_some();
    prop_assert!(has_one, "{}", answer);
    Ok(())
}

#[test]
fn no_edit_and_no_request_ends_the_server() {
    let scenario = "flows: desk.yaml\ntests:\n  - name: a\n    expect: {status: error}\n";
    for (name, text) in [("desk.yaml", FLOW), ("a.test.yaml", scenario)] {
        let (folder, _) = workspace(FLOW);
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let mut editor = Editor::start(folder.path());
        assert_eq!(editor.open(&path, text), json!([]));
        let editor = RefCell::new(editor);
        let document = json!({"uri": address(&path), "version": 2});
        let run = |moves: Vec<Move>| {
            let mut editor = editor.borrow_mut();
            for one in moves {
                make(&mut editor, &document, one)?;
            }
            // The server still knows the document.
            let whole =
                json!({"textDocument": document, "contentChanges": [{"text": text}]});
            editor.notify("textDocument/didChange", whole);
            let symbols = json!({"textDocument": document});
            let symbols = editor.ask("textDocument/documentSymbol", symbols);
            prop_assert_eq!(symbols["result"].as_array().unwrap().len(), 1);
            Ok(())
        };
        TestRunner::default().run(&moves(), run).unwrap();
        assert_eq!(editor.into_inner().end(), 0);
    }
}

/// A message that cannot be read is answered with an error, and the next one as before.
#[test]
fn broken_messages_are_answered_with_errors() {
    let (folder, _) = workspace(FLOW);
    let mut editor = Editor::start(folder.path());
    let header = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let long = format!("Content-Length: 70000000\r\n\r\n{}", " ".repeat(70_000_000));
    for (bytes, id, code, message) in [
        (header("{x"), json!(null), -32700, "a message that is not JSON"),
        (header(&"[".repeat(10_000)), json!(null), -32700, "a message that is not JSON"),
        (header("{\"id\": 7, \"method\": 8}"), json!(7), -32600, "not a request"),
        (header("[]"), json!(null), -32600, "not a request"),
        (long, json!(null), -32600, "a message of more than 64 MiB"),
    ] {
        editor.send_bytes(bytes.as_bytes());
        let answer = editor.receive();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&id, &json!(code)));
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
    }
    let symbols = editor.ask("textDocument/hover", json!({}));
    assert_eq!(symbols["error"]["code"], -32602);
    assert_eq!(editor.end(), 0);
}

/// A length that no memory holds ends with the input.
#[test]
fn a_length_without_bytes_needs_no_memory() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(b"Content-Length: 99999999999999\r\n\r\n{}").unwrap();
    drop(input);
    let output = process.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some() && !error.contains("memory"), "{error}");
}

/// All actions of a task may be in one line.
#[test]
fn the_outline_of_a_long_line_has_all_actions() {
    let action = |index: usize| format!("{{playAudio: {{name: Ä{index}}}}}");
    let actions: Vec<String> = (0..3_000).map(action).collect();
    let head = "inboundCall:\n  name: Line\n  startUpRef: ./tasks/task[a]\n  tasks:\n    \
                - task:\n        name: a\n        refId: a\n";
    let line = format!("        actions: [{}]", actions.join(", "));
    let text = format!("{head}{line}\n");
    let (folder, path) = workspace(&text);
    let mut editor = Editor::start(folder.path());
    editor.open(&path, &text);
    let symbols = json!({"textDocument": {"uri": address(&path)}});
    let symbols = editor.request("textDocument/documentSymbol", symbols);
    let task = &symbols[0]["children"][0];
    let last = &task["children"][2_999];
    assert_eq!(last["name"], "Ä2999");
    let column = line.find("{name: Ä2999}").map(|at| line[..at].encode_utf16().count());
    let found = last["range"]["start"]["character"].as_u64().unwrap();
    assert!(column.unwrap().abs_diff(usize::try_from(found).unwrap()) < 20, "{found}");
    assert_eq!(editor.end(), 0);
}

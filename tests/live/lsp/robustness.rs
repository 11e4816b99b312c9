//! Edits and requests that make no sense.

use std::cell::RefCell;
use std::fs;

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

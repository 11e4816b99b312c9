//! Code lenses: *Run* and *Debug* above flows and tests.

use std::path::Path;

use lsp_types::{CodeLens, Command, Range};
use serde_json::{Value, json};

use super::command::{RUN, RUN_TEST};
use super::documents;
use super::text::Text;
use super::workspace::Workspace;

/// The command of the client that starts its debugger.
const DEBUG: &str = "flowsim.debug";

/// Returns the lenses of a document. Only a client that has a debugger gets those for it.
pub(super) fn lenses(
    workspace: &Workspace,
    path: &Path,
    has_debugger: bool,
) -> Vec<CodeLens> {
    let Some(text) = workspace.text(path) else { return Vec::new() };
    let mut lenses = Vec::new();
    let mut add = |range: Range, title: &str, command: &str, call: &Value| {
        let arguments = Some(vec![call.clone()]);
        let (title, command) = (title.to_owned(), command.to_owned());
        let command = Some(Command { title, command, arguments });
        lenses.push(CodeLens { range, command, data: None });
    };
    for (range, name) in flows(workspace, path) {
        add(range, "Run", RUN, &json!({"flow": path, "name": name}));
        if has_debugger {
            add(range, "Debug", DEBUG, &json!({"flow": path}));
        }
    }
    for (line, name) in tests(workspace, path, text) {
        let range = text.range(line, line);
        let number = range.start.line + 1;
        let call = json!({"test": path, "line": number, "name": name});
        add(range, "Run test", RUN_TEST, &call);
        if has_debugger {
            add(range, "Debug", DEBUG, &json!({"test": path, "name": name}));
        }
    }
    lenses
}

/// The flows of a document, each with its place and name. A common module has none: other
/// flows call it.
fn flows(workspace: &Workspace, path: &Path) -> Vec<(Range, String)> {
    let callable = workspace.flows_of(path).iter().filter(|flow| !flow.is_module());
    let placed = callable.filter_map(|flow| {
        let (of, range) = workspace.range(flow.name.span);
        (of == path).then(|| (range, flow.name.value.to_string()))
    });
    placed.collect()
}

/// The tests of a scenario file: the bytes where they begin, and their names. The rows of
/// a table have one lens.
fn tests(workspace: &Workspace, path: &Path, text: &Text) -> Vec<(usize, String)> {
    let mut tests: Vec<(usize, String)> = Vec::new();
    for (start, name) in documents::tests(path, text.as_str(), workspace.project()) {
        if tests.last().is_none_or(|(last, _)| *last != start) {
            tests.push((start, name));
        }
    }
    tests
}

//! An editor: talks to `flowsim lsp` over its standard streams.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub(super) struct Editor {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
    /// The diagnostics that were published last, by file name.
    problems: BTreeMap<String, Value>,
    text: BTreeMap<String, String>,
}

impl Editor {
    /// Starts the server for a folder.
    pub(super) fn start(folder: &Path) -> Self {
        Self::start_with(folder, json!({}))
    }

    /// Starts the server for a folder, with options of the client.
    pub(super) fn start_with(folder: &Path, options: Value) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_flowsim"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (problems, text) = Default::default();
        let mut editor = Self { process, input, output, last_id: 0, problems, text };
        let root = address(folder);
        let parameters = json!({
            "processId": null, "rootUri": root, "capabilities": {},
            "initializationOptions": options,
        });
        editor.request("initialize", parameters);
        editor.notify("initialized", json!({}));
        editor
    }

    pub(super) fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        let bytes = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.send_bytes(bytes.as_bytes());
    }

    /// Sends bytes that may be no message.
    pub(super) fn send_bytes(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).unwrap();
        self.input.flush().unwrap();
    }

    pub(super) fn notify(&mut self, method: &str, parameters: Value) {
        self.send(json!({"method": method, "params": parameters}));
    }

    /// Sends a request, and returns its whole answer.
    pub(super) fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(json!({"id": id, "method": method, "params": parameters}));
        loop {
            let message = self.receive();
            if message["id"] == json!(id) {
                return message;
            }
        }
    }

    /// Sends a request, and returns its result.
    pub(super) fn request(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.ask(method, parameters);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Reads the next message, and keeps the diagnostics in it.
    pub(super) fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "the server has ended"
            );
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap();
            let name = uri.rsplit('/').next().unwrap().to_owned();
            self.problems.insert(name, message["params"]["diagnostics"].clone());
        }
        message
    }

    /// Waits for a notification of the server, and returns its parameters.
    pub(super) fn wait_for(&mut self, method: &str) -> Value {
        loop {
            let message = self.receive();
            if message["method"] == method {
                return message["params"].clone();
            }
        }
    }

    /// Opens a document, and returns its diagnostics.
    pub(super) fn open(&mut self, path: &Path, text: &str) -> Value {
        let document = json!({
            "uri": address(path), "languageId": "yaml", "version": 1, "text": text,
        });
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
        self.text.insert(address(path), text.to_owned());
        self.next_problems(path)
    }

    /// Replaces a part of a document, and returns its diagnostics.
    pub(super) fn replace(&mut self, path: &Path, old: &str, new: &str) -> Value {
        let uri = address(path);
        let text = self.text.get_mut(&uri).unwrap();
        let start = text.find(old).unwrap();
        let range = range_of(text, start, old.len());
        text.replace_range(start..start + old.len(), new);
        let change = json!({"range": range, "text": new});
        let document = json!({"uri": uri, "version": 2});
        let parameters = json!({"textDocument": document, "contentChanges": [change]});
        self.notify("textDocument/didChange", parameters);
        self.next_problems(path)
    }

    /// Waits for the diagnostics of a document.
    pub(super) fn next_problems(&mut self, path: &Path) -> Value {
        let name = path.file_name().unwrap().to_str().unwrap();
        self.problems.remove(name);
        loop {
            self.receive();
            if let Some(problems) = self.problems.get(name) {
                return problems.clone();
            }
        }
    }

    /// The parameters of a request about the `index`-th occurrence of a string, from 0.
    pub(super) fn at(&self, path: &Path, needle: &str, index: usize) -> Value {
        let uri = address(path);
        let text = &self.text[&uri];
        let (start, _) = text.match_indices(needle).nth(index).unwrap();
        let range = range_of(text, start + needle.len(), 0);
        json!({"textDocument": {"uri": uri}, "position": range["start"]})
    }

    /// The text of a document.
    pub(super) fn text(&self, path: &Path) -> &str {
        &self.text[&address(path)]
    }

    /// Applies an edit to a document, and notifies the server.
    pub(super) fn apply(&mut self, path: &Path, edit: &Value) {
        let uri = address(path);
        let change = &edit["documentChanges"][0];
        assert_eq!(change["textDocument"]["uri"], json!(uri));
        let mut edits = change["edits"].as_array().unwrap().clone();
        let start = |edit: &Value| {
            let at = &edit["range"]["start"];
            (at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap())
        };
        edits.sort_by_key(|edit| std::cmp::Reverse(start(edit)));
        let changes: Vec<Value> = edits
            .iter()
            .map(|edit| json!({"range": edit["range"], "text": edit["newText"]}))
            .collect();
        let text = self.text.get_mut(&uri).unwrap();
        for edit in &edits {
            let from = offset(text, &edit["range"]["start"]);
            let to = offset(text, &edit["range"]["end"]);
            text.replace_range(from..to, edit["newText"].as_str().unwrap());
        }
        let document = json!({"uri": uri, "version": 3});
        let parameters = json!({"textDocument": document, "contentChanges": changes});
        self.notify("textDocument/didChange", parameters);
    }

    /// Ends the session, and returns the exit code.
    pub(super) fn end(mut self) -> i32 {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.process.wait().unwrap().code().unwrap()
    }

    /// Closes the streams without ending the session, and returns the exit code.
    pub(super) fn vanish(self) -> i32 {
        let Self { mut process, input, .. } = self;
        drop(input);
        process.wait().unwrap().code().unwrap()
    }
}

/// The labels of completions.
pub(super) fn labels(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap()).collect()
}

pub(super) fn address(path: &Path) -> String {
    format!("file://{}", path.canonicalize().unwrap().display())
}

/// The range of a part of a document without characters outside the Basic Multilingual Plane.
fn range_of(text: &str, start: usize, length: usize) -> Value {
    let at = |offset: usize| {
        let before = &text[..offset];
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap().chars().count();
        json!({"line": line, "character": column})
    };
    json!({"start": at(start), "end": at(start + length)})
}

fn offset(text: &str, position: &Value) -> usize {
    let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
    let column = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text[start..].char_indices().nth(column);
    rest.map_or(text.len(), |(at, _)| start + at)
}

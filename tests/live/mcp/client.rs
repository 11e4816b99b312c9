//! An assistant: talks to `flowsim mcp` over its standard streams.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub(super) struct Assistant {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
    /// Answers that came before they were read, by id.
    early: BTreeMap<String, Value>,
}

impl Assistant {
    /// Starts the server in a folder.
    pub(super) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[], json!({}))
    }

    pub(super) fn start_with(
        folder: &Path,
        arguments: &[&str],
        capabilities: Value,
    ) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_flowsim"))
            .arg("mcp")
            .args(arguments)
            .current_dir(folder)
            .env_remove("CI")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let early = BTreeMap::new();
        let mut assistant = Self { process, input, output, last_id: 0, early };
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": capabilities,
            "clientInfo": {"name": "test", "version": "1"},
        });
        let answer = assistant.request("initialize", params);
        assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
        assistant.send(&json!({"method": "notifications/initialized"}));
        assistant
    }

    pub(super) fn send(&mut self, message: &Value) {
        let mut message = message.clone();
        message["jsonrpc"] = json!("2.0");
        self.send_line(&message.to_string());
    }

    pub(super) fn send_line(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
        self.input.flush().unwrap();
    }

    /// Sends a request, and returns its id.
    pub(super) fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"id": id, "method": method, "params": params}));
        id
    }

    /// Reads the next message.
    pub(super) fn receive(&mut self) -> Value {
        let mut line = String::new();
        assert!(self.output.read_line(&mut line).unwrap() > 0, "the server has ended");
        serde_json::from_str(&line).unwrap()
    }

    /// Reads the answer with this id.
    pub(super) fn answer(&mut self, id: u64) -> Value {
        loop {
            if let Some(message) = self.early.remove(&id.to_string()) {
                return message;
            }
            let message = self.receive();
            assert_eq!(message["jsonrpc"], "2.0");
            self.early.insert(message["id"].to_string(), message);
        }
    }

    pub(super) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    /// Calls a tool, and returns its result.
    pub(super) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        let answer = self.request("tools/call", params);
        assert!(answer.get("error").is_none(), "{tool}: {answer}");
        answer["result"].clone()
    }

    /// Calls a tool that succeeds, and returns its document.
    pub(super) fn document(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert!(result.get("isError").is_none(), "{tool}: {result}");
        let document = &result["structuredContent"];
        let text = result["content"][1]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), *document);
        document.clone()
    }

    /// Calls a tool that answers with text, or that fails.
    pub(super) fn text(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        let blocks = result["content"].as_array().unwrap();
        blocks.last().unwrap()["text"].as_str().unwrap().to_owned()
    }

    /// Closes the input, and returns the exit code.
    pub(super) fn end(self) -> i32 {
        let Self { mut process, input, .. } = self;
        drop(input);
        process.wait().unwrap().code().unwrap()
    }
}

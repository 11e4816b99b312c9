//! An editor: talks to `flowsim dap` over its standard streams.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub(super) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    sequence: u64,
    /// Events that no test has looked at yet.
    events: VecDeque<Value>,
    /// Everything that the console showed.
    pub(super) console: String,
}

impl Client {
    /// Starts the adapter and initializes it.
    pub(super) fn start() -> Self {
        let mut client = Self::raw();
        let capabilities = client.request("initialize", json!({"adapterID": "flowsim"}));
        assert_eq!(capabilities["supportsStepBack"], true);
        client
    }

    /// Starts the adapter.
    pub(super) fn raw() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_flowsim"))
            .arg("dap")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (events, console) = Default::default();
        Self { process, input, output, sequence: 0, events, console }
    }

    /// Launches a call, sets the breakpoints, and starts it.
    pub(super) fn launch(&mut self, arguments: Value, set: impl FnOnce(&mut Self)) {
        self.request("launch", arguments);
        self.event("initialized");
        set(self);
        self.request("configurationDone", json!({}));
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// Sends a request, and returns its whole response.
    pub(super) fn ask(&mut self, command: &str, arguments: Value) -> Value {
        self.sequence += 1;
        let seq = self.sequence;
        let message = json!({
            "seq": seq, "type": "request", "command": command, "arguments": arguments,
        });
        let body = message.to_string();
        let text = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.write(text.as_bytes());
        loop {
            let message = self.receive().expect("the adapter answers");
            if message["type"] == "response" {
                assert_eq!(message["request_seq"], seq);
                assert_eq!(message["command"], command);
                return message;
            }
            self.keep(message);
        }
    }

    /// Sends a request that succeeds, and returns the body of its response.
    pub(super) fn request(&mut self, command: &str, arguments: Value) -> Value {
        let response = self.ask(command, arguments);
        assert_eq!(response["success"], true, "{command}: {response}");
        response["body"].clone()
    }

    /// Sends a request that fails, and returns its message.
    pub(super) fn refused(&mut self, command: &str, arguments: Value) -> String {
        let response = self.ask(command, arguments);
        assert_eq!(response["success"], false, "{command}: {response}");
        response["message"].as_str().unwrap().to_owned()
    }

    /// Returns the body of the next event with this name.
    pub(super) fn event(&mut self, name: &str) -> Value {
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None => {
                    let message = self.receive().expect("the adapter sends an event");
                    self.keep(message);
                    continue;
                }
            };
            if event["event"] == name {
                return event["body"].clone();
            }
        }
    }

    /// Sends a request, and returns the stop that follows.
    pub(super) fn moves(&mut self, command: &str) -> Value {
        self.request(command, json!({"threadId": 1}));
        self.event("stopped")
    }

    /// Returns the line and the name of the innermost frame.
    pub(super) fn top(&mut self) -> (u64, String) {
        let stack = self.request("stackTrace", json!({"threadId": 1}));
        let frame = &stack["stackFrames"][0];
        (frame["line"].as_u64().unwrap(), frame["name"].as_str().unwrap().to_owned())
    }

    /// Returns the value of a variable of a scope of the innermost frame, if it is there.
    pub(super) fn variable(&mut self, scope: &str, name: &str) -> Option<String> {
        let scope = self.scope(scope)?;
        let body = self.request("variables", json!({"variablesReference": scope}));
        let all = body["variables"].as_array().unwrap();
        let found = all.iter().find(|it| it["name"] == name)?;
        Some(found["value"].as_str().unwrap().to_owned())
    }

    /// Returns the reference of a scope of the innermost frame.
    pub(super) fn scope(&mut self, name: &str) -> Option<u64> {
        let scopes = self.request("scopes", json!({"frameId": 1}));
        let all = scopes["scopes"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name)?["variablesReference"].as_u64()
    }

    /// Sets breakpoints on the lines of a file that contain these strings.
    pub(super) fn set_breakpoints(
        &mut self,
        path: &Path,
        points: &[(&str, Value)],
    ) -> Value {
        let text = std::fs::read_to_string(path).unwrap();
        let points = points.iter().map(|(needle, more)| {
            let line = text.lines().position(|it| it.contains(needle)).unwrap() + 1;
            let mut point = json!({"line": line});
            for (key, value) in more.as_object().into_iter().flatten() {
                point[key] = value.clone();
            }
            point
        });
        let points: Vec<Value> = points.collect();
        let arguments = json!({"source": {"path": path}, "breakpoints": points});
        self.request("setBreakpoints", arguments)["breakpoints"].clone()
    }

    /// Ends the session, and returns the exit code.
    pub(super) fn end(mut self) -> i32 {
        self.request("disconnect", json!({}));
        self.code()
    }

    /// Closes the stream, and returns the exit code.
    pub(super) fn close(mut self) -> i32 {
        self.code()
    }

    fn code(&mut self) -> i32 {
        self.input = None;
        self.process.wait().unwrap().code().unwrap()
    }

    fn keep(&mut self, message: Value) {
        assert_eq!(message["type"], "event", "{message}");
        if message["event"] == "output" {
            self.console.push_str(message["body"]["output"].as_str().unwrap());
        }
        self.events.push_back(message);
    }

    fn receive(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A test that fails leaves no process.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

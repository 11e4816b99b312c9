//! The server of a test, and its client.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use flowsim::flow::read;
use flowsim::server::{Organisation, Running, Settings, start};
use flowsim::source::Files;
use flowsim::world::Fixtures;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

/// A server, and a client with full access.
pub(crate) struct Local {
    client: Client,
    _server: Running,
}

/// A client of a server.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) agent: Agent,
    pub(crate) url: String,
    pub(crate) token: Option<String>,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) retry_after: Option<String>,
}

impl std::ops::Deref for Local {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

pub(crate) fn organisation(flows: &[&str], fixtures: &[&str]) -> Organisation {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let all =
        |names: &[&str]| names.iter().map(|name| root.join(name)).collect::<Vec<_>>();
    let (flows, fixtures) = (all(flows), all(fixtures));
    let mut files = Files::new();
    let loaded = read::load(&flows, &[], &mut files);
    let (world, _) = Fixtures::load(&fixtures, &mut files);
    let documents = Fixtures::documents(&fixtures, &mut files);
    Organisation::new(loaded, &files, world, &documents)
}

/// The settings of a server on a free port that stores nothing.
pub(crate) fn settings() -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port: 0,
        elasticsearch: None,
        data: None,
        log: None,
        origins: Vec::new(),
    }
}

impl Local {
    pub(crate) fn with(flows: &[&str], fixtures: &[&str]) -> Self {
        Self::of(organisation(flows, fixtures))
    }

    pub(crate) fn of(organisation: Organisation) -> Self {
        Self::started(organisation, settings())
    }

    pub(crate) fn started(organisation: Organisation, settings: Settings) -> Self {
        let server = start(organisation, settings).unwrap();
        let client = Client::new(&format!("http://{}", server.address())).logged_in("");
        Self { client, _server: server }
    }

    /// Stops the server. Its client keeps its connection.
    pub(crate) fn stop(self) -> Client {
        self._server.stop();
        self.client
    }

    /// Starts a server with the flows and fixtures of the shared-flow tutorial.
    pub(crate) fn shared_flow() -> Self {
        Self::with(&["shared-flow/flows"], &["shared-flow/fixtures.yaml"])
    }
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        Self { agent: config.into(), url: url.to_owned(), token: None }
    }

    /// Returns the same client with a token for these scopes.
    pub(crate) fn logged_in(&self, scopes: &str) -> Self {
        let body = json!({ "grant_type": "client_credentials", "client_id": "test",
            "client_secret": "x", "scope": scopes });
        let answer = self.post("/oauth/token", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let token = answer.body["access_token"].as_str().unwrap().to_owned();
        Self { token: Some(token), ..self.clone() }
    }

    pub(crate) fn anonymous(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[])
    }

    /// Returns an answer without parsing it.
    pub(crate) fn text(&self, path: &str) -> String {
        let token = self.token.clone().unwrap_or_default();
        let request = Request::builder().uri(format!("{}{path}", self.url));
        let request = request.header("authorization", format!("Bearer {token}"));
        let mut response = self.agent.run(request.body(()).unwrap()).unwrap();
        response.body_mut().read_to_string().unwrap()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(&body.to_string()), &[])
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(&body.to_string()), &[])
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, &[])
    }

    /// Sends a request. The answer must be JSON, or empty with 204.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.try_send(method, path, body, headers).unwrap()
    }

    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let mut request =
            Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.body(body.to_owned()).unwrap())?,
            None => self.agent.run(request.body(()).unwrap())?,
        };
        let status = response.status().as_u16();
        let header = |name: &str| {
            response.headers().get(name).map(|it| it.to_str().unwrap().to_owned())
        };
        let (retry_after, media_type) = (header("retry-after"), header("content-type"));
        assert!(header("inin-correlation-id").is_some(), "every answer has an id");
        let text = response.body_mut().read_to_string()?;
        let body = if text.is_empty() {
            assert_eq!(status, 204, "{method} {path}");
            Value::Null
        } else {
            assert_eq!(media_type.as_deref(), Some("application/json"), "{text}");
            serde_json::from_str(&text).unwrap()
        };
        if status >= 400 {
            assert_eq!(body["status"], status, "{body}");
            for key in ["message", "code", "contextId", "details", "errors"] {
                assert!(body.get(key).is_some(), "{key}: {body}");
            }
        }
        Ok(Answer { status, body, retry_after })
    }

    /// Returns the id of a flow.
    pub(crate) fn flow_id(&self, name: &str) -> String {
        let found = self.get(&format!("/api/v2/flows?name={name}"));
        found.body["entities"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Starts a conversation. Returns its id.
    pub(crate) fn converse(&self, flow: &str) -> String {
        let body = json!({ "type": "voice", "routing": { "flowId": flow } });
        let answer = self.post("/api/v2/conversations", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// Sends inputs of the participant to a conversation.
    pub(crate) fn press(&self, conversation: &str, keys: &Value) -> Answer {
        let body = json!({ "conversationId": conversation, "dtmf": keys });
        self.post("/__flowsim/input", &body)
    }
}

/// A server in a separate process.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) client: Client,
}

impl Process {
    /// Starts a server, and waits until it prints its address.
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let client = Client::new(line.trim());
        Self { child, client }
    }

    /// Kills the process with `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A draft with one node that waits for a key, and one that says it.
pub(crate) fn draft(name: &str) -> Value {
    json!({
        "name": name,
        "type": "inbound",
        "draft": {
            "startNode": "Ask",
            "nodes": {
                "Ask": {
                    "id": "Ask",
                    "type": "Gather",
                    "properties": { "promptText": "Press a key.", "maxDigits": 1, "timeoutSeconds": 5 },
                    "onComplete": { "nextNode": "Tell" },
                    "onError": { "nextNode": "End" },
                },
                "Tell": {
                    "id": "Tell",
                    "type": "Say",
                    "properties": { "sayText": "You pressed {Ask.digits}, {greeting}." },
                    "onComplete": { "nextNode": "End" },
                    "onError": { "nextNode": "End" },
                },
                "End": { "id": "End", "type": "End", "properties": { "endType": "normal" } },
            },
        },
    })
}

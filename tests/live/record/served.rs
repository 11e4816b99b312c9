//! `flowsim record` with `flowsim serve` as the service.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flowsim::flow::read;
use flowsim::server::{Organisation, Running, Settings, start};
use flowsim::source::Files;
use flowsim::world::Fixtures;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Request;

use super::command::recordings;

/// A server with flows and their fixtures.
struct Served {
    server: Running,
    agent: Agent,
    token: String,
}

impl Served {
    fn new(flows: &str, fixtures: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let fixtures = [root.join(fixtures)];
        let mut files = Files::new();
        let loaded = read::load(&[root.join(flows)], &[], &mut files);
        let (world, _) = Fixtures::load(&fixtures, &mut files);
        let documents = Fixtures::documents(&fixtures, &mut files);
        let organisation = Organisation::new(loaded, &files, world, &documents);
        let host = "127.0.0.1".to_owned();
        let server = start(
            organisation,
            Settings {
                host,
                port: 0,
                elasticsearch: None,
                data: None,
                log: None,
                origins: vec![],
            },
        )
        .unwrap();
        let config = Agent::config_builder().http_status_as_error(false).build();
        let mut served = Self { server, agent: config.into(), token: String::new() };
        let body = json!({ "grant_type": "client_credentials", "client_id": "test", "client_secret": "x" });
        let given = served.ask("POST", "/oauth/token", &body);
        served.token = given["access_token"].as_str().unwrap().to_owned();
        served
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url()))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let mut response = match method {
            "GET" => self.agent.run(request.body(()).unwrap()).unwrap(),
            _ => self.agent.run(request.body(body.to_string()).unwrap()).unwrap(),
        };
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// Returns the id of the first flow.
    fn flow(&self) -> String {
        let found = self.ask("GET", "/api/v2/flows", &Value::Null);
        found["entities"][0]["id"].as_str().unwrap().to_owned()
    }

    fn record(&self, secret: &str, arguments: &[&str], out: &Path) -> Output {
        self.record_in(Path::new(env!("CARGO_MANIFEST_DIR")), secret, arguments, out)
    }

    fn record_in(
        &self,
        folder: &Path,
        secret: &str,
        arguments: &[&str],
        out: &Path,
    ) -> Output {
        Command::new(env!("CARGO_BIN_EXE_flowsim"))
            .current_dir(folder)
            .env_clear()
            .env("GENESYS_CLIENT_ID", "a")
            .env("GENESYS_CLIENT_SECRET", secret)
            .args(["record", "--rate", "1000", "--base-url", &self.url()])
            .args(arguments)
            .arg("--out")
            .arg(out)
            .output()
            .unwrap()
    }
}

fn stderr_of(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    texts.concat()
}

#[test]
fn a_short_secret_does_not_interfere() {
    let served =
        Served::new("fixtures/shared-flow/flows", "fixtures/shared-flow/fixtures.yaml");
    let scenario = ["--scenario", "fixtures/shared-flow/calls.test.yaml"];
    let mut written = Vec::new();
    for secret in ["a", "b", "1", "a-secret-that-is-long"] {
        let folder = TempDir::new().unwrap();
        let output = served.record(secret, &scenario, folder.path());
        assert_eq!(output.status.code(), Some(0), "{secret}: {}", stderr_of(&output));
        let mut found = recordings(folder.path());
        found.iter_mut().for_each(|it| it["recordedAt"] = Value::Null);
        written.push(found.len());
    }
    assert!(written[0] > 1 && written.iter().all(|it| *it == written[0]), "{written:?}");
}

/// The flows and the fixtures of the project apply to its scenario files.
#[test]
fn scenarios_of_a_project_need_no_flows() {
    let served =
        Served::new("fixtures/shared-flow/flows", "fixtures/shared-flow/fixtures.yaml");
    let project = TempDir::new().unwrap();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let settings = format!("flows = [{:?}]\n", shared.join("flows"));
    let tests = "tests: [{name: one, flow: Inbound_Flow_A, input: ['1']}]\n";
    std::fs::write(project.path().join("calls.test.yaml"), tests).unwrap();
    let out = TempDir::new().unwrap();
    let record = || {
        let scenario = ["--scenario", "calls.test.yaml"];
        served.record_in(project.path(), "a-secret", &scenario, out.path())
    };
    let without = record();
    assert_eq!(without.status.code(), Some(3), "{}", stderr_of(&without));
    std::fs::write(project.path().join("flowsim.toml"), settings).unwrap();
    let output = record();
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    assert_eq!(recordings(out.path()).len(), 1);
}

#[test]
fn the_executions_of_a_flow_and_a_period_are_recorded() {
    let served =
        Served::new("fixtures/alder-clinic/flows", "fixtures/alder-clinic/fixtures.yaml");
    let flow = served.flow();
    let body = json!({ "type": "voice", "routing": { "flowId": flow } });
    let id = served.ask("POST", "/api/v2/conversations", &body)["id"].clone();
    let id = id.as_str().unwrap();
    served.ask("POST", "/__flowsim/clock", &json!({ "advanceMs": 600_000 }));
    let folder = TempDir::new().unwrap();
    let ranged = |from: &str, to: &str| {
        let line = ["--executions", "--flow", &flow, "--from", from, "--to", to]
            .map(str::to_owned);
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        served.record("secret", &line, folder.path())
    };
    let before = ranged("2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z");
    assert_eq!(before.status.code(), Some(4), "{}", stderr_of(&before));
    assert!(stderr_of(&before).contains("no execution of the flow in that time range"));
    let line = ["--executions", "--conversation", "abc"];
    let unknown = served.record("secret", &line, folder.path());
    assert_eq!(unknown.status.code(), Some(4), "{}", stderr_of(&unknown));
    assert!(
        stderr_of(&unknown).contains("the service has no execution of the conversation")
    );
    let empty = TempDir::new().unwrap();
    let line = ["--scenario", empty.path().to_str().unwrap()];
    let none = served.record("secret", &line, folder.path());
    assert_eq!(none.status.code(), Some(4), "{}", stderr_of(&none));
    assert!(stderr_of(&none).contains("no calls to record"), "{}", stderr_of(&none));
    let output = ranged("2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z");
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    let recorded = recordings(folder.path());
    let [recording] = recorded.as_slice() else { panic!("{recorded:?}") };
    assert_eq!((&recording["id"], &recording["kind"]), (&json!(id), &json!("execution")));
    assert_eq!(recording["flow"]["id"], json!(flow));
    let folder = TempDir::new().unwrap();
    let line = ["--executions", "--conversation", id];
    let output = served.record("secret", &line, folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    assert_eq!(recordings(folder.path()).len(), 1);
}

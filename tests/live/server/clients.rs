//! Programs that were written for the platform, run against the server: those of four
//! tutorials, and the examples in the documentation that need only curl.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::support::{Client, Local};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns `true` if a program is installed; otherwise prints that a test is skipped.
fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).status();
    let is_there = asked.is_ok_and(|status| status.success());
    if !is_there {
        eprintln!("SKIPPED: there is no {program}");
    }
    is_there
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out
}

fn python(name: &str, client: &Client, expected: &str) {
    if !is_there("python3") {
        return;
    }
    let script: &Path = &root().join("tests/clients").join(name);
    let mut command = Command::new("python3");
    command.arg("-B").arg(script).env("FLOWSIM_URL", &client.url);
    let out = run(command.env_remove("http_proxy").env("no_proxy", "*"));
    assert!(out.contains(expected), "{out}");
}

#[test]
fn a_flow_on_page_two_is_launched_by_a_conversation() {
    python("launch.py", &Local::shared_flow(), "launched");
}

#[test]
fn a_shared_flow_is_published_and_called_by_two_others() {
    let server = Local::with(&[], &["shared-flow/fixtures.yaml"]);
    python("compose.py", &server, "published");
}

#[test]
fn an_orchestrator_retries_after_two_conflicts() {
    python("orchestrate.py", &Local::shared_flow(), "decided route_to_queue");
}

#[test]
fn a_simulation_finds_a_contact() {
    let server =
        Local::with(&["contact-lookup/flows"], &["contact-lookup/fixtures.yaml"]);
    python("simulate.py", &server, "simulated");
}

#[test]
fn terraform_applies_and_destroys() {
    python("cx_as_code.py", &Local::shared_flow(), "applied and destroyed");
}

/// Returns the code blocks of the documentation in a language.
fn blocks(language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs/serve.md")).unwrap();
    let start = format!("```{language}\n");
    let parts = text.split(&start).skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_examples_with_curl_work() {
    let shell = blocks("sh");
    assert!(!shell.is_empty());
    if !is_there("curl") {
        return;
    }
    let server = Local::shared_flow();
    for block in shell {
        let script = block.replace("http://127.0.0.1:8080", &server.url);
        let mut command = Command::new("sh");
        let out = run(command.args(["-euc", &script]).env("no_proxy", "*"));
        assert!(out.contains("\"Inbound_Flow_A\""), "{out}");
        assert!(out.contains("\"status\":\"completed\""), "{out}");
    }
}

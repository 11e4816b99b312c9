//! Acknowledged changes survive a kill of the process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::service::wait_until;
use super::support::{Client, Process, draft};

/// The command of a server that stores its state in a folder, with additional arguments.
fn command(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.args(["serve", "--port", "0"]).args(more).arg("--data").arg(data);
    command
}

/// Starts a server that stores its state in a folder, with additional arguments.
pub(crate) fn start(data: &Path, more: &[&str]) -> Process {
    Process::start(&mut command(data, more))
}

/// The flows and fixtures of the shared-flow tutorial.
pub(crate) const SHARED_FLOW: [&str; 4] = [
    "--flows",
    "fixtures/shared-flow/flows",
    "--fixtures",
    "fixtures/shared-flow/fixtures.yaml",
];

/// Starts a server with the shared-flow tutorial, and kills it after a time.
pub(crate) fn kill_while_it_starts(data: &Path, after: Duration) {
    let mut command = command(data, &SHARED_FLOW);
    let command = command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

fn shared_flow(data: &Path) -> Process {
    shared_flow_with(data, &[])
}

pub(crate) fn shared_flow_with(data: &Path, more: &[&str]) -> Process {
    start(data, &[&SHARED_FLOW, more].concat())
}

#[test]
fn conversations_flows_contacts_and_tokens_survive() {
    let folder = TempDir::new().unwrap();
    let mut first = shared_flow(folder.path());
    let client = first.client.logged_in("");
    let flow = client.post("/api/v2/flows", &draft("Kept")).body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    client.post(&format!("/api/v2/flows/{flow}/publish"), &json!({}));
    let waiting = client.converse(&flow);
    let over = client.converse(&flow);
    client.press(&over, &json!(["1"]));
    let variables =
        json!({ "flowInstanceId": waiting, "variables": { "greeting": "again" } });
    client.post("/api/v2/flows/variables", &variables);
    client.post("/__flowsim/clock", &json!({ "advanceMs": 1_000 }));
    client.post(
        "/api/v2/externalcontacts/contacts",
        &json!({ "id": "c9", "firstName": "Ada" }),
    );
    let seen: Vec<Value> = [&waiting, &over]
        .iter()
        .map(|id| client.get(&format!("/api/v2/conversations/{id}")).body)
        .collect();
    first.kill();

    let second = shared_flow(folder.path());
    let client = Client { token: client.token, ..second.client.clone() };
    assert_eq!(client.get(&format!("/api/v2/flows/{flow}")).body["active"], true);
    for (id, seen) in [&waiting, &over].iter().zip(&seen) {
        assert_eq!(client.get(&format!("/api/v2/conversations/{id}")).body, *seen);
    }
    assert_eq!(client.get("/api/v2/externalcontacts/contacts/c9").status, 200);
    assert_eq!(client.get("/__flowsim/clock").body["now"], "2026-01-05T09:00:01.000Z");
    client.press(&waiting, &json!(["5"]));
    let trace = client.get(&format!("/__flowsim/executions/{waiting}")).body.to_string();
    assert!(trace.contains("You pressed 5, again."), "{trace}");
    let fresh = client.converse(&flow);
    assert!(fresh != waiting && fresh != over, "ids are not given twice");
}

/// A database that ends before its last change is reported; `redb` continues with an
/// older state.
#[test]
fn lost_changes_are_reported_at_the_start() {
    let folder = TempDir::new().unwrap();
    let mut first = shared_flow(folder.path());
    let client = first.client.logged_in("");
    let (file, copy) = (folder.path().join("flowsim.redb"), folder.path().join("copy"));
    client.converse(&client.flow_id("Inbound_Flow_A"));
    first.kill();
    std::fs::copy(&file, &copy).unwrap();
    let mut second = shared_flow(folder.path());
    let client = second.client.logged_in("");
    client.converse(&client.flow_id("Inbound_Flow_A"));
    second.kill();
    std::fs::rename(&copy, &file).unwrap();

    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let flows = ["serve", "--port", "0", "--flows", "fixtures/shared-flow/flows"];
    let command = command.args(flows).arg("--data").arg(folder.path());
    let mut third = Process::start(command.stderr(Stdio::piped()));
    let mut warning = String::new();
    let stderr = third.child.stderr.take().unwrap();
    BufReader::new(stderr).read_line(&mut warning).unwrap();
    assert!(warning.contains("was damaged; the last 2 changes are lost"), "{warning}");
}

/// Contacts between conversations must not copy all contacts for each conversation.
#[test]
fn contacts_between_conversations_take_linear_time() {
    let folder = TempDir::new().unwrap();
    let started =
        |folder: &Path| start(folder, &["--flows", "fixtures/contact-lookup/flows"]);
    let mut first = started(folder.path());
    let client = first.client.logged_in("");
    let flow = client.get("/api/v2/flows").body["entities"][0]["id"].clone();
    let find = |client: &Client, number: u32| {
        let context = json!({ "from": format!("+1555777{number:04}") });
        let body = json!({ "flowId": flow, "context": context });
        client.post("/api/v2/architect/simulations", &body).body["trace"].to_string()
    };
    for number in 0..150 {
        let phone = json!({ "e164": format!("+1555777{number:04}") });
        let name = format!("C{number}");
        let body =
            json!({ "id": name, "firstName": name, "lastName": "X", "workPhone": phone });
        assert_eq!(client.post("/api/v2/externalcontacts/contacts", &body).status, 200);
        client.converse(flow.as_str().unwrap());
    }
    let seen = [0, 7, 149].map(|number| find(&client, number));
    assert!(seen[1].contains("C7 X"), "{}", seen[1]);
    first.kill();
    let second = started(folder.path());
    let client = Client { token: client.token, ..second.client.clone() };
    assert_eq!([0, 7, 149].map(|number| find(&client, number)), seen);
}

/// Creates contacts until it is asked to stop or the server ends, and counts them. Returns
/// the ids of the acknowledged ones.
fn write_until(
    client: &Client,
    stop: &AtomicBool,
    count: &AtomicUsize,
    writer: usize,
) -> Vec<String> {
    let mut kept = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let id = format!("{writer}-{}", kept.len());
        let body = json!({ "id": id }).to_string();
        let path = "/api/v2/externalcontacts/contacts";
        match client.try_send("POST", path, Some(&body), &[]) {
            Ok(answer) if answer.status == 200 => kept.push(id),
            _ => break,
        }
        count.fetch_add(1, Ordering::Relaxed);
    }
    kept
}

#[test]
fn no_acknowledged_write_is_lost_under_load() {
    let folder = TempDir::new().unwrap();
    let mut first = shared_flow(folder.path());
    let client = first.client.logged_in("");
    let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let kept: Vec<String> = std::thread::scope(|scope| {
        let write = |writer: usize| {
            let (client, stop, count) = (client.clone(), &stop, &count);
            scope.spawn(move || write_until(&client, stop, count, writer))
        };
        let writers: Vec<_> = (0..4).map(write).collect();
        wait_until("some are kept", || count.load(Ordering::Relaxed) > 40);
        first.kill();
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert!(kept.len() > 10, "{}", kept.len());
    let second = shared_flow(folder.path());
    let client = Client { token: client.token, ..second.client.clone() };
    for id in &kept {
        assert_eq!(
            client.get(&format!("/api/v2/externalcontacts/contacts/{id}")).status,
            200,
            "{id}"
        );
    }
}

/// The flows may have changed since: nothing breaks, and the user gets a warning.
#[test]
fn conversations_whose_flows_no_longer_exist_are_reported() {
    let folder = TempDir::new().unwrap();
    let mut first = shared_flow(folder.path());
    let client = first.client.logged_in("");
    let waiting = client.converse(&client.flow_id("Inbound_Flow_A"));
    client.post("/api/v2/externalcontacts/contacts", &json!({ "id": "c9" }));
    first.kill();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let other = ["--flows", "fixtures/contact-lookup/flows", "--data"];
    command.args(["serve", "--port", "0"]).args(other).arg(folder.path());
    let mut second = Process::start(command.stderr(Stdio::piped()));
    let client = Client { token: client.token, ..second.client.clone() };
    assert_eq!(client.get("/api/v2/externalcontacts/contacts/c9").status, 200);
    assert_eq!(client.get(&format!("/api/v2/conversations/{waiting}")).status, 404);
    second.kill();
    let mut told = String::new();
    BufReader::new(second.child.stderr.take().unwrap()).read_line(&mut told).unwrap();
    assert!(told.contains("are skipped (1)"), "{told}");
    assert!(told.contains(&waiting), "{told}");
    // With the original flows everything is restored.
    let third = shared_flow(folder.path());
    let client = Client { token: client.token, ..third.client.clone() };
    assert_eq!(client.get(&format!("/api/v2/conversations/{waiting}")).status, 200);
}

#[test]
fn two_servers_cannot_use_the_same_folder() {
    let folder = TempDir::new().unwrap();
    let _first = shared_flow(folder.path());
    let second = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["serve", "--port", "0", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(5));
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains("another server uses"), "{message}");
    assert!(message.contains("use another folder"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_terminate_exits_normally() {
    let folder = TempDir::new().unwrap();
    let mut process = shared_flow(folder.path());
    let client = process.client.logged_in("");
    client.post("/api/v2/flows", &draft("Kept"));
    let id = process.child.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
    let second = shared_flow(folder.path());
    let client = Client { token: client.token, ..second.client.clone() };
    assert_eq!(client.get("/api/v2/flows?name=Kept").body["total"], 1);
}

/// The written log equals the requested one, and contains no secrets.
#[test]
fn the_request_log_is_written_line_by_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("requests.ndjson");
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let mut server =
        Process::start(command.args(["serve", "--port", "0", "--log"]).arg(&path));
    let client = server.client.logged_in("");
    assert_eq!(client.get("/api/v2/flows").status, 200);
    assert_eq!(client.get("/api/v2/flows/nobody").status, 404);
    let asked = client.get("/__flowsim/requests").body;
    server.kill();
    let written = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> =
        written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::from(lines), asked["requests"]);
    assert!(written.contains(r#""status":404"#), "{written}");
    assert!(!written.contains("access_token"), "{written}");
}

//! `flowsim record` as people and CI systems run it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::server::{
    CLIENT_ID, CLIENT_SECRET, Fault, SIGNATURE, Server, TOKEN, documents,
};

const SIMULATIONS: &str = "POST /api/v2/architect/simulations";
const SHARED: &str = "fixtures/shared-flow/calls.test.yaml";

/// Prepares the program with only the environment that the test sets.
pub(crate) fn flowsim(server: &Server, line: &str, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("GENESYS_CLIENT_ID", CLIENT_ID)
        .env("GENESYS_CLIENT_SECRET", CLIENT_SECRET)
        .stdin(Stdio::null())
        .arg("record")
        .args(["--base-url", &server.url()])
        .args(line.split(' '))
        .arg("--out")
        .arg(out);
    if !line.contains("--rate") {
        command.args(["--rate", "1000"]);
    }
    command
}

fn record(server: &Server, line: &str, out: &Path) -> Output {
    flowsim(server, line, out).output().unwrap()
}

fn text(stream: &[u8]) -> String {
    String::from_utf8(stream.to_vec()).unwrap()
}

/// Returns the recordings of a folder, in the order of their names.
pub(crate) fn recordings(folder: &Path) -> Vec<Value> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
        .collect()
}

#[track_caller]
fn ends(output: &Output, code: i32, said: &str) {
    let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{all}");
    assert!(all.contains(said), "{all}");
    for secret in [CLIENT_SECRET, TOKEN, SIGNATURE] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn the_calls_of_a_scenario_file_are_recorded() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    let out = folder.path().join("new/folder");
    let line = format!("--scenario {SHARED}");
    ends(&record(&server, &line, &out), 0, " recorded; in ");
    let recorded = recordings(&out);
    assert_eq!(recorded.len(), server.count(SIMULATIONS));
    let keys = |it: &Value| it["request"]["inputs"]["dtmf"][0].as_str() == Some("1");
    let one = recorded.iter().find(|it| keys(it)).unwrap();
    assert_eq!(one["schema"], "flowsim.recording/1");
    assert_eq!(
        (&one["kind"], &one["response"]["status"]),
        (&"simulation".into(), &"completed".into())
    );
    assert_eq!(
        (&one["flow"]["name"], &one["flow"]["version"]),
        (&"Inbound_Flow_A".into(), &"13.0".into())
    );
    assert_eq!(one["source"]["baseUrl"], server.url());
    assert!(one["recordedAt"].as_str().unwrap().ends_with('Z'));
    // The recorded result equals that of a local run.
    let path: Vec<&str> = one["response"]["trace"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["nodeId"].as_str().unwrap())
        .collect();
    assert_eq!(path.first(), Some(&"CallShared"));

    let asked = server.count(SIMULATIONS);
    ends(&record(&server, &line, &out), 0, "0 recorded, ");
    assert_eq!(server.count(SIMULATIONS), asked, "nothing is asked for twice");
    ends(&record(&server, &format!("{line} --refresh"), &out), 0, " recorded; in ");
    assert_eq!((server.count(SIMULATIONS), recordings(&out).len()), (2 * asked, asked));
}

#[test]
fn requests_in_files_are_recorded_for_the_named_flow() {
    let (server, folder) = (Server::start("contact-lookup"), TempDir::new().unwrap());
    let request = "--request fixtures/contact-lookup/request.json";
    ends(&record(&server, request, folder.path()), 0, "1 recorded");
    let other = format!("{request} --flow no-such-flow");
    ends(&record(&server, &other, folder.path()), 5, "answered 400");
    assert_eq!(recordings(folder.path()).len(), 1);
}

/// Outdated recordings, for example of an older version of a flow, are recorded again in
/// place.
#[test]
fn calls_of_recordings_are_recorded_again() {
    let (server, folder) = (Server::start("contact-lookup"), TempDir::new().unwrap());
    let out = folder.path().join("calls");
    let request = "--request fixtures/contact-lookup/request.json";
    ends(&record(&server, request, &out), 0, "1 recorded");
    let fresh = recordings(&out);
    let path = fs::read_dir(&out).unwrap().next().unwrap().unwrap().path();
    let stale = fs::read_to_string(&path).unwrap();
    let stale = stale.replacen("\"status\": \"completed\"", "\"status\": \"error\"", 1);
    fs::write(&path, stale).unwrap();
    assert_ne!(recordings(&out), fresh);
    let again = format!("--recording {}", out.display());
    ends(&record(&server, &again, &out), 0, "1 recorded");
    let renewed = recordings(&out);
    assert_eq!(renewed.len(), 1);
    assert_eq!(renewed[0]["response"], fresh[0]["response"]);
    fs::write(&path, "{").unwrap();
    ends(&record(&server, &again, &out), 3, "JSON_SYNTAX");
}

/// An address in another spelling does not make another file.
#[test]
fn another_spelling_of_the_host_replaces_the_recording() {
    let (server, folder) = (Server::start("contact-lookup"), TempDir::new().unwrap());
    let request = "--request fixtures/contact-lookup/request.json";
    ends(&record(&server, request, folder.path()), 0, "1 recorded");
    let mut again = flowsim(
        &server,
        &format!("--recording {}", folder.path().display()),
        folder.path(),
    );
    let url = server.url().replace("127.0.0.1", "LOCALHOST") + "/";
    again.args(["--base-url", &url]);
    let arguments: Vec<_> = again.get_args().map(ToOwned::to_owned).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    // The first address is left out.
    command.args(&arguments[..1]).args(&arguments[3..]).env_clear();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("GENESYS_CLIENT_ID", CLIENT_ID);
    command.env("GENESYS_CLIENT_SECRET", CLIENT_SECRET);
    ends(&command.output().unwrap(), 0, "1 recorded");
    assert_eq!(recordings(folder.path()).len(), 1);
}

#[test]
fn equal_failures_are_one_message_that_names_the_tests() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    server.fail(SIMULATIONS, vec![Fault::Body("{"); 99]);
    let line = format!("--scenario {SHARED}");
    let output = record(&server, &line, folder.path());
    ends(&output, 5, " failed; in ");
    let told = text(&output.stderr);
    assert_eq!(told.matches("error[PLATFORM_ANSWER]").count(), 1, "{told}");
    assert!(told.contains(" calls: ") && told.contains(&format!("({SHARED}:")), "{told}");
}

#[test]
fn calls_that_were_not_tried_are_listed() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    server.fail("POST /oauth/token", vec![Fault::Status(401, ""); 99]);
    let line = format!("--scenario {SHARED} --concurrency 1");
    let output = record(&server, &line, folder.path());
    ends(&output, 5, " not tried; in ");
    let told = text(&output.stderr);
    assert!(told.contains("note: not tried: `"), "{told}");
}

#[test]
fn executions_of_conversations_and_periods_are_recorded() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    server.state().documents = documents(5);
    let line = "--executions --conversation conversation-1";
    ends(&record(&server, line, folder.path()), 0, "2 recorded");
    let line = "--executions --flow the-flow --from 2026-01-05 --to 2026-01-05T00:04:00Z";
    ends(&record(&server, line, folder.path()), 0, "2 recorded, 2 already present");
    let recorded = recordings(folder.path());
    assert_eq!(recorded.len(), 4);
    for (recording, (id, document)) in recorded.iter().zip(documents(4)) {
        assert_eq!(
            (&recording["id"], &recording["kind"]),
            (&id.into(), &"execution".into())
        );
        assert_eq!(recording["recordedAt"], document["flow"]["startDateTime"]);
        assert_eq!(recording["response"], document, "as it was received");
    }
    let line = "--executions --conversation none";
    ends(&record(&server, line, folder.path()), 4, "0 recorded");
}

#[test]
fn after_a_failure_the_rest_is_recorded() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    server.fail(SIMULATIONS, [Fault::Body("{"), Fault::Expired, Fault::Status(500, "")]);
    server.fail("GET /api/v2/flows/", [Fault::Status(403, "")]);
    let line = format!("--scenario {SHARED}");
    let output = record(&server, &line, folder.path());
    ends(&output, 5, "1 failed");
    let told = text(&output.stderr);
    assert!(told.contains("warning[PLATFORM_REFUSED]: the version of"), "{told}");
    assert!(told.contains("error[PLATFORM_ANSWER]"), "{told}");
    ends(&record(&server, &line, folder.path()), 0, "1 recorded");
}

#[test]
fn an_unreachable_service_ends_the_run_at_once() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    server.fail("POST /oauth/token", vec![Fault::Hang; 99]);
    let line = format!("--scenario {SHARED} --max-attempts 1 --concurrency 1");
    let output = record(&server, &line, folder.path());
    ends(&output, 5, "PLATFORM_UNREACHABLE");
    assert_eq!(server.count("POST /oauth/token"), 1);
}

#[test]
fn no_secret_is_written_to_a_file() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    // A service that echoes the request.
    let told: &'static str = Box::leak(
        format!(
            r#"{{"status": "completed", "trace": [], "echo":
                "Authorization: Bearer {TOKEN}1", "secret": "{CLIENT_SECRET}",
                "access_token": "{TOKEN}1"}}"#
        )
        .into_boxed_str(),
    );
    server.fail(SIMULATIONS, vec![Fault::Body(told); 2]);
    server.state().documents = documents(3);
    ends(&record(&server, &format!("--scenario {SHARED}"), folder.path()), 0, "recorded");
    let line = "--executions --conversation conversation-0";
    ends(&record(&server, line, folder.path()), 0, "2 recorded");
    let recorded = recordings(folder.path());
    assert!(recorded.iter().any(|it| it["response"].get("echo").is_some()));
    for entry in fs::read_dir(folder.path()).unwrap() {
        let written = fs::read_to_string(entry.unwrap().path()).unwrap();
        for secret in [CLIENT_SECRET, TOKEN, SIGNATURE, "YS1jbGllbnQ6"] {
            assert!(!written.contains(secret), "{written}");
        }
    }
}

#[test]
fn callers_are_replaced_before_writing() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    let line = format!("--scenario {SHARED} --phone-numbers");
    ends(&record(&server, &line, folder.path()), 0, "FLOWSIM_REDACTION_KEY");
    let recorded = recordings(folder.path());
    let from = |it: &Value| it["request"]["context"]["from"].clone();
    assert!(
        recorded.iter().all(|it| from(it) == from(&recorded[0]) && from(it).is_string())
    );
    for recording in &recorded {
        assert!(!recording.to_string().contains("15551234567"), "{recording}");
        assert_eq!(recording["redactions"][0]["kind"], "phoneNumber");
    }
    // The recording is recognized although its caller was replaced.
    ends(&record(&server, &line, folder.path()), 0, "0 recorded");
}

#[test]
fn invalid_arguments_are_reported_before_any_request() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    let run = |line: &str| record(&server, line, folder.path());
    ends(&run("--executions"), 2, "no executions selected");
    ends(&run("--executions --flow f --from 2026-01-05"), 2, "--to");
    ends(&run("--conversation c --request r.json"), 2, "cannot be used with");
    ends(&run("--conversation c"), 2, "--executions");
    ends(&run("--request no-such.json"), 3, "FILE_UNREADABLE");
    ends(&run("--request fixtures/shared-flow/fixtures.yaml"), 3, "INVALID_REQUEST");
    ends(&run("--scenario fixtures/shared-flow/fixtures.yaml"), 3, "INVALID_SCENARIO");
    ends(&run("--request r.json --rate 0"), 2, "0.01");
    ends(&run("--request r.json --ca Cargo.toml"), 3, "no certificate");
    let mut nameless = flowsim(&server, "--request r.json", folder.path());
    nameless.env_remove("GENESYS_CLIENT_SECRET");
    ends(&nameless.output().unwrap(), 2, "GENESYS_CLIENT_SECRET is not set");
    assert!(server.state().seen.is_empty());
}

#[test]
fn the_service_can_be_named_by_the_environment() {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["record", "--request", "r.json", "--out"]).arg(folder.path());
    ends(&command.output().unwrap(), 2, "no service given");
    command.env("GENESYS_REGION", "eu-central-7");
    ends(&command.output().unwrap(), 2, "did you mean `eu-central-");
    command.env("GENESYS_BASE_URL", "http://example.com");
    ends(&command.output().unwrap(), 2, "is not encrypted");
}

#[test]
fn only_one_run_at_a_time_writes_to_a_folder() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    let lock = fs::File::open(folder.path()).unwrap();
    lock.try_lock().unwrap();
    let line = format!("--scenario {SHARED}");
    ends(&record(&server, &line, folder.path()), 5, "another `flowsim record`");
    drop(lock);
    ends(&record(&server, &line, folder.path()), 0, "recorded");
}

//! Every bundled flow: `flowsim record` records its calls from a service that fails now
//! and then, and their replays are equal.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use flowsim::analysis::comparison::Verdict;
use flowsim::source::Files;
use flowsim::world::{Fixtures, Input};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::stage::{Caller, Stage, folder, request, root};
use crate::record::server::{CLIENT_ID, CLIENT_SECRET, Fault, Server};
use crate::recordings::calls::{ARCHITECT, Calls, DRAFTS};

fn flowsim(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(root()).env_clear().args(arguments);
    command
}

fn record(server: &Server, arguments: &[&str], out: &Path) -> Output {
    let mut command = flowsim(&["record", "--rate", "1000", "--base-url", &server.url()]);
    command
        .env("GENESYS_CLIENT_ID", CLIENT_ID)
        .env("GENESYS_CLIENT_SECRET", CLIENT_SECRET)
        .args(arguments)
        .arg("--out")
        .arg(out);
    command.output().unwrap()
}

/// Faults after which a request is repeated.
fn temporary_faults() -> [Fault; 7] {
    [
        Fault::Status(401, ""),
        Fault::Status(409, ""),
        Fault::Status(429, "Retry-After: 0\r\n"),
        Fault::Status(500, ""),
        Fault::Slow(Duration::from_millis(30)),
        Fault::Half,
        Fault::Hang,
    ]
}

/// Sets one fault for each of the starts of request lines. Each request fails at most once,
/// because the pauses between the attempts of one request get longer.
fn set_temporary_faults(server: &Server, lines: &[&str], first: usize) {
    let faults = temporary_faults().into_iter().cycle().skip(first);
    for (line, fault) in lines.iter().zip(faults) {
        server.fail(line, [fault]);
    }
    server.state().each_fails_once = true;
}

/// Asserts that both kinds of comparison find all calls equal.
fn assert_equal(organisation: &str, out: &Path, count: usize) {
    let stage = Stage::bundled(organisation);
    let mut files = Files::new();
    let (paths, _) = flowsim::recording::discover(&[out.to_owned()], &mut files);
    assert_eq!(paths.len(), count, "{organisation}");
    let compared = stage.compare_files(&paths, &Fixtures::default());
    for (path, judgement) in paths.iter().zip(compared) {
        let comparison = judgement.comparison;
        let told = comparison.to_json();
        assert_eq!(comparison.verdict, Verdict::Equal, "{}\n{told}", path.display());
    }
    let flows = folder(organisation).join("flows");
    let output = flowsim(&["compare", "--format", "json", "--flows"])
        .arg(flows)
        .arg(out)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{organisation}\n{told}");
    let summary = format!("\"summary\":{{\"total\":{count},\"equal\":{count},");
    assert!(told.contains(&summary), "{told}");
}

fn stderr_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Checks all organisations at the same time: most of the time is spent waiting between the
/// attempts of requests that fail. Together they have all kinds of faults.
fn for_each(
    organisations: &[(&str, Calls)],
    check: impl Fn(usize, (&str, Calls)) + Sync,
) {
    std::thread::scope(|scope| {
        for (index, organisation) in organisations.iter().enumerate() {
            let check = &check;
            scope.spawn(move || check(index, *organisation));
        }
    });
}

#[test]
fn simulations_of_every_draft_flow_are_equal() {
    for_each(DRAFTS, |index, (organisation, calls)| {
        let (server, place) = (Server::start(organisation), TempDir::new().unwrap());
        let mut arguments = Vec::new();
        for (index, (flow, context, inputs)) in calls.iter().enumerate() {
            let caller = Caller { flow, context, inputs, at: None };
            let inputs = inputs.iter().map(|input| Input::parse(input).unwrap());
            let path = place.path().join(format!("{index}.json"));
            let request = request(&caller, inputs.collect());
            fs::write(&path, request.to_json().to_string()).unwrap();
            arguments.extend(["--request".to_owned(), path.display().to_string()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let line = "POST /api/v2/architect/simulations";
        // The first organisations have five calls or more.
        set_temporary_faults(&server, &vec![line; calls.len() - 1], 3 * index);
        // An unintelligible answer is not retried in the same run, but in the next one.
        server.fail(line, [Fault::Body("{\"status\": ")]);
        let out = place.path().join("recordings");
        let first = record(&server, &arguments, &out);
        let code = first.status.code();
        assert_eq!(code, Some(5), "{organisation}\n{}", stderr_of(&first));
        let second = record(&server, &arguments, &out);
        let code = second.status.code();
        assert_eq!(code, Some(0), "{organisation}\n{}", stderr_of(&second));
        assert!(server.state().faults.values().all(VecDeque::is_empty));
        assert_equal(organisation, &out, calls.len());
    });
}

/// The starts of the lines of requests for executions.
const OF_EXECUTIONS: [&str; 3] = [
    "POST /api/v2/flows/instances/query",
    "POST /api/v2/flows/instances/jobs",
    "GET /api/v2/flows/instances/",
];

/// Returns the documents of calls as the instances of a service, all of one conversation.
fn instances(stage: &Stage, calls: Calls) -> impl Iterator<Item = (String, Value)> {
    let documents = calls.iter().enumerate().map(|(number, (flow, context, inputs))| {
        let recording = stage.record(&Caller { flow, context, inputs, at: None });
        let mut document: Value =
            serde_json::from_str(&recording.response.to_string()).unwrap();
        let id = format!("0f6c0000-0000-4000-8000-{number:012}");
        document["flow"]["executionId"] = json!(id);
        document["flow"]["conversationId"] = json!("conversation-1");
        (id, document)
    });
    documents.collect::<Vec<_>>().into_iter()
}

#[test]
fn documents_of_every_architect_flow_are_equal() {
    for_each(ARCHITECT, |index, (organisation, calls)| {
        let (server, place) = (Server::start(organisation), TempDir::new().unwrap());
        let stage = Stage::bundled(organisation);
        server.state().documents = instances(stage, calls).collect();
        set_temporary_faults(&server, &OF_EXECUTIONS, OF_EXECUTIONS.len() * index);
        let arguments = ["--executions", "--conversation", "conversation-1"];
        let output = record(&server, &arguments, place.path());
        assert_eq!(
            output.status.code(),
            Some(0),
            "{organisation}\n{}",
            stderr_of(&output)
        );
        assert!(server.state().faults.values().all(VecDeque::is_empty));
        assert_equal(organisation, place.path(), calls.len());
    });
}

#[test]
fn every_bundled_flow_is_recorded() {
    let recorded = ARCHITECT.iter().chain(DRAFTS).map(|(organisation, _)| *organisation);
    let recorded: Vec<&str> = recorded.collect();
    for entry in fs::read_dir(root().join("fixtures")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // `compare` has another version of a flow from another folder. The documents of
        // `conformance` are compared by its own command.
        let is_other = ["compare", "conformance"].contains(&&*name);
        if path.join("flows").is_dir() && !is_other {
            assert!(recorded.contains(&name.as_str()), "no call of {name} is recorded");
        }
    }
}

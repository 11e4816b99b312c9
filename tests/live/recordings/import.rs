//! Imports of saved files, and the resulting recordings.

use std::fs;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flowsim::recording::{Kind, Subject, derive, replay};
use flowsim::value::{DateTime, Json};
use flowsim::world::{Answer, Fixtures, Input, Keystroke};

use super::{Organisation, flowsim, imported, recording, root, shared_document};

const RESPONSE: &str = r#"{"status":"completed","trace":[{"nodeId":"A","nodeType":"Say","flowId":"f","result":{}}]}"#;
const EXECUTION: &str = r#"{"flow":{"executionId":"e-1","flowId":"f-1","flowName":"Main","flowVersion":"2.0","flowType":"inboundcall","startDateTime":"2026-08-10T14:50:33.547Z","execution":[]}}"#;

#[test]
#[ignore = "needs ../shared/data"]
fn the_document_of_the_platform_is_a_call_with_two_keys() {
    let (_, text) = shared_document();
    let recording = recording(&text);
    assert_eq!(recording.kind, Kind::Execution);
    assert_eq!(recording.flow.name.as_deref(), Some("Template #3"));
    assert_eq!(recording.flow.version.as_deref(), Some("13.0"));
    let derived = derive(&recording);
    // The keys came 10,062 and 6,849 ms after the prompts began. Each entry was complete
    // when no other key came for 1,500 ms. The action waits for 3,000 ms once it listens.
    let inputs: Vec<String> = derived.inputs.iter().map(ToString::to_string).collect();
    assert_eq!(inputs, ["1@3000", "3@3000"]);
    assert_eq!(derived.at, DateTime::parse("2026-08-10T14:50:33.547Z"));
    assert_eq!(derived.language.as_deref(), Some("en-us"));
    let variable = |name: &str| {
        let found = derived.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.to_string())
    };
    assert_eq!(variable("Call.Ani").as_deref(), Some("tel:+17205550123"));
    assert_eq!(derived.lookups.len(), 3);
    insta::assert_snapshot!(
        "real_keys",
        derived
            .lookups
            .iter()
            .map(|(table, key)| format!("{table}: {key}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list of files")]
fn one_file_may_hold_many_calls() {
    let har = format!(
        r#"{{"log": {{"entries": [
          {{"startedDateTime": "2026-08-10T10:00:00Z", "request": {{"method": "POST", "url": "https://api.example.com/api/v2/architect/simulations?x=1", "postData": {{"text": "{{\"flowId\": \"f\"}}"}}}}, "response": {{"status": 200, "content": {{"text": {}}}}}}},
          {{"request": {{"url": "https://downloads.example.com/x"}}, "response": {{"status": 200, "content": {{"encoding": "base64", "text": "{}"}}}}}},
          {{"request": {{"url": "https://api.example.com/api/v2/users/me"}}, "response": {{"status": 200, "content": {{"text": "{{}}"}}}}}}
        ]}}}}"#,
        flowsim::value::Json::from(RESPONSE),
        BASE64_STANDARD.encode(EXECUTION),
    );
    let topic = r#"{"topicName":"v2.flow.execution.data.f-2","eventBody":{"executionId":"e-2","flowId":"f-2","flowVersion":"1.0","startDateTime":"2026-08-10T14:50:33.547Z","endDateTime":"2026-08-10T14:50:34.547Z","flowExitReason":"DISCONNECT","execution":[{"objectType":"ACTION_PLAY_AUDIO","objectId":"a","executionId":"r","startDateTime":"2026-08-10T14:50:33.600Z"}]}}"#;
    let heartbeat = r#"{"topicName":"channel.metadata","eventBody":{"message":"WebSocket Heartbeat"}}"#;
    let lines = format!("{heartbeat}\n{topic}\n{EXECUTION}\n\n{RESPONSE}\n");
    for (name, text, expected) in [
        ("a.json", RESPONSE.to_owned(), vec![(Kind::Simulation, "simulation")]),
        (
            "a.json",
            format!("{{\"request\":{{\"flowId\":\"f\"}},\"response\":{RESPONSE}}}"),
            vec![(Kind::Simulation, "simulation")],
        ),
        (
            "a.json",
            format!("[{EXECUTION},{RESPONSE}]"),
            vec![(Kind::Execution, "execution"), (Kind::Simulation, "simulation")],
        ),
        (
            "a.json",
            format!("{{\"entities\":[{EXECUTION}]}}"),
            vec![(Kind::Execution, "execution")],
        ),
        ("a.har", har, vec![(Kind::Simulation, "har"), (Kind::Execution, "har")]),
        (
            "a.ndjson",
            lines,
            vec![
                (Kind::Execution, "topic"),
                (Kind::Execution, "execution"),
                (Kind::Simulation, "simulation"),
            ],
        ),
    ] {
        let (recordings, told) = imported(name, &text);
        assert_eq!(told, [] as [&str; 0], "{text}");
        let found: Vec<_> = recordings
            .iter()
            .map(|it| (it.kind, it.source.format.as_deref().unwrap()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
    let event = recording(topic);
    let document = event.execution().unwrap();
    let events: Vec<_> = document.events().map(|(_, it)| it.name.to_string()).collect();
    assert_eq!(events, ["actionPlayAudio", "endedFlow"]);
    assert_eq!(event.flow.id.as_deref(), Some("f-2"));
}

#[test]
fn files_that_cannot_be_imported_are_reported_with_their_position() {
    let lines =
        format!("{EXECUTION}\n{{\"draft\": {{}}, \"id\": 1}}\n{{\"broken\": }}\n");
    let texts = [
        ("a.json", "[1,\n {\"access_token\": \"x\"}]"),
        ("a.json", "{\"flowSequenceItemList\": []}"),
        ("a.json", "{\"entities\": [{\"id\": \"x\", \"downloadUri\": \"https://x\"}]}"),
        (
            "a.json",
            "{\"schema\": \"flowsim.trace/1\", \"status\": \"completed\", \"trace\": []}",
        ),
        (
            "a.json",
            "{\"message\": \"not found\", \"code\": \"not.found\", \"status\": 404}",
        ),
        ("a.json", "{\"log\": {\"entries\": []}}"),
        ("a.json", "{\"topicName\": \"v2.users.presence\", \"eventBody\": {}}"),
        ("a.json", "{\"a\": 1, \"b\": 2}"),
        ("a.json", "{}"),
        ("a.json", "{\"flow\": {\"execution\": 5}}"),
        ("a.json", "{"),
        ("a.ndjson", &lines),
    ];
    let told = texts.map(|(name, text)| imported(name, text).1.join("\n"));
    insta::assert_snapshot!("refused", told.join("\n\n"));
}

/// Our own calls: the organisation, the format, and the rest of the command line.
const RUNS: [(&str, &str, &[&str]); 3] = [
    (
        "parcel-line",
        "execution",
        &[
            "--flow",
            "Parcel line",
            "--context",
            "from=+15551230000",
            "--context",
            "to=+15557770100",
            "--input",
            "1@1000",
            "--input",
            "2#",
        ],
    ),
    (
        "alder-clinic",
        "execution",
        &["--at", "2026-01-05T15:00:00Z", "--input", "2@700", "--input", "1"],
    ),
    ("order-status", "simulation", &["--input", "100200"]),
];

/// From the run to the passing scenario, on the command line.
#[test]
fn folders_are_imported_and_missing_data_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved/more");
    fs::create_dir_all(&saved).unwrap();
    let import = |line: &[&str]| {
        let output = flowsim(folder.path(), &[&["import", "saved"][..], line].concat());
        let texts =
            [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        let [paths, told] = texts;
        (output.status.code(), paths.lines().count(), told)
    };
    let (code, _, told) = import(&[]);
    assert_eq!(code, Some(4));
    assert!(told.starts_with("error: nothing to import"), "{told}");
    fs::write(saved.join("a.json"), RESPONSE).unwrap();
    fs::write(saved.join("b.ndjson"), EXECUTION).unwrap();
    fs::write(saved.join("notes.txt"), "no answer").unwrap();
    assert_eq!(import(&[]), (Some(0), 2, String::new()));
    let (code, paths, told) = import(&["--scenario"]);
    assert_eq!((code, paths), (Some(0), 6), "{told}");
    assert!(told.starts_with("warning: the scenarios do not name their flows"), "{told}");
    assert!(told.contains("--flows PATH"), "{told}");
}

#[test]
fn an_imported_scenario_passes() {
    for (name, format, arguments) in RUNS {
        let folder = tempfile::tempdir().unwrap();
        let fixtures = root().join("fixtures").join(name);
        let flows = fixtures.join("flows").display().to_string();
        let known = fixtures.join("fixtures.yaml").display().to_string();
        let mut line = vec!["run", &flows, "--fixtures", &known, "--format", format];
        line.extend(arguments);
        let run = flowsim(folder.path(), &line);
        assert!(!run.stdout.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
        fs::write(folder.path().join("saved.json"), &run.stdout).unwrap();
        let import = ["import", "saved.json", "--out", "made", "--scenario"];
        let import =
            flowsim(folder.path(), &[&import[..], &["--flows", &flows]].concat());
        let told = String::from_utf8_lossy(&import.stderr);
        assert_eq!((import.status.code(), &*told), (Some(0), ""), "{name}");
        let paths = String::from_utf8(import.stdout).unwrap();
        assert_eq!(paths.lines().count(), 3, "{paths}");
        let scenario = paths.lines().find(|it| it.ends_with(".test.yaml")).unwrap();
        let scenario = fs::read_to_string(folder.path().join(scenario)).unwrap();
        let test = flowsim(folder.path(), &["test", "made"]);
        let told = [test.stdout, test.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert_eq!(test.status.code(), Some(0), "{told}\n{scenario}");
        let scenario = scenario.lines().filter(|it| !it.starts_with("flows:"));
        let scenario = scenario.collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(format!("scenario_{name}"), scenario);
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn the_real_document_becomes_a_scenario() {
    let (path, _) = shared_document();
    let folder = tempfile::tempdir().unwrap();
    let path = path.display().to_string();
    let import = flowsim(folder.path(), &["import", &path, "--scenario"]);
    assert_eq!(
        import.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&import.stderr)
    );
    let paths = String::from_utf8(import.stdout).unwrap();
    let scenario = paths.lines().find(|it| it.ends_with(".test.yaml")).unwrap();
    let text = fs::read_to_string(folder.path().join(scenario)).unwrap();
    assert!(text.contains(r#"input: ["1@3000","3@3000"]"#), "{text}");
    assert!(text.contains(r#""queueName":"CXaC Queue""#), "{text}");
}

/// The caller of the real document calls our flow of the same shape. With the keys that
/// choose the same options there, at the original times, the call ends in the same way.
#[test]
#[ignore = "needs ../shared/data"]
fn the_real_keys_lead_through_our_flow() {
    let (_, text) = shared_document();
    let organisation = Organisation::load("parcel-line");
    let real = derive(&recording(&text));
    let context = [("from", "+15551230000"), ("to", "+15557770100")];
    let ours = organisation.play("Parcel line", &context, &["1#", "2#"]);
    let mut derived = derive(&recording(&organisation.document(&ours)));
    assert_eq!(real.inputs.len(), derived.inputs.len());
    let inputs = derived.answers.iter_mut().filter(|it| it.about == Subject::Input);
    for (answer, (real, key)) in inputs.zip(real.inputs.iter().zip(['1', '2'])) {
        let Input::Timed(strokes) = real else { panic!("{real}") };
        let keys = strokes.iter().map(|stroke| Keystroke { key, ..*stroke });
        answer.answer = Answer::Input(Input::Timed(keys.collect()));
    }
    let again = replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
    assert_eq!(again.missing, None);
    let symbols = &organisation.program.symbols;
    assert!(again.trace.path(symbols).eq(ours.path(symbols)));
    assert_eq!(
        again.trace.routing().unwrap().queue_name,
        ours.routing().unwrap().queue_name
    );
}

/// Calls of one flow with these inputs, as execution documents. All start at the same time.
fn documents(inputs: &[&str]) -> Vec<String> {
    let organisation = Organisation::load("parcel-line");
    let play = |input: &&str| {
        let context = [("from", "+15551230000"), ("to", "+15557770100")];
        let trace = organisation.play("Parcel line", &context, &[input]);
        organisation.document(&trace)
    };
    inputs.iter().map(play).collect()
}

#[test]
fn calls_that_start_at_the_same_time_have_their_own_ids() {
    let documents = documents(&["1#", "hangup", "1#"]);
    let id = |text: &String| recording(text).id;
    assert_ne!(id(&documents[0]), id(&documents[1]));
    assert_eq!(documents[0], documents[2]);
}

#[test]
fn no_call_replaces_another_one_with_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let other = EXECUTION.replace("50:33", "51:33");
    fs::write(folder.path().join("a.json"), EXECUTION).unwrap();
    fs::write(folder.path().join("b.json"), &other).unwrap();
    fs::write(folder.path().join("c.json"), EXECUTION).unwrap();
    let output = flowsim(folder.path(), &["import", ".", "--out", "new"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{told}");
    let expected = "two different calls have the id `e-1`; b.json has the second one";
    assert!(told.contains(expected), "{told}");
    assert_eq!(told.matches("error[").count(), 1, "{told}");
    let written: Vec<_> = fs::read_dir(folder.path().join("new")).unwrap().collect();
    assert_eq!(written.len(), 1);
    let kept = fs::read_to_string(written[0].as_ref().unwrap().path()).unwrap();
    assert!(kept.contains("50:33") && !kept.contains("51:33"), "{kept}");
    let (recordings, told) = imported("both.json", &format!("[{EXECUTION},{other}]"));
    assert_eq!((recordings.len(), told.len()), (1, 1));
}

/// Like `flowsim import … | head -1`.
#[test]
fn a_closed_pipe_does_not_stop_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let count = 300;
    fs::create_dir(folder.path().join("saved")).unwrap();
    for index in 0..count {
        let text = EXECUTION.replace("e-1", &format!("e-{index}"));
        fs::write(folder.path().join(format!("saved/{index}.json")), text).unwrap();
    }
    for arguments in
        [["import", "saved", "--out", "new"], ["redact", "new", "--out", "redacted"]]
    {
        let mut program = Command::new(env!("CARGO_BIN_EXE_flowsim"))
            .current_dir(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        drop(program.stdout.take());
        assert_eq!(program.wait().unwrap().code(), Some(0), "{arguments:?}");
        let written = fs::read_dir(folder.path().join(arguments[3])).unwrap();
        assert_eq!(written.count(), count, "{arguments:?}");
    }
}

/// Imports the trace of a call as `flowsim run` prints it, and its simulation response.
fn run_and_imported(
    organisation: &str,
    input: &[&str],
) -> [flowsim::recording::Recording; 2] {
    ["json", "simulation"].map(|format| {
        let flows = format!("{organisation}/flows");
        let fixed = ["run", &flows, "--fixtures", organisation, "--format", format];
        let output = flowsim(&root(), &[&fixed[..], input].concat());
        recording(&String::from_utf8(output.stdout).unwrap())
    })
}

#[test]
fn a_trace_is_imported_as_the_simulation_of_its_call() {
    let deep = "fixtures/deep-menu";
    let [trace, simulation] = run_and_imported(deep, &["--input", "2", "--input", "1"]);
    assert_eq!(without_requests(&trace.response), without_requests(&simulation.response));
    assert_eq!(trace.source.format.as_deref(), Some("trace"));
    assert_eq!(trace.flow.name.as_deref(), Some("Northwind_Menu"));
    let shared = "fixtures/shared-flow";
    let call = ["--flow", "Inbound_Flow_A", "--input", "1"];
    let [trace, simulation] = run_and_imported(shared, &call);
    assert_eq!(without_requests(&trace.response), without_requests(&simulation.response));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("call.recording.json");
    fs::write(&file, trace.write()).unwrap();
    let flows = format!("{shared}/flows");
    let compared =
        flowsim(&root(), &["compare", "--flows", &flows, file.to_str().unwrap()]);
    assert_eq!(compared.status.code(), Some(0));
}

/// Returns a response without the requests of steps, which only traces have.
fn without_requests(response: &Json) -> serde_json::Value {
    let mut response: serde_json::Value =
        serde_json::from_str(&response.to_string()).unwrap();
    for step in response["trace"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("asked");
    }
    response
}

#[test]
fn the_requests_of_a_trace_are_kept() {
    let line = "run fixtures/order-status/flows --fixtures \
                fixtures/order-status/fixtures.yaml --input 100200# --format json";
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let output = flowsim(&root(), &arguments);
    let derived = derive(&recording(&String::from_utf8(output.stdout).unwrap()));
    let of_action =
        |it: &&flowsim::recording::RecordedAnswer| it.about == Subject::DataAction;
    let asked = derived.answers.iter().find(of_action).unwrap();
    assert_eq!(asked.name.as_deref(), Some("Get Order"));
    let order = asked.inputs.as_ref().unwrap().get("order").unwrap();
    assert_eq!(order.to_string(), "\"100200\"");
}

#[test]
fn a_trace_of_an_architect_flow_is_refused_with_what_to_do() {
    let clinic = "fixtures/alder-clinic";
    let flows = format!("{clinic}/flows");
    let call = ["run", &flows, "--fixtures", clinic, "--input", "1", "--format", "json"];
    let trace = String::from_utf8(flowsim(&root(), &call).stdout).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trace.json"), trace).unwrap();
    let refused = flowsim(folder.path(), &["import", "trace.json"]);
    assert_eq!(refused.status.code(), Some(3));
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(text.contains("--format execution"), "{text}");
}

//! Decision logs, and heat maps created from them, from traces and from coverage.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use flowsim::analysis::decisions::{
    self, Decision, INDEX, Item, bulk, of_document, of_trace, write_csv, write_line,
};
use flowsim::diagnostic::{Code, Diagnostic, Severity};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::trace::{JsonWriter, Trace};
use flowsim::value::Json;
use flowsim::world::{FixtureHost, Fixtures, Input};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

fn flowsim(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("NO_COLOR");
    command.env_remove("CLICOLOR_FORCE").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn result(arguments: &[&str]) -> String {
    let output = flowsim(arguments);
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    text(&output.stdout)
}

/// Calls a flow of `fixtures/NAME` with these flags, and appends to the log.
fn call(name: &str, flags: &[&str], log: &str) {
    let flows = format!("fixtures/{name}/flows");
    let fixtures = format!("fixtures/{name}/fixtures.yaml");
    let fixed = ["run", &flows, "--fixtures", &fixtures, "--decisions", log];
    let output = flowsim(&[&fixed, flags].concat());
    assert!(output.status.code() < Some(2), "{}", text(&output.stderr));
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// A log as other programs write it, with the keys and decisions of the state-machine
/// tutorial.
fn log_of_others() -> String {
    let mut log = String::new();
    for number in 0..60_u32 {
        let agents = number * 7 % 10;
        let decision = if agents >= 5 { "route_to_queue" } else { "route_to_vm" };
        let keys = ["1", "1", "1", "2", "2", "0", "*"][number as usize % 7];
        let _ = writeln!(
            log,
            r#"{{"timestamp": "2026-01-05T09:00:{number:02}.123456", "flowInstanceId": "call-{number}", "dtmf": "{keys}", "queue_occupancy": {agents}, "routing_decision": "{decision}", "state": "COMPLETE"}}"#
        );
    }
    log
}

#[test]
fn calls_write_a_document_for_every_entry() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.ndjson");
    // All agents of the queue are busy, so the caller is routed to a callback.
    call(
        "payment-journey",
        &["--input", "999#", "--input", "1", "--input", "4711#"],
        &log,
    );
    call(
        "alder-clinic",
        &["--at", "2026-03-10T14:00:00Z", "--input", "1", "--input", "3"],
        &log,
    );
    call("alder-clinic", &["--at", "2026-03-11T02:00:00Z", "--input", "1"], &log);
    // Silence is not an entry and is not logged.
    call("alder-clinic", &["--at", "2026-03-11T02:00:00Z"], &log);
    call("deep-menu", &["--input", "9"], &log);
    insta::assert_snapshot!("log_of_calls", fs::read_to_string(log).unwrap());
}

#[test]
fn a_table_has_one_header_and_an_incomplete_line_stays_separate() {
    let folder = tempdir().unwrap();
    let (table, lines) = (path(&folder, "log.csv"), path(&folder, "log.jsonl"));
    for keys in ["1", "3"] {
        call("deep-menu", &["--input", keys], &table);
    }
    insta::assert_snapshot!("table_of_calls", fs::read_to_string(&table).unwrap());
    fs::write(&lines, "{\"dtmf\":\"1\",\"routing_dec").unwrap();
    call("deep-menu", &["--input", "1"], &lines);
    let found = fs::read_to_string(&lines).unwrap();
    assert_eq!(found.lines().count(), 2);
    assert!(found.lines().nth(1).unwrap().starts_with("{\"timestamp\""), "{found}");
}

#[test]
fn a_quote_that_is_not_closed_is_reported() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.csv");
    let row = "2026-01-05T09:00:00.000Z,one,2,,sales,COMPLETE\n";
    let broken = row.replace("one", "\"one");
    let header = "timestamp,flowInstanceId,dtmf,queue_occupancy,routing_decision,state\n";
    fs::write(&log, format!("{header}{row}{broken}{}", row.repeat(3))).unwrap();
    let output = flowsim(&["heatmap", &log]);
    assert!(text(&output.stdout).contains("1 decision"), "{}", text(&output.stdout));
    let told = ":3: a quote is not closed, so the 3 following lines are part of this row";
    assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
}

#[test]
fn outputs_do_not_replace_inputs() {
    let folder = tempdir().unwrap();
    let flow = path(&folder, "flow.json");
    fs::copy("fixtures/deep-menu/flows/northwind.json", &flow).unwrap();
    let before = fs::read(&flow).unwrap();
    for line in [
        ["convert", &flow, "--to", "model", "--out", &flow],
        ["explore", &flow, "--format", "json", "--out", &flow],
        ["run", &flow, "--input", "0", "--values-out", &flow],
        ["run", &flow, "--input", "0", "--decisions", &flow],
    ] {
        let output = flowsim(&line);
        assert_eq!(output.status.code(), Some(2), "{line:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("cannot write to it"), "{line:?}");
        assert_eq!(fs::read(&flow).unwrap(), before, "{line:?}");
    }
}

#[test]
fn a_log_that_cannot_be_written_is_an_external_failure() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let log = path(&folder, "file/log.ndjson");
    for command in [
        &["run", "fixtures/deep-menu/flows", "--input", "1", "--decisions", &log][..],
        &["test", "fixtures/alder-clinic", "--decisions", &log],
    ] {
        let output = flowsim(command);
        assert_eq!(output.status.code(), Some(5));
        assert!(text(&output.stderr).contains("cannot write"), "{command:?}");
        // The tests do not even start.
        assert_eq!(output.stdout.is_empty(), command[0] == "test");
    }
}

#[test]
fn tests_write_the_same_log_with_any_number_of_threads() {
    let folder = tempdir().unwrap();
    let log = |jobs: &str, name: &str| {
        let path = path(&folder, name);
        let output = flowsim(&["test", "fixtures", "--jobs", jobs, "--decisions", &path]);
        assert!(output.status.code() < Some(2), "{}", text(&output.stderr));
        fs::read_to_string(path).unwrap()
    };
    let one = log("1", "one.ndjson");
    assert_eq!(one, log("4", "four.ndjson"));
    assert!(one.lines().count() >= 7, "{one}");
    // The same call in two tests is two calls.
    let instance = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["flowInstanceId"].to_string()
    };
    let calls: BTreeSet<String> = one.lines().map(instance).collect();
    assert!(calls.len() >= 5, "{calls:?}");
    // The log is replaced, not appended to.
    assert_eq!(one, log("2", "one.ndjson"));
}

/// Runs all calls of the flows in a folder with these inputs.
fn traces(name: &str, inputs: &[&str]) -> (Arc<Program>, Vec<Trace>) {
    let mut files = Files::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let loaded = read::load(&[root.join("flows")], &[], &mut files);
    let (fixtures, _) = Fixtures::load(&[root.join("fixtures.yaml")], &mut files);
    let fixtures = Arc::new(fixtures);
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let names = program.symbols.flows.iter().map(|flow| flow.name.clone());
    let names: Vec<_> = names.collect();
    let mut traces = Vec::new();
    for flow in names {
        let flow = program.flow(&flow).unwrap();
        for first in inputs {
            for second in inputs {
                let inputs = [first, second, first, second, second];
                let inputs = inputs.map(|it| Input::parse(it).unwrap());
                let call = Call::new(flow).in_organisation(Arc::clone(&fixtures));
                let mut session = Session::start(Arc::clone(&program), &call);
                let mut host = FixtureHost::new(&fixtures, &inputs);
                traces.push(play(&mut session, &call, &mut host));
            }
        }
    }
    (program, traces)
}

/// A log and a heat map created from a trace's JSON equal the log of the call itself.
#[test]
fn a_call_and_its_trace_yield_the_same_log() {
    let mut count = 0;
    for name in [
        "alder-clinic",
        "deep-menu",
        "northlight-power",
        "order-status",
        "parcel-line",
        "payment-journey",
        "shared-flow",
        "swift-parcels",
    ] {
        let (program, traces) = traces(name, &["1", "2", "3", "0", "-", "4711#", "*"]);
        let writer = JsonWriter::new(&program.symbols);
        for trace in &traces {
            let mut json = String::new();
            writer.write(trace, &mut json);
            let of_call = of_trace(trace, &program.symbols, "a call");
            let of_json =
                of_document(&Json::parse(&json).unwrap(), trace.start, "a call");
            assert_eq!(of_call, of_json, "{name}: {json}");
            count += of_call.len();
        }
    }
    assert!(count > 250, "{count}");
}

#[test]
fn a_flow_may_log_the_decision_itself() {
    let folder = tempdir().unwrap();
    let flow = r#"{"id": "f", "name": "Desk", "type": "inbound", "draft": {"startNode": "Ask", "nodes": {
        "Ask": {"id": "Ask", "type": "Gather", "properties": {"promptText": "Press.", "maxDigits": 1}, "onComplete": {"nextNode": "Busy"}, "onError": {"nextNode": "End"}},
        "Busy": {"id": "Busy", "type": "GetQueueStats", "properties": {"queueId": "care"}, "onComplete": {"nextNode": "Tell"}, "onError": {"nextNode": "End"}},
        "Tell": {"id": "Tell", "type": "Set", "properties": {"setVars": [{"key": "finalRoutingDecision", "value": {"type": "string", "value": "route_to_vm"}}]}, "onComplete": {"nextNode": "Go"}, "onError": {"nextNode": "End"}},
        "Go": {"id": "Go", "type": "Route", "properties": {"queueId": "care"}, "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}},
        "End": {"id": "End", "type": "End", "properties": {"endType": "error"}}}}}"#;
    let path = |name: &str| path(&folder, name);
    fs::write(path("f.json"), flow).unwrap();
    fs::write(
        path("world.yaml"),
        "queues: [{id: care, name: Care, statistics: {availableAgents: 3, occupancy: 0.5, waiting: 0, estimatedWaitSeconds: 0}}]",
    )
    .unwrap();
    let (flow, world, log) = (path("f.json"), path("world.yaml"), path("log"));
    let output = flowsim(&[
        "run",
        &flow,
        "--fixtures",
        &world,
        "--input",
        "5",
        "--decisions",
        &log,
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let line: Value = serde_json::from_str(&fs::read_to_string(log).unwrap()).unwrap();
    assert_eq!(line["routing_decision"], "route_to_vm");
    assert_eq!(line["queue_occupancy"], 3);
    // The decision was made, and then the call ended in error.
    assert_eq!((&line["state"], &line["dtmf"]), (&"ROUTING".into(), &"5".into()));
}

#[test]
fn the_heat_map_of_logs_of_other_programs() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.ndjson");
    fs::write(&log, log_of_others()).unwrap();
    let shown = result(&["heatmap", &log]);
    insta::assert_snapshot!("text", shown);
    insta::assert_snapshot!("svg", result(&["heatmap", &log, "--format", "svg"]));
    let out = path(&folder, "map.txt");
    assert_eq!(result(&["heatmap", &log, "--out", &out]), "");
    assert_eq!(fs::read_to_string(out).unwrap(), shown);
}

#[test]
fn colours_replace_shades() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.ndjson");
    fs::write(&log, log_of_others()).unwrap();
    let colored = |no_color: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").args(["heatmap", &log]);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        text(&command.output().unwrap().stdout)
    };
    let (with, without) = (colored(false), colored(true));
    assert!(with.contains("\u{1b}[38;5;231m\u{1b}[48;5;18m") && !with.contains('█'));
    assert!(without.contains('█') && !without.contains('\u{1b}'));
}

/// Writes traces of the menu, one for each of these keys.
fn traces_of_menu(folder: &TempDir) -> String {
    let path = path(folder, "traces.jsonl");
    let mut traces = String::new();
    for keys in ["1", "1", "2", "3", "9"] {
        let output = flowsim(&[
            "run",
            "fixtures/shared-flow/flows",
            "--fixtures",
            "fixtures/shared-flow/fixtures.yaml",
            "--flow",
            "Inbound_Flow_A",
            "--format",
            "json",
            "--input",
            keys,
        ]);
        traces.push_str(&text(&output.stdout));
    }
    fs::write(&path, traces).unwrap();
    path
}

#[test]
fn the_heat_of_nodes() {
    let folder = tempdir().unwrap();
    let traces = traces_of_menu(&folder);
    let flows = "fixtures/shared-flow/flows";
    let shown = |format: &str| {
        result(&["heatmap", &traces, "--flows", flows, "--format", format])
    };
    insta::assert_snapshot!("nodes_text", shown("text"));
    insta::assert_snapshot!("nodes_mermaid", shown("mermaid"));
    insta::assert_snapshot!("nodes_dot", shown("dot"));
    insta::assert_snapshot!("nodes_html", shown("html"));
    let json: Value = serde_json::from_str(&shown("json")).unwrap();
    assert_eq!(json["schema"], "flowsim.heatmap/1");
    assert_eq!((&json["calls"], &json["decisions"]), (&5.into(), &5.into()));
    assert_eq!(json["flows"][0]["nodes"][0]["count"], 5);
    // Without the flows only nodes that calls reached are known, the most frequent first.
    let json = result(&["heatmap", &traces, "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["flows"].as_array().unwrap().len(), 2);
    let counts = json["flows"][0]["nodes"].as_array().unwrap();
    let counts: Vec<u64> =
        counts.iter().map(|it| it["count"].as_u64().unwrap()).collect();
    assert!(counts.is_sorted_by(|one, two| one >= two), "{counts:?}");
}

/// Outputs in Architect flows have labels in the document, but ids in traces.
#[test]
fn coverage_and_traces_have_equal_counts() {
    let folder = tempdir().unwrap();
    let (coverage, traces) = (path(&folder, "coverage.json"), path(&folder, "traces"));
    let tests = "fixtures/alder-clinic";
    let output = flowsim(&["test", tests, "--coverage-out", &coverage]);
    assert_eq!(output.status.code(), Some(0));
    let flows = format!("{tests}/flows");
    let fixtures = format!("{tests}/fixtures.yaml");
    let fixed = ["run", &flows, "--fixtures", &fixtures, "--format", "json"];
    let calls: [&[&str]; 3] = [
        &["--at", "2026-03-10T14:00:00Z", "--input", "1", "--input", "1", "--input", "1"],
        &["--at", "2026-03-11T02:00:00Z", "--input", "1"],
        &["--at", "2027-01-01T16:00:00Z"],
    ];
    let calls = calls.map(|call| text(&flowsim(&[&fixed, call].concat()).stdout));
    fs::write(&traces, calls.concat()).unwrap();
    let counts = |input: &str| -> Vec<(String, u64)> {
        let json = result(&["heatmap", input, "--flows", &flows, "--format", "json"]);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["calls"], 3);
        let nodes = json["flows"][0]["nodes"].as_array().unwrap();
        let count = |it: &Value| (it["id"].to_string(), it["count"].as_u64().unwrap());
        nodes.iter().map(count).collect()
    };
    assert_eq!(counts(&coverage), counts(&traces));
    let arrows = |input: &str| -> Vec<String> {
        let graph = result(&["heatmap", input, "--flows", &flows, "--format", "mermaid"]);
        let of_schedule = |line: &&str| {
            ["open", "closed", "holiday"]
                .iter()
                .any(|it| line.contains(&format!("|\"{it}")))
        };
        graph.lines().filter(of_schedule).map(str::to_owned).collect()
    };
    assert!(arrows(&traces).iter().any(|line| line.contains("holiday<br/>1 ×")));
    assert_eq!(arrows(&coverage), arrows(&traces));
}

/// Everything in a coverage report is counted; other data is omitted.
#[test]
fn coverage_counts_choices_and_nodes_like_its_own_report() {
    let folder = tempdir().unwrap();
    // The folder is created.
    let coverage = path(&folder, "new/coverage.json");
    let tests = "fixtures/alder-clinic";
    let decisions = path(&folder, "other/new/log.csv");
    let arguments = ["test", tests, "--coverage-out", &coverage, "--decisions"];
    let output = flowsim(&[&arguments[..], &[&decisions]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let document: Value =
        serde_json::from_str(&fs::read_to_string(&coverage).unwrap()).unwrap();
    let flows = format!("{tests}/flows");
    let map = path(&folder, "map/of/calls.md");
    let with_flows = ["heatmap", &coverage, "--flows", &flows];
    result(&[&with_flows[..], &["--format", "mermaid", "--out", &map]].concat());
    let graph = fs::read_to_string(map).unwrap();
    assert!(graph.contains("n13 -->|\"1<br/>1 ×\"| n14\n"), "{graph}");
    assert!(graph.contains("n13 -->|\"2\"| n15\n"), "{graph}");
    assert!(graph.contains("n0 -->|\"3 ×\"| n1\n"), "{graph}");
    let totals = &document["totals"]["nodes"];
    let told = format!("{} of {} nodes reached", totals["covered"], totals["total"]);
    assert!(result(&with_flows).contains(&told), "{told}");
    let without = result(&["heatmap", &coverage]);
    assert!(without.contains("  task") && !without.contains("tasks"), "{without}");
}

/// A log in a folder that does not exist.
#[test]
fn a_log_of_a_run_creates_its_folder() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "logs/today/log.csv");
    let flows = "fixtures/deep-menu/flows";
    let output = flowsim(&["run", flows, "--decisions", &log]);
    assert!(!text(&output.stderr).contains("cannot write"), "{}", text(&output.stderr));
    assert!(fs::exists(log).unwrap());
}

#[test]
fn multi_line_documents_and_search_responses_are_read() {
    let folder = tempdir().unwrap();
    let trace = traces_of_menu(&folder);
    let trace = fs::read_to_string(trace).unwrap();
    let trace: Value = serde_json::from_str(trace.lines().next().unwrap()).unwrap();
    let pretty = path(&folder, "trace.json");
    fs::write(&pretty, serde_json::to_string_pretty(&trace).unwrap()).unwrap();
    let hits = path(&folder, "hits.json");
    let hit =
        r#"{"_index": "x", "_source": {"dtmf": 7, "routing_decision": "route_to_vm"}}"#;
    fs::write(&hits, format!("[\n{hit},\n{hit}\n]\n")).unwrap();
    let counted = |files: &[&str]| -> Value {
        let json = result(&[&["heatmap"], files, &["--format", "json"]].concat());
        serde_json::from_str(&json).unwrap()
    };
    let json = counted(&[&pretty, &hits]);
    assert_eq!((&json["calls"], &json["decisions"]), (&1.into(), &3.into()));
    assert_eq!(json["cells"][1]["dtmf"], "7");
    // The complete response of a search, in its original form and pretty-printed.
    let answer = format!(
        r#"{{"took": 1, "hits": {{"total": {{"value": 2}}, "hits": [{hit}, {hit}]}}}}"#
    );
    let read: Value = serde_json::from_str(&answer).unwrap();
    for text in [answer, serde_json::to_string_pretty(&read).unwrap()] {
        let found = path(&folder, "found.json");
        fs::write(&found, text).unwrap();
        let json = counted(&[&found]);
        assert_eq!(
            (&json["decisions"], &json["cells"][0]["count"]),
            (&2.into(), &2.into())
        );
    }
}

/// Files with every kind of problem.
fn wrong_files() -> TempDir {
    let folder = tempdir().unwrap();
    let file =
        |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    let good = r#"{"dtmf": "1", "routing_decision": "route_to_vm"}"#;
    file("empty.ndjson", b"");
    file("blank.ndjson", b"\n \n");
    file(
        "header.csv",
        b"timestamp,flowInstanceId,dtmf,queue_occupancy,routing_decision,state\n",
    );
    file("some.ndjson", format!("{good}\n{{\"dtmf\": \"1\", \"rou\n\n[1]\n{{\"dtmf\": true, \"routing_decision\": \"a\"}}\n{{\"routing_decision\": \"a\"}}\n{{\"dtmf\": \"1\", \"routing_decision\": \"a\", \"queue_occupancy\": \"many\"}}\n").as_bytes());
    file("none.ndjson", b"not JSON\n\xff\xfe\n{\"a\": 1}\n");
    file("other.json", b"{\"schema\": \"flowsim.findings/1\"}");
    file("run.jsonl", b"{\"schema\": \"flowsim.run/1\", \"event\": \"started\"}\n");
    file("columns.csv", b"key;decision\n1;a\n");
    file(
        "rows.csv",
        b"dtmf,routing_decision,queue_occupancy\n1,a,2\n2\n3,a,NaN\n4,\xff,1\n",
    );
    file("many.ndjson", format!("{good}\n{}", "nonsense\n".repeat(25)).as_bytes());
    folder
}

#[test]
fn files_that_cannot_be_counted_are_reported() {
    let folder = wrong_files();
    let mut told = String::new();
    for line in [
        "empty.ndjson",
        "blank.ndjson",
        "header.csv",
        "some.ndjson",
        "none.ndjson",
        "other.json",
        "run.jsonl",
        "columns.csv",
        "rows.csv",
        "many.ndjson",
        "missing.ndjson",
        ".",
        "some.ndjson --format mermaid",
        "some.ndjson --format svg --flows missing",
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        command.current_dir(folder.path()).arg("heatmap").args(line.split(' '));
        let output = command.output().unwrap();
        let code = output.status.code().unwrap();
        let _ = writeln!(
            told,
            "$ flowsim heatmap {line}\n→ {code}\n{}",
            text(&output.stderr)
        );
        assert_eq!(output.stdout.is_empty(), code != 0, "{line}");
    }
    insta::assert_snapshot!("wrong_files", told);
}

#[test]
fn a_format_without_anything_to_show_reports_that() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.ndjson");
    fs::write(&log, log_of_others()).unwrap();
    let silent = path(&folder, "silent.jsonl");
    let flows = "fixtures/deep-menu/flows";
    fs::write(&silent, flowsim(&["run", flows, "--format", "json"]).stdout).unwrap();
    for (arguments, message) in [
        (
            &[&log, "--format", "mermaid", "--flows", flows][..],
            "decisions do not show which nodes",
        ),
        (&[&silent, "--format", "svg"], "no caller pressed a key"),
        (&[&silent, "--format", "png"], "no caller pressed a key"),
    ] {
        let output = flowsim(&[&["heatmap"], arguments].concat());
        assert_eq!(output.status.code(), Some(4));
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
    // A page shows the available data, and flows can be drawn without keys.
    let html = result(&["heatmap", &silent, "--format", "html"]);
    assert!(html.contains("nodes reached") && !html.contains("class=\"heatmap\""));
    let svg = result(&["heatmap", &silent, "--format", "svg", "--flows", flows]);
    assert!(!svg.contains("Keys by decision") && svg.contains("class=\"box h4"), "{svg}");
}

/// Names come from other people and must not be interpreted.
#[test]
fn names_are_not_interpreted() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.ndjson");
    let evil = r#"{"dtmf": "<i>", "routing_decision": "</text><script>alert(1)</script>\u001b[2J\u0000 & \"more\""}"#;
    fs::write(&log, evil).unwrap();
    for format in ["text", "svg", "html"] {
        let shown = result(&["heatmap", &log, "--format", format]);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\0'), "{format}");
        assert_eq!(shown.contains("<script>alert"), format == "text", "{format}");
    }
    let svg = result(&["heatmap", &log, "--format", "svg"]);
    let mut reader = quick_xml::Reader::from_str(&svg);
    while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
}

/// With limited memory, a log larger than the memory can still be counted.
#[test]
#[cfg(target_os = "linux")]
fn a_log_larger_than_the_memory_is_counted() {
    let folder = tempdir().unwrap();
    let count = |name: &str, log: String, expected: u64| {
        let log_path = path(&folder, name);
        fs::write(&log_path, log).unwrap();
        let line = format!(
            "ulimit -d 16384; exec '{}' heatmap '{log_path}' --format json",
            env!("CARGO_BIN_EXE_flowsim")
        );
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["decisions"], expected);
    };
    // These decisions would need more than 16 MiB if they were kept.
    let mut table = String::from("dtmf,routing_decision\n");
    for number in 0..200_000_u32 {
        let _ = writeln!(table, "{},route_to_queue:{}", number % 12, number % 5);
    }
    count("log.csv", table, 200_000);
    let filling = "x".repeat(1_000);
    let mut lines = String::new();
    for number in 0..20_000_u32 {
        let _ = writeln!(
            lines,
            r#"{{"dtmf": "{}", "routing_decision": "a", "more": "{filling}"}}"#,
            number % 9
        );
    }
    assert!(lines.len() > 18 * 1024 * 1024);
    count("log.ndjson", lines, 20_000);
}

#[test]
fn a_bulk_request_that_is_sent_again_is_identical() {
    let decision = |keys: &str| Decision {
        timestamp: "2026-01-05T09:00:00Z".into(),
        flow_instance_id: "a".into(),
        dtmf: keys.into(),
        queue_occupancy: Some(2.0),
        routing_decision: "route_to_vm".into(),
        state: "COMPLETE".into(),
    };
    let decisions = [decision("1"), decision("1"), decision("2")];
    let body = bulk(&decisions, 1, INDEX);
    insta::assert_snapshot!("bulk", body);
    // Sent in parts, the documents are the same.
    let parts = bulk(&decisions[..1], 1, INDEX) + &bulk(&decisions[1..], 2, INDEX);
    assert_eq!(parts, body);
    let lines: Vec<Value> =
        body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    assert_ne!(lines[0]["index"]["_id"], lines[2]["index"]["_id"]);
}

fn read_back(path: &Path) -> (Vec<Decision>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let diagnostics = decisions::read(path, &mut |it| match it {
        Item::Decision(decision) => {
            found.push(decision);
            Ok(())
        }
        Item::Document(_) => Err("no decision".into()),
    });
    (found, diagnostics)
}

#[test]
fn a_quotation_that_is_never_closed_does_not_affect_the_whole_log() {
    let folder = tempdir().unwrap();
    let log = folder.path().join("log.csv");
    let mut table = String::from("dtmf,routing_decision\n1,a\n2,\"b\n");
    table.push_str(&"3,c\n".repeat(18 * 1024 * 1024));
    fs::write(&log, table).unwrap();
    let (found, diagnostics) = read_back(&log);
    assert_eq!(found.len(), 1);
    let [only] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
    assert_eq!((only.code, only.severity), (Code::INVALID_DECISIONS, Severity::Warning));
    assert!(
        only.message.contains("log.csv:3: the line is longer than"),
        "{}",
        only.message
    );
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9*#]{0,6}", "[a-z,\"\r\n;\\\\ ]{0,12}", any::<String>()]
}

fn any_decision() -> impl Strategy<Value = Decision> {
    let texts = [any_text(), any_text(), any_text(), any_text(), any_text()];
    let occupancy = proptest::option::of((-1_000_000_i32..1_000_000).prop_map(f64::from));
    (texts, occupancy, 1..8_u8).prop_map(|(texts, occupancy, parts)| {
        let [timestamp, flow_instance_id, dtmf, routing_decision, state] =
            texts.map(Into::into);
        let queue_occupancy = occupancy.map(|number| number / f64::from(parts));
        Decision {
            timestamp,
            flow_instance_id,
            dtmf,
            queue_occupancy,
            routing_decision,
            state,
        }
    })
}

proptest! {
    #[test]
    fn a_written_log_is_read_back(log in proptest::collection::vec(any_decision(), 1..12)) {
        let folder = tempdir().unwrap();
        let place = |name: &str| -> PathBuf { folder.path().join(name) };
        let (mut lines, mut table) = (String::new(), String::new());
        log.iter().for_each(|it| write_line(it, &mut lines));
        write_csv(&log, true, &mut table);
        fs::write(place("log.ndjson"), lines).unwrap();
        fs::write(place("log.CSV"), table).unwrap();
        for name in ["log.ndjson", "log.CSV"] {
            let (found, diagnostics) = read_back(&place(name));
            prop_assert_eq!(diagnostics.as_slice(), &[]);
            prop_assert_eq!(&found, &log);
        }
    }

    #[test]
    fn no_file_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempdir().unwrap();
        for name in ["log.ndjson", "log.csv"] {
            let path = folder.path().join(name);
            fs::write(&path, &bytes).unwrap();
            read_back(&path);
        }
    }
}

#[test]
fn recordings_have_the_same_counts_as_their_calls() {
    let recording = "fixtures/order-status/recordings/shipped.recording.json";
    let of = |inputs: &[&str]| -> Value {
        let arguments = [&["heatmap", "--format", "json"], inputs].concat();
        serde_json::from_str(&result(&arguments)).unwrap()
    };
    let one = of(&[recording]);
    let folder = tempdir().unwrap();
    let response = path(&folder, "response.json");
    let document: Value =
        serde_json::from_str(&fs::read_to_string(recording).unwrap()).unwrap();
    fs::write(&response, document["response"].to_string()).unwrap();
    assert_eq!(one, of(&[&response]));
    assert_eq!(one["calls"], 1);
    let folder_of_one = of(&["fixtures/order-status/recordings"]);
    assert_eq!(one, folder_of_one);
    // Execution documents contain the same data in another form.
    let recordings = path(&folder, "recordings");
    result(&["import", "fixtures/executions/parcel-desk.json", "--out", &recordings]);
    let platform = of(&[&recordings]);
    assert_eq!(platform["calls"], 1);
    assert_eq!(platform["cells"][0]["dtmf"], "4711");
    assert_eq!(platform["cells"][0]["routing_decision"], "route_to_queue:Depot");
    let flows = platform["flows"].as_array().unwrap();
    let names: Vec<&str> = flows.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Parcel desk", "ParcelNumber"]);
    let nodes = flows[0]["nodes"].as_array().unwrap();
    let find = |name: &str| nodes.iter().find(|it| it["name"] == name).unwrap();
    assert_eq!(find("Fragile?")["paths"][0]["path"], "yes");
    assert_eq!(find("To the depot")["type"], "transferToAcd");
}

#[test]
fn a_folder_without_recordings_is_reported() {
    let folder = tempdir().unwrap();
    let output = flowsim(&["heatmap", &path(&folder, "")]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("without recordings"));
}

/// Returns the shade for a count: quarters of the largest.
fn shade(count: u64, largest: u64) -> u64 {
    (count * 4).div_ceil(largest)
}

/// Panics if the string is not well-formed XML.
fn assert_well_formed(svg: &str) {
    let mut reader = quick_xml::Reader::from_str(svg);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => depth += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

#[test]
fn flows_are_drawn_with_their_heat() {
    let folder = tempdir().unwrap();
    let traces = traces_of_menu(&folder);
    let flows = "fixtures/shared-flow/flows";
    let shown = |format: &str| {
        result(&["heatmap", &traces, "--flows", flows, "--format", format])
    };
    let json: Value = serde_json::from_str(&shown("json")).unwrap();
    let (svg, html) = (shown("svg"), shown("html"));
    assert_well_formed(&svg);
    insta::assert_snapshot!("flows_svg", svg);
    let mut boxes = 0;
    for flow in json["flows"].as_array().unwrap() {
        let nodes = flow["nodes"].as_array().unwrap();
        let count = |node: &Value| node["count"].as_u64().unwrap();
        let largest = nodes.iter().map(count).max().unwrap();
        for node in nodes {
            let (name, kind) = (node["name"].as_str(), node["type"].as_str());
            let (name, kind, count) = (name.unwrap(), kind.unwrap(), count(node));
            let shade = if largest == 0 { 0 } else { shade(count, largest) };
            let said =
                format!(" {name} · {kind}, {count}×</title><rect class=\"box h{shade}");
            assert!(svg.contains(&said) && html.contains(&said), "{said}");
            boxes += 1;
        }
    }
    assert!(boxes > 10);
    for shown in [&svg, &html] {
        assert_eq!(shown.matches("class=\"box ").count(), boxes);
        // Two of five calls were routed; none failed.
        let condition = "condition 1 · {shared_module_result} == '1', 2×";
        assert_eq!(path_style(shown, condition), "w2");
        assert_eq!(path_style(shown, "default, 3×"), "w3");
        assert_eq!(path_style(shown, "error, 0×"), "never");
    }
}

/// Returns the style of the first path with this title.
fn path_style<'t>(shown: &'t str, title: &str) -> &'t str {
    let (before, _) = shown.split_once(&format!("<title>{title}</title>")).unwrap();
    let (_, way) = before.rsplit_once("<path class=\"way ").unwrap();
    way.split_once('"').unwrap().0
}

#[test]
fn keys_alone_are_not_drawn_on_flows() {
    let folder = tempdir().unwrap();
    let log = path(&folder, "log.ndjson");
    fs::write(&log, log_of_others()).unwrap();
    for format in ["svg", "html"] {
        let without = result(&["heatmap", &log, "--format", format]);
        let flows = "fixtures/shared-flow/flows";
        let with = result(&["heatmap", &log, "--format", format, "--flows", flows]);
        assert_eq!(with, without);
    }
}

/// Writes a draft flow with these nodes in a chain, and its coverage.
fn chain(folder: &TempDir, name: &str, nodes: usize, node: &str) -> String {
    let id = |number: usize| format!("n{number}");
    let all = (0..nodes).map(|number| {
        let mut said = serde_json::json!({
            "id": id(number), "name": node, "type": "Say", "properties": {"sayText": "Hi."},
        });
        if number + 1 < nodes {
            said["onComplete"] = serde_json::json!({"nextNode": id(number + 1)});
        }
        (id(number), said)
    });
    let all: serde_json::Map<String, Value> = all.collect();
    let flow = serde_json::json!({
        "id": name, "name": name, "type": "inbound",
        "draft": {"startNode": "n0", "nodes": all},
    });
    let file = path(folder, &format!("flow{nodes}.json"));
    fs::write(&file, flow.to_string()).unwrap();
    let coverage = serde_json::json!({
        "schema": "flowsim.coverage/1", "calls": 7,
        "flows": [{"id": name, "name": name, "nodes": [
            {"id": "n0", "kind": "nodes", "count": 7, "parts": []},
        ]}],
    });
    let counted = path(folder, &format!("coverage{nodes}.json"));
    fs::write(&counted, coverage.to_string()).unwrap();
    file
}

/// Names of nodes come from other people, in a drawing as in a table.
#[test]
fn names_in_drawings_are_not_interpreted() {
    let folder = tempdir().unwrap();
    let evil = "</text></svg><script>alert(1)</script>\u{1b}[2J & \"more\"\u{ffff}";
    let flow = chain(&folder, "\"><img src=x onerror=alert(1)>", 3, evil);
    let coverage = path(&folder, "coverage3.json");
    for format in ["svg", "html"] {
        let arguments = ["heatmap", &coverage, "--flows", &flow, "--format", format];
        let shown = result(&arguments);
        assert_eq!(shown.matches("class=\"box ").count(), 3, "{format}");
        assert!(shown.contains("&lt;/text&gt;&lt;/svg"), "{format}");
        for evil in ["<script>alert", "<img", "\u{1b}", "\u{ffff}"] {
            assert!(!shown.contains(evil), "{format} {evil}");
        }
        if format == "svg" {
            assert_well_formed(&shown);
        }
    }
}

/// Flows with too many boxes are not drawn, and this is reported. Flows that calls
/// reached come first.
#[test]
fn a_drawing_has_limits() {
    let folder = tempdir().unwrap();
    let large = chain(&folder, "large", 301, "node");
    let middle = chain(&folder, "middle", 299, "node");
    let small = chain(&folder, "small", 4, "node");
    let shown = |format: &str, counted: &str, flows: &[&str]| {
        let counted = path(&folder, counted);
        let fixed = ["heatmap", &counted, "--format", format];
        let flows: Vec<&str> = flows.iter().flat_map(|it| ["--flows", it]).collect();
        result(&[&fixed[..], &flows].concat())
    };
    let svg = shown("svg", "coverage301.json", &[&large]);
    assert_eq!(svg.matches("class=\"box ").count(), 0);
    assert!(svg.contains("1 drawing with 301 nodes"), "{svg}");
    let html = shown("html", "coverage301.json", &[&large]);
    assert!(html.contains("301 nodes are too many to draw"));
    assert_eq!(html.matches("<tr").count(), 302);
    // The small flow is the last one, but the only one that calls reached.
    let svg = shown("svg", "coverage4.json", &[&large, &middle, &small]);
    assert_eq!(svg.matches("class=\"box ").count(), 4);
    assert!(svg.contains("2 drawings with 600 nodes"), "{svg}");
    assert_well_formed(&svg);
    let html = shown("html", "coverage4.json", &[&middle, &small]);
    assert_eq!(html.matches("class=\"box ").count(), 303);
}

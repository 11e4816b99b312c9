//! Tests that replay recorded calls, as `flowsim test` runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the program. Returns exit code, standard output without times, and standard
/// error.
fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    // Under CI, snapshots are not accepted.
    let command = command.env_remove("CI");
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let out = text(output.stdout);
    let lines = out.lines().map(|line| match line.rsplit_once("  ") {
        Some((rest, time))
            if time.starts_with(|it: char| it.is_ascii_digit())
                && time.ends_with('s') =>
        {
            rest
        }
        _ => line,
    });
    let out = lines.collect::<Vec<_>>().join("\n");
    (output.status.code(), out, text(output.stderr))
}

/// A folder with the flows of an example and recordings of its calls, but without
/// fixtures.
struct Stage {
    folder: tempfile::TempDir,
    fixtures: PathBuf,
}

impl Stage {
    fn new(example: &str) -> Self {
        let example =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(example);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("flows")).unwrap();
        for entry in fs::read_dir(example.join("flows")).unwrap() {
            let entry = entry.unwrap();
            let copy = folder.path().join("flows").join(entry.file_name());
            fs::copy(entry.path(), copy).unwrap();
        }
        Self { folder, fixtures: example.join("fixtures.yaml") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a call and stores it as `recordings/ID.recording.json`.
    fn record(&self, id: &str, format: &str, arguments: &[&str]) {
        let fixtures = self.fixtures.to_str().unwrap();
        let run = ["run", "flows", "--fixtures", fixtures, "--format", format];
        let (code, response, error) =
            flowsim(self.folder.path(), &[&run[..], arguments].concat());
        assert_eq!((code, error.as_str()), (Some(0), ""), "{response}");
        let saved = match format {
            "simulation" => format!(
                r#"{{"request": {{"flowId": "{}", "context": {{"from": "+15551234567"}}}}, "response": {response}}}"#,
                arguments[1]
            ),
            _ => response,
        };
        fs::write(self.path("saved.json"), saved).unwrap();
        let import = ["import", "saved.json", "--out", "new"];
        let (code, _, error) = flowsim(self.folder.path(), &import);
        assert_eq!(code, Some(0), "{error}");
        fs::create_dir_all(self.path("recordings")).unwrap();
        for entry in fs::read_dir(self.path("new")).unwrap() {
            let kept = self.path("recordings").join(format!("{id}.recording.json"));
            fs::rename(entry.unwrap().path(), kept).unwrap();
        }
    }

    /// The order line with the calls of two orders.
    fn orders() -> Self {
        let stage = Self::new("order-status");
        for (id, order) in [("shipped", "100200#"), ("packing", "100300#")] {
            let context = "from=+15551234567";
            let call = ["--flow", "Order_Status", "--input", order, "--context", context];
            stage.record(id, "simulation", &call);
        }
        stage
    }

    /// Replaces the only occurrence of a string in the order line.
    fn change(&self, old: &str, new: &str) {
        let path = self.path("flows/order_status.json");
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old}");
        fs::write(path, text.replace(old, new)).unwrap();
    }

    /// Runs these tests.
    fn test(&self, tests: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
        let text = format!("flows: flows\ntests:\n{tests}");
        fs::write(self.path("a.test.yaml"), text).unwrap();
        flowsim(self.folder.path(), &[&["test"], arguments].concat())
    }
}

const SHIPPED: &str =
    "  - {name: shipped, recording: recordings/shipped.recording.json}\n";

const TABLE: &str = r#"  - name: "order ${id}"
    each: [{id: shipped, hears: arrives in 2 days}, {id: packing, hears: being packed}]
    recording: "recordings/${id}.recording.json"
    expect: {status: completed, prompts: {contains: "${hears}"}}
"#;

#[test]
fn the_recording_answers_and_expectations_work_with_it() {
    let stage = Stage::orders();
    let (code, out, error) = stage.test(TABLE, &[]);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("✓ a.test.yaml:3  order shipped\n"), "{out}");
    assert!(out.contains("✓ a.test.yaml:3  order packing\n"), "{out}");
    let (code, out, _) = stage.test(&TABLE.replace("being packed", "no such text"), &[]);
    assert_eq!(code, Some(1));
    assert!(out.contains("✓ a.test.yaml:3  order shipped\n"), "{out}");
    assert!(out.contains("prompts[0]: expected the caller to hear"), "{out}");
    assert!(!out.contains("recording:"), "{out}");
}

#[test]
fn a_changed_flow_fails_with_the_cause() {
    let stage = Stage::orders();
    stage.change("== 'shipped'", "== 'sent'");
    let (code, out, _) = stage.test(TABLE, &["--jobs", "1"]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(out);
    let (_, eight, _) = stage.test(TABLE, &["--jobs", "8"]);
    assert_eq!(eight, out);
}

#[test]
fn missing_answers_are_reported_and_nothing_else_is_expected() {
    let stage = Stage::orders();
    stage.change(r#""nextNode": "WhatState""#, r#""nextNode": "TryArchive""#);
    let more = "expect: {status: timeout}, snapshot: true}";
    let tests = SHIPPED.replace("recording.json}", &format!("recording.json, {more}"));
    let (code, out, _) = stage.test(&tests, &[]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(out);
    assert!(!stage.path("snapshots").exists());
}

#[test]
fn fixtures_answer_what_the_recording_cannot() {
    let stage = Stage::orders();
    let with = |action: &str, rest: &str| {
        let answer = "{output: {state: packing, asOf: last night}}";
        let fixtures = format!("fixtures: {{dataActions: {{{action}: {answer}}}}}");
        SHIPPED.replace("json}", &format!("json, {fixtures}{rest}}}"))
    };
    // The recording takes precedence: the order is still shipped.
    let (code, out, _) = stage.test(&with("Get Order", ""), &[]);
    assert_eq!(code, Some(0), "{out}");
    stage.change(r#""nextNode": "WhatState""#, r#""nextNode": "TryArchive""#);
    let tests = with("Get Archived Order", ", expect: {calls: Get Archived Order}");
    let (code, out, _) = stage.test(&tests, &[]);
    assert_eq!(code, Some(1));
    assert!(!out.contains("unreplayable") && !out.contains("calls:"), "{out}");
    assert!(out.contains("different: "), "{out}");
    let rest = ", compare: {ignore: /**}, expect: {calls: Get Archived Order}";
    let (code, out, _) = stage.test(&with("Get Archived Order", rest), &[]);
    assert_eq!(code, Some(0), "{out}");
}

#[test]
fn rules_and_defaults_determine_the_differences() {
    let stage = Stage::orders();
    stage.change(" days.\"", " days!\"");
    let text = |compare: &str| SHIPPED.replace("json}", &format!("json{compare}}}"));
    assert_eq!(stage.test(&text(""), &[]).0, Some(1));
    let ignored = "ignore: ['/trace/*/result/text', '/trace/*/output/text']";
    let one = text(&format!(", compare: {{{ignored}}}"));
    assert_eq!(stage.test(&one, &[]).0, Some(0));
    let defaults = |rest: &str| {
        let defaults = format!("defaults: {{flow: nowhere, compare: {{{rest}}}}}");
        let suite = format!(
            "flows: flows\n{defaults}\ntests:\n{}",
            text(", compare: {number: 1}")
        );
        fs::write(stage.path("a.test.yaml"), suite).unwrap();
        flowsim(stage.folder.path(), &["test"])
    };
    let (code, out, _) = defaults(ignored);
    assert_eq!(code, Some(0), "{out}");
    assert_eq!(defaults("ignore: /other").0, Some(1));
}

#[test]
fn an_unusable_recording_is_reported_at_its_position() {
    let stage = Stage::orders();
    let recordings = stage.path("recordings");
    let text = fs::read_to_string(recordings.join("shipped.recording.json")).unwrap();
    let write = |name: &str, text: &str| {
        fs::write(recordings.join(name), text).unwrap();
    };
    write("key.recording.json", &text.replace("\"response\"", "\"respnse\""));
    write(
        "flow.recording.json",
        &text.replace("Order_Status", "Order_State").replace("5b2cbb30", "00000000"),
    );
    write("empty.recording.json", &text.replace("\"trace\"", "\"steps\""));
    let tests = r#"  - name: "${id}"
    each: [{id: shiped}, {id: nowhere}, {id: key}, {id: flow}, {id: empty}]
    recording: "recordings/${id}.recording.json"
  - name: another flow
    recording: recordings/shipped.recording.json
    flow: Order_Statis
  - name: this flow
    recording: recordings/flow.recording.json
    flow: Order_Status
"#;
    let (code, out, _) = stage.test(tests, &[]);
    assert_eq!(code, Some(3));
    insta::assert_snapshot!(out);
}

#[test]
fn values_of_the_recording_need_not_be_repeated() {
    let stage = Stage::orders();
    let tests = r#"  - name: both
    recording: recordings/shipped.recording.json
    input: "1"
    context: {from: "1"}
    at: 2026-01-05T09:00:00Z
  - {name: rules, recording: r, compare: {ignore: trace, timeMs: 1.5, numbr: 1}}
  - {name: none, compare: {timeMs: 1}, expect: {status: completed}}
  - {name: empty, recording: ""}
"#;
    let (code, _, error) = stage.test(tests, &[]);
    assert_eq!(code, Some(3));
    insta::assert_snapshot!(error);
}

#[test]
fn unused_inputs_can_be_forbidden() {
    let stage = Stage::orders();
    stage.change(r#""startNode": "AskOrder""#, r#""startNode": "Apologise""#);
    let rest = "json, unusedInputs: forbid}";
    let (code, out, _) = stage.test(&SHIPPED.replace("json}", rest), &[]);
    assert_eq!(code, Some(1));
    assert!(out.contains("unusedInputs: 1 input was never used"), "{out}");
    assert!(out.contains("+ 100200"), "{out}");
}

#[test]
fn architect_flows_are_replayed_from_documents() {
    let stage = Stage::new("parcel-line");
    let call = [
        "--flow",
        "Parcel line",
        "--input",
        "1#",
        "--input",
        "2#",
        "--context",
        "from=+15551230000",
        "--context",
        "to=+15557770100",
    ];
    stage.record("parcel", "execution", &call);
    let test = r#"  - name: parcel
    recording: recordings/parcel.recording.json
    expect: {routing: {queueName: Parcel desk}, variables: {Call.Ani: "tel:+15551230000", Flow.Depot: Harbour}}
    snapshot: true
"#;
    let (code, out, error) = stage.test(test, &["--update"]);
    assert_eq!(code, Some(0), "{out}{error}");
    let snapshot = fs::read_to_string(stage.path("snapshots/a__parcel.snap")).unwrap();
    assert!(snapshot.contains("routed to: Parcel desk"), "{snapshot}");
    let (code, out, _) = stage.test(test, &["--stress", "3", "--check-snapshots"]);
    assert_eq!(code, Some(0), "{out}");
    let (_, out, _) = stage.test(&test.replace("Harbour", "Hill"), &[]);
    assert!(out.contains("variables.Flow.Depot: expected"), "{out}");
}

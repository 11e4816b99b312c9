//! `flowsim batch compare` and `flowsim batch merge` as programs.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use flowsim::{BatchOptions, BatchSummary, Project};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// The flow as it was recorded, and the changed flow.
const SAME: &str = "fixtures/order-status/flows";
const CHANGED: &str = "fixtures/compare/flows";
const RECORDINGS: &str = "fixtures/compare/recordings";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn batch(arguments: &[&str], rows: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(root()).arg("batch").args(arguments).write_stdin(rows);
    command.output().unwrap()
}

fn compare(flows: &str, arguments: &[&str], rows: &str) -> Output {
    batch(&[&["compare", "--flows", flows], arguments].concat(), rows)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn values(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// The recordings of the repository, each on one line, in the order of their paths.
fn recordings() -> Vec<String> {
    let entries = fs::read_dir(root().join(RECORDINGS)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
    paths.sort();
    let compact = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        serde_json::from_str::<Value>(&text).unwrap().to_string()
    };
    paths.iter().map(compact).collect()
}

fn rows() -> String {
    recordings().join("\n")
}

/// The verdicts are those of `flowsim compare`.
#[test]
fn each_recording_has_the_verdict_of_a_single_comparison() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(root()).args(["compare", RECORDINGS, "--format", "json"]);
    let single = command.args(["--flows", CHANGED]).output().unwrap();
    let single: Value = serde_json::from_slice(&single.stdout).unwrap();
    let names = "comparison,recordedEnd,localEnd,verdict,stale,flow,differences,cause";
    let rows = values(&compare(CHANGED, &["--select", names], &rows()));
    let single = single["recordings"].as_array().unwrap();
    assert_eq!((rows.len(), single.len()), (9, 9));
    for (row, single) in rows.iter().zip(single) {
        for key in ["id", "comparison", "recordedEnd", "localEnd"] {
            assert_eq!(row[key], single[key], "{key} of {}", row["id"]);
        }
        let comparison = &single["comparison"];
        assert_eq!(row["verdict"], comparison["verdict"]);
        assert_eq!(row["cause"], comparison["cause"]["text"]);
        assert_eq!(row["flow"], single["flow"]["id"]);
        let count = comparison["differences"].as_array().unwrap().len();
        assert_eq!(row["differences"], count);
        let stale = single["stale"].as_array().unwrap().iter();
        let stale: Value = stale.map(|it| it["reason"].clone()).collect();
        assert_eq!(row["stale"], stale);
    }
    let verdicts = |flows| {
        let rows = values(&compare(flows, &["--select", "verdict"], &self::rows()));
        rows.iter().filter(|row| row["verdict"] == "equal").count()
    };
    assert_eq!((verdicts(SAME), verdicts(CHANGED)), (9, 2));
}

#[test]
fn a_row_that_is_not_a_recording_yields_an_error_in_its_place() {
    let good = recordings();
    let rows = [
        good[0].as_str(),
        r#"{"schema": "flowsim.recording/1", "id": "a", "kind": "simulations"}"#,
        "{\"id\": 7}",
        "{",
        &good[2],
    ];
    let output =
        compare(CHANGED, &["--fail-on-error", "--select", "verdict"], &rows.join("\n"));
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
    insta::assert_snapshot!(text(&output.stdout));
    let output = compare(CHANGED, &["--summary"], &rows.join("\n"));
    assert_eq!(output.status.code(), Some(0));
    let summary = &values(&output)[0];
    assert_eq!((&summary["rows"], &summary["errors"]), (&json!(5), &json!(3)));
}

/// Recordings that differ only in what no flow can read: their ids, their times, and
/// fields of the context.
fn equal_calls() -> Vec<String> {
    let one: Value = serde_json::from_str(&recordings()[2]).unwrap();
    let changed = |key: &str, value: Value| {
        let mut changed = one.clone();
        *changed.pointer_mut(key).unwrap() = value;
        changed.to_string()
    };
    let from = &one["request"]["context"]["from"];
    vec![
        one.to_string(),
        changed("/id", json!("another")),
        changed("/recordedAt", json!("2026-10-01T08:00:00Z")),
        changed("/request/context", json!({"from": from, "campaign": "b"})),
        changed("/response/elapsedMs", json!(99_999)),
    ]
}

#[test]
fn equal_calls_have_equal_hashes_and_all_others_different_ones() {
    let hashes = |rows: &[String]| -> Vec<Value> {
        let output = compare(CHANGED, &["--select", "call"], &rows.join("\n"));
        values(&output).into_iter().map(|row| row["call"].clone()).collect()
    };
    let equal = hashes(&equal_calls());
    assert!(equal.len() == 5 && equal.iter().all(|it| *it == equal[0]), "{equal:?}");
    let mut all = hashes(&recordings());
    let one: Value = serde_json::from_str(&recordings()[0]).unwrap();
    let changes = [
        ("/request/inputs", json!(["100300#", "1"])),
        ("/request/timeout", json!(59_000)),
        ("/response/status", json!("error")),
        ("/response/trace/0/path", json!("other")),
        ("/response/trace/1/result/state", json!("sent")),
        ("/flow/version", json!("2")),
    ];
    for (pointer, value) in changes {
        let mut changed = one.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[key] = value;
        all.extend(hashes(&[changed.to_string()]));
    }
    let count = all.len();
    all.sort_by_key(ToString::to_string);
    all.dedup();
    assert_eq!((all.len(), count), (15, 15));
}

/// Times belong to the call if they are compared.
#[test]
fn times_belong_to_a_call_if_they_are_compared() {
    let select = ["--select", "call,verdict", "--tolerance", "timeMs=100"];
    let rows = values(&compare(CHANGED, &select, &equal_calls().join("\n")));
    assert_ne!(rows[0]["call"], rows[4]["call"]);
    assert_eq!(
        (&rows[0]["verdict"], &rows[4]["verdict"]),
        (&json!("equal"), &json!("different"))
    );
}

#[test]
fn the_output_is_the_same_if_equal_calls_are_replayed_once() {
    let rows = [recordings(), equal_calls(), recordings()].concat().join("\n");
    for jobs in ["1", "3"] {
        for select in ["verdict,recordedEnd,localEnd,at,cause,call", "comparison"] {
            let every = compare(CHANGED, &["--select", select], &rows);
            let once = ["--select", select, "--distinct", "--jobs", jobs];
            let once = compare(CHANGED, &once, &rows);
            assert_eq!(values(&once).len(), 23);
            assert!(once.stdout == every.stdout, "{select}");
        }
    }
    let summary =
        values(&compare(CHANGED, &["--distinct", "--summary"], &rows)).remove(0);
    assert_eq!((&summary["rows"], &summary["distinct"]), (&json!(23), &json!(9)));
    let counts = summary["calls"].as_object().unwrap().values();
    let mut counts: Vec<u64> = counts.filter_map(Value::as_u64).collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 2, 2, 2, 2, 2, 2, 2, 7]);
}

#[test]
fn a_summary_counts_what_the_rows_say() {
    let summary = compare(CHANGED, &["--summary"], &rows());
    insta::assert_snapshot!(text(&summary.stdout));
    let empty = compare(CHANGED, &["--summary"], "");
    assert_eq!(
        text(&empty.stdout),
        "{\"schema\":\"flowsim.batch/1\",\"rows\":0,\"equal\":0,\"different\":0,\
         \"unreplayable\":0,\"errors\":0,\"elsewhere\":0,\"groups\":[]}\n"
    );
}

/// Recordings, a row that is not one, and a call that equals that of another recording.
fn pool() -> Vec<String> {
    let not_one = "{\"id\": \"not a recording\"}".to_owned();
    [recordings(), vec![not_one, equal_calls()[1].clone()]].concat()
}

/// The program merges what it has written, in steps and in another order.
#[test]
fn the_program_merges_summaries_of_parts() {
    let pool = pool();
    let summary = |rows: &[String]| {
        let arguments = ["--summary", "--distinct"];
        text(&compare(CHANGED, &arguments, &rows.join("\n")).stdout)
    };
    let merge = |parts: &[&str]| text(&batch(&["merge"], &parts.concat()).stdout);
    let whole = summary(&pool);
    let (first, second, third) = (summary(&pool[..4]), summary(&pool[4..]), summary(&[]));
    assert_eq!(merge(&[&third, &second, &first]), whole);
    let half = merge(&[&second, &third]);
    assert_eq!(merge(&[&half, &first]), whole);
}

/// Parts of rows, on any number of machines and in any order, have the summary of the
/// whole, byte for byte.
#[test]
fn summaries_of_parts_merge_to_that_of_the_whole() {
    let (project, pool) =
        (Project::builder().flows(root().join(CHANGED)).load().unwrap(), pool());
    let options = BatchOptions::default().jobs(1).summary(true);
    let batches = [false, true]
        .map(|is_distinct| options.clone().distinct(is_distinct))
        .map(|options| project.comparisons(&options).unwrap());
    let rows = (vec((0..pool.len(), 0..4_usize), 0..40), any::<bool>());
    let law = |(chosen, is_distinct): (Vec<(usize, usize)>, bool)| {
        let of = |is_chosen: &dyn Fn(usize) -> bool| {
            let rows = chosen.iter().filter(|(_, part)| is_chosen(*part));
            let rows: Vec<&str> = rows.map(|(row, _)| pool[*row].as_str()).collect();
            let output = batches[usize::from(is_distinct)].rows(&rows);
            output.summary().unwrap().clone()
        };
        // A part comes from another machine as text.
        let part = |part: usize| {
            let text = of(&|it| it == part).to_json();
            BatchSummary::from_json(&text).unwrap()
        };
        let (whole, [a, b, c, d]) = (of(&|_| true), [0, 1, 2, 3].map(part));
        let backwards = d.clone().merged(c.clone()).merged(b.clone()).merged(a.clone());
        prop_assert_eq!(backwards.to_json(), whole.to_json());
        let in_steps = a.merged(b).merged(c.merged(d));
        prop_assert_eq!(in_steps.to_json(), whole.to_json());
        Ok(())
    };
    TestRunner::default().run(&rows, law).unwrap();
}

#[test]
fn summaries_that_cannot_be_merged_are_reported() {
    let summary = text(&compare(CHANGED, &["--summary"], &rows()).stdout);
    let wrong = summary.replace("\"rows\":9", "\"rows\":10");
    let output = batch(&["merge"], &format!("{summary}\n{wrong}"));
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(3), String::new()));
    let said = text(&output.stderr);
    assert!(
        said.contains("error[INVALID_SUMMARY]") && said.contains("-, line 3:1:1"),
        "{said}"
    );
    let output = batch(&["merge", "gone.ndjson"], "");
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("cannot read gone.ndjson"));
    assert_eq!(batch(&["merge"], "\n").status.code(), Some(4));
}

//! `flowsim batch run` as a program: order, mistakes, threads, pipes and interruption.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

const FLOWS: [&str; 4] =
    ["--flows", "fixtures/shared-flow/flows", "--fixtures", "fixtures/shared-flow"];

fn batch(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    command.current_dir(root).args(["batch", "run"]).args(FLOWS).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Writes all rows while the output is read.
fn output(mut command: Command, rows: &str) -> Output {
    let mut child = command.spawn().unwrap();
    let (mut input, rows) = (child.stdin.take().unwrap(), rows.to_owned());
    let writer = std::thread::spawn(move || input.write_all(rows.as_bytes()).is_ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn rows(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// Rows of calls that end in every way, and rows with every kind of mistake.
fn mixed() -> String {
    let call = |rest: &str| format!("{{\"flow\": \"Inbound_Flow_A\", {rest}}}\n");
    [
        call(r#""id": "agent", "context": {"from": "+15551234567"}, "input": ["1"]"#),
        call(r#""id": 2, "input": "2""#),
        call(r#""id": 2.50, "input": [null], "timeoutMs": 1"#),
        "\n".to_owned(),
        call(r#""id": "limit", "maxActions": 3"#),
        call(r#""id": "node", "node": "PlayGoodbye""#),
        call(r#""id": "unused", "input": ["1", "2", "3"]"#),
        call(r#""id": "own", "input": "1", "fixtures": {"queues": [{"id": "other"}]}"#),
        call(r#""id": "wrong", "inputs": ["1"], "at": "soon""#),
        call(r#""id": "nowhere", "node": "Nowhere""#),
        call(r#""id": "fixtures", "fixtures": {"queus": []}"#),
        call(r#""id": [1]"#),
        "{\"id\": \"cut\", \"flow\": \n".to_owned(),
        "[1, 2]\n".to_owned(),
        "{\"id\": \"flow\", \"flow\": \"Inbound_Flow_C\"}\n".to_owned(),
        "{\"id\": \"none\"}".to_owned(),
    ]
    .concat()
}

#[test]
fn every_row_yields_a_row_in_order() {
    let selected = "status,failure,queueId,path,elapsedMs,actions,unusedInputs";
    let output = output(batch(&["--select", selected]), &mixed());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
    insta::assert_snapshot!(text(&output.stdout));
    let ids: Vec<Value> = rows(&output).iter().map(|row| row["id"].clone()).collect();
    let read = mixed();
    let read = read.lines().filter(|it| !it.is_empty());
    let read = read.map(|line| match serde_json::from_str::<Value>(line) {
        Ok(row) if !row["id"].is_array() => row["id"].clone(),
        _ => Value::Null,
    });
    assert_eq!(ids, read.collect::<Vec<Value>>());
}

#[test]
fn all_properties_are_those_of_a_run() {
    let all = "trace,status,failure,flow,queueId,queueName,skills,priority,transfer,path,\
               nodeIds,prompts,variables,elapsedMs,actions,unusedInputs";
    let call = r#"{"id": "a", "flow": "Inbound_Flow_A", "input": ["1", "9"]}"#;
    let rows = rows(&output(batch(&["--select", all]), call));
    let [Value::Object(row)] = rows.as_slice() else { panic!("one row: {rows:?}") };
    let keys: Vec<&str> =
        row.keys().map(String::as_str).filter(|it| *it != "id").collect();
    let mut named: Vec<&str> = all.split(',').collect();
    named.sort_unstable();
    assert_eq!(keys, named);
    let mut run = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    run.current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", "fixtures/shared-flow/flows"]);
    run.args(["--fixtures", "fixtures/shared-flow", "--flow", "Inbound_Flow_A"]);
    run.args(["--input", "1", "--input", "9", "--format", "json"]);
    let trace: Value = serde_json::from_slice(&run.output().unwrap().stdout).unwrap();
    assert_eq!(row["trace"], trace);
    for key in ["status", "elapsedMs", "actions", "variables", "prompts"] {
        assert_eq!(row[key], trace[key], "{key}");
    }
    for key in ["queueId", "queueName", "skills", "priority"] {
        assert_eq!(row[key], trace["routing"][key], "{key}");
    }
    let steps = trace["steps"].as_array().unwrap();
    let names = |key: &str| steps.iter().map(|it| it[key].clone()).collect::<Value>();
    assert_eq!(row["path"], names("nodeName"));
    assert_eq!(row["nodeIds"], names("nodeId"));
    assert_eq!(
        (&row["flow"], &row["unusedInputs"]),
        (&json!("Inbound_Flow_A"), &json!(1))
    );
}

#[test]
fn parts_and_threads_do_not_change_the_output() {
    let mixed = mixed();
    let many = format!("{mixed}\n").repeat(150);
    let one = output(batch(&["--jobs", "1"]), &many);
    assert_eq!(rows(&one).len(), 150 * (mixed.lines().count() - 1));
    for jobs in ["0", "2", "5"] {
        let several = output(batch(&["--jobs", jobs]), &many);
        assert!(several.stdout == one.stdout, "--jobs {jobs}");
    }
    let folder = tempfile::tempdir().unwrap();
    let (first, rest) = many.split_at(many.find("{\"id\": \"cut\"").unwrap());
    let paths = [(first, "a"), (rest, "b")].map(|(part, name)| {
        let path = folder.path().join(name);
        fs::write(&path, part).unwrap();
        path.to_string_lossy().into_owned()
    });
    let files = output(batch(&[&paths[0], &paths[1]]), "");
    assert!(files.stdout == one.stdout);
    let with_standard_input = output(batch(&[&paths[0], "-"]), rest);
    assert!(with_standard_input.stdout == one.stdout);
}

#[test]
fn a_property_that_is_named_twice_is_written_once() {
    let select = ["--select", "queueId,status", "--select", "queueId"];
    let output = output(batch(&select), r#"{"flow": "Inbound_Flow_A", "input": "1"}"#);
    let expected = "{\"id\":null,\"queueId\":\"support\",\"status\":\"completed\"}\n";
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn mistakes_affect_the_exit_code_only_on_demand() {
    let code = |rows: &str| {
        let output = output(batch(&["--fail-on-error"]), rows);
        (output.status.code(), text(&output.stdout).lines().count())
    };
    assert_eq!(code(&mixed()), (Some(1), 15));
    // A call that ends in an error is a result.
    assert_eq!(code("{\"flow\": \"Inbound_Flow_A\", \"maxActions\": 1}"), (Some(0), 1));
    assert_eq!(code(""), (Some(0), 0));
}

#[test]
fn wrong_command_lines_and_files_write_no_rows() {
    for (arguments, code, says) in [
        (&["--select", "stauts"][..], 2, "a similar value exists: 'status'"),
        (&["--in", "csv"], 2, "possible values: ndjson"),
        (&["gone.ndjson"], 3, "cannot read gone.ndjson"),
        (&["--fixtures", "gone.yaml"], 3, "FILE_UNREADABLE"),
        (&["--flows", "gone"], 3, "FILE_UNREADABLE"),
    ] {
        let output = output(batch(arguments), &mixed());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
    // A folder is only found not to be a file when it is read.
    let output = output(batch(&["-", "fixtures"]), "{\"flow\": \"Inbound_Flow_A\"}\n");
    assert_eq!((output.status.code(), rows(&output).len()), (Some(3), 1));
    assert!(text(&output.stderr).contains("cannot read fixtures"));
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_the_feature_parquet_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let row = "{\"flow\": \"Inbound_Flow_A\"}\n";
    let files = [("calls.ndjson", row), ("calls.bin", "PAR1")].map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    });
    for arguments in [&["--out", "parquet", &files[0]][..], &[&files[1]]] {
        let output = output(batch(arguments), "");
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(2), String::new())
        );
        let said = text(&output.stderr);
        assert!(said.contains("without the feature `parquet`"), "{said}");
    }
}

/// A program that waits for each answer gets it, and the end of its input ends the batch.
#[test]
fn an_answer_follows_its_row_at_once() {
    let mut child = batch(&["--select", "queueId"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for (key, queue) in [("1", "\"support\""), ("2", "null"), ("1", "\"support\"")] {
        writeln!(
            input,
            "{{\"id\": {key}, \"flow\": \"Inbound_Flow_A\", \"input\": \"{key}\"}}"
        )
        .unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert_eq!(answer, format!("{{\"id\":{key},\"queueId\":{queue}}}"));
    }
    drop(input);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Reads one row and closes the pipe, as `head -1` does.
#[test]
fn a_closed_pipe_ends_the_batch_although_more_rows_could_come() {
    let mut child = batch(&["--jobs", "2"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    writeln!(input, "{{\"flow\": \"Inbound_Flow_A\"}}").unwrap();
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"id\":null,\"status\":\"completed\""), "{first}");
    drop(reader);
    // The input stays open, and rows come until the batch has ended. A program that another
    // test starts at this moment has a copy of the pipe for an instant, and the output of
    // the first row would then still find a reader.
    let mut rows = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        rows += 1;
        assert!(rows < 3_000, "the batch does not end");
        let _ = writeln!(input, "{{\"flow\": \"Inbound_Flow_A\"}}");
        sleep(Duration::from_millis(20));
    };
    drop(input);
    assert_eq!(status.code(), Some(0));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(said, "");
}

#[cfg(all(unix, feature = "live"))]
fn terminate(child: &Child) {
    // Background jobs of some shells ignore the signal of Ctrl-C. The handler is the same.
    let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

/// The input stays open, so that only the signal can end the batch.
#[cfg(all(unix, feature = "live"))]
#[test]
fn an_interrupted_batch_ends_with_a_complete_row() {
    let mut child = batch(&[]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    input.write_all(mixed().as_bytes()).unwrap();
    let mut out = String::new();
    reader.read_line(&mut out).unwrap();
    terminate(&child);
    std::io::Read::read_to_string(&mut reader, &mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(input);
    assert!(out.ends_with("}\n"), "{out}");
    // The last row of the input is not yet complete.
    let rows = out.lines().map(serde_json::from_str::<Value>);
    assert_eq!(rows.collect::<Result<Vec<_>, _>>().unwrap().len(), 14);
}

//! A run of ours against the platform's own document of a flow of the same shape: the same
//! events in the same order, put into each other alike, leaving by the same ways.

#![expect(clippy::unwrap_used, reason = "a run that cannot be compared fails the test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use flowsim::source::{Files, read_document};
use flowsim::trace::execution::{Event, ExecutionDocument, read};
use flowsim::value::Json;

use crate::shared::shared;

fn document(text: &str) -> ExecutionDocument {
    let mut files = Files::new();
    let file = files.add("run.json", text);
    let mut diagnostics = Vec::new();
    let document = read(&read_document(&file).unwrap(), &mut diagnostics);
    assert_eq!(diagnostics, []);
    document.unwrap()
}

fn keys(data: Option<&Json>) -> Vec<String> {
    match data {
        Some(Json::Object(entries)) => entries.keys().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// What two runs of flows of the same shape have in common: no name, text or id of an author.
fn shape(depth: usize, event: &Event) -> String {
    let path = match event.output_path_id.as_deref() {
        Some(id) if id.starts_with("__") => id.to_owned(),
        Some(_) => event.output_path_name.clone().unwrap().to_string(),
        None => String::new(),
    };
    let count = |list: Option<usize>| list.map_or("-".into(), |count| count.to_string());
    format!(
        "{}{} {path} statements {} outputs {} in {:?} out {:?}",
        "  ".repeat(depth),
        event.name,
        count(event.statements.as_ref().map(Vec::len)),
        count(event.output_variables.as_ref().map(Vec::len)),
        keys(event.input_data.as_ref()),
        keys(event.output_data.as_ref()),
    )
}

#[test]
#[ignore = "needs ../shared/data"]
fn our_run_has_the_shape_of_the_platforms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let real = shared("executions/inbound-call-transfer.json");
    let real = fs::read_to_string(real).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(root)
        .args(["run", "fixtures/parcel-line/flows", "--flow", "Parcel line"])
        .args(["--fixtures", "fixtures/parcel-line/fixtures.yaml"])
        .args(["--var", "Call.Ani=+15551230000"])
        .args(["--var", "Call.CalledAddress=+15557770100"])
        .args(["--input", "1#", "--input", "2#", "--format", "execution"])
        .output()
        .unwrap();
    let ours = document(&String::from_utf8(run.stdout).unwrap());
    let shapes = |document: &ExecutionDocument| {
        document.events().map(|(depth, event)| shape(depth, event)).collect::<Vec<_>>()
    };
    let (ours, real) = (shapes(&ours), shapes(&document(&real)));
    assert_eq!(ours.join("\n"), real.join("\n"));
}

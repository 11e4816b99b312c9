//! Loads a flow of 10,000 nodes from JSON to a checked program, compared with parsing the
//! same bytes into a `serde_json::Value`.

use criterion::{Criterion, Throughput};
use flowsim::flow::{check, read};
use flowsim::program::Program;
use flowsim::source::{Files, read_json};

use crate::fixtures::large_flow;

pub(crate) fn load(criterion: &mut Criterion) {
    let text = large_flow(10_000);
    let (_, findings) = program_and_findings(&text);
    assert_eq!(findings, 0);

    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(30);
    group.bench_function("serde_json::Value", |bencher| {
        bencher
            .iter(|| serde_json::from_str::<serde_json::Value>(&text).expect("is JSON"));
    });
    group.bench_function("flowsim, checked program", |bencher| {
        bencher.iter(|| program_and_findings(&text));
    });
    group.finish();
}

fn program_and_findings(text: &str) -> (Program, usize) {
    let file = Files::new().add("large.json", text);
    let document = read_json(&file).expect("is JSON");
    let mut diagnostics = Vec::new();
    let flows = read::read(&document, &mut diagnostics);
    diagnostics.extend(check::check(&flows));
    (Program::compile(&flows), diagnostics.len())
}

//! Compares 10,000 recordings of the shared flow on one thread. There are two baselines:
//! only reading and parsing the same files, and only making the same calls.
//!
//! `docs/performance.md` explains the figures.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flowsim::{Call, CompareOptions, Project, Verdict};

const RECORDINGS: usize = 10_000;

/// A call and its input. Every caller has a different number and presses 1, 2 or nothing.
fn call(number: usize) -> (Call, String, &'static str) {
    let from = format!("+1555{number:07}");
    let keys = ["[\"1\"]", "[\"2\"]", "[]"][number % 3];
    let inputs = [&["1"][..], &["2"], &[]][number % 3];
    let call = Call::new("Inbound_Flow_A").context("from", from.as_str());
    (call.inputs(inputs.iter().copied()), from, keys)
}

/// The recording of a call.
fn recorded(project: &Project, number: usize) -> String {
    let (call, from, keys) = call(number);
    let response = project.run(&call).expect("is bundled").to_simulation_json();
    format!(
        r#"{{"schema": "flowsim.recording/1", "kind": "simulation", "id": "call {number}",
            "request": {{"flowId": "Inbound_Flow_A", "context": {{"from": "{from}"}},
                "timeout": 600000, "inputs": {{"dtmf": {keys}}}}},
            "response": {response}}}"#
    )
}

struct Stage {
    project: Project,
    calls: Vec<Call>,
    paths: Vec<PathBuf>,
}

impl Stage {
    fn new(folder: &Path) -> Self {
        let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
        let builder = Project::builder().flows(bundled.join("flows"));
        let builder = builder.fixtures(bundled.join("fixtures.yaml"));
        let project = builder.load().expect("is bundled");
        let paths = (0..RECORDINGS).map(|number| {
            let path = folder.join(format!("{number}.recording.json"));
            fs::write(&path, recorded(&project, number)).expect("the folder is there");
            path
        });
        let paths = paths.collect();
        let calls = (0..RECORDINGS).map(|number| call(number).0).collect();
        Self { project, calls, paths }
    }

    /// Counts the calls that match their recording.
    fn compare(&self) -> usize {
        let options = CompareOptions::default().jobs(1);
        let compared = self.project.compare_batch(&self.paths, &options);
        let compared = compared.expect("the recordings are readable");
        compared.iter().filter(|it| it.verdict() == Verdict::Equal).count()
    }

    fn parse(&self) -> usize {
        let parse = |path: &PathBuf| {
            let text = fs::read_to_string(path).expect("it was written");
            let document: serde_json::Value =
                serde_json::from_str(&text).expect("it is JSON");
            usize::from(black_box(document).is_object())
        };
        self.paths.iter().map(parse).sum()
    }

    fn run(&self) -> usize {
        let run = |call: &Call| {
            let trace = self.project.run(call).expect("the flow is there");
            trace.steps().count().min(1)
        };
        self.calls.iter().map(run).sum()
    }
}

fn compare(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("there is a place for files");
    let stage = Stage::new(folder.path());
    let mut group = criterion.benchmark_group("compare");
    group.throughput(Throughput::Elements(RECORDINGS as u64));
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(500));
    type Work = fn(&Stage) -> usize;
    let all: [(&str, Work); 3] = [
        ("read_and_parse", Stage::parse),
        ("run", Stage::run),
        ("compare", Stage::compare),
    ];
    for (name, work) in all {
        assert_eq!(work(&stage), RECORDINGS, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| work(&stage)));
    }
}

criterion_group!(benches, compare);
criterion_main!(benches);

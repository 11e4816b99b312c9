//! Loads a flow of 10,000 nodes from JSON to a checked program, compared with parsing the
//! same bytes into a `serde_json::Value`.

use criterion::{Criterion, Throughput};
use flowsim::Project;

use crate::fixtures::large_flow;

pub(crate) fn load(criterion: &mut Criterion) {
    let text = large_flow(10_000);
    assert_eq!(project(&text).check().len(), 0);

    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(30);
    group.bench_function("serde_json::Value", |bencher| {
        bencher
            .iter(|| serde_json::from_str::<serde_json::Value>(&text).expect("is JSON"));
    });
    group.bench_function("flowsim, checked program", |bencher| {
        bencher.iter(|| project(&text));
    });
    group.finish();
}

fn project(text: &str) -> Project {
    let builder = Project::builder().flow_text("large.json", text);
    builder.load().expect("the flow can run")
}

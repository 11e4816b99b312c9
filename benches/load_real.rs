//! Real flows from bytes in memory to a checked program, compared with only parsing the
//! same bytes: with `saphyr-parser` the events of the YAML, with `serde_json` a `Value`
//! of the JSON in the exports. `docs/performance.md` explains the figures.

#![expect(clippy::print_stderr, reason = "a benchmark without its data says so")]

use std::fs;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
// Hidden: the baseline needs the text that the API reads after filling in placeholders.
use flowsim::Project;
use flowsim::flow::read::archy::substitute;
use percent_encoding::percent_decode;
use saphyr_parser::Parser;
use serde_json::Value as Json;

/// A flow file, and values for its placeholders.
struct Document {
    path: PathBuf,
    text: String,
    placeholders: Vec<(String, String)>,
}

fn load_real(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/flows");
    let Ok(manifest) = fs::read_to_string(folder.join("manifest.json")) else {
        eprintln!("SKIPPED: the real flows of the shared data are not at hand");
        return;
    };
    let listed: Vec<Json> = serde_json::from_str(&manifest).expect("a list of flows");
    let (archy, exports) =
        (documents(&listed, "archy-yaml", &folder), documents(&listed, "i3", &folder));
    // The bare parser gets the text with its placeholders filled in.
    let filled: Vec<String> =
        archy.iter().map(|it| substitute(&it.text, &it.placeholders).0).collect();
    compare(criterion, "load_archy", &archy, || filled.iter().map(|it| events(it)).sum());
    compare(criterion, "load_exports", &exports, || {
        exports.iter().map(|it| members(&it.text)).sum()
    });
}

fn documents(listed: &[Json], format: &str, folder: &Path) -> Vec<Document> {
    let listed = listed.iter().filter(|flow| flow["format"] == format);
    let documents = listed.map(|flow| {
        let path = folder.join(flow["file"].as_str().expect("a path"));
        let names = flow["template_vars"].as_array().into_iter().flatten();
        let names = names.filter_map(Json::as_str);
        Document {
            text: fs::read_to_string(&path).expect("the file is there"),
            path,
            placeholders: names.map(|it| (it.into(), format!("TPL_{it}"))).collect(),
        }
    });
    documents.collect()
}

fn compare(
    criterion: &mut Criterion,
    name: &str,
    documents: &[Document],
    bare: impl Fn() -> usize,
) {
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(30);
    group.bench_function("bare parse", |bencher| bencher.iter(&bare));
    group.bench_function("flowsim, checked program", |bencher| {
        bencher.iter(|| load(documents));
    });
    group.finish();
}

/// Loads, compiles and checks each flow alone. Returns the number of flows, findings and
/// nodes.
fn load(documents: &[Document]) -> usize {
    let mut count = 0;
    for Document { path, text, placeholders } in documents {
        let builder = Project::builder().flow_text(path, text);
        let set = placeholders.iter();
        let builder = set.fold(builder, |it, (name, value)| it.set(name, value));
        let project = builder.load().unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let nodes: usize = project.flows().map(|flow| flow.nodes().count()).sum();
        assert!(nodes > 0, "{path:?}");
        count += project.flows().count() + project.check().len() + nodes;
    }
    count
}

/// Counts the events of a YAML document.
fn events(text: &str) -> usize {
    Parser::new_from_str(text).inspect(|event| assert!(event.is_ok())).count()
}

/// Counts the members in the JSON of an export.
fn members(export: &str) -> usize {
    let encoded = BASE64_STANDARD.decode(export.trim()).expect("is base64");
    let text = percent_decode(&encoded).decode_utf8().expect("is text");
    let json: Json = serde_json::from_str(&text).expect("is JSON");
    json.as_object().expect("is an object").len()
}

criterion_group!(benches, load_real);
criterion_main!(benches);

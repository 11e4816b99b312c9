//! Compares 10,000 recordings of the shared flow on one thread. There are two baselines:
//! only reading and parsing the same files, and only replaying the same calls.
//!
//! `docs/performance.md` explains the figures.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flowsim::analysis::comparison::{Rules, Verdict};
use flowsim::engine::{Call, Request, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::recording::{Derived, Kind, Recording, derive, replay};
use flowsim::runner::{CompareContext, compare_all};
use flowsim::source::Files;
use flowsim::trace::{JsonWriter, write_simulation};
use flowsim::value::Json;
use flowsim::world::{FixtureHost, Fixtures, Input};

const RECORDINGS: usize = 10_000;

/// The recording of a call. Every caller has a different number and presses 1, 2 or
/// nothing.
fn recorded(program: &Arc<Program>, fixtures: &Fixtures, number: usize) -> Recording {
    let from = format!("+1555{number:07}");
    let inputs: &[&str] = [&["1"][..], &["2"], &[]][number % 3];
    let inputs = inputs.iter().map(|text| Input::parse(text).expect("is an input"));
    let request = Request {
        flow: "Inbound_Flow_A".into(),
        node: None,
        context: vec![("from".into(), from.as_str().into())],
        timeout_ms: 600_000,
        inputs: inputs.collect(),
    };
    let flow = program.flow(&request.flow).expect("is bundled");
    let call = Call::new(flow).context(program, "from", from.as_str().into());
    let mut session = Session::start(Arc::clone(program), &call);
    let mut host = FixtureHost::new(fixtures, &request.inputs);
    let trace = play(&mut session, &call, &mut host);
    let mut text = String::new();
    write_simulation(&JsonWriter::new(&program.symbols), &trace, &mut text);
    let response = Json::parse(&text).expect("flowsim writes JSON");
    let mut recording = Recording::new(Kind::Simulation, response);
    recording.id = format!("call {number}").into();
    recording.request = Some(request.to_json());
    recording
}

struct Stage {
    program: Arc<Program>,
    fixtures: Fixtures,
    paths: Vec<PathBuf>,
    derived: Vec<Derived>,
}

impl Stage {
    fn new(folder: &Path) -> Self {
        let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
        let mut files = Files::new();
        let loaded = load(&[bundled.join("flows")], &[], &mut files);
        let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
        let (fixtures, _) = Fixtures::load(&[bundled.join("fixtures.yaml")], &mut files);
        let (mut paths, mut all) = (Vec::new(), Vec::new());
        for number in 0..RECORDINGS {
            let recording = recorded(&program, &fixtures, number);
            let path = folder.join(format!("{number}.recording.json"));
            fs::write(&path, recording.write()).expect("the folder is there");
            paths.push(path);
            all.push(derive(&recording));
        }
        Self { program, fixtures, paths, derived: all }
    }

    /// Counts the calls that match their recording.
    fn compare(&self) -> usize {
        let rules = Rules { caller_is_replayed: true, ..Rules::default() };
        let against = CompareContext {
            program: &self.program,
            fixtures: &self.fixtures,
            rules: &rules,
            oldest: None,
            keep_sides: false,
        };
        let mut equal = 0;
        let told = compare_all(&self.paths, against, 1, &mut |compared| {
            let judgement = compared.result.expect("it was written as it is read");
            equal += usize::from(judgement.comparison.verdict == Verdict::Equal);
            true
        });
        told.expect("a thread can be made");
        equal
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

    fn replay(&self) -> usize {
        let replay = |derived: &Derived| {
            let replayed = replay(&self.program, derived, &self.fixtures);
            replayed.expect("the flow is there").trace.steps.len().min(1)
        };
        self.derived.iter().map(replay).sum()
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
        ("replay", Stage::replay),
        ("compare", Stage::compare),
    ];
    for (name, work) in all {
        assert_eq!(work(&stage), RECORDINGS, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| work(&stage)));
    }
}

criterion_group!(benches, compare);
criterion_main!(benches);

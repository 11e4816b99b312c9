//! A call through a flow of Architect with a menu, a data table, a common module, digits and
//! a loop, and a loop that does nothing but count.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{JsonWriter, Status, Trace};
use flowsim::value::{Text, Value};
use flowsim::world::{Answer, FixtureHost, Fixtures, Host, Input};

/// A caller, what they press, and the organisation that they call.
pub(crate) struct Stage {
    pub(crate) program: Arc<Program>,
    pub(crate) call: Call,
    fixtures: Arc<Fixtures>,
    inputs: Vec<Input>,
}

impl Stage {
    fn new() -> Self {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/calls/architect");
        let flows = ["harbour.yaml", "hours.yaml"].map(|name| folder.join(name));
        let mut files = Files::new();
        let loaded = read::load(&flows, &[], &mut files);
        assert_eq!(loaded.diagnostics, []);
        let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
        let text = std::fs::read_to_string(folder.join("fixtures.yaml"));
        let file = files.add("fixtures.yaml", text.expect("is there"));
        let document = read_yaml(&file).expect("is YAML");
        let (fixtures, diagnostics) = Fixtures::read(&document, &folder);
        assert_eq!(diagnostics, []);
        let fixtures = Arc::new(fixtures);
        let call = Call::new(program.flow("Harbour").expect("is loaded"))
            .in_organisation(Arc::clone(&fixtures))
            .context(&program, "from", Value::from("+15550100"));
        let inputs = ["1", "4711"].map(|keys| Input::Keys(Text::from(keys))).into();
        Self { program, call, fixtures, inputs }
    }
}

pub(crate) fn architect(criterion: &mut Criterion) {
    let stage = Stage::new();
    let Stage { program, call, fixtures, inputs } = &stage;
    let mut session = Session::start(Arc::clone(program), call);
    let mut host = FixtureHost::new(fixtures, inputs);
    let trace = play(&mut session, call, &mut host);
    assert_eq!((trace.status, trace.actions), (Status::Completed, 25));
    let writer = JsonWriter::new(&program.legend);

    let mut group = criterion.benchmark_group("architect");
    group.throughput(Throughput::Elements(1));
    group.bench_function("trace kept, flowsim", |bencher| {
        bencher.iter(|| {
            host.restart(inputs);
            play(&mut session, black_box(call), &mut host)
        });
    });
    group.bench_function("trace dropped, flowsim", |bencher| {
        bencher.iter(|| {
            host.restart(inputs);
            session.restart(black_box(call));
            while let Some(question) = session.question() {
                let answer = host.answer(&question);
                session.resume(answer);
            }
        });
    });
    let mut out = String::new();
    group.bench_function("as JSON, flowsim", |bencher| {
        bencher.iter(|| {
            out.clear();
            host.restart(inputs);
            writer.write(&play(&mut session, black_box(call), &mut host), &mut out);
            out.len()
        });
    });
    group.finish();
}

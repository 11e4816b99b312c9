//! A call through an Architect flow with a menu, a data table, a common module, digits
//! and a loop, compared with a hand-written function and written as JSON. Also a loop
//! that only counts, for the cost of a step.

mod by_hand;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use flowsim::engine::{Call, Session, play};
use flowsim::expr::architect::Directory;
use flowsim::flow::read::{self, Loaded};
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::JsonWriter;
use flowsim::value::{Kind, Text, Value};
use flowsim::world::{FixtureHost, Fixtures, Host, Input};

use by_hand::Ids;

/// The caller's number.
const CALLER: &str = "tel:+15550100";

/// The keys that the caller presses.
const KEYS: [&str; 2] = ["1", "4711"];

const ROUNDS: usize = 2_000;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/calls/architect")
}

fn compiled(loaded: &Loaded) -> Arc<Program> {
    assert_eq!(loaded.diagnostics, []);
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

fn fixtures() -> Fixtures {
    let mut files = Files::new();
    let text = std::fs::read_to_string(folder().join("fixtures.yaml"));
    let file = files.add("fixtures.yaml", text.expect("is there"));
    let document = read_yaml(&file).expect("is YAML");
    let (fixtures, diagnostics) = Fixtures::read(&document, &folder());
    assert_eq!(diagnostics, []);
    fixtures
}

#[expect(clippy::too_many_lines, reason = "one benchmark after the other")]
pub(crate) fn architect(criterion: &mut Criterion) {
    let flows = ["harbour.yaml", "hours.yaml"].map(|name| folder().join(name));
    let program = compiled(&read::load(&flows, &[], &mut Files::new()));
    let fixtures = Arc::new(fixtures());
    let call = Call::new(program.flow("Harbour").expect("is loaded"))
        .in_organisation(Arc::clone(&fixtures))
        .context(&program, "from", Value::from(CALLER));
    let inputs = KEYS.map(|keys| Input::Keys(Text::from(keys)));
    let mut session = Session::start(Arc::clone(&program), &call);
    let mut host = FixtureHost::new(&fixtures, &inputs);
    let trace = play(&mut session, &call, &mut host);
    let queue = fixtures.by_name(Kind::Queue, "Accounts").expect("is there");
    let ids = Ids::new(&program, queue, &trace);
    assert_eq!(trace, by_hand::call(&ids, &fixtures, CALLER, KEYS));

    let mut group = criterion.benchmark_group("architect");
    group.throughput(Throughput::Elements(1));
    group.bench_function("trace kept, by hand", |bencher| {
        bencher.iter(|| by_hand::call(&ids, &fixtures, black_box(CALLER), KEYS));
    });
    group.bench_function("trace kept, flowsim", |bencher| {
        bencher.iter(|| {
            host.restart(&inputs);
            play(&mut session, black_box(&call), &mut host)
        });
    });
    group.bench_function("trace dropped, flowsim", |bencher| {
        bencher.iter(|| {
            host.restart(&inputs);
            session.restart(black_box(&call));
            while let Some(question) = session.question() {
                let answer = host.answer(&question);
                session.resume(answer);
            }
        });
    });
    let writer = JsonWriter::new(&program.symbols);
    let mut out = String::new();
    group.bench_function("trace as JSON, flowsim", |bencher| {
        bencher.iter(|| {
            out.clear();
            host.restart(&inputs);
            writer.write(&play(&mut session, black_box(&call), &mut host), &mut out);
            out.len()
        });
    });
    group.finish();
    counting(criterion, &fixtures);
}

/// Measures a step of a loop: its next round, or the addition in it.
fn counting(criterion: &mut Criterion, fixtures: &Fixtures) {
    let text = format!(
        "workflow:
  name: Counting
  startUpRef: /workflow/states/state[S_1]
  variables: [{{integerVariable: {{name: Flow.sum, initialValue: {{lit: 0}}}}}}]
  states:
    - state:
        name: S
        refId: S_1
        variables: [{{integerVariable: {{name: State.round}}}}]
        actions:
          - loop:
              name: Loop
              currentIndex: {{var: State.round}}
              loopCount: {{lit: {ROUNDS}}}
              outputs:
                loop:
                  actions:
                    - updateData:
                        name: Add
                        statements:
                          - integer: {{variable: Flow.sum, value: {{exp: Flow.sum + State.round}}}}
"
    );
    let mut files = Files::new();
    let file = files.add("counting.yaml", text);
    let program = compiled(&read::load_text(&file, &[], &mut files));
    let call = Call::new(program.flow("Counting").expect("is loaded"));
    let mut session = Session::start(Arc::clone(&program), &call);
    let mut host = FixtureHost::new(fixtures, &[]);
    let steps = play(&mut session, &call, &mut host).steps.len();
    assert!(steps > 2 * ROUNDS);
    let mut group = criterion.benchmark_group("architect_loop");
    group.throughput(Throughput::Elements(steps as u64));
    group.bench_function("flowsim", |bencher| {
        bencher.iter(|| play(&mut session, black_box(&call), &mut host));
    });
    group.finish();
}

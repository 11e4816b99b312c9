//! The shared-flow example, calls per second on one core: kept, dropped, and as JSON text,
//! each beside a function written by hand that makes the same.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::{
    EndType, FlowId, Legend, NodeId, ReferenceId, TextId, VariableId, read,
};
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::trace::{
    Event, Fact, JsonWriter, PathTaken, Phrase, Routing, Status, Step, Trace,
};
use flowsim::value::{DateTime, Text, Value};
use flowsim::world::{Answer, Host, Input, Question, QueueAnswer};

fn program() -> Arc<Program> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shared-flow/flows"));
    let loaded = read::load(&[folder], &mut Files::new());
    Arc::new(Program::compile(&loaded.flows))
}

struct Caller;

impl Host for Caller {
    fn answer(&mut self, question: &Question<'_>) -> Answer {
        match question {
            Question::Input(_) => Answer::Input(Input::Keys(Text::inline("1"))),
            Question::Queue { .. } => Answer::Queue(QueueAnswer::Accepted {
                id: None,
                name: Some(Text::inline("Support")),
            }),
            _ => Answer::NotMocked,
        }
    }
}

/// The numbers that the program gave to the names.
struct Ids {
    flow: FlowId,
    nodes: [NodeId; 9],
    welcome: TextId,
    prompt: TextId,
    queue: TextId,
    goodbye: TextId,
    result: VariableId,
    reference: ReferenceId,
    start: DateTime,
}

impl Ids {
    fn new(program: &Program) -> Self {
        let legend = &program.legend;
        let flow = program.flow("Inbound_Flow_A").unwrap();
        let shared = program.flow("Shared_Module_Language_Select").unwrap();
        let own = |name: &str| program.node(flow, name).unwrap();
        let theirs = |name: &str| program.node(shared, name).unwrap();
        let text = |start: &str| {
            let found = legend.texts.iter().position(|text| text.starts_with(start));
            TextId::new(found.unwrap())
        };
        let reference =
            legend.references.iter().position(|name| name == "shared_module_result");
        Self {
            flow,
            nodes: [
                own("CallShared"),
                theirs("SayHello"),
                theirs("GatherInput"),
                theirs("SetResult"),
                theirs("EndFlow"),
                own("CheckResult"),
                own("RouteToAgent"),
                own("PlayGoodbye"),
                own("EndFlow"),
            ],
            welcome: text("Hello, and"),
            prompt: text("Press 1"),
            queue: text("support"),
            goodbye: text("Thank you for calling Harbour"),
            result: program.variable(flow, "shared_module_result").unwrap(),
            reference: ReferenceId::new(reference.unwrap()),
            start: DateTime::parse("2026-01-05T09:00:00Z").unwrap(),
        }
    }
}

/// What an engineer would write who had only this one call to make.
fn by_hand(ids: &Ids, key: &str) -> Trace {
    let [call, hello, gather, set, end, check, route, goodbye, last] = ids.nodes;
    let digits = Text::from(key);
    let value = Value::String(digits.clone());
    let is_one = matches!(&value, Value::String(text) if text == "1");
    let step = |node, depth, path, next| Step {
        node,
        depth,
        path,
        next,
        start_ms: 0,
        end_ms: 0,
    };
    let event = |step, fact| Event { step, fact };
    let mut steps = Vec::with_capacity(9);
    let mut events = Vec::with_capacity(10);
    steps.push(step(call, 0, PathTaken::Next, Some(check)));
    steps.push(step(hello, 1, PathTaken::Next, Some(gather)));
    events.push(event(1, Fact::Said(Phrase::Constant(ids.welcome))));
    steps.push(step(gather, 1, PathTaken::Next, Some(set)));
    events.push(event(2, Fact::Said(Phrase::Constant(ids.prompt))));
    events.push(event(2, Fact::Collected(digits)));
    steps.push(step(set, 1, PathTaken::Next, Some(end)));
    events.push(event(3, Fact::Assigned(ids.result, value.clone())));
    steps.push(step(end, 1, PathTaken::None, None));
    events.push(event(4, Fact::Ended(EndType::Normal)));
    events.push(event(5, Fact::Read(ids.reference, value.clone())));
    if is_one {
        steps.push(step(check, 0, PathTaken::Condition(1), Some(route)));
        steps.push(step(route, 0, PathTaken::Next, Some(goodbye)));
        let routing = Routing {
            queue_id: Some(Phrase::Constant(ids.queue)),
            queue_name: Some(Phrase::Made(Text::inline("Support"))),
            skills: Vec::new(),
            priority: None,
        };
        events.push(event(6, Fact::Routed(Box::new(routing))));
    } else {
        steps.push(step(check, 0, PathTaken::Default, Some(goodbye)));
    }
    let index = u32::try_from(steps.len()).unwrap_or_default();
    steps.push(step(goodbye, 0, PathTaken::Next, Some(last)));
    events.push(event(index, Fact::Said(Phrase::Constant(ids.goodbye))));
    steps.push(step(last, 0, PathTaken::None, None));
    events.push(event(index + 1, Fact::Ended(EndType::Normal)));
    Trace {
        flow: ids.flow,
        status: Status::Completed,
        failure: None,
        failed_at: None,
        start: ids.start,
        elapsed_ms: 0,
        actions: u32::try_from(steps.len()).unwrap_or_default(),
        steps,
        events,
        variables: vec![(ids.result, value)],
        other_variables: Vec::new(),
    }
}

fn shared_flow(criterion: &mut Criterion) {
    let program = program();
    let ids = Ids::new(&program);
    let call = Call::new(ids.flow);
    let mut session = Session::start(Arc::clone(&program), &call);
    assert_eq!(play(&mut session, &call, &mut Caller), by_hand(&ids, "1"));

    let mut group = criterion.benchmark_group("shared_flow");
    group.throughput(Throughput::Elements(1));
    group.bench_function("kept, by hand", |bencher| {
        bencher.iter(|| by_hand(&ids, black_box("1")));
    });
    group.bench_function("kept, flowsim", |bencher| {
        bencher.iter(|| play(&mut session, black_box(&call), &mut Caller));
    });
    group.bench_function("dropped, flowsim", |bencher| {
        bencher.iter(|| {
            session.restart(black_box(&call));
            while let Some(question) = session.question() {
                let answer = Caller.answer(&question);
                session.resume(answer);
            }
        });
    });
    group.finish();
    json(criterion, &program, &ids);
}

fn json(criterion: &mut Criterion, program: &Arc<Program>, ids: &Ids) {
    let call = Call::new(ids.flow);
    let mut session = Session::start(Arc::clone(program), &call);
    let writer = JsonWriter::new(&program.legend);
    let fragments = Fragments::new(program, ids);
    let mut out = String::new();
    writer.write(&play(&mut session, &call, &mut Caller), &mut out);
    let mut expected = String::new();
    fragments.write(&by_hand(ids, "1"), &mut expected);
    assert_eq!(out, expected);

    let mut group = criterion.benchmark_group("shared_flow as JSON");
    group.throughput(Throughput::Elements(1));
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            expected.clear();
            fragments.write(&by_hand(ids, black_box("1")), &mut expected);
            expected.len()
        });
    });
    group.bench_function("flowsim", |bencher| {
        bencher.iter(|| {
            out.clear();
            writer.write(&play(&mut session, black_box(&call), &mut Caller), &mut out);
            out.len()
        });
    });
    group.finish();
}

/// A writer for this one call: everything that cannot vary is text already, node by node.
struct Fragments {
    head: String,
    steps: Vec<(String, String)>,
    tail: [String; 3],
}

impl Fragments {
    /// Cuts the JSON of one call into what varies and what does not.
    fn new(program: &Program, ids: &Ids) -> Self {
        let legend: &Legend = &program.legend;
        let mut text = String::new();
        JsonWriter::new(legend).write(&by_hand(ids, "1"), &mut text);
        let (head, rest) = text.split_once("\"steps\":[").unwrap();
        let (steps, rest) = rest.split_once("],\"variables\":{").unwrap();
        let (variables, rest) = rest.split_once("\"1\"").unwrap();
        let steps = steps.split("},{\"seq\"").collect::<Vec<_>>();
        let last = steps.len() - 1;
        let steps = steps.iter().enumerate().map(|(index, step)| {
            let start = if index == 0 { "" } else { "{\"seq\"" };
            let end = if index == last { "" } else { "}," };
            let step = format!("{start}{step}{end}");
            match step.split_once("\"1\"") {
                Some((before, behind)) => (before.to_owned(), behind.to_owned()),
                None => (step, String::new()),
            }
        });
        Self {
            head: format!("{head}\"steps\":["),
            steps: steps.collect(),
            tail: [
                format!("],\"variables\":{{{variables}"),
                rest.to_owned(),
                String::new(),
            ],
        }
    }

    fn write(&self, trace: &Trace, out: &mut String) {
        out.push_str(&self.head);
        let mut events = trace.events.iter().peekable();
        for (index, (before, behind)) in self.steps.iter().enumerate() {
            out.push_str(before);
            while let Some(event) = events.next_if(|event| event.step as usize <= index) {
                match &event.fact {
                    Fact::Collected(text)
                    | Fact::Assigned(_, Value::String(text))
                    | Fact::Read(_, Value::String(text)) => {
                        out.push('"');
                        out.push_str(text);
                        out.push('"');
                    }
                    _ => {}
                }
            }
            out.push_str(behind);
        }
        out.push_str(&self.tail[0]);
        for (_, value) in &trace.variables {
            if let Value::String(text) = value {
                out.push('"');
                out.push_str(text);
                out.push('"');
            }
        }
        out.push_str(&self.tail[1]);
        out.push_str(&self.tail[2]);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default();
    targets = shared_flow
}
criterion_main!(benches);

//! The shared-flow example: calls per second on one core with the trace kept, dropped,
//! and written as JSON, each compared with a hand-written function that produces the
//! same. Also two threads compared with one.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::{EndType, FlowId, NodeId, ReferenceId, TextId, VariableId};
use flowsim::program::Program;
use flowsim::trace::{
    Event, EventKind, JsonWriter, PathTaken, Phrase, Routing, Status, Step, Trace,
};
use flowsim::value::{DateTime, Text, Value};
use flowsim::world::{Answer, Host, Input, Question, QueueAnswer};

use crate::fixtures::program_of;

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

/// The ids of names in the program.
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
        let symbols = &program.symbols;
        let flow = program.flow("Inbound_Flow_A").expect("is bundled");
        let shared = program.flow("Shared_Module_Language_Select").expect("is bundled");
        let own = |name: &str| program.node(flow, name).expect("is a node");
        let theirs = |name: &str| program.node(shared, name).expect("is a node");
        let text = |start: &str| {
            let found = symbols.strings.iter().position(|text| text.starts_with(start));
            TextId::new(found.expect("is said"))
        };
        let reference =
            symbols.references.iter().position(|name| name == "shared_module_result");
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
            result: program.variable(flow, "shared_module_result").expect("is set"),
            reference: ReferenceId::new(reference.expect("is read")),
            start: DateTime::parse("2026-01-05T09:00:00Z").expect("is a date"),
        }
    }
}

/// The code that an engineer would write by hand for this call only.
#[expect(clippy::too_many_lines, reason = "one call from beginning to end, nine steps")]
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
    let event = |step, kind| Event { step, kind };
    let mut steps = Vec::with_capacity(9);
    let mut events = Vec::with_capacity(10);
    steps.push(step(call, 0, PathTaken::Next, Some(check)));
    steps.push(step(hello, 1, PathTaken::Next, Some(gather)));
    events.push(event(1, EventKind::Prompted(Phrase::Constant(ids.welcome))));
    steps.push(step(gather, 1, PathTaken::Next, Some(set)));
    events.push(event(2, EventKind::Prompted(Phrase::Constant(ids.prompt))));
    events.push(event(2, EventKind::Collected(digits)));
    steps.push(step(set, 1, PathTaken::Next, Some(end)));
    events.push(event(3, EventKind::Assigned(ids.result, value.clone())));
    steps.push(step(end, 1, PathTaken::None, None));
    events.push(event(4, EventKind::Ended(EndType::Normal)));
    events.push(event(5, EventKind::Read(ids.reference, value.clone())));
    if is_one {
        steps.push(step(check, 0, PathTaken::Condition(1), Some(route)));
        steps.push(step(route, 0, PathTaken::Next, Some(goodbye)));
        let routing = Routing {
            queue_id: Some(Phrase::Constant(ids.queue)),
            queue_name: Some(Phrase::Made(Text::inline("Support"))),
            skills: Vec::new(),
            priority: None,
        };
        events.push(event(6, EventKind::Routed(Box::new(routing))));
    } else {
        steps.push(step(check, 0, PathTaken::Default, Some(goodbye)));
    }
    let index = u32::try_from(steps.len()).unwrap_or_default();
    steps.push(step(goodbye, 0, PathTaken::Next, Some(last)));
    events.push(event(index, EventKind::Prompted(Phrase::Constant(ids.goodbye))));
    steps.push(step(last, 0, PathTaken::None, None));
    events.push(event(index + 1, EventKind::Ended(EndType::Normal)));
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
        built_ins: Vec::new(),
        other_variables: Vec::new(),
    }
}

pub(crate) fn shared_flow(criterion: &mut Criterion) {
    let program = program_of("shared-flow");
    let ids = Ids::new(&program);
    let call = Call::new(ids.flow);
    let mut session = Session::start(Arc::clone(&program), &call);
    assert_eq!(play(&mut session, &call, &mut Caller), by_hand(&ids, "1"));

    let mut group = criterion.benchmark_group("shared_flow");
    group.throughput(Throughput::Elements(1));
    group.bench_function("trace kept, by hand", |bencher| {
        bencher.iter(|| by_hand(&ids, black_box("1")));
    });
    group.bench_function("trace kept, flowsim", |bencher| {
        bencher.iter(|| play(&mut session, black_box(&call), &mut Caller));
    });
    group.bench_function("trace dropped, flowsim", |bencher| {
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
    threads(criterion, &program, &call);
}

fn json(criterion: &mut Criterion, program: &Arc<Program>, ids: &Ids) {
    let call = Call::new(ids.flow);
    let mut session = Session::start(Arc::clone(program), &call);
    let writer = JsonWriter::new(&program.symbols);
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

/// The same number of calls on one thread, and divided between two.
fn threads(criterion: &mut Criterion, program: &Arc<Program>, call: &Call) {
    const CALLS: u64 = 100_000;
    let run = |calls: u64| {
        let mut session = Session::start(Arc::clone(program), call);
        for _ in 0..calls {
            black_box(play(&mut session, call, &mut Caller));
        }
    };
    let mut group = criterion.benchmark_group("shared_flow on threads");
    group.throughput(Throughput::Elements(CALLS)).sample_size(20);
    group.bench_function("one", |bencher| bencher.iter(|| run(CALLS)));
    group.bench_function("two", |bencher| {
        bencher.iter(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| run(CALLS / 2));
                run(CALLS / 2);
            });
        });
    });
    group.finish();
}

/// A writer for this call as an engineer would write it. The fragments of each node that
/// never change are prepared at load; the numbers and values of the call go between them.
struct Fragments {
    head: String,
    nodes: Vec<[String; 3]>,
    before_variables: String,
    rest: String,
}

impl Fragments {
    /// Splits the JSON of a call at everything that can change.
    fn new(program: &Program, ids: &Ids) -> Self {
        let mut text = String::new();
        JsonWriter::new(&program.symbols).write(&by_hand(ids, "1"), &mut text);
        let (head, rest) = split(&text, "\"steps\":[");
        let (steps, rest) = split(rest, "],\"variables\":{");
        let (name, rest) = split(rest, "\"1\"");
        Self {
            head: format!("{head}\"steps\":["),
            nodes: steps.split("},{\"seq\"").map(Self::node).collect(),
            before_variables: format!("],\"variables\":{{{name}"),
            rest: rest.to_owned(),
        }
    }

    /// The names of the node; the output and the result up to a value; and the rest.
    fn node(step: &str) -> [String; 3] {
        let (_, step) = split(step, ",\"flowId\"");
        let (names, step) = split(step, "\"startMs\":0,\"endMs\":0");
        let step = step.trim_end_matches('}');
        let (result, end) = step.split_once("\"1\"").unwrap_or((step, ""));
        [format!(",\"flowId\"{names}\"startMs\":"), result.to_owned(), format!("{end}}}")]
    }

    fn write(&self, trace: &Trace, out: &mut String) {
        let mut numbers = itoa::Buffer::new();
        out.push_str(&self.head);
        let mut events = trace.events.iter().peekable();
        for (index, (step, node)) in (1_u32..).zip(trace.steps.iter().zip(&self.nodes)) {
            out.push_str(if index == 1 { "{\"seq\":" } else { ",{\"seq\":" });
            out.push_str(numbers.format(index));
            out.push_str(",\"depth\":");
            out.push_str(numbers.format(step.depth));
            out.push_str(&node[0]);
            out.push_str(numbers.format(step.start_ms));
            out.push_str(",\"endMs\":");
            out.push_str(numbers.format(step.end_ms));
            out.push_str(&node[1]);
            while let Some(event) = events.next_if(|event| event.step < index) {
                if let EventKind::Collected(text)
                | EventKind::Assigned(_, Value::String(text))
                | EventKind::Read(_, Value::String(text)) = &event.kind
                {
                    write_text(text, out);
                }
            }
            out.push_str(&node[2]);
        }
        out.push_str(&self.before_variables);
        if let [(_, Value::String(text))] = trace.variables.as_slice() {
            write_text(text, out);
        }
        out.push_str(&self.rest);
    }
}

/// Writes a string. The digits of a caller need no escapes.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

fn split<'t>(text: &'t str, at: &str) -> (&'t str, &'t str) {
    text.split_once(at).expect("the trace has it")
}

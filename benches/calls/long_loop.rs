//! A counter that runs to 4,000, for the cost of a step, compared with a hand-written
//! loop that produces the same trace.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::{EndType, FlowId, NodeId, ReferenceId, VariableId};
use flowsim::program::Program;
use flowsim::trace::{Event, EventKind, PathTaken, Status, Step, Trace};
use flowsim::value::{DateTime, Value};
use flowsim::world::{Answer, Host, Question};

use crate::fixtures::program_from;

const ROUNDS: i64 = 4_000;

struct Nobody;

impl Host for Nobody {
    fn answer(&mut self, _: &Question<'_>) -> Answer {
        Answer::NotMocked
    }
}

pub(crate) fn long_loop(criterion: &mut Criterion) {
    let text = format!(
        r#"{{"name": "Loop", "startNode": "Count", "nodes": [
            {{"id": "Count", "type": "Set", "onComplete": {{"nextNode": "Enough"}}, "properties":
                {{"setVars": [{{"key": "round", "value": {{"type": "increment", "value": 1}}}}]}}}},
            {{"id": "Enough", "type": "If", "properties": {{
                "conditions": [{{"expression": "{{round}} >= {ROUNDS}", "nextNode": "Done"}}],
                "defaultNextNode": "Count"}}}},
            {{"id": "Done", "type": "End", "properties": {{"endType": "normal"}}}}]}}"#
    );
    let program = program_from(&text);
    let call = Call::new(FlowId(0));
    let mut session = Session::start(Arc::clone(&program), &call);
    let ids = Ids::new(&program);
    let trace = play(&mut session, &call, &mut Nobody);
    assert_eq!(trace, by_hand(&ids, ROUNDS));

    let mut group = criterion.benchmark_group("long_loop");
    group.throughput(Throughput::Elements(trace.steps.len() as u64));
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| by_hand(&ids, black_box(ROUNDS)));
    });
    group.bench_function("flowsim", |bencher| {
        bencher.iter(|| play(&mut session, black_box(&call), &mut Nobody));
    });
    group.finish();
}

struct Ids {
    nodes: [NodeId; 3],
    round: VariableId,
    reference: ReferenceId,
    start: DateTime,
}

impl Ids {
    fn new(program: &Program) -> Self {
        let node = |name: &str| program.node(FlowId(0), name).expect("is a node");
        Self {
            nodes: [node("Count"), node("Enough"), node("Done")],
            round: program.variable(FlowId(0), "round").expect("is set"),
            reference: ReferenceId(0),
            start: DateTime::parse("2026-01-05T09:00:00Z").expect("is a date"),
        }
    }
}

fn by_hand(ids: &Ids, rounds: i64) -> Trace {
    let [count, enough, done] = ids.nodes;
    let step =
        |node, path, next| Step { node, depth: 0, path, next, start_ms: 0, end_ms: 0 };
    let mut steps = Vec::new();
    let mut events = Vec::new();
    let mut at = 0;
    let mut round = 0;
    while round < rounds {
        round += 1;
        let value = Value::Integer(round);
        events.push(Event {
            step: at,
            kind: EventKind::Assigned(ids.round, value.clone()),
        });
        steps.push(step(count, PathTaken::Next, Some(enough)));
        events.push(Event { step: at + 1, kind: EventKind::Read(ids.reference, value) });
        steps.push(if round >= rounds {
            step(enough, PathTaken::Condition(1), Some(done))
        } else {
            step(enough, PathTaken::Default, Some(count))
        });
        at += 2;
    }
    steps.push(step(done, PathTaken::None, None));
    events.push(Event { step: at, kind: EventKind::Ended(EndType::Normal) });
    Trace {
        flow: FlowId(0),
        status: Status::Completed,
        failure: None,
        failed_at: None,
        start: ids.start,
        elapsed_ms: 0,
        actions: at + 1,
        steps,
        events,
        variables: vec![(ids.round, Value::Integer(round))],
        built_ins: Vec::new(),
        other_variables: Vec::new(),
    }
}

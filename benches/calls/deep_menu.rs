//! A path through seven menus, compared with a hand-written function that produces the
//! same trace.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::{NodeId, ReferenceId, SymbolTable, TextId};
use flowsim::trace::{Event, EventKind, PathTaken, Phrase, Step, Trace};
use flowsim::value::{Text, Value};
use flowsim::world::{FixtureHost, Fixtures, Input};

use crate::fixtures::program_of;

const KEYS: [&str; 7] = ["2", "1", "2", "2", "1", "1", "5"];

pub(crate) fn deep_menu(criterion: &mut Criterion) {
    let program = program_of("deep-menu");
    let call = Call::new(program.flow("Northwind_Menu").expect("is bundled"));
    let inputs = KEYS.map(|key| Input::Keys(Text::from(key)));
    let fixtures = Fixtures::default();
    let mut host = FixtureHost::new(&fixtures, &inputs);
    let mut session = Session::start(Arc::clone(&program), &call);
    let trace = play(&mut session, &call, &mut host);
    let menus = Menus::new(&trace, &program.symbols);
    assert_eq!(menus.by_hand(&KEYS), trace);

    let mut group = criterion.benchmark_group("deep_menu");
    group.throughput(Throughput::Elements(1));
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| menus.by_hand(black_box(&KEYS)));
    });
    group.bench_function("flowsim", |bencher| {
        bencher.iter(|| {
            host.restart(&inputs);
            play(&mut session, black_box(&call), &mut host)
        });
    });
    group.finish();
}

/// The knowledge of the hand-written function about the menus on the path.
struct Menus {
    levels: Vec<Level>,
    /// The part after the last menu, which does not depend on the caller.
    end: Trace,
}

struct Level {
    gather: NodeId,
    choice: NodeId,
    prompt: TextId,
    reference: ReferenceId,
    /// The keys of the menu and the nodes that they lead to.
    options: Vec<(String, NodeId)>,
}

impl Menus {
    /// Reads the contents of the flow from a trace.
    fn new(trace: &Trace, symbols: &SymbolTable) -> Self {
        let level = |steps: &[Step], events: &[Event]| Level {
            gather: steps[0].node,
            choice: steps[1].node,
            prompt: match events[0].kind {
                EventKind::Prompted(Phrase::Constant(text)) => text,
                _ => TextId(0),
            },
            reference: match events[2].kind {
                EventKind::Read(reference, _) => reference,
                _ => ReferenceId(0),
            },
            options: symbols
                .node(steps[1].node)
                .conditions
                .iter()
                .filter_map(|condition| condition.rsplit('\'').nth(1))
                .map(|key| (key.to_owned(), steps[1].next.unwrap_or(steps[1].node)))
                .collect(),
        };
        let count = KEYS.len();
        let steps = trace.steps.chunks(2).take(count);
        let levels =
            steps.zip(trace.events.chunks(3)).map(|(s, e)| level(s, e)).collect();
        let mut end = trace.clone();
        end.steps.drain(..2 * count);
        end.events.drain(..3 * count);
        Self { levels, end }
    }

    fn by_hand(&self, keys: &[&str]) -> Trace {
        let step = |node, path, next| Step {
            node,
            depth: 0,
            path,
            next,
            start_ms: 0,
            end_ms: 0,
        };
        let mut steps = Vec::with_capacity(2 * keys.len() + self.end.steps.len());
        let mut events = Vec::with_capacity(3 * keys.len() + self.end.events.len());
        for ((level, key), at) in self.levels.iter().zip(keys).zip((0..).step_by(2)) {
            let digits = Text::from(*key);
            let value = Value::String(digits.clone());
            let option = level.options.iter().position(|(option, _)| option == key);
            let Some(option) = option else { break };
            let number = u16::try_from(option + 1).unwrap_or(u16::MAX);
            let next = Some(level.options[option].1);
            steps.push(step(level.gather, PathTaken::Next, Some(level.choice)));
            steps.push(step(level.choice, PathTaken::Condition(number), next));
            let mut note = |step, kind| events.push(Event { step, kind });
            note(at, EventKind::Prompted(Phrase::Constant(level.prompt)));
            note(at, EventKind::Collected(digits));
            note(at + 1, EventKind::Read(level.reference, value));
        }
        steps.extend_from_slice(&self.end.steps);
        events.extend_from_slice(&self.end.events);
        Trace {
            flow: self.end.flow,
            status: self.end.status,
            failure: None,
            failed_at: None,
            start: self.end.start,
            elapsed_ms: 0,
            actions: u32::try_from(steps.len()).unwrap_or_default(),
            steps,
            events,
            variables: Vec::new(),
            built_ins: Vec::new(),
            other_variables: Vec::new(),
        }
    }
}
